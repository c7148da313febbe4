"""Rules that feeds and entries have in common: who, when, where to, under which headings. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from lxml import etree

from digest.feeds.check_fields import Fields, all_text, check_texts, date_of, fields_of, links_of, text_of
from digest.feeds.links import control_character, is_entry_id, is_language, is_media_type, is_web_url

_ONCE = ("id", "title", "updated")
_MAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\".]+")
_NUMBER = re.compile(r"[1-9][0-9]*", re.ASCII)

# fmt: off
_RELATIONS = frozenset({
    "alternate", "about", "appendix", "archives", "author", "bookmark", "canonical", "chapter", "collection",
    "contents", "copyright", "current", "describedby", "edit", "edit-media", "enclosure", "first", "glossary", "help",
    "hub", "icon", "index", "last", "latest-version", "license", "next", "next-archive", "payment",
    "predecessor-version", "prev", "prev-archive", "previous", "privacy-policy", "related", "replies", "search",
    "section", "self", "service", "start", "stylesheet", "subsection", "successor-version", "tag", "terms-of-service",
    "up", "version-history", "via", "working-copy", "working-copy-of",
})
# fmt: on
"""What readers may meet of the relations that IANA has registered, and `hub` of WebSub."""

_ONE_OF_A_KIND = ("self", "current", "prev-archive", "next-archive", "first", "last", "next", "previous")


def check_both(fields: Fields, who: str, at_most_once: Iterable[str]) -> Iterator[str]:
    """Look for what RFC 4287 asks of feeds (§4.1.1) and entries (§4.1.2) alike; `who` is what the sentence is about."""
    for name in (*_ONCE, *at_most_once):
        times = len(fields.get(name, ()))
        if times > 1 or (times == 0 and name in _ONCE):
            yield f"{who} must have one {name}, not {times} (RFC 4287 §4.1.1, §4.1.2)"
    if "id" in fields and not is_entry_id(text_of(fields, "id")):
        yield f"{who} has an id that is no absolute address: {text_of(fields, 'id')!r} (RFC 4287 §4.2.6)"
    if "title" in fields and not all_text(fields["title"][0]).strip():
        yield f"{who} has an empty title (RFC 4287 §4.2.14)"
    for name in ("published", "updated"):
        if name in fields and date_of(fields, name) is None:
            yield f"{who} needs a date with time and zone as {name} (RFC 4287 §3.3)"
    yield from check_texts(fields)
    yield from _person_faults(fields, who)
    yield from _category_faults(fields)
    yield from _link_faults(fields, who)


def check_characters(element: etree._Element) -> Iterator[str]:
    """Look for characters that no reader should get, also those that stood there as a reference."""
    found = control_character(etree.tostring(element, encoding="unicode"))
    if found:
        yield f"it holds the control character {found}; take it out of the text"


def no_web_url(name: str, url: str | None) -> Iterator[str]:
    """Say what is wrong with an address; None is none, and nothing is wrong with it."""
    if url is not None and not is_web_url(url):
        yield f"<{name}> holds {url!r}, which is no http(s) address"


def _person_faults(fields: Fields, who: str) -> Iterator[str]:
    # Many readers do not inherit the author of the feed.
    if "author" not in fields:
        yield f"{who} has no author with a name; see site.author (RFC 4287 §3.2.1, §4.2.1)"
    for role in ("author", "contributor"):
        for person in map(fields_of, fields.get(role, ())):
            if not text_of(person, "name").strip():
                yield f"{who} has no {role} with a name; see site.author (RFC 4287 §3.2.1, §4.2.1)"
            for name in ("name", "uri", "email"):
                if len(person.get(name, ())) > 1:
                    yield f"its {role} has more than one {name} (RFC 4287 §3.2)"
            if "uri" in person:
                yield from no_web_url("uri", text_of(person, "uri"))
            if "email" in person and not _MAIL.fullmatch(text_of(person, "email")):
                yield f"its {role} has the mail address {text_of(person, 'email')!r}, which is none (RFC 4287 §3.2.3)"


def _category_faults(fields: Fields) -> Iterator[str]:
    categories = fields.get("category", ())
    for category in categories:
        if not category.get("term", "").strip():
            yield "a category has no term (RFC 4287 §4.2.2.1)"
        elif not category.get("label", "").strip():
            yield f"the category {category.get('term')!r} has no label for people to read (RFC 4287 §4.2.2.3)"
        if category.get("scheme") is None:
            yield f"the category {category.get('term')!r} does not say whether it is a topic, kind, region or country"
        yield from no_web_url("category", category.get("scheme"))
    for (_, term), times in Counter((one.get("scheme"), one.get("term")) for one in categories).items():
        if times > 1:
            yield f"the category {term!r} stands there {times} times"


def _link_faults(fields: Fields, who: str) -> Iterator[str]:
    links = fields.get("link", ())
    for link in links:
        yield from _one_link_faults(link)
    for (rel, href), times in Counter((one.get("rel", "alternate"), one.get("href")) for one in links).items():
        if times > 1:
            yield f"the {rel} link to {href} stands there {times} times"
    alternates = Counter((one.get("type"), one.get("hreflang")) for one in links_of(fields, "alternate"))
    if any(times > 1 for times in alternates.values()):
        yield f"{who} has several alternate links of one type and language; keep one (RFC 4287 §4.1.1)"
    for rel in _ONE_OF_A_KIND:
        times = len(links_of(fields, rel))
        if times > 1:
            yield f"{who} must have one {rel} link, not {times}"


def _one_link_faults(link: etree._Element) -> Iterator[str]:
    yield from no_web_url("link", link.get("href", ""))
    rel = link.get("rel", "alternate")
    if rel not in _RELATIONS and not is_web_url(rel):
        yield f"a link has the relation {rel!r}, which nobody registered (RFC 4287 §4.2.7.2)"
    if rel == "enclosure":
        if not _NUMBER.fullmatch(link.get("length", "")):
            yield "an enclosure has no length in bytes (RFC 4287 §4.2.7.6)"
        if not is_media_type(link.get("type", "")):
            yield "an enclosure has no media type (RFC 4287 §4.2.7.3)"
    elif "type" in link.attrib and not is_media_type(link.get("type", "")):
        yield f"a link has the type {link.get('type')!r}, which is no media type (RFC 4287 §4.2.7.3)"
    elif "length" in link.attrib and not _NUMBER.fullmatch(link.get("length", "")):
        yield f"a link has the length {link.get('length')!r}, which is no number of bytes (RFC 4287 §4.2.7.6)"
    if "hreflang" in link.attrib and not is_language(link.get("hreflang", "")):
        yield f"a link has the language {link.get('hreflang')!r}, which is no language tag (RFC 4287 §4.2.7.4)"
