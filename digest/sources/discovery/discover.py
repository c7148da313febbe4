"""What an answer or a file is, where it leads, and every way to read it that stands on it.

bytes | feed, page, sitemap, text? | leads | JSON-LD and repeated blocks, each read by its own adapter | Findings
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from digest.errors import SourceError
from digest.model.item import Parsed
from digest.sources.discovery.block_dates import guess_dates
from digest.sources.discovery.blocks import Blocks, find_blocks
from digest.sources.discovery.leads import NO_LEADS, Leads, find_leads
from digest.sources.discovery.ways import Way, settings_of
from digest.sources.html import parse_html
from digest.sources.jsonld_list import parse_jsonld
from digest.sources.markup.decode import decode_html
from digest.sources.markup.html_markers import find_markers
from digest.sources.markup.select import open_document
from digest.sources.page import Page

Form = Literal["feed", "page", "sitemap", "json", "text", "other"]

_MOST_WAYS = 3
"""Groups of blocks that are read as a trial: of the likeliest ones the first is nearly always it."""

_MAGIC = {
    b"%PDF": "a PDF file", b"\x1f\x8b": "a gzip file", b"PK\x03\x04": "a zip file or an office document",
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"RIFF": "a picture or a sound",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What something is: its `form`, in words what was `seen`, where it leads, and the ways that stand on it.

    `signs` are those of a page that is none of the newsroom's own: a login, an error, a check for robots.
    """

    form: str
    seen: str
    leads: Leads = NO_LEADS
    ways: tuple[Way, ...] = ()
    signs: tuple[str, ...] = ()


def analyse_page(page: Page) -> Findings:
    """Return what an answer or a file holds; its source says nothing but where it came from and the zone of dates."""
    head = page.data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    for magic, seen in _MAGIC.items():
        if page.data.startswith(magic):
            return Findings(form="other", seen=seen)
    form = _form_of(head, page)
    if form != "page":
        return Findings(form=form, seen=_SEEN[form])
    markup = decode_html(page.data, page.content_type)
    tree = open_document(markup)
    leads = find_leads(tree, markup, page.url, page.headers)
    ways = tuple(_ways(page, markup, leads))
    # The last sign says only that a selector found nothing.
    signs = () if ways else find_markers(tree, "main", 0)[:-1]
    return Findings(form="page", seen="a web page", leads=leads, ways=ways, signs=signs)


_SEEN = {
    "feed": "a feed",
    "sitemap": "a sitemap",
    "json": "JSON, but no JSON Feed",
    "text": "plain text",
    "other": "nothing that can be read: neither a page, a feed nor text",
}


def _form_of(head: bytes, page: Page) -> Form:
    if not head or b"\x00" in head[:1000]:
        return "other"
    if any(mark in head for mark in (b"<rss", b"<rdf:rdf", b"<feed")) and b"<html" not in head:
        return "feed"
    if b"<urlset" in head or b"<sitemapindex" in head:
        return "sitemap"
    if head.startswith(b"{"):
        return "feed" if b"jsonfeed.org" in head else "json"
    if head.startswith(b"["):
        return "json"
    if b"<html" in head or b"<!doctype html" in head or b"<body" in head or b"<head" in head:
        return "page"
    marked = head.startswith(b"<") or "html" in (page.content_type or "")
    return "page" if marked else "text"


def _ways(page: Page, markup: str, leads: Leads) -> Iterator[Way]:
    where = _where(page, leads)
    source = where | {"type": "jsonld"}
    parsed = _read(parse_jsonld, page, source)
    if parsed is not None and parsed.items:
        yield Way(source=source, name="JSON-LD in the page", parsed=parsed)
    read = 0
    for blocks in find_blocks(markup):
        way = _read_blocks(page, where, blocks)
        if way is not None and way.parsed.items:
            yield way
            read += 1
        if read == _MOST_WAYS:
            return


def _where(page: Page, leads: Leads) -> dict[str, Any]:
    """Return the keys that every way of a page has: its address, else its file and the address it was saved from."""
    if page.url is not None:
        where: dict[str, Any] = {"type": "html", "url": page.url}
    else:
        where = {"type": "html", "path": page.source.path or page.name or ""}
        where |= {"url": leads.own_url} if leads.own_url else {}
    where |= {"allow_private": True} if page.source.allow_private and page.url else {}
    return where | ({"language": leads.language} if leads.language else {})


def _read_blocks(page: Page, where: Mapping[str, Any], blocks: Blocks) -> Way | None:
    guess = guess_dates(blocks.dates, str(where.get("language", page.source.language)))
    source = {**where, **blocks.selectors} | ({"date_format": guess.date_format} if guess else {})
    parsed = _read(parse_html, page, source)
    if parsed is None:
        return None
    problems = (guess.problem,) if guess and guess.problem else ()
    return Way(source=source, name="repeated blocks on the page", parsed=parsed, problems=problems, aside=blocks.aside)


def _read(adapter: Callable[[Page], Parsed], page: Page, source: Mapping[str, Any]) -> Parsed | None:
    try:
        return adapter(replace(page, source=replace(settings_of(source), timezone=page.source.timezone)))
    except SourceError:
        return None
