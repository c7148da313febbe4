"""A listing page in HTML → items, by CSS selectors.

bytes | refuse what is no page | decode | document | blocks | title, link, date, … of each | items in page order
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.config.settings import HtmlSettings, SourceSettings
from digest.errors import SourceError
from digest.model.item import Parsed, ParsedItem, Quarantined
from digest.sources.dates import DateError
from digest.sources.markup.decode import decode_html
from digest.sources.markup.html_date import read_date
from digest.sources.markup.html_links import base_url, find_next, read_link
from digest.sources.markup.html_markers import find_markers
from digest.sources.markup.html_picture import read_picture
from digest.sources.markup.html_refuse import refuse_bytes, refuse_text
from digest.sources.markup.select import (
    open_document,
    parse_selector,
    read_attribute,
    read_value,
    select_first,
    select_nodes,
)
from digest.sources.markup.visible import read_text
from digest.sources.page import Page

_MOST_BLOCKS = 5_000
"""Blocks of one page: the longest archives that stand on one page hold about a thousand."""
_LONGEST_TITLE = 1_000
"""Letters; the longest that newsrooms were seen to print have 220."""
_MOST_NAME_WORDS = 12
_LONGEST_NAME = 100
_CUT = re.compile(r"(?:…|\.\.\.)[\])]?\Z")
_MORE = re.compile(
    r"(?<=[.!?…\])”»\"'])\s+(?:(?:read|learn|see|find out) more|continue reading(?: [^.!?]{1,200})?"
    r"|lire (?:la suite|plus)|leer más|weiterlesen|mehr lesen|leia mais|saiba mais|leggi tutto"
    r"|lees (?:verder|meer)|читать (?:далее|дальше))"
    r"[\s.…»›>→]*\Z",
    re.I,
)
"""The words of a link to the rest, behind the last sentence of a summary: they are the page's, not the item's."""
_BYLINE = re.compile(r"^(?i:by|par|por|von|di|door|автор:?)\s+(?=[^\W\d_a-zа-я])")


@dataclass(frozen=True, slots=True)
class _Listing:
    """One page while it is read: `dates` and `kinds` are headings that stand above blocks, by the block's number."""

    settings: HtmlSettings
    source: SourceSettings
    base: str
    dates: Mapping[int, LexborNode]
    kinds: Mapping[int, LexborNode]


def parse_html(page: Page) -> Parsed:
    """Return the items of one page of a listing, in its order, and where it goes on.

    Blocks without a title, or with a date that cannot be read, are quarantined by name. A page on which nothing is
    selected, or that looks like an error or a login, gives no items but markers in words (FAULTS.md F24, F25).
    Raises: SourceError for what is no HTML page, and for selectors that cannot be read.
    """
    settings = page.source.html
    if settings is None:
        raise SourceError("no selectors say where the items are on the page")
    refuse_bytes(page.data)
    text = decode_html(page.data, page.content_type)
    refuse_text(text)
    tree = open_document(text)
    blocks = _find_blocks(tree, settings)
    if markers := find_markers(tree, settings.items, len(blocks)):
        return Parsed((), markers=markers)
    listing = _survey(tree, page, settings, blocks)
    made = [_read_block(block, number, listing) for number, block in enumerate(blocks)]
    return Parsed(
        tuple(item for item in made if isinstance(item, ParsedItem)),
        tuple(item for item in made if isinstance(item, Quarantined)),
        follow=find_next(_root(tree), settings.next, base=listing.base, own=page.url),
    )


def _find_blocks(tree: LexborHTMLParser, settings: HtmlSettings) -> list[LexborNode]:
    blocks = select_nodes(_root(tree), parse_selector(settings.items).css)
    if len(blocks) > _MOST_BLOCKS:
        raise SourceError(f'the selector "{settings.items}" finds {len(blocks):,} blocks, which cannot all be items')
    return blocks


def _root(tree: LexborHTMLParser) -> LexborNode:
    if tree.root is None:
        raise SourceError("an HTML page without any element")
    return tree.root


def _survey(tree: LexborHTMLParser, page: Page, settings: HtmlSettings, blocks: list[LexborNode]) -> _Listing:
    return _Listing(
        settings,
        page.source,
        base_url(tree, page.url or page.source.url),
        _find_headings(tree, settings.date, settings.items, blocks),
        _find_headings(tree, settings.kind, settings.items, blocks),
    )


def _find_headings(
    tree: LexborHTMLParser, selector: str | None, items: str, blocks: list[LexborNode]
) -> Mapping[int, LexborNode]:
    """Return for each block the nearest element of a selector above it, where no block holds one of its own.

    So a date that heads a group counts for the group, and never one block's date for another block.
    """
    css = parse_selector(selector).css if selector else ""
    if not css or any(select_nodes(block, css) for block in blocks):
        return {}
    numbers = {block.mem_id: number for number, block in enumerate(blocks)}
    headings: dict[int, LexborNode] = {}
    above: LexborNode | None = None
    for node in select_nodes(_root(tree), f"{parse_selector(items).css}, {css}"):
        if (number := numbers.get(node.mem_id)) is None:
            above = node
        elif above is not None:
            headings[number] = above
    return headings


def _read_block(block: LexborNode, number: int, listing: _Listing) -> ParsedItem | Quarantined:
    settings = listing.settings
    title = read_value(block, settings.title)
    if title is None or len(title) > _LONGEST_TITLE:
        reason = "no title" if title is None else f"a title of {len(title):,} letters"
        return Quarantined(_name_of(block, number), f'it has {reason} ("{settings.title}")')
    try:
        published = _read_date(_find(block, settings.date, listing.dates.get(number)), listing)
    except DateError as error:
        return Quarantined(title, str(error))
    summary = _MORE.sub("", _read(block, settings.summary) or "")
    author = _read(block, settings.author)
    kind = _find(block, settings.kind, listing.kinds.get(number))
    return ParsedItem(
        title=title,
        summary=summary,
        truncated=bool(_CUT.search(summary)),
        kind=_value_of(kind, settings.kind),
        published=published,
        link=read_link(block, title=settings.title, link=settings.link, base=listing.base),
        language=_nearest_language(select_first(block, settings.title) or block),
        image=read_picture(
            block, picture=settings.picture, caption=settings.caption, credit=settings.credit, base=listing.base
        ),
        author=_BYLINE.sub("", author) if author else None,
    )


def _name_of(block: LexborNode, number: int) -> str:
    words = " ".join(read_text(block).split()[:_MOST_NAME_WORDS])[:_LONGEST_NAME]
    return words or f"block {number + 1} of the page"


def _read(block: LexborNode, selector: str | None) -> str | None:
    return read_value(block, selector) if selector else None


def _find(block: LexborNode, selector: str | None, heading: LexborNode | None) -> LexborNode | None:
    return (select_first(block, selector) or heading) if selector else None


def _value_of(node: LexborNode | None, selector: str | None) -> str | None:
    """Return attribute or text of an element that a selector has found."""
    if node is None or selector is None:
        return None
    attribute = parse_selector(selector).attribute
    return (read_attribute(node, attribute) if attribute else read_text(node)) or None


def _nearest_language(node: LexborNode) -> str | None:
    """Return the language (BCP 47) of the nearest element that has one; an empty one means that nobody knows."""
    above: LexborNode | None = node
    while above is not None and above.is_element_node:
        attributes = above.attributes
        if "lang" in attributes or "xml:lang" in attributes:
            return read_attribute(above, "lang") or read_attribute(above, "xml:lang") or None
        above = above.parent
    return None


def _read_date(node: LexborNode | None, listing: _Listing) -> date | datetime | None:
    if node is None or listing.settings.date is None:
        return None
    attribute = parse_selector(listing.settings.date).attribute
    return read_date(node, attribute, listing.source)
