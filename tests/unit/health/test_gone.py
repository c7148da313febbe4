"""What an item's own page means when its listing lacks it."""

from datetime import UTC, datetime, timedelta

import pytest

from digest.model.source import Asked
from digest.pipelines.vanish import Verdict, decide_gone

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GONE_LONG_AGO, GONE_JUST_NOW = Asked(404, NOON - 60 * MINUTE), Asked(410, NOON - 59 * MINUTE)
THERE = Asked(200, NOON - 60 * MINUTE)


@pytest.mark.parametrize(
    ("status", "before", "verdict", "kept"),
    [
        (410, None, Verdict.REMEMBER, Asked(410, NOON)),
        (404, THERE, Verdict.REMEMBER, Asked(404, NOON)),
        (410, Asked(0, NOON), Verdict.REMEMBER, Asked(410, NOON)),
        (404, GONE_JUST_NOW, Verdict.LEAVE, None),
        (410, GONE_LONG_AGO, Verdict.WITHDRAW, None),
        (200, None, Verdict.REMEMBER, Asked(200, NOON)),
        (200, GONE_LONG_AGO, Verdict.REMEMBER, Asked(200, NOON)),
        (503, GONE_LONG_AGO, Verdict.REMEMBER, Asked(404, NOON)),
        (None, GONE_LONG_AGO, Verdict.REMEMBER, Asked(404, NOON)),
        (None, None, Verdict.REMEMBER, Asked(0, NOON)),
        (403, THERE, Verdict.REMEMBER, Asked(403, NOON)),
    ],
)
def test_decide_gone(status: int | None, before: Asked | None, verdict: Verdict, kept: Asked | None) -> None:
    """Gone once is remembered, twice with an hour between is withdrawn, there is a new beginning, all else waits."""
    decision = decide_gone(status, before, NOON)
    assert (decision.verdict, decision.asked) == (verdict, kept)
    assert decision.reason


def test_the_reason_is_one_for_readers() -> None:
    """The reason of a withdrawal says what was seen."""
    assert decide_gone(410, GONE_LONG_AGO, NOON).reason == "its page is gone (410)"
