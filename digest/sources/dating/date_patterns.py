"""Dates that can mean one day only, wherever they stand in a short text, in the words of a language."""

import re
from collections.abc import Iterator
from functools import lru_cache

from digest.sources.dating.date_parts import Parts
from digest.sources.dating.date_words import month_numbers

_EPOCH_WORD = r"พ\.?ศ\.?"
_FILLERS = (
    rf"de|del|di|d|of|the|den|dem|m|gada|a|r|g|ngay|thang|nam|tahun|ko|e|y|{_EPOCH_WORD}"
    r"|г|р|року|года"
)
_GAP = rf"(?:[\s,،./'’·–-]|(?<![^\W\d_])(?:{_FILLERS})(?![^\W\d_])){{0,6}}"
_DAY = r"(?<!\d)(?P<day>\d\d?)(?:(?:st|nd|rd|th|er|re|eme|e|o|a|[日일])(?![^\W\d_]))?(?!\d)"
_YEAR = r"(?<!\d)(?P<year>\d{4})(?!\d)"
_BEFORE_UPDATE = re.compile(
    r"(?:\b(?:updated|modified|revised|mis(?:e)? a jour|modifie|actualizad[oa]|modificad[oa]|atualizad[oa]|aggiornato"
    r"|aktualisiert|geandert|bijgewerkt|uppdaterad|oppdatert|opdateret|zaktualizowano|guncellendi)|обновлено|оновлено"
    r"|изменено|تم التحديث|تحديث)(?:\s+(?:on|at|le|el|il|am|em|op|den|in|at))?\s*:?\s*$"
)
_ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)"
    r"(?:(?:t|\s+)(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s?(?P<zone>z|utc|gmt|[+-]\d\d(?::?\d\d)?)?)?(?!\d)"
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>z)?)?\Z"
)
_YEAR_FIRST = re.compile(
    r"(?<![\d./-])(?P<year>\d{4})\s?[./年년-]\s?(?P<month>\d\d?)\s?[./月월-]\s?(?P<day>\d\d?)(?!\d)"
)
_NUMBERS = re.compile(
    r"(?<![\d./-])(?P<first>\d\d?)\s?(?P<mark>[./-])\s?(?P<second>\d\d?)\s?(?P=mark)\s?(?P<year>\d{4})(?!\d)"
)


def find_dates(text: str, language: str) -> tuple[list[Parts], str]:
    """Return the different dates of a folded text, in its order of kinds, and the text without them.

    Dates of ISO 8601 bring their time of day; the time of others stands in what is left. What is said to be the date
    of an update is passed over. Dates in numbers alone are left to `find_numbers`, but for those with the year first.
    """
    found: dict[tuple[int, int, int], Parts] = {}
    for pattern in (_ISO, _COMPACT, _YEAR_FIRST, *_named_patterns(language)):
        for match in list(pattern.finditer(text)):
            if not _BEFORE_UPDATE.search(text[: match.start()]):
                parts = _parts_of(match, language)
                found.setdefault((parts.year, parts.month, parts.day), parts)
            text = text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]
    return list(found.values()), text


def find_numbers(text: str) -> Iterator[tuple[int, int, int, str, str]]:
    """Yield what stands in a folded text as two numbers and a year: first, second, year, the mark, the whole."""
    for found in _NUMBERS.finditer(text):
        yield int(found["first"]), int(found["second"]), int(found["year"]), found["mark"], found[0]


def blank_numbers(text: str) -> str:
    """Return a folded text without the dates that `find_numbers` finds."""
    return _NUMBERS.sub(" ", text)


def is_partial(text: str, language: str) -> tuple[bool, bool]:
    """Return whether a folded text names a day and a month (without a year), and a month and a year (without a day)."""
    month = _month(language)
    day = re.search(rf"{_DAY}{_GAP}{month}|{month}{_GAP}{_DAY.replace('day', 'after')}", text)
    return day is not None, re.search(rf"{month}{_GAP}{_YEAR}", text) is not None


@lru_cache(maxsize=64)
def _named_patterns(language: str) -> tuple[re.Pattern[str], ...]:
    month = _month(language).replace("?:", "?P<month>", 1)
    both = r"(?:[^\W\d_]+(?: [^\W\d_]+)?\s?/\s?)?"  # the Levant's name before the common one, آذار/مارس
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"{_DAY}{_GAP}{both}{month}{_GAP}{_YEAR}",
            rf"{month}{_GAP}{_DAY}{_GAP}{_YEAR}",
            rf"{_YEAR}{_GAP}{month}{_GAP}{_DAY}",
            rf"{_YEAR}\.?\s?gada\s{_DAY}{_GAP}{month}",
        )
    )


def _month(language: str) -> str:
    names = "|".join(map(re.escape, sorted(month_numbers(language), key=len, reverse=True)))
    # Hebrew writes its "in" together with the month.
    return rf"(?<![^\W\d_])ב?(?:{names})(?![^\W_])"


def _parts_of(match: re.Match[str], language: str) -> Parts:
    said = match.groupdict()
    month = said["month"]
    year = int(said["year"])
    if language.partition("-")[0] == "th" and year > 2400:
        year -= 543  # the Buddhist era, in which Thailand counts
    clock = None
    if said.get("hour"):
        clock = (int(said["hour"]), int(said["minute"]), int(said["second"] or 0))
    number = int(month) if month.isdecimal() else month_numbers(language)[month]
    return Parts(year, number, int(said["day"]), clock, said.get("zone"))
