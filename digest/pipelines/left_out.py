"""left_out: stories that cannot be used, told without a word of what no reader may see yet."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from digest.items.clean import clean_text, fill_gaps
from digest.items.dates import decide_date
from digest.model.item import UNNAMED, ParsedItem, Quarantined

NAME_CHARACTERS = 200
"""How much of the name of a story that was left out is kept: it is a key, of at most 2,704 octets in PostgreSQL."""


def find_embargoed(
    items: Iterable[ParsedItem], zone: ZoneInfo, now: datetime, future: Literal["hold", "clamp"]
) -> set[str]:
    """Return the titles of cleaned items that are under embargo, whether they can be used or not."""
    whole = [fill_gaps(one) for one in items]
    dated = ((one, decide_date(one.published, zone=zone, now=now, nth=0, future=future)) for one in whole)
    return {one.title for one, when in dated if when.held_until or is_under_embargo(one.embargo, now)} - {""}


def is_under_embargo(embargo: datetime | None, now: datetime) -> bool:
    """Tell whether an embargo has still to lift."""
    return embargo is not None and embargo > now


def tell_left_out(rows: Iterable[Quarantined], hidden: Collection[str]) -> tuple[Quarantined, ...]:
    """Return the stories with names and reasons as they are kept; `hidden` are the titles that nobody may read.

    Of several without a name the second one and those after it have a number, for a name stands for one story.
    """
    told = (Quarantined(_name(row.name, hidden), _reason(row.reason, hidden)) for row in rows)
    return tuple(_number(told))


def _number(rows: Iterable[Quarantined]) -> Iterator[Quarantined]:
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row.name] += 1
        again = row.name == UNNAMED and seen[row.name] > 1
        yield Quarantined(f"{row.name} ({seen[row.name]})", row.reason) if again else row


def _name(name: str, hidden: Collection[str]) -> str:
    return UNNAMED if name in hidden else clean_text(name)[:NAME_CHARACTERS] or "?"


def _reason(reason: str, hidden: Collection[str]) -> str:
    for title in hidden:
        reason = reason.replace(f"“{title}”", UNNAMED)
    return clean_text(reason)
