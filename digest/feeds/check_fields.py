"""The parts of a feed or an entry by name, and what every one of them must keep, whatever it says. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from lxml import etree

from digest.feeds.check_document import ATOM, ENTRY
from digest.feeds.links import has_open_isolate, is_language, look_at_html, look_at_xhtml

HISTORY = "{http://purl.org/syndication/history/1.0}"
MEDIA = "{http://search.yahoo.com/mrss/}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
XML = "{http://www.w3.org/XML/1998/namespace}"
XHTML = "{http://www.w3.org/1999/xhtml}"

Fields = Mapping[str, Sequence[etree._Element]]
"""The elements in a feed or an entry by name; names of Atom are without their namespace."""

# RFC 3339 §5.6, with the capital letters that RFC 4287 §3.3 asks for.
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)

_PERSON = frozenset({"name", "uri", "email"})
_META = {"author", "category", "contributor", "id", "link", "rights", "title", "updated"}
_OF_FEED = frozenset(_META | {"generator", "icon", "logo", "subtitle"})
_OF_ENTRY = frozenset(_META | {"content", "published", "source", "summary"})
_PLACES = {
    "feed": _OF_FEED, "entry": _OF_ENTRY, "author": _PERSON, "contributor": _PERSON,
}  # fmt: skip
"""Which elements of Atom may stand where (RFC 4287 §4.1, §3.2); in all others none may."""

_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "category": frozenset({"term", "scheme", "label"}),
    "content": frozenset({"type", "src"}),
    "generator": frozenset({"uri", "version"}),
    "link": frozenset({"href", "rel", "type", "hreflang", "title", "length"}),
    **{name: frozenset({"type"}) for name in ("title", "subtitle", "summary", "rights")},
}
_EXTENSIONS = frozenset(one.strip("{}") for one in (HISTORY, MEDIA, TOMBSTONES))
_NONE: frozenset[str] = frozenset()
TEXTS = ("title", "subtitle", "summary", "rights")
_WITH_MARKUP = frozenset({*TEXTS, "content"})
_EMPTY = frozenset({"link", "category"})


def fields_of(parent: etree._Element) -> Fields:
    """Return the elements in a parent by name, in their order."""
    fields: dict[str, list[etree._Element]] = {}
    for child in parent.iterchildren(etree.Element):
        fields.setdefault(child.tag.removeprefix(ATOM), []).append(child)
    return fields


def text_of(fields: Fields, name: str) -> str:
    """Return the text of the first element of a name, empty where there is none."""
    return (fields[name][0].text or "") if name in fields else ""


def all_text(element: etree._Element) -> str:
    """Return the text in an element and in all that it holds."""
    return "".join(map(str, element.itertext()))


def date_of(fields: Fields, name: str) -> datetime | None:
    """Return the first date of a name, None where it is none with time and zone."""
    return read_date(text_of(fields, name))


def read_date(text: str) -> datetime | None:
    """Return an aware date, None for what RFC 4287 §3.3 does not take for one."""
    try:
        return datetime.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def links_of(fields: Fields, rel: str) -> list[etree._Element]:
    """Return the links of a relation; one that names none is an alternate (RFC 4287 §4.2.7.2)."""
    return [link for link in fields.get("link", ()) if link.get("rel", "alternate") == rel]


def check_place(parent: etree._Element) -> Iterator[str]:
    """Look for what has no place in a feed or an entry: elements, attributes and loose text, at any depth."""
    yield from _own_faults(parent)
    place = parent.tag.removeprefix(ATOM)
    for child in parent.iterchildren(etree.Element):
        if child.tag != ENTRY or place != "feed":  # Entries are many, and looked at by themselves.
            yield from _child_faults(place, child)


def _own_faults(element: etree._Element) -> Iterator[str]:
    local = element.tag.removeprefix(ATOM)
    for name in element.attrib:
        if not str(name).startswith("{") and str(name) not in _ATTRIBUTES.get(local, _NONE):
            yield f"<{local}> has the unknown attribute {str(name)!r}; take it off (RFC 4287 §6.1)"
    language = element.get(f"{XML}lang")
    if language is not None and not is_language(language):
        yield f"the language {language!r} is no language tag such as “en” or “pt-BR” (BCP 47); see site.language"
    if f"{XML}base" in element.attrib:
        yield f"<{local}> has an xml:base, which many readers do not know; write addresses in full"
    if (local in _PLACES or local in _EMPTY) and _loose_text(element):
        yield f"<{local}> holds the loose text {_loose_text(element)[:40]!r} (RFC 4287 §4)"


def _child_faults(place: str, child: etree._Element) -> Iterator[str]:
    tag = child.tag
    local = tag.removeprefix(ATOM)
    if not tag.startswith("{"):
        yield f"<{tag}> belongs to no vocabulary (RFC 4287 §6.1)"
    elif local == tag and place in _PLACES:
        if etree.QName(tag).namespace not in _EXTENSIONS:
            yield f"<{etree.QName(tag).localname}> is of a vocabulary that no reader of news knows; leave it out"
    elif local not in _PLACES.get(place, _NONE):
        yield f"<{etree.QName(tag).localname}> has no place in <{place}> (RFC 4287 §4)"
    else:
        yield from _own_faults(child)
        if len(child) and local not in _WITH_MARKUP:
            for inner in child.iterchildren(etree.Element):
                yield from _child_faults(local, inner)


def _loose_text(element: etree._Element) -> str:
    texts = [element.text, *(child.tail for child in element)]
    return "".join(text.strip() for text in texts if text)


def check_texts(fields: Fields) -> Iterator[str]:
    """Look at what people read: titles, summaries, rights (RFC 4287 §3.1). A title is plain, for lists show it bare."""
    for name in TEXTS:
        for element in fields.get(name, ()):
            yield from check_text(name, element)


def check_text(name: str, element: etree._Element) -> Iterator[str]:
    """Look at one text of a feed; `content` is one too, when its type is none of a file."""
    kind = element.get("type", "text")
    if kind not in ("text", "html", "xhtml"):
        yield f"its {name} has the type {kind!r}; use text, html or xhtml (RFC 4287 §3.1.1)"
    elif name == "title" and kind != "text":
        yield "its title is not plain text; lists show titles bare, so send it as type text"
    elif kind == "xhtml":
        yield from _xhtml_faults(name, element)
    elif len(element):
        yield f"its {name} holds elements that are not escaped (RFC 4287 §3.1.1)"
    elif kind == "html" and name != "content":
        yield from look_at_html(element.text or "").faults
    elif not (element.text or "").strip():
        if name not in ("title", "content"):  # These two have sentences of their own.
            yield f"its {name} is empty; leave it out"
    elif kind == "text" and has_open_isolate(element.text or ""):
        yield f"its {name} turns the direction of what readers show after it (U+2066 to U+2069 must come in pairs)"


def _xhtml_faults(name: str, element: etree._Element) -> Iterator[str]:
    if len(element) != 1 or element[0].tag != f"{XHTML}div" or _loose_text(element):
        yield f"its {name} is not one <div> of XHTML (RFC 4287 §3.1.1.3)"
    else:
        yield from look_at_xhtml(element[0]).faults
