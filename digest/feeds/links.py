"""Which addresses and which HTML a feed may carry; build refuses an item by the rules that check applies to a feed."""

import re

from lxml import etree

# Zero-width and direction characters hide where an address leads; `@` before the path would hold credentials.
_NEVER = r"\s\x00-\x20\x7f-\x9f<>\"\\\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff"
_WEB_URL = re.compile(rf"https?://[^{_NEVER}/?#@]+(?:[/?#][^{_NEVER}]*)?", re.IGNORECASE)
_MAIL_URL = re.compile(rf"mailto:[^{_NEVER}]+", re.IGNORECASE)
_ID = re.compile(rf"(?!javascript:|data:)[a-z][a-z0-9+.-]*:[^{_NEVER}]+", re.IGNORECASE)

# XML 1.0 §2.2 only discourages these, yet readers choke on them; what it forbids, lxml refuses by itself.
_CONTROL = re.compile(r"[\x7f-\x9f]")

_ADDRESS_ATTRIBUTES = frozenset({"href", "src"})
_ACTIVE_ELEMENTS = frozenset({"script", "style", "iframe", "object", "embed", "form", "base", "meta", "link"})


def is_web_url(text: str) -> bool:
    """Tell whether a text is an absolute http(s) address without credentials or characters that hide something."""
    return _WEB_URL.fullmatch(text) is not None


def is_entry_id(text: str) -> bool:
    """Tell whether a text can be an atom:id: an absolute IRI (RFC 4287 §4.2.6), and nothing that could run."""
    return _ID.fullmatch(text) is not None


def control_character(text: str) -> str | None:
    """Return the first control character that XML allows and no feed should hold, as `U+0085`, or None."""
    found = None if text.isascii() and "\x7f" not in text else _CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def html_faults(html: str) -> tuple[str, ...]:
    """Return what a piece of HTML must not hold: active elements, event handlers, addresses but http(s) and mailto."""
    # As bytes, because lxml refuses a str that begins with an XML declaration.
    root = etree.HTML(html.encode(), etree.HTMLParser(encoding="utf-8")) if html.strip() else None
    if root is None:
        return ()
    return tuple(fault for element in root.iter(etree.Element) for fault in _element_faults(element))


def _element_faults(element: etree._Element) -> list[str]:
    faults = [f"<{element.tag}> in the content"] if element.tag in _ACTIVE_ELEMENTS else []
    for name, value in ((str(name), str(value)) for name, value in element.items()):
        if name.startswith("on"):
            faults.append(f"the event handler {name} in the content")
        elif name in _ADDRESS_ATTRIBUTES and not (is_web_url(value) or _MAIL_URL.fullmatch(value)):
            faults.append(f"the address {value!r} in the content, not http(s) or mailto")
    return faults
