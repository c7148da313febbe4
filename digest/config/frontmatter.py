"""Front matter: the keys between two lines of `---` at the top of a Markdown file, as text.

An editor writes `language: no` and `time: 7:30` and means what stands there: no value is read as anything but text.
"""

import re
from collections.abc import Iterator

import yaml

from digest.config.syntax import explain_syntax
from digest.config.text import ConfigText, in_order
from digest.errors import ConfigError

LONGEST_CHARACTERS = 100_000
"""Front matter is some ten lines; beyond this, the closing line is missing."""

_MOST_DEEP = 6
_BLOCK = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_EMPTY = ("", "~", "null", "Null", "NULL")


def split_front_matter(text: str) -> tuple[str | None, str]:
    """Return the front matter, None where a text has none, and what stands below it; lines end in `\\n`.

    An opening line that is never closed is no front matter.
    """
    found = _BLOCK.match(text[:LONGEST_CHARACTERS])
    return (found[1], text[found.end() :]) if found else (None, text)


def read_front_matter(text: str, name: str) -> dict[str, object]:
    """Return the keys of front matter in their order; each value is text, a list, or keys of its own.

    Keys without a value are left out. `name` is that of the file, whose first line is the `---` above the text.

    Raises:
        ConfigError: it is no YAML with keys, a key stands twice, or it has aliases, anchors, tags or merged keys.
    """
    whole = ConfigText(name, f"---\n{text}\n", ("---", *text.split("\n")))
    try:
        return _Reader(whole, yaml.parse(whole.text, Loader=yaml.CSafeLoader)).read()
    except yaml.MarkedYAMLError as error:
        raise in_order((explain_syntax(whole, error),)) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise in_order((whole.problem(1, 1, "it holds characters that YAML cannot have"),)) from error


class _Reader:
    """Walks through the events of one document; a value that is None is left out by whoever holds it."""

    def __init__(self, text: ConfigText, events: Iterator[yaml.Event]) -> None:
        self._text = text
        self._events = events

    def read(self) -> dict[str, object]:
        event = next(self._events)
        while not isinstance(event, yaml.NodeEvent | yaml.StreamEndEvent):
            event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent) or self._is_empty(event):
            return {}
        if not isinstance(event, yaml.MappingStartEvent):
            raise self._refuse(event, "front matter is keys with values, such as `title: A new bridge`")
        return self._mapping(event, 1)

    def _value(self, event: yaml.Event, depth: int) -> object:
        if isinstance(event, yaml.AliasEvent):
            raise self._refuse(event, f"`*{event.anchor}` is an alias in YAML; write a text that begins so in quotes")
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            raise self._refuse(event, f"`&{event.anchor}` is an anchor in YAML; write a text that begins so in quotes")
        if event.tag is not None:
            raise self._refuse(event, "a tag of YAML; write a text that begins with `!` in quotes")
        if depth > _MOST_DEEP:
            raise self._refuse(event, "blocks in blocks in blocks: too deep for front matter")
        if isinstance(event, yaml.ScalarEvent):
            return None if self._is_empty(event) else event.value
        return self._mapping(event, depth + 1) if isinstance(event, yaml.MappingStartEvent) else self._sequence(depth)

    def _mapping(self, _start: yaml.Event, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        seen: set[str] = set()
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, depth)
            if not isinstance(key, str):
                raise self._refuse(event, "a key must be one word")
            if key in seen or key == "<<":
                told = "merges blocks in YAML: write the keys out" if key == "<<" else "stands here a second time"
                raise self._refuse(event, f"`{key}` {told}")
            seen.add(key)
            if (value := self._value(next(self._events), depth)) is not None:
                found[key] = value
        return found

    def _sequence(self, depth: int) -> list[object]:
        found: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            if (value := self._value(event, depth + 1)) is not None:
                found.append(value)
        return found

    def _is_empty(self, event: yaml.Event) -> bool:
        return isinstance(event, yaml.ScalarEvent) and event.implicit[0] and event.value in _EMPTY

    def _refuse(self, event: yaml.Event, message: str) -> ConfigError:
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return in_order((self._text.problem(line, column, message),))
