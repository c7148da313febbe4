"""What the XML of a feed may be: whole, not deep, without entities of its own (FAULTS.md A7, A8, F27)."""

import re
from xml.parsers import expat

from digest.errors import SourceError

_DEEPEST = 100
"""Elements within elements: feeds have some ten, with XHTML inside some thirty."""
_LARGEST_BROKEN_BYTES = 2 * 1024 * 1024
"""Broken feeds are read by a slow parser: 3 s a MB measured."""
_ENDS_EARLY = frozenset(
    (
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
    )
)


def check_xml(data: bytes) -> None:
    """Look a feed through before it is read; other faults than these are left to the feed's parser.

    Raises: SourceError for one that ends in the middle, is too deep, declares entities, or is both broken and large.
    """
    if re.search(rb"<!entity", data[:100_000], re.I):
        raise SourceError("an XML document that declares entities, which are not read")
    try:
        _parse(data)
    except expat.ExpatError as error:
        if error.code in _ENDS_EARLY:
            raise SourceError("a feed that ends in the middle") from error
        if len(data) > _LARGEST_BROKEN_BYTES:
            raise SourceError(f"no well-formed XML ({error}), and too large to repair") from error
    except (LookupError, ValueError):
        return  # An encoding that expat does not know; the feed's parser converts it first.


def _parse(data: bytes) -> None:
    depth = 0
    parser = expat.ParserCreate()

    def open_element(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise SourceError(f"an XML document more than {_DEEPEST} elements deep")

    def close_element(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declare_entity(*_: object) -> None:
        raise SourceError("an XML document that declares entities, which are not read")

    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    parser.EntityDeclHandler = declare_entity
    parser.Parse(data, True)
