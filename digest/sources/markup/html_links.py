"""The links of a listing page: where an item is, and where the listing goes on."""

from collections.abc import Iterator
from itertools import chain
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.sources.markup.select import parse_selector, read_attribute, select_first

_NO_LINK = ("#", "javascript:", "mailto:", "tel:", "data:")
_SCHEMES = ("http", "https", "")
_MOST_ABOVE = 8
"""Elements between a title and the link that it stands in."""


def base_url(tree: LexborHTMLParser, own: str | None) -> str:
    """Return what relative links count from (WHATWG HTML §4.2.3): the first `<base href>`, else the page itself."""
    node = tree.css_first("base[href]")
    written = read_attribute(node, "href") if node is not None else ""
    return _join(own or "", written) or own or ""


def read_link(block: LexborNode, *, title: str, link: str | None, base: str) -> str | None:
    """Return an item's link, absolute where `base` is: by the selector `link`, else of the title, else of the block.

    The block's is the first link in it, or the one that it is or stands in. Raises: SourceError.
    """
    if link:
        node = select_first(block, link)
        return _first(_links_of(node, link), base) if node is not None else None
    heading = select_first(block, title)
    links = _links_at(heading) if heading is not None else iter(())
    return _first(chain(links, _links_at(block)), base)


def find_next(root: LexborNode, selector: str | None, *, base: str, own: str | None) -> tuple[str, ...]:
    """Return the next page of the listing, if there is one on the page's own origin (RFC 6454). Raises: SourceError."""
    node = select_first(root, selector) if selector else None
    if node is None or selector is None or own is None:
        return ()
    for link in _links_of(node, selector):
        url = urldefrag(_join(base, link) or "").url
        if url and _origin(url) == _origin(own) and url != urldefrag(own).url:
            return (url,)
    return ()


def _links_of(node: LexborNode, selector: str) -> Iterator[str]:
    attribute = parse_selector(selector).attribute
    return iter([read_attribute(node, attribute)]) if attribute else _links_at(node)


def _links_at(node: LexborNode) -> Iterator[str]:
    """Yield the links of an element and of those inside it, then of the one that it stands in."""
    yield from (read_attribute(one, "href") for one in node.css("[href]"))
    above = node.parent
    for _ in range(_MOST_ABOVE):
        if above is None or not above.is_element_node:
            return
        if above.tag == "a":
            yield read_attribute(above, "href")
        above = above.parent


def _first(links: Iterator[str], base: str) -> str | None:
    return next(filter(None, (_join(base, link) for link in links)), None)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _join(base: str, link: str) -> str | None:
    """Return an http or https URL, still relative where no base is known; None for a link to anything else."""
    if not link or link.lower().startswith(_NO_LINK):
        return None
    try:
        url = urljoin(base, link)
        parts = urlsplit(url)
        return url if parts.scheme in _SCHEMES and parts.port != 0 else None
    except ValueError:
        return None
