"""robots.txt files as they were last read, by origin."""

from datetime import datetime

from sqlalchemy import Connection, select

from digest.store.meta import upsert
from digest.store.tables import robots


def load_robots(connection: Connection, origin: str) -> tuple[str, datetime] | None:
    """Return the kept robots.txt of an origin (`https://host[:port]`) and when it was read."""
    row = connection.execute(select(robots.c.body, robots.c.read_at).where(robots.c.origin == origin)).one_or_none()
    return (row.body, row.read_at) if row else None


def save_robots(connection: Connection, origin: str, body: str, now: datetime) -> None:
    """Keep the robots.txt of an origin; an empty one allows everything."""
    upsert(connection, robots, {"origin": origin, "body": body, "read_at": now}, ["origin"])
