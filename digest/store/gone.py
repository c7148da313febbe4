"""Items that their source no longer lists: which those are, and what their own pages answered when they were asked."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from digest.model.item import ItemStatus
from digest.store.meta import upsert
from digest.store.tables import gone, item

CHUNK = 500
"""Values in one IN list."""

GONE = (404, 410)
"""What a page answers that is no longer there (RFC 9110 §15.5.5, §15.5.11)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What tells whether a stored item stands in a listing, and where its own page is."""

    id: int
    key: str
    link_key: str
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an item's own page answered, and when: for one that was gone, when that was seen first. 0: no answer."""

    status: int
    at: datetime


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
    for chunk in _chunks(sorted(ids)):
        connection.execute(delete(gone).where(gone.c.item_id.in_(chunk)))


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
