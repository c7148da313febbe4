"""Folding: the form in which words are compared, for rules and texts alike.

Accents, typographic apostrophes, possessives (`women's` is `women`), hyphens and runs of white space are levelled.
Case is kept apart, because `US` and `us` are different words. A folded text can be traced back to the original.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# What NFKD leaves alone: letters with a stroke, ligatures, the Turkish ı, apostrophes and hyphens.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‛ʼʹʻ´′＇", "'"),
        **dict.fromkeys("‐‑‒–−⁃", "-"),
        **{"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th"},
        **dict(zip("ıłŁøØđĐðÐħĦŧŦ", "ilLoOdDdDhHtT", strict=True)),
    }
)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
# Begins with the apostrophe itself, and looks back from there: several times faster to search for.
_POSSESSIVE = re.compile(r"'(?:(?<=\w')'*[sS](?:'+[sS])*'*(?!\w)|(?<=[sS]')'*(?!\w))")
_GAP = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text: `cased` keeps capitals, `lower` has none; both have the same length."""

    cased: str
    lower: str


def fold(text: str) -> Folded:
    """Fold a text for comparison; folding twice changes nothing."""
    level = text if text.isascii() else _FOREIGN.sub(lambda run: _level(run[0]), text)
    if "'" in level:
        level = _POSSESSIVE.sub("", level)
    cased = " ".join(level.replace("-", " ").split())
    return Folded(cased, cased.casefold())


def fold_offsets(text: str) -> tuple[int, ...]:
    """Return for each character of `fold(text)` the index in `text` it came from, and at the end `len(text)`."""
    pairs = [(char, at) for at, original in enumerate(text) for char in _level(original)]
    pairs = _without(_POSSESSIVE, pairs, "")
    pairs = _without(_GAP, pairs, " ")
    spaces = (bool(pairs) and pairs[0][0] == " ", len(pairs) > 1 and pairs[-1][0] == " ")
    return (*(at for _, at in pairs[spaces[0] : len(pairs) - spaces[1]]), len(text))


def _without(pattern: re.Pattern[str], pairs: list[tuple[str, int]], put: str) -> list[tuple[str, int]]:
    """Replace what the pattern finds by `put`, which stands where the find began."""
    kept: list[tuple[str, int]] = []
    last = 0
    for found in pattern.finditer("".join(char for char, _ in pairs)):
        kept += pairs[last : found.start()]
        kept += [(char, pairs[found.start()][1]) for char in put]
        last = found.end()
    return kept + pairs[last:]


@lru_cache(maxsize=4096)
def _level(run: str) -> str:
    """Return a run of characters without accents, ligatures and characters nobody sees."""
    plain = unicodedata.normalize("NFKD", run.translate(_ALIKE))
    return "".join(char for char in plain if not _is_mark(char)).translate(_ALIKE)


def _is_mark(char: str) -> bool:
    unseen = "\ufe00" <= char <= "\ufe0f" or unicodedata.category(char) == "Cf"
    return unseen or unicodedata.combining(char) != 0
