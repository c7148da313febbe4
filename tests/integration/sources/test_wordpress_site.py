"""A WordPress site read again and again by a real client: what is new, edited, or written for later is found."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from digest.config.settings import SourceSettings
from digest.sources.fetch import Client
from digest.sources.parser import Parser
from digest.sources.reading import Reader, SourceReading, read_source
from digest.sources.robots import Robots
from tests.webservers import WebServer, reply, serve

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class Site:
    """A site whose API knows pages, orders and `modified_after`, as WordPress does."""

    posts: list[dict[str, object]] = field(default_factory=list)

    def add(self, number: int, date: str, modified: str) -> None:
        """Publish a post; the dates are days of 2026."""
        post = {"id": number, "title": {"rendered": f"Post {number}"}, "link": f"https://r.example/{number}"}
        self.posts.append({**post, "date_gmt": f"2026-{date}T08:00:00", "modified_gmt": f"2026-{modified}T08:00:00"})

    async def answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        """Answer as `/wp-json/wp/v2/posts` does."""
        query = {key: values[-1] for key, values in parse_qs(urlsplit(head.split(" ")[1]).query).items()}
        key = "modified_gmt" if query["orderby"] == "modified" else "date_gmt"
        since = query.get("modified_after", "")
        found = sorted((one for one in self.posts if str(one["modified_gmt"]) > since), key=lambda one: str(one[key]))
        size, page = int(query["per_page"]), int(query.get("page", "1"))
        headers = (f"X-WP-TotalPages: {-(-len(found) // size)}", "Content-Type: application/json")
        shown = found[::-1][(page - 1) * size : page * size]
        await reply("200 OK", *headers, body=json.dumps(shown).encode())(head, writer)


@asynccontextmanager
async def _newsroom(site: Site) -> AsyncIterator[tuple[WebServer, Reader, SourceSettings]]:
    async with serve(site.answer) as web, Client() as client, Parser(children=1) as parser:
        robots = Robots(client, lambda _: None, lambda *_: None, NOW)
        source = SourceSettings(id="river", type="wordpress", url=web.url("/"), allow_private=True)
        yield web, Reader(client, parser, robots), source


def _numbers(reading: SourceReading) -> set[str]:
    return {item.title.removeprefix("Post ") for item in reading.parsed.items}


async def test_a_site_is_read_page_by_page_and_then_for_what_is_new() -> None:
    """The first reading takes the past; later ones take two requests and find an old post that was edited."""
    site = Site()
    for number in range(250):
        site.add(number, f"{1 + number // 100:02}-{1 + number % 28:02}", "03-30" if number == 7 else "01-30")
    async with _newsroom(site) as (web, reader, source):
        first = await read_source(reader, source, kinds=(), validators=None)
        assert len(first.parsed.items) == 250
        assert len(web.paths) == 3
        site.posts[0]["modified_gmt"] = "2026-05-02T08:00:00"
        second = await read_source(reader, source, kinds=(), validators=first.validators)
        assert "0" in _numbers(second)
        assert not second.parsed.complete
        third = await read_source(reader, source, kinds=(), validators=second.validators)
    assert len(third.parsed.items) == 21
    assert len(web.paths) == 7


async def test_a_post_that_was_written_for_later_is_found_when_it_goes_live() -> None:
    """WordPress does not count that as an edit: it was last edited long before what we have seen."""
    site = Site()
    site.add(1, "04-01", "05-02")
    async with _newsroom(site) as (_, reader, source):
        first = await read_source(reader, source, kinds=(), validators=None)
        site.add(2, "05-03", "03-01")
        second = await read_source(reader, source, kinds=(), validators=first.validators)
    assert _numbers(first) == {"1"}
    assert _numbers(second) == {"1", "2"}


async def test_a_reading_of_a_whole_page_comes_round() -> None:
    """Only then can it be seen that a post is gone."""
    site = Site()
    site.add(1, "04-01", "05-02")
    kept, complete = None, []
    async with _newsroom(site) as (_, reader, source):
        for day in range(1, 25):
            site.add(1 + day, f"05-{day:02}", f"05-{day:02}")
            reading = await read_source(reader, source, kinds=(), validators=kept)
            kept = reading.validators
            complete.append(reading.parsed.complete)
    assert [place for place, one in enumerate(complete) if one] == [0, 21]
