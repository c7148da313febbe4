"""Subscribers and subscriptions, one by one."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, insert, select, update

from digest.model.mailing import Cadence
from digest.model.subscriber import Choice, Format, SubscriberStatus, Subscription, SubscriptionStatus
from digest.store.lists import forget_idle_slots, register_slots
from digest.store.meta import insert_for
from digest.store.tables import choices, delivery, edition, subscriber, subscription, suppression


def choices_body(chosen: Sequence[Choice]) -> str:
    """Return choices as the canonical text under which people with the same choices share a row."""
    return json.dumps([[c.topic, c.after, c.until] for c in chosen], ensure_ascii=False, separators=(",", ":"))


def parse_choices(body: str) -> tuple[Choice, ...]:
    """Return the choices of a canonical text."""
    return tuple(Choice(topic, after, until) for topic, after, until in json.loads(body))


def intern_choices(connection: Connection, chosen: Sequence[Choice]) -> int:
    """Return the id of a set of choices, saved once however many people share it."""
    body = choices_body(chosen)
    connection.execute(insert_for(connection, choices).values(body=body).on_conflict_do_nothing())
    return int(connection.execute(select(choices.c.id).where(choices.c.body == body)).scalar_one())


def load_choices(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Choice, ...]]:
    """Return sets of choices by id."""
    wanted = set(ids)
    rows = connection.execute(select(choices.c.id, choices.c.body))
    return {row.id: parse_choices(row.body) for row in rows if row.id in wanted}


def find_subscriptions(connection: Connection, address: str) -> list[Subscription]:
    """Return what a canonical address is subscribed to, by list."""
    return [_to_subscription(row) for row in connection.execute(_QUERY.where(subscriber.c.address == address))]


def load_subscription(connection: Connection, subscription_id: int) -> Subscription | None:
    """Return a subscription by its id, None where it is gone."""
    row = connection.execute(_QUERY.where(subscription.c.id == subscription_id)).one_or_none()
    return None if row is None else _to_subscription(row)


def each_subscription(connection: Connection) -> Iterator[Subscription]:
    """Yield every subscription, in the order of address and list."""
    for row in connection.execute(_QUERY.execution_options(yield_per=1000)):
        yield _to_subscription(row)


def add_subscriber(connection: Connection, address: str, now: datetime) -> int:
    """Return the id of a canonical address, saved when it is new."""
    row = {"address": address, "status": SubscriberStatus.ACTIVE.value, "created_at": now}
    connection.execute(insert_for(connection, subscriber).values(row).on_conflict_do_nothing())
    return int(connection.execute(select(subscriber.c.id).where(subscriber.c.address == address)).scalar_one())


def add_subscription(connection: Connection, one: Subscription, now: datetime) -> None:
    """Save a new subscription (its `id` is ignored)."""
    forget_idle_slots(connection)
    connection.execute(insert(subscription).values(_to_row(connection, one)))
    register_slots(connection, one.list_id, one.cadence, one.timezone, now)


def save_subscription(connection: Connection, one: Subscription, now: datetime) -> None:
    """Overwrite a subscription by its id; its mark only rises, since a delivery may have moved it in between."""
    mark = case((subscription.c.mark > one.mark, subscription.c.mark), else_=one.mark)
    values = _to_row(connection, one) | {"mark": mark}
    forget_idle_slots(connection)
    connection.execute(update(subscription).where(subscription.c.id == one.id).values(values))
    register_slots(connection, one.list_id, one.cadence, one.timezone, now)


def forget_subscriber(connection: Connection, address: str) -> bool:
    """Erase an address, its subscriptions and its deliveries; False where it is unknown.

    Its editions' audiences are one less then, so that their books still add up.
    """
    mine = select(subscription.c.id).join(subscriber).where(subscriber.c.address == address)
    handed = select(delivery.c.edition_id).where(delivery.c.subscription_id.in_(mine))
    connection.execute(update(edition).where(edition.c.id.in_(handed)).values(audience=edition.c.audience - 1))
    connection.execute(delete(delivery).where(delivery.c.subscription_id.in_(mine)))
    connection.execute(delete(subscription).where(subscription.c.id.in_(mine.scalar_subquery())))
    return connection.execute(delete(subscriber).where(subscriber.c.address == address)).rowcount > 0


def suppress(connection: Connection, address_hash: str, reason: str, now: datetime) -> None:
    """Never mail an address again, known only by its keyed hash."""
    row = {"address_hash": address_hash, "reason": reason, "at": now}
    connection.execute(insert_for(connection, suppression).values(row).on_conflict_do_nothing())


def load_suppressed(connection: Connection) -> set[str]:
    """Return the hashes of all addresses that must not be mailed."""
    return set(connection.execute(select(suppression.c.address_hash)).scalars())


_QUERY = (
    select(subscription, subscriber.c.address, choices.c.body)
    .join(subscriber, subscriber.c.id == subscription.c.subscriber_id)
    .join(choices, choices.c.id == subscription.c.choices_id)
    .order_by(subscriber.c.address, subscription.c.list_id)
)


def _to_subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        subscriber_id=row.subscriber_id,
        list_id=row.list_id,
        address=row.address,
        status=SubscriptionStatus(row.status),
        cadence=Cadence(row.cadence),
        timezone=row.timezone,
        language=row.language,
        format=Format(row.format),
        mark=row.mark,
        choices=parse_choices(row.body),
    )


def _to_row(connection: Connection, one: Subscription) -> dict[str, Any]:
    return {
        "subscriber_id": one.subscriber_id,
        "list_id": one.list_id,
        "status": one.status.value,
        "cadence": one.cadence.value,
        "timezone": one.timezone,
        "language": one.language,
        "format": one.format.value,
        "mark": one.mark,
        "choices_id": intern_choices(connection, one.choices),
    }
