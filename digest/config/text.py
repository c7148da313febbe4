"""The file as text: its bytes read and decoded, its lines counted as YAML counts them, its places shown to people."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from digest.errors import ConfigError, Problem

MAX_BYTES = 1_000_000
"""A configuration of 200 topics is 100 kB; beyond this, it is another file."""

LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line (YAML 1.1 §4.2)."""

_SNIPPET_COLUMNS = 76
_LONGEST_SENTENCE = 200
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")  # §4.1
_INDENT_TAB = re.compile(r" *\t")
_SECRET = re.compile(
    r"""(://[^/\s:@]*:)(\S+)(?=@)|(\b(?:password|passwd|secret)["']?\s*[:=]\s*)("[^"]*"?|'[^']*'?|(?:(?!,\s|\}).)+)""",
    re.IGNORECASE,
)
_INIT = "`digest init` writes one to start from"


@dataclass(frozen=True, slots=True)
class ConfigText:
    """The decoded file: `name` is how the operator named it."""

    name: str
    text: str
    lines: tuple[str, ...]

    def problem(self, line: int, column: int, message: str, suggestion: str | None = None) -> Problem:
        """Return a problem at a place, 1-based, with the line as far as a terminal of 80 columns can show it."""
        shown = _mask(self.lines[line - 1]) if line <= len(self.lines) else ""
        snippet, caret = _window(shown, column - 1)
        cure = suggestion and "\n  ".join(_one_line(part) for part in suggestion.split("\n"))
        return Problem(self.name, line, column, _one_line(message), snippet, cure, caret)


def in_order(problems: Iterable[Problem]) -> ConfigError:
    """Return the error that holds these problems in the order of the file."""
    return ConfigError(tuple(sorted(problems, key=lambda problem: (problem.line, problem.column))))


def read_text(path: Path) -> ConfigText:
    """Read the file.

    Raises:
        ConfigError: there is no such file, or it is none that could be a configuration.
    """
    return decode_text(str(path), read_bytes(path))


def decode_text(name: str, content: bytes) -> ConfigText:
    """Decode the content of a file: UTF-8, with or without a byte order mark.

    Raises:
        ConfigError: it is not UTF-8, too long, empty, or holds characters or tabs that YAML cannot have.
    """
    if len(content) > MAX_BYTES:
        raise _refuse(name, "the file is larger than 1 MB: is it the right one?")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refuse(name, "the file is UTF-16", "save it as UTF-8")
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    lines = tuple(LINE_BREAK.split(text))
    page = ConfigText(name, text, lines)
    problems = (*_check_encoding(page, content), *_check_characters(page))
    if not problems and not text.strip():
        raise _refuse(name, "the file is empty", _INIT)
    if problems:
        raise in_order(problems)
    return page


def read_bytes(path: Path) -> bytes:
    """Return what a file holds, one byte more than `MAX_BYTES` at most. Raises: ConfigError."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _refuse(str(path), "there is no such file", _INIT) from error
    except IsADirectoryError as error:
        raise _refuse(
            str(path), "this is a folder, not a file", f"name the file in it: {path / 'config.yaml'}"
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _refuse(str(path), f"the file cannot be read: {reason}") from error


def _refuse(name: str, message: str, suggestion: str | None = None) -> ConfigError:
    return ConfigError((Problem(name, 1, 1, message, suggestion=suggestion),))


def _check_encoding(page: ConfigText, content: bytes) -> tuple[Problem, ...]:
    """Name the first byte that is not UTF-8; what follows would be noise."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = LINE_BREAK.split(content[: error.start].decode("utf-8").removeprefix("\ufeff"))
        message = f"the byte 0x{content[error.start]:02X} is not UTF-8"
        return (page.problem(len(before), len(before[-1]) + 1, message, "save the file as UTF-8"),)
    return ()


def _check_characters(page: ConfigText) -> tuple[Problem, ...]:
    problems = []
    for number, line in enumerate(page.lines, 1):
        if found := _FORBIDDEN.search(line):
            message = f"an invisible character (U+{ord(found[0]):04X}) that YAML cannot hold"
            problems.append(page.problem(number, found.start() + 1, message, "remove it"))
        elif _INDENT_TAB.match(line):
            place = line.index("\t") + 1
            problems.append(page.problem(number, place, "a tab in the indentation", "YAML wants spaces there"))
    return tuple(problems)


def _mask(text: str) -> str:
    """Hide what looks like a secret: problems are printed, logged and sent around. Every place stays where it is."""
    return _SECRET.sub(lambda found: (found[1] or found[3]) + "*" * len(found[2] or found[4]), text)


def _one_line(text: str) -> str:
    """Return a sentence that quotes the file without its line breaks and control characters, and not all of it."""
    line = " ".join("".join(_shown(char) for char in _mask(text[:1000])).split())
    return line if len(line) <= _LONGEST_SENTENCE else line[: _LONGEST_SENTENCE - 1] + "…"


def _window(line: str, index: int) -> tuple[str, int]:
    """Return the part of a line around a character that fits the snippet, and the column of that character in it."""
    first = max(0, index - _SNIPPET_COLUMNS)
    clean = "".join(_shown(char) for char in line[first : index + _SNIPPET_COLUMNS])
    at = min(index - first, len(clean))
    start = 0
    if first or _width(clean) > _SNIPPET_COLUMNS:
        while _width(clean[start:at]) > _SNIPPET_COLUMNS * 2 // 3:
            start += 1
    head = "…" * (first + start > 0)
    end = len(clean)
    while len(head) + _width(clean[start:end]) + (first + end < len(line)) > _SNIPPET_COLUMNS:
        end -= 1
    tail = "…" * (first + end < len(line))
    return head + clean[start:end] + tail, len(head) + _width(clean[start:at]) + 1


def _shown(char: str) -> str:
    if char.isspace():
        return " "
    return "\ufffd" if unicodedata.category(char) in ("Cc", "Cf") else char


def _width(text: str) -> int:
    """Count the columns that a text takes on a terminal (Unicode Annex 11)."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) != 0 for char in text)
