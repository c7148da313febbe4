"""CSS selectors that may end in `@attribute`, and what they read of an HTML document."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from digest.errors import SourceError
from digest.sources.markup.visible import read_text

_MOST_LETTERS = 500
_ATTRIBUTE = re.compile(r"@([A-Za-z_:][\w:.-]*)\s*\Z")
_QUOTED = re.compile(r"""\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")

_DEEPEST = 5_000
"""Elements within one another; browsers stop at 512. Parsing costs depth times elements: 100,000 deep took 14 s."""

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)([^<>]*)")
_HOLDS = re.compile(
    r"a|article|aside|b|big|blockquote|body|button|center|code|del|details|dialog|div|dl|em|fieldset|figure|font|footer"
    r"|form|h[1-6]|header|i|ins|label|main|mark|menu|nav|ol|pre|q|s|section|small|span|strong|sub|summary|sup|table|u|ul"
)
_CLOSED_BY_ITSELF = re.compile(
    r"area|base|body|br|col|colgroup|d[dt]|embed|head|hr|html|img|input|li|link|meta|option|p|param|r[pt]|source|tbody"
    r"|t[dhr]|tfoot|thead|track|wbr"
)


@dataclass(frozen=True, slots=True)
class Selector:
    """What is selected: elements by `css` (empty for the element asked) and of them an attribute, else their text."""

    css: str
    attribute: str | None = None


@lru_cache(maxsize=256)
def parse_selector(text: str) -> Selector:
    """Return a selector as an operator writes it, `a.title@href`; nothing is checked."""
    found = _ATTRIBUTE.search(text)
    if found is None:
        return Selector(text.strip())
    return Selector(text[: found.start()].strip(), found[1].lower())


def check_selector(text: str) -> str | None:
    """Return in a sentence why a text cannot be used as a selector; None when it can."""
    if len(text) > _MOST_LETTERS:
        return f"a selector of {len(text):,} letters is longer than the {_MOST_LETTERS} that are read"
    if not text.isprintable():
        return "a selector must not hold line breaks or characters that cannot be seen"
    selector = parse_selector(text)
    if not selector.css:
        return None if selector.attribute else "the selector is empty"
    # CSS closes what is open at its end; an operator who forgot a bracket should be told.
    return _explain_brackets(selector.css) or (None if _is_readable(selector.css) else _explain(selector.css))


def open_document(text: str) -> LexborHTMLParser:
    """Return a parsed HTML document. Raises: SourceError for a page too deep to be one people made (FAULTS.md A8)."""
    if _is_too_deep(text):
        raise SourceError(f"an HTML page with more than {_DEEPEST:,} elements within one another")
    return LexborHTMLParser(text)


def select_nodes(node: LexborNode, css: str) -> list[LexborNode]:
    """Return the element itself and those inside it that match, each once, in the order of the document.

    What stands around the element counts for the match. Raises: SourceError for a selector that cannot be read.
    """
    if not css:
        return [node]
    try:
        return list({found.mem_id: found for found in node.css(css)}.values())
    except (SelectolaxError, UnicodeEncodeError) as error:
        raise SourceError(f"the selector {css} cannot be read: {_explain(css)}") from error


def select_first(node: LexborNode, text: str) -> LexborNode | None:
    """Return the first element of a selector, whatever attribute it names. Raises: SourceError."""
    return next(iter(select_nodes(node, parse_selector(text).css)), None)


def read_value(node: LexborNode, text: str) -> str | None:
    """Return attribute or text of the first element of a selector; None where there is none or it says nothing.

    Raises: SourceError for a selector that cannot be read.
    """
    found = select_first(node, text)
    if found is None:
        return None
    attribute = parse_selector(text).attribute
    return (read_attribute(found, attribute) if attribute else read_text(found)) or None


def read_attribute(node: LexborNode, name: str) -> str:
    """Return an attribute's value in one line; empty where it is missing."""
    return " ".join((node.attributes.get(name) or "").split())


def _is_readable(css: str) -> bool:
    try:
        LexborHTMLParser("<p>").css(css)
    except (SelectolaxError, UnicodeEncodeError):
        return False
    return True


def _explain(css: str) -> str:
    bare = _QUOTED.sub("", css)
    if css.startswith(("/", "./")):
        return "it looks like XPath; selectors are CSS, such as article.card h2"
    if "::" in bare:
        return "it must not name a part of an element (::); for an attribute write a@href, for the text nothing"
    if ":contains(" in bare:
        return ':contains is not CSS; write :lexbor-contains("words")'
    if "@" in bare:
        return "an @attribute may only stand at its end, once"
    if bare.startswith((">", "+", "~")) or ":scope" in bare:
        return "it must begin with an element, not with > + ~ or :scope; it counts inside the block anyway"
    if not all(part.strip() for part in bare.split(",")):
        return "a comma needs a selector before and after it"
    return _explain_brackets(css) or "it is no CSS selector; an example is article.card h2 a"


def _explain_brackets(css: str) -> str | None:
    bare = _QUOTED.sub("", css)
    for opening, closing in ("()", "[]"):
        if bare.count(opening) != bare.count(closing):
            return f"its {opening} and {closing} do not match"
    return "a quotation mark is not closed" if '"' in bare or "'" in bare else None


def _is_too_deep(text: str) -> bool:
    """Tell whether start tags outnumber end tags too far; a guess, made before the time is spent."""
    if text.count("<") <= _DEEPEST:
        return False
    opened: Counter[str] = Counter()
    depth = 0
    for closing, name, rest in _TAG.findall(text):
        tag = name.lower()
        if _CLOSED_BY_ITSELF.fullmatch(tag) or (rest.endswith("/") and not _HOLDS.fullmatch(tag)):
            continue
        step = (-1 if opened[tag] else 0) if closing else 1
        opened[tag] += step
        depth += step
        if depth > _DEEPEST:
            return True
    return False
