"""Entries → JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). Pure: the same entries give the same bytes."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from digest.feeds.entry import Entry
from digest.feeds.picture import enclosure_of, icon_url
from digest.feeds.spec import FeedSpec, full_title, json_url, page_url
from digest.model.site import Site

_VERSION = "https://jsonfeed.org/version/1.1"


def build_json_feed(spec: FeedSpec, items: Iterable[bytes], site: Site) -> bytes:
    """Return a feed of items that `build_json_item` made, one a line, in their order."""
    icon = icon_url(site)
    head = _without_gaps(
        {
            "version": _VERSION,
            "title": full_title(spec, site),
            "home_page_url": page_url(spec.name, site),
            "feed_url": json_url(spec.name, site),
            "description": spec.subtitle,
            # Both are square; the logo is twice as wide as high (RFC 4287 §4.2.8).
            "icon": icon,
            "favicon": icon,
            "authors": [{"name": site.author, "url": site.url}],
            "language": site.language,
            "hubs": [{"type": "WebSub", "url": spec.hub}] if spec.hub else None,
        }
    )
    lines = b",\n".join(items)
    return b"".join([_dumped(head).removesuffix(b"}"), b',"items":[\n', lines, b"\n]}\n" if lines else b"]}\n"])


def build_json_item(entry: Entry) -> bytes:
    """Return an entry as an item of a JSON Feed; absent is what it does not have."""
    enclosure = enclosure_of(entry.picture)
    attachment = enclosure and {
        "url": enclosure.url,
        "mime_type": enclosure.media_type,
        "size_in_bytes": enclosure.length,
    }
    return _dumped(
        _without_gaps(
            {
                "id": entry.id,
                "url": entry.link,
                "title": entry.title,
                "summary": entry.summary,
                "content_html": entry.html,
                "image": entry.picture.url if entry.picture else None,
                "date_published": entry.published.isoformat(),
                "date_modified": entry.updated.isoformat(),
                "authors": [{"name": entry.author}],
                "tags": list(dict.fromkeys(category.label for category in entry.categories)),
                "language": entry.language,
                "attachments": [attachment] if attachment else None,
            }
        )
    )


def _without_gaps(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _dumped(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
