"""FAULTS.md F28: a wrong charset, mojibake, invalid UTF-8, NUL: the item is still usable."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.clean import clean_item
from digest.sources.feed import parse_feed
from digest.sources.feeds.feed_text import decode_feed

XML = "application/rss+xml"
RUSSIAN = "Паром через реку снова ходит"
FRENCH = "Le bac est arrêté à Genève, où l’été s’achève"
JAPANESE = "フェリーは再び運航している"
LATIN_1, CP1251 = f"{XML}; charset=iso-8859-1", f'{XML}; CHARSET="CP1251"'
UTF_8, UTF_16 = f"{XML}; charset=utf-8", f"{XML}; charset=utf-16"


def _feed(title: str, declaration: str = "") -> str:
    return f"{declaration}<rss version='2.0'><channel><item><title>{title}</title></item></channel></rss>"


def _says(encoding: str) -> str:
    return f"<?xml version='1.0' encoding='{encoding}'?>"


def _title(data: bytes, content_type: str | None = None) -> str:
    (item,) = parse_feed(data, content_type=content_type).items
    return clean_item(item, base_url=None).title


@pytest.mark.parametrize(
    ("data", "content_type", "title"),
    [
        pytest.param(_feed(FRENCH).encode(), None, FRENCH, id="UTF-8 that says nothing"),
        pytest.param(_feed(RUSSIAN).encode("cp1251"), f"{XML}; charset=windows-1251", RUSSIAN, id="header"),
        pytest.param(_feed(RUSSIAN, _says("koi8-r")).encode("koi8-r"), XML, RUSSIAN, id="declaration"),
        pytest.param(_feed(RUSSIAN, _says("utf-8")).encode("cp1251"), CP1251, RUSSIAN, id="header first"),
        pytest.param(_feed(FRENCH, _says("iso-8859-1")).encode("cp1252"), None, FRENCH, id="Latin 1 is Windows-1252"),
        pytest.param(_feed(JAPANESE, _says("Shift_JIS")).encode("cp932"), None, JAPANESE, id="Shift_JIS"),
        pytest.param(_feed(JAPANESE, _says("iso-2022-jp")).encode("iso2022-jp"), None, JAPANESE, id="seven bits"),
        pytest.param(_feed(FRENCH).encode("utf-8-sig"), CP1251, FRENCH, id="mark before header"),
        pytest.param(_feed(FRENCH, _says("utf-16")).encode("utf-16"), None, FRENCH, id="UTF-16 with a mark"),
        pytest.param(_feed(FRENCH).encode("utf-16-be"), UTF_8, FRENCH, id="UTF-16 without one"),
        pytest.param(_feed(FRENCH).encode("utf-32-le"), None, FRENCH, id="UTF-32"),
        # The header of a server that says the same of all its files, and a template that was converted.
        pytest.param(_feed(FRENCH).encode(), LATIN_1, FRENCH, id="UTF-8 called Latin 1"),
        pytest.param(_feed(RUSSIAN, _says("windows-1251")).encode(), None, RUSSIAN, id="UTF-8 called 1251"),
        pytest.param(_feed(FRENCH, _says("utf-8")).encode("cp1252"), UTF_8, FRENCH, id="1252 called UTF-8"),
        pytest.param(_feed(RUSSIAN, _says("utf-16")).encode(), UTF_16, RUSSIAN, id="UTF-8 called UTF-16"),
        pytest.param(_feed(RUSSIAN, _says("klingon")).encode(), f"{XML}; charset=none", RUSSIAN, id="unknown names"),
        pytest.param(_feed("Ferry", _says("punycode")).encode(), f"{XML}; charset=zlib", "Ferry", id="no charsets"),
        pytest.param(_feed(RUSSIAN).encode() + b"<!-- \xff -->", None, RUSSIAN, id="one broken byte"),
        pytest.param(_feed(f"{FRENCH}\x00\x08\x0b").encode(), None, FRENCH, id="NUL and controls"),
        pytest.param(("\x00" + _feed(FRENCH)).encode(), None, FRENCH, id="NUL before all"),
    ],
)  # fmt: skip
def test_a_title_is_read_whatever_its_encoding_is_said_to_be(data: bytes, content_type: str | None, title: str) -> None:
    """First bytes, header, declaration, UTF-8: the first that fits; bytes that fit nothing become U+FFFD."""
    assert _title(data, content_type) == title


def test_bytes_that_are_no_text_cost_only_themselves() -> None:
    """They become U+FFFD; the letters around them stay."""
    data = _feed(f"{RUSSIAN} @ {FRENCH}").encode().replace(b"@", b"\xff\x80")
    assert _title(data) == f"{RUSSIAN} \ufffd\ufffd {FRENCH}"


def test_json_is_read_like_xml() -> None:
    """A JSON Feed with a broken byte, or in UTF-16, is no less usable."""
    feed = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "a", "title": RUSSIAN}]}
    text = json.dumps(feed, ensure_ascii=False)
    assert _title(text.encode("utf-16-le")) == RUSSIAN
    assert _title(text.encode().replace(b'"a"', b'"\xff"')) == RUSSIAN


LETTERS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Co", "Zs", "Zl", "Zp")), min_size=1, max_size=60
)


@given(LETTERS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"]))
def test_any_text_survives_any_encoding_that_can_hold_it(words: str, codec: str) -> None:
    """What the header says truly comes out letter for letter."""
    assert words in decode_feed(_feed(words).encode(codec), f"{XML}; charset={codec.removesuffix('-sig')}")


@given(
    st.text(max_size=60), st.binary(max_size=6), st.sampled_from(["", "utf-8", "iso-8859-1", "utf-16", "big5", "x\0y"])
)
def test_nothing_said_and_no_bytes_cost_an_item(words: str, noise: bytes, charset: str) -> None:
    """Whatever stands in one title and is said about it, the item after it is read, and is clean."""
    first = words.encode(errors="replace").replace(b"<", b"(").replace(b"&", b"+") + noise.replace(b"<", b"(")
    data = _feed("@").encode().replace(b"@", first + b"</title></item><item><title>Ferry &amp; bridge")
    parsed = parse_feed(data, content_type=f"{XML}; charset={charset}")
    titles = [clean_item(item, base_url=None).title for item in parsed.items]
    assert titles[-1] == "Ferry & bridge"
    assert not any(letter < " " or "\ud800" <= letter <= "\udfff" for title in titles for letter in title)
