"""The text of a feed's bytes, whatever their encoding is said to be (FAULTS.md F28)."""

import codecs
import re
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"[<{]\\0\\0\\0", "utf-32-le"),
    (b"\\0\\0\\0[<{]", "utf-32-be"),
    (b"[<{]\\0[^\\0]\\0", "utf-16-le"),
    (b"\\0[<{]\\0[^\\0]", "utf-16-be"),
)
"""How a document begins in each Unicode encoding: with the byte order mark, or with XML or JSON in it (as patterns)."""
_HEADER = re.compile(r""";\s*charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_DECLARATION = re.compile(r"""^[^<]{0,100}<\?xml\s[^>]{0,100}?\bencoding\s*=\s*["']([\w.:-]{1,40})["']""", re.I)
_CHARSETS = re.compile(
    r"(?:cp|koi8-|kz|mac-|iso8859-|euc[-_]|iso2022[-_]|utf-8|utf-16|utf-32|gb|big5|shift|tis|johab|hz)"
)
"""Of Python's codecs those that are character sets: others among them are slow, or expand (punycode, idna)."""
_SUCCESSORS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
"""What some names are used for, as browsers read them (WHATWG Encoding §4.2)."""
_ONE_BYTE = re.compile(r"cp(?!9(?:32|49|50)$)|koi8|kz|mac|iso8859|tis")
_LOST = "\ufffd"


_MOST_LOST = 0.5
"""Of the letters beyond ASCII in a text that is UTF-8 but for some broken bytes. Read as UTF-8, text in one-byte
encodings loses all of them (Thai five sixths), in those of East Asia three fifths and more: measured on sentences."""


def decode_feed(data: bytes, content_type: str | None) -> str:
    """Return the text of a feed, without NUL; nothing is raised.

    Its encoding is that of its first bytes, else what the header `content_type` (as received) or else its XML
    declaration says. But any bytes are text in most one-byte encodings, also where a server's default or an old
    template says one by mistake: what is UTF-8, or nearly so, is read as UTF-8. Bytes that are no text become U+FFFD.
    """
    for start, codec in _MARKS:
        if re.match(start, data):
            return data.decode(codec, errors="replace").removeprefix("\ufeff").replace("\x00", "")
    return _decode(data, list(_list_said(data, content_type))).replace("\x00", "")


def _decode(data: bytes, said: list[str]) -> str:
    for codec in said:
        if not _ONE_BYTE.match(codec) and (text := _try(data, codec)) is not None:
            return text
    text = data.decode("utf-8", errors="replace")
    lost = text.count(_LOST)
    if not lost or lost <= _MOST_LOST * (len(text) - len(text.encode("ascii", "ignore"))):
        return text
    tries = (_try(data, codec) for codec in said if _ONE_BYTE.match(codec))
    last = next((codec for codec in said if not codec.startswith("utf")), "cp1252")
    return next((text for text in tries if text is not None), None) or data.decode(last, errors="replace")


def _try(data: bytes, codec: str) -> str | None:
    """Return the text if all bytes are text in this encoding, and it looks like XML or JSON in it."""
    try:
        text = data.decode(codec)
    except UnicodeError:
        return None
    return text if re.search(r"[<{]", text[:1000]) else None


def _list_said(data: bytes, content_type: str | None) -> Iterator[str]:
    head = data[:300].decode("latin-1")
    for found in (_HEADER.search(content_type or ""), _DECLARATION.match(head)):
        if found and (codec := _find_codec(found[1])):
            yield codec


def _find_codec(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    name = _SUCCESSORS.get(name, name)
    return name if _CHARSETS.match(name) else None
