"""assemble: editions due | freeze audience and to_seq | group by what is new to each | select | render | enrol.

Each edition is one transaction: it is there with all its deliveries, or not at all. Its unique key (list, cadence,
slot, zone) makes a second run find it done.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.config.settings import Settings
from digest.editions.calendar import LATEST, covers_days, due_slots, expires_at
from digest.editions.render import Renderer
from digest.editions.select import Log, effective_choices, group_by_item, select
from digest.editions.view import build_view
from digest.errors import AddressError, TemplateError
from digest.mail.message import prepare_variant
from digest.model.edition import Audience, DigestView, Edition, Group, Rendered, Selected, Selection, Slot
from digest.model.item import Item
from digest.model.mailing import SUBSCRIBER_ZONE, Cadence, MailingList
from digest.model.subscriber import OFFER, Choice, Format
from digest.model.topic import ALL
from digest.pipelines.nothing import explain_nothing
from digest.pipelines.offers import sync_lists
from digest.store import editions as rows
from digest.store import items as item_rows
from digest.store import lists as list_rows
from digest.store import placements as log_rows
from digest.store.engine import Connection, Store
from digest.store.recalls import load_called_back, lock_lists
from digest.store.subscribers import load_choices

IDLE_SEQS = 5_000
"""How far a mark may lie behind when there is nothing for its people; beyond that it is moved, so that no edition has
to read the log from its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What became of one edition: for how many, in how many variants, or why there is none."""

    list_id: str
    slot: Slot
    cadence: Cadence
    edition_id: int | None = None
    audience: int = 0
    variants: int = 0
    items: int = 0
    notices: int = 0
    note: str = ""
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One edition that should exist: its list, slot and audience; `to_seq` None takes the log as it stands."""

    mailing: MailingList
    cadence: Cadence
    slot: Slot
    audience: Audience
    to_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """What tells readers apart: two groups with equal variants read the same digest."""

    selection: Selection
    chosen: tuple[str, ...]
    language: str
    format: Format


def assemble(
    settings: Settings, store: Store, renderer: Renderer, now: datetime, *, only: Collection[str] = ()
) -> list[Assembled]:
    """Assemble the editions that are due by `now` (of `only` these lists); a broken template holds its list alone.

    Where a list makes up for each missed slot, the oldest comes first and the next one when it has been delivered: a
    later edition would expire what is still open of the one before. So call this and `deliver` until nothing is due.
    """
    with store.write() as connection:
        sync_lists(connection, settings.lists, now)
    wanted = [mailing for mailing in settings.lists if not only or mailing.id in only]
    with store.read() as connection:
        due = [one for mailing in wanted for one in _find_due(connection, mailing, now)]
    return [result for one in due if (result := assemble_edition(settings, store, renderer, one, now))]


def assemble_now(
    settings: Settings, store: Store, renderer: Renderer, mailing: MailingList, now: datetime
) -> Assembled:
    """Assemble an edition at once, for everybody on a list whatever their cadence; its slot is the log's end."""
    with store.write() as connection:
        sync_lists(connection, settings.lists, now)
        seq = log_rows.last_seq(connection)
    due = Due(mailing, Cadence.IMMEDIATE, _seq_slot(mailing, seq, now), Audience(mailing.id), seq)
    done = assemble_edition(settings, store, renderer, due, now)
    if done is not None:
        return done
    with store.read() as connection:
        note = explain_nothing(connection, mailing, seq)
    return Assembled(list_id=mailing.id, slot=due.slot, cadence=due.cadence, note=note)


def _seq_slot(mailing: MailingList, seq: int, now: datetime) -> Slot:
    zone = "UTC" if mailing.timezone == SUBSCRIBER_ZONE else mailing.timezone
    return Slot(f"{seq}-all", zone, now)


def _find_due(connection: Connection, mailing: MailingList, now: datetime) -> list[Due]:
    by_zone = mailing.timezone == SUBSCRIBER_ZONE
    found = rows.load_cadences(connection, mailing.id)
    pairs = dict.fromkeys((cadence, zone if by_zone else mailing.timezone) for cadence, zone, _ in found)
    due: list[Due] = []
    for cadence, zone in pairs:
        audience = Audience(mailing.id, cadence, zone if by_zone else None)
        if cadence is Cadence.IMMEDIATE:
            due += _find_due_now(connection, mailing, audience, zone, now)
        else:
            due += _find_due_slots(connection, mailing, audience, zone, now)
    return due


def _find_due_now(
    connection: Connection, mailing: MailingList, audience: Audience, zone: str, now: datetime
) -> list[Due]:
    seq = log_rows.last_seq(connection)
    last = rows.load_last_seq(connection, mailing.id, zone)
    return [Due(mailing, Cadence.IMMEDIATE, Slot(str(seq), zone, now), audience, seq)] if seq > last else []


def _find_due_slots(
    connection: Connection, mailing: MailingList, audience: Audience, zone: str, now: datetime
) -> list[Due]:
    cadence = audience.cadence or mailing.schedule.cadence
    last = rows.load_last_slot(connection, mailing.id, cadence, zone)
    since = list_rows.load_since(connection, mailing.id, cadence, audience.timezone) or now
    if audience.timezone is None:
        # The list may have moved to another zone: what was done there is done.
        since = max(since, rows.load_last_slot_at(connection, mailing.id, cadence) or since)
    schedule = replace(mailing.schedule, cadence=cadence)
    slots = due_slots(schedule, zone, after=last, since=since, now=now, catch_up=mailing.catch_up)
    if not slots:
        return []
    # An edition that is made up for, with others after it, holds what was there at its own time.
    end = log_rows.last_seq_at(connection, slots[0].at) if len(slots) > 1 else None
    return [Due(mailing, cadence, slots[0], audience, end)]


def assemble_edition(settings: Settings, store: Store, renderer: Renderer, due: Due, now: datetime) -> Assembled | None:
    """Assemble one edition; None where it was done before. A template's error holds the list and enrols nobody."""
    try:
        with store.write() as connection:
            done = _Assembly(settings, connection, renderer, due, now).run()
            if done is not None:
                list_rows.save_held(connection, due.mailing.id, None)
            return done
    except TemplateError as error:
        with store.write() as connection:
            list_rows.save_held(connection, due.mailing.id, str(error))
        return Assembled(list_id=due.mailing.id, slot=due.slot, cadence=due.cadence, held=str(error))


class _Assembly:
    """One edition in the making, inside its transaction."""

    def __init__(self, settings: Settings, connection: Connection, renderer: Renderer, due: Due, now: datetime) -> None:
        self.settings, self.connection, self.renderer, self.due, self.now = settings, connection, renderer, due, now
        self.to_seq = log_rows.last_seq(connection) if due.to_seq is None else due.to_seq

    def run(self) -> Assembled | None:
        due = self.due
        # Whoever calls an item back waits for the edition that is under way, and this one for them.
        lock_lists(self.connection, due.mailing.id)
        groups = rows.load_groups(self.connection, due.audience)
        plan = plan_variants(self.connection, due.mailing, groups, self.to_seq)
        idle = [group for group in groups if group not in plan and group.mark < self.to_seq - IDLE_SEQS]
        rows.move_idle_marks(self.connection, due.audience, idle, self.to_seq)
        if due.cadence is Cadence.IMMEDIATE and not plan:
            return None
        edition_id = rows.insert_edition(self.connection, self._edition(), "" if plan else "nothing new for anybody")
        if edition_id is None:
            return None
        variants = self._render(edition_id, set(plan.values()))
        enrolled = {group: variants[variant] for group, variant in plan.items()}
        audience = rows.enrol(self.connection, edition_id, due.audience, enrolled, self.now)
        return Assembled(
            list_id=due.mailing.id,
            slot=due.slot,
            cadence=due.cadence,
            edition_id=edition_id,
            audience=audience,
            variants=len(variants),
            items=len({one.item_id for variant in variants for one in variant.selection.new}),
            notices=len({one for variant in variants for one in _notices(variant.selection)}),
            note="" if plan else "nothing new for anybody",
        )

    def _edition(self) -> Edition:
        due = self.due
        return Edition(
            id=0,
            list_id=due.mailing.id,
            cadence=due.cadence,
            slot=due.slot,
            to_seq=self.to_seq,
            assembled_at=self.now,
            expires_at=self._expires_at(),
        )

    def _expires_at(self) -> datetime:
        due = self.due
        if due.cadence is Cadence.IMMEDIATE:
            return self.now + LATEST
        schedule = replace(due.mailing.schedule, cadence=due.cadence)
        in_time = expires_at(schedule, due.slot.timezone, due.slot)
        return in_time if in_time > self.now else self.now + LATEST

    def _render(self, edition_id: int, variants: set[Variant]) -> dict[Variant, int]:
        ids = {one.item_id for variant in variants for part in _parts(variant.selection) for one in part}
        items = item_rows.load_items(self.connection, ids)
        ordered = sorted(variants, key=repr)
        return {
            variant: rows.insert_variant(
                self.connection, edition_id, render_variant(self.settings, self.renderer, self.due, variant, items)
            )
            for variant in ordered
        }


def plan_variants(
    connection: Connection, mailing: MailingList, groups: Sequence[Group], to_seq: int
) -> dict[Group, Variant]:
    """Return what is new to each group, leaving out those for whom nothing is."""
    behind = [group for group in groups if group.mark < to_seq]
    if not behind:
        return {}
    log = dict(group_by_item(log_rows.load_window(connection, min(group.mark for group in behind), to_seq)))
    for item_id in load_called_back(connection):
        # An edition that is made up for stops at a place in the log where it could still be seen.
        log.pop(item_id, None)
    offered = list_rows.load_offer(connection, mailing.id)
    chosen = load_choices(connection, [group.choices_id for group in behind])
    selections = _Selections(log, to_seq, offered, mailing.schedule.cadence.period_days)
    plan = {}
    for group in behind:
        selection = selections.find(group.mark, chosen[group.choices_id])
        if selection:
            topics = chosen_topics(chosen[group.choices_id], offered)
            plan[group] = Variant(selection, topics, group.language, group.format)
    return plan


class _Selections:
    """What is new, remembered for marks and choices that many groups share."""

    def __init__(self, log: Log, to_seq: int, offered: Sequence[Choice], backlog_days: int) -> None:
        self.log, self.to_seq, self.offered, self.backlog_days = log, to_seq, tuple(offered), backlog_days
        self.known: dict[tuple[int, tuple[Choice, ...]], Selection] = {}

    def find(self, mark: int, chosen: tuple[Choice, ...]) -> Selection:
        key = mark, chosen
        if key not in self.known:
            choices = effective_choices(chosen, self.offered)
            self.known[key] = select(self.log, mark, self.to_seq, choices, backlog_days=self.backlog_days)
        return self.known[key]


def chosen_topics(chosen: Sequence[Choice], offered: Sequence[Choice]) -> tuple[str, ...]:
    """Return the topics somebody takes today, sorted; nothing stands for everything."""
    now = {choice.topic for choice in effective_choices(chosen, offered) if choice.until is None}
    return () if ALL in now or OFFER in now else tuple(sorted(now))


def render_variant(
    settings: Settings, renderer: Renderer, due: Due, variant: Variant, items: Mapping[int, Item]
) -> Rendered:
    """Render one variant of an edition.

    Raises: TemplateError.
    """
    view = _view(settings, due, variant, items)
    rendered = renderer.render(view, settings.site, due.mailing)
    content = replace(rendered, html=None) if variant.format is Format.TEXT else rendered
    try:
        # What cannot become a message is found here, where it holds one list, and not where it would stop them all.
        prepare_variant(content, due.mailing, settings.site, edition_key="", date=due.slot.at)
    except (AddressError, ValueError) as error:
        raise TemplateError(f"the message of {due.mailing.id}", None, str(error)) from error
    return content


def _view(settings: Settings, due: Due, variant: Variant, items: Mapping[int, Item]) -> DigestView:
    zone = due.slot.timezone
    on = due.slot.at.astimezone(ZoneInfo(zone)).date()
    days = 1
    if due.cadence is not Cadence.IMMEDIATE:
        days = covers_days(replace(due.mailing.schedule, cadence=due.cadence), due.slot)
    return build_view(
        variant.selection,
        items,
        due.mailing,
        settings.site,
        {topic.id: topic.title for topic in settings.topics},
        [topic.id for topic in settings.topics],
        on,
        days,
        variant.language,
        kinds={kind.id: kind.label for kind in settings.kinds},
        chosen=variant.chosen,
        cadence=due.mailing.schedule.cadence if due.audience.cadence is None else due.cadence,
    )


def _notices(selection: Selection) -> list[tuple[int, int]]:
    return [(one.item_id, one.seq) for one in (*selection.corrected, *selection.withdrawn)]


def _parts(selection: Selection) -> tuple[Sequence[Selected], ...]:
    return selection.new, selection.corrected, selection.withdrawn
