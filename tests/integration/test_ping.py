"""The hub against real servers: told of each change once, whatever it answers, and however often we are killed."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from digest.config.settings import Settings
from digest.model.feed import FeedState
from digest.pipelines.ping import LONGEST_PAUSE, MOST_FEEDS, Pinged, ping_hub
from digest.sources.fetch import Client, Fetched
from digest.store.engine import Store, open_store
from digest.store.feeds import clear_unpinged, load_feeds, load_unpinged, save_feeds, take_unpinged
from digest.store.migrate import ready_store
from tests.commands import environment
from tests.desks import make_settings
from tests.patience import HANG_S
from tests.webservers import Answer, WebServer, drip, reply, serve, wait_for

NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
SITE = "https://news.example.org/feeds/"
OK = reply("202 Accepted")


@pytest.fixture
def store(tmp_path: Path, empty_store: Path) -> Iterator[Store]:
    """A store without feeds."""
    (tmp_path / "digest.db").write_bytes(empty_store.read_bytes())
    with closing(open_store(f"sqlite:///{tmp_path / 'digest.db'}")) as store:
        yield store


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    """Make the settings of a newsroom with a hub."""

    def make(hub: str | None, feeds_url: str = SITE) -> Settings:
        plain = make_settings(tmp_path)
        return replace(plain, site=replace(plain.site, feeds_url=feeds_url), feeds=replace(plain.feeds, hub=hub))

    return make


def publish(store: Store, *names: str, at: datetime = NOW) -> None:
    """Note that feeds have changed, as publishing does."""
    with store.write() as connection:
        for name in names:
            save_feeds(connection, [FeedState(name=name, created_at=NOW, published_at=at, unpinged=True)])


def owed(store: Store) -> list[str]:
    """Return the feeds that the hub has still to be told of."""
    with store.read() as connection:
        return load_unpinged(connection)


def topics(web: WebServer) -> list[str]:
    """Return the addresses that a hub was told of."""
    forms = [parse_qs(body, strict_parsing=True) for body in web.bodies if body]
    assert all(form["hub.mode"] == ["publish"] for form in forms)
    return [form["hub.url"][0].removeprefix(SITE) for form in forms]


@asynccontextmanager
async def _hub(answer: Answer = OK) -> AsyncIterator[WebServer]:
    async with serve(answer) as web:
        yield web


async def test_without_a_hub_nothing_is_done(store: Store, settings: Callable[..., Settings]) -> None:
    """What is owed stays owed, for the day when there is one."""
    publish(store, "all")
    assert await ping_hub(settings(None), store, NOW) == Pinged()
    assert owed(store) == ["all"]


async def test_the_hub_is_told_of_both_formats_of_what_changed(store: Store, settings: Callable[..., Settings]) -> None:
    """One form for each address, once; and where nothing changed the hub hears nothing."""
    publish(store, "all", "sea")
    with store.write() as connection:
        save_feeds(connection, [FeedState(name="land", created_at=NOW, published_at=NOW)])
    async with _hub() as web:
        assert await ping_hub(settings(web.url("/hub")), store, NOW) == Pinged(told=2)
        assert sorted(topics(web)) == ["all.atom", "all.json", "sea.atom", "sea.json"]
        assert await ping_hub(settings(web.url("/hub")), store, NOW) == Pinged()
    assert len(web.heads) == 4
    assert owed(store) == []


async def test_a_hub_hands_on_what_it_is_told_of(store: Store, settings: Callable[..., Settings]) -> None:
    """A hub as in WebSub §7: it is told of an address, fetches it, and has the bytes that readers are to get."""
    handed_on: list[bytes] = []

    async with serve(reply("200 OK", "Content-Type: application/atom+xml", body=b"<feed/>")) as site:

        async def distribute(_: str, writer: asyncio.StreamWriter) -> None:
            topic = parse_qs(hub.bodies[len(hub.heads) - 1])["hub.url"][0]
            async with Client() as client:
                outcome = await client.fetch(topic, allow_private=True)
            assert isinstance(outcome, Fetched)
            handed_on.append(outcome.body)
            await reply("204 No Content")("", writer)

        async with _hub(distribute) as hub:
            publish(store, "all")
            done = await ping_hub(settings(hub.url("/hub"), site.url("/feeds/")), store, NOW)
    assert done == Pinged(told=1)
    assert sorted(site.paths) == ["/feeds/all.atom", "/feeds/all.json"]
    assert handed_on == [b"<feed/>"] * 2


async def _hang_up(_: str, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(reply("500 Oops"), "the server answered 500 Oops", id="500"),
        pytest.param(reply("429 Slow Down"), "the server answered 429 Slow Down", id="429"),
        pytest.param(reply("400 Bad Request"), "the server answered 400 Bad Request", id="400"),
        pytest.param(
            reply("307 Elsewhere", "Location: https://hub.example.org/"),
            "the server answered 307 Elsewhere and leads to https://hub.example.org/",
            id="redirect",
        ),
        pytest.param(_hang_up, "the answer broke off or was no HTTP", id="drop"),
        pytest.param(drip(b"nonsense\r\n\r\n"), "the answer broke off or was no HTTP", id="nonsense"),
    ],
)
async def test_a_hub_that_fails_is_told_once_it_works(
    answer: Answer, sentence: str, store: Store, settings: Callable[..., Settings]
) -> None:
    """A failure is a sentence; the feed stays owed, the next run tells the hub, and that is the end of it."""
    publish(store, "all")
    answers = [answer]

    async def turn(head: str, writer: asyncio.StreamWriter) -> None:
        await answers[0](head, writer)

    async with _hub(turn) as web:
        newsroom = settings(web.url("/hub"))
        failed = await ping_hub(newsroom, store, NOW)
        assert (failed.told, failed.owed, owed(store)) == (0, 1, ["all"])
        assert failed.problem is not None
        assert failed.problem.startswith(f"the hub {web.url('/hub')} was not told: {sentence}")
        answers[0] = OK
        web.bodies.clear()
        assert await ping_hub(newsroom, store, NOW) == Pinged(told=1)
        assert await ping_hub(newsroom, store, NOW) == Pinged()
    assert topics(web) == ["all.atom", "all.json"]


@pytest.mark.own_clock
async def test_a_hub_that_hangs_costs_no_more_than_the_budget(store: Store, settings: Callable[..., Settings]) -> None:
    """The run ends, and what was told until then is not told again."""
    publish(store, "all")
    publish(store, "sea", at=NOW + timedelta(seconds=1))
    never = wait_for(asyncio.Event(), OK)

    async def turn(head: str, writer: asyncio.StreamWriter) -> None:
        await (never if "sea.atom" in web.bodies[len(web.heads) - 1] else OK)(head, writer)

    async with _hub(turn) as web:
        done = await ping_hub(settings(web.url("/hub")), store, NOW, budget_s=1)
    assert done == Pinged(told=1, owed=1, problem=f"the hub {web.url('/hub')} was not told: not within 1 s")
    assert owed(store) == ["sea"]


async def test_a_hub_that_is_down_is_told_when_it_is_up_again(store: Store, settings: Callable[..., Settings]) -> None:
    """Nobody listens: a value. Then somebody does, at the same address: each feed once."""
    publish(store, "all", "sea")
    async with _hub() as web:
        port = web.port
    failed = await ping_hub(settings(web.url("/hub")), store, NOW)
    assert failed.owed == 2
    assert "connection refused" in (failed.problem or "")
    async with serve(OK, port=port) as again:
        assert await ping_hub(settings(again.url("/hub")), store, NOW) == Pinged(told=2)
        assert await ping_hub(settings(again.url("/hub")), store, NOW) == Pinged()
    assert sorted(topics(again)) == ["all.atom", "all.json", "sea.atom", "sea.json"]


async def test_a_change_while_the_hub_is_told_stays_owed(store: Store, settings: Callable[..., Settings]) -> None:
    """Within the same second, and whoever publishes: the hub hears of the change that it may have missed."""
    publish(store, "all")

    async def publish_meanwhile(head: str, writer: asyncio.StreamWriter) -> None:
        if len(web.heads) == 2:
            publish(store, "all")
        await OK(head, writer)

    async with _hub(publish_meanwhile) as web:
        newsroom = settings(web.url("/hub"))
        await ping_hub(newsroom, store, NOW)
        assert owed(store) == ["all"]
        assert await ping_hub(newsroom, store, NOW) == Pinged(told=1)
    assert topics(web) == ["all.atom", "all.json"] * 2
    assert owed(store) == []


async def test_a_failing_hub_is_left_alone_for_longer_and_longer(
    store: Store, settings: Callable[..., Settings]
) -> None:
    """After the second failure a minute, after the third two, at most an hour; a success ends it."""
    publish(store, "all")
    answers = [reply("500 Oops")]

    async def turn(head: str, writer: asyncio.StreamWriter) -> None:
        await answers[0](head, writer)

    async with _hub(turn) as web:
        newsroom, now, tried = settings(web.url("/hub")), NOW, []
        while len(tried) < 10:
            asked = len(web.heads)
            done = await ping_hub(newsroom, store, now)
            if len(web.heads) > asked:
                tried.append(int((now - NOW).total_seconds()) // 60)
            else:
                assert "is left alone until" in (done.problem or "")
            assert done.owed == 1
            now += timedelta(minutes=1) if len(tried) > 1 else timedelta()
        assert tried == [0, 0, 1, 3, 7, 15, 31, 63, 123, 183]
        answers[0] = OK
        now += LONGEST_PAUSE
        assert (await ping_hub(newsroom, store, now)).told == 1
        publish(store, "all")
        answers[0] = reply("500 Oops")
        assert (await ping_hub(newsroom, store, now)).owed == 1
        answers[0] = OK
        assert (await ping_hub(newsroom, store, now)).told == 1


async def test_a_hub_that_asks_for_a_pause_gets_it(store: Store, settings: Callable[..., Settings]) -> None:
    """Retry-After at its first failure; another hub has made no such wish."""
    publish(store, "all")
    async with _hub(reply("503 Later", "Retry-After: 300")) as busy, _hub() as other:
        await ping_hub(settings(busy.url("/hub")), store, NOW)
        soon = await ping_hub(settings(busy.url("/hub")), store, NOW + timedelta(seconds=299))
        assert soon.problem == f"the hub {busy.url('/hub')} failed and is left alone until 12:05 UTC"
        assert len(busy.heads) == 1
        await ping_hub(settings(busy.url("/hub")), store, NOW + timedelta(seconds=300))
        assert len(busy.heads) == 2
        assert await ping_hub(settings(other.url("/hub")), store, NOW) == Pinged(told=1)


async def test_one_address_that_is_refused_keeps_no_other_back(store: Store, settings: Callable[..., Settings]) -> None:
    """A hub may not want one of our feeds: the others are told all the same."""
    publish(store, "sea")
    others = [f"feed-{number}" for number in range(20)]
    publish(store, *others, at=NOW + timedelta(seconds=1))

    async def turn(head: str, writer: asyncio.StreamWriter) -> None:
        refused = "sea.json" in web.bodies[len(web.heads) - 1]
        await (reply("403 No") if refused else OK)(head, writer)

    async with _hub(turn) as web:
        done = await ping_hub(settings(web.url("/hub")), store, NOW)
    assert (done.told, done.owed, owed(store)) == (len(others), 1, ["sea"])


async def test_a_hub_that_is_down_is_not_asked_for_every_feed(store: Store, settings: Callable[..., Settings]) -> None:
    """A few at a time see that it fails, and the others are owed unasked."""
    publish(store, *(f"feed-{number}" for number in range(60)))
    async with _hub(reply("500 Oops")) as web:
        done = await ping_hub(settings(web.url("/hub")), store, NOW)
    assert (done.told, done.owed) == (0, 60)
    assert len(web.heads) <= 4
    assert web.most_busy <= 4


async def test_a_run_has_an_end(store: Store, settings: Callable[..., Settings]) -> None:
    """Of many feeds those that wait the longest are told first, the others in the next run."""
    names = [f"feed-{number:03}" for number in range(MOST_FEEDS + 20)]
    for number, name in enumerate(names):
        publish(store, name, at=NOW + timedelta(seconds=number))
    async with _hub() as web:
        newsroom = settings(web.url("/hub"))
        assert await ping_hub(newsroom, store, NOW) == Pinged(told=MOST_FEEDS, owed=20)
        assert owed(store) == names[MOST_FEEDS:]
        assert await ping_hub(newsroom, store, NOW) == Pinged(told=20)
    assert len(set(topics(web))) == len(topics(web)) == 2 * len(names)


CHILD = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from digest.config.load import load_config
from digest.pipelines.ping import ping_hub
from digest.store.engine import open_store
settings = load_config(Path(sys.argv[1]))
asyncio.run(ping_hub(settings, open_store(settings.store), datetime(2026, 3, 11, 12, 0, tzinfo=UTC)))
"""
CONFIG = """
site: {{title: Open Harbour, url: "https://news.example.org/"}}
store: sqlite:///digest.db
feeds: {{hub: "{hub}"}}
sources:
  page: {{type: feed, url: "https://news.example.org/feed"}}
"""


async def test_a_run_that_is_killed_is_made_up_for_by_the_next(
    store: Store, settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """SIGKILL while the hub is being told: the feed is still owed, and the next run tells of it."""
    publish(store, "all")
    seen, gate = asyncio.Event(), asyncio.Event()

    async def turn(head: str, writer: asyncio.StreamWriter) -> None:
        seen.set()
        await wait_for(gate, OK)(head, writer)

    async with _hub(turn) as web:
        config = tmp_path / "config.yaml"
        config.write_text(CONFIG.format(hub=web.url("/hub")))
        child = await asyncio.create_subprocess_exec(sys.executable, "-P", "-c", CHILD, str(config), env=environment())
        async with asyncio.timeout(HANG_S):
            await seen.wait()
        child.send_signal(signal.SIGKILL)
        assert await child.wait() == -signal.SIGKILL
        assert owed(store) == ["all"]
        gate.set()
        web.bodies.clear()
        assert await ping_hub(settings(web.url("/hub")), store, NOW) == Pinged(told=1)
    assert topics(web) == ["all.atom", "all.json"]
    assert owed(store) == []


def test_tickets_hold_on_every_database(database_url: str) -> None:
    """Only the last ticket clears, a change takes it away, and a feed that is not owed gets none."""
    with closing(open_store(database_url)) as store:
        ready_store(store)
        publish(store, "all", "sea")
        with store.write() as connection:
            save_feeds(connection, [FeedState(name="land", created_at=NOW)])
            take_unpinged(connection, ["all", "sea", "land"], 7)
            take_unpinged(connection, ["all"], 2**31 - 1)
            clear_unpinged(connection, "all", 7)
            clear_unpinged(connection, "sea", 7)
        assert owed(store) == ["all"]
        publish(store, "all")
        with store.write() as connection:
            clear_unpinged(connection, "all", 2**31 - 1)
            assert {name: one.unpinged for name, one in load_feeds(connection).items()} == {
                "all": True,
                "sea": False,
                "land": False,
            }
