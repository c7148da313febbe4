"""The words in which languages write dates: months, halves of the day, and texts made comparable."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_FALLBACK = "en"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒−", "-"))
_SHORTEST = 3
"""Letters of a month's name that is cut: `Sept`, `Janv`."""


def fold_date(text: str) -> str:
    """Return a text as dates are compared: no case, no accents, no invisible marks, digits of any script as 0 to 9."""
    spread = unicodedata.normalize("NFKD", text.replace("İ", "I").casefold())
    kept = (_fold_letter(letter) for letter in spread if unicodedata.category(letter) not in ("Mn", "Cf", "Cc"))
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).replace("ı", "i").translate(_DASHES).split())


def _fold_letter(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


@lru_cache(maxsize=64)
def month_numbers(language: str) -> dict[str, int]:
    """Return the numbers of months by folded name: wide, abbreviated and cut, as alone or in a date; also in English.

    Where a name of the language and an English one differ in meaning, the language's counts.
    """
    numbers: dict[str, int] = {}
    for tag in (language, _FALLBACK):
        own = {name: number for number, name in _month_names(find_locale(tag))}
        numbers |= {name: number for name, number in (_cut_names(own) | own).items() if name not in numbers}
    return numbers


@lru_cache(maxsize=64)
def half_day_words(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the folded words for before and after noon, of the language and of English."""
    found: tuple[set[str], set[str]] = ({"am", "a.m.", "a. m."}, {"pm", "p.m.", "p. m."})
    for words in find_locale(language).day_periods["format"].values():
        for half, names in zip(("am", "pm"), found, strict=True):
            if len(name := fold_date(words.get(half, ""))) > 1:
                names.add(name)
    return frozenset(found[0]), frozenset(found[1])


def find_locale(language: str) -> Locale:
    """Return what CLDR knows of a language (BCP 47), of its part before the region, or of English."""
    for tag in (language.replace("_", "-"), language.replace("_", "-").partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale.parse(_FALLBACK)


def _month_names(locale: Locale) -> Iterator[tuple[int, str]]:
    for use in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[use][width].items():
                folded = fold_date(name).rstrip(".")
                if re.search(r"[^\W\d_]", folded):
                    yield number, folded


def _cut_names(names: dict[str, int]) -> dict[str, int]:
    """Return the beginnings of names that can only mean one month."""
    cut: dict[str, set[int]] = {}
    for name, number in names.items():
        if name.isalpha() and name.isascii():
            for length in range(_SHORTEST, len(name)):
                cut.setdefault(name[:length], set()).add(number)
    return {name: numbers.pop() for name, numbers in cut.items() if len(numbers) == 1}
