"""A listing page nobody described → the selectors that read it.

page | groups of alike blocks | columns: what each selector reads in them | fields | the selector of the blocks
"""

from collections.abc import Mapping
from dataclasses import dataclass

from digest.sources.discovery.block_columns import read_columns
from digest.sources.discovery.block_dates import heading_dates
from digest.sources.discovery.block_fields import choose_fields
from digest.sources.discovery.block_groups import find_groups, is_aside, parse_tree
from digest.sources.discovery.block_items import items_selector
from digest.sources.discovery.block_next import next_selector

_MOST_FOUND = 6


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks found on a page: `selectors` by the keys of config.yaml (`items`, `title`, `link` …), how many there
    are, the texts of their dates in page order, and whether they stand beside the content (in a menu, a footer)."""

    selectors: Mapping[str, str]
    count: int
    dates: tuple[str, ...]
    aside: bool


def find_blocks(markup: str) -> list[Blocks]:
    """Return what may be the listing of a page, the likeliest first; empty where nothing on it repeats."""
    tree = parse_tree(markup)
    following = next_selector(tree)
    found: list[Blocks] = []
    for group in find_groups(tree):
        columns = read_columns(group.sample)
        fields = choose_fields(group.sample, columns)
        items = items_selector(tree, group.blocks) if fields else None
        if fields is None or items is None or any(one.selectors["items"] == items for one in found):
            continue
        selectors, dates = dict(fields.selectors), fields.dates
        if "date" not in selectors and (above := heading_dates(tree, group.blocks)):
            selectors["date"], dates = above
        selectors = {"items": items, **selectors} | ({"next": following} if following else {})
        found.append(Blocks(selectors, len(group.blocks), dates, is_aside(group.blocks[0])))
        if len(found) == _MOST_FOUND:
            break
    return found
