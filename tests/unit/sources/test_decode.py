"""The encoding of a page: mark, header, the page's own word, UTF-8."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.markup.decode import decode_html

WORDS = "Zürich „fest“ – Żółw"


@pytest.mark.parametrize(
    ("data", "header", "text"),
    [
        pytest.param("Ä".encode(), None, "Ä", id="UTF-8 without a word"),
        pytest.param(b"\xef\xbb\xbf\xc3\x84", "text/html; charset=iso-8859-1", "Ä", id="mark before header"),
        pytest.param("Ä€".encode("utf-16"), "text/html", "Ä€", id="UTF-16 little"),
        pytest.param(b"\xfe\xff" + "Ä".encode("utf-16-be"), None, "Ä", id="UTF-16 big"),
        pytest.param(b"\x80\x93", "text/html; charset=ISO-8859-1", "€“", id="latin1 means windows-1252"),
        pytest.param(b"\x80", 'text/html; charset="us-ascii"; x=y', "€", id="so does ASCII"),
        pytest.param("Мир".encode("cp1251"), "text/html;charset=windows-1251", "Мир", id="header"),
        pytest.param(
            '<meta charset="koi8-r">Мир'.encode("koi8-r"), "text/html", '<meta charset="koi8-r">Мир', id="meta"
        ),
        pytest.param(b"<META content='text/html; charset=latin2' http-equiv=x>\xb1", None, None, id="meta http-equiv"),
        pytest.param(b"<meta charset=utf-16>\xc3\x84", None, "<meta charset=utf-16>Ä", id="UTF-16 in ASCII is a lie"),
        pytest.param(
            b"<meta charset=koi8-r>\x80", "x; charset=cp1252", "<meta charset=koi8-r>€", id="header before meta"
        ),
        pytest.param(b"<!-- <meta charset=koi8-r> -->\xc3\x84", None, "<!-- <meta charset=koi8-r> -->Ä", id="comment"),
        pytest.param(b"<meta charset=nonsense><meta charset=cp1252>\x80", None, None, id="the first that is known"),
        pytest.param(b'<?xml version="1.0" encoding="windows-1250"?>\x8a', None, None, id="XML declaration"),
        pytest.param(b"<meta name=charset content=x>\xc3\x84", None, "<meta name=charset content=x>Ä", id="no charset"),
        pytest.param(b"\xc3\x84", "text/html; charset=utf-7", "Ä", id="UTF-7 is never read"),
        pytest.param(b"\xc3\x84", "text/html; charset=rot13", "Ä", id="nor Python's other codecs"),
        pytest.param(b"\xc3\x84", "nonsense", "Ä", id="a header that says nothing"),
        pytest.param(b"a\xffb", None, "a\ufffdb", id="what is no text is marked"),
        pytest.param(b"a\x00b", None, "ab", id="NUL is dropped"),
        pytest.param("日本".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本", id="Japanese"),
        pytest.param("한국".encode("cp949"), "text/html; charset=euc-kr", "한국", id="Korean"),
        pytest.param("中文".encode("gbk"), "text/html; charset=gb2312", "中文", id="Chinese"),
        pytest.param("şğ".encode("cp1254"), "text/html; charset=iso-8859-9", "şğ", id="Turkish"),
    ],
)
def test_the_encoding_is_found(data: bytes, header: str | None, text: str | None) -> None:
    """A mark counts before the header, the header before the page, and labels mean what they mean to browsers."""
    decoded = decode_html(data, header)
    assert decoded == text if text is not None else decoded[-1] in "ą€Š"


@pytest.mark.parametrize("codec", ["utf-8", "cp1250", "utf-16"])
def test_words_come_out_as_they_were(codec: str) -> None:
    """What was written in an encoding is read back from it."""
    label = "windows-1250" if codec == "cp1250" else codec
    assert decode_html(WORDS.encode(codec), f"text/html; charset={label}") == WORDS


def test_every_label_has_a_codec() -> None:
    """No known label leads to an encoding that Python does not have."""
    for label in (
        "latin1",
        "koi8-u",
        "mac",
        "x-mac-cyrillic",
        "iso-8859-16",
        "tis-620",
        "big5",
        "iso-2022-jp",
        "logical",
    ):
        assert decode_html(b"abc", f"text/html; charset={label}") == "abc"


@given(
    st.binary(), st.none() | st.text() | st.sampled_from(["utf-16", "gbk", "iso-2022-jp"]).map("x;charset={}".format)
)
def test_anything_gives_a_text(data: bytes, header: str | None) -> None:
    """Whatever the bytes and the header, there is a text without NUL that can be written as UTF-8."""
    text = decode_html(data, header)
    assert "\x00" not in text
    text.encode()


def test_a_long_head_costs_no_time() -> None:
    """Ten megabytes of half a declaration are looked at in their first bytes alone."""
    assert len(decode_html(b"<meta " * 1_700_000, None)) == 10_200_000
