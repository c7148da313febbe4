"""Items that their source no longer lists: which those are, and what their own pages answered when they were asked."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection, delete, select

from digest.model.item import ItemStatus
from digest.model.source import GONE, Asked, Known
from digest.store.meta import in_chunks, upsert
from digest.store.tables import gone, item


def load_recent(connection: Connection, source_id: str, after: date, most: int) -> list[Known]:
    """Return the live items of a source with a link of their own, published after a date; newest first."""
    columns = (item.c.id, item.c.key, item.c.link_key, item.c.title, item.c.link)
    query = select(*columns).where(
        item.c.source == source_id,
        item.c.status == ItemStatus.LIVE,
        item.c.link_key.is_not(None),
        item.c.published_on > after,
    )
    rows = connection.execute(query.order_by(item.c.published_on.desc(), item.c.id.desc()).limit(most))
    return [Known(*row) for row in rows]


def load_asked(connection: Connection, source_id: str) -> dict[int, Asked]:
    """Return what the own pages of a source's items answered; one that was never asked is not in it."""
    query = select(gone).join(item, item.c.id == gone.c.item_id).where(item.c.source == source_id)
    return {row.item_id: Asked(row.status, row.at) for row in connection.execute(query)}


def load_doubtful(connection: Connection, before: datetime) -> dict[int, Asked]:
    """Return the items whose page was seen to be gone by an instant, the longest ago first."""
    query = select(gone).where(gone.c.status.in_(GONE), gone.c.at <= before).order_by(gone.c.at, gone.c.item_id)
    return {row.item_id: Asked(row.status, row.at) for row in connection.execute(query)}


def save_asked(connection: Connection, item_id: int, asked: Asked) -> None:
    """Keep what the own page of an item answered."""
    upsert(connection, gone, {"item_id": item_id, "status": asked.status, "at": asked.at}, ["item_id"])


def forget_asked(connection: Connection, ids: Collection[int]) -> None:
    """Forget what the own pages of items answered: they are listed again, scrolled off, or withdrawn."""
    for chunk in in_chunks(sorted(ids)):
        connection.execute(delete(gone).where(gone.c.item_id.in_(chunk)))
