"""More of the whole way under a fixed clock: slots made up for one by one, rules that change, an editor's word."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from digest.model.mailing import Cadence
from tests.newsrooms import SITE

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 12, 7, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)

FERRIES = "Ferries return to the harbour"
FIELDS = "Fields under water for weeks"
ROADS = "Roads are closed in the north"

EACH = """\
lists:
  daily: {title: The day, topics: all, send: daily at 07:00, timezone: UTC, catch_up: each, from: d@news.example.org}
"""
TWO_LISTS = """\
lists:
  first: {title: The first, topics: all, send: daily at 07:00, timezone: UTC, from: day@newsroom.example.org}
  second: {title: The second, topics: all, send: daily at 07:00, timezone: UTC, from: day@newsroom.example.org}
"""
WEEKLY = """\
lists:
  daily: {title: The day, topics: all, send: weekly on mon at 07:00, timezone: UTC, from: day@newsroom.example.org}
"""
ROAD_TOPIC = """\
topics:
  sea: {title: The sea, any: [harbour*, ferr*]}
  land: {title: The land, any: [field*, road*]}
"""


async def test_each_missed_morning_gets_its_own_digest_if_the_list_says_so(newsroom: Any, story: Any) -> None:
    """With `catch_up: each` two mornings asleep are two digests, each with what was there at its own time."""
    newsroom.configure(lists=EACH)
    newsroom.subscribe("ada@reader.example", NOON)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON + timedelta(hours=1))
    newsroom.publish(story(FIELDS, date(2026, 3, 12)), story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(MORNING + timedelta(hours=5))
    await newsroom.send(MORNING + DAY)
    first, second = newsroom.inbox("ada@reader.example")
    assert (FERRIES in first, FIELDS in first) == (True, False)
    assert (FERRIES in second, FIELDS in second) == (False, True)


async def test_a_list_named_is_the_only_one_that_is_mailed(newsroom: Any, story: Any) -> None:
    """Sending what is due of one list leaves the others for their own turn."""
    newsroom.configure(lists=TWO_LISTS)
    for list_id in ("first", "second"):
        newsroom.subscribe("ada@reader.example", NOON, list_id=list_id)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON)
    app = newsroom.app()
    assert [one.list_id for one in app.assemble(MORNING, only=["second"])] == ["second"]
    assert [one.list_id for one in app.assemble(MORNING)] == ["first"]


async def test_a_new_rule_moves_stored_items_and_mails_nothing_old(newsroom: Any, story: Any) -> None:
    """After a rule changes, an old item stands in its feed in its own place, and nobody is mailed it as news."""
    newsroom.publish(story(FIELDS, date(2026, 3, 9)), story(ROADS, date(2026, 3, 2)))
    await newsroom.read(NOON)
    newsroom.subscribe("land@reader.example", NOON, topics=("land",))
    await newsroom.send(MORNING)
    assert ROADS not in newsroom.feed("land")
    newsroom.configure(topics=ROAD_TOPIC)
    await newsroom.read(MORNING)
    feed = newsroom.feed("land")
    assert 0 < feed.index(FIELDS) < feed.index(ROADS)
    await newsroom.send(MORNING + DAY)
    assert newsroom.inbox("land@reader.example") == []
    newsroom.configure()
    await newsroom.read(MORNING + DAY)
    assert ROADS not in newsroom.feed("land")
    assert ROADS in newsroom.feed("all")


async def test_an_old_item_that_is_rewritten_into_a_topic_is_no_news(newsroom: Any, story: Any) -> None:
    """An item of the first reading stays as old as it was when a change of its words brings it into another topic."""
    newsroom.publish(story(ROADS, date(2026, 3, 2)))
    await newsroom.read(NOON)
    newsroom.subscribe("sea@reader.example", NOON, topics=("sea",))
    newsroom.publish(story(ROADS, date(2026, 3, 2), "Ferries take their place."))
    await newsroom.read(NOON + timedelta(hours=1))
    assert ROADS in newsroom.feed("sea")
    await newsroom.send(MORNING)
    assert newsroom.inbox() == []


async def test_an_editor_corrects_and_withdraws_on_the_command_line(
    newsroom: Any, story: Any, digest_command: Any
) -> None:
    """`digest correct` and `digest withdraw` put their words into the feed, and a second withdrawal is refused."""
    newsroom.publish(story(FERRIES, date(2026, 3, 11)), story(FIELDS, date(2026, 3, 10)))
    await newsroom.read(NOON)
    corrected = digest_command("correct", "ferries", "--note", "There were two ferries.", cwd=newsroom.folder)
    assert (corrected.returncode, corrected.stdout) == (0, f"Corrected: {FERRIES}\n")
    withdrawn = digest_command("withdraw", "fields", "--reason", "It was another river.", cwd=newsroom.folder)
    assert withdrawn.returncode == 0
    assert digest_command("withdraw", "fields", "--reason", "Again.", cwd=newsroom.folder).returncode == 2
    assert digest_command("build", cwd=newsroom.folder).returncode == 0
    assert "There were two ferries." in newsroom.feed("sea")
    assert "It was another river." in newsroom.feed("land")


async def test_the_token_in_the_foot_of_a_digest_ends_its_subscription(
    newsroom: Any, story: Any, digest_command: Any
) -> None:
    """Who writes to the address in the foot is taken off that list by the token, whoever they write as."""
    for address in ("ada@reader.example", "ben@reader.example"):
        newsroom.subscribe(address, NOON)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON)
    await newsroom.send(MORNING)
    [text] = newsroom.inbox("ada@reader.example")
    token = text.partition("subject=unsubscribe%20")[2].split()[0]
    forged = ("B" if token[0] == "A" else "A") + token[1:]
    assert "Nobody" in digest_command("subscribers", "remove", forged, cwd=newsroom.folder).stdout
    assert digest_command("subscribers", "remove", token, cwd=newsroom.folder).stdout == "Left: daily.\n"
    newsroom.publish(story(FIELDS, date(2026, 3, 12)), story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(MORNING)
    await newsroom.send(MORNING + DAY)
    assert len(newsroom.inbox("ada@reader.example")) == 1
    assert len(newsroom.inbox("ben@reader.example")) == 2


async def test_a_newsroom_that_moves_house_keeps_its_ids(newsroom: Any, story: Any) -> None:
    """A new host in `site.url` changes links, but no id: neither of feeds nor of items, old or to come."""
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON)
    before = re.findall("<id>(.*?)</id>", newsroom.feed("all"))
    newsroom.configure(site=SITE.replace("newsroom.example.org", "www.new.example.net"))
    newsroom.publish(story(FIELDS, date(2026, 3, 12)), story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON + DAY)
    feed = newsroom.feed("all")
    after = re.findall("<id>(.*?)</id>", feed)
    assert "https://www.new.example.net/" in feed
    assert [after[0], after[2]] == before
    assert all(one.startswith("tag:newsroom.example.org,2026:") for one in after)


async def test_people_follow_a_list_that_changes_its_cadence_and_lose_nothing(newsroom: Any, story: Any) -> None:
    """When a daily list becomes weekly, its people get the next Monday's edition with all since, and none before."""
    newsroom.subscribe("ada@reader.example", NOON)
    newsroom.subscribe("ben@reader.example", NOON, cadence=Cadence.WEEKDAYS)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON)
    newsroom.configure(lists=WEEKLY)
    for days in range(4):
        await newsroom.send(MORNING + days * DAY)
    assert newsroom.inbox("ada@reader.example") == []
    assert len(newsroom.inbox("ben@reader.example")) == 1
    await newsroom.send(MORNING + 4 * DAY)
    [text] = newsroom.inbox("ada@reader.example")
    assert FERRIES in text
    newsroom.configure()
    await newsroom.send(MORNING + 4 * DAY)
    assert len(newsroom.inbox("ada@reader.example")) == 1
