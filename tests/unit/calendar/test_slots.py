"""Which instant a slot has, and which slots are due: rows F36 to F42 of the fault table."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.editions.calendar import covers_days, due_slots, expires_at, next_slot, slot_at
from digest.model.edition import Slot
from digest.model.mailing import Cadence, CatchUp, Schedule

LONDON = "Europe/London"
MONDAY = date(2026, 1, 5)
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def schedule(cadence: Cadence, at: str = "07:00", weekday: int = 0) -> Schedule:
    """Return a schedule with a wall time as people write it."""
    return Schedule(cadence, time.fromisoformat(at), weekday)


DAILY = schedule(Cadence.DAILY)
WEEKDAYS = schedule(Cadence.WEEKDAYS)
WEEKLY = schedule(Cadence.WEEKLY)
IMMEDIATE = schedule(Cadence.IMMEDIATE, "00:00")


def utc(text: str) -> datetime:
    """Return the UTC instant that a text like `2026-01-05 07:00` names."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(
    plan: Schedule,
    now: str,
    *,
    zone: str = LONDON,
    after: str | None = None,
    since: datetime = LONG_AGO,
    catch_up: CatchUp = CatchUp.MERGE,
) -> list[tuple[str, int]]:
    """Return keys and missed counts of the slots due at a UTC time."""
    slots = due_slots(plan, zone, after=after, since=since, now=utc(now), catch_up=catch_up)
    return [(slot.key, slot.missed) for slot in slots]


@pytest.mark.parametrize(
    ("zone", "at", "on", "instant", "local"),
    [
        pytest.param("America/New_York", "02:30", "2026-03-08", "2026-03-08 07:30", "03:30", id="f37-new-york"),
        pytest.param("Europe/London", "01:30", "2026-03-29", "2026-03-29 01:30", "02:30", id="f37-london"),
        pytest.param("Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-03 15:45", "02:45", id="f37-half-hour"),
        pytest.param("America/New_York", "01:30", "2026-11-01", "2026-11-01 05:30", "01:30", id="f38-new-york"),
        pytest.param("Europe/London", "01:30", "2026-10-25", "2026-10-25 00:30", "01:30", id="f38-london"),
        pytest.param("Australia/Lord_Howe", "01:45", "2026-04-05", "2026-04-04 14:45", "01:45", id="f38-half-hour"),
        pytest.param("Africa/Cairo", "00:00", "2026-04-24", "2026-04-23 22:00", "01:00", id="f40-cairo-midnight"),
        pytest.param("Asia/Beirut", "00:30", "2026-03-29", "2026-03-28 22:30", "01:30", id="f40-beirut-midnight"),
        pytest.param("America/Havana", "00:00", "2026-03-08", "2026-03-08 05:00", "01:00", id="f40-havana-midnight"),
        pytest.param("America/Havana", "00:30", "2026-11-01", "2026-11-01 04:30", "00:30", id="f40-havana-repeated"),
        pytest.param("America/Nuuk", "23:30", "2026-03-28", "2026-03-29 01:30", "00:30", id="f40-gap-over-midnight"),
        pytest.param("Pacific/Apia", "07:00", "2011-12-30", "2011-12-30 17:00", "07:00", id="f40-missing-date"),
        pytest.param("Europe/London", "07:00", "2028-02-29", "2028-02-29 07:00", "07:00", id="f41-leap-day"),
    ],
)
def test_slot_at(zone: str, at: str, on: str, instant: str, local: str) -> None:
    """A time in a gap is shifted by the gap, a repeated one is the first, a missing date falls into the next."""
    found = slot_at(schedule(Cadence.DAILY, at), zone, date.fromisoformat(on))
    assert found == utc(instant)
    assert found.astimezone(ZoneInfo(zone)).time() == time.fromisoformat(local)


@pytest.mark.parametrize(
    ("plan", "now", "keys"),
    [
        pytest.param(DAILY, "2026-01-05 06:59", ["2026-01-04"], id="not-yet"),
        pytest.param(DAILY, "2026-01-05 07:00", ["2026-01-05"], id="on-the-minute"),
        pytest.param(WEEKDAYS, "2026-01-04 12:00", ["2026-01-02"], id="sunday"),
        pytest.param(WEEKDAYS, "2026-01-05 12:00", ["2026-01-05"], id="monday"),
        pytest.param(WEEKLY, "2026-01-11 12:00", ["2026-01-05"], id="week"),
        pytest.param(IMMEDIATE, "2026-01-11 12:00", [], id="immediate"),
    ],
)
def test_due(plan: Schedule, now: str, keys: list[str]) -> None:
    """The latest slot that has come is due, by weekday where the schedule says so."""
    assert [key for key, _ in due(plan, now, since=utc("2025-12-28 12:00"))] == keys


def test_key_zone_and_instant() -> None:
    """A slot names its local date, its zone and its UTC instant."""
    slots = due_slots(
        DAILY,
        "Pacific/Auckland",
        after="2026-01-04",
        since=LONG_AGO,
        now=utc("2026-01-05 00:00"),
        catch_up=CatchUp.MERGE,
    )
    assert slots == (Slot("2026-01-05", "Pacific/Auckland", utc("2026-01-04 18:00")),)


def test_done_is_not_due() -> None:
    """A slot that was done is not due again, nor is any before it."""
    assert due(DAILY, "2026-01-05 07:00", after="2026-01-05") == []
    assert due(DAILY, "2026-01-06 07:00", after="2026-01-05") == [("2026-01-06", 0)]


def test_nothing_from_before_the_list() -> None:
    """Slots at or before the instant since when anybody waits are never due."""
    assert due(DAILY, "2026-01-05 23:00", since=utc("2026-01-05 07:00")) == []
    assert due(DAILY, "2026-01-05 23:00", since=utc("2026-01-05 06:59")) == [("2026-01-05", 0)]
    assert due(DAILY, "2026-01-05 23:00", after="2026-01-01", since=utc("2026-01-04 06:59")) == [("2026-01-05", 1)]


def test_f36_clock_jumps() -> None:
    """A clock that jumps back brings no date again, one that jumps forward brings each date once."""
    assert due(DAILY, "2026-01-05 10:00", after="2026-01-04") == [("2026-01-05", 0)]
    assert due(DAILY, "2026-01-05 06:00", after="2026-01-05") == []
    assert due(DAILY, "2026-01-05 09:00", after="2026-01-05") == []
    assert due(DAILY, "2025-12-01 09:00", after="2026-01-05") == []


@pytest.mark.parametrize(
    ("zone", "done", "now", "keys"),
    [
        pytest.param("America/Los_Angeles", "2026-03-05", "2026-03-05 16:00", [], id="west: its own date was done"),
        pytest.param("America/Los_Angeles", "2026-03-05", "2026-03-06 15:00", ["2026-03-06"], id="west: the next one"),
        pytest.param("Pacific/Auckland", "2026-03-05", "2026-03-05 18:00", ["2026-03-06"], id="east: sooner"),
    ],
)
def test_f39_zone_of_a_list_changes(zone: str, done: str, now: str, keys: list[str]) -> None:
    """After a change of zone every date still runs at most once, and the next one is not skipped."""
    assert [key for key, _ in due(DAILY, now, zone=zone, after=done)] == keys


def test_f40_missing_date_is_no_slot_of_its_own() -> None:
    """Samoa had no 30 December 2011: one daily edition on the 31st, not two at one instant, and nothing missed."""
    for catch_up in CatchUp:
        for after in ("2011-12-29", "2011-12-30"):
            found = due(DAILY, "2011-12-30 17:30", zone="Pacific/Apia", after=after, catch_up=catch_up)
            assert found == [("2011-12-31", 0)]
    assert next_slot(DAILY, "Pacific/Apia", utc("2011-12-29 17:00")) == Slot(
        "2011-12-31", "Pacific/Apia", utc("2011-12-30 17:00")
    )


def test_f40_weekly_on_a_missing_date() -> None:
    """A weekly edition on the date that a zone left out goes out at the next existing instant, once."""
    friday = schedule(Cadence.WEEKLY, weekday=4)
    slot = Slot("2011-12-30", "Pacific/Apia", utc("2011-12-30 17:00"))
    assert next_slot(friday, "Pacific/Apia", utc("2011-12-23 17:00")) == slot
    assert due(friday, "2012-01-02 00:00", zone="Pacific/Apia", after="2011-12-23") == [("2011-12-30", 0)]
    assert next_slot(WEEKDAYS, "Pacific/Apia", utc("2011-12-29 17:00")) == slot


def test_f40_slot_shifted_over_midnight() -> None:
    """A slot that a gap shifts into the next date is found from there too, whether asked before or after it."""
    friday = schedule(Cadence.WEEKLY, weekday=4)
    on_saturday = utc("2011-12-30 12:00")
    assert next_slot(friday, "Pacific/Apia", on_saturday).key == "2011-12-30"
    assert due(friday, "2011-12-30 18:00", zone="Pacific/Apia", since=on_saturday) == [("2011-12-30", 0)]


def test_f41_week_53() -> None:
    """Weekly goes by weekday: from 28 December 2026 (week 53) to 4 January 2027 it is seven days like ever."""
    first = next_slot(WEEKLY, LONDON, utc("2026-12-22 00:00"))
    second = next_slot(WEEKLY, LONDON, first.at)
    assert (first.key, second.key) == ("2026-12-28", "2027-01-04")


def test_f41_leap_day() -> None:
    """29 February is a date like others, with a stable key."""
    assert due(DAILY, "2028-02-29 07:00", after="2028-02-28") == [("2028-02-29", 0)]
    assert due(DAILY, "2028-03-01 07:00", after="2028-02-29") == [("2028-03-01", 0)]


@pytest.mark.parametrize(
    ("catch_up", "now", "slots"),
    [
        pytest.param(CatchUp.MERGE, "2026-01-08 09:00", [("2026-01-08", 2)], id="merge"),
        pytest.param(
            CatchUp.EACH, "2026-01-08 09:00", [("2026-01-06", 0), ("2026-01-07", 0), ("2026-01-08", 0)], id="each"
        ),
        pytest.param(CatchUp.SKIP, "2026-01-08 09:00", [], id="skip-late"),
        pytest.param(CatchUp.SKIP, "2026-01-08 08:00", [("2026-01-08", 2)], id="skip-within-grace"),
        pytest.param(CatchUp.SKIP, "2026-01-05 09:00", [], id="skip-nothing-due"),
    ],
)
def test_f42_asleep(catch_up: CatchUp, now: str, slots: list[tuple[str, int]]) -> None:
    """After three days asleep: one edition for all, one each, or none until the next slot comes."""
    assert due(DAILY, now, after="2026-01-05", catch_up=catch_up) == slots


def test_each_is_bounded() -> None:
    """After a year asleep a month of editions is due one by one; the oldest stands for all before."""
    found = due(DAILY, "2026-12-31 12:00", after="2025-12-31", catch_up=CatchUp.EACH)
    assert len(found) == 31
    assert found[0] == ("2026-12-01", 334)
    assert {missed for _, missed in found[1:]} == {0}


@pytest.mark.parametrize(
    ("plan", "key", "missed", "days"),
    [
        (DAILY, "2026-01-05", 0, 1),
        (DAILY, "2026-01-05", 2, 3),
        (WEEKLY, "2026-01-05", 1, 14),
        (WEEKDAYS, "2026-01-05", 0, 3),
        (WEEKDAYS, "2026-01-06", 0, 1),
        (WEEKDAYS, "2026-01-06", 1, 4),
        (IMMEDIATE, "4711", 0, 1),
    ],
)
def test_covers_days(plan: Schedule, key: str, missed: int, days: int) -> None:
    """An edition speaks for its own period and for those of the slots it stands for; Monday's holds the weekend."""
    assert covers_days(plan, Slot(key, LONDON, utc("2026-01-05 07:00"), missed)) == days


@pytest.mark.parametrize(
    ("plan", "hours"),
    [(DAILY, 24), (WEEKDAYS, 24), (WEEKLY, 36), (IMMEDIATE, 36)],
)
def test_expires_at(plan: Schedule, hours: int) -> None:
    """An edition expires at the next slot, or after 36 hours if that is earlier."""
    slot = Slot("2026-01-05", LONDON, utc("2026-01-05 07:00"))
    assert expires_at(plan, LONDON, slot) - slot.at == timedelta(hours=hours)


def test_immediate_has_no_next_slot() -> None:
    """The calendar does not know when something new comes, and says so."""
    with pytest.raises(ValueError, match="goes out when there is something new"):
        next_slot(IMMEDIATE, LONDON, LONG_AGO)
