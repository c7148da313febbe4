"""When an item counts as published."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.dates import decide_date, is_undated, order_for_store, place_in_time, real_date
from digest.model.item import Item, ParsedItem

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)
UNDATED = "undated: it counts from when it was first seen"
HELD = "in the future: held until then"
SHOWN = "in the future: shown as of 2026-03-05"


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return an aware UTC instant."""
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def wall(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """Return a datetime without a zone."""
    return utc(year, month, day, hour).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("published", "zone", "nth", "placed"),
    [
        pytest.param(date(2026, 3, 5), "America/New_York", 0, (date(2026, 3, 5), utc(2026, 3, 5, 17), True), id="noon"),
        pytest.param(
            date(2026, 7, 5), "America/New_York", 3, (date(2026, 7, 5), utc(2026, 7, 5, 16, 0, 3), True), id="nth"
        ),
        pytest.param(
            date(2026, 7, 5), "UTC", 10**6, (date(2026, 7, 5), utc(2026, 7, 5, 23, 59, 59), True), id="never-tomorrow"
        ),
        pytest.param(
            date(2011, 12, 30), "Pacific/Apia", 0, (date(2011, 12, 30), utc(2011, 12, 30, 22), True), id="missing-day"
        ),
        pytest.param(
            utc(2026, 3, 5, 2), "America/New_York", 9, (date(2026, 3, 4), utc(2026, 3, 5, 2), False), id="day-before"
        ),
        pytest.param(
            wall(2026, 3, 5, 9),
            "America/New_York",
            0,
            (date(2026, 3, 5), utc(2026, 3, 5, 14), False),
            id="wall-time",
        ),
    ],
)
def test_place_in_time(published: date, zone: str, nth: int, placed: tuple[date, datetime, bool]) -> None:
    """A date alone stands at noon in the zone, some seconds later in page order; a datetime where it says."""
    assert place_in_time(published, zone=ZoneInfo(zone), nth=nth) == placed


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.sampled_from(["UTC", "Pacific/Auckland", "America/Havana"]))
def test_a_date_shows_as_itself(on: date, zone: str) -> None:
    """In its zone the instant of a date falls on that date, and a later nth is a later instant."""
    _, first, _ = place_in_time(on, zone=ZoneInfo(zone), nth=0)
    _, second, _ = place_in_time(on, zone=ZoneInfo(zone), nth=1)
    assert first.astimezone(ZoneInfo(zone)).date() == on
    assert second - first == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("published", "future", "at", "held", "reason"),
    [
        (date(2026, 3, 5), "hold", utc(2026, 3, 5, 17, 0, 2), False, "dated by its source"),
        (date(2026, 3, 6), "hold", utc(2026, 3, 6, 17, 0, 2), False, "dated by its source"),
        (date(2026, 3, 7), "hold", utc(2026, 3, 7, 17, 0, 2), True, f"dated 2026-03-07, {HELD}"),
        (
            date(2026, 3, 7),
            "clamp",
            utc(2026, 3, 5, 17, 0, 2),
            False,
            "dated 2026-03-07, in the future: shown as of 2026-03-05",
        ),
        (utc(2026, 3, 5, 14, 15), "hold", utc(2026, 3, 5, 14, 15), False, "dated by its source"),
        (utc(2026, 3, 5, 14, 16), "hold", utc(2026, 3, 5, 14, 16), True, f"dated 2026-03-05, {HELD}"),
        (utc(2026, 3, 6, 6), "hold", utc(2026, 3, 6, 6), True, f"dated 2026-03-06, {HELD}"),
        (utc(2206, 3, 5), "clamp", NOW, False, f"dated 2206-03-04, {SHOWN}"),
        (None, "hold", utc(2026, 3, 5, 14, 0, 2), False, UNDATED),
        (date(1, 1, 1), "hold", utc(2026, 3, 5, 14, 0, 2), False, UNDATED),
        (
            wall(9999, 12, 31),
            "clamp",
            utc(2026, 3, 5, 14, 0, 2),
            False,
            UNDATED,
        ),
    ],
)
def test_f35_decide_date(
    published: date | None, future: Literal["hold", "clamp"], at: datetime, held: bool, reason: str
) -> None:
    """Days up to one ahead stand, instants up to 15 minutes; later ones are held or shown as of today."""
    decision = decide_date(published, zone=NEW_YORK, now=NOW, nth=2, future=future)
    assert (decision.published_at, decision.reason) == (at, reason)
    assert decision.held_until == (at if held else None)
    assert decision.published_on == at.astimezone(NEW_YORK).date()
    assert decision.date_only is not isinstance(published, datetime) or published == wall(9999, 12, 31)


def test_holding_is_the_default() -> None:
    """An embargo that nobody configured is kept."""
    assert decide_date(date(2026, 4, 1), zone=NEW_YORK, now=NOW, nth=0).held_until == utc(2026, 4, 1, 16)


@given(st.none() | st.dates() | st.datetimes(timezones=st.none() | st.timezones()), st.sampled_from(["hold", "clamp"]))
def test_every_date_is_decided(published: date | None, future: Literal["hold", "clamp"]) -> None:
    """No date that a source can write stops the reading, and none that is not held is more than a day ahead."""
    decision = decide_date(published, zone=NEW_YORK, now=NOW, nth=0, future=future)
    assert decision.published_at.utcoffset() == timedelta(0)
    assert decision.held_until is not None or decision.published_on <= date(2026, 3, 6)


@pytest.mark.parametrize(
    ("published", "real"),
    [
        (None, None),
        (date(1970, 1, 1), None),
        (utc(1970, 1, 1), None),
        (wall(1970, 1, 1), None),
        (datetime(1969, 12, 31, 19, tzinfo=timezone(timedelta(hours=-5))), None),
        (date(1961, 5, 28), date(1961, 5, 28)),
        (wall(1961, 5, 28), utc(1961, 5, 28)),
        (date(9999, 12, 31), None),
    ],
)
def test_real_date(published: date | None, real: date | None) -> None:
    """Year 1, the epoch and year 9999 are what programs write for "no date"."""
    assert real_date(published) == real


def test_order_for_store() -> None:
    """Oldest first; on one date what is higher on the page is newer; the undated are newest."""

    def item(title: str, published: date | None) -> ParsedItem:
        return ParsedItem(title=title, published=published)

    page = (
        item("undated above", None),
        item("today, later", date(2026, 3, 5)),
        item("today, earlier", date(2026, 3, 5)),
        item("undated below", None),
        item("this morning", utc(2026, 3, 5, 8)),
        item("long ago", date(1999, 1, 1)),
        item("yesterday evening", wall(2026, 3, 4, 20)),
    )
    assert [one.title for one in order_for_store(page)] == [
        "long ago",
        "yesterday evening",
        "this morning",
        "today, earlier",
        "today, later",
        "undated below",
        "undated above",
    ]


@pytest.mark.parametrize(
    ("first_seen_at", "at", "date_only", "undated"),
    [
        pytest.param(NOW, NOW, True, True, id="first seen"),
        pytest.param(NOW, NOW + timedelta(seconds=700), True, True, id="the 700th of its reading"),
        pytest.param(NOW, utc(2026, 3, 5, 17), True, False, id="dated today"),
        pytest.param(NOW, utc(2026, 3, 2, 17), True, False, id="dated before"),
        pytest.param(NOW, NOW, False, False, id="with a time"),
        pytest.param(utc(2026, 3, 5, 17), utc(2026, 3, 5, 17, 0, 3), True, False, id="at noon nobody knows"),
    ],
)
def test_is_undated(
    make_item: Callable[..., Item], first_seen_at: datetime, at: datetime, date_only: bool, undated: bool
) -> None:
    """An item without a date stands within an hour of its first sight, and not where a date would stand."""
    item = make_item(first_seen_at=first_seen_at, published_at=at, date_only=date_only)
    assert is_undated(item, NEW_YORK) is undated
