"""A feed as it is remembered: what was published of it, how busy it is, and its closed blocks (RFC 5005 §4)."""

from dataclasses import dataclass
from datetime import datetime

from digest.model.item import Quarantined

Place = tuple[datetime, int]
"""Where an item stands in its topic: by rank, then by seq; both rise with newness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """`problem` is why the last good copy was kept, None where there is nothing wrong; `left_out` are items that could
    not be in it.

    `recent` items came in the twelve weeks up to the newest; `oldest_at` and `newest_at` are when the first and the
    last came. `unpinged` says that the hub has not heard of the last change, `owed` that more archives are to be made.
    """

    name: str
    created_at: datetime
    published_at: datetime | None = None
    problem: str | None = None
    left_out: tuple[Quarantined, ...] = ()
    recent: int = 0
    oldest_at: datetime | None = None
    newest_at: datetime | None = None
    unpinged: bool = False
    owed: bool = False


@dataclass(frozen=True, slots=True)
class Activity:
    """How busy a topic is; see `FeedState`."""

    recent: int
    oldest_at: datetime | None
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Block:
    """One closed block: the items up to `until`; `stale` says that its document shows something old."""

    topic: str
    name: str
    until: Place
    stale: bool = False
