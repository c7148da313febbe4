"""The text of an HTML document's bytes (WHATWG Encoding, WHATWG HTML §13.2.3)."""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PRESCAN_BYTES = 4096
"""Browsers promise to look for a declaration in the first 1,024, and read pages with longer heads all the same."""

_HEADER = re.compile(r""";\s*charset\s*=\s*["']?([^\s;"',]+)""", re.I)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.S)
_META = re.compile(r"""<meta[\s/](?:[^>"']|"[^"]*"|'[^']*')*""", re.I)
_META_CHARSET = re.compile(r"""[\s/"']charset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.I)
_META_CONTENT = re.compile(r"""[\s/"']content\s*=\s*["']?[^"'>]*?charset\s*=\s*["']?([^\s"'/>;]+)""", re.I)
_XML = re.compile(r"""\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']+)["']""", re.I)

# Labels of the WHATWG's table by Python's name for what they mean there: old names mean their Windows successors.
_LABELS = """
utf-8         utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8
utf-16-le     utf-16 utf-16le csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff
utf-16-be     utf-16be unicodefffe
cp1252        windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 iso-ir-100
cp1252        latin1 l1 cp819 ibm819 csisolatin1 ascii us-ascii ansi_x3.4-1968 x-user-defined
iso8859-2     iso-8859-2 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 iso-ir-101 latin2 l2 csisolatin2
iso8859-3     iso-8859-3 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 iso-ir-109 latin3 l3 csisolatin3
iso8859-4     iso-8859-4 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 iso-ir-110 latin4 l4 csisolatin4
iso8859-5     iso-8859-5 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988 iso-ir-144 cyrillic csisolatincyrillic
iso8859-6     iso-8859-6 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 iso-ir-127 arabic ecma-114 asmo-708
iso8859-6     iso-8859-6-e iso-8859-6-i csiso88596e csiso88596i csisolatinarabic
iso8859-7     iso-8859-7 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 iso-ir-126 greek greek8 ecma-118 elot_928
iso8859-7     sun_eu_greek csisolatingreek
iso8859-8     iso-8859-8 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 iso-ir-138 hebrew visual csisolatinhebrew
iso8859-8     iso-8859-8-e iso-8859-8-i csiso88598e csiso88598i logical
iso8859-10    iso-8859-10 iso8859-10 iso885910 iso-ir-157 latin6 l6 csisolatin6
iso8859-13    iso-8859-13 iso8859-13 iso885913
iso8859-14    iso-8859-14 iso8859-14 iso885914
iso8859-15    iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 csisolatin9
iso8859-16    iso-8859-16
cp866         ibm866 cp866 866 csibm866
koi8-r        koi8-r koi8_r koi8 koi cskoi8r
koi8-u        koi8-u koi8-ru
mac-roman     macintosh mac x-mac-roman csmacintosh
mac-cyrillic  x-mac-cyrillic x-mac-ukrainian
cp874         windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620
cp1250        windows-1250 cp1250 x-cp1250
cp1251        windows-1251 cp1251 x-cp1251
cp1253        windows-1253 cp1253 x-cp1253
cp1254        windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 iso-ir-148
cp1254        latin5 l5 csisolatin5
cp1255        windows-1255 cp1255 x-cp1255
cp1256        windows-1256 cp1256 x-cp1256
cp1257        windows-1257 cp1257 x-cp1257
cp1258        windows-1258 cp1258 x-cp1258
gb18030       gb18030 gbk x-gbk gb2312 gb_2312 gb_2312-80 chinese iso-ir-58 csgb2312 csiso58gb231280
big5hkscs     big5 big5-hkscs cn-big5 x-x-big5 csbig5
euc-jp        euc-jp x-euc-jp cseucpkdfmtjapanese
iso2022-jp    iso-2022-jp csiso2022jp
cp932         shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis
cp949         euc-kr korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 iso-ir-149 windows-949 cseuckr csksc56011987
"""
_CODECS = {label: row[0] for row in map(str.split, _LABELS.strip().splitlines()) for label in row[1:]}


def decode_html(data: bytes, content_type: str | None) -> str:
    """Return the text of an HTML document; NUL is dropped, and bytes that are no text become U+FFFD.

    The encoding is that of the byte order mark, else of the header `content_type` as received, else of the document's
    own declaration, else UTF-8. A label that no browser knows counts as none. Nothing is raised.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], codec)
    return _decode(data, _from_header(content_type) or _from_document(data) or "utf-8")


def _decode(data: bytes, codec: str) -> str:
    return data.decode(codec, errors="replace").replace("\x00", "")


def _from_header(content_type: str | None) -> str | None:
    found = _HEADER.search(content_type or "")
    return _find_codec(found[1]) if found else None


def _from_document(data: bytes) -> str | None:
    """Return what a `<meta>` or an XML declaration says; UTF-16 cannot be true where we could read it as ASCII."""
    head = _COMMENT.sub("", data[:_PRESCAN_BYTES].decode("latin-1"))
    codec = _from_meta(head)
    if codec is None and (found := _XML.match(head)):
        codec = _find_codec(found[1])
    return "utf-8" if codec in ("utf-16-le", "utf-16-be") else codec


def _from_meta(head: str) -> str | None:
    for meta in _META.findall(head):
        found = _META_CHARSET.search(meta) or _META_CONTENT.search(meta)
        if found and (codec := _find_codec(found[1])):
            return codec
    return None


def _find_codec(label: str) -> str | None:
    return _CODECS.get(label.strip().lower())
