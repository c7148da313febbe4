"""When an item was published, as a newsroom writes it: a day or an instant, never a guess and never the present.

A date that can mean one day only is read as it is: ISO 8601 and RFC 3339, RFC 5322, and day, month by name and year in
the words of the source's locale or in English, whatever words stand around it. Numbers alone are read where they leave
no choice: with the year first; with a number above 12; between dots, except in English, where both orders are in use.
Everything else needs a `date_format`, which comes first where there is one.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from digest.config.settings import SourceSettings
from digest.sources.dating.date_formats import read_by_format
from digest.sources.dating.date_parts import Parts, place_parts, read_clock
from digest.sources.dating.date_patterns import blank_numbers, find_dates, find_numbers, is_partial
from digest.sources.dating.date_words import fold_date

_MOST_LETTERS = 200
_YEARS = range(1900, 2101)
_UNIX = re.compile(r"1\d{9}(?:\d{3})?")
"""Seconds or milliseconds since 1970, from September 2001 on."""
_SHORT_YEAR = re.compile(r"(?<![\d./-])(\d\d?)\s?([./-])\s?(\d\d?)\s?\2\s?(\d\d)(?![\d./-])")
_RELATIVE = re.compile(
    r"\b(?:ago|yesterday|today|just now|il y a|hier|aujourd|hace|ayer|hoy|vor \w+|gestern|heute|ha \d|ontem|hoje|atras"
    r"|ieri|oggi|fa$|geleden|gisteren|vandaag|temu|wczoraj|dzisiaj|sedan|igar|siden|sitten|eilen|once|dun|bugun"
    r"|назад|вчера|сегодня|тому|вчора|сьогодні)\b|منذ|امس|اليوم|قبل|前$|昨天|今天|昨日|今日|어제|오늘|전$"
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class DateError(ValueError):
    """A text that gives no date, or more than one; the sentence says why, and what to write in config.yaml."""


def read_when(text: str, source: SourceSettings) -> date | datetime | None:
    """Return a date where a text gives a day, an aware datetime where it gives a time, None for a text without words.

    A time without a zone is wall time in the source's. Raises: DateError.
    """
    folded = fold_date(text)
    if not folded:
        return None
    if len(folded) > _MOST_LETTERS:
        raise DateError(f"the date holds {len(folded)} letters: select the date alone")
    try:
        if source.date_formats and (parts := read_by_format(folded, source.date_formats, _language(source))):
            return _place(parts, text, source)
        return _read_as_it_is(folded, text, source)
    except DateError:
        raise
    except (ValueError, OverflowError) as error:
        raise DateError(f"{_quote(text)} names a day or a time that there is not") from error


def guess_format(texts: Sequence[str], language: str) -> str | None:
    """Return the format without which some of a source's dates cannot be read, where the dates themselves show it.

    None where they can all be read, or do not show it: `03/12/2026` is told by a `25/12/2026` next to it.
    """
    source = SourceSettings(id="guess", type="html", language=language)
    if all(_is_readable(text, source) for text in texts):
        return None
    rows = [row for text in texts if (row := _numbers_of(fold_date(text)))]
    shapes = {(mark, len(year)) for _, _, mark, year in rows}
    if len(shapes) != 1:
        return None
    mark, digits = shapes.pop()
    day_first = any(first > 12 for first, _, _, _ in rows)
    day_second = any(second > 12 for _, second, _, _ in rows)
    if day_first == day_second:
        return None
    order = ("%d", "%m") if day_first else ("%m", "%d")
    return mark.join((*order, "%Y" if digits == 4 else "%y"))


def _language(source: SourceSettings) -> str:
    return source.locale or source.language


def _is_readable(text: str, source: SourceSettings) -> bool:
    try:
        read_when(text, source)
    except DateError:
        return False
    return True


def _numbers_of(folded: str) -> tuple[int, int, str, str] | None:
    """Return first and second number, the mark between and the year as written, where it comes last."""
    for first, second, year, mark, _ in find_numbers(folded):
        return first, second, mark, str(year)
    found = _SHORT_YEAR.search(folded)
    return (int(found[1]), int(found[3]), found[2], found[4]) if found else None


def _read_as_it_is(folded: str, text: str, source: SourceSettings) -> date | datetime:
    if _UNIX.fullmatch(folded):
        return datetime.fromtimestamp(int(folded[:10]), UTC)
    language = _language(source)
    found, rest = find_dates(folded, language)
    if not found and not source.date_formats:
        found, rest = list(_read_numbers(rest, language)), blank_numbers(rest)
    if not found:
        raise DateError(_explain(folded, text, source))
    if len(found) > 1:
        both = " and ".join(_spell(one.year, one.month, one.day) for one in found[:2])
        raise DateError(f"{_quote(text)} holds more than one date, {both}: select one alone")
    parts = found[0]
    if parts.clock is None:
        clock, zone = read_clock(rest, language)
        parts = Parts(parts.year, parts.month, parts.day, clock, zone)
    return _place(parts, text, source)


def _read_numbers(folded: str, language: str) -> Iterator[Parts]:
    for first, second, year, mark, whole in find_numbers(folded):
        dots_decide = mark == "." and language.partition("-")[0] != "en"
        if first > 12 or first == second or 0 in (first, second) or dots_decide:
            yield Parts(year, second, first)
        elif second > 12:
            yield Parts(year, first, second)
        else:
            raise DateError(_explain_order(first, second, mark, whole))


def _explain_order(first: int, second: int, mark: str, whole: str) -> str:
    days = f"{first} {_MONTHS[second - 1]} or {_MONTHS[first - 1]} {second}"
    formats = f'"%d{mark}%m{mark}%Y" or "%m{mark}%d{mark}%Y"'
    return f'"{whole}" is ambiguous, it may be {days}: add date_format: {formats}'


def _place(parts: Parts, text: str, source: SourceSettings) -> date | datetime:
    if parts.year not in _YEARS:
        raise DateError(f"{_quote(text)} names the year {parts.year}, perhaps of another calendar")
    return place_parts(parts, source.timezone)


def _explain(folded: str, text: str, source: SourceSettings) -> str:
    """Return why a text is no date, the likeliest reason first."""
    without_year, without_day = is_partial(folded, _language(source))
    if _RELATIVE.search(folded):
        return f"{_quote(text)} moves with every day: select a date that stays, such as time@datetime"
    if found := _SHORT_YEAR.search(folded):
        mark = found[2]
        formats = f'"%d{mark}%m{mark}%y" or "%m{mark}%d{mark}%y"'
        return f"{_quote(text)} is ambiguous, its year has two digits: add date_format: {formats}"
    if source.date_formats and any(find_numbers(folded)):
        return f"{_quote(text)} is not written as date_format says, {_formats(source)}"
    if without_year:
        return f"{_quote(text)} names no year of four digits: select a date that does, such as time@datetime"
    if without_day:
        return f"{_quote(text)} names no day: select a date that does, such as time@datetime"
    said = f", nor one as date_format says, {_formats(source)}" if source.date_formats else ""
    return f"{_quote(text)} is no date that can be read{said}: select the date alone, or add date_format or locale"


def _formats(source: SourceSettings) -> str:
    return " or ".join(f'"{one}"' for one in source.date_formats)


def _spell(year: int, month: int, day: int) -> str:
    return f"{day} {_MONTHS[month - 1]} {year}" if 1 <= month <= 12 else f"{year}-{month}-{day}"


def _quote(text: str) -> str:
    words = " ".join(text.split())
    return f'"{words[:60]}…"' if len(words) > 60 else f'"{words}"'
