"""config.yaml changes, people come and go: no edition makes up for days that were nobody's, or that were mailed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from digest.model.mailing import Cadence
from digest.model.placement import Action, Placement
from digest.pipelines.assemble import IDLE_SEQS
from digest.store.items import load_newest
from digest.store.placements import append_placements
from digest.store.subscribers import find_subscriptions

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
ADA, BEN = "ada@reader.example", "ben@reader.example"
FERRIES, FIELDS = "Ferries return to the harbour", "Fields under water"
A_LIST = """\
lists:
  daily: {{title: The day, topics: {}, send: {}, timezone: {}, from: day@newsroom.example.org}}
"""


async def test_a_list_that_moves_to_another_zone_makes_up_for_nothing(newsroom: Any, story: type[Any]) -> None:
    """After `timezone:` is changed the next edition goes at its time there, and covers one day."""
    newsroom.configure(lists=A_LIST.format("all", "daily at 07:00", "UTC"))
    newsroom.subscribe(ADA, NOON)
    await newsroom.read(NOON)
    for day in range(1, 4):
        await newsroom.send(NOON + day * DAY)
    newsroom.configure(lists=A_LIST.format("all", "daily at 07:00", "Europe/Paris"))
    newsroom.publish(story(FERRIES, date(2026, 3, 14)))
    await newsroom.read(NOON + 3 * DAY + HOUR)
    assert not (await newsroom.send(NOON + 3 * DAY + 2 * HOUR)).assembled
    await newsroom.send(NOON + 4 * DAY)
    (text,) = newsroom.inbox(ADA)
    assert "This digest covers" not in text


async def test_a_cadence_that_nobody_had_for_weeks_begins_anew(newsroom: Any, story: type[Any]) -> None:
    """Whoever is the first of a cadence again is mailed at its next time, not at once for all the weeks before."""
    newsroom.configure(lists=A_LIST.format("all", "daily at 07:00", "UTC"))
    newsroom.subscribe(ADA, NOON, cadence=Cadence.WEEKLY)
    newsroom.subscribe(BEN, NOON)
    await newsroom.read(NOON)
    newsroom.subscribe(ADA, NOON + DAY, cadence=Cadence.DAILY)
    for day in range(1, 30):
        await newsroom.send(NOON + day * DAY)
    newsroom.subscribe(ADA, NOON + 29 * DAY, cadence=Cadence.WEEKLY)
    newsroom.publish(story(FERRIES, date(2026, 4, 9)))
    await newsroom.read(NOON + 29 * DAY + HOUR)
    await newsroom.send(NOON + 29 * DAY + 2 * HOUR)
    assert newsroom.inbox(ADA) == []
    await newsroom.send(datetime(2026, 4, 13, 7, 0, 5, tzinfo=UTC))
    (text,) = newsroom.inbox(ADA)
    assert "This digest covers" not in text


async def test_a_change_of_topics_costs_nobody_the_edition_that_is_due(newsroom: Any, story: type[Any]) -> None:
    """The only reader of a list who changes their topics just after seven still gets the edition of seven."""
    newsroom.subscribe(ADA, NOON)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON + HOUR)
    newsroom.subscribe(ADA, NOON + 20 * HOUR, topics=("land",))
    await newsroom.send(NOON + 21 * HOUR)
    assert len(newsroom.inbox(ADA)) == 1


async def test_what_comes_after_a_topic_was_added_to_a_list_reaches_its_people(newsroom: Any, story: type[Any]) -> None:
    """An item that is read between the change of config.yaml and the next edition is in that edition."""
    newsroom.configure(lists=A_LIST.format("[sea]", "daily at 07:00", "UTC"))
    newsroom.subscribe(ADA, NOON)
    newsroom.publish(story("Fields in spring", date(2026, 3, 11)))
    await newsroom.read(NOON)
    newsroom.configure(lists=A_LIST.format("[sea, land]", "daily at 07:00", "UTC"))
    newsroom.publish(story(FIELDS, date(2026, 3, 11)), story("Fields in spring", date(2026, 3, 11)))
    await newsroom.read(NOON + HOUR)
    await newsroom.send(NOON + DAY)
    (text,) = newsroom.inbox(ADA)
    assert FIELDS in text
    assert "Fields in spring" not in text


async def test_an_immediate_list_with_nothing_for_anybody_does_not_read_its_past_for_ever(
    newsroom: Any, story: type[Any]
) -> None:
    """Marks of people who take a rare topic are moved along, also where no edition is made."""
    newsroom.configure(lists=A_LIST.format("all", "immediately", "UTC"))
    newsroom.subscribe(ADA, NOON, topics=("land",))
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON)
    app = newsroom.app()
    with app.store.append() as connection:
        (item,) = load_newest(connection, "all", 1)
        rows = [Placement(0, "sea", item.id, Action.REVISED)] * (IDLE_SEQS + 1)
        seq = append_placements(connection, rows, NOON)
    assert app.assemble(NOON + HOUR) == []
    with app.store.read() as connection:
        (one,) = find_subscriptions(connection, ADA)
    assert one.mark == seq
