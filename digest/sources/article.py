"""An item's own page → what it adds to the listing.

bytes | decode | tree | selectors of the settings, then JSON-LD, then the head | full text where it is wanted | Detail
"""

from dataclasses import fields, replace
from datetime import date, datetime
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.config.settings import DetailSettings
from digest.errors import SourceError
from digest.model.item import Detail, Image
from digest.sources.dates import read_when
from digest.sources.markup.decode import decode_html
from digest.sources.markup.jsonld import find_article, is_free, read_article
from digest.sources.markup.metadata import read_metadata
from digest.sources.markup.select import open_document, parse_selector, read_value, select_first
from digest.sources.page import Page

_SCRIPTS = 'script[type="application/ld+json"]'
_MOST_SCRIPTS = 50
_LINKS = (("a[href]", "href"), ("img[src]", "src"))
_BODIES = ("main article", "article", "main", "body")
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError)
_NO_TRAFILATURA = "full text needs: pip install 'digest[fulltext]'"


def parse_article(page: Page) -> Detail:
    """Return what a page says of its item: first by the settings' selectors, then in JSON-LD, then in its head.

    The full text is read where a selector names it, or where the settings want `text` and the page is free to read.
    Raises: SourceError for a page without content, or where full text is wanted and its library is not installed.
    """
    tree, base = _open(page)
    scripts = [node.text() for node in tree.css(_SCRIPTS)[:_MOST_SCRIPTS]]
    article = find_article(scripts, page.url)
    told = [read_article(article, page)] if article else []
    selectors = page.source.html.detail if page.source.html else None
    chosen = [_read_selected(tree.root, selectors, page, base)] if selectors and tree.root else []
    detail = _merge([*chosen, *told, read_metadata(tree, page, base)], base)
    if detail.content_html is None and "text" in page.source.enrich and is_free(article):
        return replace(detail, content_html=_extract_text(tree, base))
    return detail


def read_body(page: Page) -> str | None:
    """Return the body of a page as HTML with absolute links, without its title."""
    tree, base = _open(page)
    body = next((node for name in _BODIES if (node := tree.css_first(name)) is not None), None)
    _drop_heading(body)
    return _inner_html(body, base)


def _drop_heading(body: LexborNode | None) -> None:
    """Take away the first heading of the first rank: it is the title, which stands above the text anyway."""
    heading = body.css_first("h1") if body is not None else None
    if heading is not None:
        heading.decompose()


def _open(page: Page) -> tuple[LexborHTMLParser, str]:
    """Return the page as a tree, and the URL that its links count from (HTML §2.4.3)."""
    text = decode_html(page.data, page.content_type)
    if not text.strip():
        raise SourceError("an empty page")
    tree = open_document(text)
    node = tree.css_first("base[href]")
    return tree, _join(page.url or "", (node.attributes.get("href") if node else None) or "") or ""


def _join(base: str, link: str) -> str | None:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return None


def _read_selected(root: LexborNode, selectors: DetailSettings, page: Page, base: str) -> Detail:
    def read(selector: str | None) -> str | None:
        return read_value(root, selector) if selector else None

    address = selectors.picture
    if address and parse_selector(address).attribute is None:
        address = f"{address}@src"
    parts = Image(read(address), None, read(selectors.caption), read(selectors.credit))
    return Detail(
        summary=read(selectors.summary),
        kind=read(selectors.kind),
        published=_read_date(read(selectors.date), page),
        image=None if parts == Image() else parts,
        content_html=_inner_html(select_first(root, selectors.content), base) if selectors.content else None,
        author=read(selectors.author),
    )


def _read_date(text: str | None, page: Page) -> date | datetime | None:
    try:
        return read_when(text, page.source) if text else None
    except ValueError as error:
        raise SourceError(f"its date cannot be read: {error}") from error


def _merge(details: list[Detail], base: str) -> Detail:
    """Return for each field the first that is there; pictures are one thing with their words."""
    names = [one.name for one in fields(Detail) if one.name != "image"]
    first = {name: next((value for one in details if (value := getattr(one, name))), None) for name in names}
    return Detail(**first, image=_merge_images([one.image for one in details if one.image], base))


def _merge_images(images: list[Image], base: str) -> Image | None:
    """Return the first picture, with the words that others give for the same one."""
    found = Image()
    for image in images:
        url = _join(base, image.url) if image.url else None
        if found.url is None or url in (None, found.url):
            found = Image(
                found.url or url, found.alt or image.alt, found.caption or image.caption, found.credit or image.credit
            )
    return None if found == Image() else found


def _inner_html(node: LexborNode | None, base: str) -> str | None:
    """Return what an element holds, links and pictures by absolute addresses."""
    if node is None:
        return None
    _make_absolute(node, base)
    return (node.inner_html or "").strip() or None


def _make_absolute(node: LexborNode, base: str) -> None:
    for selector, name in _LINKS:
        for one in node.css(selector):
            one.attrs[name] = _join(base, one.attributes.get(name) or "") or ""


def _extract_text(tree: LexborHTMLParser, base: str) -> str | None:
    """Return the full text as HTML, found by trafilatura. It is given text alone, so that it asks no server."""
    try:
        import trafilatura
    except ImportError as error:
        raise SourceError(_NO_TRAFILATURA) from error
    if tree.body is not None:
        _make_absolute(tree.body, base)
    try:
        found = trafilatura.extract(
            tree.html or "",
            output_format="html",
            include_comments=False,
            include_formatting=True,
            include_images=True,
            include_links=True,
        )
    except _UNREADABLE:
        return None
    extracted = LexborHTMLParser(found or "")
    _drop_heading(extracted.body)
    return _inner_html(extracted.body, base)
