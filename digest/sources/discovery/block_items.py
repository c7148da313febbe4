"""The selector that finds the blocks of a group on their page, those and no others."""

import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.sources.discovery.block_groups import ancestors, class_names, find_all, stable_names
from digest.sources.discovery.class_names import stem_of

_BLOCK_WORDS = re.compile(
    r"card|item|post|article|news|entry|teaser|result|listing|story|release|row|press|publication|update|h-entry", re.I
)
_PLACES = ("main", "[role=main]", "table", "tbody", "dl", "article", "section", "ul", "ol")
_INSIDES = ("time", "h2", "h3", "h4", "h2 a", "h3 a", "h4 a", "a", "p", "img", "td")


def items_selector(tree: LexborHTMLParser, blocks: Sequence[LexborNode]) -> str | None:
    """Return the selector that may hold longest of those that find the blocks and nothing else; None without one."""
    wanted = {block.mem_id for block in blocks}
    for selector in _candidates(blocks):
        found = find_all(tree, selector)
        if len(found) == len(wanted) and {node.mem_id for node in found} == wanted:
            return selector
    return None


def _candidates(blocks: Sequence[LexborNode]) -> Iterator[str]:
    simple = list(_simple(blocks))
    yield from simple[:-1]
    around = list(_around(blocks))
    tag = simple[-1]
    yield from (f"{tag}:has({inside})" for inside in _common_insides(blocks) if tag != "div")
    if tag not in ("div", "a", "li"):
        yield tag
    for place in around:
        yield from (f"{place} > {one}" for one in simple)
        yield from (f"{place} {one}" for one in simple)
    yield tag
    insides = list(_common_insides(blocks))
    yield from (f"{tag}:has(> {inside})" for inside in insides if " " not in inside)
    for place in around:
        yield from (f"{place} > {tag}:has({inside})" for inside in insides)
        yield from (f"{place} {tag}:has({inside})" for inside in insides)
        yield from (f"{place} {tag}:has(> {inside})" for inside in insides if " " not in inside)
    yield from _chains(blocks, insides)


def _simple(blocks: Sequence[LexborNode]) -> Iterator[str]:
    """Yield the selectors that one block suggests by itself; the last one is its tag."""
    tag = blocks[0].tag or "div"
    common = frozenset.intersection(*(stable_names(block) for block in blocks))
    names = sorted(common, key=lambda name: (not _BLOCK_WORDS.search(name), len(name), name))
    yield from (f"{tag}.{name}" for name in names)
    yield from (f"{tag}.{one}.{other}" for one in names for other in names if one < other)
    for key in ("itemtype", "data-testid", "data-component", "role"):
        values = {block.attributes.get(key) for block in blocks}
        if len(values) == 1 and (value := values.pop()) and value.isprintable() and not set(value) & set('"\\'):
            yield f'{tag}[{key}="{value}"]'
    stems = [{stem for name in class_names(block) if (stem := stem_of(name))} for block in blocks]
    yield from (f'{tag}[class*="{stem}"]' for stem in sorted(set.intersection(*stems)))
    yield tag


def _around(blocks: Sequence[LexborNode]) -> Iterator[str]:
    """Yield selectors of elements that hold all blocks, the nearest first, by meaning before looks."""
    chains = [list(ancestors(block)) for block in blocks]
    common = set.intersection(*({one.mem_id for one in chain} for chain in chains))
    shared = [one for one in chains[0] if one.mem_id in common]
    for one in shared:
        identity = one.attributes.get("id")
        if identity and re.fullmatch(r"[A-Za-z][A-Za-z_-]{2,}", identity):
            yield f"#{identity}"
        yield from (f".{name}" for name in sorted(stable_names(one), key=len))
        if one.attributes.get("role") == "main":
            yield "[role=main]"
        if one.tag in _PLACES:
            yield one.tag
    parents = {chain[0].tag for chain in chains if chain}
    names = frozenset.intersection(*(stable_names(chain[0]) if chain else frozenset() for chain in chains))
    yield from (f".{name}" for name in sorted(names, key=len))
    for parent in parents & set(_PLACES) if len(parents) == 1 else ():
        yield from (f"{place} {parent}" for place in ("main", "[role=main]", "article"))
        yield str(parent)


def _common_insides(blocks: Sequence[LexborNode]) -> list[str]:
    return [inside for inside in _INSIDES if all(block.css_first(inside) is not None for block in blocks)]


def _chains(blocks: Sequence[LexborNode], insides: Sequence[str]) -> Iterator[str]:
    """Yield the way down to the first block, one step longer each time, where nothing shorter tells it from others."""
    tag = blocks[0].tag or "div"
    steps = [tag]
    for one in ancestors(blocks[0]):
        names = sorted(stable_names(one), key=len)
        steps.insert(0, f"{one.tag}.{names[0]}" if names else one.tag or "div")
        way = " > ".join(steps)
        yield way
        yield from (f"{way}:has({inside})" for inside in insides)
