"""What belongs to the folder as a whole: index and OPML, feeds that moved, are no more, or cannot be published."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from digest.pipelines.edit import correct
from digest.pipelines.status import load_status
from digest.store import items as item_rows
from digest.store.feeds import load_feeds
from tests.newsrooms import TOPICS

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
FORMATS = ("atom", "json", "html")


@pytest.fixture
async def room(newsroom: Any, story: type[Any]) -> Any:
    """A newsroom with two stories, published."""
    newsroom.configure()
    newsroom.publish(
        story("Ferries return to the harbour", date(2026, 3, 11)), story("Fields under water", date(2026, 3, 10))
    )
    await newsroom.read(NOON)
    return newsroom


def published(room: Any) -> dict[str, bytes]:
    files = [file for file in (room.folder / "feeds").rglob("*.*") if file.is_file()]
    return {file.name: file.read_bytes() for file in files}


async def test_a_folder_is_complete(room: Any) -> None:
    """Every feed stands there in its three formats, and beside them what leads to them."""
    feeds = [f"{name}.{form}" for name in ("all", "sea", "land", "corrections") for form in FORMATS]
    front = ["index.html", "feeds.opml", "robots.txt", "icon.png", "logo.png"]
    assert sorted(published(room)) == sorted([*feeds, *front])


async def test_every_link_of_the_folder_leads_somewhere(room: Any) -> None:
    """The pages lead to files that are there, and so do the OPML, the feeds and what they say of one another."""
    files = published(room)
    base = "https://newsroom.example.org/feeds/"
    linked = set()
    for name, data in files.items():
        if name.endswith((".html", ".atom", ".opml", ".json")):
            linked |= {
                match.decode() for match in re.findall(rb'"https://newsroom.example.org/feeds/([^"#]*)["#]', data)
            }
        if name.endswith(".html"):
            linked |= {
                match.decode() for match in re.findall(rb'(?:href|src)="(?!#|https?:|mailto:|data:)([^"#]+)', data)
            }
    linked = {name.removeprefix(base) for name in linked if not name.startswith("schemes/")}
    assert linked - {""} <= files.keys()
    assert {"sea.atom", "sea.html", "sea.json", "feeds.opml", "icon.png"} <= linked


async def test_nothing_is_written_twice(room: Any) -> None:
    """A second run, another process and a later day touch no file."""
    before = {file: file.stat().st_mtime_ns for file in (room.folder / "feeds").iterdir()}
    assert not [one for one in room.app().publish(NOON + timedelta(days=900), every=True) if one.changed]
    assert {file: file.stat().st_mtime_ns for file in (room.folder / "feeds").iterdir()} == before


async def test_an_empty_feed_is_not_written_twice(newsroom: Any) -> None:
    """A real clock has fractions of a second, the store has none: an empty feed has the same date at the second run."""
    newsroom.configure()
    app, now = newsroom.app(), NOON + timedelta(microseconds=504_610)
    assert {one.name for one in app.publish(now) if one.changed} >= {"all", "sea", "land", "corrections"}
    assert not [one.name for one in app.publish(now + timedelta(seconds=20), every=True) if one.changed]


async def test_a_feed_that_moved_stands_under_its_old_name_too(room: Any) -> None:
    """Who serves the folder without us goes on under the old name, and reads there where the feed is now."""
    room.configure(topics=TOPICS.replace("sea:", "ocean:"), more="feeds: {moved: {sea: ocean}}\n")
    await room.read(NOON + timedelta(minutes=1))
    files = published(room)
    for form in FORMATS:
        assert files[f"sea.{form}"] == files[f"ocean.{form}"]
    assert b"feeds/ocean.atom" in files["sea.atom"]
    with room.app().store.read() as connection:
        (item,) = item_rows.find_items(connection, "Ferries return")
    app = room.app()
    correct(app.store, item, "They sail at noon.", NOON + timedelta(minutes=2))
    app.publish(NOON + timedelta(minutes=3))
    assert b"They sail at noon." in published(room)["sea.atom"]


async def test_a_move_can_be_taken_back(room: Any) -> None:
    """The copy under the old name is no earlier version of the feed that takes its name back."""
    before = published(room)["sea.atom"]
    room.configure(topics=TOPICS.replace("sea:", "ocean:"), more="feeds: {moved: {sea: ocean}}\n")
    await room.read(NOON + timedelta(minutes=1))
    assert published(room)["sea.atom"] == published(room)["ocean.atom"]
    room.configure()
    app = room.app()
    await app.ingest(NOON + timedelta(minutes=2))
    assert not [one for one in app.publish(NOON + timedelta(minutes=2)) if one.failed]
    assert published(room)["sea.atom"] == before


async def test_a_retired_feed_is_gone(room: Any) -> None:
    """A retired feed has no file any more, and the pages do not name it."""
    room.configure(topics=TOPICS.partition("  land")[0], more="feeds: {retired: [land]}\n")
    await room.read(NOON + timedelta(minutes=1))
    files = published(room)
    assert not [name for name in files if name.startswith("land")]
    assert b"land.atom" not in files["index.html"] + files["feeds.opml"]
    app = room.app()
    assert load_status(app.settings, app.store, NOON)["feeds"]["published"] == len(["all", "sea", "corrections"])


async def test_a_topic_that_comes_back_has_its_old_feed(room: Any) -> None:
    """A topic that was taken out by mistake comes back with the id and the bytes that it had."""
    before = published(room)
    room.configure(topics=TOPICS.partition("  land")[0])
    await room.read(NOON + timedelta(minutes=1))
    assert "land.atom" not in published(room)
    room.configure()
    await room.read(NOON + timedelta(minutes=2))
    assert etree.fromstring(published(room)["land.atom"]).findtext("{*}id") == etree.fromstring(
        before["land.atom"]
    ).findtext("{*}id")
    assert "Fields under water" in published(room)["land.atom"].decode()


async def test_a_broken_template_costs_no_feed(room: Any, tmp_path: Path, story: type[Any]) -> None:
    """With a template that fails, pages keep their last good copy with its file and line told; feeds go out."""
    templates = room.folder / "templates" / "web"
    templates.mkdir(parents=True)
    (templates / "feed.html.j2").write_text("{{ nothing.of.the.kind }}\n")
    before = published(room)["sea.html"]
    room.publish(story("Ferry to the isles", date(2026, 3, 11)), story("Fields under water", date(2026, 3, 10)))
    app = room.app()
    await app.ingest(NOON + timedelta(minutes=1))
    failed = {one.name: one.reason for one in app.publish(NOON + timedelta(minutes=1)) if one.failed}
    assert "feed.html.j2:1" in failed["sea"]
    assert "Ferry to the isles" in published(room)["sea.atom"].decode()
    assert published(room)["sea.html"] == before


@pytest.mark.parametrize(
    ("file", "text", "name", "said"),
    [
        ("index.html.j2", "{{ nothing }}\n", "index.html", "web/index.html.j2:1: 'nothing' is undefined"),
        ("icon.png", "no picture", "icon.png", "web/icon.png is no PNG picture"),
    ],
    ids=["index", "icon"],
)
async def test_status_tells_of_a_file_of_the_whole_folder(
    room: Any, file: str, text: str, name: str, said: str
) -> None:
    """What belongs to no feed keeps its last good copy, too, alone, and status says why until it is mended."""
    own = room.folder / "templates" / "web" / file
    own.parent.mkdir(parents=True)
    own.write_text(text)
    before, app = published(room)[name], room.app()
    assert [one.name for one in app.publish(NOON) if one.failed] == [name]
    assert load_status(app.settings, app.store, NOON)["feeds"]["held"] == [{"name": name, "problem": said}]
    assert published(room)[name] == before
    own.unlink()
    app.publish(NOON)
    assert load_status(app.settings, app.store, NOON)["feeds"]["held"] == []


async def test_one_bad_item_is_left_out_by_name(room: Any) -> None:
    """An item that no feed can hold is left out, named in status until it is mended; all others are published."""
    app = room.app()
    with app.store.write() as connection:
        (item,) = item_rows.find_items(connection, "Fields under water")
        connection.exec_driver_sql("UPDATE item SET link = 'javascript:alert(1)' WHERE id = " + str(item.id))
    results = {one.name: one for one in app.publish(NOON, every=True)}
    assert [row.name for row in results["all"].quarantined] == ["Fields under water"]
    assert not results["all"].failed
    assert "Ferries return" in room.feed("all")
    assert "javascript:" not in "".join(data.decode("utf-8", "replace") for data in published(room).values())
    with app.store.read() as connection:
        left_out = load_feeds(connection)["all"].left_out
    assert [row.name for row in left_out] == ["Fields under water"]


async def test_a_feed_that_fails_its_check_keeps_its_last_good_copy(room: Any) -> None:
    """Where most entries are wrong something else is: the last good copy stays in all formats, and status says why."""
    app, before = room.app(), published(room)
    with app.store.write() as connection:
        connection.exec_driver_sql("UPDATE item SET updated_at = updated_at - 86400")
    results = {one.name: one for one in app.publish(NOON, every=True)}
    assert results["all"].failed
    assert "its updated goes back" in results["all"].reason
    assert {name: data for name, data in published(room).items() if name.startswith("all.")} == {
        name: data for name, data in before.items() if name.startswith("all.")
    }
    assert "its updated goes back" in load_status(app.settings, app.store, NOON)["feeds"]["held"][0]["problem"]
    with app.store.write() as connection:
        connection.exec_driver_sql("UPDATE item SET updated_at = updated_at + 86400")
    assert not [one for one in app.publish(NOON) if one.failed]
    assert load_status(app.settings, app.store, NOON)["feeds"]["held"] == []


async def test_an_index_that_could_not_be_written_is_tried_again(room: Any) -> None:
    """Something in its place keeps the index from being written; when that is gone, the next round writes it."""
    index = room.folder / "feeds" / "index.html"
    index.unlink()
    index.mkdir()
    app = room.app()
    assert [one.name for one in app.publish(NOON, every=True) if one.failed] == ["index.html"]
    assert [one.name for one in app.publish(NOON) if one.failed] == ["index.html"]
    index.rmdir()
    app.publish(NOON)
    assert index.read_bytes().startswith(b"<!DOCTYPE html>")
    assert load_status(app.settings, app.store, NOON)["feeds"]["held"] == []


async def test_two_corrections_of_one_second_are_two(room: Any) -> None:
    """Somebody who corrects twice at once is told of twice, each with its own id, and the item leads to the last."""
    app = room.app()
    with app.store.read() as connection:
        (item,) = item_rows.find_items(connection, "Ferries return")
    correct(app.store, item, "They sail at noon.", NOON)
    correct(app.store, item, "They sail at one.", NOON)
    app.publish(NOON)
    feed = etree.fromstring(published(room)["corrections.atom"])
    entries = feed.findall("{*}entry")
    assert len({entry.findtext("{*}id") for entry in entries}) == len(entries) == 2
    last = entries[0].find("{*}link[@rel='alternate']").get("href")
    assert last in room.feed("all")
