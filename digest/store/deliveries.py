"""The ledger: one row for each edition and subscription, from queued to its end (ARCHITECTURE 6)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, update

from digest.model.delivery import OPEN_STATES, Delivery, DeliveryState, Outcome
from digest.model.subscriber import SubscriberStatus, Subscription, SubscriptionStatus
from digest.store.tables import IS_OPEN, delivery, edition, subscriber, subscription

Q, C, D = DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.IN_DOUBT


def claim_shard(connection: Connection, owner: str, now: datetime, lease_until: datetime) -> list[Delivery]:
    """Claim the due rows of one shard for `owner`; empty when nothing is due.

    Rows that somebody else holds are passed over and never waited for (PostgreSQL), so that two who claim at once
    share a shard and cannot lock each other out.
    """
    due = (IS_OPEN, delivery.c.state == Q, delivery.c.due_at <= now)
    first = (
        select(delivery.c.edition_id, delivery.c.shard)
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(*due, edition.c.expires_at > now)
        .order_by(delivery.c.edition_id, delivery.c.shard)
        .limit(1)
    )
    found = connection.execute(first.with_for_update(of=delivery, skip_locked=True)).one_or_none()
    if found is None:
        return []
    shard = (delivery.c.edition_id == found.edition_id, delivery.c.shard == found.shard)
    free = select(delivery.c.subscription_id).where(*shard, *due).with_for_update(skip_locked=True)
    mine = (*shard, delivery.c.subscription_id.in_(connection.execute(free).scalars().all()))
    change = {"state": C, "owner": owner, "lease_until": lease_until, "changed_at": now}
    connection.execute(update(delivery).where(*mine, IS_OPEN).values(change))
    return _load_claimed(connection, owner, mine)


def _load_claimed(connection: Connection, owner: str, shard: Any) -> list[Delivery]:
    query = (
        select(delivery, subscriber.c.address)
        .join(subscription, subscription.c.id == delivery.c.subscription_id)
        .join(subscriber, subscriber.c.id == subscription.c.subscriber_id)
        .where(*shard, IS_OPEN, delivery.c.state == C, delivery.c.owner == owner)
        .order_by(delivery.c.subscription_id)
    )
    rows = connection.execute(query)
    return [Delivery(r.edition_id, r.subscription_id, r.variant_id, r.address, r.attempts) for r in rows]


def fence(connection: Connection, one: Delivery, owner: str, now: datetime, lease_until: datetime) -> bool:
    """Set a claimed row in doubt, the last step before its message may be taken; False forbids the hand-over.

    It holds only where the claim is still ours and the person still wants it: the last moment for an unsubscribe.
    """
    wanted = (
        select(subscription.c.id)
        .join(subscriber)
        .where(
            subscription.c.id == one.subscription_id,
            subscription.c.status == SubscriptionStatus.ACTIVE,
            subscriber.c.status == SubscriberStatus.ACTIVE,
        )
    )
    statement = (
        update(delivery)
        .where(*_row(one), delivery.c.state == C, delivery.c.owner == owner, wanted.exists())
        .values(state=D, settled=0, lease_until=lease_until, attempts=delivery.c.attempts + 1, changed_at=now)
    )
    return connection.execute(statement).rowcount == 1


def record_outcome(
    connection: Connection, one: Delivery, owner: str, outcome: Outcome, due_at: datetime, now: datetime
) -> None:
    """Record what became of a claimed or fenced row; when it is sent, the mark moves in the same transaction.

    `due_at` is when to try again; a row whose edition expires before that has expired. A row settled in the meantime
    counts as handed over: only a 250 is still news of it.
    """
    state = outcome.state
    if state is Q and due_at >= _expires_at(connection, one):
        state = DeliveryState.EXPIRED
    ours = [delivery.c.state.in_((C, D)), delivery.c.owner == owner]
    if state is not DeliveryState.SENT:
        ours.append(delivery.c.settled == 0)
    change = {
        "state": state,
        "reason": outcome.reason,
        "code": outcome.code,
        "queue_id": outcome.queue_id,
        # The fence has counted the tries that came so far.
        "attempts": delivery.c.attempts + case((delivery.c.state == C, 1), else_=0),
        "due_at": due_at,
        "changed_at": now,
    }
    statement = update(delivery).where(*_row(one), *ours).values(change)
    if connection.execute(statement).rowcount and state is DeliveryState.SENT:
        _move_mark(connection, one)


def _expires_at(connection: Connection, one: Delivery) -> datetime:
    at: datetime = connection.execute(select(edition.c.expires_at).where(edition.c.id == one.edition_id)).scalar_one()
    return at


def settle_in_doubt(connection: Connection, one: Delivery, evidence: Outcome | None, now: datetime) -> None:
    """Settle a row nobody is working on any more: sent where there is evidence, else in doubt for good.

    Either way the mark moves: we do not send again what may have been read. Only evidence that the message certainly
    was not taken (QUEUED) puts the row back into the queue.
    """
    change: dict[str, Any] = {"settled": 1, "changed_at": now}
    if evidence is not None and evidence.state is Q:
        change = {"state": Q, "owner": None, "lease_until": None, "reason": evidence.reason, "changed_at": now}
    elif evidence is None:
        change["reason"] = "the answer was lost; not sent again"
    else:
        change |= {"state": evidence.state, "reason": evidence.reason, "queue_id": evidence.queue_id}
    doubtful = (delivery.c.state == D, delivery.c.settled == 0)
    done = connection.execute(update(delivery).where(*_row(one), *doubtful).values(change)).rowcount
    if done and change.get("state") is not Q:
        _move_mark(connection, one)


def _move_mark(connection: Connection, one: Delivery) -> None:
    to_seq = select(edition.c.to_seq).where(edition.c.id == one.edition_id).scalar_subquery()
    connection.execute(
        update(subscription)
        .where(subscription.c.id == one.subscription_id, subscription.c.mark < to_seq)
        .values(mark=to_seq)
    )


def load_handed(connection: Connection, one: Subscription) -> int:
    """Return up to which seq somebody may have been handed the log: their mark, or further with a delivery in doubt."""
    query = (
        select(func.max(edition.c.to_seq))
        .join(delivery, delivery.c.edition_id == edition.c.id)
        .where(IS_OPEN, delivery.c.state == D, delivery.c.settled == 0, delivery.c.subscription_id == one.id)
    )
    return max(one.mark, connection.execute(query).scalar() or 0)


def load_owners(connection: Connection) -> set[str]:
    """Return everybody who holds rows that are claimed, or in doubt without a settlement."""
    held = (delivery.c.state.in_((C, D)), delivery.c.settled == 0, delivery.c.owner.is_not(None))
    return set(connection.execute(select(delivery.c.owner).where(IS_OPEN, *held).distinct()).scalars())


def load_in_doubt(connection: Connection, now: datetime, gone: Collection[str] = ()) -> list[Delivery]:
    """Return the rows in doubt that nobody is working on: their lease has run out, or their owner is gone."""
    query = (
        select(delivery, subscriber.c.address)
        .join(subscription, subscription.c.id == delivery.c.subscription_id)
        .join(subscriber, subscriber.c.id == subscription.c.subscriber_id)
        .where(IS_OPEN, delivery.c.state == D, delivery.c.settled == 0, _is_left(now, gone))
        .limit(10_000)
    )
    rows = connection.execute(query)
    return [Delivery(r.edition_id, r.subscription_id, r.variant_id, r.address, r.attempts) for r in rows]


def _is_left(now: datetime, gone: Collection[str]) -> ColumnElement[bool]:
    return or_(delivery.c.lease_until <= now, delivery.c.owner.in_(gone))


def release_claims(connection: Connection, now: datetime, gone: Collection[str] = ()) -> int:
    """Put claimed rows back in the queue whose lease has run out, or whose owner is gone or drains."""
    change = {"state": Q, "owner": None, "lease_until": None, "changed_at": now}
    left = (IS_OPEN, delivery.c.state == C, _is_left(now, gone))
    return connection.execute(update(delivery).where(*left).values(change)).rowcount


def expire_late(connection: Connection, now: datetime) -> int:
    """Expire the queued rows of editions whose time is over; their items are in the next ones."""
    over = select(edition.c.id).where(edition.c.expires_at <= now)
    statement = update(delivery).where(IS_OPEN, delivery.c.state == Q, delivery.c.edition_id.in_(over))
    change = {"state": DeliveryState.EXPIRED, "reason": "the edition's time was over", "changed_at": now}
    return connection.execute(statement.values(change)).rowcount


def drop_unwanted(connection: Connection, one: Delivery, owner: str, now: datetime) -> None:
    """Record that a claimed row was stopped by the fence because its person does not want it any more."""
    change = {"state": DeliveryState.SUPPRESSED, "reason": "left before it was handed over", "changed_at": now}
    unwanted = and_(delivery.c.state == C, delivery.c.owner == owner)
    connection.execute(update(delivery).where(*_row(one), unwanted).values(change))


def stop_open(connection: Connection, subscription_id: int, now: datetime) -> None:
    """Stop everything not yet handed over to a subscription that is left or erased."""
    change = {"state": DeliveryState.SUPPRESSED, "reason": "unsubscribed", "changed_at": now}
    mine = (delivery.c.subscription_id == subscription_id, delivery.c.state.in_(OPEN_STATES))
    connection.execute(update(delivery).where(IS_OPEN, *mine).values(change))


def load_books(connection: Connection, edition_id: int) -> Mapping[DeliveryState, int]:
    """Return how many deliveries of an edition are in each state."""
    query = select(delivery.c.state, func.count().label("rows")).where(delivery.c.edition_id == edition_id)
    return {DeliveryState(row.state): row.rows for row in connection.execute(query.group_by(delivery.c.state))}


def load_reasons(
    connection: Connection, state: DeliveryState, editions: Collection[int], limit: int = 5
) -> list[tuple[str, int]]:
    """Return the commonest reasons of deliveries in a state, among these editions, with their number."""
    query = select(delivery.c.reason, func.count().label("rows")).where(delivery.c.state == state)
    query = query.where(delivery.c.edition_id.in_(editions)).group_by(delivery.c.reason)
    rows = connection.execute(query.order_by(func.count().desc(), delivery.c.reason).limit(limit))
    return [(row.reason or "", row.rows) for row in rows]


def count_open(connection: Connection) -> Mapping[DeliveryState, int]:
    """Return how many deliveries are queued, claimed or in doubt without a settlement."""
    query = select(delivery.c.state, func.count().label("rows")).where(IS_OPEN, delivery.c.settled == 0)
    return {DeliveryState(row.state): row.rows for row in connection.execute(query.group_by(delivery.c.state))}


def _row(one: Delivery) -> tuple[Any, Any]:
    return delivery.c.edition_id == one.edition_id, delivery.c.subscription_id == one.subscription_id
