"""Items that were called back under embargo after readers could see them: what mail waits, and who was handed what."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from digest.model.delivery import DeliveryState, Waiting
from digest.model.subscriber import Choice
from digest.store.subscribers import intern_choices, parse_choices
from digest.store.tables import (
    IS_HELD,
    IS_OPEN,
    choices,
    delivery,
    edition,
    item,
    mailing_list,
    placement,
    subscription,
)

_HANDED = (DeliveryState.SENT, DeliveryState.BOUNCED, DeliveryState.IN_DOUBT)
"""What counts as handed over: of a doubtful one nobody can know, and it is never sent again."""

_WAITING = (IS_OPEN, delivery.c.state.in_((DeliveryState.QUEUED, DeliveryState.CLAIMED)))


def load_called_back(connection: Connection) -> set[int]:
    """Return the items that readers could see once and that are under embargo now."""
    rows = exists().where(placement.c.item_id == item.c.id)
    return set(connection.execute(select(item.c.id).where(IS_HELD, rows)).scalars())


def was_placed(connection: Connection, item_id: int) -> bool:
    """Tell whether readers could ever see an item."""
    return (
        connection.execute(select(placement.c.seq).where(placement.c.item_id == item_id).limit(1)).first() is not None
    )


def load_held_ids(connection: Connection, source_id: str) -> set[int]:
    """Return the items of a source that are under embargo."""
    query = select(item.c.id).where(IS_HELD, item.c.source == source_id)
    return set(connection.execute(query).scalars())


def lock_lists(connection: Connection, *only: str) -> None:
    """Let no other edition of all lists, or `only` these, be assembled until this transaction ends."""
    lists = select(mailing_list.c.id).order_by(mailing_list.c.id).with_for_update()
    connection.execute(lists.where(mailing_list.c.id.in_(only)) if only else lists).all()


def load_waiting(connection: Connection) -> list[Waiting]:
    """Return the digests that wait to be handed over, one for all people whom nothing tells apart."""
    columns = (edition.c.id, edition.c.list_id, edition.c.to_seq, subscription.c.mark, choices.c.id, choices.c.body)
    query = (
        select(*columns)
        .distinct()
        .select_from(delivery)
        .join(edition, edition.c.id == delivery.c.edition_id)
        .join(subscription, subscription.c.id == delivery.c.subscription_id)
        .join(choices, choices.c.id == subscription.c.choices_id)
        .where(*_WAITING)
        .order_by(edition.c.id, choices.c.id, subscription.c.mark)
    )
    return [Waiting(*row[:5], parse_choices(row[5])) for row in connection.execute(query)]


def stop_waiting(connection: Connection, one: Waiting, reason: str, now: datetime) -> int:
    """Let what waits expire with a reason; return how many messages."""
    same = (subscription.c.choices_id == one.choices_id, subscription.c.mark == one.mark)
    people = select(subscription.c.id).where(subscription.c.id == delivery.c.subscription_id, *same)
    change = {"state": DeliveryState.EXPIRED.value, "reason": reason, "changed_at": now}
    waiting = (*_WAITING, delivery.c.edition_id == one.edition_id, people.exists())
    return connection.execute(update(delivery).where(*waiting).values(change)).rowcount


def load_chosen(connection: Connection) -> list[tuple[int, tuple[Choice, ...]]]:
    """Return the choices that subscriptions have, each with its id."""
    used = exists().where(subscription.c.choices_id == choices.c.id)
    return [(row.id, parse_choices(row.body)) for row in connection.execute(select(choices).where(used))]


def change_unhanded(
    connection: Connection, choices_id: int, fresh: Sequence[Choice], first: int, end: int | None
) -> None:
    """Give fresh choices to whoever has these and was handed no edition with `first <= to_seq < end` (None: no end)."""
    handed = select(delivery.c.subscription_id).join(edition, edition.c.id == delivery.c.edition_id)
    handed = handed.where(delivery.c.state.in_(_HANDED), edition.c.to_seq >= first)
    if end is not None:
        handed = handed.where(edition.c.to_seq < end)
    others = (subscription.c.choices_id == choices_id, subscription.c.id.not_in(handed))
    connection.execute(update(subscription).where(*others).values(choices_id=intern_choices(connection, tuple(fresh))))
