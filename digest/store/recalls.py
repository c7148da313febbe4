"""Items that were called back under embargo after readers could see them: whose mail has them, and who was shown them.

Who was handed an item is told by mark and choices (ARCHITECTURE 5), and a mark that rises while the item is hidden
would say so of people who never got it. So their choices are kept apart: as if they had not chosen its rows so far.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Connection, exists, select, update

from digest.model.delivery import DeliveryState
from digest.model.placement import Action, Placement
from digest.model.subscriber import OFFER, Choice, skip_seqs
from digest.model.topic import ALL
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

CHUNK = 500
"""Values in one IN list."""

_HANDED = (DeliveryState.SENT, DeliveryState.BOUNCED, DeliveryState.IN_DOUBT)
"""What counts as handed over: of a doubtful one nobody can know, and it is never sent again."""


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


def stop_mail(connection: Connection, item_id: int, now: datetime) -> int:
    """Stop what is to be handed over with an item in it; return how many messages.

    Their other items are in the next editions of those people, as with any digest that expired.
    """
    rows = _load_rows(connection, item_id)
    told = exists().where(
        placement.c.item_id == item_id,
        placement.c.action.in_((Action.PLACED, Action.CORRECTED)),
        placement.c.seq > subscription.c.mark,
        placement.c.seq <= edition.c.to_seq,
    )
    held = (
        select(subscription.c.id)
        .select_from(subscription)
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(subscription.c.id == delivery.c.subscription_id, told)
        .correlate(delivery)
    )
    reached = [id_ for id_, chosen in _load_bodies(connection) if any(_reaches(chosen, row) for row in rows)]
    change = {"state": DeliveryState.EXPIRED.value, "reason": "an item in it is under embargo now", "changed_at": now}
    waiting = (IS_OPEN, delivery.c.state.in_((DeliveryState.QUEUED, DeliveryState.CLAIMED)))
    return sum(
        connection.execute(
            update(delivery).where(*waiting, held.where(subscription.c.choices_id.in_(ids)).exists()).values(change)
        ).rowcount
        for ids in _chunks(reached)
    )


def keep_apart(connection: Connection, item_id: int) -> None:
    """Let an item that was called back be new again to all who were not handed it while it could be seen.

    Called when it is called back, and when it is let go, for those who came in between. Of an item that readers
    never saw nothing is kept.
    """
    rows, end = _last_stand(_load_rows(connection, item_id))
    for first, last in _runs([row.seq for row in rows if row.action is Action.PLACED]):
        handed = select(delivery.c.subscription_id).join(edition, edition.c.id == delivery.c.edition_id)
        handed = handed.where(delivery.c.state.in_(_HANDED), edition.c.to_seq >= first)
        if end is not None:
            handed = handed.where(edition.c.to_seq < end)
        for id_, chosen in _load_bodies(connection):
            if any(choice.covers(seq) for choice in chosen for seq in (first, last)):
                fresh = intern_choices(connection, skip_seqs(chosen, first, last))
                others = (subscription.c.choices_id == id_, subscription.c.id.not_in(handed))
                connection.execute(update(subscription).where(*others).values(choices_id=fresh))


def _load_rows(connection: Connection, item_id: int) -> list[Placement]:
    query = select(placement).where(placement.c.item_id == item_id).order_by(placement.c.seq)
    return [Placement(row.seq, row.topic, row.item_id, Action(row.action)) for row in connection.execute(query)]


def _last_stand(rows: Sequence[Placement]) -> tuple[list[Placement], int | None]:
    """Return the rows of the last time that readers could see an item, and the seq at which that ended."""
    ends = [row.seq for row in rows if row.topic == ALL and row.action is Action.REMOVED]
    back = bool(ends) and any(row.seq > ends[-1] and row.action is Action.PLACED for row in rows)
    closed = ends if back else ends[:-1]
    begin, end = (closed[-1] if closed else 0), (None if back or not ends else ends[-1])
    return [row for row in rows if begin < row.seq and (end is None or row.seq < end)], end


def _runs(seqs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of seqs without a gap."""
    breaks = [at for at, (one, other) in enumerate(pairwise(seqs), 1) if other != one + 1]
    for start, stop in pairwise([0, *breaks, len(seqs)]):
        if start < stop:
            yield seqs[start], seqs[stop - 1]


def _load_bodies(connection: Connection) -> list[tuple[int, tuple[Choice, ...]]]:
    """Return the choices that subscriptions have, each with its id."""
    used = exists().where(subscription.c.choices_id == choices.c.id)
    return [(row.id, parse_choices(row.body)) for row in connection.execute(select(choices).where(used))]


def _reaches(chosen: Collection[Choice], row: Placement) -> bool:
    return row.action is Action.PLACED and any(
        choice.topic in (OFFER, ALL, row.topic) and choice.covers(row.seq) for choice in chosen
    )


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
