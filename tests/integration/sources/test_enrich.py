"""Enrichment against real servers: which pages are asked for, what they add, and what stays as listed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from digest.config.settings import DetailSettings, HtmlSettings, SourceSettings
from digest.model.item import Detail, Image, ParsedItem
from digest.sources.enrich import enrich_items
from digest.sources.fetch import Client
from digest.sources.parser import Parser
from digest.sources.robots import Robots
from tests.clocks import OwnClockLoop
from tests.webservers import Answer, WebServer, drip, reply, route, serve, wait_for

pytestmark = pytest.mark.own_clock

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HTML = "Content-Type: text/html; charset=utf-8"
PAGE = b"""<html lang=en><head><title>The bridge</title><meta name=author content="Ada Brook">
<meta name=description content="It opens."><meta property=article:published_time content=2026-05-01>
<meta property=og:image content=/bridge.jpg><link rel=stylesheet href=/style.css></head><body>
<iframe src=/frame></iframe><img src=/picture.jpg><p class=kind>Report</p>
<p class=text>It <a href=more>opens</a>.</p></body></html>"""


@dataclass(frozen=True)
class Reader:
    """What enrichment needs of a run."""

    client: Client
    parser: Parser
    robots: Robots


@asynccontextmanager
async def _reading(client: Client | None = None) -> AsyncIterator[Reader]:
    async with client or Client() as asked, Parser(children=1) as parser:
        clock = asyncio.get_running_loop()
        assert isinstance(clock, OwnClockLoop)
        clock.hold_while(lambda: bool(parser._busy))
        yield Reader(asked, parser, Robots(asked, lambda _: None, lambda *_: None, NOW))


def _page(path: str = "/a", *headers: str, body: bytes = PAGE) -> dict[str, Answer]:
    return {path: reply("200 OK", *(headers or (HTML,)), body=body)}


def _source(web: WebServer, **settings: Any) -> SourceSettings:
    source = SourceSettings(id="river", type="html", url=web.url("/news"), allow_private=True, enrich=("author",))
    return replace(source, **settings)


def _items(*links: str | None, title: str = "A bridge") -> list[ParsedItem]:
    return [ParsedItem(title=title, link=link) for link in links]


async def _enrich(
    answers: dict[str, Answer], links: Sequence[str | None], *, budget_s: float = 20, **settings: Any
) -> tuple[list[Detail | None], tuple[str, ...], WebServer]:
    async with serve(route(answers)) as web, _reading() as reader:
        items = _items(*(link and link.replace("HERE", web.url("")) for link in links))
        found, notes = await enrich_items(reader, _source(web, **settings), items, ("Report",), budget_s=budget_s)
        assert [one.link for one in found] == [one.link for one in items]
        return [one.detail for one in found], notes, web


async def test_a_new_item_gets_what_is_wanted_of_its_page() -> None:
    """Only the wanted parts, and the item's own page is all that is asked for beside robots.txt (FAULTS.md A6)."""
    details, notes, web = await _enrich(_page(), ["HERE/a"], enrich=("author", "date", "picture", "text"))
    assert len(details) == 1
    detail = details[0]
    assert detail is not None
    assert (detail.author, detail.published, detail.summary) == ("Ada Brook", date(2026, 5, 1), None)
    assert detail.image == Image(url=web.url("/bridge.jpg"))
    assert notes == ()
    assert web.paths == ["/robots.txt", "/a"]


async def test_the_selectors_of_a_source_are_wanted_too() -> None:
    """Whoever names a selector wants what it finds."""
    html = HtmlSettings(items="article", title="h2", detail=DetailSettings(content=".text", kind=".kind"))
    details, _, web = await _enrich(_page(), ["HERE/a"], enrich=(), html=html)
    assert details == [Detail(kind="Report", content_html=f'It <a href="{web.url("/more")}">opens</a>.')]


async def test_an_item_without_a_title_gets_everything_but_the_full_text() -> None:
    """A plain sitemap tells nothing but addresses: there, all of an item is on its page."""
    async with serve(route(_page())) as web, _reading() as reader:
        items = _items(web.url("/a"), title="")
        ((item,), _) = await enrich_items(reader, _source(web, enrich=()), items, ())
    assert item.detail == Detail(
        title="The bridge",
        summary="It opens.",
        published=date(2026, 5, 1),
        language="en",
        image=Image(url=web.url("/bridge.jpg")),
        author="Ada Brook",
    )


@pytest.mark.parametrize(
    "link",
    [
        None,
        "https://elsewhere.example/a",
        "http://127.0.0.2/a",
        "http://127.0.0.1:1/a",
        "ftp://127.0.0.1/a",
        "http://[",
    ],
    ids=["none", "host", "address", "port", "scheme", "broken"],
)
async def test_only_pages_of_the_source_itself_are_asked_for(link: str | None) -> None:
    """Whatever else an item links to is nobody's business."""
    details, notes, web = await _enrich(_page(), [link])
    assert (details, notes, web.paths) == ([None], (), [])


async def test_a_relative_link_counts_from_the_source() -> None:
    """`/a` is a page of the site."""
    details, _, web = await _enrich(_page(), ["/a"])
    assert details == [Detail(author="Ada Brook")]
    assert web.paths == ["/robots.txt", "/a"]


async def test_nothing_is_asked_for_where_nothing_is_wanted() -> None:
    """An item with a title, and a source without `enrich`."""
    details, notes, web = await _enrich(_page(), ["HERE/a"], enrich=())
    assert (details, notes, web.paths) == ([None], (), [])


async def test_robots_txt_is_obeyed() -> None:
    """What programs are asked to leave alone stays unread, and that is told."""
    answers = {**_page(), **_page("/b"), "/robots.txt": reply("200 OK", body=b"User-agent: *\nDisallow: /a\n")}
    details, notes, web = await _enrich(answers, ["HERE/a", "HERE/b"])
    assert details == [None, Detail(author="Ada Brook")]
    assert notes == ("1 page of new items could not be read: robots.txt asks programs to leave it alone",)
    assert web.paths == ["/robots.txt", "/b"]


async def test_an_operator_may_ignore_robots_txt_on_a_site_of_their_own() -> None:
    """It is not even asked for."""
    answers = {**_page(), "/robots.txt": reply("200 OK", body=b"User-agent: *\nDisallow: /\n")}
    details, _, web = await _enrich(answers, ["HERE/a"], obey_robots=False)
    assert details == [Detail(author="Ada Brook")]
    assert web.paths == ["/a"]


async def test_a_page_that_fails_leaves_its_item_as_listed() -> None:
    """The others get their detail, and one sentence tells of all that failed for the same reason."""
    failing = {"/a": reply("500 Oops"), "/c": reply("500 Oops")}
    answers = {**failing, **_page("/b"), **_page("/d", "Content-Type: application/pdf")}
    details, notes, _ = await _enrich(answers, ["HERE/a", "HERE/b", "HERE/c", "HERE/d"])
    assert details == [None, Detail(author="Ada Brook"), None, None]
    assert notes == (
        "2 pages of new items could not be read: the server answered 500 Oops",
        "1 page of new items could not be read: it is application/pdf, not HTML",
    )


async def test_a_page_that_cannot_be_parsed_leaves_its_item_as_listed() -> None:
    """A hostile page costs only its own detail."""
    answers = {**_page("/a", body=b"<div>" * 50_000), **_page("/b")}
    details, notes, _ = await _enrich(answers, ["HERE/a", "HERE/b"])
    assert details == [None, Detail(author="Ada Brook")]
    assert notes == (
        "1 page of new items could not be read: an HTML page with more than 5,000 elements within one another",
    )


async def test_a_page_that_leads_to_another_site_is_not_used() -> None:
    """What stands there may be anybody's, even where it is the same machine by another name."""

    async def lead_away(head: str, writer: asyncio.StreamWriter) -> None:
        port = head.partition("127.0.0.1:")[2].partition("\r")[0]
        await reply("302 Found", f"Location: http://localhost:{port}/b")(head, writer)

    details, notes, web = await _enrich({"/a": lead_away, **_page("/b")}, ["HERE/a"])
    assert details == [None]
    assert notes == (f"1 page of new items could not be read: it leads to another site, localhost:{web.port}",)


async def test_a_page_that_moved_on_its_site_is_used() -> None:
    """A redirect within the site is as good as the page."""
    details, _, _ = await _enrich({"/a": reply("301 Moved", "Location: /b"), **_page("/b")}, ["HERE/a"])
    assert details == [Detail(author="Ada Brook")]


async def test_no_more_pages_are_read_than_the_settings_allow() -> None:
    """The first in page order, which are the newest."""
    answers = {path: answer for n in range(5) for path, answer in _page(f"/{n}").items()}
    details, notes, web = await _enrich(answers, [f"HERE/{n}" for n in range(5)], enrich_pages=3)
    assert [detail is not None for detail in details] == [True, True, True, False, False]
    assert notes == ("2 pages of new items were not read: enrich_pages is 3",)
    assert sorted(web.paths) == ["/0", "/1", "/2", "/robots.txt"]


async def test_an_item_that_has_its_detail_is_left_alone() -> None:
    """It is read once."""
    async with serve(route(_page())) as web, _reading() as reader:
        known = ParsedItem(title="A", link=web.url("/a"), detail=Detail(author="Bea"))
        ((item,), notes) = await enrich_items(reader, _source(web), [known], ())
    assert (item, notes, web.paths) == (known, (), [])


async def test_at_most_two_pages_are_read_at_a_time() -> None:
    """A newsroom's server should not notice."""
    gate = asyncio.Event()
    answers = {f"/{n}": wait_for(gate, reply("200 OK", HTML, body=PAGE)) for n in range(6)}
    async with serve(route(answers)) as web, _reading() as reader:
        items = _items(*(web.url(f"/{n}") for n in range(6)))
        task = asyncio.create_task(enrich_items(reader, _source(web), items, ()))
        await web.wait_until(lambda: web.busy == 2)
        gate.set()
        found, _ = await task
    assert all(item.detail for item in found)
    assert web.most_busy == 2


async def test_a_busy_server_is_left_alone() -> None:
    """After 429 or 503 nothing more is asked for in this reading."""
    answers = {f"/{n}": reply("429 Slow Down", "Retry-After: 60") for n in range(9)}
    details, notes, web = await _enrich(answers, [f"HERE/{n}" for n in range(9)])
    asked = len([path for path in web.paths if path != "/robots.txt"])
    assert details == [None] * 9
    assert asked <= 2
    assert notes[0].endswith("could not be read: the server answered 429 Slow Down")
    assert notes[1] == f"{9 - asked} pages of new items were not asked for, because the server is busy"


async def test_the_budget_of_time_ends_the_reading_of_pages() -> None:
    """What was read until then is kept; the rest is told."""
    never = wait_for(asyncio.Event(), reply("200 OK"))
    answers = {**_page("/a"), "/b": never, "/c": never, **_page("/d")}
    details, notes, _ = await _enrich(answers, ["HERE/a", "HERE/b", "HERE/c", "HERE/d"], budget_s=2)
    assert details == [Detail(author="Ada Brook"), None, None, None]
    assert notes == ("3 pages of new items could not be read within 2 s",)


async def test_it_can_be_stopped_at_any_time() -> None:
    """A run that ends does not wait for slow pages, and leaves nothing behind."""
    slow = drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    async with serve(route({"/a": slow})) as web, _reading() as reader:
        task = asyncio.create_task(enrich_items(reader, _source(web), _items(web.url("/a")), ()))
        await web.wait_until(lambda: "/a" in web.paths)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await web.wait_until(lambda: web.open == 0)
