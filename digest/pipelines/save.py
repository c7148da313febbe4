"""save: one reading | clean | decide new/changed/same | match topics | items + placements + the source's state.

All of it in one transaction: what was not stored is fetched again, and no validator is kept without its items.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.config.settings import Settings, SourceSettings
from digest.items.clean import clean_item, clean_text
from digest.items.dates import DateDecision, decide_date, order_for_store, real_date
from digest.items.decide import Change, Decision, Stored, content_hash, decide_item
from digest.items.identity import REPEATED, dedupe_parsed, identity_of, mint_entry_id
from digest.model.item import Item, ItemStatus, Parsed, ParsedItem, Quarantined
from digest.model.placement import Action, Placement
from digest.model.topic import ALL, Kind, kind_topic, region_topic
from digest.sources.port import SourceReading
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store import sources as source_rows
from digest.store.engine import Connection, Store
from digest.store.sources import SourceState
from digest.topics.match import Matcher

LONGEST_WAIT_S = 86_400
"""A server's max-age moves the next reading by no more than a day."""

NAME_CHARACTERS = 200
"""How much of the name of a story that was left out is kept: it is a key, of at most 2,704 octets in PostgreSQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What one reading of a source came to. `problem` says what was seen where it could not be read."""

    source: str
    new: int = 0
    changed: int = 0
    same: int = 0
    held: int = 0
    first: bool = False
    not_modified: bool = False
    problem: str | None = None
    next_at: datetime | None = None
    quarantined: tuple[Quarantined, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What saving a reading needs."""

    settings: Settings
    store: Store
    matcher: Matcher


def save_reading(
    desk: Desk, source: SourceSettings, state: SourceState, reading: SourceReading, now: datetime
) -> Ingested:
    """Save one reading and the source's new state, in one transaction."""
    wait = max(source.every, timedelta(seconds=min(reading.max_age_s or 0, LONGEST_WAIT_S)))
    fresh = replace(
        state,
        validators=reading.validators,
        first_read_at=state.first_read_at or now,
        read_at=now,
        due_at=now + wait,
        failures=0,
        problem=clean_text("; ".join(reading.notes)) or None,
    )
    base = Ingested(source=source.id, next_at=fresh.due_at, notes=reading.notes, first=state.first_read_at is None)
    with desk.store.append() as connection:
        if source_rows.load_source(connection, source.id).read_at != state.read_at:
            # Another run has saved a reading while this one was under way: which is the newer, nobody can tell.
            return replace(base, not_modified=True, notes=("another run read it at the same time",))
        if reading.not_modified:
            source_rows.save_source(connection, fresh)
            return replace(base, not_modified=True)
        saved = _Saving(desk, source, connection, now, first=state.first_read_at is None).run(reading.parsed)
        source_rows.save_source(connection, fresh)
        source_rows.save_quarantine(connection, source.id, saved.quarantined, now)
    return replace(saved, next_at=base.next_at, first=base.first, notes=(*reading.notes, *saved.notes))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A cleaned item with its key, and what was decided about it."""

    parsed: ParsedItem
    key: str
    decision: Decision
    stored: Item | None


class _Saving:
    """One reading on its way into the store, inside its transaction."""

    def __init__(
        self, desk: Desk, source: SourceSettings, connection: Connection, now: datetime, *, first: bool
    ) -> None:
        self.desk, self.source, self.connection, self.now, self.first = desk, source, connection, now, first
        self.zone = ZoneInfo(source.timezone)

    def run(self, parsed: Parsed) -> Ingested:
        base = self.source.url or self.desk.settings.site.url
        cleaned = [clean_item(one, base_url=base) for one in parsed.items]
        whole = [one for one in cleaned if one.title and one.published]
        partial = [one for one in cleaned if not (one.title and one.published)]
        unusable = [Quarantined(one.title or "an item without a title", _missing(one)) for one in partial]
        deduped = dedupe_parsed(tuple(whole))
        arrivals = self._decide(order_for_store(deduped.items))
        counts = Counter(one.decision.change for one in arrivals)
        held = self._insert([one for one in arrivals if one.decision.change is Change.NEW])
        for one in arrivals:
            if one.stored is not None and one.decision.change in (Change.CHANGED, Change.REFRESHED):
                self._revise(one, one.stored)
        self._redate([one for one in arrivals if one.stored and one.stored.status is ItemStatus.HELD])
        odd = tuple(row for row in deduped.quarantined if row.reason != REPEATED)
        reused = [one.stored.title for one in arrivals if one.stored and one.decision.reused]
        return Ingested(
            source=self.source.id,
            notes=tuple(f"the id of “{title}” may name another story now: look at it" for title in reused),
            new=counts[Change.NEW] - held,
            changed=counts[Change.CHANGED],
            same=counts[Change.SAME] + counts[Change.REFRESHED],
            held=held,
            quarantined=tuple(
                Quarantined(clean_text(row.name)[:NAME_CHARACTERS] or "?", clean_text(row.reason))
                for row in (*parsed.quarantined, *unusable, *odd)
            ),
        )

    def _decide(self, items: Sequence[ParsedItem]) -> list[_Arrival]:
        keys = [identity_of(one) for one in items]
        known = item_rows.load_by_keys(self.connection, self.source.id, keys)
        arrivals = []
        for one, key in zip(items, keys, strict=True):
            stored, old_hash = known.get(key, (None, ""))
            before = None
            if stored is not None:
                before = Stored(content_hash=old_hash, title=stored.title, summary=stored.summary, status=stored.status)
            arrivals.append(_Arrival(one, key, decide_item(one, before), stored))
        return arrivals

    def _insert(self, arrivals: Sequence[_Arrival]) -> int:
        days = {one.parsed.published for one in arrivals if type(one.parsed.published) is date}
        nth = Counter(item_rows.count_by_date(self.connection, self.source.id, days))
        items = []
        for one in arrivals:
            when = self._when(one.parsed, nth)
            items.append(self._make(one, when))
        ids = item_rows.insert_items(self.connection, items, [content_hash(one.parsed) for one in arrivals])
        rows = [row for item_id, item in zip(ids, items, strict=True) for row in self._place(replace(item, id=item_id))]
        log_rows.append_placements(self.connection, rows, self.now)
        return sum(item.status is ItemStatus.HELD for item in items)

    def _redate(self, arrivals: Sequence[_Arrival]) -> None:
        """Follow the dates of what is under embargo: nobody has seen it yet, and its date alone lets it go."""
        held = {one.stored.id: one.parsed for one in arrivals if one.stored and real_date(one.parsed.published)}
        for item in item_rows.load_items(self.connection, held).values():
            when = self._when(held[item.id], Counter())
            if when.published_on == item.published_on and (when.date_only or when.published_at == item.published_at):
                continue
            dated = replace(
                item,
                published_on=when.published_on,
                published_at=when.published_at,
                date_only=when.date_only,
                updated_at=when.published_at,
            )
            item_rows.save_item(self.connection, dated, None, "", self.now)

    def _when(self, parsed: ParsedItem, nth: Counter[date]) -> DateDecision:
        on = parsed.published
        if type(on) is not date:
            return decide_date(on, zone=self.zone, now=self.now, nth=0)
        nth[on] += 1
        return decide_date(on, zone=self.zone, now=self.now, nth=nth[on] - 1)

    def _make(self, one: _Arrival, when: DateDecision) -> Item:
        site = self.desk.settings.site
        parsed = one.parsed
        kind = find_kind(parsed.kind, self.desk.settings.kinds)
        match = self.desk.matcher.match(parsed.title, parsed.summary, kind)
        return Item(
            id=0,
            source=self.source.id,
            key=one.key,
            entry_id=mint_entry_id(site.id_url or site.url, self.source.id, one.key, when.published_on),
            title=parsed.title,
            summary=parsed.summary,
            truncated=parsed.truncated,
            kind=kind,
            published_on=when.published_on,
            published_at=when.published_at,
            date_only=when.date_only,
            updated_at=when.published_at,
            first_seen_at=self.now,
            link=parsed.link or self.source.url or self.desk.settings.site.url,
            language=parsed.language or self.source.language,
            image=parsed.image,
            content_html=parsed.content_html,
            author=parsed.author,
            status=ItemStatus.HELD if when.held_until else ItemStatus.LIVE,
            topics=match.topics,
            regions=match.regions,
        )

    def _place(self, item: Item) -> list[Placement]:
        if item.status is ItemStatus.HELD:
            return []
        today = self.now.astimezone(self.zone).date()
        backlog = max(0, (today - item.published_on).days) if self.first else 0
        return [
            Placement(0, topic, item.id, Action.PLACED, backlog) for topic in placed_topics(self.desk.settings, item)
        ]

    def _revise(self, one: _Arrival, stored: Item) -> None:
        revised = self._revised(one, stored)
        reason = one.decision.reason
        item_rows.save_item(self.connection, revised, content_hash(one.parsed), reason, self.now)
        if stored.status is not ItemStatus.HELD:
            rows = self._follow(stored, revised, correction=one.decision.correction)
            log_rows.append_placements(self.connection, rows, self.now)

    def _revised(self, one: _Arrival, stored: Item) -> Item:
        parsed, words = one.parsed, one.decision.change is Change.CHANGED
        kind = find_kind(parsed.kind, self.desk.settings.kinds)
        match = self.desk.matcher.match(parsed.title, parsed.summary, kind)
        return replace(
            stored,
            title=parsed.title,
            summary=parsed.summary,
            truncated=parsed.truncated,
            kind=kind,
            link=parsed.link or stored.link,
            language=parsed.language or self.source.language,
            image=parsed.image,
            content_html=parsed.content_html,
            author=parsed.author,
            updated_at=max(self.now, stored.updated_at + timedelta(seconds=1)) if words else stored.updated_at,
            revision=stored.revision + words,
            corrected_at=self.now if one.decision.correction else stored.corrected_at,
            note=one.decision.reason if one.decision.correction else stored.note,
            topics=match.topics,
            regions=match.regions,
        )

    def _follow(self, stored: Item, revised: Item, *, correction: bool) -> list[Placement]:
        before = log_rows.topics_of(self.connection, stored.id)
        after = placed_topics(self.desk.settings, revised)
        action = Action.CORRECTED if correction else Action.REVISED
        # A topic that an old item comes into by a change of words makes it no newer than its first reading did.
        age = log_rows.load_backlog(self.connection, stored.id)
        return follow_topics(stored.id, before, after, action, age)


def follow_topics(
    item_id: int, before: Sequence[str], after: Sequence[str], action: Action, backlog_days: int = 0
) -> list[Placement]:
    """Return the rows that take an item from the topics it stood in to those that it matches now."""
    stays = [Placement(0, topic, item_id, action) for topic in after if topic in before]
    comes = [Placement(0, topic, item_id, Action.PLACED, backlog_days) for topic in after if topic not in before]
    goes = [Placement(0, topic, item_id, Action.REMOVED) for topic in before if topic not in after]
    return stays + comes + goes


def placed_topics(settings: Settings, item: Item) -> list[str]:
    """Return every topic in which an item is placed: `all`, its topics, its regions, and its kind if it has a feed."""
    known = {kind.id for kind in settings.kinds}
    kinds = [kind_topic(item.kind)] if item.kind in known and item.kind else []
    return [ALL, *item.topics, *(region_topic(region) for region in item.regions), *kinds]


def find_kind(label: str | None, kinds: Sequence[Kind]) -> str | None:
    """Return the id of a kind by the newsroom's label; a label that config.yaml does not know makes its own id."""
    if not label:
        return None
    folded = label.casefold()
    known = next((kind.id for kind in kinds if folded in (kind.label.casefold(), kind.id)), None)
    slug = "-".join("".join(char if char.isalnum() else " " for char in folded).split())
    return known or slug or None


def release_held(desk: Desk, now: datetime) -> int:
    """Place the items whose embargo has lifted by `now`; return how many."""
    with desk.store.append() as connection:
        held = item_rows.load_held(connection, now)
        for item in held:
            item_rows.save_item(
                connection,
                replace(item, status=ItemStatus.LIVE, revision=item.revision + 1),
                None,
                "embargo lifted",
                now,
            )
            topics = placed_topics(desk.settings, item)
            log_rows.append_placements(connection, [Placement(0, topic, item.id) for topic in topics], now)
    return len(held)


def _missing(item: ParsedItem) -> str:
    lacks = [name for name, value in (("title", item.title), ("date", item.published)) if not value]
    return f"it has no {' and no '.join(lacks)}"
