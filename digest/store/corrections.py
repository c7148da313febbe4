"""Corrections: what readers were told about items after they were published."""

from sqlalchemy import Connection, func, select

from digest.model.correction import Correction
from digest.model.feed import Activity
from digest.model.item import HIDDEN
from digest.store.feeds import MOST_RECENT, RECENT
from digest.store.items import load_items
from digest.store.tables import correction, item


def load_corrections(connection: Connection, count: int) -> list[Correction]:
    """Return the last corrections and withdrawals, newest first, each with its item as it stands today.

    Those of items that nobody may see at present are not among them.
    """
    query = select(correction).join(item).where(item.c.status.not_in(HIDDEN)).order_by(correction.c.seq.desc())
    rows = connection.execute(query.limit(count)).all()
    items = load_items(connection, {row.item_id for row in rows})
    return [Correction(row.seq, items[row.item_id], row.at, row.note, bool(row.withdrawn)) for row in rows]


def load_told(connection: Connection, _topic: str = "") -> Activity:
    """Return how busy the feed of corrections is."""
    visible = select(correction.c.at).join(item).where(item.c.status.not_in(HIDDEN))
    newest = connection.execute(visible.order_by(correction.c.seq.desc()).limit(1)).scalar()
    if newest is None:
        return Activity(0, None, None)
    oldest = connection.execute(visible.order_by(correction.c.seq).limit(1)).scalar()
    last = visible.order_by(correction.c.seq.desc()).limit(MOST_RECENT).subquery()
    inside = select(func.count()).select_from(last).where(last.c.at > newest - RECENT)
    return Activity(connection.execute(inside).scalar_one(), oldest, newest)


def count_corrections(connection: Connection) -> int:
    """Return how many corrections and withdrawals readers were told."""
    query = select(func.count()).select_from(correction.join(item)).where(item.c.status.not_in(HIDDEN))
    return int(connection.execute(query).scalar_one())
