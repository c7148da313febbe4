"""Durations and send times as people write them: `15 min`, `2 hours`; `daily at 07:00`, `weekly on mon at 07:00`."""

import re
from datetime import time, timedelta

from digest.model.mailing import Cadence, Schedule

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), timedelta(seconds=1)),
    **dict.fromkeys(("min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
}
_DURATION = re.compile(r"([0-9]{1,6}) ?([a-z]+)")
_LONGEST = timedelta(days=366)
_CLOCK = re.compile(r"(?<![0-9])([01]?[0-9]|2[0-3]):([0-5][0-9])")
_SEND = re.compile(r"(?:(daily|weekdays)|weekly on (?P<day>[a-z]+)) at (?P<clock>\S+)")


def parse_duration(text: str) -> timedelta:
    """Read a number and a unit, from one second to 366 days.

    Raises:
        ValueError: with a sentence for the operator.
    """
    found = _DURATION.fullmatch(" ".join(text.lower().split()))
    if found is None or found[2] not in _UNITS:
        raise ValueError(f"`{text}` is not a duration: a number and s, min, h or days")
    number = int(found[1])
    if not timedelta(0) < number * _UNITS[found[2]] <= _LONGEST:
        raise ValueError(f"`{text}` is not between 1 s and 366 days")
    return number * _UNITS[found[2]]


def parse_schedule(text: str) -> Schedule:
    """Read when a list goes out; times are local wall time, 24 hours. `immediately` has 00:00, which means nothing.

    Raises:
        ValueError: with a sentence for the operator.
    """
    plain = " ".join(text.lower().split())
    if plain in ("immediately", "immediate"):
        return Schedule(Cadence.IMMEDIATE, time(0, 0))
    found = _SEND.fullmatch(plain)
    if found is None:
        raise ValueError(f"`{text}` is not a send time")
    at = _parse_clock(found["clock"])
    if found["day"]:
        return Schedule(Cadence.WEEKLY, at, _parse_weekday(found["day"]))
    return Schedule(Cadence(found[1]), at)


def nearest_schedule(text: str) -> str:
    """Return the send time that a wrong text seems to mean, in the form that `parse_schedule` reads."""
    plain = text.lower()
    clock = _CLOCK.search(plain)
    at = f"{int(clock[1]):02}:{clock[2]}" if clock else "07:00"
    if "weekday" in plain or "workday" in plain:
        return f"weekdays at {at}"
    day = next((day[:3] for day in WEEKDAYS if re.search(rf"\b{day[:3]}", plain)), None)
    if day or "week" in plain:
        return f"weekly on {day or 'mon'} at {at}"
    return f"daily at {at}"


def _parse_clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(f"`{text}` is not a time of day from 00:00 to 23:59")
    return time(int(found[1]), int(found[2]))


def _parse_weekday(text: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if text in (name, name[:3]):
            return number
    raise ValueError(f"`{text}` is not a day of the week: {', '.join(name[:3] for name in WEEKDAYS)}")
