"""One Client for many sources: who waits for whom, and which connections are kept."""

import asyncio
import re
import tracemalloc
from asyncio import StreamWriter
from typing import Any

import pytest

from digest.sources.fetch import Client, Fetched, FetchFailed, FetchOutcome, NotModified
from digest.sources.network.dial import resolve_host
from digest.sources.network.pool import Pool, _Place
from tests.webservers import WebServer, drip, reply, route, serve, wait_for

pytestmark = pytest.mark.own_clock


async def _ask_all(client: Client, urls: list[str]) -> list[FetchOutcome]:
    return await asyncio.gather(*(client.fetch(url, allow_private=True) for url in urls))


async def _settle(web: WebServer, requests: int) -> None:
    """Let everything happen until the server has seen so many requests."""
    await web.wait_until(lambda: len(web.heads) >= requests)
    await asyncio.sleep(0.05)


async def test_a_host_gets_four_requests_at_a_time() -> None:
    """The fifth waits for its turn; all are answered."""
    gate = asyncio.Event()
    async with serve(wait_for(gate, reply("200 OK"))) as web, Client() as client:
        asking = asyncio.create_task(_ask_all(client, [web.url(f"/{n}") for n in range(20)]))
        await _settle(web, 4)
        assert len(web.heads) == 4
        gate.set()
        outcomes = await asking
    assert {type(outcome) for outcome in outcomes} == {Fetched}
    assert (web.most_busy, web.connections, len(web.heads)) == (4, 4, 20)


async def test_redirects_wait_for_their_turn_too() -> None:
    """Whoever is sent to a host counts there: many sources that lead to one server do not flood it."""
    gate = asyncio.Event()
    async with serve(wait_for(gate, reply("200 OK"))) as target, Client() as client:
        answer = reply("302 Found", f"Location: {target.url()}")
        async with (
            serve(answer, host="127.0.0.2", port=target.port) as one,
            serve(answer, host="127.0.0.3", port=target.port) as two,
        ):
            asking = asyncio.create_task(_ask_all(client, [one.url(), two.url()] * 4))
            await _settle(target, 4)
            assert len(target.heads) == 4
            gate.set()
            outcomes = await asking
    assert {type(outcome) for outcome in outcomes} == {Fetched}
    assert target.most_busy == 4


async def test_connections_are_kept_and_used_again() -> None:
    """One after the other, requests to a host need one connection, and an answer without a body keeps it too."""
    async with serve(reply("304 Not Modified")) as web, Client() as client:
        outcomes = [await client.fetch(web.url(), allow_private=True) for _ in range(5)]
    assert {type(outcome) for outcome in outcomes} == {NotModified}
    assert (web.connections, len(web.heads)) == (1, 5)


async def test_a_connection_that_the_server_closed_is_replaced() -> None:
    """Idle connections die in silence; the request goes over a new one."""

    async def answer(head: str, writer: StreamWriter) -> None:
        await reply("200 OK")(head, writer)
        writer.close()

    async with serve(answer) as web, Client() as client:
        outcomes = [await client.fetch(web.url(), allow_private=True) for _ in range(3)]
    assert {type(outcome) for outcome in outcomes} == {Fetched}
    assert web.connections == 3


async def test_an_answer_that_comes_too_early_is_not_taken() -> None:
    """A kept connection on which something came while nobody asked is not used again."""
    sent = asyncio.Event()

    async def answer(head: str, writer: StreamWriter) -> None:
        await reply("200 OK", body=b"asked for")(head, writer)
        await asyncio.sleep(0.02)
        await reply("200 OK", body=b"not asked for")(head, writer)
        sent.set()

    async with serve(answer) as web, Client() as client:
        for _ in range(2):
            sent.clear()
            outcome = await client.fetch(web.url(), allow_private=True)
            await sent.wait()
            assert isinstance(outcome, Fetched)
            assert outcome.body == b"asked for"
    assert web.connections == 2


async def test_what_follows_an_answer_spoils_no_other() -> None:
    """Some servers send a page after a 304, or more than its length: the next request goes over a new connection."""

    async def answer(head: str, writer: StreamWriter) -> None:
        writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n<html>Nothing new</html>")

    async with serve(answer) as web, Client() as client:
        outcomes = [await client.fetch(web.url(), allow_private=True) for _ in range(3)]
    assert {type(outcome) for outcome in outcomes} == {NotModified}
    assert web.connections == 3


async def test_a_connection_that_closes_under_a_request_is_replaced() -> None:
    """The server hangs up just when it is asked again: the request is sent once more, on a new connection."""
    asked = 0

    async def answer(head: str, writer: StreamWriter) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            writer.close()
        else:
            await reply("200 OK")(head, writer)

    async with serve(answer) as web, Client() as client:
        outcomes = [await client.fetch(web.url(), allow_private=True) for _ in range(2)]
    assert {type(outcome) for outcome in outcomes} == {Fetched}
    assert (web.connections, len(web.heads)) == (2, 3)


async def test_a_new_connection_that_closes_is_not_tried_again() -> None:
    """A server that hangs up on everybody is asked once."""

    async def hang_up(head: str, writer: StreamWriter) -> None:
        writer.close()

    async with serve(hang_up) as web, Client() as client:
        outcome = await client.fetch(web.url(), allow_private=True)
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason.startswith("the answer broke off")
    assert len(web.heads) == 1


async def test_all_together_have_a_limit() -> None:
    """Kept connections make room for new ones; no more than `connections` are ever open."""
    hosts = [f"127.0.0.{n}" for n in range(2, 12)]
    async with serve(reply("200 OK"), host="0.0.0.0") as web, Client(connections=3) as client:
        outcomes = await _ask_all(client, [f"http://{host}:{web.port}/{n}" for n in range(4) for host in hosts])
        await web.wait_until(lambda: web.open <= 3)
        assert web.most_busy <= 3
    assert {type(outcome) for outcome in outcomes} == {Fetched}
    assert web.connections > 10


async def test_waiting_is_no_part_of_the_deadline() -> None:
    """Twelve answers of 0.1 s each, one at a time, come all within a deadline of 0.5 s per request."""

    async def answer(head: str, writer: StreamWriter) -> None:
        await asyncio.sleep(0.1)
        await reply("200 OK")(head, writer)

    async with serve(answer) as web, Client(per_host=1, deadline_s=0.5) as client:
        outcomes = await _ask_all(client, [web.url(f"/{n}") for n in range(12)])
    assert {type(outcome) for outcome in outcomes} == {Fetched}


async def test_redirects_share_one_deadline() -> None:
    """Each hop alone would be quick enough; together they are too slow."""

    async def answer(head: str, writer: StreamWriter) -> None:
        await asyncio.sleep(0.2)
        await reply("302 Found", "Location: /again")(head, writer)

    async with serve(answer) as web, Client(deadline_s=0.5) as client:
        outcome = await client.fetch(web.url(), allow_private=True)
    assert outcome == FetchFailed(reason="no whole answer within 0.5 s")


async def test_a_silent_host_delays_no_other() -> None:
    """While many sources hang at one host, those of others are answered at once."""
    async with (
        serve(wait_for(asyncio.Event(), reply("200 OK"))) as silent,
        serve(reply("200 OK"), host="127.0.0.2") as quick,
        Client() as client,
    ):
        hanging = asyncio.create_task(_ask_all(client, [silent.url(f"/{n}") for n in range(50)]))
        await _settle(silent, 4)
        began = asyncio.get_running_loop().time()
        outcomes = await _ask_all(client, [quick.url(f"/{n}") for n in range(50)])
        assert asyncio.get_running_loop().time() == began
        assert not hanging.done()
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Fetched}
    assert len(silent.heads) == 4


async def test_a_silent_host_is_given_up_for_all_its_sources() -> None:
    """After four failures in a row the others need not wait out the deadline each, and are told why."""
    async with serve(drip(b"HTTP/1.1 200 OK\r\nX: ")) as silent, Client(deadline_s=0.3) as client:
        outcomes = await _ask_all(client, [silent.url(f"/{n}") for n in range(40)])
        assert asyncio.get_running_loop().time() < 4 * 0.3
    reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, FetchFailed)]
    assert reasons[:4] == ["no whole answer within 0.3 s"] * 4
    assert len(silent.heads) < 8  # Those that took over a turn before the fourth failure was known.
    assert re.fullmatch(r"no connection: 127.0.0.1 does not answer \(\d times in a row just now\)", reasons[-1])
    assert reasons.count(reasons[-1]) == 40 - len(silent.heads)


async def test_a_host_that_answers_now_and_then_is_not_given_up() -> None:
    """One answer is a sign of life, however slow the others are."""
    steps = {f"/{n}": drip(b"HTTP/1.1 200 OK\r\nX: ") for n in range(9) if n not in (3, 6)}
    async with serve(route(steps)) as web, Client(per_host=4, deadline_s=0.05) as client:
        outcomes = [await client.fetch(web.url(f"/{n}"), allow_private=True) for n in range(9)]
    reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, FetchFailed)]
    assert reasons.count("no whole answer within 0.05 s") == 7
    assert len(web.heads) == 9


async def test_an_intranet_connection_serves_no_other_source() -> None:
    """A connection that `allow_private` opened is not used for a source that may not go there."""
    async with serve(reply("200 OK")) as web, Client() as client:
        await client.fetch(web.url(), allow_private=True)
        outcome = await client.fetch(web.url())
    assert isinstance(outcome, FetchFailed)
    assert "private address" in outcome.reason
    assert len(web.heads) == 1


@pytest.mark.parametrize("kept", [False, True])
async def test_cancelled_requests_leave_nothing(kept: bool) -> None:
    """Turn, room and connection come back, and the next request is answered."""
    gate = asyncio.Event()
    async with serve(wait_for(gate, reply("200 OK"))) as web, Client(per_host=1, connections=1) as client:
        if kept:
            gate.set()
            await client.fetch(web.url(), allow_private=True)
            gate.clear()
        asking = asyncio.create_task(client.fetch(web.url(), allow_private=True))
        await _settle(web, 1 + kept)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        gate.set()
        outcome = await client.fetch(web.url(), allow_private=True)
    assert isinstance(outcome, Fetched)


async def test_two_hundred_connections_are_cheap() -> None:
    """Kept open at the same time they take less than 100 KB each."""
    async with serve(reply("304 Not Modified"), host="0.0.0.0") as web, Client() as client:
        urls = [f"http://127.0.0.{1 + n // 4}:{web.port}/{n}" for n in range(200)]
        tracemalloc.start()
        try:
            outcomes = await _ask_all(client, urls)
            used = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
    assert {type(outcome) for outcome in outcomes} == {NotModified}
    assert used < 200 * 100 * 1024


class SlowToClose:
    """A kept connection whose closing takes until it is let go, as with a server that is slow to say goodbye."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()

    async def aclose(self) -> None:
        """Wait."""
        await self.gate.wait()


async def test_connections_that_are_kept_while_others_close_are_not_forgotten() -> None:
    """Seen with 600 feeds: a count of kept connections that were no longer known ended the whole run."""
    pool = Pool(per_host=4, connections=4, resolve=resolve_host, tls=None)
    place = _Place(b"http", "127.0.0.1", 80, True)
    slow: list[Any] = [SlowToClose(), SlowToClose()]
    pool._idle[place], pool._kept = [slow[0]], 1
    first = asyncio.create_task(pool._drop_one())
    await asyncio.sleep(0)
    second = asyncio.create_task(pool._drop_one()) if pool._idle else None
    await asyncio.sleep(0)
    pool._idle.setdefault(place, []).append(slow[1])
    pool._kept += 1
    for one in slow:
        one.gate.set()
    await first
    if second:
        await second
    assert sum(len(idle) for idle in pool._idle.values()) == pool._kept == 1
    await pool.aclose()
    assert (pool._idle, pool._kept) == ({}, 0)
