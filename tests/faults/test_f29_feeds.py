"""F29, on the side of the feeds: two thousand items in one poll fill a feed to its brim, and archives hold the rest."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest.app import App
from tests.feed_folders import FeedFolder, broken_rules, shown_in
from tests.newsrooms import Newsroom, Story

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MANY = 2_000
ENTRIES = 50
MOST_RUNS = 100


def publish_all(app: App, folder: Path, now: datetime) -> None:
    """Publish until nothing changes any more: a run makes only so many archives."""
    for number in range(MOST_RUNS):
        before = FeedFolder(folder).touched()
        app.publish(now + number * timedelta(minutes=1))
        if FeedFolder(folder).touched() == before:
            return
    raise AssertionError(f"after {MOST_RUNS} runs there are still files that change")


def look_everywhere(feeds: FeedFolder, name: str) -> set[str]:
    """Return the titles in a feed and all archives behind it; no title stands in two archives."""
    feed, *archives = [[one.title for one in shown_in(root)] for root in feeds.walk(name)]
    archived = [title for titles in archives for title in titles]
    assert len(set(archived)) == len(archived)
    assert max(map(len, archives), default=0) <= ENTRIES
    return {*feed, *archived}


@pytest.fixture
async def flooded(newsroom: Newsroom) -> FeedFolder:
    """The feeds of a newsroom that got two thousand stories in one poll, of the last 200 days, and let them in."""
    old = Story("Fields under water for weeks", date(2026, 3, 1))
    newsroom.publish(old)
    await newsroom.read(NOON)
    days = [NOON.date() - DAY * (n // 10) for n in range(MANY)]
    newsroom.publish(*(Story(f"Ferry number {n} is home", on) for n, on in enumerate(days)), old)
    (read,) = await newsroom.read(NOON + HOUR)
    assert (read.new, read.pending) == (0, MANY)
    feeds = FeedFolder(newsroom.folder / "feeds")
    assert b"Ferry" not in b"".join(feeds.files().values())
    app = newsroom.app()
    assert app.approve(["page"], NOON + 2 * HOUR) == {"page": MANY}
    publish_all(app, feeds.folder, NOON + 2 * HOUR)
    return feeds


def test_f29_a_feed_holds_fifty_and_its_archives_the_rest(flooded: FeedFolder) -> None:
    """In each format fifty entries; whoever walks back by `prev-archive` gets every item, from one archive."""
    assert flooded.problems() == []
    assert flooded.formats_differ() == []
    assert broken_rules({}, flooded.ids()) == []
    for name, expected in (("all", MANY + 1), ("sea", MANY), ("land", 1)):
        assert len(flooded.entries(name)) == min(ENTRIES, expected)
        assert (name, len(look_everywhere(flooded, name))) == (name, expected)


async def test_f29_archives_stay_as_they_are(flooded: FeedFolder, newsroom: Newsroom) -> None:
    """Sixty stories later, every archive that stood there has the same name and holds the same items; none is lost."""
    roots = [*flooded.walk("sea")][1:]
    assert roots, "there is no archive"
    before = [[one.id for one in shown_in(root)] for root in roots]
    app = newsroom.app()
    for number in range(3):
        fresh = [Story(f"Harbour light {number}-{n} is lit again", NOON.date()) for n in range(20)]
        newsroom.publish(*fresh)
        await app.ingest(NOON + (3 + number) * HOUR)
        app.approve(["page"], NOON + (3 + number) * HOUR)
        publish_all(app, flooded.folder, NOON + (3 + number) * HOUR)
    after = [[one.id for one in shown_in(root)] for root in flooded.walk("sea")][1:]
    assert after[-len(before) :] == before
    assert len(look_everywhere(flooded, "sea")) == MANY + 60
    assert flooded.problems() == []
