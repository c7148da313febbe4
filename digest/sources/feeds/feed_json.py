"""JSON Feed 1.0 and 1.1 → items (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from digest.errors import SourceError
from digest.model.item import Image, Parsed, ParsedItem, Quarantined
from digest.sources.declared import Declared, declare, read_media_type
from digest.sources.feeds.feed_dates import read_published
from digest.sources.kinds import fold


def parse_json_feed(text: str, labels: Mapping[str, str]) -> Parsed:
    """Return the items of a JSON Feed in its order; `labels` are kinds as they are printed by their folded words.

    Raises: SourceError when it is none, or ends in the middle.
    """
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError("JSON that is broken or ends in the middle, not a feed") from error
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in str(feed.get("version")):
        raise SourceError("JSON, but not a JSON Feed")
    entries = feed.get("items")
    listed = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    made = [_make_item(entry, _text(feed, "language"), labels, place) for place, entry in enumerate(listed, 1)]
    return Parsed(
        tuple(item for item in made if isinstance(item, ParsedItem)),
        tuple(item for item in made if isinstance(item, Quarantined)),
    )


def _make_item(
    entry: Mapping[str, Any], language: str | None, labels: Mapping[str, str], place: int
) -> ParsedItem | Quarantined:
    title = _text(entry, "title")
    summary = _text(entry, "summary") or _text(entry, "content_text") or ""
    identity = str(entry["id"]) if entry.get("id") not in (None, "") else None
    if title is None:
        words = " ".join(summary.split()[:12])
        return Quarantined(words or identity or f"entry {place} of the feed", "it has no title")
    return ParsedItem(
        title=title,
        summary=summary,
        kind=next((labels[tag] for tag in _read_tags(entry) if tag in labels), None),
        truncated=summary.endswith(("…", "…]", "[...]")),
        published=read_published(_text(entry, "date_published"), _text(entry, "date_modified")),
        explicit_id=identity,
        link=_text(entry, "url") or _text(entry, "external_url"),
        language=_text(entry, "language") or language,
        image=_read_image(entry),
        content_html=_text(entry, "content_html"),
        author=_read_author(entry),
    )


def _read_image(entry: Mapping[str, Any]) -> Image | None:
    """Return the picture of an entry, else the first that is attached, with what an attachment says of its file."""
    files = list(_attachments(entry))
    attached = (url for url, _, kind in files if isinstance(url, str) and read_media_type(kind))
    picture = _text(entry, "image") or _text(entry, "banner_image") or next(attached, None)
    return declare(Image(url=picture), files) if picture else None


def _attachments(entry: Mapping[str, Any]) -> Iterator[Declared]:
    attached = entry.get("attachments")
    for one in attached if isinstance(attached, list) else ():
        if isinstance(one, dict):
            yield _text(one, "url"), one.get("size_in_bytes"), one.get("mime_type")


def _read_tags(entry: Mapping[str, Any]) -> Iterator[str]:
    tags = entry.get("tags")
    return (fold(tag) for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else iter(())


def _read_author(entry: Mapping[str, Any]) -> str | None:
    authors = entry.get("authors") or [entry.get("author")]
    names = (
        (_text(author, "name") for author in authors if isinstance(author, dict)) if isinstance(authors, list) else ()
    )
    return ", ".join(name for name in names if name) or None


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value.strip() or None if isinstance(value, str) else None
