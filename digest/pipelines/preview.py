"""preview: what would be sent to somebody now, and when what goes out next. Writes nothing, moves no mark."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from digest.config.settings import Settings
from digest.editions.calendar import next_slot
from digest.editions.render import Renderer
from digest.editions.select import effective_choices, group_by_item, select
from digest.errors import UsageError
from digest.mail.address import canonical_address, parse_mailbox
from digest.mail.message import compose_message, prepare_variant
from digest.mail.tokens import message_id, unsubscribe_token
from digest.model.delivery import Envelope
from digest.model.edition import Audience, Rendered, Selected, Selection, Slot
from digest.model.item import Item
from digest.model.mailing import SUBSCRIBER_ZONE, Cadence, MailingList
from digest.model.subscriber import OFFER, Choice, Format, Subscription
from digest.model.topic import ALL
from digest.pipelines.assemble import Due, Variant, chosen_topics, render_variant
from digest.store import editions as edition_rows
from digest.store import items as item_rows
from digest.store import lists as list_rows
from digest.store import placements as log_rows
from digest.store.engine import Connection, Store
from digest.store.subscribers import find_subscriptions

SAMPLE_ITEMS = 10
"""Items of a preview where nothing is new."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent; `note` says to whom, and `is_sample` that nothing is new and these are older items."""

    content: Rendered
    mailing: MailingList
    note: str
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """One edition to come: for how many people of a cadence and zone."""

    mailing: MailingList
    cadence: Cadence
    slot: Slot
    audience: int
    waiting: int


def preview(
    settings: Settings, store: Store, renderer: Renderer, mailing: MailingList, address: str | None, now: datetime
) -> Preview:
    """Render what a list would send now to a subscriber, or without an address to somebody who takes all it offers.

    Raises: UsageError where the address is not subscribed; TemplateError.
    """
    with store.read() as connection:
        one = _reader(connection, mailing, address)
        to_seq = log_rows.last_seq(connection)
        selection, chosen = what_is_new(connection, mailing, one, to_seq)
        is_sample = not selection
        if is_sample:
            newest = item_rows.load_newest(connection, ALL, SAMPLE_ITEMS)
            selection = Selection(tuple(Selected(item.id, item.topics, 0) for item in newest))
        ids = {part.item_id for part in (*selection.new, *selection.corrected, *selection.withdrawn)}
        items = item_rows.load_items(connection, ids)
    variant = Variant(selection, chosen, one.language, one.format)
    content = render_variant(settings, renderer, _due(mailing, one, now), variant, items)
    who = "a subscriber" if address else "somebody who takes everything it offers"
    note = f"nothing is new to {who}: a sample of the newest items" if is_sample else f"as {who} would get it now"
    return Preview(content, mailing, note, is_sample)


def _reader(connection: Connection, mailing: MailingList, address: str | None) -> Subscription:
    if address is None:
        mark = edition_rows.load_last_edition_seq(connection, mailing.id)
        return Subscription(
            id=0, subscriber_id=0, list_id=mailing.id, address="", mark=mark, choices=(Choice(OFFER),),
            cadence=mailing.schedule.cadence, language=mailing.language,
        )  # fmt: skip
    found = find_subscriptions(connection, canonical_address(address))
    one = next((one for one in found if one.list_id == mailing.id), None)
    if one is None:
        raise UsageError(f"this address is not subscribed to '{mailing.id}': leave --as out, or subscribe it first")
    return one


def what_is_new(
    connection: Connection, mailing: MailingList, one: Subscription, to_seq: int
) -> tuple[Selection, tuple[str, ...]]:
    """Return what is new to a subscription up to `to_seq`, and the topics it takes today."""
    offered = list_rows.load_offer(connection, mailing.id) or tuple(Choice(topic) for topic in mailing.topics)
    log = group_by_item(log_rows.load_window(connection, one.mark, to_seq))
    choices = effective_choices(one.choices, offered)
    backlog = mailing.schedule.cadence.period_days
    return select(log, one.mark, to_seq, choices, backlog_days=backlog), chosen_topics(one.choices, offered)


def _due(mailing: MailingList, one: Subscription, now: datetime) -> Due:
    zone = one.timezone if mailing.timezone == SUBSCRIBER_ZONE else mailing.timezone
    slot = Slot("preview", zone, now)
    return Due(mailing, one.cadence, slot, Audience(mailing.id))


def sample_edition(settings: Settings, renderer: Renderer, mailing: MailingList, now: datetime) -> Rendered:
    """Render an invented edition, to see that a list's templates work.

    Raises: TemplateError.
    """
    item = Item(
        id=1, source="check", key="check", entry_id="tag:example.org,2026:check/1", title="An invented item",
        summary="It stands here to try the templates.", truncated=False, kind=None, published_on=now.date(),
        published_at=now, date_only=True, updated_at=now, first_seen_at=now, link=settings.site.url,
        language=mailing.language, note="invented", corrected_at=now,
    )  # fmt: skip
    part = (Selected(1, (), 1),)
    slot = Slot("check", "UTC", now.astimezone(UTC))
    due = Due(mailing, mailing.schedule.cadence, slot, Audience(mailing.id))
    variant = Variant(Selection(part, part, part), (), mailing.language, Format.HTML)
    return render_variant(settings, renderer, due, variant, {1: item})


def compose_preview(
    settings: Settings, key: bytes, shown: Preview, address: str | None, now: datetime, *, test: bool = False
) -> tuple[Envelope, bytes]:
    """Return the message of a preview as it would travel; a `test` is marked as such in its subject."""
    sender = parse_mailbox(shown.mailing.sender)[1]
    content = replace(shown.content, subject=f"[TEST] {shown.content.subject}") if test else shown.content
    edition_key = f"{shown.mailing.id}/preview/{int(now.timestamp())}"
    prepared = prepare_variant(content, shown.mailing, settings.site, edition_key=edition_key, date=now)
    to = canonical_address(address) if address else sender
    # Microseconds, and nobody's subscription: no two previews share a name, nor has any edition so high a number.
    name = message_id(key, int(now.timestamp() * 1_000_000), 0, sender.rpartition("@")[2])
    message = compose_message(prepared, address=to, message_id=name, token=unsubscribe_token(key, 0))
    return Envelope(sender, to), message


def plan(settings: Settings, store: Store, now: datetime, days: int) -> list[Planned]:
    """Return the editions of the next `days`, soonest first, with how many items are waiting for each list."""
    planned: list[Planned] = []
    with store.read() as connection:
        to_seq = log_rows.last_seq(connection)
        for mailing in settings.lists:
            anybody = _reader(connection, mailing, None)
            waiting = len(what_is_new(connection, mailing, anybody, to_seq)[0].new)
            for cadence, zone, size in _cadences(connection, mailing):
                planned += [
                    Planned(mailing, cadence, slot, size, waiting)
                    for slot in _coming_slots(mailing, cadence, zone, now, days)
                ]
    return sorted(planned, key=lambda one: (one.slot.at, one.mailing.id))


def _cadences(connection: Connection, mailing: MailingList) -> Sequence[tuple[Cadence, str, int]]:
    found = edition_rows.load_cadences(connection, mailing.id)
    sizes: dict[tuple[Cadence, str], int] = {}
    for cadence, zone, size in found:
        key = cadence, zone if mailing.timezone == SUBSCRIBER_ZONE else mailing.timezone
        sizes[key] = sizes.get(key, 0) + size
    return [(cadence, zone, size) for (cadence, zone), size in sizes.items() if cadence is not Cadence.IMMEDIATE]


def _coming_slots(mailing: MailingList, cadence: Cadence, zone: str, now: datetime, days: int) -> list[Slot]:
    schedule = replace(mailing.schedule, cadence=cadence)
    slots: list[Slot] = []
    at = now
    while (slot := next_slot(schedule, zone, at)).at <= now + timedelta(days=days):
        slots.append(slot)
        at = slot.at
    return slots
