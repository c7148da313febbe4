"""Robots against real servers: what RFC 9309 says about what is there, what is not, and what cannot be had."""

import asyncio
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.fetch import Client
from digest.sources.robots import Robots, parse_rules
from tests.webservers import Answer, WebServer, reply, route, serve, wait_for

pytestmark = pytest.mark.own_clock

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
NEVER = "User-agent: *\nDisallow: /\n"


class Shelf:
    """What is kept between runs."""

    def __init__(self, kept: dict[str, tuple[str, datetime]] | None = None) -> None:
        self.kept = kept or {}

    def load(self, origin: str) -> tuple[str, datetime] | None:
        """Return what is kept of an origin."""
        return self.kept.get(origin)

    def save(self, origin: str, body: str, now: datetime) -> None:
        """Keep it."""
        self.kept[origin] = (body, now)


async def _check(
    answer: Answer, path: str = "/news", shelf: Shelf | Callable[[WebServer], Shelf] | None = None
) -> tuple[str | None, WebServer, Shelf]:
    async with serve(answer) as web, Client() as client:
        used = shelf(web) if callable(shelf) else shelf or Shelf()
        robots = Robots(client, used.load, used.save, NOW)
        return await robots.check(web.url(path), allow_private=True), web, used


def _robots(text: str, *headers: str) -> Answer:
    return route({"/robots.txt": reply("200 OK", *headers, body=text.encode())})


def _origin(web: WebServer) -> str:
    return web.url("")


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/news", True),
        (NEVER, "/news", False),
        ("User-agent: digest\nDisallow: /news\n", "/news", False),
        ("User-agent: digest\nDisallow: /news\n", "/news?page=2", False),
        ("User-agent: digest\nDisallow: /*?page=\n", "/news?page=2", False),
        ("User-agent: DIGEST/9.9 # us\r\nDisallow: /news\r\n", "/news", False),
        ("User-agent: *\rDisallow: /news\r", "/news", False),
        ("\ufeffUser-agent: *\nDisallow: /news", "/news", False),
        ("User-agent: *\nDisallow: /\nAllow: /news\n", "/news", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: digest\nDisallow: /private\n", "/news", True),
        ("User-agent: dig\nDisallow: /\n", "/news", True),
        ("User-agent: digestbot\nDisallow: /\n", "/news", True),
        ("User-agent: other\nUser-agent: digest\nDisallow: /\n", "/news", False),
        ("User-agent: *\nCrawl-delay: 86400\n", "/news", True),
        ("User-agent: *\nDisallow: /caf%C3%A9\n", "/café/1", False),
        ("<!DOCTYPE html><p>Disallow: /", "/news", True),
    ],
)
async def test_rules_of_our_group_or_of_everybody(text: str, path: str, allowed: bool) -> None:
    """The group of our product token, else that of `*`; the longest rule decides; Crawl-delay is not obeyed."""
    reason, web, _ = await _check(_robots(text), path)
    assert (reason is None) == allowed
    assert web.paths == ["/robots.txt"]
    assert allowed or f"the robots.txt of 127.0.0.1:{web.port} asks programs not to read" in str(reason)


async def test_allows_is_the_same_as_a_yes_or_no() -> None:
    """True where there is no reason against it."""
    async with serve(_robots("User-agent: *\nDisallow: /private")) as web, Client() as client:
        robots = Robots(client, Shelf().load, Shelf().save, NOW)
        answers = [await robots.allows(web.url(path), allow_private=True) for path in ("/news", "/private/news")]
    assert answers == [True, False]


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "401 Unauthorized", "410 Gone", "204 None"])
async def test_no_file_allows_everything(status: str) -> None:
    """RFC 9309 §2.3.1.3: 4xx means that there are no rules; that is kept for a day as well."""
    reason, web, shelf = await _check(reply(status))
    assert reason is None
    assert shelf.kept == {_origin(web): ("", NOW)}


@pytest.mark.parametrize("status", ["500 Oops", "503 Later", "429 Too Many Requests"])
async def test_a_file_that_cannot_be_had_now_forbids_for_now(status: str) -> None:
    """RFC 9309 §2.3.1.4: without a copy everything is forbidden, and nothing is kept of it."""
    reason, _, shelf = await _check(reply(status))
    assert reason is not None
    assert f"cannot be read now: the server answered {status}" in reason
    assert shelf.kept == {}


@pytest.mark.parametrize(
    ("days", "text", "allowed"), [(2, "", True), (29, "", True), (29, NEVER, False), (31, "", False)]
)
async def test_an_old_copy_helps_for_a_month(days: int, text: str, allowed: bool) -> None:
    """While the file cannot be had the copy counts, and keeps its date."""
    read_at = NOW - timedelta(days=days)
    reason, web, shelf = await _check(reply("500 Oops"), shelf=lambda web: Shelf({_origin(web): (text, read_at)}))
    assert (reason is None) == allowed
    assert web.paths == ["/robots.txt"]
    assert shelf.kept == {_origin(web): (text, read_at)}


@pytest.mark.parametrize(("age", "requests"), [(timedelta(hours=23), 0), (timedelta(days=1), 1), (timedelta(-1), 1)])
async def test_a_copy_is_used_for_a_day(age: timedelta, requests: int) -> None:
    """RFC 9309 §2.4: then it is asked for again; also when its date lies in the future."""
    reason, web, shelf = await _check(_robots(NEVER), shelf=lambda web: Shelf({_origin(web): (NEVER, NOW - age)}))
    assert reason is not None
    assert len(web.heads) == requests
    assert shelf.kept == {_origin(web): (NEVER, NOW if requests else NOW - age)}


async def test_an_origin_is_asked_once() -> None:
    """Many pages at the same time wait for one request; its answer, good or bad, holds for the run."""
    gate = asyncio.Event()
    async with serve(wait_for(gate, reply("500 Oops"))) as web, Client() as client:
        robots = Robots(client, Shelf().load, Shelf().save, NOW)
        asking = [asyncio.create_task(robots.allows(web.url(f"/{n}"), allow_private=True)) for n in range(9)]
        await web.wait_until(lambda: web.busy == 1)
        gate.set()
        assert await asyncio.gather(*asking) == [False] * 9
        assert not await robots.allows(web.url("/more"), allow_private=True)
    assert web.paths == ["/robots.txt"]


async def test_every_origin_has_its_own() -> None:
    """Another port is another origin; a path, a query or a fragment is not."""
    async with serve(_robots(NEVER)) as one, serve(_robots("")) as two, Client() as client:
        robots = Robots(client, Shelf().load, Shelf().save, NOW)
        answers = [
            await robots.allows(web.url(path), allow_private=True) for web in (one, two) for path in ("/a?b", "/c#d")
        ]
    assert answers == [False, False, True, True]
    assert (len(one.heads), len(two.heads)) == (1, 1)


async def test_only_the_beginning_of_an_endless_file_counts() -> None:
    """RFC 9309 §2.5: 500 KiB are read, whole lines only; what follows is as if it were not there."""
    line = "Disallow: /x\n"
    text = "User-agent: *\n" + line * (500 * 1024 // len(line)) + "Disallow: /news\n" * 1000
    reason, _, shelf = await _check(_robots(text))
    assert reason is None
    ((kept, _),) = shelf.kept.values()
    assert len(kept) <= 500 * 1024
    assert kept.endswith("Disallow: /x")


async def test_a_file_of_strange_bytes_is_read_as_far_as_it_goes() -> None:
    """No charset, NUL, nonsense: the readable rules count, and what is kept can be kept in any database."""
    body = b"\xff\xfe\x00User-agent\x80\nUser-agent: *\nDisallow: /news\x00\n"
    reason, _, shelf = await _check(route({"/robots.txt": reply("200 OK", body=body)}))
    assert reason is not None
    assert "\x00" not in str(shelf.kept)


async def test_a_private_origin_is_not_asked_for_a_public_source() -> None:
    """The file is fetched with the rights of the source, and the reason says why there is none."""
    async with serve(_robots("")) as web, Client() as client:
        robots = Robots(client, Shelf().load, Shelf().save, NOW)
        reason = await robots.check(web.url(), allow_private=False)
        assert await robots.allows(web.url(), allow_private=True)
    assert "private address" in str(reason)


async def test_what_is_no_web_address_has_no_robots() -> None:
    """No exception, the sentence of the URL."""
    async with Client() as client:
        robots = Robots(client, Shelf().load, Shelf().save, NOW)
        assert "no http or https URL" in str(await robots.check("file:///etc/passwd", allow_private=True))


def test_thousands_of_names_before_thousands_of_rules_stay_small() -> None:
    """FAULTS.md A8: a rule is kept once for all strangers together, not once for each of them."""
    names = "".join(f"User-agent: robot{n}{end}" for n in range(5_000) for end in ("\n", "\r", "\u2028")[n % 3])
    text = names + "User-agent: digest\n" + "".join(f"Disallow: /{n}\n" for n in range(5_000))
    tracemalloc.start()
    try:
        rules = parse_rules(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * 1024 * 1024
    assert not rules.can_fetch("http://river.example/4999", "digest")


_LINES = st.sampled_from(
    ["User-agent: *", "Useragent digest", "Disallow: /n", "Allow: /*$", "Disallow: http://[", "#", ":"]
)


@given(st.lists(st.one_of(_LINES, st.text(max_size=40))))
def test_no_text_is_too_strange(lines: list[str]) -> None:
    """Whatever a server calls its robots.txt, there is an answer."""
    assert parse_rules("\n".join(lines)).can_fetch("http://river.example/news", "digest") in (True, False)
