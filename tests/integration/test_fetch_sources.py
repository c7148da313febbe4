"""read_source: files, patterns and real servers, as ingest uses them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.sources.fetch import Client
from digest.sources.parser import Parser
from digest.sources.reading import Reader, SourceReading, SourceRefusedError, read_source
from digest.sources.robots import Robots

PAGE = "Update\n\n{title}\n\nThe ferry runs.\n\nJune {day}, 2020"
FEED = b'<rss version="2.0"><channel><item><title>Ferry</title><link>/a</link></item></channel></rss>'


async def _read(
    *, path: Path | None = None, url: str | None = None, kind: str = "text", validators: str | None = None
) -> SourceReading:
    where = str(path) if path else None
    source = SourceSettings(id="river", type=kind, path=where, url=url, allow_private=True)
    async with Client("desk@river.example") as client, Parser(children=1) as parser:
        robots = Robots(client, lambda _: None, lambda *_: None, datetime(2026, 5, 4, tzinfo=UTC))
        return await read_source(Reader(client, parser, robots), source, kinds=["Update"], validators=validators)


def _titles(reading: SourceReading) -> list[str]:
    return [item.title for item in reading.parsed.items]


async def test_one_file_is_one_reading(tmp_path: Path) -> None:
    """A path gives the items of its file, and nothing to ask again with."""
    (tmp_path / "page [1].txt").write_text(PAGE.format(title="Ferry", day=5))
    reading = await _read(path=tmp_path / "page [1].txt")
    assert (_titles(reading), reading.validators, reading.notes) == (["Ferry"], None, ())


async def test_the_files_of_a_pattern_are_one_reading_newest_page_first(tmp_path: Path) -> None:
    """Whatever their names, the page with the newest item comes first; equals keep the order of their names."""
    for name, day in (("a", 5), ("b", 9), ("c", 5), ("deep/d", 7)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.txt").write_text(PAGE.format(title=f"Ferry {name}", day=day))
    assert _titles(await _read(path=tmp_path / "*.txt")) == ["Ferry b", "Ferry a", "Ferry c"]
    assert _titles(await _read(path=tmp_path / "**" / "*.txt")) == ["Ferry b", "Ferry deep/d", "Ferry a", "Ferry c"]


async def test_a_bad_file_among_several_is_told_and_the_others_are_used(tmp_path: Path) -> None:
    """One page that is none costs only itself."""
    (tmp_path / "a.txt").write_text(PAGE.format(title="Ferry", day=5))
    (tmp_path / "b.txt").write_bytes(b"<html>Log in</html>")
    reading = await _read(path=tmp_path / "*.txt")
    assert _titles(reading) == ["Ferry"]
    assert reading.notes == ("b.txt: an HTML page, not a text dump",)


async def test_files_that_are_not_there_or_all_bad_are_an_error(tmp_path: Path) -> None:
    """What was seen is one sentence."""
    with pytest.raises(SourceError, match="does not exist"):
        await _read(path=tmp_path / "none.txt")
    with pytest.raises(SourceError, match="there is no such file"):
        await _read(path=tmp_path / "*.txt")
    (tmp_path / "b.txt").write_bytes(b"")
    with pytest.raises(SourceError, match=r"b.txt: an empty text"):
        await _read(path=tmp_path / "*.txt")


async def test_a_pipe_does_not_hang_the_reading(tmp_path: Path) -> None:
    """Only regular files are opened."""
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(SourceError, match="is no file"):
        await _read(path=tmp_path / "pipe.txt")


async def test_a_feed_is_fetched_and_asked_again(httpserver: HTTPServer) -> None:
    """The validators of one reading make the next one a 304, which has no items and keeps them."""

    def answer(request: Request) -> Response:
        if request.headers.get("If-None-Match") == '"v1"':
            return Response(status=304)
        return Response(FEED, headers={"ETag": '"v1"', "Content-Type": "application/rss+xml"})

    httpserver.expect_request("/feed").respond_with_handler(answer)
    url = httpserver.url_for("/feed")
    first = await _read(url=url, kind="feed")
    assert first.parsed.items[0].link == httpserver.url_for("/a")
    kept = json.loads(first.validators or "")
    assert (kept["etag"], kept["url"]) == ('"v1"', url)
    second = await _read(url=url, kind="feed", validators=first.validators)
    assert (second.not_modified, second.parsed.items, second.validators) == (True, (), first.validators)


@pytest.mark.parametrize("validators", ["", "no JSON", "[]", '{"other": 1}', "7"])
async def test_validators_that_are_none_are_ignored(validators: str, httpserver: HTTPServer) -> None:
    """A broken row costs one full answer, not the source."""
    httpserver.expect_request("/feed").respond_with_data(FEED)
    reading = await _read(url=httpserver.url_for("/feed"), kind="feed", validators=validators)
    assert _titles(reading) == ["Ferry"]


async def test_a_text_dump_is_fetched_too(httpserver: HTTPServer) -> None:
    """The type says how bytes are read, path or url where they come from."""
    httpserver.expect_request("/page").respond_with_data(PAGE.format(title="Ferry", day=5))
    assert _titles(await _read(url=httpserver.url_for("/page"))) == ["Ferry"]


async def test_a_source_that_moved_for_good_is_told(httpserver: HTTPServer) -> None:
    """The reading works, and gives the new address."""
    httpserver.expect_request("/old").respond_with_data(status=301, headers={"Location": "/feed"})
    httpserver.expect_request("/feed").respond_with_data(FEED)
    reading = await _read(url=httpserver.url_for("/old"), kind="feed")
    assert (reading.moved_to, reading.notes) == (httpserver.url_for("/feed"), ())


async def test_a_refusal_carries_its_status_and_wait(httpserver: HTTPServer) -> None:
    """429 is a SourceError that says when to come back."""
    httpserver.expect_request("/feed").respond_with_data(status=429, headers={"Retry-After": "60"})
    with pytest.raises(SourceRefusedError, match="429 TOO MANY REQUESTS") as caught:
        await _read(url=httpserver.url_for("/feed"), kind="feed")
    assert (caught.value.status, caught.value.retry_after_s) == (429, 60)


async def test_a_login_page_instead_of_a_feed_is_an_error(httpserver: HTTPServer) -> None:
    """FAULTS.md F24: a 200 with HTML is told as what it is."""
    httpserver.expect_request("/feed").respond_with_data("<!DOCTYPE html><form>", content_type="text/html")
    with pytest.raises(SourceError, match="an HTML page, not a feed"):
        await _read(url=httpserver.url_for("/feed"), kind="feed")


async def test_nothing_named_in_a_feed_is_fetched(httpserver: HTTPServer) -> None:
    """FAULTS.md A6: images, enclosures, DTDs, stylesheets and XInclude cause no request."""
    trap = httpserver.url_for("/trap")
    feed = (
        f'<?xml version="1.0"?><?xml-stylesheet href="{trap}"?><!DOCTYPE rss SYSTEM "{trap}">'
        f'<rss version="2.0" xmlns:xi="http://www.w3.org/2001/XInclude"><channel><item><title>Ferry</title>'
        f'<enclosure url="{trap}" type="image/png" length="1"/><xi:include href="{trap}"/></item></channel></rss>'
    )
    httpserver.expect_request("/feed").respond_with_data(feed)
    reading = await _read(url=httpserver.url_for("/feed"), kind="feed")
    assert _titles(reading) == ["Ferry"]
    assert [request.path for request, _ in httpserver.log] == ["/feed"]
