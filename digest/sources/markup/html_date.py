"""The date of a block: of the attributes that machines read, then of its words."""

from datetime import date, datetime, time

from selectolax.lexbor import LexborNode

from digest.config.settings import SourceSettings
from digest.sources.dates import DateError, read_when
from digest.sources.markup.select import read_attribute
from digest.sources.markup.visible import read_text

_FOR_MACHINES = ("datetime", "content")


def read_date(node: LexborNode, attribute: str | None, source: SourceSettings) -> date | datetime | None:
    """Return what an element says of its date; None where it says nothing.

    Without an attribute asked for, that of a `<time>` comes before its words, and a title after them. Midnight there
    is no time but what programs write for a day, so it is that day, unless the words name another. Raises: DateError.
    """
    if attribute is None:
        return _read_element(node, source)
    if value := read_attribute(node, attribute):
        return _read_machine(value, node, source) if attribute == "datetime" else read_when(value, source)
    # WHATWG HTML §4.5.14: the words of a `<time>` without the attribute are its value.
    return read_when(read_text(node), source) if node.tag == "time" and attribute == "datetime" else None


def _read_element(node: LexborNode, source: SourceSettings) -> date | datetime | None:
    carrier = next(iter(node.css("time[datetime], meta[content]")), node)
    values = [value for name in _FOR_MACHINES if (value := read_attribute(carrier, name))]
    for value in values:
        if (when := _try(value, carrier, source)) is not None:
            return when
    try:
        return read_when(read_text(node), source)
    except DateError:
        if (when := _try(read_attribute(node, "title"), node, source)) is not None:
            return when
        raise


def _try(value: str, node: LexborNode, source: SourceSettings) -> date | datetime | None:
    try:
        return _read_machine(value, node, source)
    except DateError:
        return None


def _read_machine(value: str, node: LexborNode, source: SourceSettings) -> date | datetime | None:
    when = read_when(value, source)
    if not isinstance(when, datetime) or when.time() != time(0):
        return when
    try:
        words = read_when(read_text(node), source)
    except DateError:
        words = None
    return when if words is not None and (isinstance(words, datetime) or words != when.date()) else when.date()
