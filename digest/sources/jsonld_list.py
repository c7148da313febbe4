"""JSON-LD of a listing page (schema.org) → items: what a page built by a program says of its stories.

scripts | JSON | articles and list entries, wherever they stand | one item for each link
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from digest.errors import SourceError
from digest.model.item import Parsed, ParsedItem, Quarantined
from digest.sources.markup.decode import decode_html
from digest.sources.markup.jsonld import read_article
from digest.sources.markup.select import open_document
from digest.sources.page import Page
from digest.sources.values import list_of, plain, text_of

SCRIPTS = 'script[type="application/ld+json"]'

_ARTICLES = ("article", "posting", "report", "pressrelease", "creativework", "review", "podcastepisode")
_TRAILS = ("breadcrumblist", "sitenavigationelement", "organization", "person", "imageobject", "website")
_DEEPEST = 12
_MOST_NODES = 5_000


def parse_jsonld(page: Page) -> Parsed:
    """Return the stories that a page's JSON-LD lists, in its order; those without a title are quarantined.

    A list's entries count whatever they are, other nodes only as articles. Raises: SourceError where the page has
    no JSON-LD.
    """
    scripts = [node.text() for node in open_document(decode_html(page.data, page.content_type)).css(SCRIPTS)]
    if not scripts:
        raise SourceError("a page without JSON-LD")
    found: dict[str, ParsedItem | Quarantined] = {}
    for place, node in enumerate(_stories(scripts), 1):
        made = _make_item(node, page, place)
        key = (made.link or made.title) if isinstance(made, ParsedItem) else made.name
        found.setdefault(key, made)
    return Parsed(
        tuple(one for one in found.values() if isinstance(one, ParsedItem)),
        tuple(one for one in found.values() if isinstance(one, Quarantined)),
    )


def _stories(scripts: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the nodes that are stories; when a page lists any, the article of its own head is none of them."""
    nodes = [node for script in scripts for node in _walk(_load(script), 0, listed=False)][:_MOST_NODES]
    listed = [node for node, is_listed in nodes if is_listed]
    yield from listed or [node for node, _ in nodes]


def _load(script: str) -> object:
    try:
        return json.loads(script.strip().removesuffix(";"))
    except (ValueError, RecursionError):
        return None


def _walk(value: object, depth: int, *, listed: bool) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield (node, whether a list holds it) of each article and list entry, in the order of the document."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value[:_MOST_NODES]:
            yield from _walk(one, depth + 1, listed=listed)
        return
    if not isinstance(value, dict) or _is_a(value, _TRAILS):
        return
    inner = value.get("item")
    if isinstance(inner, dict):
        yield from _walk({**value, **inner, "item": None, "@type": inner.get("@type")}, depth + 1, listed=listed)
        return
    if _is_story(value, listed):
        yield value, listed
        return
    for key, one in value.items():
        yield from _walk(one, depth + 1, listed=listed or key in ("itemListElement", "blogPost", "hasPart"))


def _is_story(node: dict[str, Any], listed: bool) -> bool:
    named = bool(_title(node))
    return _is_a(node, _ARTICLES) or (listed and named and _url(node) is not None and "itemListElement" not in node)


def _is_a(node: dict[str, Any], types: tuple[str, ...]) -> bool:
    return any(isinstance(name, str) and name.lower().endswith(types) for name in list_of(node.get("@type"))[:20])


def _make_item(node: dict[str, Any], page: Page, place: int) -> ParsedItem | Quarantined:
    title, link = _title(node), _link(node, page)
    if not title:
        return Quarantined(link or f"entry {place} of the page", "its JSON-LD gives no headline")
    detail = read_article(node, page)
    return ParsedItem(
        title=title,
        summary=detail.summary or "",
        kind=detail.kind,
        published=detail.published,
        link=link,
        language=detail.language,
        image=detail.image,
        author=detail.author,
    )


def _title(node: dict[str, Any]) -> str | None:
    return plain(text_of(node, "headline")) or plain(text_of(node, "name"))


def _link(node: dict[str, Any], page: Page) -> str | None:
    try:
        url = urljoin(page.url or page.source.url or "", _url(node) or "")
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) else None


def _url(node: dict[str, Any]) -> str | None:
    named = (text_of(node, "url"), text_of(node, "mainEntityOfPage"), text_of(node, "mainEntityOfPage", "@id"))
    identity = text_of(node, "@id") or ""
    return next((name for name in named if name), None) or (identity if "#" not in identity else None) or None
