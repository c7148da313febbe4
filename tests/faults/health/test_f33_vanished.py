"""F33, F34: gone from a listing is not gone; what is gone from its own page twice is withdrawn."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from digest.model.item import ItemStatus
from digest.pipelines.vanish import MOST_ASKED

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LISTED = tuple(range(91, 101))
WITHOUT_95 = tuple(number for number in LISTED if number != 95)


async def read_without(wire: Any, noon: datetime, *gone: int, status: int = 410) -> None:
    """Read a full listing, then one that lacks some stories, whose pages answer so."""
    wire.show(*LISTED)
    await wire.read(noon)
    wire.pages |= dict.fromkeys(gone, status)
    wire.show(*[number for number in LISTED if number not in gone])
    await wire.read(noon + HOUR)


def withdrawn(wire: Any) -> list[int]:
    """Return the numbers of the stories that are withdrawn."""
    return [number for number, item in wire.items().items() if item.status is ItemStatus.WITHDRAWN]


def touch(wire: Any) -> None:
    """Change the feed's bytes, and nothing in it."""
    wire.body += " "


@pytest.mark.parametrize("status", [404, 410])
async def test_f33_gone_twice_is_withdrawn(status: int, wire: Any, noon: datetime) -> None:
    """A page that is gone in two readings an hour apart: the item is withdrawn, and its feed says why."""
    await read_without(wire, noon, 95, status=status)
    assert (withdrawn(wire), wire.doubts()) == ([], {95: status})
    touch(wire)
    await wire.read(noon + HOUR + timedelta(minutes=59))
    assert withdrawn(wire) == []
    touch(wire)
    result = await wire.read(noon + 2 * HOUR)
    assert (withdrawn(wire), wire.doubts(), result.withdrawn) == ([95], {}, 1)
    assert f"Its page is gone ({status})." in wire.newsroom.feed("all")
    assert wire.newsroom.check_feeds() == []
    touch(wire)
    await wire.read(noon + 9 * HOUR)
    assert wire.asked.count(95) == 2


async def test_f33_a_listing_that_does_not_change_is_no_excuse(wire: Any, noon: datetime) -> None:
    """Where the listing is the same from now on, the page is asked a second time all the same."""
    await read_without(wire, noon, 95)
    await wire.read(noon + 3 * HOUR)
    assert withdrawn(wire) == [95]


@pytest.mark.parametrize("status", [200, 403, 500])
async def test_f34_a_page_that_is_there_keeps_its_item(status: int, wire: Any, noon: datetime) -> None:
    """Missing from the listing, but not gone from its own page: it stays, and is left in peace for a day."""
    await read_without(wire, noon, 95, status=status)
    for hours in (2, 3, 8, 14, 20, 25):
        touch(wire)
        await wire.read(noon + hours * HOUR)
    assert withdrawn(wire) == []
    assert wire.asked.count(95) == 2


async def test_f34_what_scrolled_off_is_never_asked_for(wire: Any, noon: datetime) -> None:
    """What is as old as the oldest item listed, or older, scrolled off: nobody asks for its page."""
    wire.show(*LISTED)
    await wire.read(noon)
    wire.pages |= dict.fromkeys(LISTED, 410)
    for number, first in enumerate((92, 95, 98)):
        wire.show(*range(first, 101))
        await wire.read(noon + number * DAY)
    assert (wire.asked, withdrawn(wire)) == ([], [])


async def test_f34_a_page_that_comes_back_begins_anew(wire: Any, noon: datetime) -> None:
    """Gone, there, gone: the first of the two does not count any more; nor does it after the item was listed again."""
    await read_without(wire, noon, 95)
    wire.pages[95] = 200
    touch(wire)
    await wire.read(noon + 3 * HOUR)
    wire.pages[95] = 410
    touch(wire)
    await wire.read(noon + 2 * DAY)
    assert (withdrawn(wire), wire.doubts()) == ([], {95: 410})
    wire.show(*LISTED)
    await wire.read(noon + 3 * DAY)
    assert wire.doubts() == {}
    wire.show(*WITHOUT_95)
    await wire.read(noon + 4 * DAY)
    assert (withdrawn(wire), wire.doubts()) == ([], {95: 410})


async def test_f34_a_site_that_is_gone_withdraws_nothing(wire: Any, noon: datetime) -> None:
    """Where a story that is listed has no page either, the site is in trouble and not the story."""
    await read_without(wire, noon, 95)
    wire.pages |= dict.fromkeys(LISTED, 404)
    touch(wire)
    await wire.read(noon + 3 * HOUR)
    assert withdrawn(wire) == []
    wire.pages = {95: 404}
    touch(wire)
    await wire.read(noon + 5 * HOUR)
    assert withdrawn(wire) == [95]


async def test_f34_who_gives_no_answer_is_not_asked_at_once(wire: Any, noon: datetime) -> None:
    """A page that was gone and then gives no answer is still in doubt, and asked again after an hour, not sooner."""
    await read_without(wire, noon, 95)
    wire.pages[95] = 503
    for minutes in range(60, 120):
        await wire.read(noon + HOUR + timedelta(minutes=minutes))
    assert (wire.asked.count(95), withdrawn(wire), wire.doubts()) == (2, [], {95: 410})
    wire.pages[95] = 410
    await wire.read(noon + 3 * HOUR)
    assert withdrawn(wire) == [95]


async def test_f34_a_listing_that_shows_something_else_withdraws_nothing(wire: Any, noon: datetime) -> None:
    """Where many items are missing at once, the listing was rebuilt: no page is asked."""
    await read_without(wire, noon, *range(93, 99))
    assert len(range(93, 99)) > MOST_ASKED
    assert (wire.asked, withdrawn(wire)) == ([], [])


async def test_f33_a_few_pages_are_asked_in_one_reading(wire: Any, noon: datetime) -> None:
    """No more than five pages are asked after one reading, and a listing that failed asks for none."""
    wire.show(*range(41, 101))
    await wire.read(noon)
    wire.pages |= dict.fromkeys(range(60, 68), 410)
    wire.show(*range(41, 60), *range(68, 101))
    await wire.read(noon + HOUR)
    assert len(wire.asked) == MOST_ASKED
    touch(wire)
    await wire.read(noon + 2 * HOUR)
    assert len(withdrawn(wire)) == MOST_ASKED
    touch(wire)
    await wire.read(noon + 3 * HOUR)
    touch(wire)
    await wire.read(noon + 4 * HOUR)
    assert sorted(withdrawn(wire)) == list(range(60, 68))
    asked = len(wire.asked)
    wire.status = 500
    await wire.read(noon + 5 * HOUR)
    assert len(wire.asked) == asked


async def test_f33_links_to_other_sites_are_not_asked(wire: Any, noon: datetime) -> None:
    """What a feed names elsewhere is never fetched (A6): only pages of the source's own site are asked."""
    wire.show(*LISTED)
    # The same server by another name: another site.
    wire.body = wire.body.replace("http://127.0.0.1", "http://localhost")
    await wire.read(noon)
    wire.show(*WITHOUT_95)
    wire.body = wire.body.replace("http://127.0.0.1", "http://localhost")
    await wire.read(noon + HOUR)
    assert wire.asked == []
