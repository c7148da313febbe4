"""burst: whether a source brings so much at once that its operator should look at it first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from statistics import median

from digest.model.source import PastReading

TIMES = 10
"""A burst is more than this many times what is usual (SOURCES.md)."""

LEAST_USUAL = 3
"""What is taken for usual at least: thirty stories at once are a busy day, not a mistake."""

DAYS_LOOKED_AT = 30
"""How far back stored items tell how many a source publishes in a day."""

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class BurstDecision:
    """Whether new items wait for the operator, what is usual in such a time, and why."""

    held: bool
    usual: int
    reason: str


def decide_burst(
    history: Sequence[PastReading], new: int, now: datetime, published: Mapping[date, int] | None = None
) -> BurstDecision:
    """Decide about `new` items of a later reading.

    `history` is that of the source, the oldest first: usual is the median of what its readings brought, where they
    brought anything. `published` is how many of its stored items stand on each date of the last days: usual is also
    what is published in the time since the last reading, which may have been long ago.
    """
    if not history:
        return BurstDecision(False, 0, "nothing is known yet of what is usual")
    # The oldest one may be the first reading of all, in which everything was new.
    counts = [one.new for one in history[1:] if one.new]
    days = max(0.0, (now - history[-1].at).total_seconds() / DAY_S)
    usual = ceil(max(LEAST_USUAL, median(counts) if counts else 0, _per_day(published or {}) * days))
    if new <= TIMES * usual:
        return BurstDecision(False, usual, f"{new:,} new items: nothing out of the ordinary")
    return BurstDecision(True, usual, f"{new:,} new items at once, where {usual:,} would be usual: held for approval")


def _per_day(published: Mapping[date, int]) -> float:
    """Return how many items stand on a day: a listing may reach back over two days or over two years."""
    if not published:
        return 0.0
    span = (max(published) - min(published)).days + 1
    return sum(published.values()) / span
