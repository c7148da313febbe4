"""F36: the machine's clock jumps between readings: nothing is lost or comes twice, no source is put off for ever."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import pairwise

import pytest

from digest.model.item import ItemStatus
from digest.pipelines.health import Word, decide_health
from digest.pipelines.ingest import ingest
from digest.pipelines.pace import BACK_OFF, longest_wait
from digest.pipelines.save import Ingested
from tests.desks import SavingDesk, make_source
from tests.webservers import WebServer, reply, serve

MORNING = datetime(2026, 3, 11, 6, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RING = 10 * MINUTE

Clock = Callable[[timedelta], timedelta]
"""How wrong the machine's clock is, so long after the morning."""


class Wire:
    """A feed that grows: a story an hour, every third of them without a date. Its server's clock is right."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now, self.down = now, False

    def titles(self) -> list[str]:
        """Return what has been published, the newest first."""
        hours = int((self.now - MORNING) / HOUR)
        return [f"Ferry report number {number} from the harbour" for number in range(hours, -1, -1)]

    async def __call__(self, head: str, writer: object) -> None:
        """Answer one request."""
        titles = self.titles()
        etag = f'"{len(titles)}"'
        if self.down:
            await reply("503 Service Unavailable")(head, writer)  # type: ignore[arg-type]
        elif f"if-none-match: {etag}" in head.lower():
            await reply("304 Not Modified", f"ETag: {etag}")(head, writer)  # type: ignore[arg-type]
        else:
            body = f"<rss version='2.0'><channel>{''.join(map(self.entry, titles))}</channel></rss>".encode()
            await reply("200 OK", f"ETag: {etag}", body=body)(head, writer)  # type: ignore[arg-type]

    def entry(self, title: str) -> str:
        """Return one story, with its true instant or without any."""
        number = int(title.split()[3])
        dated = f"<pubDate>{format_datetime(MORNING + number * HOUR)}</pubDate>" if number % 3 else ""
        return f"<item><title>{escape(title)}</title><guid>{number}</guid><link>/{number}</link>{dated}</item>"


class Watch:
    """A newsroom that looks every ten minutes, by a clock that may be wrong, whether its source is due."""

    def __init__(self, desk: SavingDesk, wire: Wire, web: WebServer) -> None:
        self.desk, self.wire, self.web = desk, wire, web
        desk.configure(make_source("page", url=web.url("/wire"), allow_private=True))
        self.read: list[datetime] = []
        self.failures: list[int] = []

    async def ring(self, now: datetime) -> list[Ingested]:
        """Read what is due by a clock."""
        desk = self.desk.desk
        return await ingest(desk.settings, desk.store, desk.matcher, now, due=True)

    async def work(self, span: timedelta, wrong: Clock) -> None:
        """Ring through a time; notes when, in truth, the source was asked."""
        end = self.wire.now + span
        while self.wire.now < end:
            asked = len(self.web.heads)
            now = self.wire.now + wrong(self.wire.now - MORNING)
            await self.ring(now)
            if len(self.web.heads) > asked:
                self.read.append(self.wire.now)
                self.failures.append(self.desk.state().failures)
            decide_health(self.desk.state(), self.desk.source("page"), 0, now)
            self.wire.now += RING

    def longest_silence(self) -> timedelta:
        """Return the longest time between two readings."""
        return max(later - earlier for earlier, later in pairwise(self.read))

    def check_all_once(self) -> None:
        """Hold that every story is stored once, seen by readers, placed once, under an id of its own."""
        items = self.desk.items()
        assert Counter(one.title for one in items) == dict.fromkeys(self.wire.titles(), 1)
        assert {one.status for one in items} == {ItemStatus.LIVE}
        placed = Counter((row.item_id, row.topic) for row in self.desk.rows())
        assert set(placed.values()) == {1}
        assert {item for item, topic in placed if topic == "all"} == {one.id for one in items}
        assert len({one.entry_id for one in items}) == len(items)
        # A second one has what was under embargo for a clock that was behind.
        assert {one.revision for one in items} <= {1, 2}


def between(begin: timedelta, end: timedelta, wrong: timedelta) -> Clock:
    """Make a clock that is wrong for a while."""
    return lambda since: wrong if begin <= since < end else timedelta(0)


def swinging(since: timedelta) -> timedelta:
    """Be three hours ahead and three hours behind in turn, an hour each."""
    return 3 * HOUR if int(since / HOUR) % 2 else -3 * HOUR


@pytest.mark.parametrize(
    ("wrong", "silence"),
    [
        pytest.param(between(2 * HOUR, 2 * HOUR + RING, 3 * HOUR), 3 * HOUR + 30 * MINUTE, id="ahead for a moment"),
        pytest.param(between(2 * HOUR, 5 * HOUR, 3 * HOUR), 3 * HOUR + 30 * MINUTE, id="ahead for three hours"),
        pytest.param(between(2 * HOUR, 2 * HOUR + RING, -3 * HOUR), 30 * MINUTE, id="behind for a moment"),
        pytest.param(between(2 * HOUR, 5 * HOUR, -3 * HOUR), 3 * HOUR + 30 * MINUTE, id="behind for three hours"),
        pytest.param(swinging, 3 * HOUR + 30 * MINUTE, id="back and forth every hour"),
        pytest.param(between(2 * HOUR, 2 * HOUR + RING, 365 * DAY), 30 * MINUTE, id="a year ahead for a moment"),
        pytest.param(between(2 * HOUR, 4 * HOUR, -3_650 * DAY), 30 * MINUTE, id="the battery was empty: ten years"),
    ],
)
async def test_f36_a_clock_that_jumps_loses_and_repeats_nothing(
    wrong: Clock, silence: timedelta, saving: SavingDesk
) -> None:
    """A story an hour for thirteen hours: each is there once in the end, and the source is asked again in time."""
    wire = Wire()
    async with serve(wire) as web:
        watch = Watch(saving, wire, web)
        await watch.work(9 * HOUR, wrong)
        await watch.work(4 * HOUR, lambda _: timedelta(0))
        wire.now -= RING
        watch.check_all_once()
        assert watch.longest_silence() <= silence
        state = saving.state()
        assert (state.failures, state.problem) == (0, None)
        health = decide_health(state, saving.source("page"), 0, wire.now)
        assert health.word is Word.OK, health


async def test_f36_a_source_that_fails_while_the_clock_jumps_is_tried_again_and_recovers(saving: SavingDesk) -> None:
    """Its back-off goes on growing, no jump makes it a hail of requests, and the first good reading ends it."""
    wire = Wire()
    async with serve(wire) as web:
        watch = Watch(saving, wire, web)
        await watch.work(HOUR, lambda _: timedelta(0))
        wire.down = True
        watch.read, watch.failures = [], []
        await watch.work(12 * HOUR, between(3 * HOUR, 5 * HOUR, 3 * HOUR))
        assert watch.failures == list(range(1, len(watch.failures) + 1))
        assert 4 <= len(watch.read) <= 8
        assert watch.longest_silence() <= BACK_OFF[-1] * 1.1 + 3 * HOUR + RING
        wire.down = False
        await watch.work(8 * HOUR, lambda _: timedelta(0))
        assert saving.state().failures == 0
        wire.now -= RING
        watch.check_all_once()


async def test_f36_a_source_put_off_for_years_is_due_as_soon_as_the_clock_is_right(saving: SavingDesk) -> None:
    """It failed while the clock was ten years ahead: the next ring reads it, and its longest wait is a bound."""
    wire = Wire()
    async with serve(wire) as web:
        watch = Watch(saving, wire, web)
        wire.down = True
        await watch.ring(MORNING + 3_650 * DAY)
        wire.down = False
        assert saving.state().due_at is not None
        (done,) = await watch.ring(MORNING)
        assert (done.new, done.problem) == (1, None)
        assert await watch.ring(MORNING + MINUTE) == []
        source = saving.source("page")
        await watch.ring(MORNING + longest_wait(source))
        assert len(web.heads) == 3
        assert await watch.ring(MORNING + longest_wait(source) - DAY) == []
