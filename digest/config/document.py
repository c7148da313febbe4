"""The file as data: plain keys, lists and values, the place in the file of each of them, and what is wrong there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from digest.config.text import ConfigText
from digest.errors import Problem

Path = tuple[str | int, ...]
"""Keys and list positions from the top of the file down to a value."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, 1-based; `text` is a value as written, without quotes; `quoted` if it had some."""

    line: int
    column: int
    text: str | None = None
    quoted: bool = False


@dataclass(slots=True)
class Document:
    """The data of a file, and where it stands.

    `broken` are paths whose values are already reported, `surprises` those that YAML reads as something else than text.
    """

    text: ConfigText
    data: object = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)
    surprises: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, place: Place, message: str, suggestion: str | None = None) -> None:
        """Add a problem that stands at a place."""
        self.problems.append(self.text.problem(place.line, place.column, message, suggestion))

    def key_place(self, path: Path) -> Place:
        """Return where the key of a value stands (for a list entry the entry, for the whole file its start)."""
        return self.keys.get(path) or self.value_place(path)

    def value_place(self, path: Path) -> Place:
        """Return where a value stands, or the nearest thing that holds it."""
        while path not in self.values and path:
            path = path[:-1]
        return self.values.get(path) or Place(1, 1)

    def is_broken(self, path: Path) -> bool:
        """Tell whether a value, or something that holds it, is already reported."""
        return any(path[:end] in self.broken for end in range(len(path) + 1))

    def report_key(self, path: Path, message: str, suggestion: str | None = None) -> None:
        """Add a problem at a key, unless it or its value is already reported."""
        if not self.is_broken(path):
            self.report(self.key_place(path), message, suggestion)

    def report_value(self, path: Path, message: str, suggestion: str | None = None) -> None:
        """Add a problem at a value, unless it is already reported."""
        if not self.is_broken(path):
            self.report(self.value_place(path), message, suggestion)

    def value(self, path: Path) -> object:
        """Return a value by the keys that lead to it, None where there is none."""
        found: object = self.data
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def block(self, *path: str) -> dict[str, Any]:
        """Return the keys of a block, none where there is no usable block."""
        found = self.value(path)
        return found if isinstance(found, dict) and not self.is_broken(path) else {}

    def texts(self, path: Path) -> Iterator[tuple[Path, str]]:
        """Yield the texts of a list with their paths; a text alone is a list of one."""
        value = self.value(path)
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, list):
            yield from (((*path, at), entry) for at, entry in enumerate(value) if isinstance(entry, str))
