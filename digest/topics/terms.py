"""Terms made ready for the search: what the automaton looks for, and what decides whether a find counts."""

import re
from dataclasses import dataclass, field

from digest.model.topic import Term
from digest.topics.fold import Folded, fold

_CAPITALS_MAX = 4
"""Letters up to which a term in capitals is an abbreviation that might be read as a word: US, WHO, ICE."""


@dataclass(frozen=True, slots=True)
class Needle:
    """What to look for: `key` is the literal part the automaton finds; two terms that mean the same are equal.

    `word` ends where a word ends; otherwise it is a prefix. `capitals` are the letters of an abbreviation, which do
    not count in a field set all in capitals, where they may be the word `us`. `rest` is the pattern of the whole term
    when more follows after its first `*`.
    """

    key: str
    word: bool = True
    capitals: str = ""
    rest: str = ""
    length: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.key))

    def end_of(self, text: Folded, start: int) -> int:
        """Return where this term ends in the text if it stands at `start`, or -1."""
        lower = text.lower
        if start and lower[start - 1].isalnum() and lower[start].isalnum():
            return -1
        end = start + self.length
        if not self.word:
            return _end_of_rest(self.rest, lower, start) if self.rest else _end_of_word(lower, end)
        if end < len(lower) and lower[end].isalnum() and lower[end - 1].isalnum():
            return -1
        if self.capitals and not (text.cased.startswith(self.capitals, start) and not text.cased.isupper()):
            return -1
        return end


def needle_of(term: Term) -> Needle | None:
    """Return what to look for, or None for a term without a letter or digit before its first `*`."""
    parts = [fold(part).lower for part in re.sub(r"\s*\*+", "*", term.text).split("*")]
    key = parts[0]
    if not any(char.isalnum() for char in key):
        return None
    if len(parts) == 1:
        return Needle(key.rstrip("."), capitals=_capitals(term.text))
    rest = _rest(term.text) if any(parts[1:]) else ""
    return Needle(key, word=False, rest=rest)


def _capitals(text: str) -> str:
    return text if len(text) <= _CAPITALS_MAX and text.isalpha() and text.isupper() else ""


def _rest(text: str) -> str:
    whole = fold(text).lower
    end = "" if whole.endswith("*") else r"(?![^\W_])"
    return r"[^\W_]*".join(re.escape(part) for part in whole.split("*")) + end


def _end_of_rest(rest: str, lower: str, start: int) -> int:
    found = re.compile(rest).match(lower, start)
    return found.end() if found else -1


def _end_of_word(lower: str, end: int) -> int:
    while end < len(lower) and lower[end].isalnum():
        end += 1
    return end
