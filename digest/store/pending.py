"""Items that came in a burst and wait for the operator's word."""

from sqlalchemy import Connection, func, select

from digest.model.item import Item, ItemStatus
from digest.store.items import load_items
from digest.store.tables import item


def count_pending(connection: Connection) -> dict[str, int]:
    """Return how many items wait, by source; a source without any is not in it."""
    query = select(item.c.source, func.count().label("items")).where(item.c.status == ItemStatus.PENDING)
    return {row.source: row.items for row in connection.execute(query.group_by(item.c.source))}


def load_pending(connection: Connection) -> list[Item]:
    """Return the items that wait, newest first."""
    ids = connection.execute(select(item.c.id).where(item.c.status == ItemStatus.PENDING)).scalars().all()
    return sorted(load_items(connection, ids).values(), key=lambda one: (one.published_at, one.id), reverse=True)
