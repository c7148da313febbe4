"""Feeds (RSS 0.9 to 2.0, RDF, Atom, JSON Feed) → items.

bytes | text | refuse what is no whole feed | mended XML | feedparser | entry by entry | items in feed order
"""

import html
import io
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from digest.errors import SourceError
from digest.model.item import Image, Parsed, ParsedItem, Quarantined
from digest.sources.declared import Declared, declare
from digest.sources.feeds.feed_dates import read_published
from digest.sources.feeds.feed_json import parse_json_feed
from digest.sources.feeds.feed_text import decode_feed
from digest.sources.feeds.feed_xml import read_xml
from digest.sources.kinds import fold
from digest.sources.limits import MAX_BYTES
from digest.sources.page import Page

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_MARKUP = re.compile(r"</[a-z]\w*\s*>|<(?:br|p|img|hr)\b|&(?:#\d+|#x[0-9a-f]+|[a-z]\w*);", re.I)
_ROOT_END = re.compile(rb"</(?:[\w-]+:)?(?:rss|feed|rdf)\s*>", re.I)
_MEDIA_WORDS = re.compile(rb"""(</?media:)(title|description)(?![\w.-])(?:"[^"<]*"|'[^'<]*'|[^"'<>])*?(/?>)""")
_PICTURE = re.compile(r"[^?#]*\.(?:jpe?g|png|gif|webp|avif)(?:[?#].*)?", re.I | re.S)
_CUT = re.compile(r"(?:…|&hellip;|&#8230;|\[\.\.\.\])\]?(?:\s|</\w+>)*$")
_LONGEST_CUT = 200
_MOST_TITLE_WORDS = 12
_HEAD_BYTES = 1000
_UTF_8 = {"content-type": "application/xml; charset=utf-8"}


def parse_page(page: Page) -> Parsed:
    """Return the items of a feed. Raises: SourceError."""
    return parse_feed(page.data, content_type=page.content_type, base=page.url, kinds=page.kinds)


def parse_feed(
    data: bytes, *, content_type: str | None = None, base: str | None = None, kinds: Collection[str] = ()
) -> Parsed:
    """Return the items of a feed in its order; entries without a title are quarantined by name.

    `content_type` is the header as received, `base` the URL that relative links count from. An item has a kind only
    where a category is one of `kinds`. Raises: SourceError for what is no feed, or not all of one (FAULTS.md F27).
    """
    if len(data) > MAX_BYTES:
        raise SourceError(f"{len(data) / 1e6:,.0f} MB, more than the {MAX_BYTES // 1024 // 1024} MB that are read")
    text = decode_feed(data, content_type).lstrip(" \t\r\n\ufeff")
    _refuse_text(text)
    labels = {fold(kind): kind for kind in kinds}
    if text.startswith("{"):
        return parse_json_feed(text, labels)
    xml = read_xml(text)
    _refuse_text(xml[:_HEAD_BYTES].decode(errors="replace"))
    found = _read(xml)
    _refuse_partial(xml, found)
    base = base or found.feed.get("link") or ""
    made = [_make_item(entry, found.feed, base, labels, place) for place, entry in enumerate(found.entries, 1)]
    return Parsed(
        tuple(item for item in made if isinstance(item, ParsedItem)),
        tuple(item for item in made if isinstance(item, Quarantined)),
    )


def _read(data: bytes) -> Any:
    # feedparser takes media:description for the entry's own text: under another name it stays the picture's caption.
    # Of an element that it does not know it keeps attributes or text, never both: it may have no attributes.
    named = _MEDIA_WORDS.sub(rb"\1picture_\2\3", data)
    # A stream, never the bytes themselves: feedparser opens files and URLs that it is given as text. No base either:
    # it would be written into ids as well, and they would change with the address of the feed.
    try:
        return feedparser.parse(
            io.BytesIO(named), response_headers=_UTF_8, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        # feedparser means to raise nothing, but its repairs of broken markup are old.
        raise SourceError(f"a feed so broken that it cannot be read ({type(error).__name__})") from error


def _refuse_text(text: str) -> None:
    if not text.strip():
        raise SourceError("an empty body, not a feed")
    if text[:_HEAD_BYTES].lower().startswith(("<!doctype html", "<html", "<head", "<body")):
        raise SourceError("an HTML page, not a feed")


def _refuse_partial(data: bytes, found: Any) -> None:
    if not found.version and not found.entries:
        raise SourceError("neither RSS, Atom nor JSON Feed")
    if found.bozo and not _ROOT_END.search(data[-1000:]):
        raise SourceError("a feed that ends in the middle")


def _make_item(entry: Any, feed: Any, base: str, labels: dict[str, str], place: int) -> ParsedItem | Quarantined:
    title, summary, markup = _read_words(entry)
    link = _read_link(entry, base)
    identity = entry.get("id") or None
    if not _has_words(title, markup):
        words = " ".join(re.sub(r"<[^<>]*>", " ", summary).split()[:_MOST_TITLE_WORDS])
        return Quarantined(words or identity or link or f"entry {place} of the feed", "it has no title")
    return ParsedItem(
        title=title,
        summary=summary,
        truncated=bool(_CUT.search(summary[-_LONGEST_CUT:])),
        kind=next((labels[term] for term in _read_categories(entry) if term in labels), None),
        published=read_published(dict.get(entry, "published"), dict.get(entry, "updated")),
        explicit_id=identity,
        link=link,
        language=entry.get("language") or feed.get("language") or None,
        image=_read_image(entry, base),
        content_html=_read_content(entry),
        author=entry.get("author") or None,
        markup=markup,
    )


def _has_words(title: str, markup: bool) -> bool:
    """Say whether anything is left of a title without its markup."""
    return bool(html.unescape(re.sub(r"<[^<>]*>", " ", title)).strip()) if markup else bool(title)


def _read_link(entry: Any, base: str) -> str | None:
    """Return an absolute link; a guid that feedparser offers as one counts only where it is a URL itself."""
    link = entry.get("link") or ""
    return _join("" if entry.get("guidislink") and link == entry.get("id") else base, link)


def _join(base: str, link: str) -> str | None:
    try:
        # `https:evil` is not relative, as urljoin has it: with a scheme of its own it is judged as it is.
        url = link.strip() if urlsplit(link.strip()).scheme else urljoin(base, link.strip())
        return url if urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc else None
    except ValueError:
        return None


def _read_categories(entry: Any) -> Iterator[str]:
    return (fold(tag.get(key) or "") for tag in entry.get("tags", ()) for key in ("term", "label"))


def _read_words(entry: Any) -> tuple[str, str, bool]:
    """Return title and summary, and whether both are HTML; when only one is, the other is written as HTML too."""
    title, summary = (entry.get(key) or "" for key in ("title", "summary"))
    kinds = (_is_markup(entry, "title", title), _is_markup(entry, "summary", summary))
    if any(kinds):
        title, summary = (
            text if is_html else html.escape(text, quote=False)
            for text, is_html in zip((title, summary), kinds, strict=True)
        )
    return title.strip(), summary.strip(), any(kinds)


def _is_markup(entry: Any, key: str, text: str) -> bool:
    """RSS says nothing about its titles and calls every description HTML: there, what looks like HTML is HTML."""
    said = (entry.get(f"{key}_detail") or {}).get("type")
    return (said in _HTML_TYPES and "<" in text) or bool(said in (*_HTML_TYPES, "text/plain") and _MARKUP.search(text))


def _read_content(entry: Any) -> str | None:
    """Return the full text where the feed gives it as HTML; of several the longest."""
    values = [part.get("value") or "" for part in entry.get("content", ()) if part.get("type") in _HTML_TYPES]
    return max(values, key=len, default="") or None


def _read_image(entry: Any, base: str) -> Image | None:
    url = next((url for found in _image_urls(entry) if (url := _join(base, found))), None)
    credits = (credit.get("content") for credit in entry.get("media_credit", ()))
    parts = (url, _plain(entry.get("media_picture_title")), _plain(entry.get("media_picture_description")))
    return declare(Image(*parts, credit=_plain(next(credits, None))), _declared(entry, base)) if url else None


def _image_urls(entry: Any) -> Iterator[str]:
    for part in _files(entry):
        url = part.get("url") or part.get("href") or ""
        kind = f"{part.get('medium', '')} {part.get('type', '')}"
        if "image" in kind or (kind == " " and _PICTURE.fullmatch(url)):
            yield url
    yield from (part["url"] for part in entry.get("media_thumbnail", ()) if part.get("url"))
    if picture := (entry.get("image") or {}).get("href"):
        yield picture


def _declared(entry: Any, base: str) -> Iterator[Declared]:
    """Yield what Media RSS and enclosures (RSS 2.0, RFC 4287 §4.2.7.6) say of their files."""
    for part in _files(entry):
        url = _join(base, part.get("url") or part.get("href") or "")
        yield url, part.get("filesize") or part.get("length"), part.get("type")


def _files(entry: Any) -> tuple[Any, ...]:
    return (*entry.get("media_content", ()), *entry.get("enclosures", ()))


def _plain(text: object) -> str | None:
    return " ".join(re.sub(r"<[^<>]*>", " ", text).split()) or None if isinstance(text, str) else None
