"""When a source is read next: its interval, its server's wishes, back-off with jitter, and clocks that were wrong."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.settings import SourceSettings
from digest.model.source import SourceState
from digest.pipelines.pace import BACK_OFF, JITTER, LONGEST_WAIT_S, is_due, longest_wait, next_reading, next_try

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def source(every: timedelta = 15 * MINUTE) -> SourceSettings:
    """Return a source that is read so often."""
    return SourceSettings(id="page", type="feed", every=every)


def state(failures: int = 0, source_id: str = "page") -> SourceState:
    """Return the state of a source that failed so often in a row."""
    return SourceState(id=source_id, failures=failures)


@pytest.mark.parametrize(
    ("every", "max_age_s", "wait"),
    [
        pytest.param(15 * MINUTE, None, 15 * MINUTE, id="its interval"),
        pytest.param(15 * MINUTE, 0, 15 * MINUTE, id="never fresh"),
        pytest.param(15 * MINUTE, 60, 15 * MINUTE, id="stale before its interval is over"),
        pytest.param(15 * MINUTE, 3_600, HOUR, id="fresh for longer"),
        pytest.param(15 * MINUTE, 10 * 86_400, DAY, id="fresh for ten days: a day at most"),
        pytest.param(7 * DAY, 3_600, 7 * DAY, id="a weekly source"),
        pytest.param(7 * DAY, 10 * 86_400, 7 * DAY, id="weekly, fresh for longer: the day is no limit of the interval"),
    ],
)
def test_after_a_reading_the_longer_of_interval_and_freshness_is_waited(
    every: timedelta, max_age_s: int | None, wait: timedelta
) -> None:
    """No jitter here: a source that is read keeps its rhythm."""
    assert next_reading(source(every), max_age_s, NOW) == NOW + wait


@pytest.mark.parametrize(
    ("failures", "every", "asked_s", "wait"),
    [
        pytest.param(0, MINUTE, None, 5 * MINUTE, id="first failure"),
        pytest.param(1, MINUTE, None, 15 * MINUTE, id="second"),
        pytest.param(2, MINUTE, None, HOUR, id="third"),
        pytest.param(3, MINUTE, None, 4 * HOUR, id="fourth"),
        pytest.param(4, MINUTE, None, 4 * HOUR, id="fifth: the last wait repeats"),
        pytest.param(10_000, MINUTE, None, 4 * HOUR, id="dead for years"),
        pytest.param(0, 2 * HOUR, None, 2 * HOUR, id="an interval longer than the first wait"),
        pytest.param(3, DAY, None, DAY, id="an interval longer than all"),
        pytest.param(0, MINUTE, 60, 5 * MINUTE, id="the server asks for less than our own wait"),
        pytest.param(2, 15 * MINUTE, 1, HOUR, id="a second is no way out of the back-off"),
    ],
)
def test_after_a_failure_the_wait_grows_and_is_stretched_by_a_tenth_at_most(
    failures: int, every: timedelta, asked_s: int | None, wait: timedelta
) -> None:
    """Never shorter than the table's wait, never longer than that and its jitter."""
    due_at = next_try(source(every), state(failures), asked_s, NOW)
    assert NOW + wait <= due_at <= NOW + wait * (1 + JITTER) + SECOND


@pytest.mark.parametrize("failures", range(6))
@pytest.mark.parametrize("asked_s", [6 * 3_600, 86_400])
def test_a_server_that_asks_for_more_gets_just_that(asked_s: int, failures: int) -> None:
    """Retry-After is obeyed to the second where it is longer than our own wait."""
    assert next_try(source(), state(failures), asked_s, NOW) == NOW + timedelta(seconds=asked_s)


def test_the_stores_whole_seconds_make_no_wait_shorter() -> None:
    """A server is asked no fraction of a second too early."""
    now = NOW + timedelta(microseconds=900_000)
    due_at = next_try(source(), state(), 86_400, now)
    assert (due_at.microsecond, due_at - now) == (0, DAY + timedelta(microseconds=100_000))


@given(
    failures=st.integers(0, 1_000),
    every_s=st.integers(1, 40 * 86_400),
    asked_s=st.none() | st.integers(0, LONGEST_WAIT_S),
    name=st.text(max_size=20),
)
def test_no_wait_is_shorter_than_asked_or_longer_than_the_longest(
    failures: int, every_s: int, asked_s: int | None, name: str
) -> None:
    """Neither before the server's time, nor our interval, nor so late that the source counts as put off by mistake."""
    page = source(timedelta(seconds=every_s))
    one = state(failures, name)
    due_at = next_try(page, one, asked_s, NOW)
    assert due_at >= NOW + timedelta(seconds=asked_s or 0)
    assert due_at >= NOW + page.every
    assert max(due_at, next_reading(page, LONGEST_WAIT_S, NOW)) <= NOW + longest_wait(page)
    assert next_try(page, one, asked_s, NOW) == due_at


def test_sources_that_failed_together_are_not_tried_together() -> None:
    """A hundred sources of one dead network are spread over the jitter, and none is at the same time again."""
    first = [next_try(source(), state(0, f"page-{n}"), None, NOW) for n in range(100)]
    assert len(set(first)) > 50
    assert max(first) - min(first) > 15 * MINUTE * JITTER * 0.9
    second = [next_try(source(HOUR), state(1, f"page-{n}"), None, NOW) for n in range(100)]
    assert sorted(range(100), key=first.__getitem__) != sorted(range(100), key=second.__getitem__)


def test_the_waits_grow() -> None:
    """Each is longer than the one before, also with all of the jitter."""
    assert all(later > earlier * (1 + JITTER) for earlier, later in pairwise(BACK_OFF))


@pytest.mark.parametrize(
    ("every", "wait", "due"),
    [
        pytest.param(MINUTE, None, True, id="never read"),
        pytest.param(MINUTE, -365 * DAY, True, id="long ago"),
        pytest.param(MINUTE, 0 * SECOND, True, id="this second"),
        pytest.param(MINUTE, SECOND, False, id="in a second"),
        pytest.param(MINUTE, DAY, False, id="a day: a server may ask for that"),
        pytest.param(MINUTE, 1.2 * DAY, True, id="later than anybody may ask for: the clock was wrong"),
        pytest.param(MINUTE, 3_650 * DAY, True, id="ten years: the clock was wrong"),
        pytest.param(7 * DAY, 7 * DAY, False, id="its own interval is a week"),
        pytest.param(7 * DAY, 7.7 * DAY, False, id="a week, and the jitter of a failure"),
        pytest.param(7 * DAY, 8 * DAY, True, id="longer than its week"),
    ],
)
def test_f36_due_is_what_is_due_and_what_waits_longer_than_anything_waits(
    every: timedelta, wait: timedelta | None, due: bool
) -> None:
    """A clock that was years ahead for a moment does not put a source off for years."""
    one = SourceState(id="page", due_at=None if wait is None else NOW + wait)
    assert is_due(source(every), one, NOW) is due
