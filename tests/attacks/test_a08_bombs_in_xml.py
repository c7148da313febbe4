"""FAULTS.md A8: documents that are small and become large, deep or slow: refused fast, in little memory."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Parsed
from digest.sources.feed import parse_feed
from digest.sources.page import Page
from digest.sources.parser import Parser
from tests.costs import Work, assert_cheap, assert_gentle_growth

MB = 1 << 20
READ = "digest.sources.feed:parse_page"


SHAPES = [
    "<", "&", "&aa", "&lt;", "&amp;lt;", "<![CDATA[", "<!--", "<!", "<?", "]]>", "</item>", "<a b='", "<media:title ",
    "&lt;media:title x=\"", "…", "&lt;/p&gt; ", " ", "<category>x</category>", "<a:b c:d='e'/>", "<title>", "&#1;",
    "&#", "<pubDate>(((((</pubDate>", "<item>",
]  # fmt: skip


def _rss(inside: str, head: str = "") -> bytes:
    return f"{head}<rss version='2.0'><channel><item>{inside}</item></channel></rss>".encode()


def _laughs() -> bytes:
    rows = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return _rss("&l11;", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{rows}]>')


def _attributes() -> str:
    return " ".join(f"a{number}=''" for number in range(200_000))


def _quadratic() -> bytes:
    return _rss("&a;" * 50_000, f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>')


@pytest.mark.parametrize(
    ("bomb", "refusal"),
    [
        pytest.param(_laughs, "declares entities", id="billion laughs"),
        pytest.param(_quadratic, "declares entities", id="quadratic blow-up"),
        pytest.param(lambda: _rss("<a>" * 200_000 + "</a>" * 200_000), "elements deep", id="depth 200,000"),
        pytest.param(lambda: _rss("<a>" * 200_000), "elements deep", id="depth 200,000, never closed"),
        pytest.param(
            lambda: _rss("& " + "<a>" * 200_000 + "</a>" * 200_000), "elements deep", id="depth, to be mended"
        ),
        pytest.param(lambda: b"[" * 200_000, "neither RSS", id="JSON without an object"),
        pytest.param(lambda: b'{"a":' * 200_000, "JSON that is broken", id="JSON, depth 200,000"),
        pytest.param(lambda: b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "JSON that is", id="closed again"),
        pytest.param(lambda: _rss(f"<a {_attributes()}/>"), "attributes", id="200,000 attributes"),
        pytest.param(lambda: _rss("<a></b>" * 400_000), "too large to repair", id="broken and large"),
    ],
)
async def test_a_bomb_is_refused_fast_in_bounded_memory(bomb: Callable[[], bytes], refusal: str) -> None:
    """Each gives a sentence, in a child that may use 200 MB, and costs less than a sound feed of its size would."""
    data = bomb()
    page = Page(data=data, source=SourceSettings(id="river", type="feed"))
    async with Parser(children=1, memory_bytes=200 * MB) as parser:
        with pytest.raises(SourceError, match=refusal):
            await parser.call(READ, page, Parsed)
    story = "<title>Ferry</title><link>/1</link></item><item>"
    assert_cheap(_reading(data), _reading(_rss(story * (1 + len(data) // len(story) // 20))), below=20)


def _reading(data: bytes) -> Work:
    def read() -> None:
        with suppress(SourceError):
            parse_feed(data)

    return read


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("<title>Ferry</title><description>{}</description>", id="summary"),
        pytest.param("<title>Ferry</title><description>{}", id="never closed"),
        pytest.param("<description>{}</description>", id="no title"),
        pytest.param("<description><![CDATA[{}]]></description>", id="CDATA"),
    ],
)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_takes_more_time_than_its_size(shape: str, around: str) -> None:
    """Twice as much of any one thing is read or refused at twice the cost: nothing is looked for again and again."""
    assert_gentle_growth(lambda size: _reading(_rss(around.format(shape * (size // len(shape))))), MB // 32)
