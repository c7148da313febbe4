"""Shortening: a text becomes one line, a headline ends at a word, a summary at a sentence."""

import re
import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"
SENTENCES = 2
"""A digest shows one or two sentences of a summary."""

TOO_SHORT = 60
"""Characters under which whole sentences say too little, so that a part of the next one is shown as well."""

_END = re.compile(r"""[.!?؟۔।]["'”’»)\]]*(?=\s)|[。！？]["”’」』）]*""")
_UNFINISHED = (":", "：", ELLIPSIS, "...", ",", ";", "–", "—")
_ABBREVIATION = re.compile(
    r"""["'“‘(\[]*(?:(?:\w\.)+|(?:Mr|Mrs|Ms|Dr|St|No|Gov|Sen|Rep|Gen|Prof|Jr|Sr|Lt|Col|Sgt|Capt|Rev|Hon|vs|approx"""
    r"""|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.)"""
)


def join_line(text: str) -> str:
    """Return the text as one line: a run of white space or line breaks is a space, controls and surrogates go."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(filter(_is_text, text)).split())


def shorten_words(text: str, limit: int) -> str:
    """Return the line, at most `limit` characters long: where it is cut, it ends at a word and with an ellipsis."""
    line = join_line(text)
    if len(line) <= limit:
        return line
    return _cut(line, limit)


def shorten_summary(text: str, limit: int, *, truncated: bool = False) -> str:
    """Return one or two whole sentences of at most `limit` characters, else as many words as fit and an ellipsis.

    A last sentence that the source cut (`truncated`), or that ends in a colon because a quotation follows on the page,
    is left out where what stands before it is enough; otherwise it ends in an ellipsis.
    """
    line = join_line(text)
    if limit <= 0 or not line:
        return ""
    unfinished = truncated or line.endswith(_UNFINISHED)
    sentences = list(_split_sentences(line))
    whole = _take(sentences[:-1] if unfinished else sentences, limit)
    if len(whole) >= TOO_SHORT or whole == line:
        return whole
    if unfinished or len(line) > limit:
        return _cut(line, limit)
    return line


def _is_text(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in {"Cc", "Cs"}


def _cut(line: str, limit: int) -> str:
    room = line[: max(limit - 1, 0)]
    if len(line) > len(room) and not line[len(room)].isspace():
        # Scripts without spaces, and words longer than the room, are cut between two characters.
        room = room.rpartition(" ")[0] or _without_broken_character(room, line[len(room)])
    return room.rstrip(" .,;:：–—-…") + ELLIPSIS if limit > 0 else ""


def _without_broken_character(room: str, following: str) -> str:
    while room and unicodedata.combining(following):
        room, following = room[:-1], room[-1]
    return room


def _take(sentences: list[str], limit: int) -> str:
    taken = ""
    for sentence in sentences[:SENTENCES]:
        longer = taken + sentence
        if len(longer.strip()) > limit:
            break
        taken = longer
    return taken.strip()


def _split_sentences(line: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(line):
        if _is_end(line, start, match):
            yield line[start : match.end()]
            start = match.end()
    if start < len(line):
        yield line[start:]


def _is_end(line: str, start: int, match: re.Match[str]) -> bool:
    word = line[start : match.start() + 1].rpartition(" ")[2]
    following = line[match.end() : match.end() + 3].lstrip(" \"'“‘«([¿¡")
    return _ABBREVIATION.fullmatch(word) is None and not following[:1].islower()
