"""Feeds: since when there is one, when its bytes last changed, what keeps it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from digest.store.meta import upsert
from digest.store.tables import feed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """`problem` is why the last good copy was kept, None where there is nothing wrong."""

    name: str
    created_at: datetime
    published_at: datetime | None = None
    problem: str | None = None


def load_feeds(connection: Connection, names: Collection[str] | None = None) -> dict[str, FeedState]:
    """Return the state of feeds by name: these, or all that were ever built."""
    query = select(feed) if names is None else select(feed).where(feed.c.name.in_(names))
    return {row.name: FeedState(**row._mapping) for row in connection.execute(query)}


def load_troubled(connection: Connection) -> dict[str, str]:
    """Return the feeds whose last good copy was kept, each with the reason."""
    query = select(feed.c.name, feed.c.problem).where(feed.c.problem.is_not(None))
    return {row.name: row.problem for row in connection.execute(query)}


def save_feed(connection: Connection, state: FeedState) -> None:
    """Save the state of a feed."""
    upsert(connection, feed, {name: getattr(state, name) for name in FeedState.__dataclass_fields__}, ["name"])
