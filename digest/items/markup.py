"""What HTML may hold, and what it says as plain text."""

import html
import re
from collections import Counter
from collections.abc import Callable

import nh3

from digest.items.links import clean_link
from digest.items.text import clean_text, strip_forbidden

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
"""The shape of a BCP 47 language tag."""

_SILENT = {"script", "style", "template", "iframe", "object", "noscript", "noembed", "noframes", "svg", "math"}
# fmt: off
_BLOCKS = {
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "img", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
}
_TAGS = {
    "a", "abbr", "b", "bdi", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt",
    "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "mark",
    "ol", "p", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "u", "ul",
}
# fmt: on
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href"},
    "abbr": {"title"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_TAG = re.compile(r"<[^<>]*>")
_IMG = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ALT = re.compile(r' alt="[^"]')
_LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")

# What a few kilobytes can cost a parser (HTML §13.2.4.3). Elements inside each other: quadratic time, 100,000 took
# 14 s, 5,000 take 0.05 s; what closes itself (`<p>` in `<p>`) does not nest. Formatting that is never closed is opened
# again in every later block, each sort at most three times: 34 kB of it took 1.5 GB, a million elements take 0.25 GB.
_TAG_START = re.compile(r"</?[a-z]", re.IGNORECASE)
_NESTING = re.compile(r"<(?!(?:p|br|hr|img|li|dt|dd|td|th|tr)[\s/>])[a-z]", re.IGNORECASE)
_FORMATTING = re.compile(
    r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])"
    r'(?:(?:\s+[\w-]+="[^"<>]*")*\s*>)?',
    re.IGNORECASE,
)
_MOST_NESTING = 5_000
_MOST_REOPENED = 1_000_000
_SAME_OPEN_AT_ONCE = 3
_MOST_PASSES = 4


def text_of_html(markup: str) -> str:
    """Return what HTML says, cleaned as text: blocks end in a space, entities are decoded once, scripts are gone."""
    if "<" not in markup and "&" not in markup:
        return clean_text(markup)
    source = strip_forbidden(markup)
    if not _is_too_heavy(source):
        source = nh3.clean(source, tags=_BLOCKS, attributes={}, clean_content_tags=_SILENT, link_rel=None)
    return clean_text(html.unescape(_TAG.sub(" ", source)))


def clean_html(markup: str | None, base_url: str | None) -> str | None:
    """Return HTML of listed tags and attributes only, links absolute, every tag closed; None where nothing is left.

    Links are http, https or mailto, pictures http or https and with an alternative text; no style, class, id or
    event survives. Cleaning it again changes nothing: markup that never settles becomes a paragraph of its text.
    """
    cleaned = strip_forbidden(markup or "")
    for _ in range(0 if _is_too_heavy(cleaned) else _MOST_PASSES):
        before, cleaned = cleaned, _clean_once(cleaned, base_url)
        if cleaned == before:
            return cleaned if "<img" in cleaned or text_of_html(cleaned) else None
    text = text_of_html(cleaned)
    return f"<p>{html.escape(text, quote=False)}</p>" if text else None


def _is_too_heavy(markup: str) -> bool:
    sorts = Counter(_FORMATTING.findall(markup))
    # A tag that we cannot read to its end may differ from the next in what we do not see.
    formatting = sum(min(n, _SAME_OPEN_AT_ONCE) if tag.endswith(">") else n for tag, n in sorts.items())
    reopened = formatting * len(_TAG_START.findall(markup))
    return reopened > _MOST_REOPENED or len(_NESTING.findall(markup)) > _MOST_NESTING


def _clean_once(markup: str, base_url: str | None) -> str:
    listed = nh3.clean(
        markup,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(base_url),
        clean_content_tags=_SILENT,
        url_schemes={"http", "https", "mailto"},
    )
    # Entities become characters only now: `&#x202E;`, `&#13;`.
    return _LINE_BREAKS.sub("\n", strip_forbidden(_IMG.sub(_picture, listed))).strip()


def _picture(match: re.Match[str]) -> str:
    attributes = match.group(1)
    return match.group() if ' src="' in attributes and _ALT.search(attributes) else ""


def _attribute_filter(base_url: str | None) -> Callable[[str, str, str], str | None]:
    def kept(tag: str, name: str, value: str) -> str | None:
        if name in ("href", "src"):
            return clean_link(value, base_url, mailto=tag == "a")
        if name in ("alt", "title"):
            return clean_text(value)
        return value if _PLAIN_VALUES.get(name, _ANY).fullmatch(value) else None

    return kept


_ANY = re.compile(".*")
_PLAIN_VALUES = {
    "lang": LANGUAGE_TAG,
    "dir": re.compile("ltr|rtl|auto"),
    "colspan": re.compile("[1-9][0-9]?"),
    "rowspan": re.compile("[1-9][0-9]?"),
    "rel": re.compile("noopener noreferrer"),
}
