"""F35: a story that is dated back, and one that is dated ahead."""

from datetime import timedelta
from typing import Any

from tests.desks import NOON, TODAY, entry

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MORNING = NOON + timedelta(hours=19)


def test_f35_what_comes_later_is_news_however_it_is_dated(saving: Any) -> None:
    """A story dated back by months that comes today stands in the log in the order of its coming, as news."""
    saving.save(entry(10))
    saving.save(entry(10), entry(3, published=TODAY - 90 * DAY), at=NOON + HOUR)
    saving.save(entry(10), entry(9), at=NOON + 2 * HOUR)
    assert saving.news(0) == [entry(10).title, entry(3).title, entry(9).title]


async def test_f35_a_story_dated_back_is_mailed_once(newsroom: Any, story: Any) -> None:
    """It is in the next digest, with its own date, and in no other."""
    newsroom.subscribe("ada@reader.example", NOON)
    await newsroom.read(NOON)
    newsroom.publish(story("Ferries return to the harbour", TODAY - 40 * DAY))
    await newsroom.read(NOON + HOUR)
    for days in range(3):
        await newsroom.send(MORNING + days * DAY)
    (text,) = newsroom.inbox("ada@reader.example")
    assert "Ferries return" in text


async def test_f35_a_story_dated_ahead_is_shown_as_of_today_where_the_source_says_so(newsroom: Any, story: Any) -> None:
    """With `future: clamp` it is mailed once, with the day of its first sight, also when that date comes."""
    newsroom.configure(
        site='site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}\n'
        "sources:\n  page: {type: text, path: page.txt, future: clamp}\n"
    )
    newsroom.subscribe("ada@reader.example", NOON)
    await newsroom.read(NOON)
    newsroom.publish(story("Ferries return to the harbour", TODAY + 3 * DAY))
    for days in range(6):
        await newsroom.read(NOON + days * DAY + HOUR)
        await newsroom.send(MORNING + days * DAY)
    (text,) = newsroom.inbox("ada@reader.example")
    assert "Ferries return" in text
    assert f"<published>{TODAY}" in newsroom.feed("all")
