"""Two runs over the same sources at the same time, and a database in trouble in the middle of one."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event

from digest.pipelines.ingest import ingest
from digest.pipelines.save import Desk, Ingested
from digest.store.engine import open_store
from tests.desks import NOON, SavingDesk, make_source
from tests.webservers import WebServer, reply, serve

SOURCES = 12
PAGE = "/page-{}"


def feed(number: int, items: int = 3) -> bytes:
    """Return a feed with stories of its own."""
    entries = "".join(
        f"<item><title>Story {at} of page {number}</title><link>/{number}/{at}</link><guid>{number}-{at}</guid>"
        f"<pubDate>Tue, 10 Mar 2026 0{at}:00:00 GMT</pubDate></item>"
        for at in range(items)
    )
    return f"<rss version='2.0'><channel>{entries}</channel></rss>".encode()


class Gate:
    """A server of feeds that answers nobody before as many have asked as it waits for."""

    def __init__(self, crowd: int) -> None:
        self.crowd, self.waiting, self.open = crowd, 0, asyncio.Event()

    async def __call__(self, head: str, writer: Any) -> None:
        """Answer one request."""
        self.waiting += 1
        if self.waiting >= self.crowd:
            self.open.set()
        await self.open.wait()
        path = head.split()[1]
        await reply("200 OK", f'ETag: "{path}"', body=feed(int(path.rpartition("-")[2])))(head, writer)


def configure(saving: SavingDesk, web: WebServer, sources: int = SOURCES) -> None:
    """Have sources on a server."""
    saving.configure(*(make_source(f"s{n}", url=web.url(PAGE.format(n)), allow_private=True) for n in range(sources)))


async def run(desk: Desk, heard: Callable[[Ingested], None] = lambda _: None) -> list[Ingested]:
    """Read all sources of a desk."""
    return await ingest(desk.settings, desk.store, desk.matcher, NOON, on_progress=heard)


def check_once(saving: SavingDesk, sources: int = SOURCES) -> None:
    """Hold that each story is stored once and placed once in each topic, and each source has its own validators."""
    items = saving.items()
    assert Counter(one.source for one in items) == {f"s{n}": 3 for n in range(sources)}
    assert {one.source[1:] for one in items} == {one.title.rpartition(" ")[2] for one in items}
    assert all(one.source[1:] == one.title.rpartition(" ")[2] for one in items)
    placed = Counter((row.item_id, row.topic) for row in saving.rows())
    assert set(placed.values()) == {1}
    assert {item for item, topic in placed if topic == "all"} == {one.id for one in items}
    for number in range(sources):
        assert f'page-{number}\\\\\\"' in repr(saving.state(f"s{number}").validators).replace('"', '\\\\\\"')


async def test_two_runs_at_the_same_time_store_everything_once(saving_anywhere: SavingDesk, ready_url: str) -> None:
    """Both have read every source before either has an answer: one saves it, the other says that it was not alone."""
    other = open_store(ready_url)
    async with serve(Gate(8)) as web:
        configure(saving_anywhere, web)
        mine = saving_anywhere.desk
        theirs = Desk(mine.settings, other, mine.matcher)
        one, two = await asyncio.gather(run(mine), run(theirs))
    other.close()
    assert [first.source for first in one] == [second.source for second in two]
    for first, second in zip(one, two, strict=True):
        assert {first.new, second.new} <= {0, 3}
        assert first.new + second.new == 3
        late = first if second.new else second
        assert late.notes == ("another run read it at the same time",)
        assert (late.not_modified, late.problem) == (True, None)
    check_once(saving_anywhere)


@pytest.fixture
def impatient(saving: SavingDesk) -> SavingDesk:
    """A desk whose connections wait for the writer's lock for a moment only."""
    event.listen(saving.store.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=100"))
    return saving


async def test_a_database_that_is_locked_for_a_while_is_one_result_of_each_that_met_it(impatient: SavingDesk) -> None:
    """The lock comes after the first and goes after the second trouble: none is lost or mixed up, none ends the run."""
    told: list[Ingested] = []
    with closing(sqlite3.connect(impatient.folder / "digest.db", isolation_level=None)) as other:

        def hear(one: Ingested) -> None:
            told.append(one)
            if len(told) == 1:
                other.execute("BEGIN IMMEDIATE")
            elif one.problem and other.in_transaction:
                other.execute("ROLLBACK")

        async with serve(Gate(1)) as web:
            configure(impatient, web, 60)
            results = await run(impatient.desk, hear)
            unsaved = [one for one in results if one.problem]
            assert unsaved
            assert {one.problem for one in unsaved} == {
                f"the database {impatient.folder / 'digest.db'} cannot be used: database is locked"
            }
            assert [one.source for one in results] == [f"s{n}" for n in range(60)]
            assert sorted(told, key=lambda one: int(one.source[1:])) == results
            assert {one.source for one in impatient.items()} == {one.source for one in results if one.new}
            again = await run(impatient.desk)
    assert [one.new for one in again] == [3 if one.problem else 0 for one in results]
    check_once(impatient, 60)


async def test_a_robots_txt_that_cannot_be_kept_is_the_trouble_of_its_source_alone(impatient: SavingDesk) -> None:
    """The database is locked while a robots.txt comes, and until its source has been told; the other one is saved."""
    with closing(sqlite3.connect(impatient.folder / "digest.db", isolation_level=None)) as other:
        told = asyncio.Event()

        async def answer(head: str, writer: Any) -> None:
            if "robots.txt" in head:
                other.execute("BEGIN IMMEDIATE")
                await reply("404 Not Found")(head, writer)
            else:
                await told.wait()
                await reply("200 OK", body=feed(1))(head, writer)

        def hear(one: Ingested) -> None:
            if one.source == "page":
                other.execute("ROLLBACK")
                told.set()

        async with serve(answer) as web:
            page = make_source("page", type="html", url=web.url("/news"), allow_private=True)
            impatient.configure(page, make_source("wire", url=web.url("/wire"), allow_private=True))
            bad, good = await run(impatient.desk, hear)
    assert str(bad.problem).endswith("database is locked")
    assert (good.new, good.problem) == (3, None)
