"""Editions and variants: what is frozen, and for whom."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    and_,
    func,
    insert,
    literal,
    select,
    update,
)

from digest.model.delivery import DeliveryState
from digest.model.edition import Audience, Edition, Group, Rendered, Slot
from digest.model.mailing import Cadence
from digest.model.subscriber import Format, SubscriptionStatus
from digest.store.meta import insert_for
from digest.store.placements import last_seq, last_seq_at
from digest.store.tables import IS_OPEN, Big, Instant, delivery, edition, mailing_list, subscription, variant

SHARD_SIZE = 250
"""Deliveries that travel as one unit of work."""


GROUPED_BY = ("choices_id", "mark", "language", "format")


def load_cadences(connection: Connection, list_id: str) -> list[tuple[Cadence, str, int]]:
    """Return each cadence and zone that active subscriptions of a list have, with their number."""
    query = (
        select(subscription.c.cadence, subscription.c.timezone, func.count().label("size"))
        .where(subscription.c.list_id == list_id, subscription.c.status == SubscriptionStatus.ACTIVE)
        .group_by(subscription.c.cadence, subscription.c.timezone)
        .order_by(subscription.c.cadence, subscription.c.timezone)
    )
    return [(Cadence(row.cadence), row.timezone, row.size) for row in connection.execute(query)]


def load_groups(connection: Connection, audience: Audience) -> list[Group]:
    """Return the groups of an audience, in a stable order."""
    columns = [subscription.c[name] for name in GROUPED_BY]
    query = select(*columns, func.count().label("size")).where(*_is_in(audience)).group_by(*columns).order_by(*columns)
    rows = connection.execute(query)
    return [Group(row.choices_id, row.mark, row.language, Format(row.format), row.size) for row in rows]


def _is_in(audience: Audience) -> list[Any]:
    terms = [subscription.c.list_id == audience.list_id, subscription.c.status == SubscriptionStatus.ACTIVE]
    if audience.cadence is not None:
        terms.append(subscription.c.cadence == audience.cadence)
    if audience.timezone is not None:
        terms.append(subscription.c.timezone == audience.timezone)
    return terms


def insert_edition(connection: Connection, one: Edition, note: str) -> int | None:
    """Insert an edition (its `id` is ignored) and return its id; None where this one was assembled before."""
    row = {
        "list_id": one.list_id,
        "cadence": one.cadence.value,
        "slot": one.slot.key,
        "timezone": one.slot.timezone,
        "slot_at": one.slot.at,
        "missed": one.slot.missed,
        "to_seq": one.to_seq,
        "assembled_at": one.assembled_at,
        "expires_at": one.expires_at,
        "audience": 0,
        "note": note,
    }
    statement = insert_for(connection, edition).values(row).on_conflict_do_nothing().returning(edition.c.id)
    return connection.execute(statement).scalar()


def insert_variant(connection: Connection, edition_id: int, content: Rendered) -> int:
    """Insert a rendered variant and return its id."""
    row = {"edition_id": edition_id, "subject": content.subject, "text": content.text, "html": content.html}
    return int(connection.execute(insert(variant).values(row).returning(variant.c.id)).scalar_one())


def load_variant(connection: Connection, variant_id: int) -> Rendered:
    """Return the content of a variant."""
    row = connection.execute(select(variant).where(variant.c.id == variant_id)).one()
    return Rendered(row.subject, row.text, row.html)


_enrolling = Table(
    "enrolling",
    MetaData(),
    Column("choices_id", Big),
    Column("mark", Big),
    *(Column(name, subscription.c[name].type) for name in ("language", "format")),
    Column("variant_id", Big),
    prefixes=["TEMPORARY"],
)


def enrol(
    connection: Connection, edition_id: int, audience: Audience, variants: Mapping[Group, int], now: datetime
) -> int:
    """Give everybody of these groups a delivery of the edition; return how many.

    In the same transaction their older open deliveries expire, so nobody can be handed the same item twice; somebody
    whose older delivery is in doubt at this moment is left out, and this edition's items are in their next one.
    """
    if not variants:
        return 0
    # One edition of a list at a time: of two that cannot see each other's rows, neither would expire the other's.
    connection.execute(select(mailing_list.c.id).where(mailing_list.c.id == audience.list_id).with_for_update())
    _enrolling.create(connection, checkfirst=False)
    rows = [
        {"choices_id": g.choices_id, "mark": g.mark, "language": g.language, "format": g.format.value, "variant_id": v}
        for g, v in variants.items()
    ]
    connection.execute(insert(_enrolling), rows)
    # In this order: once expired a row cannot be fenced, and what was fenced before is seen to be in doubt.
    _expire_older(connection, audience, now)
    connection.execute(_insert_deliveries(edition_id, audience, now))
    _enrolling.drop(connection, checkfirst=False)
    size = select(func.count()).select_from(delivery).where(delivery.c.edition_id == edition_id).scalar_subquery()
    connection.execute(update(edition).where(edition.c.id == edition_id).values(audience=size))
    return int(connection.execute(select(edition.c.audience).where(edition.c.id == edition_id)).scalar_one())


def _insert_deliveries(edition_id: int, audience: Audience, now: datetime) -> Insert:
    nth = func.row_number().over(order_by=subscription.c.id) - 1
    doubtful = _open_of_subscription().where(delivery.c.state == DeliveryState.IN_DOUBT, delivery.c.settled == 0)
    row = {
        "edition_id": literal(edition_id, Big),
        "subscription_id": subscription.c.id,
        "variant_id": _enrolling.c.variant_id,
        "shard": nth // SHARD_SIZE,
        "state": literal(DeliveryState.QUEUED.value, Text),
        "due_at": literal(now, Instant),
        "changed_at": literal(now, Instant),
    }
    chosen = select(*row.values()).join_from(subscription, _enrolling, _is_same_group())
    chosen = chosen.where(*_is_in(audience), ~doubtful.exists()).order_by(subscription.c.id)
    return insert(delivery).from_select(list(row), chosen)


def _expire_older(connection: Connection, audience: Audience, now: datetime) -> None:
    superseded = (
        select(subscription.c.id)
        .join_from(subscription, _enrolling, _is_same_group())
        .where(*_is_in(audience), subscription.c.id == delivery.c.subscription_id)
    )
    older = (IS_OPEN, delivery.c.state.in_((DeliveryState.QUEUED, DeliveryState.CLAIMED)))
    change = {"state": DeliveryState.EXPIRED.value, "reason": "a later edition holds its items", "changed_at": now}
    connection.execute(update(delivery).where(*older, superseded.exists()).values(change))


def _is_same_group() -> ColumnElement[bool]:
    return and_(*(subscription.c[name] == _enrolling.c[name] for name in GROUPED_BY))


def _open_of_subscription() -> Select[Any]:
    return select(delivery.c.edition_id).where(IS_OPEN, delivery.c.subscription_id == subscription.c.id)


def move_idle_marks(connection: Connection, audience: Audience, groups: Sequence[Group], to_seq: int) -> None:
    """Move the marks of groups for whom there was nothing up to `to_seq`; nothing of theirs lies before it.

    Who has a delivery under way keeps their mark: what it shows may have been withdrawn since, and they must be told.
    """
    settled = ~_open_of_subscription().where(delivery.c.settled == 0).exists()
    for group in groups:
        same = [subscription.c[name] == getattr(group, name) for name in GROUPED_BY]
        connection.execute(update(subscription).where(*_is_in(audience), *same, settled).values(mark=to_seq))


def load_last_slot(connection: Connection, list_id: str, cadence: Cadence, timezone: str) -> str | None:
    """Return the key of the last slot that was assembled for a list, cadence and zone."""
    query = select(func.max(edition.c.slot)).where(
        edition.c.list_id == list_id, edition.c.cadence == cadence, edition.c.timezone == timezone
    )
    return connection.execute(query).scalar()


def load_last_slot_at(connection: Connection, list_id: str, cadence: Cadence) -> datetime | None:
    """Return the instant of the last slot that was assembled for a list and cadence, whatever its zone was then."""
    query = select(func.max(edition.c.slot_at)).where(edition.c.list_id == list_id, edition.c.cadence == cadence)
    at: datetime | None = connection.execute(query).scalar()
    return at


def load_last_seq(connection: Connection, list_id: str, timezone: str) -> int:
    """Return up to which seq the last immediate edition of a list went in a zone, 0 before the first."""
    query = select(func.max(edition.c.to_seq)).where(
        edition.c.list_id == list_id, edition.c.cadence == Cadence.IMMEDIATE, edition.c.timezone == timezone
    )
    return connection.execute(query).scalar() or 0


def load_last_edition_seq(connection: Connection, list_id: str) -> int:
    """Return up to which seq the last edition of a list went, whatever its cadence; 0 before the first."""
    return connection.execute(select(func.max(edition.c.to_seq)).where(edition.c.list_id == list_id)).scalar() or 0


def start_seq(connection: Connection, list_id: str, period: timedelta, now: datetime) -> int:
    """Return the mark with which somebody new to a list begins: the log's end.

    Before its first edition a list begins one period back, so that it does not matter whether the sources were read
    before people came or after.
    """
    first = select(edition.c.id).where(edition.c.list_id == list_id).limit(1)
    if connection.execute(first).one_or_none() is None:
        return last_seq_at(connection, now - period)
    return last_seq(connection)


def load_edition(connection: Connection, edition_id: int) -> Edition:
    """Return an edition by id."""
    return _to_edition(connection.execute(select(edition).where(edition.c.id == edition_id)).one())


def load_editions(connection: Connection, limit: int = 10) -> list[tuple[Edition, str, int]]:
    """Return the last editions with note and audience, newest first."""
    query = select(edition).order_by(edition.c.assembled_at.desc(), edition.c.id.desc()).limit(limit)
    return [(_to_edition(row), row.note, row.audience) for row in connection.execute(query)]


def _to_edition(row: Row[Any]) -> Edition:
    return Edition(
        id=row.id,
        list_id=row.list_id,
        cadence=Cadence(row.cadence),
        slot=Slot(row.slot, row.timezone, row.slot_at, row.missed),
        to_seq=row.to_seq,
        assembled_at=row.assembled_at,
        expires_at=row.expires_at,
    )
