"""What speaks for and against a way to read a newsroom, as a score and in words.

Scores compare the ways of one page: dates weigh most, because nothing can be told as news without them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from digest.model.item import ParsedItem
from digest.sources.discovery.leads import bare_link
from digest.sources.discovery.ways import Way, day_of

PARTS = ("title", "date", "summary", "picture", "kind", "author", "full text")
"""What an item may have, in the order in which it is told."""

_WEIGHTS = {"title": 10, "date": 40, "summary": 14, "picture": 5, "kind": 4, "author": 3, "full text": 8}
_TYPES = {"feed": 18, "wordpress": 16, "jsonld": 6, "html": 2, "sitemap": -12, "folder": 4}
"""Feeds and APIs are made for programs and outlive a new design; a sitemap lists pages, not stories."""

_COUNTED = 20
"""Items beyond these make a way no better."""

_STALE = timedelta(days=400)
_AHEAD = timedelta(days=2)
_FEWEST_LINKS = 5
_FEW_SHARED = 0.2
_LEAST_SCORE = 15.0


def judge_way(way: Way, now: datetime, links: Sequence[str] = ()) -> Way:
    """Return a way with its score and the reasons; `links` are those of the page that was asked about, bare."""
    items = way.parsed.items
    if not items:
        return replace(way, reasons=("it gives no items",))
    shares = {part: sum(_has(item, part) for item in items) / len(items) for part in PARTS}
    losses = (*_lacks(way, now), *_strangers(way, links))
    score = sum(_WEIGHTS[part] * share for part, share in shares.items()) + min(len(items), _COUNTED) / 2
    score += _TYPES.get(str(way.source["type"]), 0) - sum(loss for loss, _ in losses)
    return replace(
        way,
        score=round(max(0.0, score), 1),
        share=shares,
        reasons=(*_gains(way), *(reason for _, reason in losses)),
        problems=(*way.problems, *_left_out(way), *_undated(way), *_relative(way)),
    )


def is_usable(way: Way) -> bool:
    """Return whether a way is worth showing as one."""
    return bool(way.parsed.items) and way.score >= _LEAST_SCORE


def _has(item: ParsedItem, part: str) -> bool:
    found = {
        "title": item.title,
        "date": item.published,
        "summary": item.summary,
        "picture": item.image and item.image.url,
        "kind": item.kind,
        "author": item.author,
        "full text": item.content_html,
    }
    return bool(found[part])


def _gains(way: Way) -> Iterator[str]:
    if way.source["type"] in ("feed", "wordpress"):
        yield "made for programs: it outlives a new design of the page"


def _left_out(way: Way) -> Iterator[str]:
    left_out = way.parsed.quarantined
    if left_out:
        yield f"{len(left_out)} of {len(left_out) + len(way.parsed.items)} are left out: {left_out[0].reason}"


def _undated(way: Way) -> Iterator[str]:
    """An item's own page often has the date that the listing leaves out."""
    if way.links and way.newest is None and way.source["type"] in ("html", "jsonld", "sitemap"):
        yield "no item has a date here: `enrich: [date]` looks for it on each item's own page"


def _relative(way: Way) -> Iterator[str]:
    """A page saved without its address has links that lead nowhere by themselves."""
    saved = "path" in way.source and "url" not in way.source and way.source["type"] in ("html", "jsonld")
    if saved and any(not link.startswith(("http://", "https://")) for link in way.links):
        yield "its links lack the site: add `url:`, the address that the page was saved from"


def _lacks(way: Way, now: datetime) -> Iterator[tuple[float, str]]:
    """Yield what speaks against a way: how much, and why in words."""
    items = way.parsed.items
    count = len(items)
    if undated := sum(item.published is None for item in items):
        yield 0, "no dates" if undated == count else f"{undated} of {count} have no date"
    if way.newest and datetime.combine(way.newest, time(), UTC) < now - _STALE:
        yield 15, f"nothing new since {way.newest}"
    if ahead := sum(item.published is not None and day_of(item) > (now + _AHEAD).date() for item in items):
        yield 30 * ahead / count, f"{ahead} of {count} lie in the future"
    if (repeated := count - len({item.title for item in items})) > count / 3:
        yield 20, f"{repeated} of {count} titles occur twice"
    if way.forbidden:
        yield 30, "robots.txt asks programs not to read the page"
    if way.aside:
        yield 30, "they stand in a menu, a footer or a sidebar"
    unlinked = sum(not item.link for item in items)
    if unlinked and way.source["type"] not in ("text", "folder"):
        yield 10 * unlinked / count, f"{unlinked} of {count} have no link of their own"


def _strangers(way: Way, links: Sequence[str]) -> Iterator[tuple[float, str]]:
    """A feed of the whole site is no good way to read one section of it: compare it with what the page links to."""
    if way.source["type"] not in ("feed", "wordpress", "sitemap") or len(links) < _FEWEST_LINKS:
        return
    here = set(links)
    count = len(way.parsed.items)
    known = sum(bool(item.link) and bare_link(item.link or "") in here for item in way.parsed.items)
    if not known:
        yield 45, "none of its items stands on this page"
    elif known < _FEW_SHARED * min(count, _COUNTED):
        yield 20, f"only {known} of its {count} items stand on this page"
