"""F3: SIGKILL anywhere in `digest build` with a hub: whatever was written, the hub will have heard of it in the end."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from digest.app import App
from tests.newsrooms import Newsroom, Story
from tests.webservers import WebServer, reply, serve

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD = [Story(f"Ferry number {n} is home in the harbour", date(2026, 3, 9)) for n in range(3)]
FRESH = [Story("A field of rye is under water", date(2026, 3, 11))]
NOBODY = "http://127.0.0.1:9/hub"
"""A hub that never answers: what it has not heard of can be counted in the store."""
POINTS = 13
TOUCHED = {"all", "land", "sea"}
"""The feeds that the last story changes: it also takes the page's head from the one that stood first before."""


def make_room(folder: Path, hub: str) -> Newsroom:
    """Return a newsroom with a hub."""
    folder.mkdir(exist_ok=True)
    room = Newsroom(folder)
    room.configure(more=f'feeds: {{hub: "{hub}"}}\n')
    return room


def owed(folder: Path) -> set[str]:
    """Return the feeds that the hub has still to be told of."""
    with closing(sqlite3.connect(folder / "var/digest.db")) as database:
        return {name for (name,) in database.execute("SELECT name FROM feed WHERE unpinged != 0")}


@pytest.fixture
async def template(tmp_path: Path) -> Path:
    """The folder of a newsroom whose hub has heard of everything but the last story, which is in no feed yet."""
    room = make_room(tmp_path / "template", NOBODY)
    room.publish(*OLD)
    await room.read(NOON)
    with closing(sqlite3.connect(room.folder / "var/digest.db")) as database, database:
        database.execute("UPDATE feed SET unpinged = 0")
    room.publish(*FRESH, *OLD)
    await room.app().ingest(NOON + 2 * HOUR)
    room.close()
    return room.folder


def test_f03_after_a_kill_and_another_run_the_hub_is_owed_all_that_was_written(
    template: Path, sweep: Callable[..., Any]
) -> None:
    """A build that was killed after its files were written and before it noted so is no exception."""
    before = {file.name: file.read_bytes() for file in (template / "feeds").glob("*.atom")}
    found = sweep(template, POINTS, "build")
    assert len(found.killed) >= 11
    for folder in (found.whole, *found.folders()):
        changed = {name[:-5] for name, data in before.items() if (folder / "feeds" / name).read_bytes() != data}
        assert changed == TOUCHED
        assert changed <= owed(folder), folder.name


async def test_f03_a_run_that_ends_between_publishing_and_telling_is_made_up_for(tmp_path: Path) -> None:
    """Published by a program that ended there: the next one tells the hub, once, and the one after it nothing."""
    async with serve(reply("202 Accepted")) as hub:
        room = make_room(tmp_path, hub.url("/hub"))
        room.publish(*OLD)
        await room.read(NOON)
        await _tell(room.app(), NOON)
        first = _told(hub)
        room.publish(*FRESH, *OLD)
        await room.read(NOON + HOUR)
        assert hub.bodies == []
        # Words that changed may be a correction: the hub is told to look, once more rather than once too seldom.
        assert owed(room.folder) == {*TOUCHED, "corrections"}
        await _tell(room.app(), NOON + HOUR)
        second = _told(hub)
        await room.read(NOON + 2 * HOUR)
        await _tell(room.app(), NOON + 2 * HOUR)
        assert _told(hub) == []
        room.close()
    assert first == second == sorted(f"{name}.{end}" for name in (*TOUCHED, "corrections") for end in ("atom", "json"))


async def _tell(app: App, now: datetime) -> None:
    done = await app.ping(now)
    assert done.problem is None


def _told(hub: WebServer) -> list[str]:
    """Return of which addresses a hub was told since it was last asked this."""
    urls = [parse_qs(body)["hub.url"][0] for body in hub.bodies]
    hub.bodies.clear()
    return sorted(url.rpartition("/")[2] for url in urls)
