"""Ingest keeps the pace of a source in its row: back-off, a server's wishes, and the first good reading ends it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from digest.pipelines.ingest import ingest
from digest.pipelines.pace import BACK_OFF, JITTER
from digest.pipelines.save import Ingested
from tests.desks import NOON, SavingDesk, make_source
from tests.webservers import WebServer, reply, serve

FEED = b"<rss version='2.0'><channel><item><title>Ferry</title><link>/1</link></item></channel></rss>"
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


class Moody:
    """A server that answers as it is told to."""

    def __init__(self) -> None:
        self.answer = reply("200 OK", body=FEED)

    async def __call__(self, head: str, writer: Any) -> None:
        """Answer one request."""
        await self.answer(head, writer)


async def ring(saving: SavingDesk, web: WebServer, now: datetime, **changes: Any) -> list[Ingested]:
    """Read what is due."""
    saving.configure(make_source("page", url=web.url(), allow_private=True, **changes))
    desk = saving.desk
    return await ingest(desk.settings, desk.store, desk.matcher, now, due=True)


async def test_waits_grow_are_kept_in_the_row_and_end_with_a_good_reading(saving_anywhere: SavingDesk) -> None:
    """Each ring is a program of its own: it asks not a second before the row says so."""
    saving, mood = saving_anywhere, Moody()
    async with serve(mood) as web:
        mood.answer = reply("500 Oops")
        now = NOON
        for number, wait in enumerate((15 * HOUR / 60, *BACK_OFF[1:], BACK_OFF[-1]), start=1):
            (done,) = await ring(saving, web, now)
            state = saving.state()
            assert done.problem == "the server answered 500 Oops"
            assert (state.failures, state.problem, state.status) == (number, done.problem, 500)
            assert (state.read_at, state.validators) == (None, None)
            assert done.next_at == state.due_at
            assert state.due_at is not None
            assert now + wait <= state.due_at <= now + wait * (1 + JITTER) + SECOND
            assert await ring(saving, web, state.due_at - SECOND) == []
            now = state.due_at
        mood.answer = reply("200 OK", body=FEED)
        (done,) = await ring(saving, web, now)
        state = saving.state()
        assert (done.new, done.problem) == (1, None)
        assert (state.failures, state.problem, state.status) == (0, None, None)
        assert (state.read_at, state.due_at) == (now, now + 15 * HOUR / 60)
        mood.answer = reply("500 Oops")
        await ring(saving, web, now + HOUR)
        again = saving.state()
        assert (again.failures, again.validators, again.read_at) == (1, state.validators, now)


async def test_a_server_is_asked_no_sooner_than_it_says(saving: SavingDesk) -> None:
    """Retry-After of a 429, counted from its answer, and kept through a restart in the middle of a second."""
    mood, now = Moody(), NOON + timedelta(microseconds=900_000)
    async with serve(mood) as web:
        mood.answer = reply("429 Too Many Requests", "Retry-After: 7200")
        await ring(saving, web, now)
        assert await ring(saving, web, now + 2 * HOUR - SECOND / 10) == []
        (done,) = await ring(saving, web, now + 2 * HOUR + SECOND)
        assert done.problem == "the server answered 429 Too Many Requests"
        assert len(web.heads) == 2


@pytest.mark.own_clock
async def test_the_time_that_a_server_asks_for_begins_with_its_answer(saving: SavingDesk) -> None:
    """The run has been going on for more than a second by then: the source is due that much later."""

    async def late(head: str, writer: Any) -> None:
        await asyncio.sleep(1.05)
        await reply("503 Service Unavailable", "Retry-After: 7200")(head, writer)

    async with serve(late) as web:
        (done,) = await ring(saving, web, NOON)
    assert done.next_at is not None
    assert NOON + 2 * HOUR + SECOND <= done.next_at <= NOON + 2 * HOUR + 20 * SECOND


async def test_an_answer_that_is_fresh_for_long_moves_the_next_reading(saving: SavingDesk) -> None:
    """Cache-Control: max-age, of a 200 and of a 304; a shorter one than the interval changes nothing."""
    mood = Moody()
    async with serve(mood) as web:
        mood.answer = reply("200 OK", "Cache-Control: max-age=7200", 'ETag: "a"', body=FEED)
        (done,) = await ring(saving, web, NOON)
        assert done.next_at == saving.state().due_at == NOON + 2 * HOUR
        mood.answer = reply("304 Not Modified", "Cache-Control: max-age=60")
        (done,) = await ring(saving, web, NOON + 2 * HOUR)
        assert done.next_at == saving.state().due_at == NOON + 2 * HOUR + 15 * HOUR / 60


async def test_an_interval_that_is_shorter_now_counts_at_once_where_it_was_very_long(saving: SavingDesk) -> None:
    """A weekly source that is made an hourly one is not read in a week."""
    async with serve(Moody()) as web:
        await ring(saving, web, NOON, every=timedelta(days=7))
        assert await ring(saving, web, NOON + HOUR, every=timedelta(days=7)) == []
        (done,) = await ring(saving, web, NOON + HOUR, every=HOUR)
        assert done.next_at == NOON + 2 * HOUR
