"""Where the blocks of a file stand in its text: what is needed to put something between them by hand."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml


@dataclass(frozen=True, slots=True)
class Node:
    """A value in the text: from offset `start` to just behind its last character, `end`, comments left out.

    `column` is that of its start, 0-based. A block of keys has `pairs`, in their order; `braces` if it is written in
    `{}`. An empty value has no length.
    """

    start: int
    end: int
    column: int
    braces: bool = False
    pairs: "tuple[Pair, ...]" = ()

    def get(self, name: str) -> "Pair | None":
        """Return the key of that name with its value."""
        return next((pair for pair in self.pairs if pair.name == name), None)


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value."""

    name: str
    key: Node
    value: Node


@dataclass(frozen=True, slots=True)
class Outline:
    """The block that is the whole file, and the offset where its document ends."""

    root: Node
    end: int


def read_outline(text: str) -> Outline:
    """Return where things stand in YAML that is known to be good, and whose top is a block of keys."""
    events = yaml.parse(text, Loader=yaml.CSafeLoader)
    event = next(events)
    while not isinstance(event, yaml.NodeEvent):
        event = next(events)
    root = _node(event, events, text)
    end = next(events)
    marked = isinstance(end, yaml.DocumentEndEvent) and end.explicit
    return Outline(root, _start(end) if marked else len(text))


def _start(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.index


def _end(event: yaml.Event) -> int:
    assert event.end_mark is not None
    return event.end_mark.index


def _column(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.column


def _node(event: yaml.Event, events: Iterator[yaml.Event], text: str) -> Node:
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(event, events, text)
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(event, events, text)
    # The end of a text block, `|` or `>`, is where the next line begins.
    end = max(_start(event), len(text[: _end(event)].rstrip()))
    return Node(_start(event), end, _column(event))


def _mapping(event: yaml.MappingStartEvent, events: Iterator[yaml.Event], text: str) -> Node:
    pairs: list[Pair] = []
    while not isinstance(one := next(events), yaml.MappingEndEvent):
        key = _node(one, events, text)
        name = one.value if isinstance(one, yaml.ScalarEvent) else ""
        pairs.append(Pair(name, key, _node(next(events), events, text)))
    end = _end(one) if event.flow_style or not pairs else max(pairs[-1].key.end, pairs[-1].value.end)
    return Node(_start(event), end, _column(event), bool(event.flow_style), tuple(pairs))


def _sequence(event: yaml.SequenceStartEvent, events: Iterator[yaml.Event], text: str) -> Node:
    end = _start(event)
    while not isinstance(one := next(events), yaml.SequenceEndEvent):
        end = _node(one, events, text).end
    return Node(_start(event), _end(one) if event.flow_style else end, _column(event))
