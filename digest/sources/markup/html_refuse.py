"""What is no HTML page at all, told by its first bytes: an operator should read which it is."""

import re

from digest.errors import SourceError
from digest.sources.limits import MAX_BYTES

_FILES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "compressed data"),
)
_ROOT = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*>)*<([A-Za-z_][\w.:-]*)", re.S | re.I)
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]0-9])')
_HEAD_LETTERS = 4_000


def refuse_bytes(data: bytes) -> None:
    """Raise SourceError for bytes that are no text: nothing, too much, or a file of another kind."""
    if len(data) > MAX_BYTES:
        raise SourceError(f"{len(data) / 1e6:,.0f} MB, more than the {MAX_BYTES // 1024 // 1024} MB that are read")
    if not data.strip(b"\x00 \t\r\n"):
        raise SourceError("an empty page")
    for start, name in _FILES:
        if data.startswith(start):
            raise SourceError(f"{name}, not an HTML page")


def refuse_text(text: str) -> None:
    """Raise SourceError for a text that is JSON or XML of another kind, with the type that reads it where one does."""
    head = text[:_HEAD_LETTERS]
    if _JSON.match(head):
        advice = ": use type: feed" if "https://jsonfeed.org/version" in head.replace("\\/", "/") else ""
        raise SourceError(f"a JSON Feed, not a page{advice}" if advice else "JSON, not an HTML page")
    found = _ROOT.match(head)
    root = found[1].rpartition(":")[2].lower() if found else ""
    if root in ("rss", "rdf", "feed"):
        name = {"rss": "an RSS feed", "rdf": "an RSS feed", "feed": "an Atom feed"}[root]
        raise SourceError(f"{name}, not a page: use type: feed")
    if root in ("urlset", "sitemapindex"):
        raise SourceError("a sitemap, not a page: use type: sitemap")
    if head.lstrip("\ufeff \t\r\n").startswith("<?xml") and root not in ("html", ""):
        raise SourceError(f"XML (<{root}>), not an HTML page")
