"""items → entries → bytes of a feed (RFC 4287, RFC 5005, RFC 6721; JSON Feed 1.1). Pure: the same items give the
same bytes, whatever the clock or the process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from digest.feeds.cache import EntryCache, Written
from digest.feeds.content import utc
from digest.feeds.entry import Category, Entry, compose_correction, compose_entry, correction_id
from digest.feeds.extension import NAMESPACES, EntryExtension, FeedExtension
from digest.feeds.json_feed import build_json_feed, build_json_item
from digest.feeds.links import control_character
from digest.feeds.picture import enclosure_of, icon_url, logo_url
from digest.feeds.spec import FeedSpec, Labels, archive_url, atom_url, feed_id, full_title, page_url
from digest.model.correction import Correction
from digest.model.item import HIDDEN, Item, Quarantined
from digest.model.site import Site

LIMIT_BYTES = 64 * 1024 * 1024
"""How much written text of entries a `Builder` keeps."""

_ENTRY_CHARACTERS = 2_000_000
"""What an entry may be long: a parser refuses a whole feed for one text of more than 10 MB (libxml2, and so our own
check), and readers for much less."""
_END = b"</feed>\n"
_ATOM_TYPE = "application/atom+xml"


@dataclass(frozen=True, slots=True)
class Composed:
    """Entries in the order of their items, and the items that no feed can hold, by title."""

    entries: tuple[Entry, ...]
    quarantined: tuple[Quarantined, ...] = ()


class Builder:
    """Composes entries, each once, and writes the feeds that hold them: `items | compose | atom, json`.

    What was composed and written is kept, up to `limit_bytes`, for as long as the builder is. Not for several threads.
    """

    def __init__(self, site: Site, labels: Labels, *, full_text: bool = False, limit_bytes: int = LIMIT_BYTES) -> None:
        self._site, self._labels, self._full_text = site, labels, full_text
        self._cache = EntryCache(limit_bytes)

    def compose(self, items: Iterable[Item]) -> Composed:
        """Return the entries of items, in their order.

        An item that cannot be written, or whose id stands there already, is left out by name; a hidden one without a
        word, for nothing may tell of it.
        """
        return self._compose(items)

    def compose_corrections(self, corrections: Iterable[Correction]) -> Composed:
        """Return the entries of corrections, in their order, as `compose` does; those of hidden items are left out."""
        return self._compose(corrections)

    def atom(self, spec: FeedSpec, entries: Sequence[Entry]) -> bytes:
        """Return an Atom feed, or one of its archive documents, of entries that come newest first and stay so.

        Raises: ValueError for an entry that `compose` did not give and that cannot be written.
        """
        head = _head(spec, entries, self._site).atom_str(pretty=True)
        return b"".join([head.removesuffix(_END), *(self._written(entry).atom for entry in entries), _END])

    def json(self, spec: FeedSpec, entries: Sequence[Entry]) -> bytes:
        """Return a JSON Feed of entries, in their order. Raises: as `atom` does."""
        return build_json_feed(spec, [self._json(entry) for entry in entries], self._site)

    def _compose(self, sources: Iterable[Item | Correction]) -> Composed:
        entries: dict[str, Entry] = {}
        quarantined: list[Quarantined] = []
        for source in sources:
            item = source if isinstance(source, Item) else source.item
            if item.status in HIDDEN:
                continue
            try:
                entry = self._entry(source)
                if entry.id in entries:
                    raise ValueError("its id is already in this feed")
                entries[entry.id] = entry
            except ValueError as error:
                quarantined.append(Quarantined(_printable(item.title.strip() or item.entry_id), str(error)))
        return Composed(tuple(entries.values()), tuple(quarantined))

    def _entry(self, source: Item | Correction) -> Entry:
        known = self._cache.find_source(_id_of(source), source)
        if known is None:
            entry = self._composed(source)
            known = self._cache.keep(Written(source, entry, _entry_bytes(entry, self._site)))
        return known.entry

    def _composed(self, source: Item | Correction) -> Entry:
        if isinstance(source, Item):
            return compose_entry(source, self._site, self._labels, full_text=self._full_text)
        return compose_correction(source, self._site, self._labels)

    def _written(self, entry: Entry) -> Written:
        known = self._cache.find(entry)
        return known or self._cache.keep(Written(None, entry, _entry_bytes(entry, self._site)))

    def _json(self, entry: Entry) -> bytes:
        written = self._written(entry)
        written.json = written.json or build_json_item(entry)
        return written.json


def _id_of(source: Item | Correction) -> str:
    return source.entry_id if isinstance(source, Item) else correction_id(source)


def _entry_bytes(entry: Entry, site: Site) -> bytes:
    # Inside a shell with the feed's namespaces, so that the bytes are those the entry has within its feed.
    shell = etree.Element("feed", nsmap=NAMESPACES)
    shell.append(_feed_entry(entry, site).atom_entry())
    text = etree.tostring(shell, pretty_print=True, encoding="unicode")
    if len(text) > _ENTRY_CHARACTERS:
        raise ValueError(f"it is longer than {_ENTRY_CHARACTERS:,} characters")
    found = control_character(text)
    if found:
        raise ValueError(f"it holds the control character {found}")
    return text.partition("\n")[2].encode().removesuffix(_END)


def _feed_entry(entry: Entry, site: Site) -> Any:
    written = FeedEntry()
    written.register_extension("digest", EntryExtension)
    written.id(entry.id)
    written.title(entry.title)
    written.updated(entry.updated)
    written.published(entry.published)
    written.author({"name": entry.author})
    written.link(_links(entry))
    written.summary(entry.summary, type="text")
    written.content(entry.html, type="html")
    written.category([_category(category, site) for category in entry.categories])
    foreign = entry.language.lower() != site.language.lower()
    written.digest.complete(entry, written.link(), entry.language if foreign else None)
    return written


def _links(entry: Entry) -> list[dict[str, str]]:
    links = [{"href": entry.link, "rel": "alternate", "type": "text/html"}]
    if entry.related:
        links.append({"href": entry.related, "rel": "related", "type": "text/html"})
    enclosure = enclosure_of(entry.picture)
    if enclosure:
        length = str(enclosure.length)
        links.append({"href": enclosure.url, "rel": "enclosure", "type": enclosure.media_type, "length": length})
    return links


def _category(category: Category, site: Site) -> dict[str, str]:
    # A scheme for each, so that nobody takes a topic for a region of the same name.
    scheme = f"{site.feeds_url}schemes/{category.scheme}"
    return {"term": category.term, "scheme": scheme, "label": category.label}


def _head(spec: FeedSpec, entries: Sequence[Entry], site: Site) -> Any:
    feed = FeedGenerator()
    feed.register_extension("digest", FeedExtension, EntryExtension)
    feed.id(feed_id(spec.name, site))
    feed.title(full_title(spec, site))
    feed.subtitle(spec.subtitle)
    feed.updated(max((entry.updated for entry in entries), default=utc(spec.created_at)))
    feed.author({"name": site.author, "uri": site.url})
    feed.link(_head_links(spec, site))
    feed.generator("digest")
    feed.icon(icon_url(site))
    feed.logo(logo_url(site))
    feed.rights(site.rights)
    feed.language(site.language)
    feed.digest.complete([entry for entry in entries if entry.withdrawn], archive=spec.archive is not None)
    return feed


def _head_links(spec: FeedSpec, site: Site) -> list[dict[str, str]]:
    own = atom_url(spec.name, site)
    page = {"href": page_url(spec.name, site), "rel": "alternate", "type": "text/html"}
    if spec.archive is None:
        links = [{"href": own, "rel": "self", "type": _ATOM_TYPE}, page]
        # An archive does not change, so there is nothing that a hub could tell of it.
        links += [{"href": spec.hub, "rel": "hub"}] if spec.hub else []
    else:
        archive = archive_url(spec.name, spec.archive, site)
        links = [{"href": archive, "rel": "self", "type": _ATOM_TYPE}, page]
        links += [{"href": own, "rel": "current", "type": _ATOM_TYPE}]
    if spec.previous:
        previous = archive_url(spec.name, spec.previous, site)
        links.append({"href": previous, "rel": "prev-archive", "type": _ATOM_TYPE})
    if spec.following:
        following = archive_url(spec.name, spec.following, site)
        links.append({"href": following, "rel": "next-archive", "type": _ATOM_TYPE})
    return links


def _printable(name: str) -> str:
    # What no feed can hold, no log should have to print.
    return name.encode("utf-8", "replace").decode("utf-8")
