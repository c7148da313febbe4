"""Feeds: since when there is one, when its bytes last changed, what keeps it back, and how busy it is."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from digest.model.feed import Activity, FeedState
from digest.model.item import Quarantined
from digest.store.meta import upsert_rows
from digest.store.tables import feed, item_topic

RECENT = timedelta(weeks=12)
"""How far back the items of a feed are counted, from its newest."""

MOST_RECENT = 2_000
"""Where counting ends: about 24 a day, beyond which nobody asks how many exactly."""


def load_feeds(connection: Connection, names: Collection[str] | None = None) -> dict[str, FeedState]:
    """Return the state of feeds by name: these, or all that were ever built."""
    query = select(feed) if names is None else select(feed).where(feed.c.name.in_(names))
    return {row.name: _to_state(dict(row._mapping)) for row in connection.execute(query)}


def load_troubled(connection: Connection) -> dict[str, str]:
    """Return the feeds whose last good copy was kept, each with the reason."""
    query = select(feed.c.name, feed.c.problem).where(feed.c.problem.is_not(None))
    return {row.name: row.problem for row in connection.execute(query)}


def load_owed(connection: Connection) -> set[str]:
    """Return the feeds that have archives still to be made."""
    return set(connection.execute(select(feed.c.name).where(feed.c.owed == 1)).scalars())


def load_unpinged(connection: Connection) -> list[str]:
    """Return the feeds of whose last change the hub has not heard, those that wait the longest first."""
    query = select(feed.c.name).where(feed.c.unpinged != 0).order_by(feed.c.published_at, feed.c.name)
    return list(connection.execute(query).scalars())


def take_unpinged(connection: Connection, names: Collection[str], ticket: int) -> None:
    """Mark feeds as being told of under a ticket of one's own, above 1: a change in the meantime takes it away."""
    connection.execute(update(feed).where(feed.c.name.in_(names), feed.c.unpinged != 0).values(unpinged=ticket))


def clear_unpinged(connection: Connection, name: str, ticket: int) -> None:
    """Note that the hub has heard of a feed, unless it changed since the ticket was taken."""
    connection.execute(update(feed).where(feed.c.name == name, feed.c.unpinged == ticket).values(unpinged=0))


def save_feeds(connection: Connection, states: Sequence[FeedState]) -> None:
    """Save the states of feeds."""
    if states:
        upsert_rows(connection, feed, [_to_row(state) for state in states], ["name"])


def load_activity(connection: Connection, topic: str) -> Activity:
    """Return how busy a topic is; the cost does not grow with what was stored before."""
    rank = select(item_topic.c.rank).where(item_topic.c.topic == topic)
    newest: datetime | None = connection.execute(rank.order_by(item_topic.c.rank.desc()).limit(1)).scalar()
    if newest is None:
        return Activity(0, None, None)
    oldest = connection.execute(rank.order_by(item_topic.c.rank).limit(1)).scalar()
    inside = rank.where(item_topic.c.rank > newest - RECENT).limit(MOST_RECENT).subquery()
    return Activity(connection.execute(select(func.count()).select_from(inside)).scalar_one(), oldest, newest)


def _to_row(state: FeedState) -> dict[str, Any]:
    values = {name: getattr(state, name) for name in FeedState.__dataclass_fields__}
    values["left_out"] = json.dumps([[one.name, one.reason] for one in state.left_out], ensure_ascii=False)
    return values | {"unpinged": int(state.unpinged), "owed": int(state.owed)}


def _to_state(row: dict[str, Any]) -> FeedState:
    left_out: tuple[Quarantined, ...] = ()
    if row["left_out"] != "[]":  # Hundreds of feeds are loaded for each index.
        left_out = tuple(Quarantined(name, reason) for name, reason in json.loads(row["left_out"]))
    row |= {"unpinged": bool(row["unpinged"]), "owed": bool(row["owed"]), "left_out": left_out}
    return FeedState(**row)
