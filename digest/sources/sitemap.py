"""Sitemaps (sitemaps.org/protocol.html) and news sitemaps → items.

bytes | unpack in steps | elements as they come, no DTD, bounded | newest entries | items, or sitemaps to follow
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from urllib.parse import urljoin
from xml.parsers import expat

from digest.errors import SourceError
from digest.model.item import Image, Parsed, ParsedItem, Quarantined
from digest.sources.limits import MAX_BYTES
from digest.sources.network.origin import same_origin
from digest.sources.page import Page
from digest.sources.values import find_label, plain, read_moment

_MOST_ENTRIES = 50_000
"""URLs of one sitemap (sitemaps.org/protocol.html, "Sitemap file requirements")."""

_MOST_ITEMS = 100
"""Entries that become items: four usual listing pages."""

_MOST_PAGES = 10
"""An index and sitemaps of it that are read where the source does not say."""

_STEP_BYTES = 64 * 1024
_DEEPEST = 20
_LONGEST_TEXT = 10_000
_ROOTS = ("urlset", "sitemapindex")
_ENTRIES = ("url", "sitemap")


@dataclass(slots=True)
class _Entry:
    """A page, or a sitemap of an index: its texts by the names of the elements that hold them.

    `children` are the elements right inside it: of several pictures only the first is the entry's own.
    """

    texts: dict[str, str] = field(default_factory=dict)
    children: set[str] = field(default_factory=set)

    def get(self, *path: str) -> str | None:
        return plain(self.texts.get("/".join(path)))


@dataclass(slots=True)
class _Sitemap:
    """The elements read so far. Namespaces are left aside: their prefixes are what sites get wrong."""

    root: str | None = None
    path: list[str] = field(default_factory=list)
    entries: list[_Entry] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    letters: int = 0

    def open(self, name: str, _attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2].lower()
        if self.root is None:
            self.root = _check_root(local)
        elif len(self.path) == 1 and local in _ENTRIES:
            if len(self.entries) == _MOST_ENTRIES:
                raise SourceError(f"a sitemap with more than {_MOST_ENTRIES:,} entries")
            self.entries.append(_Entry())
        self.path.append(self._name(local))
        if len(self.path) > _DEEPEST:
            raise SourceError(f"an XML document more than {_DEEPEST} elements deep")
        self.text, self.letters = [], 0

    def _name(self, local: str) -> str:
        if len(self.path) != 2 or not self.entries:
            return local
        again = local in self.entries[-1].children
        self.entries[-1].children.add(local)
        return "" if again else local

    def read(self, text: str) -> None:
        if self.letters < _LONGEST_TEXT:
            self.text.append(text)
            self.letters += len(text)

    def close(self, _name: str) -> None:
        words = "".join(self.text).strip()
        if words and self.entries and len(self.path) > 2:
            self.entries[-1].texts.setdefault("/".join(self.path[2:]), words[:_LONGEST_TEXT])
        self.path.pop()
        self.text, self.letters = [], 0


def parse_sitemap(page: Page) -> Parsed:
    """Return the newest entries of a sitemap, newest first, or of an index the sitemaps to follow.

    `lastmod` only tells which are newer: it is when a program wrote the page anew, never a date of publication. An
    entry of a plain sitemap has nothing but its link; its title, here "", and its date are on its page.
    Raises: SourceError for what is no sitemap, or not all of one.
    """
    sitemap = _load(page.data)
    if sitemap.root == "sitemapindex":
        return _parse_index(page, sitemap.entries)
    newest = sorted(sitemap.entries, key=lambda entry: _stamp(entry, page.source.timezone), reverse=True)
    made = [_make_item(entry, page, place) for place, entry in enumerate(newest[:_MOST_ITEMS], 1)]
    return Parsed(
        tuple(one for one in made if isinstance(one, ParsedItem)),
        tuple(one for one in made if isinstance(one, Quarantined)),
        complete=len(newest) <= _MOST_ITEMS,
    )


def _load(data: bytes) -> _Sitemap:
    unpacked = _unpack(data) if data.startswith(b"\x1f\x8b") else data
    if len(unpacked) > MAX_BYTES:
        raise _too_large()
    head = unpacked[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise SourceError("an HTML page, not a sitemap")
    found = _Sitemap()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = found.open
    parser.EndElementHandler = found.close
    parser.CharacterDataHandler = found.read
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(unpacked, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise SourceError(f"a sitemap that is broken or ends in the middle ({error})") from error
    return found


def _unpack(data: bytes) -> bytes:
    """Return what a gzip file (RFC 1952) holds; never more than a step above the limit is unpacked."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    out = bytearray()
    try:
        while data and not unpacker.eof:
            out += unpacker.decompress(data, _STEP_BYTES)
            if len(out) > MAX_BYTES:
                raise _too_large()
            data = unpacker.unconsumed_tail
    except zlib.error as error:
        raise SourceError("a sitemap whose gzip is broken") from error
    if not unpacker.eof:
        raise SourceError("a sitemap whose gzip breaks off")
    return bytes(out)


def _too_large() -> SourceError:
    return SourceError(f"a sitemap of more than {MAX_BYTES // 1024 // 1024} MB")


def _refuse_doctype(*_: object) -> None:
    raise SourceError("an XML document with a DOCTYPE, which sitemaps have not")


def _check_root(name: str) -> str:
    if name in ("rss", "feed", "rdf"):
        raise SourceError("a feed, not a sitemap: use type: feed")
    if name not in _ROOTS:
        raise SourceError(f"an XML document <{name[:40]}>, not a sitemap")
    return name


def _parse_index(page: Page, entries: Sequence[_Entry]) -> Parsed:
    """Return the sitemaps of an index that lie on the same site, newest first."""
    newest = sorted(entries, key=lambda entry: _stamp(entry, page.source.timezone), reverse=True)
    base = page.url or page.source.url or ""
    urls = dict.fromkeys(url for entry in newest if (url := _join(base, entry.get("loc"))) and same_origin(url, base))
    most = (page.source.pages or _MOST_PAGES) - 1
    return Parsed((), follow=tuple(urls)[:most], complete=len(urls) <= most)


def _join(base: str, link: str | None) -> str | None:
    try:
        return urljoin(base, link) if link else None
    except ValueError:
        return None


def _stamp(entry: _Entry, timezone: str) -> datetime:
    """Return when an entry was written, for comparing only; what has no date is older than all others."""
    for text in (entry.get("news", "publication_date"), entry.get("lastmod")):
        when = read_moment(text, timezone)
        if isinstance(when, datetime) and 1900 < when.year < 9000:
            return when.astimezone(UTC)
        if isinstance(when, date) and not isinstance(when, datetime):
            return datetime.combine(when, time(), UTC)
    return datetime.min.replace(tzinfo=UTC)


def _make_item(entry: _Entry, page: Page, place: int) -> ParsedItem | Quarantined:
    link = _join(page.url or page.source.url or "", entry.get("loc"))
    if link is None:
        return Quarantined(f"entry {place} of the sitemap", "it has no address")
    labels = (*page.source.kinds, *page.kinds)
    return ParsedItem(
        title=entry.get("news", "title") or "",
        kind=find_label(_keywords(entry), labels),
        published=read_moment(entry.get("news", "publication_date"), page.source.timezone),
        link=link,
        language=entry.get("news", "publication", "language"),
        image=_read_image(entry, link),
    )


def _keywords(entry: _Entry) -> Iterator[str | None]:
    for name in ("genres", "keywords"):
        yield from (word.strip() for word in (entry.get("news", name) or "").split(","))


def _read_image(entry: _Entry, base: str) -> Image | None:
    url = _join(base, entry.get("image", "loc"))
    return Image(url=url, alt=entry.get("image", "title"), caption=entry.get("image", "caption")) if url else None
