"""F29: a burst is stored whole, held for the operator, and floods nobody when it is let go."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from digest.model.item import ItemStatus
from digest.pipelines.place import release_held, release_pending
from tests.desks import NOON, TODAY, entry, make_source

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MORNING = NOON + timedelta(hours=19)


def burst(count: int = 40) -> list[Any]:
    """Return new items as a page lists them, the first two from today, the others from before."""
    return [entry(n, published=TODAY - DAY * max(0, 98 + count - n)) for n in reversed(range(100, 100 + count))]


def test_f29_a_burst_is_stored_and_stands_nowhere(saving: Any) -> None:
    """All new items of a burst are stored as pending, without a placement; what is known goes on as ever."""
    saving.save(entry(9))
    done = saving.save(*burst(), entry(9, summary="Corrected."), at=NOON + HOUR)
    assert (done.new, done.pending, done.changed) == (0, 40, 1)
    assert done.notes == ("40 new items at once, where 3 would be usual: held for approval",)
    assert {row.item_id for row in saving.rows()} == {saving.items()[0].id}
    again = saving.save(*burst(), entry(9, summary="Corrected."), entry(10), at=NOON + 2 * HOUR)
    assert (again.new, again.pending, again.same) == (1, 0, 41)


def test_f29_what_waits_can_still_change(saving: Any) -> None:
    """Words and dates of pending items follow their source, without a row in the log."""
    saving.save(entry(9))
    saving.save(*burst(), at=NOON + HOUR)
    rows = saving.rows()
    changed = [entry(100, summary="Other words.", published=TODAY), *burst()[:-1]]
    assert saving.save(*changed, at=NOON + 2 * HOUR).changed == 1
    item = saving.item("Ferry number 100")
    assert (item.summary, item.published_on, item.status) == ("Other words.", TODAY, ItemStatus.PENDING)
    assert saving.rows() == rows


def test_f29_approved_items_are_as_old_as_they_were(saving_anywhere: Any) -> None:
    """Approved days later, what was news when it came is news, and what was old then stands in feeds alone."""
    desk = saving_anywhere
    desk.save(entry(9))
    desk.save(*burst(), at=NOON + HOUR)
    assert release_pending(desk.desk, "elsewhere", NOON) == 0
    assert release_pending(desk.desk, "page", NOON + 5 * DAY) == 40
    assert desk.news(0)[-2:] == [entry(138).title, entry(139).title]
    assert len(desk.news(0)) == 2
    assert len(desk.news(400)) == 41
    assert {one.status for one in desk.items()} == {ItemStatus.LIVE}
    assert release_pending(desk.desk, "page", NOON + 6 * DAY) == 0


def test_f29_undated_items_of_a_burst_are_no_news(saving: Any) -> None:
    """Nobody knows how old undated items are that came by the hundred."""
    saving.save(entry(9))
    saving.save(*(entry(n, published=None) for n in range(100, 140)), at=NOON + 3 * HOUR)
    release_pending(saving.desk, "page", NOON + DAY)
    assert len(saving.news(400)) == 1
    assert len(saving.rows()) == 2 * 41


def test_f29_an_embargo_inside_a_burst_is_kept(saving: Any) -> None:
    """A story of tomorrow and one of next week that come in a burst: approved or not, none is out before its time."""
    saving.save(entry(9))
    ahead = entry(200, published=datetime(2026, 3, 13, 13, tzinfo=NOON.tzinfo))
    far = entry(201, published=TODAY + 9 * DAY)
    done = saving.save(*burst(), ahead, far, at=NOON + HOUR)
    assert (done.held, done.pending) == (0, 42)
    release_held(saving.desk, NOON + 20 * DAY)
    assert len(saving.news(400)) == 1, "the end of an embargo is no approval"
    release_pending(saving.desk, "page", NOON + 36 * HOUR)
    assert len(saving.news(400)) == 41
    assert [one.title for one in saving.items() if one.status is ItemStatus.HELD] == [ahead.title, far.title]
    release_held(saving.desk, ahead.published - timedelta(seconds=1))
    assert ahead.title not in saving.news(400)
    release_held(saving.desk, ahead.published)
    assert saving.news(0)[-1] == ahead.title


@pytest.mark.parametrize(
    ("first", "more"),
    [((9,), {"approve": True}), ((), {})],
    ids=["approved beforehand", "the first reading"],
)
def test_f29_what_is_no_burst(saving: Any, first: tuple[int, ...], more: dict[str, bool]) -> None:
    """Forty items are stored and placed where the operator says so, and at a first reading."""
    if first:
        saving.save(*map(entry, first))
    done = saving.save(*burst(), at=NOON + HOUR, **more)
    assert (done.new, done.pending) == (40, 0)


def test_f29_a_busy_source_after_a_night_is_no_burst(saving: Any) -> None:
    """A source of twenty a day brings a hundred after three days, and they are news."""
    saving.save(*(entry(n, published=TODAY - timedelta(days=n % 10)) for n in range(200)))
    late = [entry(n, published=TODAY + 3 * DAY) for n in range(300, 400)]
    assert saving.save(*late, at=NOON + 3 * DAY).new == 100


def test_f29_another_source_is_not_judged_by_this_one(saving: Any) -> None:
    """What is usual is usual for one source."""
    saving.configure(make_source(), make_source("wire"))
    saving.save(*map(entry, range(1, 10)))
    assert saving.save(*burst(), source="wire", at=NOON + HOUR).new == 40


async def test_f29_two_thousand_items_at_once_flood_nobody(newsroom: Any, story: Any) -> None:
    """Held: no feed, no list and no count has them. Approved: the digest of a morning stays small and says how many
    more there are, feeds are as long as ever, and every item is stored."""
    newsroom.subscribe("ada@reader.example", NOON)
    old = story("Fields under water for weeks", date(2026, 3, 1))
    newsroom.publish(old)
    await newsroom.read(NOON)
    many = [story(f"Ferry number {n} returns to its harbour", TODAY) for n in range(2_000)]
    newsroom.publish(*many, old)
    (read,) = await newsroom.read(NOON + HOUR)
    assert (read.new, read.pending) == (0, 2_000)
    assert "Ferry" not in newsroom.feed("all")
    assert not (await newsroom.send(MORNING)).tally.outcomes
    app = newsroom.app()
    assert app.approve(["page"], MORNING + HOUR) == {"page": 2_000}
    await newsroom.read(MORNING + HOUR)
    assert newsroom.feed("all").count("<entry>") == 50
    await newsroom.send(MORNING + DAY)
    (message,) = newsroom.messages()
    page = message.get_body(("html",)).get_content()
    assert len(page.encode()) <= 80 * 1024
    assert "more" in page
    assert newsroom.check_feeds() == []
