"""Over twenty years, ten zones and all times of day, no slot comes twice and none is lost."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from digest.editions.calendar import covers_days, due_slots, expires_at, next_slot, slot_at
from digest.model.edition import Slot
from digest.model.mailing import Cadence, CatchUp, Schedule

# Gaps and folds of an hour and of half of one, at midnight and over it, both hemispheres, a date left out, a rule
# turned round (Casablanca), none at all.
ZONES = (
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Cairo",
    "America/Havana",
    "Asia/Beirut",
    "America/Nuuk",
    "Africa/Casablanca",
    "Asia/Kathmandu",
)
HOUR = timedelta(hours=1)

zones = st.sampled_from(ZONES)
edges = st.sampled_from([time(0, 0), time(0, 30), time(1, 30), time(2, 15), time(2, 30), time(23, 45)])
times = edges | st.builds(time, st.integers(0, 23), st.integers(0, 59))
dates = st.dates(date(2010, 1, 1), date(2030, 12, 31))
schedules = st.builds(
    Schedule,
    st.sampled_from([Cadence.DAILY, Cadence.WEEKDAYS, Cadence.WEEKLY]),
    times,
    st.integers(0, 6),
)
APIA = date(2011, 12, 25)


def at_noon(on: date) -> datetime:
    """Return noon UTC of a date."""
    return datetime.combine(on, time(12), UTC)


def upcoming(schedule: Schedule, zone: str, now: datetime, count: int) -> list[Slot]:
    """Return the next slots, each found from the instant of the one before."""
    slots: list[Slot] = []
    for _ in range(count):
        slots.append(next_slot(schedule, zone, slots[-1].at if slots else now))
    return slots


@given(times, zones, dates)
@example(time(7), "Pacific/Apia", APIA)
@example(time(0, 30), "Pacific/Apia", APIA)
@example(time(23, 30), "America/Nuuk", date(2026, 3, 25))
@example(time(2, 30), "America/New_York", date(2026, 3, 5))
def test_f37_daily_slots_are_a_day_apart(at: time, zone: str, on: date) -> None:
    """Between two daily slots lie 22 to 26 hours, and their dates follow each other but for the date left out."""
    slots = upcoming(Schedule(Cadence.DAILY, at), zone, at_noon(on), 9)
    for one, other in pairwise(slots):
        assert 22 * HOUR <= other.at - one.at <= 26 * HOUR
        days = (date.fromisoformat(other.key) - date.fromisoformat(one.key)).days
        assert days == 1 or (days, other.key) == (2, "2011-12-31")


@given(schedules, zones, dates)
@example(Schedule(Cadence.WEEKLY, time(7), 4), "Pacific/Apia", APIA)
def test_slots_rise(schedule: Schedule, zone: str, on: date) -> None:
    """The next slot is after now and the first such; keys and instants rise together, weekdays are kept."""
    now = at_noon(on)
    slots = upcoming(schedule, zone, now, 4)
    assert slots == sorted(slots)
    assert all(slot.at == slot_at(schedule, zone, date.fromisoformat(slot.key)) for slot in slots)
    assert all(one.at < other.at for one, other in pairwise([Slot("", zone, now), *slots]))
    weekdays = {date.fromisoformat(slot.key).weekday() for slot in slots}
    assert weekdays <= {Cadence.WEEKLY: {schedule.weekday}, Cadence.WEEKDAYS: set(range(5))}.get(
        schedule.cadence, set(range(7))
    )


@given(schedules, zones, dates, st.lists(st.integers(-200, 3_000), min_size=1, max_size=40))
@example(Schedule(Cadence.DAILY, time(7)), "Pacific/Apia", APIA, [360] * 40)
def test_f36_every_slot_is_served_once(schedule: Schedule, zone: str, on: date, steps: list[int]) -> None:
    """However often the clock is asked, and though it jumps back, each slot is served once and none is skipped."""
    since = now = at_noon(on)
    after: str | None = None
    served: list[str] = []
    covered = 0
    latest = now
    for minutes in steps:
        now += timedelta(minutes=minutes)
        latest = max(now, latest)
        for slot in due_slots(schedule, zone, after=after, since=since, now=now, catch_up=CatchUp.MERGE):
            assert since < slot.at <= now
            served.append(slot.key)
            covered += slot.missed + 1
            after = slot.key
    assert served == sorted(set(served))
    expected = [slot for slot in upcoming(schedule, zone, since, covered + 1) if slot.at <= latest]
    assert covered == len(expected)
    assert served[-1:] == [slot.key for slot in expected[-1:]]


@given(schedules, zones, dates, st.integers(0, 60 * 24), st.sampled_from(CatchUp))
def test_f42_catching_up(schedule: Schedule, zone: str, on: date, hours: int, catch_up: CatchUp) -> None:
    """Merged, each and skipped speak of the same slots: all that are due are stood for, or none when skipped."""
    since = at_noon(on)
    now = since + hours * HOUR
    merged = due_slots(schedule, zone, after=None, since=since, now=now, catch_up=CatchUp.MERGE)
    slots = due_slots(schedule, zone, after=None, since=since, now=now, catch_up=catch_up)
    total = sum(slot.missed + 1 for slot in merged)
    assert sum(slot.missed + 1 for slot in slots) == total or (catch_up is CatchUp.SKIP and slots == ())
    assert slots == () or slots[-1].key == merged[-1].key
    assert len(slots) <= 31
    assert list(slots) == sorted(slots)


@given(schedules, zones, dates)
def test_an_edition_expires_before_the_next(schedule: Schedule, zone: str, on: date) -> None:
    """An edition can be handed over for 22 hours or more, and never when the next one is due."""
    one, other = upcoming(schedule, zone, at_noon(on), 2)
    expires = expires_at(schedule, zone, one)
    assert 22 * HOUR <= expires - one.at <= 36 * HOUR
    assert expires <= other.at
    assert covers_days(schedule, one) in ({1, 3} if schedule.cadence is Cadence.WEEKDAYS else {1, 7})
