"""The XML of a feed: what it may be, and how it is mended (FAULTS.md A7, A8, F27).

text | no entities of its own | well-formed, not deep? | else mended, and looked at again | UTF-8 for the feed's parser
"""

import re
import sys
from html.entities import html5
from xml.parsers import expat

from digest.errors import SourceError

_DEEPEST = 100
"""Elements within elements: feeds have some ten, with XHTML inside some thirty."""
_MOST_NAMES = 500
"""Attributes of one element, and prefixes of a whole document: feeds have some ten, and their parser looks each up
among all the others."""
_LARGEST_BROKEN_BYTES = 2 * 1024 * 1024
"""What stays broken is read by a slow parser: 3 s a MB measured."""
_ENDS_EARLY = frozenset(
    (
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
    )
)
_ELEMENT = re.compile(r"<[A-Za-z_:]")
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOSE = re.compile(
    r"(?P<kept><!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))"
    r"|&#(?P<number>[0-9]+|[xX][0-9a-fA-F]+);?|&(?P<name>[A-Za-z][A-Za-z0-9]{1,31});"
    r"|(?P<bare>&|<(?![A-Za-z_:/!?]))",
    re.S,
)
_OWN_NAMES = ("amp", "lt", "gt", "quot", "apos")
_PREFIX = re.compile(r"(?:</?|[ \t\r\n])([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]{0,80}[\s=/>]")
_MOST_PREFIXES = 50
_MOST_DIGITS = 20
_WHERE_IT_ENDS = {"<!--": "-->", "<?": "?>", "<!": ">"}


def read_xml(text: str) -> bytes:
    """Return the XML of a feed as UTF-8, mended where that makes it well-formed.

    Mended are characters that XML cannot hold, as such or by number, bare `&` and `<`, HTML's names for characters,
    prefixes that are not declared, and what stands before the declaration. Other faults are left to the feed's parser.
    Raises: SourceError for what ends in the middle, is too deep, declares entities, or is both broken and large.
    """
    text = _drop_prolog(text)
    error = _find_fault(text.encode())
    if error is None:
        return text.encode()
    mended = _mend(text).encode()
    error = _find_fault(mended)
    if error is not None and error.code in _ENDS_EARLY:
        raise SourceError("a feed that ends in the middle") from error
    if error is not None and len(mended) > _LARGEST_BROKEN_BYTES:
        raise SourceError(f"no well-formed XML ({error}), and too large to repair") from error
    return mended


def _drop_prolog(text: str) -> str:
    """Return the text from its first element on: no declaration and no document type is of any use.

    Raises: SourceError where the document type declares entities, or no element follows.
    """
    at = text.find("<")
    while at >= 0 and not _ELEMENT.match(text, at):
        start = next((start for start in _WHERE_IT_ENDS if text.startswith(start, at)), "<")
        end = text.find(_WHERE_IT_ENDS.get(start, "<"), at + len(start))
        if start == "<!":
            end = _find_end_of_type(text, at, end)
        at = text.find("<", end) if end >= 0 else -1
    if at >= 0:
        return text[at:]
    raise SourceError("a feed that ends in the middle" if "<" in text else "neither RSS, Atom nor JSON Feed")


def _find_end_of_type(text: str, at: int, end: int) -> int:
    """Return where a document type, whose first `>` is at `end`, is over."""
    bracket = text.find("[", at, end)
    if bracket >= 0:
        closed = text.find("]", bracket)
        end = text.find(">", closed) if closed >= 0 else -1
    if re.search("<!entity", text[at : end if end >= 0 else None], re.I):
        raise SourceError("an XML document that declares entities, which are not read")
    return end


def _mend(text: str) -> str:
    return _declare_prefixes(_LOOSE.sub(_mend_one, _NO_CHARACTER.sub("", text)))


def _mend_one(found: re.Match[str]) -> str:
    if kept := found["kept"]:
        return kept
    if number := found["number"]:
        letter = _read_number(number.lower())
        return f"&#{ord(letter)};" if letter else ""
    if name := found["name"]:
        letters = html5.get(f"{name};")
        return f"&{name};" if name in _OWN_NAMES else _escape(letters) if letters else f"&amp;{name};"
    return "&amp;" if found["bare"] == "&" else "&lt;"


def _read_number(number: str) -> str:
    """Return the character of a number, hexadecimal after `x`; nothing where XML has none."""
    if len(number) > _MOST_DIGITS:
        return ""
    code = int(number[1:], 16) if number[0] == "x" else int(number)
    return _NO_CHARACTER.sub("", chr(code)) if code <= sys.maxunicode else ""


def _escape(letters: str) -> str:
    return "".join(f"&#{ord(letter)};" for letter in letters)


def _declare_prefixes(text: str) -> str:
    """Return the text with its first element declaring the prefixes that it should; what they stand for is unknown."""
    root = re.match(r"<[^\s/>]+", text)
    head = text[: text.find(">")]
    used = dict.fromkeys(found[1] for found in _PREFIX.finditer(text))
    missing = [one for one in used if one.lower()[:3] != "xml" and f"xmlns:{one}" not in head][:_MOST_PREFIXES]
    if root is None or not missing:
        return text
    return root[0] + "".join(f' xmlns:{one}="urn:undeclared:{one}"' for one in missing) + text[root.end() :]


def _find_fault(data: bytes) -> expat.ExpatError | None:
    """Return what makes a document not well-formed. Raises: SourceError for one that is too deep or too wide."""
    depth = 0
    prefixes: set[str | None] = set()
    parser = expat.ParserCreate("utf-8", " ")

    def open_element(_name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise SourceError(f"an XML document more than {_DEEPEST} elements deep")
        if len(attributes) > _MOST_NAMES:
            raise SourceError(f"an XML element with more than {_MOST_NAMES} attributes")

    def close_element(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declare_prefix(prefix: str | None, _uri: str | None) -> None:
        prefixes.add(prefix)
        if len(prefixes) > _MOST_NAMES:
            raise SourceError(f"an XML document with more than {_MOST_NAMES} namespaces")

    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    parser.StartNamespaceDeclHandler = declare_prefix
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        return error
    return None
