"""How to connect a newsroom: each sentence it quotes is one that digest really says."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.config.settings import HtmlSettings, SourceSettings
from digest.errors import SourceError
from digest.model.source import PastReading, SourceState
from digest.pipelines.health import decide_health
from digest.sources.dates import DateError, read_when
from digest.sources.fetch import Client, FetchFailed
from digest.sources.html import parse_html
from digest.sources.page import Page
from digest.sources.parser import Parser
from digest.sources.reading import Reader, read_source
from digest.sources.robots import Robots

GUIDE = (Path(__file__).parents[2] / "docs/how-to/connect-a-newsroom.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
PAGE = SourceSettings(
    id="newsroom",
    type="html",
    url="https://newsroom.example.org/news/",
    html=HtmlSettings(items="article.card", title="h2"),
)


def _state(*items: int, news: tuple[int, ...] = ()) -> SourceState:
    """Return a source whose readings, an hour apart, listed so many items; `news` came so many days ago."""
    fresh = [PastReading(NOW - timedelta(days=day), 25, 1) for day in news]
    readings = [PastReading(NOW - timedelta(hours=len(items) - at), number, 0) for at, number in enumerate(items)]
    last = NOW - timedelta(days=news[-1]) if news else NOW
    return SourceState(id="newsroom", read_at=NOW - timedelta(hours=4), history=(*fresh, *readings), last_new_at=last)


def _health(state: SourceState, pending: int = 0) -> str:
    return decide_health(state, PAGE, pending, NOW).sentence


def _date_error(text: str) -> str:
    with pytest.raises(DateError) as caught:
        read_when(text, PAGE)
    return str(caught.value)


async def _robots_error() -> str:
    """Return what is said where the kept robots.txt forbids a page; nothing is asked of anybody."""
    async with Client() as client, Parser() as parser:
        robots = Robots(client, lambda _origin: ("User-agent: *\nDisallow: /news/", NOW), lambda *_: None, NOW)
        with pytest.raises(SourceError) as caught:
            await read_source(Reader(client, parser, robots), PAGE, kinds=(), validators=None)
    return str(caught.value)


async def _private_error() -> str:
    """Return what is said of a name that leads into a private network."""

    async def resolve(_host: str) -> list[str]:
        return ["10.0.0.7"]

    async with Client(resolve=resolve) as client:
        answer = await client.fetch("https://press.intranet.example.org/rss")
    assert isinstance(answer, FetchFailed)
    return answer.reason


def _markers() -> tuple[str, ...]:
    page = b"<html><head><title>Log in</title></head><body><form><input type=password></form></body></html>"
    return parse_html(Page(data=page, source=PAGE, url=PAGE.url, content_type="text/html")).markers


async def _said() -> list[str]:
    """Return what the program says in each of the page's cases, in their order."""
    usual = _state(25, 25, 25)
    return [
        _date_error("11/12/2026"),
        _date_error("3 days ago"),
        _markers()[0],
        await _robots_error(),
        _health(_state(25, 25, 25, 0)),
        _health(_state(25, 25, 25, 9)),
        _health(usual, pending=400),
        _health(replace(usual, moved_to="https://newsroom.example.org/press/")),
        _health(replace(usual, failures=1, status=410, problem="gone")),
        _health(_state(25, news=(18, 16, 14, 12))),
        await _private_error(),
    ]


async def test_the_how_to_quotes_what_digest_says() -> None:
    """The quoted sentences, in the order of the page, are exactly those that the program gives in each case."""
    quoted = re.findall(r"^> (.+)$", GUIDE, re.MULTILINE)
    assert quoted == await _said()
