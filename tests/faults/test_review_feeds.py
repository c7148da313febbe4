"""Feeds when runs overlap or die, names come and go, embargoes return: they show what the store knows, nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import event, text

from digest.pipelines.edit import correct
from digest.pipelines.embargo import call_back
from digest.pipelines.place import release_held
from digest.pipelines.publish import Memory, publish
from digest.pipelines.save import Desk
from digest.store import items as item_rows
from digest.store.archives import MARK_STALE
from digest.store.engine import Connection, Store, open_store
from digest.store.placements import NOTE, PLACE, REMOVE
from tests.commands import PROJECT
from tests.newsrooms import TOPICS
from tests.patience import HANG_S

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FEED_SIZE = "feeds: {entries: 2}\n"
FERRIES, FIELDS = "Ferries return to the harbour", "Fields under water"
REASON = "The pier was another one."


class _KilledError(Exception):
    pass


class _Dying(Store):
    """A store whose user dies right after a write."""

    def __init__(self, store: Store, writes: int) -> None:
        super().__init__(store.engine)
        self.writes = writes

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Die when it is time."""
        with super().write() as connection:
            yield connection
        self.writes -= 1
        if not self.writes:
            raise _KilledError


class _Between(Store):
    """A store that asks somebody before each write."""

    def __init__(self, store: Store, ask: Callable[[], None]) -> None:
        super().__init__(store.engine)
        self.ask = ask

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Ask first."""
        self.ask()
        with super().write() as connection:
            yield connection


@pytest.fixture
async def room(newsroom: Any, story: type[Any]) -> Any:
    """A newsroom with six published stories, two in each feed."""
    newsroom.configure(more=FEED_SIZE)
    newsroom.publish(*(story(f"Harbour lamp {day} lit", date(2025, 3, day)) for day in range(6, 0, -1)))
    await newsroom.read(NOON)
    return newsroom


async def test_a_build_that_began_earlier_undoes_nothing(newsroom: Any, story: type[Any]) -> None:
    """A build of everything that read before an item came, and wrote after it was published, is made good."""
    newsroom.configure(topics="")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON)
    app = newsroom.app()
    arrived, go = Event(), Event()

    def wait(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SELECT item_topic.item_id" in statement and not arrived.is_set():
            arrived.set()
            go.wait(HANG_S)

    old = open_store(app.settings.store)
    event.listen(old.engine, "after_cursor_execute", wait)
    slow = Thread(target=publish, args=(app.settings, old, NOON + MINUTE), kwargs={"every": True})
    slow.start()
    assert arrived.wait(HANG_S)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)), story(FIELDS, date(2026, 3, 9)))
    await app.ingest(NOON + 2 * MINUTE)

    def finish() -> None:
        if FIELDS in newsroom.feed("all") and not go.is_set():
            go.set()
            slow.join()

    publish(app.settings, _Between(app.store, finish), NOON + 2 * MINUTE)
    assert go.is_set()
    old.close()
    app.publish(NOON + 3 * MINUTE)
    assert FIELDS in newsroom.feed("all")


@pytest.mark.parametrize("writes", [1, 2, 3, 4])
async def test_killed_while_a_topic_goes_its_files_go_all_the_same(room: Any, writes: int) -> None:
    """Wherever a run dies that is to forget a topic, the next one leaves no file of it behind."""
    room.configure(topics=TOPICS.replace("sea:", "ocean:"), more=FEED_SIZE)
    app = room.app()
    with pytest.raises(_KilledError):
        publish(app.settings, _Dying(app.store, writes), NOON + MINUTE)
    app.publish(NOON + 2 * MINUTE)
    assert [file.name for file in (room.folder / "feeds").rglob("sea*")] == []


async def test_a_copy_under_an_old_name_goes_with_its_line(room: Any) -> None:
    """When nothing says any more that a feed moved, no copy of it stays under the old name to show old words."""
    feeds = room.folder / "feeds"
    room.configure(more="feeds: {entries: 2, moved: {shore: sea}}\n")
    room.app().publish(NOON + MINUTE)
    assert len([*feeds.glob("shore.*")]) == 3
    room.configure(more=FEED_SIZE)
    room.app().publish(NOON + 2 * MINUTE)
    assert [*feeds.glob("shore.*")] == []


async def test_corrections_of_what_was_called_back_return_with_it(room: Any) -> None:
    """What is let go again after an embargo has its corrections in their feed again, at once."""
    app, told = room.app(), room.folder / "feeds/corrections.atom"
    with app.store.read() as connection:
        (item,) = item_rows.find_items(connection, "Harbour lamp 2 lit")
    item = correct(app.store, item, REASON, NOON + MINUTE)
    app.publish(NOON + MINUTE)
    assert REASON in told.read_text()
    with app.store.append() as connection:
        call_back(connection, item, NOON + timedelta(hours=1), NOON + 2 * MINUTE)
    app.publish(NOON + 2 * MINUTE)
    assert REASON not in told.read_text()
    release_held(Desk(app.settings, app.store, app.matcher), NOON + timedelta(hours=2))
    app.publish(NOON + timedelta(hours=2))
    assert REASON in told.read_text()


async def test_templates_that_come_while_the_program_runs_are_used(room: Any) -> None:
    """An operator's first template changes the pages of a program that runs as it does those of a fresh start."""
    app, memory, own = room.app(), Memory(), room.folder / "templates/web"
    publish(app.settings, app.store, NOON, every=True, memory=memory)
    own.mkdir(parents=True)
    ours = (PROJECT / "templates/web/entry.html.j2").read_text()
    (own / "entry.html.j2").write_text(f"{ours}<p>Our own words</p>\n")
    publish(app.settings, app.store, NOON + MINUTE, memory=memory)
    assert "Our own words" in (room.folder / "feeds/all.html").read_text()


async def test_a_folder_in_the_place_of_a_file_that_is_to_go(room: Any) -> None:
    """Where somebody put a folder in the place of a file that is to be removed, publishing goes on."""
    file = room.folder / "feeds/sea.json"
    file.unlink()
    file.mkdir()
    room.configure(topics=TOPICS.replace("sea:", "ocean:"), more=FEED_SIZE)
    assert not any(one.failed for one in room.app().publish(NOON + MINUTE))


@pytest.mark.parametrize("statement", [MARK_STALE, PLACE, REMOVE, NOTE], ids=["stale", "place", "remove", "note"])
async def test_adding_to_the_log_reads_no_whole_table(room: Any, statement: Any) -> None:
    """What a row of the log does to archives, topics and corrections is found by indexes, however much is stored."""
    with room.app().store.read() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"), {"before": 1}).all()
    scans = [row.detail for row in plan if row.detail.startswith("SCAN ")]
    assert [one for one in scans if one != "SCAN p"] == []  # the new rows alone, as the next line of the plan says
    assert any("SEARCH placement" in row.detail or "SEARCH p " in row.detail for row in plan)
