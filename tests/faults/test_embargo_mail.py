"""A story that is called back while editions go out: no mail has it before its time, and nobody has it twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
TOKYO = datetime(2026, 3, 11, 22, 0, 5, tzinfo=UTC)
LONDON = datetime(2026, 3, 12, 7, 0, 5, tzinfo=UTC)
LIFTS = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SITE = """\
site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC, contact: press@newsroom.example.org}
sources:
  desk: {type: folder, path: desk, url: "https://newsroom.example.org/", every: 1 min}
"""
LISTS = """\
lists:
  daily: {title: The day, topics: all, send: daily at 07:00, timezone: subscriber, from: day@newsroom.example.org}
"""
TITLE = "Ferries return to the harbour"
OTHER = "Fields under water for weeks"
ADA, BEN, EVE = "ada@reader.example", "ben@reader.example", "eve@reader.example"


class Desk:
    """A newsroom that publishes by a folder, with a reader in Tokyo and one in London."""

    def __init__(self, newsroom: Any) -> None:
        self.newsroom = newsroom
        newsroom.configure(site=SITE, lists=LISTS)
        (newsroom.folder / "desk").mkdir()
        newsroom.subscribe(ADA, NOON, timezone="Asia/Tokyo")
        newsroom.subscribe(BEN, NOON, timezone="Europe/London")

    async def put(self, now: datetime, **stories: str) -> None:
        """Put stories into the folder, `ferries` and `fields` with lines of their front matter; read it."""
        titles = {"ferries": TITLE, "fields": OTHER}
        for name, lines in stories.items():
            text = f"---\ntitle: {titles[name]}\ndate: 2026-03-11\n{lines}\n---\nText.\n"
            (self.newsroom.folder / "desk" / f"{name}.md").write_text(text)
        await self.newsroom.app().ingest(now)

    def counts(self, *readers: str) -> list[int]:
        """Return how many messages of each reader have the story."""
        return [sum(TITLE in text for text in self.newsroom.inbox(one)) for one in readers]


@pytest.fixture
async def desk(newsroom: Any) -> Desk:
    """A desk whose empty folder was read once."""
    made = Desk(newsroom)
    await made.put(NOON)
    return made


EMBARGO = f"embargo: {LIFTS.isoformat()}"


async def test_a_story_that_is_called_back_between_two_zones_reaches_each_reader_once(desk: Desk) -> None:
    """Tokyo had it, London had not: after its embargo it is new to London, and to who came in between, and no more."""
    await desk.put(NOON + HOUR, ferries="", fields="")
    await desk.newsroom.send(TOKYO)
    await desk.put(TOKYO + HOUR, ferries=EMBARGO)
    desk.newsroom.subscribe(EVE, TOKYO + 2 * HOUR, timezone="Europe/London")
    await desk.newsroom.send(LONDON)
    assert desk.counts(ADA, BEN, EVE) == [1, 0, 0]
    assert OTHER in desk.newsroom.inbox(BEN)[0]
    await desk.put(LONDON + HOUR)
    await desk.newsroom.send(LONDON + DAY)
    assert desk.counts(ADA, BEN, EVE) == [1, 0, 0]
    await desk.put(LIFTS)
    for days in (2, 3, 4):
        await desk.newsroom.send(LONDON + days * DAY)
    assert desk.counts(ADA, BEN, EVE) == [1, 1, 1]


async def test_a_digest_on_its_way_is_stopped_and_the_rest_of_it_is_not_lost(desk: Desk) -> None:
    """What is queued with the story is never handed over; its other stories come with the next digest, once."""
    await desk.put(NOON + HOUR, ferries="", fields="")
    desk.newsroom.app().assemble(LONDON)
    await desk.put(LONDON, ferries=EMBARGO)
    assert not (await desk.newsroom.send(LONDON + HOUR)).tally.outcomes
    await desk.put(LIFTS)
    for days in (1, 2, 3):
        await desk.newsroom.send(LONDON + days * DAY)
    assert desk.counts(ADA, BEN) == [1, 1]
    for reader in (ADA, BEN):
        assert sum(OTHER in text for text in desk.newsroom.inbox(reader)) == 1


async def test_an_edition_that_is_made_up_for_knows_nothing_of_it(desk: Desk) -> None:
    """After days asleep each missed edition is made from the log as it was, without what is under embargo now."""
    desk.newsroom.configure(site=SITE, lists=LISTS.replace("timezone: subscriber", "timezone: UTC, catch_up: each"))
    await desk.put(NOON + HOUR, ferries="", fields="")
    await desk.put(NOON + 2 * DAY - HOUR, ferries=f"embargo: {(LIFTS + 5 * DAY).isoformat()}")
    await desk.newsroom.send(NOON + 2 * DAY)
    assert desk.counts(ADA, BEN) == [0, 0]
    assert OTHER in desk.newsroom.inbox(BEN)[0]
    await desk.put(LIFTS + 5 * DAY)
    await desk.newsroom.send(LIFTS + 6 * DAY)
    assert desk.counts(ADA, BEN) == [1, 1]


async def test_a_digest_that_never_had_the_story_is_not_stopped(desk: Desk) -> None:
    """A list that offers one topic goes out, whatever is called back in another; it was not in anybody's digest."""
    desk.newsroom.configure(site=SITE, lists=LISTS.replace("topics: all", "topics: [sea]"))
    await desk.put(NOON + HOUR, ferries="", fields="")
    desk.newsroom.app().assemble(LONDON)
    await desk.put(LONDON, fields=EMBARGO)
    await desk.newsroom.send(LONDON + HOUR)
    assert desk.counts(ADA, BEN) == [1, 1]
    assert all(OTHER not in text for text in desk.newsroom.inbox())
