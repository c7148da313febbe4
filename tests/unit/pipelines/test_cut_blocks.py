"""Archives are cut so that whoever has the feed and the blocks has everything, each once (RFC 5005 §4)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.feed import Place
from digest.pipelines.archive import cut_blocks, month_of

START = datetime(2026, 1, 1, tzinfo=UTC)


def places(*days: int) -> list[Place]:
    return [(START + timedelta(days=day), seq) for seq, day in enumerate(days)]


@pytest.mark.parametrize(
    ("days", "sizes"),
    [
        ([], []),
        ([0, 1, 2], []),
        ([0, 1, 2, 3], [3]),
        ([0, 1, 40, 41], [2]),
        ([0, 40, 80, 120, 160], [1, 1]),
        ([0] * 10, [3, 3, 3]),
        ([0, 0, 0, 0, 40, 40, 40], [3, 1]),
    ],
    ids=["none", "all in the feed", "one month", "a month ends", "month by month", "a full day", "a full month"],
)
def test_blocks_end_with_the_month_or_when_they_are_full(days: list[int], sizes: list[int]) -> None:
    """With three entries in a feed, blocks hold what dropped out, and at most three of one month."""
    assert [len(block) for block in cut_blocks(places(*days), 3, 3)] == sizes


days = st.lists(st.integers(0, 400), max_size=60).map(sorted)


@given(days=days, size=st.integers(1, 10))
def test_blocks_and_feed_together_hold_everything_once(days: list[int], size: int) -> None:
    """Blocks follow each other without gap or overlap, each of one month, and what is left fits the feed."""
    given_places = places(*days)
    blocks = [*cut_blocks(given_places, size, size)]
    archived = [place for block in blocks for place in block]
    assert archived == given_places[: len(archived)]
    assert len(given_places) - len(archived) <= size
    for block in blocks:
        assert 1 <= len(block) <= size
        assert len({month_of(place) for place in block}) == 1


@given(days=days, size=st.integers(1, 10))
def test_items_one_by_one_are_cut_like_all_at_once(days: list[int], size: int) -> None:
    """A newsroom that was published for years has the blocks of one that was imported in a day."""
    given_places, start, ends = places(*days), 0, []
    for count in range(1, len(given_places) + 1):
        for block in cut_blocks(given_places[start:count], size, size):
            start += len(block)
            ends.append(start)
    at_once = [len(block) for block in cut_blocks(given_places, size, size)]
    assert [end - before for before, end in pairwise([0, *ends])] == at_once
