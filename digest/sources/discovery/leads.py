"""Where a page leads: the feeds that it advertises, the API behind it, its own address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

_FEED_TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml",
    "application/xml", "application/rss", "application/atom", "text/rss",
})  # fmt: skip
_COMMENTS = re.compile(r"\bcomments?\b|commentaires|comentarios|kommentare|kommentar", re.I)
_API = "https://api.w.org/"
_SAVED = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://[^\s>]+)\s*-->", re.I)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MOST_FEEDS = 20
_MOST_LINKS = 3000


@dataclass(frozen=True, slots=True)
class Advertised:
    """A feed that a page's head names: its absolute URL, its title, and whether it holds comments."""

    url: str
    title: str
    comments: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """What a page says of itself and of what stands elsewhere; URLs are absolute.

    `wordpress` is the address of the site behind its API, `own_url` what the page calls its own address, `links`
    are all its links, bare.
    """

    title: str = ""
    language: str | None = None
    own_url: str | None = None
    feeds: tuple[Advertised, ...] = ()
    wordpress: str | None = None
    links: tuple[str, ...] = ()


NO_LEADS = Leads()
"""What says nothing of itself, as files that are no page do."""


def find_leads(tree: LexborHTMLParser, markup: str, url: str | None, headers: Mapping[str, str]) -> Leads:
    """Return where a page leads; `url` is its address, `headers` those of its answer with names in lower case."""
    own = url or _own_url(tree, markup)
    base = _join(own or "", _attribute(tree.css_first("base[href]"), "href")) or own or ""
    language = (_attribute(tree.css_first("html[lang]"), "lang") or "").strip().replace("_", "-")
    return Leads(
        title=_title(tree),
        language=language if _LANGUAGE.fullmatch(language) else None,
        own_url=own,
        feeds=tuple(_feeds(tree, base)),
        wordpress=_wordpress(tree, base, headers),
        links=tuple(dict.fromkeys(_links(tree, base))),
    )


def bare_link(url: str) -> str:
    """Return a link as two are compared: without scheme, fragment and last slash."""
    return urldefrag(url).url.partition("://")[2].removeprefix("www.").rstrip("/")


def _title(tree: LexborHTMLParser) -> str:
    named = (
        _attribute(tree.css_first('meta[property="og:site_name"]'), "content"),
        (title := tree.css_first("head title")) and title.text(),
        (heading := tree.css_first("h1")) and heading.text(separator=" "),
    )
    return next((" ".join(text.split()) for text in named if text and text.strip()), "")[:200]


def _own_url(tree: LexborHTMLParser, markup: str) -> str | None:
    """Return the address of a saved page: what the browser that saved it noted, else what the page says itself."""
    saved = _SAVED.search(markup[:4096])
    said = (
        saved[1] if saved else None,
        _attribute(tree.css_first('link[rel="canonical"][href]'), "href"),
        _attribute(tree.css_first('meta[property="og:url"]'), "content"),
    )
    return next((url for url in said if url and urlsplit(url).scheme in ("http", "https")), None)


def _feeds(tree: LexborHTMLParser, base: str) -> list[Advertised]:
    found: dict[str, Advertised] = {}
    for link in tree.css("link[rel][href]"):
        attributes = link.attributes
        rel = (attributes.get("rel") or "").lower().split()
        kind = (attributes.get("type") or "").partition(";")[0].strip().lower()
        url = _join(base, attributes.get("href"))
        if url and ("feed" in rel or ("alternate" in rel and kind in _FEED_TYPES)):
            title = " ".join((attributes.get("title") or "").split())[:120]
            comments = bool(_COMMENTS.search(title) or re.search(r"/comments?/feed|comments?\.(?:xml|rss)", url))
            found.setdefault(url, Advertised(url, title, comments))
    return list(found.values())[:_MOST_FEEDS]


def _wordpress(tree: LexborHTMLParser, base: str, headers: Mapping[str, str]) -> str | None:
    """Return the site's address behind the API that it names, else its own where its generator is WordPress."""
    link = re.search(rf'<([^>]+)>\s*;[^,]*rel="?{re.escape(_API)}', headers.get("link", ""))
    named = _attribute(tree.css_first(f'link[rel="{_API}"][href]'), "href") or (link[1] if link else None)
    if named and (api := _join(base, named)):
        # ?rest_route=/ is the API of a site without permalinks: its whole address says so.
        return api if "rest_route" in api else re.sub(r"wp-json/*$", "", api)
    generator = (_attribute(tree.css_first("meta[name=generator]"), "content") or "").lower()
    return _join(base, "/") if "wordpress" in generator else None


def _links(tree: LexborHTMLParser, base: str) -> list[str]:
    found = (_join(base, _attribute(link, "href")) for link in tree.css("a[href]")[:_MOST_LINKS])
    return [bare_link(url) for url in found if url]


def _join(base: str, link: str | None) -> str | None:
    try:
        url = urljoin(base, (link or "").strip()) if link else ""
        return url if urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


def _attribute(node: LexborNode | None, name: str) -> str | None:
    return node.attributes.get(name) if node is not None else None
