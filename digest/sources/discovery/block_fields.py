"""Which column of a group is its title, link, summary, date, kind, author and picture.

Each choice is a score over all blocks: what the values look like first, what the page's makers call them second.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from selectolax.lexbor import LexborNode

from digest.sources.discovery.block_columns import Column
from digest.sources.discovery.block_groups import ancestors, is_same, main_link
from digest.sources.discovery.datelike import begins_or_ends_with_date, date_attribute, looks_like_date
from digest.sources.kinds import build_vocabulary, match_kind

_TITLE_WORDS = re.compile(r"title|headline|heading|titre|titulo|titel|p-name")
_SUMMARY_WORDS = re.compile(
    r"summar|excerpt|teaser|descr|lead\b|intro|dek\b|standfirst|abstract|blurb|body|text|snippet"
)
_DATE_WORDS = re.compile(r"date|time|publi|posted|fecha|datum")
_KIND_WORDS = re.compile(r"kind|type|format|label|eyebrow|kicker|categor|badge|\btag\b|section|rubri")
_AUTHOR_WORDS = re.compile(r"author|byline|writer|auteur|autor")
_BYLINE = re.compile(r"(?:by|par|por|von|di|door)\s+\w", re.I)
_CONTAINER_PARTS = "p, div, ul, time, h1, h2, h3, h4, h5, h6, img, table"
_PICTURE_ATTRIBUTES = ("src", "data-src", "data-lazy-src", "data-original", "data-srcset", "srcset")
_Value = TypeVar("_Value")
_LONGEST_LINE = 190
"""Letters of a line that is read for its date at most; a little less than `dates` reads."""

_LEAST = 0.5
"""Share of blocks that must have a date for the column to count as one."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The selectors of a group's fields, and the columns of title and date that they were found in."""

    selectors: Mapping[str, str]
    title: Column
    dates: tuple[str, ...] = ()


def choose_fields(blocks: Sequence[LexborNode], columns: Sequence[Column]) -> Fields | None:
    """Return the fields of a group, or None where nothing in it can be a title."""
    dates = [column for column in columns if _date_score(column) > 0]
    title = _best(columns, _title_score)
    if title is None:
        return None
    links = _main_links(blocks, title)
    date = _best(dates, _date_score) or _whole_block(columns, title)
    taken = [column for column in (title, date) if column is not None]
    summary = _best(columns, lambda column: _summary_score(column, taken))
    taken += [summary] if summary else []
    kind = _best(columns, lambda column: _kind_score(column, taken))
    taken += [kind] if kind else []
    # The author often stands in one line with the date.
    author = _best(columns, lambda column: _author_score(column, [one for one in taken if one is not date]))
    picture = _best(columns, _picture_score)
    chosen = {
        "title": title.selector,
        "link": _link_selector(columns, links, title.selector),
        "date": date and _date_selector(date),
        "kind": kind and kind.selector,
        "summary": summary and summary.selector,
        "author": author and author.selector,
        "picture": picture and f"{picture.selector}@{_picture_attribute(picture)}",
    }
    return Fields({name: text for name, text in chosen.items() if text}, title, _date_texts(date))


def _best(columns: Sequence[Column], score: Callable[[Column], float]) -> Column | None:
    """Return the column with the highest score; of equals the one whose selector may hold longest."""
    rated = [(round(score(column), 3), -column.rank, -place) for place, column in enumerate(columns)]
    best = max(rated, default=(0.0, 0, 0))
    return columns[-best[2]] if best[0] > 0 else None


def _title_score(column: Column) -> float:
    if column.coverage < 0.8 or column.variety < 0.6 or not 6 <= column.length <= 260:
        return 0
    if share(column.filled, looks_like_date) > 0.4 or column.length > 3 * _heading_length(column):
        return 0
    tags = [node.tag or "" for node in column.found]
    score = 2 * column.coverage + column.variety + (1 if 14 <= column.length <= 180 else 0)
    score += 1.5 * (tags[0] in ("h1", "h2", "h3", "h4", "h5", "h6"))
    score += 1.2 * bool(_TITLE_WORDS.search(column.hints()))
    score += 1.2 * share(column.found, _is_linked)
    score -= 2.5 * share(column.found, lambda node: _holds(node, _CONTAINER_PARTS))
    return score - 1.5 * bool(_SUMMARY_WORDS.search(column.hints()) and not _TITLE_WORDS.search(column.hints()))


def _heading_length(column: Column) -> float:
    """Letters of the headings inside: an element much longer than its own heading holds more than a title."""
    inside = [node.css_first("h1, h2, h3, h4, h5, h6") for node in column.found]
    lengths = [len(" ".join(node.text(separator=" ").split())) for node in inside if node is not None]
    return sum(lengths) / len(lengths) if lengths else column.length


def _holds(node: LexborNode, selector: str) -> bool:
    """Return whether something stands inside an element; selectors find the element itself as well."""
    return any(not is_same(found, node) for found in node.css(selector))


def _is_link(node: LexborNode) -> bool:
    return "a" in (node.tag, node.parent.tag if node.parent is not None else None)


def _is_linked(node: LexborNode) -> bool:
    return link_of(node) is not None


def link_of(node: LexborNode) -> LexborNode | None:
    """Return the link that an element is, holds, or stands in."""
    inside = node.css_first("a[href]")
    if inside is not None:
        return inside
    for around in ancestors(node):
        if around.tag == "a" and around.attributes.get("href"):
            return around
    return None


def _main_links(blocks: Sequence[LexborNode], title: Column) -> tuple[str | None, ...]:
    """Return where every block leads: its title's link, else that with the most words."""
    found = []
    for block, node in zip(blocks, title.nodes, strict=True):
        link = (link_of(node) if node is not None else None) or main_link(block)
        found.append(link.attributes.get("href") if link is not None else None)
    return tuple(found)


def _link_selector(columns: Sequence[Column], links: tuple[str | None, ...], title: str) -> str | None:
    """Return the best selector that finds every block's link, in the title if it can; None where there are none.

    Tomorrow's block may begin with a link to something else: the one in the title is the one that is meant.
    """
    wanted = sum(1 for link in links if link)
    rated = []
    for place, column in enumerate(columns):
        hits = sum(bool(link) and href == link for link, href in zip(links, column.attributes("href"), strict=True))
        rated.append((hits, column.selector in (title, f"{title} a"), -column.rank, -place))
    best = max(rated, default=(0, False, 0, 0))
    return f"{columns[-best[3]].selector}@href" if wanted and best[0] >= 0.8 * wanted else None


def _date_score(column: Column) -> float:
    written = share(column.texts, looks_like_date)
    marked = share(column.found, lambda node: date_attribute(node) is not None) * len(column.found) / len(column.nodes)
    if max(written, marked) < _LEAST:
        return 0
    score = 3 * max(written, marked) + (0.6 if marked >= written else 0)
    score += 0.5 * (column.found[0].tag == "time") + 0.5 * bool(_DATE_WORDS.search(column.hints()))
    return score - min(column.length, 80) / 60


def _whole_block(columns: Sequence[Column], title: Column) -> Column | None:
    """Return the column of the blocks themselves where each is one line that begins or ends with its date."""
    for column in columns:
        whole = all(len(text) <= _LONGEST_LINE and begins_or_ends_with_date(text) for text in column.texts)
        if whole and all(
            one and other and _contains(one, other) for one, other in zip(column.nodes, title.nodes, strict=True)
        ):
            return column
    return None


def _date_selector(column: Column) -> str:
    attributes = [date_attribute(node) for node in column.found]
    first = attributes[0]
    return f"{column.selector}@{first}" if first and attributes.count(first) == len(attributes) else column.selector


def _date_texts(column: Column | None) -> tuple[str, ...]:
    if column is None:
        return ()
    _, _, attribute = _date_selector(column).rpartition("@")
    return column.attributes(attribute) if "@" in _date_selector(column) else column.texts


def _summary_score(column: Column, taken: Sequence[Column]) -> float:
    if column.coverage < 0.3 or column.variety < 0.6 or column.length < 35 or _overlaps(column, taken):
        return 0
    score = 1.5 * column.coverage + min(column.length, 200) / 200 + 0.5 * (column.found[0].tag == "p")
    score += 1.2 * bool(_SUMMARY_WORDS.search(column.hints()))
    score -= 0.8 * share(column.found, _is_link)
    return score - 0.3 * share(column.found, lambda node: _holds(node, "div, ul"))


def _kind_score(column: Column, taken: Sequence[Column]) -> float:
    if column.coverage < 0.4 or column.length > 40 or len(column.filled) < 2 or _overlaps(column, taken):
        return 0
    vocabulary = build_vocabulary()
    known = share(column.filled, lambda text: match_kind(text, vocabulary) is not None)
    called = bool(_KIND_WORDS.search(column.hints())) and column.variety < 0.8
    score = 3 * known + (1 if called else 0)
    return score + 0.5 * column.coverage - column.variety / 2 if known >= 0.5 or (called and known > 0) else 0


def _author_score(column: Column, taken: Sequence[Column]) -> float:
    if column.coverage < 0.3 or column.length > 60 or _overlaps(column, taken):
        return 0
    called = bool(_AUTHOR_WORDS.search(column.hints()))
    signed = share(column.filled, lambda text: _BYLINE.match(text) is not None) > 0.6
    return (1.5 * called + signed + column.coverage / 2) if called or signed else 0


def _picture_score(column: Column) -> float:
    if column.found[0].tag != "img" or _picture_attribute(column) is None:
        return 0
    sources = [text for text in column.attributes(_picture_attribute(column) or "") if text]
    variety = len(set(sources)) / len(sources)
    return len(sources) / len(column.nodes) if variety > 0.5 and len(sources) >= 0.3 * len(column.nodes) else 0


def _picture_attribute(column: Column) -> str | None:
    """Return the attribute with the picture's address: `src`, unless a page fills that in while it is looked at."""
    for name in _PICTURE_ATTRIBUTES:
        values = [value for value in column.attributes(name) if value]
        if values and not share(values, lambda value: value.startswith("data:")) > 0.5:
            late = any(any(column.attributes(other)) for other in _PICTURE_ATTRIBUTES[1:4])
            if name != "src" or not late or len(set(values)) > len(values) / 2:
                return name
    return None


def _overlaps(column: Column, taken: Sequence[Column]) -> bool:
    """Return whether a column's elements are, hold or stand in those of a field that is already taken."""
    pairs = ((one, two) for other in taken for one, two in zip(column.nodes, other.nodes, strict=True))
    return any(one and two and (_contains(one, two) or _contains(two, one)) for one, two in pairs)


def _contains(outer: LexborNode, inner: LexborNode) -> bool:
    return is_same(outer, inner) or any(is_same(around, outer) for around in ancestors(inner))


def share(values: Sequence[_Value], holds: Callable[[_Value], object]) -> float:
    """Return the share of values for which something holds; 0 of none."""
    return sum(bool(holds(value)) for value in values) / len(values) if values else 0.0
