"""FAULTS.md A46, in the folder of feeds: no name leads out of it, and nothing that was put into it is followed."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest.pipelines.publish import publish
from digest.store.engine import open_store
from tests.desks import NOON
from tests.feed_folders import FeedFolder
from tests.hostile_rooms import HostileRoom, hostile_item
from tests.newsrooms import Newsroom, Story

COMPILED = re.compile(r"(room/)?compiled/[0-9.]+-[0-9a-f]{40}")
PLAIN = re.compile(
    r"(all|sea|region-coast|kind-report|corrections)\.(atom|json|html)|index\.html|feeds\.opml|robots\.txt|"
    r"(icon|logo)\.png|archive/(all|sea|region-coast|kind-report|corrections)-[0-9]{4}-[0-9]{2}(-[0-9]+)?\.atom"
)
HOSTILE = ["..", "../x", "../../etc/passwd", "a/b", "%2e%2e%2fx", "a\\b", ".git", "CON", "a.b", "é", "x" * 300, "-x"]


@pytest.fixture
def room(tmp_path: Path, empty_store: Path) -> Iterator[HostileRoom]:
    """A store into which anything can be put, in a folder beside another one."""
    folder = tmp_path / "room"
    folder.mkdir()
    store = open_store(f"sqlite:///{shutil.copy(empty_store, folder / 'digest.db')}")
    yield HostileRoom(folder, store)
    store.close()


def files_in(folder: Path) -> set[str]:
    """Return every file below a folder, but for the database and templates compiled under the hash of their source."""
    found = (str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())
    return {name for name in found if "digest.db" not in name and not COMPILED.fullmatch(name)}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_an_item_or_label_becomes_a_path(room: HostileRoom, name: str) -> None:
    """Kinds, topics, regions, ids and titles of the store, and titles of the configuration: the same files as ever."""
    room.place(
        hostile_item(1, kind=name, topics=("sea", name), regions=("coast", name), key=name, title=f"Ferry {name}"),
        hostile_item(2),
    )
    feeds = room.publish(name)
    assert feeds.problems() == []
    assert [one for one in feeds.files() if not PLAIN.fullmatch(one)] == []
    assert files_in(room.folder) == {f"feeds/{one}" for one in feeds.files()}
    assert files_in(room.folder.parent) == {f"room/feeds/{one}" for one in feeds.files()}
    assert len(feeds.entries("all")) == 2


@pytest.mark.parametrize("on", [date(1, 1, 1), date(999, 12, 31), date(1969, 12, 31), date(9999, 12, 31)])
def test_the_names_of_archives_are_plain_whatever_the_date(room: HostileRoom, on: date) -> None:
    """Items of the year 1 or 9999 make an archive with four digits in its name, or none; never anything else."""
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    items = [hostile_item(n, published_on=on, published_at=at, updated_at=NOON + timedelta(n)) for n in range(1, 120)]
    room.place(*items)
    settings = room.settings()
    for number in range(5):
        publish(settings, room.store, NOON + timedelta(days=400 * number), every=True)
    feeds = FeedFolder(room.folder / "feeds")
    assert [one for one in feeds.files() if not PLAIN.fullmatch(one)] == []
    assert feeds.problems() == []


@pytest.mark.parametrize("name", ["all.atom", "all.json", "all.html", "index.html", "feeds.opml", "robots.txt"])
def test_a_link_in_the_place_of_a_file_is_replaced(room: HostileRoom, name: str) -> None:
    """What it leads to is neither read nor written; the file takes its place."""
    secret = room.folder.parent / "secret"
    secret.write_text("secret")
    (room.folder / "feeds").mkdir()
    (room.folder / "feeds" / name).symlink_to(secret)
    room.place(hostile_item(1))
    feeds = room.publish()
    assert secret.read_text() == "secret"
    assert not (feeds.folder / name).is_symlink()
    assert feeds.problems() == []


async def test_a_link_in_the_place_of_the_archives_is_not_followed(newsroom: Newsroom) -> None:
    """Archives land in the folder of feeds or nowhere; what the link leads to stays as it was, and it is told."""
    outside = newsroom.folder / "outside"
    outside.mkdir()
    (newsroom.folder / "feeds").mkdir()
    (newsroom.folder / "feeds/archive").symlink_to(outside, target_is_directory=True)
    on = date(2026, 3, 11)
    newsroom.publish(*(Story(f"Ferry number {n} is home", on - timedelta(days=n)) for n in range(150)))
    app = newsroom.app()
    await app.ingest(NOON)
    app.publish(NOON, every=True)
    assert list(outside.iterdir()) == []


def test_old_names_are_copies_inside_the_folder(room: HostileRoom) -> None:
    """A name that moved holds the bytes of the new feed; one that is retired holds nothing; neither is outside."""
    room.place(hostile_item(1))
    settings = room.settings()
    feeds_settings = replace(settings.feeds, moved={"ocean": "sea"}, retired=("olympics",))
    publish(replace(settings, feeds=feeds_settings), room.store, NOON, every=True)
    feeds = FeedFolder(room.folder / "feeds")
    files = feeds.files()
    assert files["ocean.atom"] == files["sea.atom"]
    assert not [name for name in files if name.startswith("olympics")]
    assert files_in(room.folder) == {f"feeds/{one}" for one in files}
    assert [one.name for one in room.folder.parent.iterdir()] == ["room"]
