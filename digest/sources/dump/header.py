"""The top of a newsroom's listing page, as a text dump has it: name, tagline, press contact. None of it is an item."""

import re
from collections.abc import Sequence

_LONGEST_LINE = 300
_LONGEST_CONTACT = 120
"""Letters: a longer last line that names a press contact is an excerpt."""
_CONTACT = r"\[email\s?protected\]|\w@[\w-]+\.\w|\bmembers? of the (?:press|media)\b"
_SURE = re.compile(_CONTACT, re.I)
_HEADER = re.compile(
    r"^(?:newsroom|press ?room|media (?:center|centre|room)|press cent(?:er|re)|latest news|menu|search"
    rf"|filter(?: by.*)?|skip to .*|browse .*)$|{_CONTACT}"
    r"|\bmedia (?:inquir|enquir|relations)|\bpress (?:inquir|enquir|officer|contact)"
    r"|^we (?:are|bring|expose|hold|make|publish|put|report|work)\b|\byou(?:[’']|\s+wi)ll find\b",
    re.I,
)


def is_header(text: str) -> bool:
    """Tell whether a line looks like a part of the header; only its place makes it sure."""
    return bool(_HEADER.search(text[:_LONGEST_LINE]))


def is_sure_header(text: str) -> bool:
    """Tell whether a line is header wherever it stands before an item: it says how the press reaches the newsroom."""
    return bool(_SURE.search(text[:_LONGEST_LINE]))


def count_header_lines(lines: Sequence[str], kind_at: int | None) -> int:
    """Return how many lines of the first block are header: up to its last line before the kind.

    Without a kind the last two lines may be title and excerpt, and are header only where header goes on to them.
    """
    end = kind_at if kind_at is not None else max(0, len(lines) - 2)
    count = max((at for at, text in enumerate(lines[:end], 1) if is_header(text)), default=0)
    while count < len(lines) and count != kind_at and _goes_on(lines, count):
        count += 1
    return count


def _goes_on(lines: Sequence[str], at: int) -> bool:
    return is_header(lines[at]) and (at + 1 < len(lines) or len(lines[at]) < _LONGEST_CONTACT)
