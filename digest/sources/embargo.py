"""An embargo as an editor writes it: a time of a day in a zone, never a guess.

Whatever cannot be read counts as an embargo that never lifts: an item held by a slip can be let go, one that was let
out cannot be called back.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt]|\s+)(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?|[A-Za-z_]+(?:/[\w+-]+)+)?"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_KEY = re.compile(r"""(?im)^\s*["']?embargo[^:\n]*:""")
_EXAMPLE = "write it as 2026-03-12T06:00:00-04:00"


class EmbargoError(ValueError):
    """An embargo that cannot be read; the sentence says why without a word of the document."""


def has_embargo(values: Mapping[str, Any]) -> bool:
    """Tell whether the keys of a document name an embargo; a key without a value names none."""
    return any(_is_key(key) and value not in (None, "") for key, value in values.items())


def mentions_embargo(text: str) -> bool:
    """Tell whether a document that cannot be read may name an embargo: a line of it begins like such a key."""
    return _KEY.search(text) is not None


def read_embargo(values: Mapping[str, Any]) -> datetime | None:
    """Return the embargo of a document's keys as an aware UTC instant, whole seconds; None where it names none.

    Its zone is an offset from UTC, `Z`, or a name such as America/New_York; of an hour that clocks have twice the
    later one counts. Raises: EmbargoError.
    """
    found = {key: value for key, value in values.items() if _is_key(key) and value not in (None, "")}
    if not found:
        return None
    if [key.strip().casefold() for key in found] != ["embargo"]:
        raise EmbargoError("the key for an embargo is `embargo`, and stands there once")
    (value,) = found.values()
    if not isinstance(value, str):
        raise EmbargoError(f"its embargo is no time of a day; {_EXAMPLE}")
    return _read(value.strip())


def _is_key(key: str) -> bool:
    return key.strip().casefold().startswith("embargo")


def _read(text: str) -> datetime:
    parts = _INSTANT.fullmatch(text)
    if parts is None:
        seen = "is a date alone" if _DAY.fullmatch(text) else "cannot be read"
        raise EmbargoError(f"its embargo {seen}; {_EXAMPLE}")
    day, hour, minute, second, fraction, zone = parts.groups()
    if zone is None:
        raise EmbargoError(f"its embargo has no zone; {_EXAMPLE}")
    try:
        wall = datetime.fromisoformat(f"{day}T{int(hour):02}:{minute}:{second or '00'}")
        instant = _place(wall, zone)
        # A part of a second is the whole of it: never early.
        return instant + timedelta(seconds=1) if int(fraction or 0) else instant
    except (ValueError, OverflowError, ZoneInfoNotFoundError, OSError) as error:
        raise EmbargoError(f"its embargo is a time or a zone that there is not; {_EXAMPLE}") from error


def _place(wall: datetime, zone: str) -> datetime:
    if zone.upper() in ("Z", "UTC"):
        return wall.replace(tzinfo=UTC)
    if "/" not in zone:
        return datetime.fromisoformat(f"{wall.isoformat()}{zone}").astimezone(UTC)
    named = wall.replace(tzinfo=ZoneInfo(zone))
    return max(named.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
