"""YAML → document.

PyYAML's events are read one by one, because its finished tree no longer shows anchors, tags and which text had quotes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from digest.config.document import Document, Path, Place
from digest.config.plain import Surprise, in_quotes, read_plain, reads
from digest.config.syntax import explain_syntax
from digest.config.text import ConfigText, in_order

_DEEPEST = 12
_ELSEWHERE = "\0"  # no key can hold it: values that are read for their own problems but not kept


def compose(text: ConfigText) -> Document:
    """Read YAML into a document; what is wrong in it stands in its `problems`.

    Raises:
        ConfigError: the YAML cannot be read to its end.
    """
    document = Document(text)
    composer = _Composer(document, yaml.parse(text.text, Loader=yaml.CSafeLoader))
    try:
        composer.read()
    except yaml.MarkedYAMLError as error:
        raise in_order((*document.problems, explain_syntax(text, error))) from error
    return document


@dataclass(slots=True)
class _Composer:
    document: Document
    events: Iterator[yaml.Event]

    def read(self) -> None:
        event = self._next()
        while not isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.StreamEndEvent):
                self.document.report(
                    Place(1, 1), "the file holds only comments", "`digest init` writes one to start from"
                )
                self.document.broken.add(())
                return
            event = self._next()
        self.document.data = self._value(event, ())
        self._next()
        after = self._next()
        if isinstance(after, yaml.DocumentStartEvent):
            self.document.report(_place(after), "a second document begins here", "keep one, and take the `---` away")

    def _next(self) -> yaml.Event:
        return next(self.events)

    def _value(self, event: yaml.Event, path: Path) -> object:
        place = _place(event)
        self.document.values[path] = place
        if isinstance(event, yaml.AliasEvent):
            self._break(path, place, f"`*{event.anchor}` is an alias in YAML, and this file has none", _IN_QUOTES)
            return ""
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        self._check_marks(event, path, place)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._sequence(path)

    def _check_marks(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, path: Path, place: Place) -> None:
        if event.tag is not None:
            self._break(path, place, f"`{_short_tag(event.tag)}` is a tag in YAML, and this file has none", _IN_QUOTES)
        elif event.anchor is not None:
            self.document.report(place, f"`&{event.anchor}` is an anchor in YAML, and this file has none", _IN_QUOTES)
        if len(path) > _DEEPEST:
            self.document.report(place, "blocks in blocks in blocks: too deep for this file")
            raise in_order(self.document.problems)

    def _break(self, path: Path, place: Place, message: str, suggestion: str | None = None) -> None:
        self.document.report(place, message, suggestion)
        self.document.broken.add(path)

    def _mapping(self, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, path, found)
            if key is None:
                self._value(self._next(), (*path, _ELSEWHERE))
            else:
                found[key] = self._value(self._next(), (*path, key))
        return found

    def _key(self, event: yaml.Event, path: Path, found: dict[str, object]) -> str | None:
        """Return the key, or None where its value cannot be kept."""
        place = _place(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._value(event, (*path, _ELSEWHERE))
            self.document.report(place, "a key must be one word")
            return None
        key = event.value
        if key == "<<" and event.implicit[0]:
            self.document.report(
                place, "`<<` merges blocks in YAML, and this file has no such thing", "write the keys out"
            )
            return None
        if key in found:
            first = self.document.keys[(*path, key)].line
            self.document.report(place, f"`{key}` stands here a second time; the first is in line {first}", _KEEP_ONE)
            return None
        self._check_marks(event, (*path, _ELSEWHERE), place)
        self.document.keys[(*path, key)] = place
        self._check_plain_key(event, place)
        return str(key)

    def _check_plain_key(self, event: yaml.ScalarEvent, place: Place) -> None:
        value = read_plain(event.value) if event.implicit[0] else event.value
        if not isinstance(value, str):
            self.document.report(place, f"{reads(event.value, value)}, and a key is text", in_quotes(event.value))

    def _sequence(self, path: Path) -> list[object]:
        found: list[object] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            here = (*path, len(found))
            found.append(self._value(event, here))
            if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and _is_folded(event):
                self._break(here, _place(event), f"`{event.value}` goes over two lines", "is a comma or a `-` missing?")
        return found

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> object:
        if not event.implicit[0] or path in self.document.broken:
            return event.value
        value = read_plain(event.value)
        place = self.document.values[path]
        if isinstance(value, Surprise):
            self.document.surprises[path] = reads(event.value, value)
            return event.value
        if value is None:
            self._break_empty(event, path, place)
            return ""
        return value

    def _break_empty(self, event: yaml.ScalarEvent, path: Path, place: Place) -> None:
        if event.anchor is not None:
            self.document.broken.add(path)
        elif event.value:
            self._break(path, place, reads(event.value, None), in_quotes(event.value))
        elif not path:
            self._break(path, place, "the file holds nothing", "`digest init` writes one to start from")
        elif isinstance(path[-1], str):
            cure = "write one after the colon, or take the line away"
            self._break(path, self.document.key_place(path), f"`{path[-1]}` has no value", cure)
        else:
            self._break(path, place, "an entry without a value", "write one, or take the line away")


_IN_QUOTES = "if the text really begins like that, write it in quotes"
_KEEP_ONE = "keep one of them"


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if isinstance(event, yaml.ScalarEvent):
        return Place(line, column, event.value, quoted=not event.implicit[0])
    return Place(line, column)


def _is_folded(event: yaml.Event) -> bool:
    start, end = event.start_mark, event.end_mark
    return start is not None and end is not None and start.line < end.line
