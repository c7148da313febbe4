"""A newsroom in whose store, and in whose configuration, stands what an attacker wrote: nothing cleaned it before.

Cleaning at the door is tested elsewhere; here it has failed, or an operator pasted something. Feeds are the last door.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from digest.config.settings import Settings
from digest.model.item import Image, Item
from digest.model.placement import Placement
from digest.model.topic import ALL, Kind, Region, Rule, Term, Topic
from digest.pipelines.publish import publish
from digest.store.engine import Store
from digest.store.items import insert_items
from digest.store.placements import append_placements
from tests.desks import HOME, NOON, make_settings, make_source
from tests.feed_folders import FeedFolder

EVIL = "canary"
"""Stands in each address and each piece of script that must never be one."""

_NEVER = """
script iframe frame frameset object embed applet form input button textarea select base math template portal audio video
source track foreignobject animate set use noscript
"""
NEVER = frozenset(_NEVER.split())
"""Elements that a page or the text of an entry never holds; `svg` is that of a QR code, and only on a page."""

_ADDRESSES = "href src action formaction data poster background cite longdesc srcset ping xlink:href"
ADDRESSES = frozenset(_ADDRESSES.split())
FIELDS = ("title", "summary", "author", "alt", "caption", "credit", "note", "content_html")


@dataclass(frozen=True)
class HostileRoom:
    """A store, and the folder that its feeds are published into."""

    folder: Path
    store: Store

    def settings(self, words: str = "Words") -> Settings:
        """Return settings whose titles and labels are these words."""
        plain = make_settings(self.folder, make_source())
        site = replace(plain.site, title=f"Site {words}", subtitle=words, author=f"By {words}", rights=words)
        return replace(
            plain,
            site=site,
            feeds=replace(plain.feeds, full_text=True),
            topics=(Topic("sea", f"Sea {words}", Rule(any_=(Term("ferr*"),)), words),),
            regions=(Region("coast", f"Coast {words}", Rule(any_=(Term("ferr*"),)), description=words),),
            kinds=(Kind("report", f"Reports {words}", f"Report {words}"),),
        )

    def place(self, *items: Item) -> None:
        """Put items into the store and into every topic, as they are."""
        with self.store.append() as connection:
            ids = insert_items(connection, items, [str(one.id) for one in items])
            topics = (ALL, "sea", "region:coast", "kind:report")
            rows = [Placement(0, topic, item_id) for item_id in ids for topic in topics]
            append_placements(connection, rows, NOON)

    def publish(self, words: str = "Words") -> FeedFolder:
        """Publish every feed with these words in the configuration."""
        publish(self.settings(words), self.store, NOON, every=True)
        return FeedFolder(self.folder / "feeds")


def hostile_item(number: int, **changes: Any) -> Item:
    """Return an item whose words are given; what is not given is harmless."""
    picture = {name: changes.pop(name) for name in ("alt", "caption", "credit", "picture") if name in changes}
    at = NOON + timedelta(minutes=number)
    item = Item(
        id=number,
        source="page",
        key=str(number),
        entry_id=f"tag:news.example.org,2026:page/{number}",
        title=f"Ferry number {number}",
        summary="They are back.",
        truncated=False,
        kind="report",
        published_on=at.date(),
        published_at=at,
        date_only=False,
        updated_at=at,
        first_seen_at=at,
        link=f"{HOME}stories/{number}",
        language="en",
        topics=("sea",),
        regions=("coast",),
    )
    image = Image(
        url=picture.get("picture", f"{HOME}{number}.jpg"),
        alt=picture.get("alt", "A quay"),
        caption=picture.get("caption"),
        credit=picture.get("credit"),
        length=1_000,
        media_type="image/jpeg",
    )
    if "note" in changes:
        changes |= {"corrected_at": at, "updated_at": at, "revision": 2}
    return replace(item, image=image, **changes)


def found_harm(feeds: FeedFolder) -> list[str]:
    """Return whatever in any file of a folder could run, or leads to where only an attacker's address does."""
    return [f"{name}: {harm}" for name, data in feeds.files().items() for harm in _harm(name, data)]


def _harm(name: str, data: bytes) -> Iterator[str]:
    if name.endswith(".html"):
        yield from _harm_in_page(html.document_fromstring(data), page=True)
    elif name.endswith((".atom", ".opml")):
        yield from _harm_in_xml(etree.fromstring(data))
    elif name.endswith(".json"):
        yield from _harm_in_json(json.loads(data))


def _harm_in_page(root: Any, *, page: bool = False) -> Iterator[str]:
    for element in root.iter(etree.Element):
        tag = str(element.tag).lower()
        if tag in NEVER or (tag in ("svg", "style", "link", "meta") and not page):
            yield f"<{tag}>"
        if tag == "meta" and "refresh" in (element.get("http-equiv") or "").lower():
            yield "a page that leads elsewhere by itself"
        if tag == "style" and EVIL in (element.text or ""):
            yield "a style that somebody else wrote"
        yield from _harm_in_attributes(element.attrib, page=page)


def _harm_in_attributes(attributes: Mapping[Any, Any], *, page: bool = False) -> Iterator[str]:
    for key, value in ((str(key).lower(), str(value)) for key, value in attributes.items()):
        if key.startswith("on") or key in ("srcdoc", "formaction"):
            yield f"the handler {key}={value!r}"
        if key == "style" and (not page or EVIL in value):
            yield f"the style {value!r}"
        if key in ADDRESSES:
            yield from _harm_in_address(value, relative=page)


def _harm_in_address(value: str, *, relative: bool = False) -> Iterator[str]:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        yield f"the address {value!r}, which is none"
        return
    plain = parts.scheme in ("http", "https") and host and "@" not in parts.netloc
    if not (plain or parts.scheme == "mailto" or (relative and not parts.scheme and not parts.netloc)):
        yield f"the address {value!r}"
    if EVIL in host or re.search(r"[\s\\\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", value):
        yield f"the misleading address {value!r}"


def _harm_in_xml(root: Any) -> Iterator[str]:
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        if name.localname.lower() in NEVER - {"set", "source"} or "xhtml" in (name.namespace or ""):
            yield f"<{name.localname}>"
        harmful = {key: value for key, value in element.attrib.items() if not key.startswith("{http://www.w3.org/XML")}
        yield from _harm_in_attributes(harmful)
        for key in ("xmlUrl", "htmlUrl", "url", "scheme", "uri"):
            if key in element.attrib and name.localname != "category":
                yield from _harm_in_address(element.get(key))
        if element.get("type") == "html" and element.text:
            yield from _harm_in_page(html.fragment_fromstring(element.text, create_parent="div"))


def _harm_in_json(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _harm_in_json(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _harm_in_json(inner, key)
    elif key == "content_html":
        yield from _harm_in_page(html.fragment_fromstring(value, create_parent="div"))
    elif key == "url" or key.endswith("_url") or key in ("image", "banner_image", "icon", "favicon"):
        yield from _harm_in_address(value)


def fields_with(text: str) -> Iterable[tuple[str, dict[str, Any]]]:
    """Return each field of an item with a text in it, by name."""
    return [(field, {field: f"Ferry {text}" if field == "title" else text}) for field in FIELDS]
