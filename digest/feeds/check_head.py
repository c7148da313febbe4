"""What may be wrong with a feed besides its entries (RFC 4287 §4.1.1): archives and tombstones too. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from lxml import etree

from digest.feeds.check_document import ENTRY
from digest.feeds.check_entry import Noted
from digest.feeds.check_fields import (
    HISTORY,
    TOMBSTONES,
    XML,
    Fields,
    check_place,
    date_of,
    links_of,
    read_date,
    text_of,
)
from digest.feeds.check_rules import check_both, check_characters, no_web_url
from digest.feeds.links import is_entry_id

_TOMBSTONE = f"{TOMBSTONES}deleted-entry"
_AT_MOST_ONCE = ("generator", "icon", "logo", "rights", "subtitle")
_ATOM_TYPE = "application/atom+xml"
_HTML_TYPES = (None, "text/html")

ONE_SECOND = timedelta(seconds=1)
"""Below a second a time only keeps entries apart and says nothing."""


def check_head(root: etree._Element, feed: Fields) -> Iterator[str]:
    """Look at a feed; of its entries at nothing."""
    for child in (child for name, children in feed.items() if name != "entry" for child in children):
        yield from check_characters(child)
    yield from check_place(root)
    yield from check_both(feed, "the feed", _AT_MOST_ONCE)
    yield from _root_faults(root)
    yield from _generator_faults(feed)
    yield from _link_faults(feed)
    yield from _archive_faults(feed)
    yield from _tombstone_faults(feed.get(_TOMBSTONE, ()))


def _root_faults(root: etree._Element) -> Iterator[str]:
    if f"{XML}lang" not in root.attrib:
        yield "the feed does not say its language; see site.language"
    if root.prefix is not None:
        yield f"the feed writes the elements of Atom as <{root.prefix}:…>, which some readers do not understand"
    first = root.find(ENTRY)
    late = () if first is None else (one.tag for one in first.itersiblings(etree.Element) if one.tag != ENTRY)
    for tag in late:
        name = etree.QName(tag).localname
        yield f"<{name}> stands after an entry; all that is said of the feed must come before (RFC 4287 §4.1.1)"


def _generator_faults(feed: Fields) -> Iterator[str]:
    for generator in feed.get("generator", ()):
        if not (generator.text or "").strip():
            yield "its generator has no name (RFC 4287 §4.2.4)"
        yield from no_web_url("generator", generator.get("uri"))
    for name in ("icon", "logo"):
        for picture in feed.get(name, ()):
            yield from no_web_url(name, picture.text or "")


def _link_faults(feed: Fields) -> Iterator[str]:
    alternates = [link for link in links_of(feed, "alternate") if link.get("type") in _HTML_TYPES]
    if len(alternates) != 1:
        yield f"the feed must have one alternate link to a page, not {len(alternates)} (RFC 4287 §4.2.7.2)"
    selves = links_of(feed, "self")
    if not selves:
        yield "the feed must have one self link, not 0 (RFC 4287 §4.1.1)"
    if any(link.get("type", _ATOM_TYPE).partition(";")[0] != _ATOM_TYPE for link in selves):
        yield f"the feed's self link must have the type {_ATOM_TYPE}"
    if links_of(feed, "enclosure"):
        yield "the feed has an enclosure, which only an entry can have"


def _archive_faults(feed: Fields) -> Iterator[str]:
    is_archive = f"{HISTORY}archive" in feed
    hrefs = {rel: [link.get("href") for link in links_of(feed, rel)] for rel in ("self", "current", "prev-archive")}
    if is_archive and not hrefs["current"]:
        yield "the archive has no current link to the feed that it continues (RFC 5005 §4)"
    if is_archive and f"{HISTORY}complete" in feed:
        yield "the feed says that it is an archive, and that it is complete (RFC 5005 §2)"
    if is_archive and links_of(feed, "hub"):
        yield "the archive has a hub, and nobody is told of archives; only the feed itself may have one"
    if set(hrefs["self"]) & set(hrefs["prev-archive"]):
        yield "the archive before this one is this one, so readers would go in a circle (RFC 5005 §4)"
    if is_archive and set(hrefs["self"]) & set(hrefs["current"]):
        yield "the archive names itself as the current feed (RFC 5005 §4)"


def _tombstone_faults(tombstones: Sequence[etree._Element]) -> Iterator[str]:
    for one in tombstones:
        if not is_entry_id(one.get("ref", "")):
            yield f"a tombstone has as ref {one.get('ref', '')!r}, which is no id (RFC 6721 §3)"
        if read_date(one.get("when", "")) is None:
            yield f"the tombstone of {one.get('ref')} needs a date with time and zone as when (RFC 6721 §3)"
    for (ref, _), times in Counter((one.get("ref"), one.get("when")) for one in tombstones).items():
        if times > 1:
            yield f"the tombstone of {ref} stands there {times} times (RFC 6721 §3)"


def check_against_head(feed: Fields, entries: Sequence[Noted]) -> Iterator[tuple[Noted | None, str]]:
    """Look at what entries are beside their feed; each sentence goes on after the name of its entry, if it has one."""
    id_, updated = text_of(feed, "id"), date_of(feed, "updated")
    newest = max((entry.updated for entry in entries if entry.updated), default=updated)
    if updated and newest and newest - updated >= ONE_SECOND:
        yield None, f"the feed's updated is {updated.isoformat()}, and its newest entry's {newest.isoformat()}"
    tombstones = {one.get("ref"): read_date(one.get("when", "")) for one in feed.get(_TOMBSTONE, ())}
    for entry in entries:
        if entry.id == id_:
            yield entry, f"it has the id of its feed, {id_} (RFC 4287 §4.2.6)"
        gone = tombstones.get(entry.id) if tombstones else None
        if gone and entry.updated and entry.updated - gone >= ONE_SECOND:
            yield entry, "its tombstone is older than the entry, so readers ignore it (RFC 6721 §3)"
