"""What dropped out of a feed stays in its archives: complete, in order, changed only by what changes an item."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from digest.feeds.publish import ARCHIVE
from digest.pipelines.edit import correct, withdraw
from digest.store import items as item_rows
from tests.newsrooms import TOPICS

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
FEED_SIZE = "feeds: {entries: 3}\n"
ATOM = "{http://www.w3.org/2005/Atom}"
PLACES = [
    "Aberdeen", "Bergen", "Cadiz", "Dieppe", "Esbjerg", "Faro", "Genoa", "Hull", "Izmir", "Jaffa",
    "Kiel", "Lagos", "Malmo", "Nantes", "Oran", "Patras", "Quimper", "Riga", "Split", "Tunis",
]  # fmt: skip


def stories(story: type[Any], months: dict[int, int]) -> list[Any]:
    """Return stories by month of 2025, newest first: so many in each."""
    dates = [date(2025, month, day) for month, number in months.items() for day in range(1, number + 1)]
    names = [f"Harbour of {place} lit again" for place in PLACES]
    return [story(name, on) for name, on in zip(names, dates, strict=False)][::-1]


def chain(folder: Path, name: str) -> Iterator[etree._Element]:
    """Yield a feed and its archives, following prev-archive as a reader does (RFC 5005 §4)."""
    file, seen = folder / f"{name}.atom", set()
    while file not in seen:
        seen.add(file)
        feed = etree.fromstring(file.read_bytes())
        yield feed
        links = {link.get("rel"): link.get("href") for link in feed.iterfind(f"{ATOM}link")}
        if "prev-archive" not in links:
            return
        file = folder / ARCHIVE / links["prev-archive"].rpartition("/")[2]


def titles(feed: etree._Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.iterfind(f"{ATOM}entry")]


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.atom"))}


@pytest.fixture
async def room(newsroom: Any, story: type[Any]) -> Any:
    """A newsroom with twelve stories, three in each feed."""
    newsroom.configure(more=FEED_SIZE)
    newsroom.publish(*stories(story, {1: 5, 2: 2, 3: 4, 6: 1}))
    await newsroom.read(NOON)
    return newsroom


async def test_feed_and_archives_hold_everything_newest_first(room: Any, story: type[Any]) -> None:
    """Whoever follows prev-archive to its end has every item, in order; a block is closed month by month, and may
    hold what is still in the feed."""
    feed, *archives = chain(room.folder / "feeds", "all")
    wanted = [one.title for one in stories(story, {1: 5, 2: 2, 3: 4, 6: 1})]
    archived = [title for archive in archives for title in titles(archive)]
    assert titles(feed) == wanted[:3]
    assert archived == wanted[-len(archived) :]
    assert {*titles(feed), *archived} == {*wanted}
    assert sorted(bytes_in(room.folder / "feeds" / ARCHIVE)) == sorted(
        f"{name}-{block}.atom" for name in ("all", "sea") for block in ("2025-01", "2025-01-2", "2025-02", "2025-03")
    )
    assert room.check_feeds() == []


async def test_an_archive_is_marked_and_leads_back(room: Any) -> None:
    """An archive says that it is one, where the feed is, and has its id; the first has none before it."""
    folder = room.folder / "feeds"
    feed, *archives = chain(folder, "sea")
    for archive in archives:
        assert archive.find("{http://purl.org/syndication/history/1.0}archive") is not None
        assert archive.findtext(f"{ATOM}id") == feed.findtext(f"{ATOM}id")
        current = [link.get("href") for link in archive.iterfind(f"{ATOM}link[@rel='current']")]
        assert current == ["https://newsroom.example.org/feeds/sea.atom"]


async def test_news_closes_a_block_and_touches_no_other(room: Any, story: type[Any]) -> None:
    """When the next story comes, what drops out is archived; the documents that stand are not touched."""
    folder = room.folder / "feeds" / ARCHIVE
    before = bytes_in(folder)
    room.publish(story("Harbour of Vigo opens", date(2026, 3, 11)), *stories(story, {1: 5, 2: 2, 3: 4, 6: 1}))
    await room.read(NOON + timedelta(hours=1))
    after = bytes_in(folder)
    assert {name: data for name, data in after.items() if name in before} == before
    followed = [title for feed in chain(room.folder / "feeds", "all") for title in titles(feed)]
    assert len(set(followed)) == 13


@pytest.mark.parametrize("change", ["correct", "withdraw"])
async def test_a_change_reaches_the_archive_of_an_item(room: Any, change: str) -> None:
    """A corrected item shows its note in its archive, a withdrawn one nothing but the reason; others stay."""
    app, folder = room.app(), room.folder / "feeds" / ARCHIVE
    before = bytes_in(folder)
    with app.store.read() as connection:
        (item,) = item_rows.find_items(connection, "Harbour of Bergen")
    {"correct": correct, "withdraw": withdraw}[change](app.store, item, "The pier was another one.", NOON)
    app.publish(NOON + timedelta(minutes=1))
    after = bytes_in(folder)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"all-2025-01.atom", "sea-2025-01.atom"}
    assert all(b"The pier was another one." in after[name] for name in changed)
    assert b"Bergen" in after["all-2025-01.atom"]
    assert (b"deleted-entry" in after["all-2025-01.atom"]) == (change == "withdraw")


async def test_many_old_items_split_a_block(newsroom: Any, story: type[Any]) -> None:
    """When new rules bring many old items into a closed block, it is split; the chain still holds everything."""
    newsroom.configure(more=FEED_SIZE)
    old = [story(f"Fields of {place} under water", date(2024, 5, day)) for day, place in enumerate(PLACES, 1)]
    newsroom.publish(*stories(story, {1: 5, 2: 2, 3: 4, 6: 1}), *old[::-1])
    await newsroom.read(NOON)
    before = bytes_in(newsroom.folder / "feeds" / ARCHIVE)
    newsroom.configure(topics=TOPICS.replace("ferr*", "ferr*, field*"), more=FEED_SIZE)
    await newsroom.read(NOON + timedelta(hours=1))
    followed = [*chain(newsroom.folder / "feeds", "sea")]
    assert len({title for feed in followed for title in titles(feed)}) == 32
    assert max(len(titles(feed)) for feed in followed) == 3
    after = bytes_in(newsroom.folder / "feeds" / ARCHIVE)
    kept = ("sea-2025-02.atom", "sea-2025-03.atom")
    assert [after[name] == before[name] for name in kept] == [True] * 2
    assert newsroom.check_feeds() == []


async def test_archives_come_in_steps_and_are_named_when_whole(newsroom: Any, story: type[Any]) -> None:
    """With little time, archives are made over several runs; until then the feed leads to none, and misses nothing."""
    newsroom.configure(more=FEED_SIZE)
    newsroom.publish(*stories(story, {1: 5, 2: 2, 3: 4, 6: 1}))
    app = newsroom.app()
    await app.ingest(NOON)
    lengths = []
    for _ in range(12):
        app.publish(NOON, most_archives=1)
        lengths.append(len([*chain(newsroom.folder / "feeds", "all")]))
    assert lengths[0] == 1
    assert lengths[-1] == 5
    assert set(lengths) == {1, 5}
    whole = bytes_in(newsroom.folder / "feeds" / ARCHIVE)
    app.publish(NOON, every=True, most_archives=None)
    assert bytes_in(newsroom.folder / "feeds" / ARCHIVE) == whole


async def test_a_topic_that_is_gone_takes_its_archives_with_it(room: Any) -> None:
    """Files of a feed that the configuration has no more are removed: nothing would correct them any more."""
    room.configure(topics="", more=FEED_SIZE)
    room.app().publish(NOON + timedelta(days=1))
    names = {file.name for file in (room.folder / "feeds").rglob("*.*")}
    assert not [name for name in names if name.startswith(("sea", "land"))]
    assert "all-2025-01.atom" in names


@pytest.mark.parametrize("every", [True, False], ids=["build", "run"])
async def test_an_emptied_folder_is_filled_again(room: Any, every: bool) -> None:
    """When somebody empties the folder, the next publication makes all of it again, archives and all."""
    folder = room.folder / "feeds"
    before = {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.*")}
    shutil.rmtree(folder)
    room.app().publish(NOON + timedelta(minutes=1), every=every)
    assert {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.*")} == before
