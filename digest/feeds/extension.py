"""What feedgen 1.0.0 cannot write, or loses: the repair of links, languages, and pictures with their words."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from lxml import etree

from digest.feeds.content import image_text
from digest.model.item import Image

MEDIA = "http://search.yahoo.com/mrss/"
NAMESPACES = {"media": MEDIA}

_IMAGE_TYPES = {
    "avif": "image/avif", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "png": "image/png", "svg": "image/svg+xml", "webp": "image/webp",
}  # fmt: skip


class FeedExtension:
    """Declares the namespaces on the feed, always, so that the head does not depend on the entries."""

    def extend_ns(self) -> dict[str, str]:
        """Return the namespaces by prefix; feedgen asks for them."""
        return NAMESPACES

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        """Return the feed as it is; feedgen wants to be able to ask."""
        return feed


class EntryExtension:
    """Finishes an entry where feedgen 1.0.0 falls short; feedgen calls it last."""

    def complete(
        self, links: Sequence[Mapping[str, str]], language: str | None, picture: Image | None, *, described: bool
    ) -> None:
        """Say what the entry is to get; a picture is `described` only beside a summary (see `_add_picture`)."""
        self._links = links
        self._language = language
        self._picture = picture
        self._described = described

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        """Finish the entry's element and return it."""
        # feedgen loses all of a link but its href (upstream issues 135 and 143).
        for element, link in zip(entry.iterfind("link"), self._links, strict=True):
            for name, value in link.items():
                element.set(name, value)
        if self._language:
            entry.set("{http://www.w3.org/XML/1998/namespace}lang", self._language)
        if self._picture:
            _add_picture(entry, self._picture, described=self._described)
        return entry


def _add_picture(entry: etree._Element, image: Image, *, described: bool) -> None:
    # No enclosure: it needs the length of the file (RFC 4287 §4.2.7.6), and nothing that content names is fetched.
    url = image.url or ""
    content = etree.SubElement(entry, f"{{{MEDIA}}}content", url=url, medium="image")
    kind = _IMAGE_TYPES.get(urlsplit(url).path.rpartition(".")[2].lower())
    if kind:
        content.set("type", kind)
    if described:
        # feedparser takes it for the summary of an entry unless it stands inside media:content, after a summary.
        etree.SubElement(content, f"{{{MEDIA}}}description", type="plain").text = image_text(image)
    if image.credit and image.credit.strip():
        etree.SubElement(content, f"{{{MEDIA}}}credit").text = image.credit.strip()
    etree.SubElement(entry, f"{{{MEDIA}}}thumbnail", url=url)
