"""The whole way under a fixed clock: from a page to feeds and inboxes."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from digest.pipelines.edit import withdraw
from digest.store.items import each_item

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 11, 20, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 12, 7, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)

FERRIES = "Ferries return to the harbour"
FIELDS = "Fields under water for weeks"

TWO_LISTS = """\
lists:
  daily: {title: The day, topics: all, send: daily at 07:00, timezone: UTC, from: day@newsroom.example.org}
  weekly: {title: The week, topics: all, send: weekly on thu at 07:00, timezone: UTC, from: day@newsroom.example.org}
"""
ZONES = """\
lists:
  daily: {title: The day, topics: all, send: daily at 07:00, timezone: subscriber, from: day@newsroom.example.org}
"""


async def begin(newsroom: Any, *addresses: str) -> None:
    """Subscribe people on Wednesday noon, when the page was read once and was empty."""
    for address in addresses:
        newsroom.subscribe(address, NOON)
    await newsroom.read(NOON)


async def test_an_item_arrives_and_the_morning_edition_reaches_two_subscribers(newsroom: Any, story: Any) -> None:
    """A story of the evening stands in its feeds at once, and next morning in both inboxes, once, with its topics."""
    await begin(newsroom, "ada@reader.example", "ben@reader.example")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    assert FERRIES in newsroom.feed("sea")
    assert FERRIES in newsroom.feed("all")
    assert FERRIES not in newsroom.feed("land")
    assert not (await newsroom.send(EVENING)).tally.outcomes

    await newsroom.send(MORNING)
    for address in ("ada@reader.example", "ben@reader.example"):
        (text,) = newsroom.inbox(address)
        assert text.count(FERRIES) == 1
        assert "The sea" in text
        assert "Thursday, 12 March 2026" in text


async def test_a_second_run_of_the_same_morning_mails_nobody(newsroom: Any, story: Any) -> None:
    """What was done is done: the same rounds again change no inbox and no feed."""
    await begin(newsroom, "ada@reader.example")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    for _ in range(2):
        await newsroom.read(EVENING)
        await newsroom.send(MORNING)
    before = {file.name: file.stat().st_mtime_ns for file in (newsroom.folder / "feeds").iterdir()}
    await newsroom.read(MORNING)
    await newsroom.send(MORNING + timedelta(hours=3))
    assert len(newsroom.inbox()) == 1
    assert {file.name: file.stat().st_mtime_ns for file in (newsroom.folder / "feeds").iterdir()} == before


async def test_a_topic_of_ones_own(newsroom: Any, story: Any) -> None:
    """Who chose a topic gets its items alone, and nothing at all on a day without one."""
    await begin(newsroom)
    newsroom.subscribe("sea@reader.example", NOON, topics=("sea",))
    newsroom.subscribe("land@reader.example", NOON, topics=("land",))
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    await newsroom.send(MORNING)
    assert len(newsroom.inbox("sea@reader.example")) == 1
    assert newsroom.inbox("land@reader.example") == []
    newsroom.publish(story(FIELDS, date(2026, 3, 12)), story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING + DAY)
    await newsroom.send(MORNING + DAY)
    (text,) = newsroom.inbox("land@reader.example")
    assert FIELDS in text
    assert FERRIES not in text
    assert len(newsroom.inbox("sea@reader.example")) == 1


async def test_a_correction_is_told_to_those_who_read_the_first_version(newsroom: Any, story: Any) -> None:
    """An item that its newsroom marks as corrected comes under Corrections to its readers, as plain news to others."""
    await begin(newsroom, "ada@reader.example")
    first = story(FERRIES, date(2026, 3, 11), summary="Nine ferries sail again.")
    newsroom.publish(first)
    await newsroom.read(EVENING)
    await newsroom.send(MORNING)
    newsroom.publish(story(FERRIES, date(2026, 3, 11), summary="Correction: eight ferries sail again, not nine."))
    await newsroom.read(EVENING + DAY)
    await newsroom.send(MORNING + DAY)
    before, after = newsroom.inbox("ada@reader.example")
    assert "CORRECTION" not in before.upper().replace(first.summary.upper(), "")
    assert "CORRECTIONS" in after.upper()
    assert after.count(FERRIES) == 1
    assert "eight ferries" in newsroom.feed("sea")


async def test_a_withdrawal_reaches_those_who_had_the_item_and_nobody_else(newsroom: Any, story: Any) -> None:
    """A withdrawn item is told to its readers with the reason; who did not have it never hears of it."""
    await begin(newsroom, "ada@reader.example")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    await newsroom.send(MORNING)
    newsroom.publish(story(FIELDS, date(2026, 3, 12)), story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING + DAY)
    app = newsroom.app()
    with app.store.read() as connection:
        items = {item.title: item for item in each_item(connection)}
    for title in (FERRIES, FIELDS):
        withdraw(app.store, items[title], "A source took back its words", EVENING + DAY)
    await newsroom.read(EVENING + DAY)
    await newsroom.send(MORNING + DAY)
    after = newsroom.inbox("ada@reader.example")[1]
    assert FERRIES in after
    assert "A source took back its words" in after
    assert FIELDS not in after


async def test_what_a_failed_relay_kept_back_is_in_the_next_edition(newsroom: Any, story: Any) -> None:
    """While the outbox cannot be used nobody is mailed; the next edition that gets through has everything, once."""
    await begin(newsroom, "ada@reader.example")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    newsroom.block_outbox()
    done = await newsroom.send(MORNING)
    assert "cannot be made" in done.tally.troubles[0]
    newsroom.free_outbox()
    newsroom.publish(story(FIELDS, date(2026, 3, 12)), story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING + DAY)
    await newsroom.send(MORNING + DAY)
    (text,) = newsroom.inbox("ada@reader.example")
    assert text.count(FERRIES) == text.count(FIELDS) == 1


async def test_a_relay_that_comes_back_the_same_day_gets_the_same_edition(newsroom: Any, story: Any) -> None:
    """What could not be handed over is tried again later in the day, without another edition."""
    await begin(newsroom, "ada@reader.example")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    newsroom.block_outbox()
    await newsroom.send(MORNING)
    newsroom.free_outbox()
    assert not (await newsroom.send(MORNING + timedelta(minutes=5))).tally.outcomes
    again = await newsroom.send(MORNING + timedelta(hours=1))
    assert again.assembled == []
    assert len(newsroom.inbox("ada@reader.example")) == 1


async def test_three_days_asleep_give_one_digest_of_three_days(newsroom: Any, story: Any) -> None:
    """F42: a machine that wakes up mails one digest with all that came, which says how many days it covers."""
    await begin(newsroom, "ada@reader.example")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON + timedelta(hours=1))
    newsroom.publish(story(FIELDS, date(2026, 3, 14)), story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(MORNING + 2 * DAY + timedelta(minutes=1))
    await newsroom.send(MORNING + 2 * DAY + timedelta(minutes=2))
    (text,) = newsroom.inbox("ada@reader.example")
    assert text.count(FERRIES) == text.count(FIELDS) == 1
    assert "This digest covers 3 days" in text


async def test_two_lists_are_two_mails_each_item_once_in_each(newsroom: Any, story: Any) -> None:
    """F56: a person on two lists gets one mail per list, and each list keeps its own books."""
    newsroom.configure(lists=TWO_LISTS)
    await begin(newsroom, "ada@reader.example")
    newsroom.subscribe("ada@reader.example", NOON, list_id="weekly")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    await newsroom.send(MORNING)
    assert sorted(text.count(FERRIES) for text in newsroom.inbox("ada@reader.example")) == [1, 1]
    assert {message["List-Id"] for message in newsroom.messages()} == {
        "<daily.newsroom.example.org>",
        "<weekly.newsroom.example.org>",
    }


async def test_one_person_in_two_spellings_is_one_subscriber(newsroom: Any, story: Any) -> None:
    """F56: `Ada@` and `ada@` are one person, who gets one mail."""
    await begin(newsroom, "Ada@Reader.Example", "ada@reader.example")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    await newsroom.send(MORNING)
    assert len(newsroom.inbox()) == 1


async def test_everybody_is_mailed_at_seven_where_they_are(newsroom: Any, story: Any) -> None:
    """A list in the subscribers' own zones reaches Tokyo nine hours before London, with the same item."""
    newsroom.configure(lists=ZONES)
    await begin(newsroom)
    newsroom.subscribe("tokyo@reader.example", NOON, timezone="Asia/Tokyo")
    newsroom.subscribe("london@reader.example", NOON, timezone="Europe/London")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    await newsroom.send(datetime(2026, 3, 11, 22, 1, tzinfo=UTC))
    assert [message["To"] for message in newsroom.messages()] == ["tokyo@reader.example"]
    await newsroom.send(MORNING)
    assert [message["To"] for message in newsroom.messages()] == ["tokyo@reader.example", "london@reader.example"]


async def test_an_embargoed_item_is_nowhere_before_its_day(newsroom: Any, story: Any) -> None:
    """A story dated days ahead is in no feed and no mail until that day, and then in both."""
    await begin(newsroom, "ada@reader.example")
    newsroom.publish(story(FERRIES, date(2026, 3, 14)))
    (read,) = await newsroom.read(EVENING)
    assert read.held == 1
    await newsroom.send(MORNING)
    assert FERRIES not in newsroom.feed("all")
    assert newsroom.inbox() == []
    await newsroom.read(datetime(2026, 3, 14, 13, 0, tzinfo=UTC))
    await newsroom.send(datetime(2026, 3, 15, 7, 1, tzinfo=UTC))
    assert FERRIES in newsroom.feed("sea")
    assert FERRIES in newsroom.inbox("ada@reader.example")[-1]


async def test_two_programs_at_once_do_the_work_once(newsroom: Any, story: Any) -> None:
    """F49: two rounds at the same moment on the same store give everybody one mail."""
    people = [f"reader{number}@reader.example" for number in range(20)]
    await begin(newsroom, *people)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await asyncio.gather(newsroom.read(EVENING), newsroom.read(EVENING))
    await asyncio.gather(newsroom.send(MORNING), newsroom.send(MORNING))
    assert sorted(message["To"] for message in newsroom.messages()) == sorted(people)
    assert newsroom.check_feeds() == []


async def test_an_edition_at_once_says_why_there_is_none(newsroom: Any, story: Any) -> None:
    """Asked for an edition at once: nobody subscribed, nothing new, all of it old, or nothing in anybody's topics."""
    app = newsroom.app()
    (mailing,) = app.settings.lists
    assert app.assemble_now(mailing, NOON).note == "nobody is subscribed"
    newsroom.subscribe("ada@reader.example", NOON, topics=("land",))
    assert app.assemble_now(mailing, NOON).note == "nothing new since people subscribed"
    newsroom.publish(story(FIELDS, date(2026, 3, 1)))
    await newsroom.read(NOON)
    assert app.assemble_now(mailing, NOON).note.startswith("all that came is older than one period of the list (a day)")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)), story(FIELDS, date(2026, 3, 1)))
    await newsroom.read(EVENING)
    assert app.assemble_now(mailing, EVENING).note == "nothing new in the topics that people take"
    newsroom.publish(story("Fields dry again", date(2026, 3, 11)), story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    assert app.assemble_now(mailing, EVENING).items == 1


async def test_a_list_that_is_taken_out_of_the_configuration_stops_nothing(newsroom: Any, story: Any) -> None:
    """What was queued for a list that is gone expires; the other lists go on."""
    newsroom.configure(lists=TWO_LISTS)
    await begin(newsroom, "ada@reader.example")
    newsroom.subscribe("ada@reader.example", NOON, list_id="weekly")
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(EVENING)
    newsroom.app().assemble(MORNING)
    newsroom.configure()
    done = await newsroom.send(MORNING)
    assert {state.value: number for state, number in done.tally.outcomes.items()} == {"sent": 1, "expired": 1}
    assert [message["List-Id"] for message in newsroom.messages()] == ["<daily.newsroom.example.org>"]
