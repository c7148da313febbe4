"""Dates of a listing that need more than a selector: those in headings above the blocks, and numbers in two orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.config.settings import SourceSettings
from digest.sources.dates import DateError, guess_format, read_when
from digest.sources.discovery.block_columns import simple_selectors
from digest.sources.discovery.block_groups import ancestors, text_of
from digest.sources.discovery.datelike import looks_like_date

_ORDERS = ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%d{0}%m{0}%y", "%m{0}%d{0}%y")
_MARKS = "/.-"
_MOST_BACK = 30
_HIGHEST = 4
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Guess:
    """How dates are written, as config.yaml says it, and what the operator should know about that."""

    date_format: str
    problem: str | None = None


def heading_dates(tree: LexborHTMLParser, blocks: Sequence[LexborNode]) -> tuple[str, tuple[str, ...]] | None:
    """Return the selector of headings above blocks that are dates, and their texts; None where there are none.

    The adapter reads the nearest one above a block where no block holds one of its own.
    """
    above = _date_above(blocks[0])
    for selector, _ in sorted(simple_selectors(above), key=lambda pair: pair[1]) if above is not None else ():
        texts = [text_of(node) for node in tree.css(selector)]
        dated = sum(looks_like_date(text) for text in texts)
        if dated >= _MOSTLY * len(texts) and not any(block.css_first(selector) for block in blocks):
            return selector, tuple(texts)
    return None


def _date_above(block: LexborNode) -> LexborNode | None:
    """Return the nearest element before a block, or before what it stands in, that is a date and nothing else."""
    for around in (block, *list(ancestors(block))[:_HIGHEST]):
        for before in _elements_before(around):
            if looks_like_date(text_of(before)):
                return before
    return None


def _elements_before(node: LexborNode) -> Iterator[LexborNode]:
    before = node.prev
    for _ in range(_MOST_BACK):
        if before is None:
            return
        if before.is_element_node:
            yield before
        before = before.prev


def guess_dates(texts: Sequence[str], language: str) -> Guess | None:
    """Return how dates are written where they cannot be read without being told; None where they can.

    Where they do not show it themselves, the order that puts the newest first is guessed, and said to be a guess.
    """
    written = [text for text in texts if text]
    if found := guess_format(written, language):
        return Guess(found)
    if _read_all(written, (), language) is not None:
        return None
    rated: list[tuple[float, int, str]] = []
    for mark in _MARKS:
        for order in _ORDERS:
            days = _read_all(written, (order.format(mark),), language)
            if days is not None:
                rated.append((_falling(days), -len(rated), order.format(mark)))
    if not rated:
        return None
    best = max(rated)[2]
    example = next(text for text in written if looks_like_date(text))
    return Guess(best, f'dates such as "{example}" can be read in two ways: {best} is a guess, check it')


def _read_all(texts: Sequence[str], formats: tuple[str, ...], language: str) -> list[date] | None:
    source = SourceSettings(id="guess", type="html", language=language, date_formats=formats)
    try:
        found = [read_when(text, source) for text in texts]
    except DateError:
        return None
    return [when.date() if isinstance(when, datetime) else when for when in found if when is not None]


def _falling(days: Sequence[date]) -> float:
    """Return the share of days that are no later than the one before them."""
    return sum(one >= other for one, other in pairwise(days)) / max(len(days) - 1, 1)
