"""A source as it is remembered: how it was read, what is usual for it, and what its pages answered."""

from dataclasses import dataclass
from datetime import datetime

MOST_READINGS = 20
"""How many good readings are remembered: what is usual for a source is learnt from them."""

GONE = (404, 410)
"""What a page answers that is no longer there (RFC 9110 §15.5.5, §15.5.11)."""


@dataclass(frozen=True, slots=True)
class PastReading:
    """A good reading that had a body: when, how many items it listed, and how many of them were new."""

    at: datetime
    items: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is known of a source.

    `validators` is JSON text of its adapter; `due_at` None means at once. `problem` is what was wrong at the last
    reading, `status` the HTTP status that came with it, `failures` how many failed in a row. `moved_to` is the URL to
    which it moved for good. `history` are its last good readings with a body, the oldest first, at most
    `MOST_READINGS`; one that listed everything only, not one that asked for what changed. `last_new_at` is when
    something new came last.
    """

    id: str
    validators: str | None = None
    first_read_at: datetime | None = None
    read_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    problem: str | None = None
    status: int | None = None
    moved_to: str | None = None
    history: tuple[PastReading, ...] = ()
    last_new_at: datetime | None = None


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
