"""An edition: one digest of one list for one slot; its variants, and what a variant shows."""

from dataclasses import dataclass
from datetime import date, datetime

from digest.model.item import Image, Item
from digest.model.mailing import Cadence
from digest.model.subscriber import Format


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """When an edition is for: `key` is a local date (YYYY-MM-DD) in `timezone`, or for the immediate cadence a seq.

    `at` is the aware UTC instant from which it is due; `missed` counts the earlier slots that it covers as well.
    """

    key: str
    timezone: str
    at: datetime
    missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One digest of one list for one slot, frozen when it is assembled: it covers placements up to `to_seq`."""

    id: int
    list_id: str
    cadence: Cadence
    slot: Slot
    to_seq: int
    assembled_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Audience:
    """Who an edition is for: subscriptions of a list; None leaves cadence or zone open."""

    list_id: str
    cadence: Cadence | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Subscriptions that nothing tells apart but their addresses."""

    choices_id: int
    mark: int
    language: str
    format: Format
    size: int = 0


@dataclass(frozen=True, slots=True)
class Selected:
    """One item in somebody's edition, with those of their topics that carry it."""

    item_id: int
    topics: tuple[str, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What is new to somebody: each item once. `new` is newest first (by seq, descending)."""

    new: tuple[Selected, ...] = ()
    corrected: tuple[Selected, ...] = ()
    withdrawn: tuple[Selected, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.corrected or self.withdrawn)


@dataclass(frozen=True, slots=True)
class Section:
    """A topic's part of a digest: its title, and the items that stand under it (their best topic)."""

    id: str
    title: str
    entries: tuple["SectionEntry", ...]


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """An item under its best topic, with the titles of the others that carry it; as top story, with those of all.

    The item is as a digest may show it: `link` is http(s) or empty, titles and texts are single lines. `kind` is the
    label as the newsroom prints it; `picture` is there only with a URL on the newsroom's own host and an alt text.
    """

    item: Item
    also_in: tuple[str, ...] = ()
    kind: str | None = None
    picture: Image | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The content of a variant, made once: subject, and both parts with `PLACEHOLDER`s for the person's own bytes."""

    subject: str
    text: str
    html: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """All that a template may know; nothing in it belongs to one person.

    `top` stands above the sections and in none of them. `more` and `more_notices` count the items, and the corrections
    and withdrawals, that found no room. `chosen` are the titles of the topics chosen, empty for everything: people
    share a variant only if they chose the same.
    """

    list_id: str
    list_title: str
    slot_on: date
    covers_days: int
    sections: tuple[Section, ...]
    corrected: tuple[Item, ...]
    withdrawn: tuple[Item, ...]
    language: str
    cadence: Cadence = Cadence.DAILY
    top: SectionEntry | None = None
    more: int = 0
    more_notices: int = 0
    chosen: tuple[str, ...] = ()


UNSUBSCRIBE_PLACEHOLDER = "UNSUBSCRIBE-TOKEN-STANDS-HERE-UNSUBSCRIBE-T"
"""Where a message carries the person's unsubscribe token; as long as the token (43 base64url letters)."""
