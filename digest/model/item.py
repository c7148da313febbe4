"""An item: one story as we keep it, and as a source gave it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as one unit; every part may be missing, but not all of them."""

    url: str | None = None
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItem:
    """What an adapter read of one story, before it is cleaned and has an identity.

    `published` is a date where the source gives no time, an aware datetime where it does, None where it gives
    neither. `kind` is the label as the newsroom prints it. `markup` says that title and summary still hold HTML.
    """

    title: str
    summary: str = ""
    truncated: bool = False
    kind: str | None = None
    published: date | datetime | None = None
    explicit_id: str | None = None
    link: str | None = None
    language: str | None = None
    image: Image | None = None
    content_html: str | None = None
    author: str | None = None
    markup: bool = False


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A story that cannot be used, by name (its title, else its first words, else its place) and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one reading of a source gave: the usable items in page order, and the others by name."""

    items: tuple[ParsedItem, ...]
    quarantined: tuple[Quarantined, ...] = ()


class ItemStatus(StrEnum):
    """`HELD` is under embargo: on no surface before its time."""

    LIVE = "live"
    HELD = "held"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story as we keep it.

    `entry_id` is a tag: URI (RFC 4151), minted once. `published_at` is an aware UTC instant; `date_only` says that
    the source gave just a date, which is `published_on` in the newsroom's zone. `updated_at` moves when words change.
    `kind` is a kind's id. `id` is the store's number, never shown. `note` is the correction note or the reason of
    a withdrawal.
    """

    id: int
    source: str
    key: str
    entry_id: str
    title: str
    summary: str
    truncated: bool
    kind: str | None
    published_on: date
    published_at: datetime
    date_only: bool
    updated_at: datetime
    first_seen_at: datetime
    link: str
    language: str
    image: Image | None = None
    content_html: str | None = None
    author: str | None = None
    status: ItemStatus = ItemStatus.LIVE
    revision: int = 1
    corrected_at: datetime | None = None
    note: str | None = None
    topics: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
