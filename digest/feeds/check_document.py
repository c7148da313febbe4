"""The octets of a feed → its head and its entries, looking again at nothing that was looked at before. Pure.

A feed of fifty entries differs from the one before it by one of them. So a feed is cut from each `<entry` to the next
`</entry>`, and what was cut out is known by its hash. Two things are parsed: the *rest*, with `<entry/>` in the place
of each, and the entries that are not known, inside the feed's own start tag. Whatever is not as plain as that is parsed
as a whole, and nothing of it is noted. That this finds no feed sound that the parser would refuse, and no other
entries in it:

1. The rest begins with an XML declaration of UTF-8 or none, then at once the start tag of the feed, without `<` or `>`
   in it, and holds no document type. So nothing before an entry can change what its octets mean, but for the
   namespaces, language and base of that start tag, which the hash covers.
2. The rest holds no other `<entry` but those that we put there. If its entries are as many, none with a prefix, then
   they are those, and each stands where a child of the feed may: not in a comment, CDATA, an instruction, an attribute,
   or another element.
3. The same goes for the unknown entries, which must hold no other `<entry` either, written one after the other: if
   they parse to as many, each begins between elements, so the `</entry>` before it, or before the end of the feed, was
   no part of a comment, CDATA or an instruction and ended the entry before. So each is exactly one whole element. A
   known entry was such a one when it was noted.
4. A whole element in the place of another is as well-formed, and is the same child (XML 1.0 §2.1, §3.1, Namespaces in
   XML §6.1); octets that are cut at ASCII characters are UTF-8 if and only if the pieces are.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = f"{ATOM}entry"
_START = re.compile(
    rb"""(?:<\?xml version=["']1\.0["'](?: encoding=["'][Uu][Tt][Ff]-8["'])?\?>\s*)?(<feed(?=[\s>])[^<>]*>)"""
)
_BEGIN, _END, _PLACE = b"<entry", b"</entry>", b"<entry/>"

_Note = TypeVar("_Note")


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry that nothing is noted of. `key` is None where nothing may be."""

    element: etree._Element
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Document(Generic[_Note]):
    """A feed: its root, in which entries are mere places, and in their order the entries, or what was noted of them."""

    root: etree._Element
    entries: Sequence[Fresh | _Note]


def read_document(data: bytes, find: Callable[[bytes], _Note | None]) -> Document[_Note] | str:
    """Return a feed that was taken apart, or a sentence that says why it cannot be read.

    `find` returns what was noted of an entry under a key, a hash of its octets and of the feed's start tag.
    """
    document = _read_apart(data, find)
    if document is not None:
        return document
    root = _parsed(data)
    if isinstance(root, str):
        return root
    return Document(root, [Fresh(element) for element in root.iterchildren(ENTRY)])


def _read_apart(data: bytes, find: Callable[[bytes], _Note | None]) -> Document[_Note] | None:
    start = _START.match(data)
    cut = _cut(data)
    if start is None or cut is None:
        return None
    outside, inside = cut
    root = _parsed(_PLACE.join(outside))
    if isinstance(root, str) or _plain_entries(root, len(inside)) is None:
        return None
    keys = list(_keys(start[1], inside))
    notes = [find(key) for key in keys]
    unknown = [bytes(octets) for octets, note in zip(inside, notes, strict=True) if note is None]
    elements = _elements(start[1], unknown)
    if elements is None:
        return None
    rest = iter(elements)
    entries = [Fresh(next(rest), key) if note is None else note for key, note in zip(keys, notes, strict=True)]
    return Document(root, entries)


def _cut(data: bytes) -> tuple[list[bytes], list[memoryview]] | None:
    """Return what stands outside the entries, and what between the first and last characters of each."""
    octets, outside, inside = memoryview(data), [], []
    place = 0
    while (begin := data.find(_BEGIN, place)) >= 0:
        end = data.find(_END, begin)
        if end < 0:
            return None
        outside.append(data[place:begin])
        inside.append(octets[begin + len(_BEGIN) : end])
        place = end + len(_END)
    return [*outside, data[place:]], inside


def _keys(start: bytes, inside: Sequence[memoryview]) -> Iterator[bytes]:
    context = sha256(start)
    for octets in inside:
        key = context.copy()
        key.update(octets)
        yield key.digest()


def _elements(start: bytes, unknown: Sequence[bytes]) -> Sequence[etree._Element] | None:
    if not unknown:
        return ()
    if any(_BEGIN in octets for octets in unknown):
        return None
    root = _parsed(b"".join([start, *(piece for octets in unknown for piece in (_BEGIN, octets, _END)), b"</feed>"]))
    return None if isinstance(root, str) else _plain_entries(root, len(unknown))


def _plain_entries(root: etree._Element, count: int) -> Sequence[etree._Element] | None:
    """Return the entries of a feed if they are so many and none has a prefix."""
    entries = list(root.iterchildren(ENTRY))
    return entries if len(entries) == count and all(entry.prefix is None for entry in entries) else None


def _parsed(data: bytes) -> etree._Element | str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"the feed is not UTF-8 at byte {error.start}"
    if "<!DOCTYPE" in text:
        return "the feed has a document type, which readers refuse for what it can do"
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return f"the feed is not well-formed XML: {error.msg}"
    encoding = root.getroottree().docinfo.encoding
    if encoding and encoding.upper() != "UTF-8":
        return f"the feed says it is written in {encoding}, and must be written in UTF-8"
    return root if root.tag == f"{ATOM}feed" else "the document is no Atom feed (RFC 4287 §4.1.1)"
