"""What a page's head says of it: Open Graph, Twitter cards, Dublin Core, and the language of its root."""

from collections.abc import Mapping
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from digest.model.item import Detail, Image
from digest.sources.markup.visible import read_text
from digest.sources.page import Page
from digest.sources.values import find_label, plain, read_moment

_TITLES = ("og:title", "twitter:title", "dcterms.title", "dc.title")
_SUMMARIES = ("og:description", "twitter:description", "description", "dcterms.description")
_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_ALTS = ("og:image:alt", "twitter:image:alt")
_AUTHORS = ("author", "article:author", "parsely-author", "dcterms.creator", "dc.creator")
_SECTIONS = ("article:section", "parsely-section")
_DATES = (
    "article:published_time", "og:article:published_time", "parsely-pub-date", "dcterms.issued", "dc.date.issued",
    "citation_publication_date", "sailthru.date", "pubdate", "datepublished",
)  # fmt: skip
"""Names that mean publication and nothing else: `date` and `last-modified` are often the date of a change."""

_BETWEEN = ("|", "-", "–", "—", "·", "•", "«", "»", ":")
_MOST_METAS = 500


def read_metas(tree: LexborHTMLParser) -> dict[str, str]:
    """Return the contents of a page's meta elements by name in lower case, the first of each."""
    found: dict[str, str] = {}
    for node in tree.css("meta[content]")[:_MOST_METAS]:
        content = (node.attributes.get("content") or "").strip()
        names = (node.attributes.get(key) for key in ("property", "name", "itemprop"))
        for name in (name.strip().lower() for name in names if name):
            if content:
                found.setdefault(name, content)
    return found


def read_metadata(tree: LexborHTMLParser, page: Page, base: str) -> Detail:
    """Return what the head says; relative addresses count from `base`."""
    metas = read_metas(tree)
    root = tree.css_first("html[lang]")
    language = root.attributes.get("lang") if root else None
    return Detail(
        title=_without_site(_first(metas, _TITLES), metas.get("og:site_name")) or _read_title(tree, metas),
        summary=_first(metas, _SUMMARIES),
        kind=find_label(iter((_first(metas, _SECTIONS),)), (*page.source.kinds, *page.kinds)),
        published=read_moment(next((metas[key] for key in _DATES if key in metas), None), page.source.timezone),
        language=(language or "").strip() or metas.get("og:locale"),
        image=_read_image(metas, base),
        author=next((name for key in _AUTHORS if (name := plain(metas.get(key))) and "://" not in name), None),
    )


def _first(metas: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((text for key in names if (text := plain(metas.get(key)))), None)


def _read_image(metas: Mapping[str, str], base: str) -> Image | None:
    url = next((metas[key] for key in _PICTURES if key in metas), None)
    try:
        return Image(url=urljoin(base, url), alt=_first(metas, _ALTS)) if url else None
    except ValueError:
        return None


def _read_title(tree: LexborHTMLParser, metas: Mapping[str, str]) -> str | None:
    """Return the page's only heading of the first rank, else its title without the site's name."""
    headings = [text for node in tree.css("h1")[:2] if (text := read_text(node))]
    if len(headings) == 1:
        return headings[0]
    named = tree.css_first("head title")
    return _without_site(" ".join(named.text().split()), metas.get("og:site_name")) if named else None


def _without_site(title: str | None, site: str | None) -> str | None:
    """Return a title without the name of the site that programs put after it."""
    name = plain(site)
    if not title or not name or not title.endswith(name):
        return title or None
    before = title.removesuffix(name).rstrip()
    return before[:-1].rstrip() if before.endswith(_BETWEEN) and before[:-1].rstrip() else title
