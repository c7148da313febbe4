"""What may be wrong with an entry by itself (RFC 4287 §4.1.2), with its content and with its picture. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from digest.feeds.check_fields import (
    HISTORY,
    MEDIA,
    XHTML,
    Fields,
    all_text,
    check_place,
    check_text,
    date_of,
    links_of,
    text_of,
)
from digest.feeds.check_rules import check_both, check_characters, no_web_url
from digest.feeds.links import HtmlLook, is_media_type, look_at_html, look_at_xhtml

_AT_MOST_ONCE = ("content", "published", "rights", "summary")
_OF_FEEDS = ("self", "hub", "current", "prev-archive", "next-archive")
_MEDIUMS = ("image", "audio", "video", "document", "executable")


@dataclass(frozen=True, slots=True)
class Noted:
    """What an entry is among others."""

    name: str
    id: str
    link: str | None
    published: datetime | None
    updated: datetime | None

    @property
    def story(self) -> tuple[str | None, str, datetime | None]:
        """What surely is the same story: one link alone may serve two."""
        return self.link, self.name, self.published


def note_entry(fields: Fields) -> Noted:
    """Return what an entry is among others; its name is its title in quotes, or else its id."""
    links = links_of(fields, "alternate")
    id_ = text_of(fields, "id")
    name = f"“{text_of(fields, 'title').strip() or id_}”"
    link = links[0].get("href") if links else None
    return Noted(name, id_, link, date_of(fields, "published"), date_of(fields, "updated"))


def check_entry(element: etree._Element, fields: Fields, noted: Noted) -> Iterator[str]:
    """Look at an entry; each sentence goes on after its name."""
    yield from check_characters(element)
    yield from check_place(element)
    yield from check_both(fields, "it", _AT_MOST_ONCE)
    yield from _own_rules(fields)
    if "published" not in fields:
        yield "it has no published, by which readers sort"
    if noted.published and noted.updated and noted.published > noted.updated:
        yield "it was published after it was updated"
    look = _look_at_content(fields)
    yield from look.faults
    yield from _content_faults(fields)
    yield from _picture_faults(element, fields, look.pictures)


def _own_rules(fields: Fields) -> Iterator[str]:
    alternates = links_of(fields, "alternate")
    if len(alternates) != 1:
        yield f"it must have one alternate link, not {len(alternates)} (RFC 4287 §4.2.7.2)"
    for rel in _OF_FEEDS:
        if links_of(fields, rel):
            yield f"it has a {rel} link, which only a feed can have"
    for name in ("archive", "complete"):
        if f"{HISTORY}{name}" in fields:
            yield f"it says {name}, which only a feed can say (RFC 5005 §2, §4)"
    if "source" in fields:
        yield "it has a source, and readers take that for the feed that they follow; name it in the text"


def _look_at_content(fields: Fields) -> HtmlLook:
    for content in fields.get("content", ())[:1]:
        if content.get("type") == "html":
            return look_at_html(content.text or "")
        for div in content.iterchildren(f"{XHTML}div"):  # Its faults are told with those of other texts.
            return HtmlLook((), look_at_xhtml(div).pictures)
    return HtmlLook()


def _content_faults(fields: Fields) -> Iterator[str]:
    contents = fields.get("content", ())
    for content in contents:
        if "src" in content.attrib:
            yield "its content stands elsewhere, where few readers fetch it; send it along (RFC 4287 §4.1.3.2)"
        else:
            yield from check_text("content", content)
    text = all_text(contents[0]) if contents else ""
    summary = text_of(fields, "summary")
    if not text.strip():
        yield "it has no content (RFC 4287 §4.1.3)"
    elif text.strip() == summary.strip():
        yield "its summary repeats its content; leave it out (RFC 4287 §4.2.13)"
    if summary.strip() and summary.strip() == text_of(fields, "title").strip():
        yield "its summary repeats its title; leave it out (RFC 4287 §4.2.13)"


def _picture_faults(element: etree._Element, fields: Fields, shown: tuple[str, ...]) -> Iterator[str]:
    media = list(element.iter(f"{MEDIA}content", f"{MEDIA}thumbnail"))
    for one in element.iter(f"{MEDIA}*"):
        yield from no_web_url(etree.QName(one).localname, one.get("url"))
    for one in media:
        yield from _media_faults(one)
    enclosures = links_of(fields, "enclosure")
    urls = {one.get("url") for one in media if one.get("url")}
    elsewhere = urls - {link.get("href") for link in enclosures} if enclosures else set()
    # Readers tell pictures apart by their addresses, and know the words of one only from the content.
    for url in sorted(map(str, elsewhere)):
        yield f"its picture {url} has another address than its enclosure; give both the same"
    pictures = {link.get("href") for link in enclosures if link.get("type", "").startswith("image/")}
    pictures |= {one.get("url") for one in media if one.get("url") and one.get("medium", "image") == "image"}
    for url in sorted(map(str, pictures - elsewhere - set(shown))):
        yield f"its picture {url} is not in its content, so its words are missing"


def _media_faults(media: etree._Element) -> Iterator[str]:
    name = f"media:{etree.QName(media).localname}"
    if "url" not in media.attrib:
        yield f"<{name}> has no url"
    if "type" in media.attrib and not is_media_type(media.get("type", "")):
        yield f"<{name}> has the type {media.get('type')!r}, which is no media type"
    if media.get("medium", "image") not in _MEDIUMS:
        yield f"<{name}> has the medium {media.get('medium')!r}, and must have one of {', '.join(_MEDIUMS)}"
    for number in ("fileSize", "width", "height"):
        if not media.get(number, "1").isdecimal():
            yield f"<{name}> has the {number} {media.get(number)!r}, which is no number"
