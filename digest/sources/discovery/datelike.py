"""Whether a short text looks like a date in whatever language: enough to find where dates stand, never to read one."""

import re

from selectolax.lexbor import LexborNode

_MONTH = r"(?:de\s+|d['’]|of\s+)?[^\W\d_]{3,12}\.?(?:\s+[^\W\d_]{3,8})?"
_YEAR = r"(?:19|20|25|1[34])\d\d|[٠-٩۰-۹]{4}"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|\.|ª|일|日)?"
_DATE = re.compile(
    rf"\b(?:{_YEAR})\s?[-./年년]\s?\d{{1,2}}\s?[-./月월]\s?\d{{1,2}}(?!\d)"
    rf"|\b\d{{1,2}}\s?[-./]\s?\d{{1,2}}\s?[-./]\s?(?:(?:{_YEAR})|\d\d)\b"
    rf"|\b{_DAY}[\s-]+{_MONTH}[\s,-]+(?:de\s+|del\s+)?(?:{_YEAR})\b"
    rf"|[^\W\d_]{{3,12}}\.?\s+{_DAY}\s?,?\s+(?:{_YEAR})\b"
)
_LONGEST = 60
_EDGE = 3
"""Characters that may stand around a date: brackets, a dash."""

_DATE_ATTRIBUTES = ("datetime", "content", "data-date", "data-time", "title")


def looks_like_date(text: str) -> bool:
    """Return whether a text is a date and little else: a label before it, a time or a place after it."""
    return len(text) <= _LONGEST and (found := _DATE.search(text)) is not None and len(found[0]) * 4 >= len(text)


def begins_or_ends_with_date(text: str) -> bool:
    """Return whether a line says its date before or after all else."""
    return any(found.start() <= _EDGE or found.end() >= len(text) - _EDGE for found in _DATE.finditer(text))


def holds_date(block: LexborNode, text: str) -> bool:
    """Return whether a date stands in a block, as an attribute or anywhere in its `text`."""
    return block.css_first("time, [itemprop=datePublished]") is not None or _DATE.search(text) is not None


def date_attribute(node: LexborNode) -> str | None:
    """Return the attribute of an element that holds a date for machines, if one does."""
    attributes = node.attributes
    return next((name for name in _DATE_ATTRIBUTES if looks_like_date((attributes.get(name) or "")[:_LONGEST])), None)
