"""Ingest of listings that go on: pages that loop, fail or lead elsewhere; and what is kept for the next reading."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from digest.config.settings import HtmlSettings
from digest.pipelines.ingest import ingest
from digest.pipelines.save import Ingested
from tests.desks import NOON, SavingDesk, make_source
from tests.webservers import Answer, WebServer, reply, route, serve

HOUR = timedelta(hours=1)
SELECTORS = HtmlSettings(items="article", title="h2", link="a@href", date="time@datetime", next="a.next@href")
Read = Callable[..., Awaitable[Ingested]]


def listing(*titles: str, more: str = "", on: str = "2026-03-10") -> bytes:
    """Return a page of stories, and perhaps a link to where it goes on."""
    stories = (
        f'<article><h2>{title}</h2><h3>Other {title}</h3><a href="/{title.replace(" ", "-")}">More</a>'
        f'<time datetime="{on}">then</time></article>'
        for title in titles
    )
    goes_on = f'<a class="next" href="{more}">Older</a>' if more else ""
    return f"<!DOCTYPE html><html><body>{''.join(stories)}{goes_on}</body></html>".encode()


def page(*titles: str, more: str = "", etag: str = "", on: str = "2026-03-10") -> Answer:
    """Answer with a page, or with 304 where it is asked for by its ETag."""
    headers = ["Content-Type: text/html; charset=utf-8", *([f'ETag: "{etag}"'] if etag else [])]
    whole = reply("200 OK", *headers, body=listing(*titles, more=more, on=on))
    same = reply("304 Not Modified", *headers[1:])

    async def answer(head: str, writer: Any) -> None:
        known = etag and f'if-none-match: "{etag}"' in head.lower()
        await (same if known else whole)(head, writer)

    return answer


@pytest.fixture
def read(saving: SavingDesk) -> Read:
    """Read the one source of the desk, so many hours after noon."""

    async def run(web: WebServer, hours: int = 0, **changes: Any) -> Ingested:
        given = {"url": web.url("/news"), "type": "html", "html": SELECTORS, "allow_private": True} | changes
        saving.configure(make_source("page", **given))
        desk = saving.desk
        (result,) = await ingest(desk.settings, desk.store, desk.matcher, NOON + hours * HOUR)
        return result

    return run


def titles(saving: SavingDesk) -> list[str]:
    """Return the titles of all stored items."""
    return sorted(one.title for one in saving.items())


def asked(web: WebServer) -> list[str]:
    """Return what was asked for, without robots.txt."""
    return [path for path in web.paths if path != "/robots.txt"]


def kept(saving: SavingDesk) -> dict[str, Any]:
    """Return what is kept for the next reading."""
    values: dict[str, Any] = json.loads(saving.state().validators or "{}")
    return values


async def test_pages_that_lead_in_a_circle_are_read_once_each(saving: SavingDesk, read: Read) -> None:
    """The third page leads to the first and the second to itself by another fragment: three requests, no item twice."""
    pages = {
        "/news": page("Ferry one", more="/news?p=2", etag="a"),
        "/news?p=2": page("Ferry one", "Ferry two", more="/news?p=3"),
        "/news?p=3": page("Ferry three", more="/news#top"),
    }
    async with serve(route(pages)) as web:
        done = await read(web, pages=50)
        assert asked(web) == list(pages)
    assert (done.new, done.notes, done.problem) == (3, (), None)
    assert titles(saving) == ["Ferry one", "Ferry three", "Ferry two"]
    assert kept(saving)["etag"] == '"a"'


async def test_a_page_that_leads_to_itself_and_one_that_always_goes_on_end(saving: SavingDesk, read: Read) -> None:
    """At the number of pages that the source says, or at once."""
    async with serve(route({"/news": page("Ferry one", more="/news")})) as web:
        assert (await read(web, pages=50)).new == 1
        assert asked(web) == ["/news"]

    async def endless(head: str, writer: Any) -> None:
        number = int(head.split()[1].partition("=")[2] or 1)
        await page(f"Ferry {number}", more=f"/news?p={number + 1}")(head, writer)

    async with serve(endless) as web:
        await read(web, pages=7, obey_robots=False)
        assert len(asked(web)) == 7
    assert "Ferry 7" in titles(saving)


async def test_another_origin_is_not_followed(saving: SavingDesk, read: Read) -> None:
    """Neither another host nor another port, however the page names it; the reading is whole without it."""
    async with serve(page("Trap")) as trap, serve(page("Trap"), host="127.0.0.2") as host:
        for link in (trap.url("/news"), host.url("/news"), f"//127.0.0.2:{host.port}/news", "javascript:void(0)"):
            async with serve(route({"/news": page("Ferry one", more=link)})) as web:
                done = await read(web)
                assert (done.problem, done.notes, asked(web)) == (None, (), ["/news"])
        assert (trap.heads, host.heads) == ([], [])
    assert set(titles(saving)) == {"Ferry one"}


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        pytest.param(reply("500 Oops"), "was left out: the server answered 500 Oops", id="5xx"),
        pytest.param(reply("200 OK", body=b"", length=50), "was left out: the answer broke off", id="cut"),
        pytest.param(reply("200 OK", "Content-Type: application/pdf", body=b"%PDF-1.7"), "was left out: ", id="PDF"),
    ],
)
async def test_a_second_page_that_fails_is_told_and_nothing_is_kept_to_ask_with(
    broken: Answer, words: str, saving: SavingDesk, read: Read
) -> None:
    """The first page's items are saved; the ETag is not, so that the next reading reads both pages; no health of it."""
    first = page("Ferry one", more="/news?p=2", etag="a")
    async with serve(route({"/news": first, "/news?p=2": broken})) as web:
        done = await read(web)
        assert (done.new, done.problem) == (1, None)
        assert len(done.notes) == 1
        assert done.notes[0].startswith("page 2 (")
        assert words in done.notes[0]
        state = saving.state()
        assert (state.validators, state.history, state.failures) == (None, (), 0)
        assert state.problem == done.notes[0]
    async with serve(route({"/news": first, "/news?p=2": page("Ferry two")}), port=web.port) as web:
        done = await read(web, 1)
        assert (done.new, done.same, done.notes) == (1, 1, ())
        assert "if-none-match" not in "".join(web.heads).lower()
        assert kept(saving)["etag"] == '"a"'
        assert (saving.state().problem, len(saving.state().history)) == (None, 1)
        assert (await read(web, 2)).not_modified
    assert titles(saving) == ["Ferry one", "Ferry two"]


async def test_an_item_is_not_looked_for_on_its_page_while_a_page_of_the_listing_is_missing(
    saving: SavingDesk, read: Read
) -> None:
    """What stands on a page that failed is not gone: nobody asks for it."""
    pages = {
        "/news": page("Ferry one", "Ferry two", more="/news?p=2"),
        "/news?p=2": page("Ferry three", on="2026-03-11"),
        "/Ferry-one": reply("200 OK"),
    }
    async with serve(route(pages)) as web:
        await read(web)
        pages["/news?p=2"] = reply("500 Oops")
        await read(web, 2)
        await read(web, 4)
        assert "/Ferry-three" not in asked(web)
    assert titles(saving) == ["Ferry one", "Ferry three", "Ferry two"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"html": HtmlSettings(items="article", title="h3", link="a@href")}, id="a selector"),
        pytest.param({"kinds": {"Report": "report"}}, id="kinds"),
        pytest.param({"pages": 2}, id="pages"),
        pytest.param({"timezone": "Europe/Rome"}, id="zone"),
        pytest.param({"date_formats": ("%Y-%m-%d",)}, id="date formats"),
    ],
)
async def test_changed_settings_read_a_page_again_that_was_not_modified(
    changes: dict[str, Any], saving: SavingDesk, read: Read
) -> None:
    """The server would say 304 for weeks: after a change in config.yaml it is asked without validators, once."""
    async with serve(route({"/news": page("Ferry one", etag="a")})) as web:
        assert (await read(web)).new == 1
        assert (await read(web, 1)).not_modified
        done = await read(web, 2, **changes)
        assert (done.not_modified, done.problem) == (False, None)
        assert (await read(web, 3, **changes)).not_modified
        questions = [head for head in web.heads if "/news" in head]
        assert ["if-none-match" in head.lower() for head in questions] == [False, True, False, True]


async def test_settings_that_change_nothing_about_reading_keep_the_validators(saving: SavingDesk, read: Read) -> None:
    """How often a source is read is no reason to read it whole."""
    async with serve(route({"/news": page("Ferry one", etag="a")})) as web:
        await read(web)
        assert (await read(web, 1, every=3 * HOUR, line=7)).not_modified


async def test_the_same_body_without_validators_is_not_modified(saving: SavingDesk, read: Read) -> None:
    """A server that knows no ETag costs a body, and neither parsing nor a new state of health."""
    async with serve(route({"/news": page("Ferry one")})) as web:
        assert (await read(web)).new == 1
        history = saving.state().history
        done = await read(web, 1)
        assert (done.not_modified, done.problem, done.next_at) == (True, None, NOON + HOUR + 15 * HOUR / 60)
        assert saving.state().history == history
        assert saving.state().read_at == NOON + HOUR
        assert (await read(web, 2, html=HtmlSettings(items="article", title="h3", link="a@href"))).not_modified is False
        assert len(asked(web)) == 3


async def test_a_listing_of_several_pages_is_never_the_same_by_its_first(saving: SavingDesk, read: Read) -> None:
    """The first page is as it was, the second is not: it is read."""
    pages = {"/news": page("Ferry one", more="/news?p=2"), "/news?p=2": page("Ferry two")}
    async with serve(route(pages)) as web:
        await read(web)
        pages["/news?p=2"] = page("Ferry two", "Ferry three")
        assert (await read(web, 1)).new == 1
