"""Values of foreign JSON, where any of them may be of any type."""

import html
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from digest.sources.feeds.feed_dates import read_date
from digest.sources.kinds import fold

_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|cite|code|em|i|mark|q|s|small|span|strong|sub|sup|u)(?=[\s/>])[^<>]*>", re.I)
_TAG = re.compile(r"<[^<>]*>")


def text_of(values: object, *path: str) -> str | None:
    """Return the text that stands at a path of keys, trimmed; None where there is none."""
    value = value_of(values, *path)
    return value.strip() or None if isinstance(value, str) else None


def plain_of(values: object, *path: str) -> str | None:
    """Return the text at a path without tags and with its entities read, on one line."""
    return plain(text_of(values, *path))


def plain(text: str | None) -> str | None:
    """Return a text without tags, with its entities read once, on one line; None where nothing is left."""
    return " ".join(html.unescape(_TAG.sub(" ", _INLINE.sub("", text or ""))).split()) or None


def value_of(values: object, *path: str) -> Any:
    """Return what stands at a path of keys; of a list on the way its first entry counts."""
    for key in path:
        if isinstance(values, list):
            values = values[0] if values else None
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def list_of(value: object) -> list[Any]:
    """Return a list as it is, nothing as an empty one, and anything else as a list of it."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def read_moment(text: str | None, timezone: str) -> date | datetime | None:
    """Return an ISO 8601 text as a date, or a datetime in UTC; without a zone it is wall time in `timezone`."""
    found = read_date(text or "")
    if found is not None or not text:
        return found
    try:
        when = datetime.fromisoformat(text.strip())
        return (when if when.tzinfo else when.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def find_label(names: Iterator[str | None], labels: Collection[str]) -> str | None:
    """Return the newsroom's label of the first name that is one of its labels, as the newsroom prints it."""
    known = {fold(label): label for label in labels}
    return next((known[fold(name)] for name in names if name and fold(name) in known), None)
