"""F32, F34, F35, on the side of the feeds: a story that is edited, one that rolls off its page, ones misdated."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.pipelines.edit import correct
from digest.store.items import find_items
from tests.feed_folders import FeedFolder, broken_rules
from tests.newsrooms import SITE, Newsroom, Story

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = NOON.date()
FERRIES, FIELDS = "Ferries return to the harbour", "Fields under water for weeks"


async def read(newsroom: Newsroom, now: datetime, *stories: Story) -> FeedFolder:
    """Read a page of these stories and publish; hold what must always be true of feeds."""
    feeds = FeedFolder(newsroom.folder / "feeds")
    before = feeds.ids()
    newsroom.publish(*stories)
    await newsroom.read(now)
    assert feeds.problems() == []
    assert feeds.formats_differ() == []
    assert broken_rules(before, feeds.ids()) == []
    return feeds


async def test_f32_an_edited_story_moves_its_entry_and_keeps_its_id(newsroom: Newsroom) -> None:
    """`updated` moves, id and `published` stay, the new words stand in each format, the old ones in none."""
    old, new = Story(FERRIES, TODAY, "Nine of them are back."), Story(FERRIES, TODAY, "Ten of them are back.")
    feeds = await read(newsroom, NOON, old)
    before = feeds.entry("all", FERRIES)
    feeds = await read(newsroom, NOON + HOUR, new)
    after = feeds.entry("all", FERRIES)
    assert (after.id, after.published, after.link) == (before.id, before.published, before.link)
    assert after.updated > before.updated
    files = feeds.files()
    for ending in ("atom", "json", "html"):
        assert b"Ten of them" in files[f"all.{ending}"]
        assert b"Ten of them" in files[f"sea.{ending}"]
    assert [name for name, data in files.items() if b"Nine of them" in data] == []


async def test_f32_a_correction_is_seen_and_has_an_entry_of_its_own(newsroom: Newsroom) -> None:
    """Its note stands in the body in each format, and in `corrections`; item and correction lead to each other."""
    feeds = await read(newsroom, NOON, Story(FERRIES, TODAY), Story(FIELDS, TODAY))
    before = feeds.entry("all", FERRIES)
    untouched = feeds.entry("all", FIELDS)
    app = newsroom.app()
    with app.store.read() as connection:
        (item,) = find_items(connection, FERRIES)
    correct(app.store, item, "They were eleven, not ten.", NOON + HOUR)
    app.publish(NOON + HOUR)
    assert feeds.problems() == []
    assert feeds.formats_differ() == []
    after = feeds.entry("all", FERRIES)
    assert after.id == before.id
    assert after.updated > before.updated
    assert "They were eleven, not ten." in after.html
    (told,) = feeds.entries("corrections")
    assert told.id != after.id
    assert "They were eleven, not ten." in told.html
    assert FERRIES in told.title + told.html
    assert after.link in (told.link, *told.related)
    assert after.related
    (item_json,) = [one for one in feeds.json("all")["items"] if one["id"] == after.id]
    assert "They were eleven, not ten." in item_json["content_html"]
    assert "They were eleven, not ten." in feeds.words("all")
    assert "They were eleven, not ten." in feeds.words("corrections")
    assert feeds.entry("all", FIELDS).updated == untouched.updated


async def test_f34_what_rolls_off_its_page_changes_no_feed_of_its_own(newsroom: Newsroom) -> None:
    """A story that is listed no more stays where it was, and files that only it is in are not touched."""
    feeds = await read(newsroom, NOON, Story(FERRIES, TODAY))
    before, touched = feeds.files(), feeds.touched()
    feeds = await read(newsroom, NOON + HOUR, Story(FIELDS, TODAY))
    assert feeds.entry("all", FERRIES)
    for ending in ("atom", "json"):
        assert feeds.files()[f"sea.{ending}"] == before[f"sea.{ending}"]
        assert feeds.touched()[f"sea.{ending}"] == touched[f"sea.{ending}"]


async def test_f35_a_story_dated_back_stands_first_with_its_own_date(newsroom: Newsroom) -> None:
    """Entries stand in the order of their coming; the date is the one it was given; `updated` is distinct."""
    await read(newsroom, NOON, Story(FIELDS, TODAY))
    feeds = await read(newsroom, NOON + HOUR, Story(FERRIES, TODAY - 90 * DAY), Story(FIELDS, TODAY))
    assert [one.title for one in feeds.entries("all")] == [FERRIES, FIELDS]
    late = feeds.entry("all", FERRIES)
    assert late.published.date() == TODAY - 90 * DAY
    assert feeds.json("all")["items"][0]["date_published"].startswith(str(TODAY - 90 * DAY))


@pytest.mark.parametrize("future", ["hold", "clamp"])
async def test_f35_a_story_dated_ahead_is_never_dated_ahead_in_a_feed(newsroom: Newsroom, future: str) -> None:
    """Held until its day, or shown as of today where the source says so; no date in any file is later than now."""
    newsroom.configure(site=SITE.replace("every: 15 min", f"every: 15 min, future: {future}"))
    feeds = await read(newsroom, NOON, Story(FIELDS, TODAY))
    for days in range(5):
        now = NOON + days * DAY + HOUR
        feeds = await read(newsroom, now, Story(FERRIES, TODAY + 3 * DAY), Story(FIELDS, TODAY))
        files = feeds.files()
        shown = any(FERRIES.encode() in data for data in files.values())
        assert shown is (future == "clamp" or days >= 3)
        assert max(dates_in(files)) <= now.date()
    assert len([one for one in feeds.entries("all") if one.title == FERRIES]) == 1


def dates_in(files: dict[str, bytes]) -> list[date]:
    """Return every date that a file holds, as machines write it."""
    found = re.findall(rb"(?<![0-9])20[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])", b" ".join(files.values()))
    return [date.fromisoformat(one.decode()) for one in set(found)]
