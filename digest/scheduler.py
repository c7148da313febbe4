"""The doorbell: APScheduler rings, our own two workers do the work and drain it.

    each quarter minute, or as sources want        ─▶ ring ─▶ reader: ingest what is due | publish | ping the hub
    each quarter minute, and once something is new ─▶ ring ─▶ mailer: recover | assemble what is due | deliver

What is due is computed from the calendar and the store, so a ring that is lost, late or doubled costs nothing. A ring
only sets an event: APScheduler's shutdown cancels running coroutines, and a hand-over must never be cancelled.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from digest.app import App, Round
from digest.errors import DigestError
from digest.pipelines.deliver import Clock
from digest.pipelines.ping import Pinged
from digest.pipelines.publish import FeedResult
from digest.pipelines.save import Ingested

TICK_S = 15
"""Seconds between two looks at the calendar: how late an edition or a reading may begin."""

DRAIN_S = 3
"""Seconds that a reading gets to end by itself when we are told to stop; what it did not store is read again."""

Beside = Callable[[asyncio.Event], Awaitable[None]]
"""Work of another kind that ends when the event is set, as a web server's."""


@dataclass(frozen=True, slots=True)
class Report:
    """Who is told what a round did; a trouble is one sentence."""

    read: Callable[[list[Ingested], list[FeedResult]], None]
    pinged: Callable[[Pinged], None]
    mailed: Callable[[Round], None]
    trouble: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Bells:
    """What rings: `reading` and `mailing` for work, `stop` for its end."""

    reading: asyncio.Event
    mailing: asyncio.Event
    stop: asyncio.Event


async def run(app: App, clock: Clock, report: Report, stop: asyncio.Event, beside: Beside | None = None) -> None:
    """Work until `stop` is set or SIGTERM or SIGINT arrives; then finish what is at hand and return.

    `beside` is what goes on at the same time, until the event that it is given is set.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    bells = _Bells(asyncio.Event(), asyncio.Event(), stop)
    scheduler = make_scheduler(app, bells.reading, bells.mailing)
    scheduler.start()
    try:
        await asyncio.gather(
            _work(bells.reading, stop, report, lambda: _read(app, clock, report, bells)),
            _work(bells.mailing, stop, report, lambda: _mail(app, clock, report, stop)),
            *([beside(stop)] if beside else []),
        )
    finally:
        scheduler.shutdown(wait=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def make_scheduler(app: App, reading: asyncio.Event, mailing: asyncio.Event) -> AsyncIOScheduler:
    """Return the scheduler that rings, at once and then again and again; missed rings ring once."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    # Not each source's own interval: a ring that comes a moment before a source is due would cost it a whole one.
    tick_s = min([TICK_S, *(one.every.total_seconds() for one in app.settings.sources)])
    scheduler.add_job(_ring, IntervalTrigger(seconds=tick_s), [reading], id="sources")
    scheduler.add_job(_ring, IntervalTrigger(seconds=TICK_S), [mailing], id="lists")
    reading.set()
    mailing.set()
    return scheduler


async def _ring(event: asyncio.Event) -> None:
    event.set()


async def _work(bell: asyncio.Event, stop: asyncio.Event, report: Report, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work at each ring until told to stop; an expected failure is reported, and the next ring tries again."""
    while not stop.is_set():
        await _first(asyncio.ensure_future(bell.wait()), stop)
        if stop.is_set():
            return
        bell.clear()
        try:
            await work()
        except DigestError as error:
            report.trouble(str(error))


async def _first(task: asyncio.Future[Any], stop: asyncio.Event, drain_s: float = 0) -> None:
    """Wait for a task; when `stop` comes first, it has some seconds left and is cancelled then."""
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not task.done():
        await asyncio.wait({task}, timeout=drain_s)
        task.cancel()
        with suppress(asyncio.CancelledError, DigestError):
            await task


async def _read(app: App, clock: Clock, report: Report, bells: _Bells) -> None:
    reading = asyncio.ensure_future(app.ingest(clock(), due=True))
    await _first(reading, bells.stop, DRAIN_S)
    if reading.cancelled():
        return
    read = reading.result()
    published = await asyncio.to_thread(app.publish, clock())
    report.read(read, published)
    if any(one.new or one.changed for one in read):
        bells.mailing.set()
    await _ping(app, clock, report, bells)


async def _ping(app: App, clock: Clock, report: Report, bells: _Bells) -> None:
    # No drain: what the hub has not heard of stays owed.
    pinging = asyncio.ensure_future(app.ping(clock()))
    await _first(pinging, bells.stop)
    if not pinging.cancelled():
        report.pinged(pinging.result())


async def _mail(app: App, clock: Clock, report: Report, stop: asyncio.Event) -> None:
    report.mailed(await app.send_due(clock, stop))
