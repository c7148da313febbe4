"""JSON-LD in a page (schema.org): the one article that the page is about, and what it says of itself.

scripts | JSON | nodes without depth or end | the page's own article | Detail
"""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from digest.model.item import Detail, Image
from digest.sources.page import Page
from digest.sources.values import find_label, list_of, plain, plain_of, read_moment, text_of, value_of

_MOST_NODES = 2_000
"""Nodes of a page that are looked at: real pages have some twenty."""

_MOST_NAMES = 20
_MOST_VALUES = 20_000
_ARTICLES = ("article", "blogposting", "report", "pressrelease")
_PAGES = ("webpage", "itempage")
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage")
"""Where the page's own article may stand; lists of links to other articles hold `itemListElement`."""


def find_article(scripts: Sequence[str], url: str | None) -> dict[str, Any] | None:
    """Return the article that a page's scripts describe, its references to other nodes resolved.

    Of several it is the one that names the page's URL, else the first; a node about the page itself counts where no
    article stands.
    """
    nodes = [node for script in scripts for node in _load_nodes(script)][:_MOST_NODES]
    for types in (_ARTICLES, _PAGES):
        found = [node for node in nodes if _is_a(node, types)]
        own = [node for node in found if url and _same_page(url, node)]
        if found:
            return _resolve((own or found)[0], nodes)
    return None


def read_article(node: dict[str, Any], page: Page) -> Detail:
    """Return what an article says of itself. A date of change is never taken for one of publication."""
    labels = (*page.source.kinds, *page.kinds)
    sections = (plain(name) for name in list_of(node.get("articleSection")) if isinstance(name, str))
    published = read_moment(text_of(node, "datePublished"), page.source.timezone)
    language = text_of(node, "inLanguage") or text_of(node, "inLanguage", "alternateName")
    return Detail(
        title=plain_of(node, "headline") or plain_of(node, "name"),
        summary=plain_of(node, "description"),
        kind=find_label(sections, labels),
        published=published,
        language=language,
        image=_read_image(node),
        author=_read_names(node.get("author")),
    )


def is_free(node: dict[str, Any] | None) -> bool:
    """Tell whether the page holds the whole text for everybody; so it does where it says nothing."""
    said = value_of(node, "isAccessibleForFree")
    return said is not False and not (isinstance(said, str) and said.strip().lower().endswith("false"))


def _load_nodes(script: str) -> list[dict[str, Any]]:
    """Return the nodes of a script in its order, those inside others after them; broken scripts have none."""
    try:
        waiting = deque([json.loads(script.strip().removesuffix(";"))])
    except (ValueError, RecursionError):
        return []
    nodes: list[dict[str, Any]] = []
    for _ in range(_MOST_VALUES):
        if not waiting or len(nodes) == _MOST_NODES:
            break
        value = waiting.popleft()
        if isinstance(value, list):
            waiting.extendleft(reversed(value[:_MOST_NODES]))
        elif isinstance(value, dict):
            nodes.append(value)
            waiting.extend(value[key] for key in _INSIDE if isinstance(value.get(key), dict | list))
    return nodes


def _is_a(node: dict[str, Any], types: tuple[str, ...]) -> bool:
    names = (name for name in list_of(node.get("@type"))[:_MOST_NAMES] if isinstance(name, str))
    return any(name.lower().endswith(types) for name in names)


def _same_page(url: str, node: dict[str, Any]) -> bool:
    named = (text_of(node, "url"), text_of(node, "mainEntityOfPage"), text_of(node, "mainEntityOfPage", "@id"))
    return any(_bare(name) == _bare(url) for name in (*named, text_of(node, "@id")) if name)


def _bare(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].partition("://")[2].removeprefix("www.").rstrip("/")


def _resolve(node: dict[str, Any], nodes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the article with the nodes that its author and picture refer to by id in their place."""
    by_id = {name: one for one in nodes if (name := text_of(one, "@id")) and len(one) > 1}

    def follow(value: object) -> object:
        return by_id.get(text_of(value, "@id") or "", value) if isinstance(value, dict) else value

    referring = [key for key in ("author", "image") if key in node]
    return {**node, **{str(key): [follow(one) for one in list_of(node[key])[:_MOST_NAMES]] for key in referring}}


def _read_names(value: object) -> str | None:
    return ", ".join(dict.fromkeys(_names(value))) or None


def _names(value: object) -> Iterator[str]:
    for author in list_of(value)[:_MOST_NAMES]:
        name = plain(author) if isinstance(author, str) else plain_of(author, "name")
        if name and "://" not in name:
            yield name


def _read_image(node: dict[str, Any]) -> Image | None:
    for value in list_of(node.get("image")) or list_of(node.get("thumbnailUrl")):
        url = value if isinstance(value, str) else text_of(value, "url") or text_of(value, "contentUrl")
        if url and url.strip():
            credit = plain_of(value, "creditText") or _read_names(value_of(value, "creator"))
            return Image(
                url=url.strip(),
                caption=plain_of(value, "caption"),
                credit=credit or plain_of(value, "copyrightNotice"),
            )
    return None
