"""Which addresses, texts and HTML a feed may carry; build refuses an item by the rules that check applies to a feed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

# Zero-width and direction characters hide where an address leads; `@` before the path would hold credentials.
_NEVER = r"\s\x00-\x20\x7f-\x9f<>\"\\\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff"
_WEB_URL = re.compile(
    rf"https?://(?:\[[0-9a-f:.]+\]|[^{_NEVER}/?#@:\[\]]+)(?::[0-9]{{0,5}})?(?:[/?#][^{_NEVER}]*)?", re.IGNORECASE
)
_MAIL_URL = re.compile(rf"mailto:[^{_NEVER}]+", re.IGNORECASE)
_ID = re.compile(rf"(?!javascript:|data:)[a-z][a-z0-9+.-]*:[^{_NEVER}]+", re.IGNORECASE)
_STRICT_ID = re.compile(r"(tag|urn):", re.IGNORECASE)
_TAG = re.compile(
    # RFC 4151 §2.1: a host or mail address in small letters, a date that it belonged to us, and what RFC 3986 §3.3
    # lets stand in a path or query.
    r"tag:(?:[A-Za-z0-9._-]+@)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?,\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?:"
    r"(?:[A-Za-z0-9/?:@&=+$.,_!~*'();#-]|%[0-9A-Fa-f]{2})*",
    re.ASCII,
)
_URN = re.compile(r"urn:(?!urn:|uuid:)[a-z0-9][a-z0-9-]{1,31}:[\x21-\x7e]+", re.IGNORECASE)  # RFC 2141 §2
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)  # RFC 4122 §3

# RFC 5646 §2.1: a language of two or more letters, or one of the private and the old registered forms.
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,8}|[xX](?=-)|[iI](?=-))(?:-[A-Za-z0-9]{1,8})*")
# RFC 2045 §5.1, with parameters.
_WORD = r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+"
_MEDIA_TYPE = re.compile(rf'{_WORD}/{_WORD}(?:\s*;\s*{_WORD}=(?:{_WORD}|"[^"]*"))*')

# XML 1.0 §2.2 only discourages controls and noncharacters, yet readers choke on them; what it forbids, lxml refuses by
# itself. Embeddings and overrides can show a text as its opposite (UAX #9 §2.1, §2.2).
_CONTROL = re.compile("[\x7f-\x9f\u202a-\u202e\ufdd0-\ufdef]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_POP_ISOLATE = "\u2069"

_ADDRESS_ATTRIBUTES = frozenset({"cite", "href", "src"})
# fmt: off
_ELEMENTS = frozenset({
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col",
    "colgroup", "data", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "ol", "p",
    "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr",
})
_ATTRIBUTES = frozenset({
    "alt", "class", "colspan", "datetime", "dir", "height", "hreflang", "id", "lang", "rel", "reversed", "role",
    "rowspan", "scope", "start", "title", "translate", "value", "width", "xml:lang",
    "{http://www.w3.org/XML/1998/namespace}lang",
})
# fmt: on
_AROUND = frozenset({"html", "head", "body"})
"""What the parser of HTML puts around a piece of it."""
_XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, slots=True)
class HtmlLook:
    """What a piece of HTML must not hold, and the addresses of its pictures in their order."""

    faults: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def is_web_url(text: str) -> bool:
    """Tell whether a text is an absolute http(s) address without credentials or characters that hide something."""
    return _WEB_URL.fullmatch(text) is not None


def is_entry_id(text: str) -> bool:
    """Tell whether a text can be an atom:id: an absolute IRI (RFC 4287 §4.2.6), and nothing that could run.

    A tag: URI keeps RFC 4151 §2.1, a URN RFC 2141 §2 and RFC 4122 §3.
    """
    if _STRICT_ID.match(text):
        return any(form.fullmatch(text) is not None for form in (_TAG, _URN, _UUID))
    return _ID.fullmatch(text) is not None


def is_language(text: str) -> bool:
    """Tell whether a text has the form of a BCP 47 language tag."""
    return _LANGUAGE.fullmatch(text) is not None


def is_media_type(text: str) -> bool:
    """Tell whether a text is a media type as `image/png`, with parameters or without (RFC 2045 §5.1)."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def control_character(text: str) -> str | None:
    """Return the first control or overriding character that XML allows and no feed should hold, as `U+0085`."""
    found = None if text.isascii() and "\x7f" not in text else _CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def has_open_isolate(text: str) -> bool:
    """Tell whether a text turns the direction of whatever follows it: an isolate that is not closed, or a closing of
    none (UAX #9 §2.4)."""
    if text.isascii():
        return False
    depth = 0
    for found in _ISOLATES.findall(text):
        depth += -1 if found == _POP_ISOLATE else 1
        if depth < 0:
            return True
    return depth > 0


def html_faults(html: str) -> tuple[str, ...]:
    """Return what a piece of HTML must not hold: elements and attributes that do more than show text and pictures,
    pictures without alternative text, addresses but http(s) and mailto, and control characters."""
    return look_at_html(html).faults


def look_at_html(html: str) -> HtmlLook:
    """Return what a piece of HTML must not hold, and which pictures it shows."""
    # As bytes, because lxml refuses a str that begins with an XML declaration.
    root = etree.HTML(html.encode(), etree.HTMLParser(encoding="utf-8")) if html.strip() else None
    if root is None:
        return HtmlLook()
    look = _look_at([one for one in root.iter(etree.Element) if one.tag not in _AROUND], "")
    # Only a reference can bring in a character that was not in the text, which is looked at elsewhere.
    found = control_character(_all_text(root)) if "&#" in html else None
    return HtmlLook((*look.faults, f"the control character {found} in the content"), look.pictures) if found else look


def look_at_xhtml(root: etree._Element) -> HtmlLook:
    """Return the same of an element of XHTML, whose elements must all be of that vocabulary."""
    return _look_at(root.iter(etree.Element), _XHTML)


def _look_at(elements: Iterable[etree._Element], vocabulary: str) -> HtmlLook:
    faults: list[str] = []
    pictures: list[str] = []
    for element in elements:
        tag = element.tag.removeprefix(vocabulary)
        if tag not in _ELEMENTS or (vocabulary and tag == element.tag):
            faults.append(f"<{tag}> in the content")
        if element.attrib:
            faults += _attribute_faults(element)
        if tag == "img":
            pictures.append(element.get("src", ""))
            faults += _picture_faults(element)
    return HtmlLook((*faults,), (*pictures,))


def _attribute_faults(element: etree._Element) -> list[str]:
    faults = []
    for name, value in ((str(name), str(value)) for name, value in element.items()):
        if name in _ADDRESS_ATTRIBUTES:
            if not (is_web_url(value) or _MAIL_URL.fullmatch(value)):
                faults.append(f"the address {value!r} in the content, not http(s) or mailto")
        elif name not in _ATTRIBUTES:
            what = "event handler" if name.startswith("on") else "attribute"
            faults.append(f"the {what} {name} in the content")
    return faults


def _picture_faults(picture: etree._Element) -> list[str]:
    if "src" not in picture.attrib:
        return ["a picture without an address in the content"]
    if not picture.get("alt", "").strip():
        return [f"the picture {picture.get('src')!r} without alternative text in the content"]
    return []


def _all_text(root: etree._Element) -> str:
    values = [str(value) for element in root.iter(etree.Element) for value in element.attrib.values()]
    return "".join([*map(str, root.itertext()), *values])
