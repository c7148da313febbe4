"""Pictures' files against real servers: who is asked for what, and what is believed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.config.settings import SourceSettings
from digest.sources.enclosures import MOST_PICTURES, PictureFile, measure_pictures
from digest.sources.fetch import Client
from digest.sources.robots import Robots
from tests.webservers import Answer, WebServer, reply, route, serve, wait_for

pytestmark = pytest.mark.own_clock

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
BOAT = PictureFile(48213, "image/jpeg")


@dataclass(frozen=True)
class Reader:
    """What asking needs of a run."""

    client: Client
    robots: Robots


@asynccontextmanager
async def _asking(**limits: Any) -> AsyncIterator[Reader]:
    async with Client(**limits) as client:
        yield Reader(client, Robots(client, lambda _: None, lambda *_: None, NOW))


def _say(*headers: str, status: str = "200 OK") -> Answer:
    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1"))
        await writer.drain()

    return answer


def _picture(length: int = 48213, media_type: str = "image/jpeg") -> Answer:
    return _say(f"Content-Length: {length}", f"Content-Type: {media_type}")


def _source(web: WebServer, **settings: Any) -> SourceSettings:
    return replace(SourceSettings(id="river", type="feed", url=web.url("/feed"), allow_private=True), **settings)


async def _measure(
    answers: dict[str, Answer], paths: Sequence[str], *, budget_s: float = 10, **settings: Any
) -> tuple[dict[str, PictureFile], WebServer]:
    async with serve(route(answers)) as web, _asking() as reader:
        urls = [web.url(path) for path in paths]
        found = await measure_pictures(reader, _source(web, **settings), urls, budget_s=budget_s)
    return {url.removeprefix(web.url("")): file for url, file in found.items()}, web


async def test_a_server_is_asked_for_the_head_of_each_picture_once() -> None:
    """Length and type by address; nothing is downloaded, and a picture of two items is asked for once."""
    found, web = await _measure({"/a.jpg": _picture(), "/b.png": _picture(77, "image/PNG")}, ["/a.jpg", "/b.png"] * 2)
    assert found == {"/a.jpg": BOAT, "/b.png": PictureFile(77, "image/png")}
    assert sorted(head.partition(" HTTP")[0] for head in web.heads) == [
        "GET /robots.txt",
        "HEAD /a.jpg",
        "HEAD /b.png",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(_say("Content-Type: image/jpeg", "Transfer-Encoding: chunked"), id="no length"),
        pytest.param(_say("Content-Length: 48213"), id="no type"),
        pytest.param(_picture(media_type="text/html"), id="a page"),
        pytest.param(_picture(0), id="empty"),
        pytest.param(_picture(10**11), id="endless"),
        pytest.param(_say("Content-Length: 482", "Content-Type: image/svg+xml", "Content-Encoding: gzip"), id="packed"),
        pytest.param(_say("Content-Length: 48213", "Content-Type: image/jpeg", status="404 Not Found"), id="missing"),
        pytest.param(_say("Allow: GET", status="405 Method Not Allowed"), id="no such question"),
    ],
)
async def test_what_is_no_length_of_a_picture_is_nothing(answer: Answer) -> None:
    """The item goes out without an enclosure; nobody is asked a second time."""
    found, web = await _measure({"/a.jpg": answer}, ["/a.jpg"])
    assert (found, web.paths) == ({}, ["/robots.txt", "/a.jpg"])


async def test_a_picture_that_moved_is_as_long_as_what_it_leads_to() -> None:
    """Readers follow the same way."""
    found, _ = await _measure(
        {"/a.jpg": _say("Location: /b.jpg", status="302 Found"), "/b.jpg": _picture()}, ["/a.jpg"]
    )
    assert found == {"/a.jpg": BOAT}


async def test_robots_txt_is_obeyed() -> None:
    """What programs are asked to leave alone is not asked for; an operator may say otherwise of a site of their own."""
    answers = {"/a.jpg": _picture(), "/robots.txt": reply("200 OK", body=b"User-agent: *\nDisallow: /a\n")}
    assert (await _measure(answers, ["/a.jpg"]))[0] == {}
    found, web = await _measure(answers, ["/a.jpg"], obey_robots=False)
    assert (found, web.paths) == ({"/a.jpg": BOAT}, ["/a.jpg"])


async def test_no_more_pictures_are_asked_for_than_twenty() -> None:
    """The first, in the order of the reading."""
    paths = [f"/{number}.jpg" for number in range(MOST_PICTURES + 5)]
    found, web = await _measure({path: _picture() for path in paths}, paths)
    assert list(found) == sorted(found, key=paths.index)
    assert set(found) == set(paths[:MOST_PICTURES])
    assert len(web.heads) == MOST_PICTURES + 1


async def test_two_are_asked_for_at_a_time() -> None:
    """A newsroom's server should not notice."""
    gate = asyncio.Event()
    answers = {f"/{number}.jpg": wait_for(gate, _picture()) for number in range(6)}
    async with serve(route(answers)) as web, _asking() as reader:
        task = asyncio.create_task(measure_pictures(reader, _source(web), [web.url(path) for path in answers]))
        await web.wait_until(lambda: web.busy == 2)
        gate.set()
        assert len(await task) == 6
    assert web.most_busy == 2


@pytest.mark.parametrize("status", ["405 Method Not Allowed", "429 Slow Down", "501 Not Implemented", "503 Busy"])
async def test_a_server_that_refuses_is_not_asked_for_the_others(status: str) -> None:
    """Those that were under way are all that it sees."""
    paths = [f"/{number}.jpg" for number in range(9)]
    found, web = await _measure({path: _say(status=status) for path in paths}, paths)
    assert (found, len(web.heads)) == ({}, 3)


async def test_a_silent_server_costs_no_more_than_the_budget() -> None:
    """What others told until then is kept."""
    never = wait_for(asyncio.Event(), _picture())
    found, _ = await _measure(
        {"/a.jpg": _picture(), "/b.jpg": never, "/c.jpg": never}, ["/a.jpg", "/b.jpg", "/c.jpg"], budget_s=1
    )
    assert found == {"/a.jpg": BOAT}


async def test_nothing_is_asked_where_nothing_is_wanted() -> None:
    """Not even for robots.txt."""
    assert (await _measure({}, []))[1].heads == []
