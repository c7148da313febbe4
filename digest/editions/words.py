"""Words: dates, cadences and writing directions as a digest spells them, the same on every machine."""

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
_RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"])
_RIGHT_TO_LEFT_SCRIPTS = frozenset(["adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"])


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


def find_direction(language: str) -> str:
    """Return `rtl` or `ltr`, by the script of a BCP 47 tag where it names one, else by its language."""
    primary, *rest = language.lower().replace("_", "-").split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if primary in _RIGHT_TO_LEFT else "ltr"
