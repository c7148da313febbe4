"""An item: one story as we keep it, and as a source gave it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

UNNAMED = "an item that is held back"
"""What is said in place of a title under embargo or in a burst: `status` and logs are read by many."""

UNKNOWN_EMBARGO = datetime(9999, 1, 1, tzinfo=UTC)
"""The embargo of an item whose source names one that nobody can read: it is held until it can be read."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as one unit; every part may be missing, but not all of them.

    `length` is the size of its file in bytes and `media_type` its type, as whoever serves it says."""

    url: str | None = None
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    length: int | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What an item's own page adds to its listing; each part may be missing. Fields as those of `ParsedItem`.

    `title` is for items whose listing has none, as those of sitemaps. No text holds markup.
    """

    title: str | None = None
    summary: str | None = None
    kind: str | None = None
    published: date | datetime | None = None
    language: str | None = None
    image: Image | None = None
    content_html: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItem:
    """What an adapter read of one story, before it is cleaned and has an identity.

    `published` is a date where the source gives no time, an aware datetime where it does, None where it gives
    neither. `kind` is the label as the newsroom prints it. `markup` says that title and summary still hold HTML.
    `detail` fills what the listing leaves open; it is read once, so it never counts as a change. `content_hash` is
    that of a cleaned listing where it is known already; nothing but `detail` may be changed after it was made.
    `embargo` (aware) is the instant before which nobody may know of the item, whatever its date says.
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
    detail: Detail | None = None
    content_hash: str | None = None
    embargo: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A story that cannot be used, by name (its title, else its first words, else its place) and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one page of a source gave: the usable items in page order, and the others by name.

    `follow` are URLs that belong to the same reading (the next page, the parts of a sitemap). `memory` is what the
    adapter wants to be told at the next reading. Without `complete`, what is missing may stand there all the same
    (the adapter asked only for what changed), so that nothing can be learnt from a missing or small number of items.
    `markers` are signs that the page is none of the newsroom's own: a login, an error page (FAULTS.md F24).
    """

    items: tuple[ParsedItem, ...]
    quarantined: tuple[Quarantined, ...] = ()
    follow: tuple[str, ...] = ()
    memory: str | None = None
    complete: bool = True
    markers: tuple[str, ...] = ()


class ItemStatus(StrEnum):
    """`HELD` is under embargo, on no surface before its time. `PENDING` came in a burst, on no surface before the
    operator approves."""

    LIVE = "live"
    HELD = "held"
    PENDING = "pending"
    WITHDRAWN = "withdrawn"


HIDDEN = (ItemStatus.HELD, ItemStatus.PENDING)
"""What no surface may show yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story as we keep it.

    `entry_id` is a tag: URI (RFC 4151), minted once. `published_at` is an aware UTC instant; `date_only` says that
    the source gave just a date, which is `published_on` in the newsroom's zone. `updated_at` moves when words change.
    `kind` is a kind's id. `id` is the store's number, never shown. `note` is the correction note or the reason of
    a withdrawal. `link_key` and `title_key` find the same story under another key (`items.identity`); `link_key` is
    None where the link is not the item's own. `pinned` are the fields that an editor wrote: no reading changes them.
    `embargo_at` is the instant its newsroom named; until then it is `HELD`.
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
    link_key: str | None = None
    title_key: str | None = None
    pinned: tuple[str, ...] = ()
    embargo_at: datetime | None = None
