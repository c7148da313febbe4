"""Groups of alike elements on a page: siblings or cousins with the same tag and class names, each with a link.

parsed page | children of one parent that are alike | joined with alike ones elsewhere | the likeliest first
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from digest.sources.discovery.class_names import is_stable
from digest.sources.discovery.datelike import holds_date
from digest.sources.markup.select import open_document

_NOT_CONTENT = "script, style, template, noscript, svg, iframe"
_NEVER_BLOCKS = frozenset({
    "a", "option", "source", "path", "br", "img", "p", "input", "label", "script", "meta", "link", "h1", "h2", "h3",
    "h4", "h5", "h6", "td", "th",
})  # fmt: skip
_ASIDE_TAGS = frozenset({"nav", "footer", "aside", "dialog", "menu"})
_ASIDE_ROLES = frozenset({"navigation", "contentinfo", "menu", "menubar", "search", "complementary", "dialog"})
_ASIDE_NAMES = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|menu|footer|breadcrumbs?|sidebar|cookies?|share|sharing|social|pagination|pager"
    r"|most-?read|newsletter|filters?|lang(?:uage)?-switch\w*|skip)(?:$|[-_\s])|(?:^|\s)(?:widget|related|popular|trending)(?:$|\s)",
    re.I,
)
_FEWEST = 2
_MOST_CHILDREN = 2000
_MOST_NODES = 60_000
_MOST_AROUND = 60
_MOST_GROUPS = 12
_LETTERS_OF_A_WORD = 4
_SAMPLE = 30
"""Blocks of one group that are looked at."""


@dataclass(frozen=True, slots=True)
class Group:
    """Alike blocks in page order; `likely` compares groups of one page and says nothing else."""

    blocks: tuple[LexborNode, ...]
    likely: float

    @property
    def sample(self) -> tuple[LexborNode, ...]:
        """The first blocks, enough to see what they have in common."""
        return self.blocks[:_SAMPLE]


def parse_tree(markup: str) -> LexborHTMLParser:
    """Return a page as a tree without what nobody reads on it. Raises: SourceError for one too deep."""
    tree = open_document(markup)
    for node in tree.css(_NOT_CONTENT):
        node.decompose()
    return tree


def find_groups(tree: LexborHTMLParser) -> list[Group]:
    """Return the groups that may be a listing, the likeliest first, a dozen at most."""
    body = tree.body
    if body is None:
        return []
    alike = list(_alike_children(body))
    found: dict[tuple[int, ...], tuple[LexborNode, ...]] = {}
    for blocks in (*alike, *_join(alike, _class_path), *_join(alike, _tag_path), *_join_by_name(alike)):
        usable = tuple(block for block in blocks if _has_link(block)) if len(blocks) >= _FEWEST else ()
        if len(usable) >= _FEWEST:
            found.setdefault(tuple(block.mem_id for block in usable), usable)
    groups = (Group(blocks, _likelihood(blocks)) for blocks in found.values())
    return sorted((one for one in groups if one.likely > 0), key=lambda one: -one.likely)[:_MOST_GROUPS]


def text_of(node: LexborNode) -> str:
    """Return an element's text on one line."""
    return " ".join(node.text(separator=" ").split())


def find_all(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """Return what a selector finds; nothing where names of the page make one that cannot be read (`<o:p>`)."""
    try:
        return tree.css(selector)
    except SelectolaxError:
        return []


def is_same(one: LexborNode, other: LexborNode) -> bool:
    """Return whether two are one element of the page; `==` of nodes compares all that they hold, at length."""
    return one.mem_id == other.mem_id


def class_names(node: LexborNode) -> list[str]:
    """Return the class names of an element as they stand there."""
    return (node.attributes.get("class") or "").split()


def stable_names(node: LexborNode) -> frozenset[str]:
    """Return the class names of an element that a selector can lean on."""
    return frozenset(name for name in class_names(node) if is_stable(name))


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around one, the nearest first, up to the page's body, some dozens at most."""
    for _ in range(_MOST_AROUND):
        parent = node.parent
        if parent is None or parent.tag in ("body", "html", "-undef"):
            return
        yield parent
        node = parent


def _alike_children(body: LexborNode) -> Iterator[list[LexborNode]]:
    for count, parent in enumerate(body.traverse()):
        if count > _MOST_NODES:
            return
        children = [child for child in parent.iter() if child.tag not in _NEVER_BLOCKS or _is_card(child)]
        yield from _cluster(children[:_MOST_CHILDREN])


def _is_card(node: LexborNode) -> bool:
    """A link or paragraph is a block only where it holds more than words."""
    return node.tag in ("a", "p") and node.css_first("h2, h3, h4, h5, h6, time, p, div, strong, b, a[href]") is not None


def _cluster(children: Iterable[LexborNode]) -> Iterator[list[LexborNode]]:
    """Yield children with the same tag that keep a class name in common, or have similar ones that mean nothing."""
    clusters: list[tuple[str, set[str], set[str], list[LexborNode]]] = []
    for child in children:
        tag, stable, names = child.tag or "", set(stable_names(child)), set(class_names(child))
        for at, (known, common, raw, members) in enumerate(clusters):
            if known == tag and (common & stable or (not common | stable and _overlap(raw, names) >= 0.5)):
                members.append(child)
                clusters[at] = (tag, common & stable, raw & names, members)
                break
        else:
            clusters.append((tag, stable, names, [child]))
    return (members for *_, members in clusters)


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _join(
    alike: list[list[LexborNode]], path: Callable[[LexborNode], tuple[object, ...]]
) -> Iterator[list[LexborNode]]:
    """Yield blocks with the same way down from the body as one group: rows of cards, lists under headings."""
    joined: dict[tuple[object, ...], list[LexborNode]] = defaultdict(list)
    parts: dict[tuple[object, ...], int] = defaultdict(int)
    for blocks in alike:
        key = path(blocks[0])
        joined[key] += blocks
        parts[key] += 1
    return (blocks for key, blocks in joined.items() if parts[key] > 1)


def _join_by_name(alike: list[list[LexborNode]]) -> Iterator[list[LexborNode]]:
    """Yield blocks of one name as one group, wherever they stand: a big story, two beside it, a list of others."""
    joined: dict[tuple[str | None, str], list[LexborNode]] = defaultdict(list)
    parents: dict[tuple[str | None, str], int] = defaultdict(int)
    for blocks in alike:
        for name in frozenset.intersection(*(stable_names(block) for block in blocks)):
            joined[blocks[0].tag, name] += blocks
            parents[blocks[0].tag, name] += 1
    return (blocks for key, blocks in joined.items() if parents[key] > 1)


def _class_path(node: LexborNode) -> tuple[object, ...]:
    return tuple((one.tag, stable_names(one)) for one in (node, *ancestors(node)))


def _tag_path(node: LexborNode) -> tuple[object, ...]:
    return (stable_names(node), *(one.tag for one in (node, *ancestors(node))))


def _has_link(block: LexborNode) -> bool:
    links = [block] if block.tag == "a" else block.css("a[href]")
    return any(text_of(link) or link.css_first("img[alt]") for link in links)


def _likelihood(blocks: tuple[LexborNode, ...]) -> float:
    sample = blocks[:_SAMPLE]
    texts = [text_of(block) for block in sample]
    size = len(sample)
    # Japanese and Chinese have no spaces: there, letters stand for words.
    words = sum(min(max(len(text.split()), len(text) / _LETTERS_OF_A_WORD), 60) for text in texts) / size
    links = {href for block in sample if (href := _main_href(block))}
    if words < 3 or len(links) < max(_FEWEST, 0.6 * size):
        return 0
    dated = sum(holds_date(block, text) for block, text in zip(sample, texts, strict=True)) / size
    headed = sum(block.css_first("h1, h2, h3, h4, h5, h6") is not None for block in sample) / size
    score = min(words, 30) / 10 + 4 * dated + 2 * headed + min(len(blocks), 20) / 5
    if size < 3:
        score *= 0.5 if dated == 1 else 0
    return score * (0.25 if is_aside(blocks[0]) else 1)


def main_link(block: LexborNode) -> LexborNode | None:
    """Return the link with the most words of a block: it may begin with one to its section, the same in many."""
    links = [block] if block.tag == "a" else block.css("a[href]")
    return max(links, key=lambda link: len(text_of(link)), default=None)


def _main_href(block: LexborNode) -> str | None:
    link = main_link(block)
    return link.attributes.get("href") if link is not None else None


def is_aside(node: LexborNode) -> bool:
    """Return whether an element stands beside the content: in navigation, a footer, a sidebar."""
    for one in (node, *ancestors(node)):
        if one.tag == "main" or one.attributes.get("role") == "main":
            return False
        names = f"{one.attributes.get('class') or ''} {one.attributes.get('id') or ''}"
        if one.tag in _ASIDE_TAGS or one.attributes.get("role") in _ASIDE_ROLES or _ASIDE_NAMES.search(names):
            return True
        if one.tag == "header" and not any(up.tag in ("article", "li", "section", "main") for up in ancestors(one)):
            return True
    return False
