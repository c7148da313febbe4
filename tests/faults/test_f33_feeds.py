"""F33, on the side of the feeds: what is withdrawn leaves a stub with the reason, and its words are gone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.pipelines.edit import withdraw
from digest.store.items import find_items
from tests.feed_folders import FeedFolder, broken_rules
from tests.newsrooms import Newsroom, Story

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FERRIES = Story("Ferries return to the harbour", NOON.date(), "Everybody on board is named in this summary.")
FIELDS = Story("Fields under water for weeks", NOON.date())
REASON = "It endangered people on board."


@pytest.fixture
async def feeds(newsroom: Newsroom) -> FeedFolder:
    """The feeds of two stories."""
    newsroom.publish(FERRIES, FIELDS)
    await newsroom.read(NOON)
    found = FeedFolder(newsroom.folder / "feeds")
    assert found.problems() == []
    return found


def take_back(newsroom: Newsroom) -> None:
    """Withdraw the ferries and publish."""
    app = newsroom.app()
    with app.store.read() as connection:
        (item,) = find_items(connection, FERRIES.title)
    withdraw(app.store, item, REASON, NOON + HOUR)
    app.publish(NOON + HOUR)


def test_f33_a_withdrawn_story_leaves_a_stub_and_a_tombstone(newsroom: Newsroom, feeds: FeedFolder) -> None:
    """Under the same id stands the reason and not one word of its summary, in each format; `corrections` tells it."""
    before = feeds.entry("all", FERRIES.title)
    ids = feeds.ids()
    take_back(newsroom)
    assert feeds.problems() == []
    assert feeds.formats_differ() == []
    assert broken_rules(ids, feeds.ids()) == []
    for name in ("all", "sea"):
        (stub,) = [one for one in feeds.entries(name) if one.id == before.id]
        assert stub.updated > before.updated
        assert REASON in stub.html
        assert feeds.deleted(name) == [before.id]
        (stub_json,) = [one for one in feeds.json(name)["items"] if one["id"] == before.id]
        assert REASON in stub_json.get("content_html", "") + stub_json.get("content_text", "")
        assert REASON in feeds.words(name)
    (told,) = feeds.entries("corrections")
    assert REASON in told.html
    assert REASON in feeds.words("corrections")
    assert REASON in str(feeds.json("corrections"))
    files = feeds.files()
    assert [name for name, data in files.items() if b"named in this summary" in data] == []


def test_f33_the_other_stories_of_its_feeds_stay_as_they_were(newsroom: Newsroom, feeds: FeedFolder) -> None:
    """No other entry changes, and files of feeds it was not in are not touched."""
    before, touched = feeds.entry("all", FIELDS.title), feeds.touched()
    take_back(newsroom)
    after = feeds.entry("all", FIELDS.title)
    assert (after.id, after.updated, after.html) == (before.id, before.updated, before.html)
    for ending in ("atom", "json"):
        assert feeds.touched()[f"land.{ending}"] == touched[f"land.{ending}"]


async def test_f33_what_is_withdrawn_stays_so(newsroom: Newsroom, feeds: FeedFolder) -> None:
    """Its source still lists it, and `digest build` runs again: not a byte changes."""
    take_back(newsroom)
    files = feeds.files()
    newsroom.publish(FERRIES, FIELDS)
    await newsroom.read(NOON + 2 * HOUR)
    newsroom.app().publish(NOON + 3 * HOUR, every=True)
    assert feeds.files() == files


def test_f33_the_command_says_it_in_the_feeds(
    newsroom: Newsroom, feeds: FeedFolder, digest_command: Callable[..., Any]
) -> None:
    """`digest withdraw` and `digest build`: the same, by the commands of an operator."""
    done = digest_command("withdraw", FERRIES.title, "--reason", REASON, cwd=newsroom.folder)
    assert done.returncode == 0, done.stderr
    assert digest_command("build", cwd=newsroom.folder).returncode == 0
    assert REASON in feeds.words("corrections")
    assert feeds.problems() == []
