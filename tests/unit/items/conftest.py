"""Strategies for what a source may send."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import strategies as st

from digest.model.item import Image, Item, ParsedItem

HOSTILE = (
    "\x00", "\x0b", "\x1b[31m", "\x7f", "\x85", "\xa0", "\u00ad", "\u200b", "\u200f", "\u2028", "\u202e", "\u2066",
    "\u2069", "\ufeff", "\ufffe", "\uffff", "\ud800", "\r\n", "]]>", "<!--", "-->", "<![CDATA[", "&#x202E;", "&#0;",
    "&#13;", "&amp;lt;", "&lt;b&gt;", "&nbsp;", "<p>", "</p>", "<b>", "</b>", "<a href='/x'>", "</a>", "<table>",
    "<td>", "<script>alert(1)</script>", "<style>p{}</style>", "<img src='a.png' alt='A boat'>", "<img onerror=x>",
    "<a href='javascript:x'>", "<svg><title>", "<textarea>", "<noscript>", "<select>", "<h1>", "<i lang=tr>", "<br>",
    "<div style='x'>", "“", "’", "—", "…", "word", " ",
)  # fmt: skip

URL_PARTS = (
    "https://", "http://", "HTTPS://", "//", "javascript:", "data:", "mailto:", "reader@example.org", "example.org",
    "www.", "münchen.example", "straße.example", "user:pw@", ":443", ":80", ":99999", "/", "/a", "?", "q=1", "&",
    "utm_source=x", "#", "top", "#!/p", "\\", " ", "\t", "\u200b", "\u202e", "%2e", "%C3%BC", "ü", "[", "]", "[::1]",
    "..", "@", "\ud800", "<", '"', "'", "①②⑦.0.0.1", "0x7f.1", "",
)  # fmt: skip


@pytest.fixture(scope="session", name="any_text")
def make_any_text() -> st.SearchStrategy[str]:
    """Any characters at all, lone surrogates included, mixed with pieces that break naive cleaning."""
    return st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=5)), max_size=12).map("".join)


@pytest.fixture(scope="session", name="any_url")
def make_any_url() -> st.SearchStrategy[str]:
    """Pieces of addresses in any order."""
    return st.lists(st.one_of(st.sampled_from(URL_PARTS), st.text(max_size=2)), max_size=7).map("".join)


@pytest.fixture(scope="session", name="any_parsed")
def make_any_parsed(any_text: st.SearchStrategy[str], any_url: st.SearchStrategy[str]) -> st.SearchStrategy[ParsedItem]:
    """An item as an adapter may hand it over, every field hostile."""
    maybe = st.none() | any_text
    image = st.builds(Image, url=st.none() | any_url, alt=maybe, caption=maybe, credit=maybe)
    return st.builds(
        ParsedItem,
        title=any_text,
        summary=any_text,
        kind=maybe,
        published=st.none() | st.dates() | st.datetimes(timezones=st.none() | st.timezones()),
        explicit_id=maybe | any_url,
        link=st.none() | any_url,
        language=st.none() | any_text | st.sampled_from(["en_US", "tr", "zh-Hant-TW"]),
        image=st.none() | image,
        content_html=maybe,
        author=maybe,
        markup=st.booleans(),
    )


@pytest.fixture(name="story")
def make_story() -> Callable[..., ParsedItem]:
    """Make an invented item; what is given replaces its fields."""

    def make(**fields: Any) -> ParsedItem:
        given: dict[str, Any] = {
            "title": "Harbour clinic reopens after repairs",
            "summary": "Doctors welcomed the first patients.",
        }
        return ParsedItem(**{**given, **fields})

    return make


@pytest.fixture(name="make_item")
def make_item_of_today() -> Callable[..., Item]:
    """Make a stored item of 5 March 2026; what is given replaces its fields."""

    def make(**fields: Any) -> Item:
        at = datetime(2026, 3, 5, 14, tzinfo=UTC)
        given: dict[str, Any] = {
            "id": 1, "source": "newsroom", "key": "17", "entry_id": "tag:example.org,2026:17", "title": "A",
            "summary": "", "truncated": False, "kind": None, "published_on": at.date(), "published_at": at,
            "date_only": True, "updated_at": at, "first_seen_at": at, "link": "https://example.org/17",
            "language": "en",
        }  # fmt: skip
        given |= fields
        return Item(**(given | {"published_on": given["published_at"].date()}))

    return make
