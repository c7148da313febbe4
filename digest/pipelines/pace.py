"""When a source is read next: at its interval, as its server asks, or later and later while it fails."""

import hashlib
from datetime import datetime, timedelta

from digest.config.settings import SourceSettings
from digest.model.source import SourceState

LONGEST_WAIT_S = 86_400
"""A server's max-age moves the next reading by no more than a day."""

BACK_OFF = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""Waits after the first, second … failed reading in a row; the last one repeats."""

JITTER = 0.1
"""By which part of itself a wait is longer at most: sources that failed together are not asked together again."""


def is_due(source: SourceSettings, state: SourceState, now: datetime) -> bool:
    """Tell whether a source is to be read now.

    One that would wait longer than any wait is was put off by a clock that has been set right since, or by an interval
    that is another one now: it is due.
    """
    return state.due_at is None or not now < state.due_at <= now + longest_wait(source)


def longest_wait(source: SourceSettings) -> timedelta:
    """Return the time after which a source is read or tried again at the latest."""
    return max(source.every, BACK_OFF[-1], timedelta(seconds=LONGEST_WAIT_S)) * (1 + JITTER)


def next_reading(source: SourceSettings, max_age_s: int | None, now: datetime) -> datetime:
    """Return when a source that was read is read again: after its interval, or when the answer is no longer fresh."""
    return now + max(source.every, timedelta(seconds=min(max_age_s or 0, LONGEST_WAIT_S)))


def next_try(source: SourceSettings, state: SourceState, asked_s: int | None, now: datetime) -> datetime:
    """Return when a source that failed is tried again; never before the server asks for (`asked_s`, Retry-After).

    A whole second, as the store keeps it: cut there, it would be too early.
    """
    wait = max(BACK_OFF[min(state.failures, len(BACK_OFF) - 1)], source.every)
    at = now + max(timedelta(seconds=asked_s or 0), wait * (1 + JITTER * _share(state)))
    return at.replace(microsecond=0) + timedelta(seconds=at.microsecond > 0)


def _share(state: SourceState) -> float:
    """Return a number from 0 to 1 that differs between sources and failures, and is the same whenever it is asked."""
    return hashlib.sha256(f"{state.id}/{state.failures}".encode()).digest()[0] / 255
