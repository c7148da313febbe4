"""Archives when something happens while they are made, out of order, or cannot be written: nothing is lost or stays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from digest.feeds.publish import ARCHIVE
from digest.pipelines.archive import STEP
from digest.pipelines.edit import withdraw
from digest.pipelines.embargo import call_back
from digest.pipelines.publish import publish
from digest.store import archives as archive_rows
from digest.store import items as item_rows
from digest.store.engine import Connection, Store
from tests.newsrooms import TOPICS

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FEED_SIZE = "feeds: {entries: 3}\n"
REASON = "The pier was another one."
BERGEN = "Harbour of Bergen lit again"
ATOM = "{http://www.w3.org/2005/Atom}"
PLACES = (
    "Aberdeen",
    "Bergen",
    "Cadiz",
    "Dieppe",
    "Esbjerg",
    "Faro",
    "Genoa",
    "Hull",
    "Izmir",
    "Jaffa",
    "Kiel",
    "Lagos",
)


class _Meanwhile(Store):
    """A store in which something happens once, when archive documents were made and are to be noted."""

    def __init__(self, store: Store, happens: Callable[[], object]) -> None:
        super().__init__(store.engine)
        self.happens: Callable[[], object] | None = happens

    @contextmanager
    def append(self) -> Iterator[Connection]:
        """Let it happen first."""
        happens, self.happens = self.happens, None
        if happens:
            happens()
        with super().append() as connection:
            yield connection


def stories(story: type[Any]) -> list[Any]:
    """Return twelve stories of 2025, newest first, four in each month."""
    dates = [date(2025, 1 + at // 4, 1 + at % 4) for at in range(len(PLACES))]
    return [story(f"Harbour of {name} lit again", on) for name, on in zip(PLACES, dates, strict=True)][::-1]


def followed(folder: Path, name: str) -> set[str]:
    """Return the titles that a reader has who follows prev-archive to its end (RFC 5005 §4)."""
    file: Path | None = folder / f"{name}.atom"
    found: set[str] = set()
    while file:
        feed: Any = etree.fromstring(file.read_bytes())
        found |= {entry.findtext(f"{ATOM}title") for entry in feed.iterfind(f"{ATOM}entry")}
        links = {link.get("rel"): link.get("href") for link in feed.iterfind(f"{ATOM}link")}
        file = folder / ARCHIVE / links["prev-archive"].rpartition("/")[2] if "prev-archive" in links else None
    return found


def archives_with(room: Any, words: str) -> list[str]:
    """Return the archive documents that say something."""
    files = (room.folder / "feeds" / ARCHIVE).glob("*.atom")
    return sorted(file.name for file in files if words in file.read_text())


def find(app: Any, title: str) -> Any:
    """Return the item that has this title."""
    with app.store.read() as connection:
        (item,) = item_rows.find_items(connection, title)
    return item


def mark_all_stale(app: Any) -> None:
    """Let every archive document be made again."""
    with app.store.write() as connection:
        archive_rows.mark_all_stale(connection)


@pytest.fixture
async def room(newsroom: Any, story: type[Any]) -> Any:
    """A newsroom with twelve stories, three in each feed, and nothing published."""
    newsroom.configure(more=FEED_SIZE)
    newsroom.publish(*stories(story))
    await newsroom.app().ingest(NOON)
    return newsroom


@pytest.mark.parametrize("again", [False, True], ids=["new", "made again"])
@pytest.mark.parametrize("what", ["withdrawn", "called back"])
async def test_what_goes_while_archives_are_written_is_out_of_them(room: Any, what: str, again: bool) -> None:
    """What is withdrawn or called back after an archive was made, and before that was noted, goes at the next run."""
    app = room.app()
    if again:
        app.publish(NOON)
        mark_all_stale(app)
    item = find(app, BERGEN)

    def go() -> None:
        if what == "withdrawn":
            withdraw(app.store, item, REASON, NOON + MINUTE)
            return
        with app.store.append() as connection:
            call_back(connection, item, NOON + timedelta(days=2), NOON + MINUTE)

    publish(app.settings, _Meanwhile(app.store, go), NOON + MINUTE)
    app.publish(NOON + 2 * MINUTE)
    assert archives_with(room, item.summary) == archives_with(room, "lit again")
    assert archives_with(room, f"<title>{BERGEN}") == []
    assert archives_with(room, REASON) == (["all-2025-01.atom", "sea-2025-01.atom"] if what == "withdrawn" else [])


async def test_an_archive_that_cannot_be_written_keeps_no_other_back(newsroom: Any, story: type[Any]) -> None:
    """Where a folder stands in the place of one document, all others are made again, more than one step of them."""
    newsroom.configure(topics="", more="feeds: {entries: 1}\n")
    first = date(2025, 1, 1)
    page = [story(f"Lamp {number} of the harbour", first + timedelta(days=number)) for number in range(STEP + 5)]
    newsroom.publish(*page[::-1])
    await newsroom.read(NOON)
    app, blocked = newsroom.app(), newsroom.folder / "feeds" / ARCHIVE / "all-2025-01.atom"
    blocked.unlink()
    blocked.mkdir()
    mark_all_stale(app)
    failed = [one.name for one in app.publish(NOON + MINUTE) if one.failed]
    with app.store.read() as connection:
        left = [one.name for one in archive_rows.load_stale(connection, 2 * STEP)]
    assert (failed, left) == ([f"{ARCHIVE}/all-2025-01"], ["2025-01"])


async def test_what_is_withdrawn_does_not_wait_for_what_looks_old(room: Any) -> None:
    """While all archives are made again, little by little, those of a withdrawn item come first."""
    app = room.app()
    app.publish(NOON)
    mark_all_stale(app)
    withdraw(app.store, find(app, "Harbour of Izmir lit again"), REASON, NOON + MINUTE)
    app.publish(NOON + MINUTE, most_archives=2)
    assert archives_with(room, REASON) == ["all-2025-03.atom", "sea-2025-03.atom"]


async def test_the_chain_waits_for_a_new_archive_that_cannot_be_written(room: Any, story: type[Any]) -> None:
    """A feed leads to no archive while one before it is missing, and to all of them once it could be written."""
    app, blocked = room.app(), room.folder / "feeds" / ARCHIVE / "all-2025-01-2.atom"
    blocked.mkdir(parents=True)
    for minutes in range(2):
        app.publish(NOON + minutes * MINUTE)
        assert len(followed(room.folder / "feeds", "all")) == 3
        assert len(followed(room.folder / "feeds", "sea")) == len(PLACES)
    blocked.rmdir()
    app.publish(NOON + 2 * MINUTE)
    assert {one.title for one in stories(story)} == followed(room.folder / "feeds", "all")


async def test_what_is_saved_late_is_in_the_archives(room: Any, story: type[Any]) -> None:
    """A reading that began before others, and was saved after archives had been closed, loses nothing of its own."""
    page, names = stories(story), ("Malmo", "Nantes", "Oran", "Patras", "Riga")
    for minutes, name in zip((10, 11, 12, 13, 9), names, strict=True):
        page.insert(0, story(f"Harbour of {name} opens", date(2026, 2, len(page))))
        room.publish(*page)
        await room.read(NOON + minutes * MINUTE)
    assert {one.title for one in page} == followed(room.folder / "feeds", "all")


@pytest.mark.parametrize("entries", [2, 4])
async def test_two_runs_that_close_a_month_differently_agree(room: Any, story: type[Any], entries: int) -> None:
    """Two runs with other sizes that close blocks at the same moment: the later goes on, and readers lose nothing."""
    app = room.app()
    other = replace(app.settings, feeds=replace(app.settings.feeds, entries=entries))
    slow = _Meanwhile(app.store, lambda: publish(other, app.store, NOON + MINUTE))
    publish(app.settings, slow, NOON + MINUTE)
    app.publish(NOON + 2 * MINUTE)
    assert {one.title for one in stories(story)} == followed(room.folder / "feeds", "all")
    with app.store.read() as connection:
        topics = ("all", "sea", "land")
        known = sorted(f"{one}-{name}.atom" for one in topics for name in archive_rows.load_names(connection, one))
    assert archives_with(room, "<feed") == known


async def test_fewer_entries_and_more_again_lose_nothing(room: Any, story: type[Any]) -> None:
    """However many entries feeds are to have from now on, feed and archives hold every item after one publication."""
    for size in (3, 1, 3, 2, 50, 1):
        room.configure(more=f"feeds: {{entries: {size}}}\n")
        room.app().publish(NOON + MINUTE)
        assert {one.title for one in stories(story)} == followed(room.folder / "feeds", "all")
        assert room.check_feeds() == []


async def test_one_feed_is_published_after_another_left_the_configuration(room: Any) -> None:
    """Publishing one feed alone leaves the archives of a topic that has just gone to the next publication of all."""
    app = room.app()
    app.publish(NOON)
    mark_all_stale(app)
    room.configure(topics=TOPICS.replace("sea:", "ocean:"), more=FEED_SIZE)
    assert not any(one.failed for one in room.app().publish(NOON + MINUTE, only=["all"]))
    with app.store.read() as connection:
        assert {one.topic for one in archive_rows.load_stale(connection, STEP)} == {"sea"}
