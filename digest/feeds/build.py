"""items → Atom bytes (RFC 4287). Pure: the same items give the same bytes, whatever the clock or the process."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from digest.feeds.cache import EntryCache
from digest.feeds.content import entry_html, entry_picture, entry_summary, entry_title, utc
from digest.feeds.extension import MEDIA, NAMESPACES, EntryExtension, FeedExtension
from digest.feeds.links import control_character, html_faults, is_entry_id, is_web_url
from digest.model.item import HIDDEN, Item, Quarantined
from digest.model.site import Site
from digest.model.topic import ALL, Kind, Region, Topic

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # RFC 4287 appendix B: atomLanguageTag
_TAG_YEAR = 2026
_ENTRY_CHARACTERS = 2_000_000
"""What an entry may be long: a parser refuses a whole feed for one text of more than 10 MB (libxml2, and so our own
check), and readers for much less."""
_SHELL = f'<feed xmlns:media="{MEDIA}">\n'
_END = "</feed>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """Which feed to build. `name` is its file's name without `.atom`; `created_at` (aware UTC) is when it was last
    changed for as long as it is empty."""

    name: str
    title: str
    created_at: datetime
    subtitle: str | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """What people read for the id of a topic, a kind and a region; an unknown id stands for itself."""

    topics: Mapping[str, str]
    kinds: Mapping[str, str]
    regions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Built:
    """The bytes of a feed, and the items that could not be in it, by title."""

    data: bytes
    quarantined: tuple[Quarantined, ...] = ()


def labels_of(topics: Iterable[Topic], kinds: Iterable[Kind], regions: Iterable[Region]) -> Labels:
    """Return the labels that the configuration gives; a kind's is what the newsroom prints on the item."""
    return Labels(
        {topic.id: topic.title for topic in topics},
        {kind.id: kind.label for kind in kinds},
        {region.id: region.title for region in regions},
    )


def feed_name(topic: str) -> str:
    """Return the name of the feed of a topic: `region:usa` is published as `region-usa`."""
    return topic.replace(":", "-")


def feed_id(name: str, site: Site) -> str:
    """Return the tag: URI of a feed (RFC 4151), which must never change.

    It hangs on the newsroom's host and not on where feeds are served, since files move house more often than
    newsrooms change their names. RFC 4151 §2.1 asks for a date on which the host was the newsroom's; the year is a
    constant because any other would have to be remembered.
    """
    host = (urlsplit(site.id_url or site.url).hostname or "localhost").encode("idna").decode("ascii")
    return f"tag:{host.replace(':', '-')},{_TAG_YEAR}:feeds/{name}"


def build_feed(
    spec: FeedSpec,
    items: Sequence[Item],
    site: Site,
    labels: Labels,
    *,
    full_text: bool = False,
    cache: EntryCache | None = None,
) -> Built:
    """Build a feed of items that come newest first and stay in that order.

    One that cannot be written is left out by name; a hidden one without a word, for nothing may tell of it.
    """
    cache = EntryCache() if cache is None else cache
    entries: dict[str, bytes] = {}
    quarantined: list[Quarantined] = []
    updated = []
    for item in (item for item in items if item.status not in HIDDEN):
        try:
            if item.entry_id in entries:
                raise ValueError("its id is already in this feed")
            entries[item.entry_id] = _cached_entry(item, site, labels, full_text, cache)
            updated.append(_stamp(item.updated_at, item))
        except (ValueError, OverflowError) as error:
            quarantined.append(Quarantined(_printable(item.title.strip() or item.entry_id), str(error)))
    empty = _feed_generator(spec, site, max(updated, default=utc(spec.created_at))).atom_str(pretty=True)
    end = _END.encode()
    return Built(b"".join([empty.removesuffix(end), *entries.values(), end]), tuple(quarantined))


def _cached_entry(item: Item, site: Site, labels: Labels, full_text: bool, cache: EntryCache) -> bytes:
    data = cache.get(item, (site, labels, full_text))
    if data is None:
        data = _entry_bytes(item, site, labels, full_text)
        cache.put(item, data)
    return data


def _entry_bytes(item: Item, site: Site, labels: Labels, full_text: bool) -> bytes:
    # Inside a shell with the feed's namespaces, so that the bytes are those the entry has within its feed.
    shell = etree.Element("feed", nsmap=NAMESPACES)
    shell.append(_feed_entry(item, site, labels, full_text).atom_entry())
    text = etree.tostring(shell, pretty_print=True, encoding="unicode")
    if len(text) > _ENTRY_CHARACTERS:
        raise ValueError(f"it is longer than {_ENTRY_CHARACTERS:,} characters")
    found = control_character(text)
    if found:
        raise ValueError(f"it holds the control character {found}")
    return text.removeprefix(_SHELL).removesuffix(_END).encode()


def _feed_entry(item: Item, site: Site, labels: Labels, full_text: bool) -> Any:
    html = entry_html(item, site, full_text=full_text)
    _refuse_unfit(item, html if full_text and item.content_html else "")
    entry = FeedEntry()
    entry.register_extension("digest", EntryExtension)
    entry.id(item.entry_id)
    entry.title(entry_title(item))
    updated = _stamp(item.updated_at, item)
    entry.updated(updated)
    # A future date is shown as no later than what we know of it (RFC 4287 names no order; readers expect this one).
    entry.published(min(_stamp(item.published_at, item), updated))
    entry.author({"name": (item.author or "").strip() or site.author})
    entry.link({"href": item.link, "rel": "alternate", "type": "text/html"})
    summary = entry_summary(item, site)
    entry.summary(summary, type="text")
    entry.content(html, type="html")
    entry.category(_categories(item, site, labels))
    entry.digest.complete(entry.link(), _foreign_language(item, site), entry_picture(item), described=bool(summary))
    return entry


def _refuse_unfit(item: Item, foreign_html: str) -> None:
    if not item.title.strip():
        raise ValueError("it has no title")
    if not is_entry_id(item.entry_id):
        raise ValueError(f"its id {item.entry_id!r} is no absolute address (RFC 4287 §4.2.6)")
    if not is_web_url(item.link):
        raise ValueError(f"its link {item.link!r} is no web address")
    for fault in html_faults(foreign_html):
        raise ValueError(f"its text holds {fault}")


def _printable(name: str) -> str:
    # What no feed can hold, no log should have to print.
    return name.encode("utf-8", "replace").decode("utf-8")


def _stamp(instant: datetime, item: Item) -> datetime:
    # Times must differ within a feed, or readers show ties in any order, and stay the same in every feed for ever.
    # No source gives more than seconds, so the fraction tells apart the items of one second, later ones higher.
    return utc(instant).replace(microsecond=item.id % 1_000_000)


def _foreign_language(item: Item, site: Site) -> str | None:
    foreign = item.language.lower() != site.language.lower()
    return item.language if foreign and _LANGUAGE.fullmatch(item.language) else None


def _categories(item: Item, site: Site, labels: Labels) -> list[dict[str, str]]:
    kinds = (item.kind,) if item.kind else ()
    groups = (
        ("topic", item.topics, labels.topics),
        ("kind", kinds, labels.kinds),
        ("region", item.regions, labels.regions),
    )
    return [
        {"term": term, "scheme": f"{site.feeds_url}schemes/{scheme}", "label": names.get(term, term)}
        for scheme, terms, names in groups
        for term in terms
        if term != ALL
    ]


def _feed_generator(spec: FeedSpec, site: Site, updated: datetime) -> Any:
    feed = FeedGenerator()
    feed.register_extension("digest", FeedExtension, EntryExtension)
    feed.id(feed_id(spec.name, site))
    feed.title(spec.title)
    feed.subtitle(spec.subtitle)
    feed.updated(updated)
    feed.author({"name": site.author, "uri": site.url})
    feed.link({"href": f"{site.feeds_url}{spec.name}.atom", "rel": "self", "type": "application/atom+xml"})
    feed.link({"href": site.url, "rel": "alternate", "type": "text/html"})
    feed.generator("digest")
    feed.icon(site.logo)
    feed.logo(site.logo)
    feed.rights(site.rights)
    feed.language(site.language)
    return feed
