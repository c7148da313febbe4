"""A source put into the text of config.yaml: nothing that stands there is moved or changed.

All functions are pure and return the insertions that make the new text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from digest.config.outline import Node, Outline, read_outline
from digest.config.text import LINE_BREAK
from digest.config.writing import as_yaml, yaml_lines

_SECTION = "sources"
_USUAL_STEP = 2
_BESIDE_THE_POINT = re.compile(r"(?:\s|#[^\n\r\x85\u2028\u2029]*)*")


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text put in at an offset, in the place of the `cut` characters that stand there."""

    at: int
    text: str
    cut: int = 0


def insert_source(text: str, id_: str, source: Mapping[str, object]) -> str:
    """Return the text with one source more, the last of its `sources`, in the style of those that are there.

    The text must be good YAML whose top is a block of keys, and have no source of that id.
    """
    for one in reversed(_insertions(text, read_outline(text), id_, source)):
        text = text[: one.at] + one.text + text[one.at + one.cut :]
    return text


def _insertions(text: str, outline: Outline, id_: str, source: Mapping[str, object]) -> list[Insertion]:
    """Return what is put in, in the order of the text."""
    root, found = outline.root, outline.root.get(_SECTION)
    entry = as_yaml({id_: source})[1:-1]
    if found is None:
        if root.braces:
            return _in_braces(text, root, f"{_SECTION}: {{{entry}}}")
        return [_at_the_end(text, outline, {_SECTION: {id_: source}})]
    if found.value.pairs and not found.value.braces:
        return [_after_last(text, root, found.value, {id_: source})]
    lonely = re.fullmatch(r"\{ *\}|", text[found.value.start : found.value.end])
    if root.braces or not lonely:
        return _in_braces(text, found.value, entry)
    step = _step_of(root)
    below = _lines_at(text, found.key.end, root.column, {id_: source}, root.column + step, step)
    return [_without_braces(text, found.value), below]


def _step_of(block: Node) -> int:
    """Return by how many columns the file indents what stands under a key."""
    blocks = [pair.value for pair in block.pairs if pair.value.pairs and not pair.value.braces]
    return blocks[0].column - block.column if blocks else _USUAL_STEP


def _without_braces(text: str, value: Node) -> Insertion:
    at = len(text[: value.start].rstrip(" "))
    return Insertion(at, "", value.end - at) if value.end > value.start else Insertion(value.start, "")


def _after_last(text: str, root: Node, sources: Node, entry: Mapping[str, object]) -> Insertion:
    last = sources.pairs[-1].value
    step = last.column - sources.column if last.pairs and not last.braces else sources.column - root.column
    spaced = len(sources.pairs) > 1 and _has_empty_line(text[sources.pairs[-2].value.end : sources.pairs[-1].key.start])
    return _lines_at(text, sources.end, root.column, entry, sources.column, step, spaced=spaced)


def _has_empty_line(text: str) -> bool:
    return any(not line.strip() for line in LINE_BREAK.split(text)[1:-1])


def _lines_at(
    text: str, end: int, outer: int, entry: Mapping[str, object], column: int, step: int, *, spaced: bool = False
) -> Insertion:
    """Return the lines of an entry, put in below the line of `end` and the comments that are indented under `outer`."""
    at = _line_after(text, end)
    further = at
    while comment := re.compile(r"( *)(#)?").match(text, further):
        line_end = _line_after(text, further)
        if comment[2] and len(comment[1]) > outer:
            at = line_end
        elif text[further:line_end].strip() or line_end == further:
            break
        further = line_end
    lines = [" " * column + line for line in yaml_lines(entry, step)]
    return _put_lines(text, at, [""] * spaced + lines)


def _at_the_end(text: str, outline: Outline, entry: Mapping[str, object]) -> Insertion:
    lines = [" " * outline.root.column + line for line in yaml_lines(entry, _step_of(outline.root))]
    return _put_lines(text, outline.end, ["", *lines])


def _put_lines(text: str, at: int, lines: list[str]) -> Insertion:
    newline = _newline_of(text)
    block = newline.join(lines)
    begun = at > 0 and not LINE_BREAK.fullmatch(text[at - 1])
    return Insertion(at, newline + block if begun else block + newline)


def _newline_of(text: str) -> str:
    found = LINE_BREAK.search(text)
    return found[0] if found and found[0] in ("\n", "\r\n", "\r") else "\n"


def _line_after(text: str, at: int) -> int:
    """Return the offset of the line after the one of an offset."""
    found = LINE_BREAK.search(text, at)
    return found.end() if found else len(text)


def _in_braces(text: str, block: Node, entry: str) -> list[Insertion]:
    """Return an entry as the last in `{}`, on a line of its own where the one before has one."""
    if not block.pairs:
        return [Insertion(block.start + 1, entry)]
    last = block.pairs[-1]
    end = max(last.key.end, last.value.end)
    closed = _next_sign(text, end)
    comma = text[closed] == ","
    here = closed + 1 if comma else end
    if not LINE_BREAK.search(text, block.start, last.key.start):
        return [Insertion(here, f" {entry}" if comma else f", {entry}")]
    line = f"{_newline_of(text)}{' ' * last.key.column}{entry}"
    rest = _next_sign(text, here)
    line_end = LINE_BREAK.search(text, here)
    if line_end is None or rest < line_end.start():
        return [Insertion(here, line if comma else f",{line}")]
    if comma:
        return [Insertion(line_end.start(), f"{line},")]
    return [Insertion(end, ","), Insertion(line_end.start(), line)]


def _next_sign(text: str, at: int) -> int:
    """Return the offset of what follows white space and comments."""
    found = _BESIDE_THE_POINT.match(text, at)
    return found.end() if found else at
