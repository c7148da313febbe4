"""Words: dates and cadences as a digest spells them, the same on every machine."""

from datetime import date

from digest.model.mailing import Cadence, Schedule

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def write_day(day: date) -> str:
    """Return a date in words: `12 July 2020`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def write_weekday(day: date) -> str:
    """Return a date in words with its weekday: `Sunday, 12 July 2020`."""
    return f"{_WEEKDAYS[day.weekday()]}, {write_day(day)}"


def write_cadence(cadence: Cadence, schedule: Schedule) -> str:
    """Return how often a digest comes; the weekday of a weekly one is known only where the list itself is weekly."""
    if cadence is Cadence.WEEKLY and schedule.cadence is Cadence.WEEKLY:
        return f"every {_WEEKDAYS[schedule.weekday]}"
    return {
        Cadence.IMMEDIATE: "as soon as there is news",
        Cadence.DAILY: "every day",
        Cadence.WEEKDAYS: "every weekday",
        Cadence.WEEKLY: "once a week",
    }[cadence]


def write_kind(kind_id: str) -> str:
    """Return a label for a kind that has none: `press-release` becomes `Press release`."""
    words = kind_id.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
