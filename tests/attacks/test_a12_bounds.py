"""FAULTS.md A12: redirect loops, ten thousand headers, huge cookies."""

import asyncio
import tracemalloc

import pytest

from digest.sources.fetch import Client, Fetched, FetchFailed, FetchOutcome
from tests.webservers import Answer, reply, route, serve

pytestmark = pytest.mark.own_clock

MB = 1024 * 1024


async def _ask(answer: Answer) -> tuple[FetchOutcome, int]:
    async with serve(answer) as web, Client() as client:
        tracemalloc.start()
        try:
            outcome = await client.fetch(web.url(), allow_private=True)
            return outcome, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("location", ["/feed", "", "?", "#again", "/there"])
async def test_a12_a_redirect_loop_ends(location: str) -> None:
    """To itself or around: six requests, then a sentence."""
    there = {"/there": reply("302 Found", "Location: /feed")}
    answer = route({path: reply("302 Found", f"Location: {location}") for path in ("/feed", "/feed?")} | there)
    async with serve(answer) as web, Client() as client:
        outcome = await client.fetch(web.url(), allow_private=True)
    assert outcome == FetchFailed(reason="more than 5 redirects")
    assert len(web.heads) == 6


BOUNDS = {
    "10,000 headers": [f"X-{n}: {'y' * 90}" for n in range(10_000)],
    "10,000 short headers": ["a: b"] * 10_000,
    "300 headers": ["a: b"] * 300,
    "a huge header": ["X: " + "z" * 1_000_000],
    "a huge cookie": ["Set-Cookie: " + "z" * 1_000_000],
    "a large cookie": ["Set-Cookie: " + "z" * 70_000],
    "a huge name": ["z" * 1_000_000 + ": x"],
}


@pytest.mark.parametrize("headers", BOUNDS.values(), ids=BOUNDS.keys())
@pytest.mark.parametrize("status", ["200 OK", "302 Found", "304 Not Modified"])
async def test_a12_too_many_headers_are_refused(headers: list[str], status: str) -> None:
    """Whatever the status, in bounded memory, and with a sentence."""
    outcome, peak = await _ask(reply(status, "Location: /elsewhere", *headers))
    assert isinstance(outcome, FetchFailed)
    assert "more than 256 headers" in outcome.reason or "broke off or was no HTTP" in outcome.reason
    assert peak < 10 * MB


async def test_a12_headers_without_end_are_refused() -> None:
    """They are not read to the deadline, let alone kept."""

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"X-More: and more\r\n" * 1000)
            await writer.drain()

    outcome, peak = await _ask(answer)
    assert isinstance(outcome, FetchFailed)
    assert "broke off or was no HTTP" in outcome.reason
    assert peak < 10 * MB


async def test_a12_as_many_headers_as_servers_send_are_fine() -> None:
    """Two hundred of them pass."""
    outcome, _ = await _ask(reply("200 OK", *(f"X-{n}: y" for n in range(200))))
    assert isinstance(outcome, Fetched)
    assert outcome.headers["x-199"] == "y"


async def test_a12_no_cookie_is_kept_or_sent() -> None:
    """Neither to the same server nor through a redirect."""
    answer = route(
        {"/feed": reply("302 Found", "Location: /next", "Set-Cookie: a=b"), "/next": reply("200 OK", "Set-Cookie: c=d")}
    )
    async with serve(answer) as web, Client() as client:
        outcomes = [await client.fetch(web.url(), allow_private=True) for _ in range(2)]
    assert all(isinstance(outcome, Fetched) and "set-cookie" not in outcome.headers for outcome in outcomes)
    assert not [head for head in web.heads if "cookie" in head.lower()]
