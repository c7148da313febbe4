"""Words are the same on every machine."""

from datetime import date, time

import pytest

from digest.editions.words import write_cadence, write_day, write_kind, write_weekday
from digest.model.mailing import Cadence, Schedule

DAILY = Schedule(Cadence.DAILY, time(7))
WEEKLY = Schedule(Cadence.WEEKLY, time(7), weekday=4)


def test_dates() -> None:
    """Dates are written in words, without a leading zero."""
    assert write_day(date(2020, 7, 1)) == "1 July 2020"
    assert write_weekday(date(2020, 7, 13)) == "Monday, 13 July 2020"


@pytest.mark.parametrize(
    ("cadence", "schedule", "expected"),
    [
        (Cadence.IMMEDIATE, DAILY, "as soon as there is news"),
        (Cadence.DAILY, DAILY, "every day"),
        (Cadence.WEEKDAYS, DAILY, "every weekday"),
        (Cadence.WEEKLY, DAILY, "once a week"),
        (Cadence.WEEKLY, WEEKLY, "every Friday"),
    ],
)
def test_cadence(cadence: Cadence, schedule: Schedule, expected: str) -> None:
    """A cadence is said in words, with the weekday where the list has one."""
    assert write_cadence(cadence, schedule) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("press-release", "Press release"), ("open_letter", "Open letter"), ("", "")]
)
def test_kind(kind: str, expected: str) -> None:
    """A kind without a label is named by its id."""
    assert write_kind(kind) == expected
