"""Which editions are due: slots are local dates, so a shifted clock can neither skip one nor bring it twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.model.edition import Slot
from digest.model.mailing import Cadence, CatchUp, Schedule

MOST_AT_ONCE = 31
"""Slots that `catch_up: each` makes up for one by one: a month of daily editions."""

GRACE = timedelta(hours=1)
"""How late a slot may be and still not count as missed with `catch_up: skip`: an hour of restarts and updates."""

LATEST = timedelta(hours=36)
"""After this an edition is not worth handing over: its items are in the next one."""

_DAY = timedelta(days=1)
_LONGEST_PERIOD_DAYS = 8  # a week, and a date that a zone left out


def slot_at(schedule: Schedule, zone: str, on: date) -> datetime:
    """Return the UTC instant at which the schedule's wall time falls on a local date.

    In a gap of the clock the instant is shifted by the gap (02:30 becomes 03:30), and for a date that a zone left out
    into the next one; of a repeated hour it is the first.
    """
    # PEP 495: fold=0 reads a time in a gap with the offset before it, which is that shift.
    return datetime.combine(on, schedule.at, ZoneInfo(zone)).astimezone(UTC)


def due_slots(
    schedule: Schedule, zone: str, *, after: str | None, since: datetime, now: datetime, catch_up: CatchUp
) -> tuple[Slot, ...]:
    """Return the slots that are due and not done, oldest first; none for the immediate cadence.

    `after` is the key of the last slot done in this cadence and zone, None before the first. `since` is when anybody
    first waited for it: slots at or before are never due. Merged, the latest slot stands for all. One each, the last
    `MOST_AT_ONCE` are due and the oldest of them stands for those before. Skipped, the latest is due only within
    `GRACE`. A slot's `missed` counts those that it stands for besides itself.
    """
    due = _open_slots(schedule, zone, after, since, now)
    if catch_up is CatchUp.EACH:
        return _merge_oldest(due, MOST_AT_ONCE)
    latest = _merge_oldest(due, 1)
    if catch_up is CatchUp.SKIP and latest and now - latest[0].at > GRACE:
        return ()
    return latest


def next_slot(schedule: Schedule, zone: str, now: datetime) -> Slot:
    """Return the first slot after an instant.

    Raises:
        ValueError: the schedule is immediate: its slots are made by items, not by the calendar.
    """
    if schedule.cadence is Cadence.IMMEDIATE:
        raise ValueError("an immediate list has no next slot: it goes out when there is something new")
    today = now.astimezone(ZoneInfo(zone)).date()
    slots = _slots(schedule, zone, today - _DAY, today + _LONGEST_PERIOD_DAYS * _DAY)
    return next(slot for slot in slots if slot.at > now)


def covers_days(schedule: Schedule, slot: Slot) -> int:
    """Return how many days an edition speaks for: its own period and those of the slots it stands for.

    On weekdays, Monday's period is three days: nothing went out on Saturday and Sunday.
    """
    if schedule.cadence is Cadence.WEEKDAYS:
        on = date.fromisoformat(slot.key)
        return (on - _weekdays_before(on, slot.missed + 1)).days
    return (slot.missed + 1) * schedule.cadence.period_days


def expires_at(schedule: Schedule, zone: str, slot: Slot) -> datetime:
    """Return when a slot's edition is no longer handed over: at the next slot, or after `LATEST` if that is earlier."""
    latest = slot.at + LATEST
    if schedule.cadence is Cadence.IMMEDIATE:
        return latest
    return min(latest, next_slot(schedule, zone, slot.at).at)


def _open_slots(schedule: Schedule, zone: str, after: str | None, since: datetime, now: datetime) -> list[Slot]:
    local = ZoneInfo(zone)
    # A day earlier: a gap can shift a slot over midnight, forwards only.
    start = since.astimezone(local).date() - _DAY
    if after is not None:
        start = max(start, date.fromisoformat(after) + _DAY)
    end = now.astimezone(local).date()
    return [slot for slot in _slots(schedule, zone, start, end) if since < slot.at <= now]


def _slots(schedule: Schedule, zone: str, start: date, end: date) -> Iterator[Slot]:
    """Yield the slots of the local dates from start to end, in their order."""
    for number in range((end - start).days + 1):
        on = start + number * _DAY
        if not _falls_on(schedule, on):
            continue
        at = slot_at(schedule, zone, on)
        # A date that a zone left out shares its instant with the date after: one slot, the later.
        if not (_falls_on(schedule, on + _DAY) and slot_at(schedule, zone, on + _DAY) <= at):
            yield Slot(on.isoformat(), zone, at)


def _falls_on(schedule: Schedule, on: date) -> bool:
    if schedule.cadence is Cadence.WEEKDAYS:
        return on.weekday() < 5
    if schedule.cadence is Cadence.WEEKLY:
        return on.weekday() == schedule.weekday
    return schedule.cadence is Cadence.DAILY


def _merge_oldest(slots: list[Slot], most: int) -> tuple[Slot, ...]:
    kept = slots[-most:]
    return tuple(replace(slot, missed=len(slots) - len(kept)) if slot is kept[0] else slot for slot in kept)


def _weekdays_before(on: date, count: int) -> date:
    while count:
        on -= _DAY
        count -= on.weekday() < 5
    return on
