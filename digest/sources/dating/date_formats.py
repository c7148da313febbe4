"""Dates by a format that an operator wrote in strftime's directives, in the words of any language."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from digest.sources.dating.date_parts import Parts, hour_of, is_day
from digest.sources.dating.date_words import fold_date, half_day_words, month_numbers

_PIVOT = 69
"""POSIX: years of two digits from 69 are of the twentieth century."""
_TWO = r"[0-9]{1,2}"
_SHAPES = {
    "d": rf"(?P<d>{_TWO})(?:st|nd|rd|th|er)?",
    "m": rf"(?P<m>{_TWO})",
    "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})",
    "j": r"(?P<j>[0-9]{1,3})",
    "H": rf"(?P<H>{_TWO})",
    "I": rf"(?P<I>{_TWO})",
    "M": r"(?P<M>[0-9]{2})",
    "S": r"(?P<S>[0-9]{2})",
    "f": r"[0-9]{1,6}",
    "z": r"(?P<z>z|[+-][0-9]{2}:?[0-9]{2})",
    "Z": r"(?P<Z>[a-z]{1,5}(?:[+-][0-9]{1,2})?)",
    "a": r"[^\W\d]+\.?",
    "A": r"[^\W\d]+(?:[ -][^\W\d]+)?",
    "%": "%",
}


def read_by_format(text: str, formats: Sequence[str], language: str) -> Parts | None:
    """Return what a folded text says by the first format that fits, whatever stands around it; None if none does.

    A format does not fit where it would name a day that there is not. Raises: ValueError for a format without one.
    """
    for one in formats:
        if found := _compile(one, language).search(text):
            parts = _parts_of({name: value for name, value in found.groupdict().items() if value}, language)
            if is_day(parts):
                return parts
    return None


@lru_cache(maxsize=256)
def _compile(written: str, language: str) -> re.Pattern[str]:
    pieces: list[str] = []
    seen: set[str] = set()
    for directive, literal in re.findall(r"%-?(.)|([^%]+)", written):
        shape = _shape_of(directive, language) if directive else _literal(literal)
        # The same part twice (%d … %d) is read once.
        pieces.append(re.sub(r"\?P<\w>", "?:", shape) if directive in seen else shape)
        seen.add(directive)
    return re.compile(r"(?<![^\W_])" + "".join(pieces) + r"(?![^\W_])")


def _literal(literal: str) -> str:
    folded = "".join(" " if letter.isspace() else fold_date(letter) for letter in literal)
    return r"\s*".join(map(re.escape, re.split(r"\s+", folded)))


def _shape_of(directive: str, language: str) -> str:
    if directive in "bB":
        return rf"(?P<{directive}>{_any_of(month_numbers(language))})\.?"
    if directive == "p":
        before, after = half_day_words(language)
        return rf"(?P<p>{_any_of(before | after)})"
    return _SHAPES.get(directive) or re.escape(directive)


def _any_of(words: dict[str, int] | frozenset[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _parts_of(said: dict[str, str], language: str) -> Parts:
    clock = None
    if hour := said.get("H") or said.get("I"):
        clock = (hour_of(hour, said.get("p"), language), int(said.get("M", 0)), int(said.get("S", 0)))
    year, month, day = _day_of(said, language)
    return Parts(year, month, day, clock, said.get("z") or said.get("Z"))


def _day_of(said: dict[str, str], language: str) -> tuple[int, int, int]:
    if "Y" not in said and "y" not in said:
        raise ValueError("the format gives no year")
    year = int(said["Y"]) if "Y" in said else _whole_year(int(said["y"]))
    if "j" in said:
        when = date(year, 1, 1) + timedelta(days=int(said["j"]) - 1)
        return when.year, when.month, when.day
    name = said.get("B") or said.get("b")
    month = str(month_numbers(language)[name]) if name else said.get("m")
    if month is None or "d" not in said:
        raise ValueError("the format gives no day of a month")
    return year, int(month), int(said["d"])


def _whole_year(two: int) -> int:
    return two + (1900 if two >= _PIVOT else 2000)
