"""The parts of a written date, its time of day among them, and the instant or day they make."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from digest.sources.dating.date_words import half_day_words

_HOURS = {"z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3}
_HOURS |= {"bst": 1, "wat": 1, "cat": 2, "sast": 2, "eat": 3, "jst": 9, "kst": 9, "aest": 10, "aedt": 11}
_HOURS |= {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
"""Hours ahead of UTC by name: RFC 5322 §4.3, and others whose names mean one zone among newsrooms."""
_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+-])(\d\d?):?(\d\d)?")
_ZONE = r"z|(?:utc|gmt)\s?[+-]\d\d?(?::?\d\d)?|[+-]\d{4}|\+\d\d:\d\d|(?<=\s)-\d\d:\d\d|[a-z]{2,5}"
Clock = tuple[int, int, int]
"""Hour, minute, second."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a written date says; without a clock it is a day, `zone` is a name or an offset as it was written."""

    year: int
    month: int
    day: int
    clock: Clock | None = None
    zone: str | None = None


def is_day(parts: Parts) -> bool:
    """Tell whether the calendar has the day that is named."""
    return 1 <= parts.month <= 12 and 1 <= parts.day <= monthrange(parts.year, parts.month)[1]


def place_parts(parts: Parts, timezone_name: str) -> date | datetime:
    """Return a day, or an aware datetime: wall time in the zone named where the text names none that is known.

    Of an hour that a zone has twice it is the first; one that it leaves out counts as if the clocks had not moved.
    Raises: ValueError where there is no such day or time.
    """
    if parts.clock is None:
        return date(parts.year, parts.month, parts.day)
    wall = datetime(parts.year, parts.month, parts.day, *parts.clock, tzinfo=ZoneInfo(timezone_name))
    # The newsroom's own name for its time comes first: CST is Chicago's, and Shanghai's.
    if parts.zone is None or (wall.tzname() or "").casefold() == parts.zone:
        return wall
    zone = _read_zone(parts.zone)
    return wall.replace(tzinfo=zone) if zone else wall


def read_clock(text: str, language: str) -> tuple[Clock | None, str | None]:
    """Return the first time of day in a folded text that holds no date any more, and the zone named after it.

    Raises: ValueError for an hour there cannot be.
    """
    found = _clock_pattern(language).search(text)
    if found is None:
        return None, None
    half = found["first"] or found["last"]
    minute = found["minute"] or found["tenth"] or "0"
    return (hour_of(found["hour"], half, language), int(minute), int(found["second"] or 0)), found["zone"]


def hour_of(hour: str, half: str | None, language: str) -> int:
    """Return an hour from 0 to 23; `half` is the folded word for before or after noon, None where there is none."""
    number = int(hour)
    if half is None or not 1 <= number <= 12:
        return number
    return number % 12 + (12 if half in half_day_words(language)[1] else 0)


@lru_cache(maxsize=64)
def _clock_pattern(language: str) -> re.Pattern[str]:
    words = sorted(half_day_words(language)[0] | half_day_words(language)[1], key=len, reverse=True)
    half = "|".join(map(re.escape, words))
    return re.compile(
        rf"(?<![\d.:+-])(?:(?P<first>{half})\s*)?(?P<hour>\d\d?)"
        r"(?:\s?[:h時时点點시]\s?(?P<minute>\d\d)(?!\d)\s?[分분]?(?::(?P<second>\d\d))?(?:[.,]\d+)?"
        rf"|\.(?P<tenth>\d\d)(?![\d.])|(?=\s?(?:{half})(?!\w)))"
        rf"(?:\s?(?P<last>{half})(?![^\W\d_]))?(?:\s?\(?(?P<zone>{_ZONE})(?!\w))?"
    )


def _read_zone(text: str) -> tzinfo | None:
    if text in _HOURS:
        return timezone(timedelta(hours=_HOURS[text]))
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-ahead if found[1] == "-" else ahead)
