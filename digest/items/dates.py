"""When an item was published: its place in time, in the store's order, and what becomes of a date in the future."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from digest.model.item import Item, ParsedItem

_NOON = time(12)
_AHEAD = timedelta(days=1)
"""What zones explain: a date alone that is this far ahead is no date in the future."""

_CLOCKS = timedelta(minutes=15)
"""What clocks explain: an instant this far ahead is none in the future."""

_MOST_UNDATED = timedelta(hours=1)
"""Undated items of one reading stand a second apart from when they were first seen."""

_LAST_SECOND = 12 * 60 * 60 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DateDecision:
    """When an item counts as published: a date in the newsroom's zone, its aware UTC instant, and why.

    `held_until` is set on an item that no surface may show before that UTC instant.
    """

    published_on: date
    published_at: datetime
    date_only: bool
    reason: str
    held_until: datetime | None = None


def real_date(published: date | datetime | None) -> date | datetime | None:
    """Return the date if it can be one: None for what programs write for "no date" (year 1, 1970-01-01, year 9999).

    A datetime without a zone counts as UTC.
    """
    if published is None or not 1900 <= published.year < 9000:
        return None
    if isinstance(published, datetime):
        instant = published if published.tzinfo else published.replace(tzinfo=UTC)
        return None if instant == _EPOCH else instant
    return None if published == _EPOCH.date() else published


def place_in_time(published: date | datetime, *, zone: ZoneInfo, nth: int) -> tuple[date, datetime, bool]:
    """Return date in the zone, aware UTC instant, and whether the source gave just a date.

    A date alone stands at noon in the zone, `nth` seconds later where the store already has that many items of this
    source and date (the oldest first), so that no two are equal. A datetime without a zone is wall time there.

    Raises:
        OverflowError: the date is at an end of the calendar; `decide_date` takes such a date for none.
    """
    if isinstance(published, datetime):
        instant = published if published.tzinfo else published.replace(tzinfo=zone)
        return instant.astimezone(zone).date(), instant.astimezone(UTC), False
    noon = datetime.combine(published, _NOON, zone).astimezone(UTC)
    return published, noon + timedelta(seconds=min(nth, _LAST_SECOND)), True


def decide_date(
    published: date | datetime | None,
    *,
    zone: ZoneInfo,
    now: datetime,
    nth: int,
    future: Literal["hold", "clamp"] = "hold",
) -> DateDecision:
    """Decide when an item counts as published; `nth` as for `place_in_time`, or among the undated of its reading.

    Undated: first seen, which is `now`, to be stored once. In the future (`is_ahead`): held until then as under
    embargo, or with `clamp` shown as of today. Hold is the default: an item held by a wrong date can be let go, one
    shown before its embargo cannot be called back.
    """
    today = now.astimezone(zone).date()
    real = real_date(published)
    if published is None or real is None:
        seen_at = now.astimezone(UTC) + timedelta(seconds=nth)
        return DateDecision(today, seen_at, True, "undated: it counts from when it was first seen")
    on, at, date_only = place_in_time(published, zone=zone, nth=nth)
    if not is_ahead(on, at, date_only, zone=zone, now=now):
        return DateDecision(on, at, date_only, "dated by its source")
    if future == "hold":
        return DateDecision(on, at, date_only, f"dated {on}, in the future: held until then", held_until=at)
    shown_on, shown_at, _ = place_in_time(today if date_only else now, zone=zone, nth=nth)
    return DateDecision(shown_on, shown_at, date_only, f"dated {on}, in the future: shown as of {shown_on}")


def is_ahead(published_on: date, published_at: datetime, date_only: bool, *, zone: ZoneInfo, now: datetime) -> bool:
    """Tell whether a date lies in the future: a day by more than one, an instant by more than clocks explain.

    An instant of tomorrow morning is an embargo: whoever writes a time means it.
    """
    if date_only:
        return published_on > now.astimezone(zone).date() + _AHEAD
    return published_at > now + _CLOCKS


def is_undated(item: Item, zone: ZoneInfo) -> bool:
    """Tell whether a stored item had no date of its own, so that it stands where it was first seen.

    One that was first seen within the hour after noon in its source's zone counts as dated: nothing tells them apart.
    """
    noon = place_in_time(item.published_on, zone=zone, nth=0)[1]
    close = timedelta() <= item.published_at - item.first_seen_at < _MOST_UNDATED
    return item.date_only and close and not timedelta() <= item.published_at - noon < _MOST_UNDATED


def order_for_store(items: Sequence[ParsedItem]) -> tuple[ParsedItem, ...]:
    """Return items in page order as oldest first, so that `seq` rises with their dates.

    What is higher on a page is newer where dates do not tell; the undated are newest. A date alone counts as noon UTC.
    """
    upwards = items[::-1]
    return tuple(sorted(upwards, key=_instant))


def _instant(item: ParsedItem) -> tuple[bool, datetime]:
    published = real_date(item.published)
    if published is None:
        return True, _EPOCH
    if isinstance(published, datetime):
        return False, published.astimezone(UTC)
    return False, datetime.combine(published, _NOON, UTC)
