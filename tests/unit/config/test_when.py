from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.when import nearest_schedule, parse_duration, parse_schedule
from digest.model.mailing import Cadence, Schedule


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", timedelta(seconds=30)),
        ("45 sec", timedelta(seconds=45)),
        ("15 min", timedelta(minutes=15)),
        ("1 minute", timedelta(minutes=1)),
        ("1 h", timedelta(hours=1)),
        ("2 hours", timedelta(hours=2)),
        ("1 day", timedelta(days=1)),
        ("  2   Days ", timedelta(days=2)),
    ],
)
def test_duration(text: str, expected: timedelta) -> None:
    """Durations are read as people write them."""
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "15", "min", "15 m", "-1 h", "1.5 h", "1 h 30 min", "0 s", "367 days", "١٥ min"])
def test_duration_refused(text: str) -> None:
    """What is ambiguous, nothing, or longer than a year is no duration."""
    with pytest.raises(ValueError, match="`"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily at 07:00", Schedule(Cadence.DAILY, time(7))),
        ("Daily at 7:05", Schedule(Cadence.DAILY, time(7, 5))),
        ("weekdays at 18:30", Schedule(Cadence.WEEKDAYS, time(18, 30))),
        ("weekly on mon at 07:00", Schedule(Cadence.WEEKLY, time(7), 0)),
        ("weekly on sunday at 23:59", Schedule(Cadence.WEEKLY, time(23, 59), 6)),
        ("immediately", Schedule(Cadence.IMMEDIATE, time(0))),
        ("immediate", Schedule(Cadence.IMMEDIATE, time(0))),
    ],
)
def test_schedule(text: str, expected: Schedule) -> None:
    """Send times are read as people write them."""
    assert parse_schedule(text) == expected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("daily", "daily at 07:00"),
        ("7:30", "daily at 07:30"),
        ("daily at 24:00", "daily at 07:00"),
        ("every weekday at 18:15", "weekdays at 18:15"),
        ("weekly at 09:00", "weekly on mon at 09:00"),
        ("weekly on tues at 09:00", "weekly on tue at 09:00"),
        ("Fridays 9:00", "weekly on fri at 09:00"),
        ("weekly on xyz at 07:00", "weekly on mon at 07:00"),
    ],
)
def test_schedule_refused(text: str, meant: str) -> None:
    """What is no send time is refused, and the nearest one is known."""
    with pytest.raises(ValueError, match="`"):
        parse_schedule(text)
    assert nearest_schedule(text) == meant


@given(st.text(max_size=30))
def test_nearest_schedule_can_be_read(text: str) -> None:
    """Whatever an operator wrote, the send time that is suggested is one."""
    parse_schedule(nearest_schedule(text))
