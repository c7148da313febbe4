"""F29: how many new items at once are a burst."""

from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model.source import PastReading
from digest.pipelines.burst import decide_burst

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def past(*new: int, ago: timedelta = HOUR) -> list[PastReading]:
    """Return readings an hour apart, the last one a while `ago`."""
    return [PastReading(NOW - ago - HOUR * n, 25, one) for n, one in enumerate(reversed(new))][::-1]


def days(count: int, per_day: int) -> dict[date, int]:
    """Return items on each of so many days."""
    return {NOW.date() - timedelta(days=n): per_day for n in range(count)}


@pytest.mark.parametrize(
    ("history", "new", "published", "held", "usual"),
    [
        pytest.param([], 5_000, {}, False, 0, id="nothing known"),
        pytest.param(past(25), 30, {}, False, 3, id="second reading, a busy day"),
        pytest.param(past(25), 31, {}, True, 3, id="second reading, more than ten times three"),
        pytest.param(past(500), 400, {}, True, 3, id="the first reading is not what is usual"),
        pytest.param(past(25, 0, 0, 8, 0), 80, {}, False, 8, id="readings without news do not count"),
        pytest.param(past(25, 0, 0, 8, 0), 81, {}, True, 8, id="more than ten times eight"),
        pytest.param(past(25, 4, 6, 2_000), 61, {}, True, 6, id="one burst does not make the next one usual"),
        pytest.param(past(25, 4, 5), 45, {}, False, 5, id="the middle between two"),
        pytest.param(past(25, 2), 200, days(30, 20), True, 3, id="twenty a day, an hour later"),
        pytest.param(past(25, 2, ago=24 * HOUR), 200, days(30, 20), False, 20, id="twenty a day, a day later"),
        pytest.param(past(25, 2, ago=24 * HOUR), 201, days(2, 20), True, 20, id="a listing of two days"),
        pytest.param(past(25, 2, ago=72 * HOUR), 600, days(30, 20), False, 60, id="three days asleep"),
        pytest.param(past(25, ago=-HOUR), 31, days(9, 50), True, 3, id="a clock that went back"),
    ],
)
def test_f29_decide_burst(
    history: list[PastReading], new: int, published: dict[date, int], held: bool, usual: int
) -> None:
    """A burst is more than ten times what the readings usually bring, or the source publishes in that time."""
    decision = decide_burst(history, new, NOW, published)
    assert (decision.held, decision.usual) == (held, usual)


def test_the_reason_is_for_people() -> None:
    """What is held is told with its number and what would be usual."""
    assert decide_burst(past(25), 2_000, NOW).reason == (
        "2,000 new items at once, where 3 would be usual: held for approval"
    )
    assert "out of the ordinary" in decide_burst(past(25), 2, NOW).reason
