"""Dates in feeds: RFC 5322 §3.3 in RSS, RFC 3339 and W3C dates in Atom and RDF."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_DATE_ONLY = re.compile(r"\d{4}-\d\d-\d\d")
_FRACTION = re.compile(r"\.(\d{1,6})\d*")


def read_published(*candidates: str | None) -> date | datetime | None:
    """Return the first of the texts that is a date: aware in UTC, or a plain date where no time is given.

    A time without zone is no date: it could be any of two days. Nothing readable gives None, never the present.
    """
    found = (read_date(text) for text in candidates if text)
    return next((when for when in found if when is not None), None)


def read_date(text: str) -> date | datetime | None:
    """Return one text of a feed as a date, or None."""
    words = " ".join(text.split())
    try:
        if _DATE_ONLY.fullmatch(words):
            return date.fromisoformat(words)
        when = _read_instant(words)
        return when.astimezone(UTC) if when.tzinfo else None
    except (ValueError, TypeError, OverflowError):
        return None


def _read_instant(words: str) -> datetime:
    if re.match(r"\d{4}-", words):
        return datetime.fromisoformat(_FRACTION.sub(lambda found: "." + found[1].ljust(6, "0"), words.upper()))
    return parsedate_to_datetime(words)
