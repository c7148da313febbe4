"""What feedgen 1.0.0 cannot write, or loses: links of entries, languages, pictures with their words, tombstones."""

from collections.abc import Mapping, Sequence

from lxml import etree

from digest.feeds.content import image_text
from digest.feeds.entry import Entry
from digest.feeds.picture import enclosure_of, picture_type
from digest.model.item import Image

MEDIA = "http://search.yahoo.com/mrss/"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
NAMESPACES = {"fh": HISTORY, "media": MEDIA}
"""Always declared on the feed, so that an entry's bytes are the same in every one."""


class FeedExtension:
    """Finishes the head of a feed, which feedgen does not know as an archive, and not with tombstones."""

    def complete(self, withdrawn: Sequence[Entry], *, archive: bool) -> None:
        """Say which entries of the feed are stubs of what was withdrawn, and whether it is an archive document."""
        self._withdrawn = withdrawn
        self._archive = archive

    def extend_ns(self) -> dict[str, str]:
        """Return the namespaces by prefix; feedgen asks for them."""
        return NAMESPACES

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        """Finish the head's element and return it; feedgen calls this before it adds entries."""
        if self._archive:
            etree.SubElement(feed, f"{{{HISTORY}}}archive")  # RFC 5005 §4
        for entry in self._withdrawn:
            _add_tombstone(feed, entry)
        return feed


class EntryExtension:
    """Finishes an entry where feedgen falls short; feedgen calls it last."""

    def complete(self, entry: Entry, links: Sequence[Mapping[str, str]], language: str | None) -> None:
        """Say what the entry is, its links as they were given, and its language if it is not the feed's."""
        self._entry = entry
        self._links = links
        self._language = language

    def extend_atom(self, element: etree._Element) -> etree._Element:
        """Finish the entry's element and return it."""
        # feedgen loses all of a link but its href (upstream issues 135 and 143).
        for link, given in zip(element.iterfind("link"), self._links, strict=True):
            for name, value in given.items():
                link.set(name, value)
        if self._language:
            element.set("{http://www.w3.org/XML/1998/namespace}lang", self._language)
        if self._entry.picture:
            _add_picture(element, self._entry.picture, described=bool(self._entry.summary))
        return element


def _add_tombstone(feed: etree._Element, entry: Entry) -> None:
    # RFC 6721 §3: by `when` an entry that was updated later still stands. The stub is to be read, so its fraction of
    # a second, which tells entries apart, is not in `when`.
    when = entry.updated.replace(microsecond=0).isoformat()
    # Declared here and not on the feed, as the W3C validator remarks on the namespace wherever it is declared.
    names = {"at": TOMBSTONES}
    tombstone = etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", nsmap=names, ref=entry.id, when=when)
    if entry.note:
        etree.SubElement(tombstone, f"{{{TOMBSTONES}}}comment").text = entry.note


def _add_picture(entry: etree._Element, image: Image, *, described: bool) -> None:
    url, media_type, enclosure = image.url or "", picture_type(image), enclosure_of(image)
    content = etree.SubElement(entry, f"{{{MEDIA}}}content", url=url, medium="image")
    if media_type:
        content.set("type", media_type)
    if enclosure:
        content.set("fileSize", str(enclosure.length))
    if described:
        # feedparser takes it for the summary of an entry unless it stands inside media:content, after a summary.
        etree.SubElement(content, f"{{{MEDIA}}}description", type="plain").text = image_text(image)
    if image.credit and image.credit.strip():
        etree.SubElement(content, f"{{{MEDIA}}}credit").text = image.credit.strip()
    etree.SubElement(entry, f"{{{MEDIA}}}thumbnail", url=url)
