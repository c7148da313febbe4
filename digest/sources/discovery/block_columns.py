"""What each selector reads in every block of a group, side by side, so that the best one for a field can be chosen.

blocks | selectors that their elements suggest | a column for each: element and text per block
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborNode, SelectolaxError

from digest.sources.discovery.block_groups import class_names, is_same, stable_names, text_of
from digest.sources.discovery.class_names import is_numbered, stem_of

_TELLING_TAGS = frozenset({
    "h1", "h2", "h3", "h4", "h5", "h6", "time", "figcaption", "address", "cite",
})  # fmt: skip
_PLAIN_TAGS = frozenset({
    "a", "p", "img", "span", "div", "strong", "b", "em", "i", "small", "dd", "dt", "td", "th", "header", "footer",
    "li", "source",
})  # fmt: skip
_CELLS = frozenset({"td", "th", "p", "span", "div", "a"})
_TELLING_ATTRIBUTES = ("itemprop", "property", "rel", "data-label", "headers", "data-testid", "data-test", "data-field")
_PLAIN = 4
"""The rank of a tag that says nothing."""

_MOST_SELECTORS = 160
_MOST_ELEMENTS = 80
_MODELS = 8
"""Blocks whose elements suggest selectors; the others are only read with them."""


@dataclass(frozen=True)
class Column:
    """What one selector finds first in every block; `rank` is the lower the longer it may hold, 0 the best."""

    selector: str
    rank: int
    nodes: tuple[LexborNode | None, ...]

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The text found in every block, empty where nothing is."""
        return tuple("" if node is None else text_of(node) for node in self.nodes)

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """The texts that are not empty."""
        return tuple(text for text in self.texts if text)

    @cached_property
    def found(self) -> tuple[LexborNode, ...]:
        """The elements found."""
        return tuple(node for node in self.nodes if node is not None)

    @property
    def coverage(self) -> float:
        """The share of blocks with a text."""
        return len(self.filled) / len(self.nodes)

    @cached_property
    def variety(self) -> float:
        """The share of texts that are unlike all others."""
        return len(set(self.filled)) / max(len(self.filled), 1)

    @cached_property
    def length(self) -> float:
        """Letters of a text on average."""
        return sum(map(len, self.filled)) / max(len(self.filled), 1)

    def attributes(self, name: str) -> tuple[str, ...]:
        """Return an attribute's value in every block, empty where there is none."""
        return tuple("" if node is None else (node.attributes.get(name) or "").strip() for node in self.nodes)

    def hints(self) -> str:
        """Return the words that the page's makers use for these elements: class names and the like."""
        node = self.found[0]
        named = (node.attributes.get(name) or "" for name in ("class", "itemprop", "rel", "data-label", "headers"))
        return f"{self.selector} {' '.join(named)}".casefold()


def read_columns(blocks: tuple[LexborNode, ...]) -> list[Column]:
    """Return the columns of a group, the selectors that may hold longest first."""
    ranks: dict[str, int] = {}
    for block in blocks[:_MODELS]:
        for count, node in enumerate(block.traverse()):
            if count > _MOST_ELEMENTS or len(ranks) > _MOST_SELECTORS:
                break
            for selector, rank in suggest_selectors(node, block):
                ranks[selector] = min(rank, ranks.get(selector, rank))
    ordered = sorted(ranks.items(), key=lambda pair: (pair[1], len(pair[0])))
    columns = (Column(selector, rank, _find(selector, blocks)) for selector, rank in ordered)
    return [column for column in columns if column.found]


def _find(selector: str, blocks: tuple[LexborNode, ...]) -> tuple[LexborNode | None, ...]:
    try:
        return tuple(block.css_first(selector) for block in blocks)
    except SelectolaxError:
        # An element called `o:p` makes a selector that cannot be read.
        return (None,) * len(blocks)


def suggest_selectors(node: LexborNode, block: LexborNode) -> Iterator[tuple[str, int]]:
    """Yield selectors for an element inside its block, each with its rank."""
    tag = node.tag or ""
    own = list(simple_selectors(node))
    yield from own
    parent = node.parent
    if is_same(node, block) or parent is None:
        return
    if tag in _CELLS and (place := _place(node)):
        yield " + ".join([tag] * (place + 1)), 6
    if tag in _CELLS and (before := _element_before(node)) and before.tag in (*_TELLING_TAGS, "a"):
        yield f"{before.tag} + {tag}", 5
    if tag in _PLAIN_TAGS or tag in _TELLING_TAGS:
        for around in _around(node, block):
            for selector, rank in simple_selectors(around):
                if rank < _PLAIN:
                    yield f"{selector} {tag}", rank + (2 if tag in _CELLS and tag != "a" else 1)
        yield f"{parent.tag} > {tag}", 6
    for child in node.iter():
        if child.tag in ("a", "time") and tag in _CELLS:
            yield f"{tag}:has({child.tag})", 4


def simple_selectors(node: LexborNode) -> Iterator[tuple[str, int]]:
    """Yield selectors for an element by what it is alone, each with its rank."""
    tag = node.tag or ""
    if tag in _TELLING_TAGS:
        yield tag, 0
    elif tag in _PLAIN_TAGS:
        yield tag, 1 if tag in ("img", "a") else _PLAIN
    for name in sorted(stable_names(node)):
        yield f".{name}", 1
    for name in _TELLING_ATTRIBUTES:
        value = node.attributes.get(name)
        if value and len(value) <= 40 and all(char.isalnum() or char in " -_:" for char in value):
            yield f'[{name}="{value}"]', 1
    for name in class_names(node):
        if stem := stem_of(name):
            yield f'[class*="{stem}"]', 2
        elif is_numbered(name):
            yield f".{name}", 3


def _around(node: LexborNode, block: LexborNode) -> Iterator[LexborNode]:
    """Yield the two nearest elements around one that are still inside the block."""
    for _ in range(2):
        parent = node.parent
        if parent is None or is_same(parent, block) or is_same(node, block):
            return
        yield parent
        node = parent


def _place(node: LexborNode) -> int:
    """Return how many elements of the same tag stand directly before one, at most four."""
    place, before = 0, _element_before(node)
    while before is not None and before.tag == node.tag and place < 4:
        place, before = place + 1, _element_before(before)
    return place


def _element_before(node: LexborNode) -> LexborNode | None:
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    return before
