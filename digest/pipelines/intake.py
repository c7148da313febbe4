"""intake: the items of a reading | clean | resolve | decide new/changed/same | burst? | match topics | store, place.

Inside the transaction of whoever saves the reading.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.config.settings import SourceSettings
from digest.items.clean import clean_item
from digest.items.dates import DateDecision, decide_date, order_for_store, real_date
from digest.items.decide import Change, content_hash
from digest.items.identity import REPEATED, dedupe_parsed
from digest.model.item import HIDDEN, UNKNOWN_EMBARGO, UNNAMED, Item, ItemStatus, Parsed, ParsedItem, Quarantined
from digest.model.placement import Action
from digest.model.source import PastReading, SourceState
from digest.pipelines.burst import DAYS_LOOKED_AT, BurstDecision, decide_burst
from digest.pipelines.compose import make_item, revise_item
from digest.pipelines.desk import Desk
from digest.pipelines.embargo import follow_embargoes, hold_unlisted, share_embargoes
from digest.pipelines.left_out import find_embargoed, tell_left_out
from digest.pipelines.place import AGE_UNKNOWN_DAYS, age_days, first_rows, follow_topics, placed_topics
from digest.pipelines.resolve import Arrival, Resolver, is_identifiable, pages_of
from digest.pipelines.step import Step, decide_step
from digest.store import aliases as alias_rows
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store import recalls
from digest.store.engine import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What one reading of a source came to. `problem` says what was seen where it could not be read.

    `new` are those that readers can see, `held` are under embargo, `pending` wait for the operator; `withdrawn` were
    found to be gone from their site. `listed` are the ids of the stored items that the reading lists.
    """

    source: str
    new: int = 0
    changed: int = 0
    same: int = 0
    held: int = 0
    pending: int = 0
    withdrawn: int = 0
    first: bool = False
    not_modified: bool = False
    problem: str | None = None
    next_at: datetime | None = None
    quarantined: tuple[Quarantined, ...] = ()
    notes: tuple[str, ...] = ()
    listed: frozenset[int] = field(default=frozenset(), repr=False, compare=False)


class Intake:
    """One reading on its way into the store, inside its transaction."""

    def __init__(
        self, desk: Desk, source: SourceSettings, state: SourceState, connection: Connection, now: datetime
    ) -> None:
        self.desk, self.source, self.state, self.connection, self.now = desk, source, state, connection, now
        self.zone = ZoneInfo(source.timezone)
        self.undated = self.untitled = 0
        self.embargoed: set[str] = set()
        self.called_back: set[int] = set()

    def run(self, parsed: Parsed, *, approve: bool) -> tuple[Ingested, int]:
        """Save the items of a reading; return what it came to, and how many usable items it listed."""
        arrivals, left_out = self._sort_out(parsed)
        steps = [decide_step(one) for one in _in_order(arrivals)]
        burst = self._decide_burst(steps, approve)
        made = self._insert([one for one in steps if one.decision.change is Change.NEW], pending=burst.held)
        self._save_names(steps, made)
        for step in steps:
            if step.stored is not None and step.decision.change in (Change.CHANGED, Change.REFRESHED):
                self._revise(step, step.stored)
        self.called_back = follow_embargoes(self.connection, [one.arrival for one in steps], self.now)
        self._redate([one.arrival for one in steps if one.stored and one.stored.status in HIDDEN])
        if self.source.type == "folder":
            # A file that is not there is no story that scrolled off.
            hold_unlisted(self.connection, self.source.id, _ids_of(steps, made), self.now)
        return self._sum_up(steps, made, burst, left_out), len(arrivals)

    def _sort_out(self, parsed: Parsed) -> tuple[list[Arrival], list[Quarantined]]:
        """Return the usable items, each with the stored one that it is, and the others by name."""
        settings, complete = self.desk.settings, parsed.complete
        cleaned = [clean_item(one, base_url=self.source.url or settings.site.url) for one in parsed.items]
        deduped = dedupe_parsed([one for one in cleaned if is_identifiable(one)], pages_of(self.source, settings))
        resolver = Resolver(
            self.connection, settings, self.source, self.now, complete=complete, removed=self.desk.removed
        )
        arrivals = share_embargoes(resolver.resolve(deduped.items))
        if deduped.quarantined:
            self.embargoed = find_embargoed(cleaned, self.zone, self.now, self.source.future)
        # A listing without titles (a sitemap) gives one at first sight, through a detail, and later none.
        untitled = [one for one in arrivals if one.is_new and not one.filled.title]
        self.untitled = len(untitled)
        # Of one whose embargo cannot be read its source has said so.
        names = [_name_untitled(one) for one in untitled if one.filled.embargo != UNKNOWN_EMBARGO]
        names += ["an item without a title" for one in cleaned if not (is_identifiable(one) or one.embargo)]
        left_out = [
            *parsed.quarantined,
            *(Quarantined(name, "it has no title") for name in names),
            *(row for row in deduped.quarantined if row.reason != REPEATED),
        ]
        return [one for one in arrivals if one.filled.title or not one.is_new], left_out

    def _sum_up(
        self, steps: Sequence[Step], made: Sequence[Item], burst: BurstDecision, left_out: Sequence[Quarantined]
    ) -> Ingested:
        changes = Counter(one.decision.change for one in steps)
        states = Counter(one.status for one in made)
        reused = [self._title_for_all(one.stored) for one in steps if one.stored and one.decision.reused]
        seen = [*made, *(one.stored for one in steps if one.stored)]
        hidden = self.embargoed | {one.title for one in seen if self._is_hidden(one)} if left_out else ()
        return Ingested(
            source=self.source.id,
            new=states[ItemStatus.LIVE],
            held=states[ItemStatus.HELD],
            pending=states[ItemStatus.PENDING],
            changed=changes[Change.CHANGED],
            same=changes[Change.SAME] + changes[Change.REFRESHED],
            notes=(
                *([burst.reason] if burst.held else []),
                *(f"the id of {title} may name another story now: look at it" for title in reused),
            ),
            quarantined=tell_left_out(left_out, hidden),
            listed=_ids_of(steps, made),
        )

    def _title_for_all(self, item: Item) -> str:
        return UNNAMED if self._is_hidden(item) else f"“{item.title}”"

    def _is_hidden(self, item: Item) -> bool:
        """Tell whether no reader may see an item that was loaded before its embargo was followed."""
        return item.status in HIDDEN or item.id in self.called_back

    def _decide_burst(self, steps: Sequence[Step], approve: bool) -> BurstDecision:
        new = sum(one.decision.change is Change.NEW for one in steps)
        if approve or not new or self.state.first_read_at is None:
            return BurstDecision(False, 0, "approved, or nothing to decide")
        today = self.now.astimezone(self.zone).date()
        since = today - timedelta(days=DAYS_LOOKED_AT)
        published = item_rows.count_since(self.connection, self.source.id, since, today)
        # Of a source that never listed everything at once there is no history, but there was a last reading.
        history = self.state.history or (PastReading(self.state.read_at or self.now, 0, 0),)
        return decide_burst(history, new, self.now, published)

    def _insert(self, steps: Sequence[Step], *, pending: bool) -> list[Item]:
        """Insert new items and place those that may be seen; return them."""
        arrivals = [one.arrival for one in steps]
        days = {one.filled.published for one in arrivals if type(one.filled.published) is date}
        nth = Counter(item_rows.count_by_date(self.connection, self.source.id, days))
        made = [make_item(self.desk, self.source, one, self._when(one.filled, nth), self.now) for one in arrivals]
        if pending:
            made = [replace(item, status=ItemStatus.PENDING) for item in made]
        ids = item_rows.insert_items(self.connection, made, [content_hash(one.parsed) for one in arrivals])
        made = [replace(item, id=item_id) for item_id, item in zip(ids, made, strict=True)]
        rows = [
            row
            for item, one in zip(made, arrivals, strict=True)
            for row in first_rows(self.desk.settings, item, self._backlog_days(item, one))
        ]
        log_rows.append_placements(self.connection, rows, self.now)
        return made

    def _backlog_days(self, item: Item, arrival: Arrival) -> int:
        """Return how old an item is that was there before us; what comes later is news, however it is dated (F35).

        Of an item whose own page alone tells title and date, it may have taken many readings to come to that page.
        """
        first_at, listing = self.state.first_read_at, arrival.parsed
        if not arrival.traits.dated:
            return 0 if first_at or self.state.last_new_at else AGE_UNKNOWN_DAYS
        if first_at is None:
            return age_days(item, self.zone)
        if listing.title or real_date(listing.published):
            return 0
        return max(0, (first_at.astimezone(self.zone).date() - item.published_on).days)

    def _save_names(self, steps: Sequence[Step], made: Sequence[Item]) -> None:
        """Keep the other names that were found, and by what each item is found again from now on."""
        fresh = {item.key: item.id for item in made}
        names = {}
        for one in (step.arrival for step in steps if step.arrival.is_alias):
            names[one.key] = one.item.id if one.item else fresh[one.twin or ""]
        alias_rows.save_aliases(self.connection, self.source.id, names, self.now)
        spoken = [(step.stored, _names_of(step.arrival, step.stored)) for step in steps if step.stored]
        moved = [(item.id, *found) for item, found in spoken if found != (item.link_key, item.title_key)]
        item_rows.save_names(self.connection, moved)

    def _redate(self, arrivals: Sequence[Arrival]) -> None:
        """Follow the dates of what is hidden: nobody has seen it yet, and of an embargo its date alone lets it go."""
        ours = [one for one in arrivals if one.item and one.speaks and real_date(one.parsed.published)]
        hidden = {one.item.id: one.parsed for one in ours if one.item}
        for item in item_rows.load_items(self.connection, hidden).values():
            when = self._when(hidden[item.id], Counter())
            same = when.published_on == item.published_on and (when.date_only or when.published_at == item.published_at)
            if same or "published_on" in item.pinned or recalls.was_placed(self.connection, item.id):
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
        on = real_date(parsed.published)
        if on is None:
            place, self.undated = self.undated, self.undated + 1
        elif isinstance(on, datetime):
            place = 0
        else:
            place, nth[on] = nth[on], nth[on] + 1
        return decide_date(parsed.published, zone=self.zone, now=self.now, nth=place, future=self.source.future)

    def _revise(self, step: Step, stored: Item) -> None:
        revised = revise_item(self.desk, self.source, step.arrival, stored, step.decision, self.now)
        reason = step.decision.reason
        item_rows.save_item(self.connection, revised, content_hash(step.arrival.parsed), reason, self.now)
        if stored.status is ItemStatus.LIVE and revised != stored:
            before = log_rows.topics_of(self.connection, stored.id)
            after = placed_topics(self.desk.settings, revised)
            action = Action.CORRECTED if step.decision.correction else Action.REVISED
            # A topic that an old item comes into by a change of words makes it no newer than its first reading did,
            # one that it comes into because kinds are named otherwise no newer than it is.
            age = log_rows.load_backlog(self.connection, stored.id)
            if step.decision.change is Change.REFRESHED:
                age = max(age, (self.now.astimezone(self.zone).date() - stored.published_on).days)
            rows = follow_topics(stored.id, before, after, action, age)
            log_rows.append_placements(self.connection, rows, self.now)


def _in_order(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Return arrivals in the order in which they are stored."""
    by_item = {id(one.filled): one for one in arrivals}
    return [by_item[id(item)] for item in order_for_store([one.filled for one in arrivals])]


def _ids_of(steps: Sequence[Step], made: Sequence[Item]) -> frozenset[int]:
    """Return the ids of the stored items that a reading lists."""
    return frozenset(one.id for one in (*made, *(step.stored for step in steps if step.stored)))


def _name_untitled(arrival: Arrival) -> str:
    return UNNAMED if arrival.filled.embargo else arrival.filled.link or arrival.key


def _names_of(arrival: Arrival, item: Item) -> tuple[str | None, str | None]:
    """Return by what an item is found from now on: as its source lists it; what the listing leaves open stays."""
    if not arrival.speaks:
        return item.link_key, item.title_key
    link_key = arrival.traits.link_key if arrival.parsed.link else item.link_key
    title_key = arrival.traits.title_key if arrival.filled.title else item.title_key
    return link_key, title_key
