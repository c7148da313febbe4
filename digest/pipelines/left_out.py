"""left_out: stories that cannot be used, told without a word of what no reader may see yet."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from digest.items.clean import clean_text, fill_gaps
from digest.items.dates import decide_date
from digest.model.item import HIDDEN, Item, ParsedItem, Quarantined

NAME_CHARACTERS = 200
"""How much of the name of a story that was left out is kept: it is a key, of at most 2,704 octets in PostgreSQL."""

UNNAMED = "an item that is held back"
"""What is said in place of a title under embargo or in a burst: `status` and logs are read by many."""


def find_embargoed(
    items: Iterable[ParsedItem], zone: ZoneInfo, now: datetime, future: Literal["hold", "clamp"]
) -> set[str]:
    """Return the titles of cleaned items that are under embargo by their date, whether they can be used or not."""
    dates = ((one.title, fill_gaps(one).published) for one in items)
    return {title for title, on in dates if decide_date(on, zone=zone, now=now, nth=0, future=future).held_until}


def title_for_all(item: Item) -> str:
    """Return the title of an item in quotation marks, or what is said in its place."""
    return UNNAMED if item.status in HIDDEN else f"“{item.title}”"


def tell_left_out(rows: Iterable[Quarantined], hidden: Collection[str]) -> tuple[Quarantined, ...]:
    """Return the stories with names and reasons as they are kept; `hidden` are the titles that nobody may read."""
    return tuple(Quarantined(_name(row.name, hidden), _reason(row.reason, hidden)) for row in rows)


def _name(name: str, hidden: Collection[str]) -> str:
    return UNNAMED if name in hidden else clean_text(name)[:NAME_CHARACTERS] or "?"


def _reason(reason: str, hidden: Collection[str]) -> str:
    for title in hidden:
        reason = reason.replace(f"“{title}”", UNNAMED)
    return clean_text(reason)
