"""States of one invented source at a fixed hour."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.config.settings import SourceSettings
from digest.model.source import PastReading, SourceState
from digest.pipelines.health import Health, decide_health

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
def readings() -> Callable[..., tuple[PastReading, ...]]:
    """Make a history of readings, one each `every`, the last one an hour ago: `(items, new)` each."""

    def make(*counts: tuple[int, int], every: timedelta = timedelta(hours=6)) -> tuple[PastReading, ...]:
        last = NOON - timedelta(hours=1)
        return tuple(
            PastReading(last - (len(counts) - 1 - number) * every, items, new)
            for number, (items, new) in enumerate(counts)
        )

    return make


@pytest.fixture
def judge() -> Callable[..., Health]:
    """Judge a source that was read well an hour ago, but for some changes."""

    def run(pending: int = 0, left_out: int = 0, **changes: Any) -> Health:
        state: dict[str, Any] = {
            "id": "page",
            "first_read_at": NOON - timedelta(days=30),
            "read_at": NOON - timedelta(hours=1),
            "due_at": NOON + timedelta(minutes=5),
            "last_new_at": NOON - timedelta(hours=1),
        }
        source = SourceSettings(id="page", type="feed", url="https://news.example.org/feed", line=7)
        return decide_health(SourceState(**(state | changes)), source, pending, NOON, left_out=left_out)

    return run
