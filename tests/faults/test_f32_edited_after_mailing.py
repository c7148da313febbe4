"""F32, F34: a story that is edited after it was mailed, and one that rolls off its page."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.desks import entry

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 12, 7, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)
FERRIES, FIELDS = "Ferries return to the harbour", "Fields under water for weeks"


def entry_of(feed: str, title: str) -> list[str]:
    """Return id and `updated` of an entry."""
    (entry,) = [one for one in feed.split("<entry>")[1:] if title in one]
    return [re.findall(f"<{name}>(.*?)</{name}>", entry)[0] for name in ("id", "updated")]


async def test_f32_an_edited_story_is_not_mailed_again(newsroom: Any, story: Any) -> None:
    """Its entry keeps its id, `updated` moves, and nobody is mailed, for nobody called it a correction."""
    newsroom.subscribe("ada@reader.example", NOON)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON + timedelta(hours=1))
    await newsroom.send(MORNING)
    before = entry_of(newsroom.feed("all"), FERRIES)
    newsroom.publish(story(FERRIES, date(2026, 3, 11), "Ten of them, as was found later."))
    await newsroom.read(MORNING + timedelta(hours=1))
    after = entry_of(newsroom.feed("all"), FERRIES)
    assert after[0] == before[0]
    assert after[1] > before[1]
    await newsroom.send(MORNING + DAY)
    assert len(newsroom.inbox()) == 1


async def test_f34_what_rolls_off_its_page_is_mailed(newsroom: Any, story: Any) -> None:
    """A story that is listed no more when the digest is made is in the feed and in the digest all the same."""
    newsroom.subscribe("ada@reader.example", NOON)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON + timedelta(hours=1))
    newsroom.publish(story(FIELDS, date(2026, 3, 11)))
    await newsroom.read(NOON + timedelta(hours=2))
    assert FERRIES in newsroom.feed("all")
    await newsroom.send(MORNING)
    (text,) = newsroom.inbox("ada@reader.example")
    assert FERRIES in text


def test_f34_what_rolls_off_its_page_stays_as_it_was(saving: Any) -> None:
    """Neither when it is gone from the listing nor when it returns does anything about the item change."""
    saving.save(entry(8), entry(9))
    item, rows = saving.item(entry(8).title), saving.rows()
    for hours in range(1, 5):
        saving.save(entry(9), at=NOON + timedelta(hours=hours))
        assert (saving.item(entry(8).title), saving.rows()) == (item, rows)
    done = saving.save(entry(8), entry(9), at=NOON + DAY)
    assert (done.new, done.changed, done.same) == (0, 0, 2)
    assert (saving.item(entry(8).title), saving.rows()) == (item, rows)
