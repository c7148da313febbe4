"""The append-only log of placements, and which items stand in a topic today."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, or_, select, text

from digest.model.placement import Action, Placement
from digest.store.archives import MARK_STALE
from digest.store.tables import correction, item_topic, placement

PLACE = text(
    "INSERT INTO item_topic (topic, item_id, seq, rank) SELECT p.topic, p.item_id, max(p.seq),"
    " max(CASE WHEN p.backlog_days > 0 THEN i.published_at ELSE p.at END)"
    " FROM placement p JOIN item i ON i.id = p.item_id WHERE p.seq > :before AND p.action = 'placed'"
    " GROUP BY p.topic, p.item_id ON CONFLICT (topic, item_id) DO UPDATE SET seq = excluded.seq, rank = excluded.rank"
)
REMOVE = text(
    "DELETE FROM item_topic WHERE (topic, item_id) IN"
    " (SELECT p.topic, p.item_id FROM placement p WHERE p.seq > :before AND p.action = 'removed')"
    " AND seq < (SELECT max(p.seq) FROM placement p WHERE p.seq > :before AND p.action = 'removed'"
    " AND p.topic = item_topic.topic AND p.item_id = item_topic.item_id)"
)

TOLD = (Action.CORRECTED, Action.WITHDRAWN)
"""What readers are told, and so what stands in the feed of corrections."""

NOTE = text(
    "INSERT INTO correction (seq, item_id, at, note, withdrawn) SELECT p.seq, p.item_id, p.at, coalesce(i.note, ''),"
    " CASE p.action WHEN 'withdrawn' THEN 1 ELSE 0 END FROM placement p JOIN item i ON i.id = p.item_id"
    " WHERE p.seq > :before AND p.topic = 'all' AND p.action IN ('corrected', 'withdrawn')"
)


def append_placements(connection: Connection, rows: Sequence[Placement], now: datetime) -> int:
    """Add rows to the log in this order (their `seq` is ignored); return the highest seq then.

    The connection comes from `Store.append`, so that seqs rise in the order of commit.
    """
    before = last_seq(connection)
    if not rows:
        return before
    values = [
        {"topic": r.topic, "item_id": r.item_id, "action": r.action.value, "backlog_days": r.backlog_days, "at": now}
        for r in rows
    ]
    connection.execute(insert(placement), values)
    # Archives are marked before an item moves or goes, and again where one was put among old ones: of old items, and of
    # what a reading saves that began before others were done.
    connection.execute(MARK_STALE, {"before": before})
    connection.execute(PLACE, {"before": before})
    if any(row.action is Action.PLACED for row in rows):
        connection.execute(MARK_STALE, {"before": before})
    if any(row.action is Action.REMOVED for row in rows):
        connection.execute(REMOVE, {"before": before})
    if any(row.action in TOLD for row in rows):
        connection.execute(NOTE, {"before": before})
    return last_seq(connection)


def last_seq(connection: Connection) -> int:
    """Return the highest seq of the log, 0 when it is empty."""
    return connection.execute(select(func.max(placement.c.seq))).scalar() or 0


def last_seq_at(connection: Connection, at: datetime) -> int:
    """Return the highest seq that was there at an instant; for freezing an edition that is made up for later."""
    return connection.execute(select(func.max(placement.c.seq)).where(placement.c.at <= at)).scalar() or 0


def touched_topics(connection: Connection, after: int) -> set[str]:
    """Return the topics that have rows after a seq."""
    return set(connection.execute(select(placement.c.topic).where(placement.c.seq > after).distinct()).scalars())


def has_changes(connection: Connection, after: int) -> bool:
    """Tell whether anything after a seq says more than that an item was placed, or places one that was corrected."""
    told = exists().where(correction.c.item_id == placement.c.item_id)
    query = select(placement.c.seq).where(placement.c.seq > after, or_(placement.c.action != Action.PLACED, told))
    return connection.execute(query.limit(1)).first() is not None


def topics_of(connection: Connection, item_id: int) -> list[str]:
    """Return every topic in which an item stands today, sorted."""
    query = select(item_topic.c.topic).where(item_topic.c.item_id == item_id)
    return sorted(connection.execute(query).scalars())


def load_backlog(connection: Connection, item_id: int) -> int:
    """Return how many days old an item was when it was first placed, 0 for ordinary news."""
    query = select(placement.c.backlog_days).where(placement.c.item_id == item_id).order_by(placement.c.seq).limit(1)
    return connection.execute(query).scalar() or 0


def topics_by_item(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """Return every topic in which these items stand today, sorted, by item; not for more than 30,000 at once."""
    found: dict[int, list[str]] = {}
    query = select(item_topic.c.item_id, item_topic.c.topic).where(item_topic.c.item_id.in_(ids))
    for row in connection.execute(query.order_by(item_topic.c.item_id, item_topic.c.topic)):
        found.setdefault(row.item_id, []).append(row.topic)
    return found


def count_by_topic(connection: Connection) -> dict[str, int]:
    """Return how many items stand in each topic today."""
    rows = connection.execute(select(item_topic.c.topic, func.count().label("items")).group_by(item_topic.c.topic))
    return {row.topic: row.items for row in rows}


def load_of_item(connection: Connection, item_id: int) -> list[Placement]:
    """Return every row of an item, in the order of seq."""
    rows = connection.execute(select(placement).where(placement.c.item_id == item_id).order_by(placement.c.seq))
    return [_to_placement(row) for row in rows]


def load_window(connection: Connection, after: int, to_seq: int) -> Iterator[Placement]:
    """Yield every row up to `to_seq` of each item that has a row in `(after, to_seq]`, in the order of seq."""
    inside = select(placement.c.item_id).where(placement.c.seq > after, placement.c.seq <= to_seq)
    query = select(placement).where(placement.c.item_id.in_(inside), placement.c.seq <= to_seq)
    for row in connection.execute(query.order_by(placement.c.seq)):
        yield _to_placement(row)


def _to_placement(row: Row[Any]) -> Placement:
    return Placement(row.seq, row.topic, row.item_id, Action(row.action), row.backlog_days)
