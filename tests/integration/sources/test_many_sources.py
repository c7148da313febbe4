"""Hundreds of sources in one run, some of them slow, dead, broken or huge: no other is late, none is lost."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.config.settings import SourceSettings
from digest.pipelines.ingest import ingest
from digest.pipelines.save import Ingested
from digest.sources.limits import MAX_BYTES
from tests.desks import NOON, SavingDesk, make_source
from tests.patience import HANG_S, PAUSE_S
from tests.webservers import Answer, WebServer, reply, serve

HOSTS, FEEDS_OF_A_HOST = 32, 10
PER_HOST = 4
HOUR = timedelta(hours=1)
CHUNK = b" " * 65_536


def feed(name: str, stories: int = 2) -> bytes:
    """Return a feed with stories of its own."""
    entries = "".join(
        f"<item><title>Story {at} of {name}</title><link>/{name}/{at}</link><guid>{name}-{at}</guid>"
        f"<pubDate>Tue, 10 Mar 2026 0{at}:00:00 GMT</pubDate></item>"
        for at in range(stories)
    )
    return f"<rss version='2.0'><channel>{entries}</channel></rss>".encode()


async def good(head: str, writer: asyncio.StreamWriter) -> None:
    """Answer with the feed of a path, or that it is as it was."""
    name = head.split()[1].strip("/")
    if f'if-none-match: "{name}"' in head.lower():
        await reply("304 Not Modified")(head, writer)
    else:
        await reply("200 OK", f'ETag: "{name}"', body=feed(name))(head, writer)


def slow(gate: asyncio.Event) -> Answer:
    """Answer with a feed, a byte now and then, until the gate opens and the rest comes."""

    async def answer(head: str, writer: asyncio.StreamWriter) -> None:
        body = feed(head.split()[1].strip("/"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        sent = 0
        while not gate.is_set() and sent < len(body):
            writer.write(body[sent : sent + 1])
            sent += 1
            await writer.drain()
            await asyncio.wait([asyncio.ensure_future(gate.wait())], timeout=PAUSE_S)
        writer.write(body[sent:])
        await writer.drain()

    return answer


def huge(size: int) -> Answer:
    """Answer with a page of so many bytes that is no feed, in pieces, so that the server holds none of it."""

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        start = b"<!DOCTYPE html><title>Log in</title>"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + start)
        left = size - len(start)
        while left > 0:
            writer.write(CHUNK[:left])
            left -= len(CHUNK)
            await writer.drain()

    return answer


@dataclass
class Town:
    """Sources on servers of their own, all under way in one run, and what it tells."""

    saving: SavingDesk
    servers: list[WebServer] = field(default_factory=list)
    sources: list[SourceSettings] = field(default_factory=list)
    told: list[Ingested] = field(default_factory=list)
    heard: Callable[[], None] = lambda: None

    def add(self, name: str, url: str, **changes: Any) -> None:
        """Have one more source."""
        self.sources.append(make_source(name, **{"url": url, "allow_private": True} | changes))

    async def read(self, now: Any = NOON, only: Sequence[str] = ()) -> dict[str, Ingested]:
        """Read all sources."""
        self.saving.configure(*self.sources)
        self.told = []
        desk = self.saving.desk
        results = await ingest(desk.settings, desk.store, desk.matcher, now, only=only, on_progress=self._hear)
        wanted = [one.id for one in self.sources if not only or one.id in only]
        assert [one.source for one in results] == wanted
        assert Counter(one.source for one in self.told) == dict.fromkeys(wanted, 1)
        return {one.source: one for one in results}

    def _hear(self, one: Ingested) -> None:
        self.told.append(one)
        self.heard()

    @property
    def most_busy(self) -> int:
        """Return the most requests that one host had at a time."""
        return max(one.most_busy for one in self.servers)


Street = Callable[..., Awaitable[WebServer]]


@pytest.fixture
async def town(saving: SavingDesk) -> AsyncIterator[tuple[Town, Street]]:
    """A town without sources, and how a server is put on an address 127.1.x.y."""
    made = Town(saving)
    async with AsyncExitStack() as stack:

        async def build(answer: Answer) -> WebServer:
            host = f"127.1.{len(made.servers) // 200}.{len(made.servers) % 200 + 1}"
            made.servers.append(await stack.enter_async_context(serve(answer, host=host)))
            return made.servers[-1]

        yield made, build


async def add_good(town: Town, build: Street) -> list[str]:
    """Put 320 good feeds on 32 hosts and return their names."""
    names = []
    for number in range(HOSTS):
        web = await build(good)
        for at in range(FEEDS_OF_A_HOST):
            names.append(f"good-{number}-{at}")
            town.add(names[-1], web.url(f"/{names[-1]}"))
    return names


def closed_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


TROUBLE = {
    "oops": reply("500 Oops"),
    "gone": reply("410 Gone"),
    "cut": reply("200 OK", body=feed("cut")[:60], length=900),
    "login": reply("200 OK", body=b"<!DOCTYPE html><form>Log in</form>"),
    "gzip": reply("200 OK", "Content-Encoding: gzip", body=b"no gzip"),
    "heads": reply("200 OK", *(f"X-{n}: y" for n in range(300)), body=feed("heads")),
    "huge": huge(MAX_BYTES + 1),
    "empty": reply("200 OK"),
}
"""What may be wrong with a source at once."""

WORDS = {
    "oops": "the server answered 500 Oops",
    "gone": "the server answered 410 Gone",
    "cut": "the answer broke off",
    "login": "an HTML page, not a feed",
    "gzip": "gzip",
    "heads": "headers",
    "huge": "10 MB",
    "empty": "empty",
    "dead": "cannot be reached",
    "private": "allow_private",
}
"""Words of the sentences about them."""


async def add_bad(town: Town, build: Street) -> list[str]:
    """Put bad sources beside the good ones, two of each kind, and return their names."""
    for number in range(2):
        for name, answer in TROUBLE.items():
            town.add(f"{name}-{number}", (await build(answer)).url())
        town.add(f"dead-{number}", f"http://127.1.3.{number + 1}:{closed_port()}/")
        town.add(f"private-{number}", town.servers[-1].url("/private"), allow_private=False)
    return [one.id for one in town.sources if not one.id.startswith("good")]


async def test_good_sources_are_saved_long_before_slow_ones_end(town: tuple[Town, Street]) -> None:
    """Twenty slow ones stand first in config.yaml, and drip until all 320 good and all bad ones have been told."""
    place, build = town
    gate = asyncio.Event()
    crowded = await build(slow(gate))
    lonely = [await build(slow(gate)) for _ in range(10)]
    waits = [f"slow-{number}" for number in range(20)]
    for number, name in enumerate(waits):
        place.add(name, (crowded if number < 10 else lonely[number - 10]).url(f"/{name}"))
    names = await add_good(place, build)
    bad = [one for one in await add_bad(place, build) if one not in waits]
    stored_by_then: list[int] = []

    def heard() -> None:
        if len(place.told) == len(names) + len(bad) and not gate.is_set():
            stored_by_then.append(len(place.saving.items()))
            gate.set()

    place.heard = heard
    async with asyncio.timeout(HANG_S):
        done = await place.read()
    assert {one.source for one in place.told[: -len(waits)]} == {*names, *bad}
    assert stored_by_then == [2 * len(names)]
    assert [one for one in (*names, *waits) if done[one].new != 2 or done[one].problem] == []
    assert place.most_busy <= PER_HOST
    assert crowded.most_busy == PER_HOST
    for name in bad:
        problem = str(done[name].problem)
        assert WORDS[name.partition("-")[0]] in problem, (name, problem)
        assert done[name].new == 0
    items = place.saving.items()
    assert Counter(one.source for one in items) == dict.fromkeys((*names, *waits), 2)
    assert all(one.title.endswith(f"of {one.source}") for one in items)
    again = await place.read(NOON + HOUR, only=names)
    assert [one for one in names if not again[one].not_modified] == []
    assert len(place.saving.items()) == len(items)
    assert place.most_busy <= PER_HOST


@contextmanager
def watched_memory() -> Iterator[list[int]]:
    """Give a list to which the most memory is added that this process took meanwhile, in bytes beyond what it had."""

    def status(name: str) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

    grown: list[int] = []
    # Linux: the peak begins anew.
    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    yield grown
    grown.append(status("VmHWM") - before)


async def test_pages_that_come_faster_than_they_are_read_do_not_pile_up(town: tuple[Town, Street]) -> None:
    """Six hundred pages of 400 kB, 240 MB in all: some wait, the others are not asked for before."""
    place, build = town
    for number in range(60):
        web = await build(huge(400_000))
        for at in range(10):
            place.add(f"huge-{number}-{at}", web.url())
    with watched_memory() as grown:
        async with asyncio.timeout(HANG_S):
            done = await place.read()
    assert {one.problem for one in done.values()} == {"an HTML page, not a feed"}
    assert grown[0] < 190 << 20
