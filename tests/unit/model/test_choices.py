"""Choices are intervals of the log: what is changed at its end touches only what comes after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.mailing import Cadence
from digest.model.subscriber import Choice, change_choices, close_choices, skip_seqs
from digest.model.topic import kind_topic, region_topic

COVERS = {
    "still chosen": (Choice("health", 5), 6, True),
    "before it was chosen": (Choice("health", 5), 4, False),
    "at the place where it was chosen": (Choice("health", 5), 5, False),
    "at the place where it was dropped": (Choice("health", 5, 9), 9, True),
    "after it was dropped": (Choice("health", 5, 9), 10, False),
}


@pytest.mark.parametrize(("choice", "seq", "covered"), COVERS.values(), ids=COVERS.keys())
def test_covers(choice: Choice, seq: int, covered: bool) -> None:
    """A choice covers the rows after its start, up to and with its end."""
    assert choice.covers(seq) is covered


CHANGES = {
    "the first topics begin at the log's end": ((), ("b", "a"), 7, (Choice("a", 7), Choice("b", 7))),
    "the same topics change nothing": ((Choice("a", 3),), ("a",), 7, (Choice("a", 3),)),
    "a dropped topic ends": ((Choice("a", 3),), (), 7, (Choice("a", 3, 7),)),
    "a topic dropped where it began was never there": ((Choice("a", 7),), (), 7, ()),
    "a topic taken up again begins anew": ((Choice("a", 3, 5),), ("a",), 7, (Choice("a", 3, 5), Choice("a", 7))),
    "one dropped and one taken up": ((Choice("a", 3),), ("b",), 7, (Choice("a", 3, 7), Choice("b", 7))),
    "what ended before stays": ((Choice("a", 1, 2),), (), 7, (Choice("a", 1, 2),)),
    "a topic named twice is chosen once": ((), ("a", "a"), 7, (Choice("a", 7),)),
}


@pytest.mark.parametrize(("before", "topics", "seq", "after"), CHANGES.values(), ids=CHANGES.keys())
def test_change_choices(
    before: tuple[Choice, ...], topics: tuple[str, ...], seq: int, after: tuple[Choice, ...]
) -> None:
    """Exactly these topics are chosen from here on."""
    assert change_choices(before, topics, seq) == after


CLOSINGS = {
    "an open choice ends at the mark": ((Choice("a", 3),), 7, (Choice("a", 3, 7),)),
    "a choice that ended before stays": ((Choice("a", 3, 5),), 7, (Choice("a", 3, 5),)),
    "a choice dropped after the mark ends at the mark": ((Choice("a", 3, 9),), 7, (Choice("a", 3, 7),)),
    "what was chosen after the mark was never shown": ((Choice("a", 8),), 7, ()),
    "several stay in order": ((Choice("a", 0, 3), Choice("b", 1)), 7, (Choice("a", 0, 3), Choice("b", 1, 7))),
}


@pytest.mark.parametrize(("before", "mark", "after"), CLOSINGS.values(), ids=CLOSINGS.keys())
def test_close_choices(before: tuple[Choice, ...], mark: int, after: tuple[Choice, ...]) -> None:
    """Nothing beyond the mark stays chosen."""
    assert close_choices(before, mark) == after


TOPICS = st.sets(st.sampled_from("abc"))
STEPS = st.lists(st.tuples(st.integers(0, 5), TOPICS), max_size=8)


@given(STEPS)
def test_changes_touch_only_what_comes_after(steps: list[tuple[int, set[str]]]) -> None:
    """After any changes, each row is covered exactly by the topics chosen when it came."""
    choices: tuple[Choice, ...] = ()
    seq, chosen = 0, set[str]()
    history: list[set[str]] = []
    for rows, topics in steps:
        history += [chosen] * rows
        seq += rows
        choices, chosen = change_choices(choices, topics, seq), topics
    history.append(chosen)
    covered = [{choice.topic for choice in choices if choice.covers(row)} for row in range(1, seq + 2)]
    assert covered == history


@given(STEPS, st.integers(0, 40))
def test_closing_forgets_what_lies_beyond(steps: list[tuple[int, set[str]]], mark: int) -> None:
    """Closed choices cover what they covered up to the mark, and nothing after it."""
    choices: tuple[Choice, ...] = ()
    seq = 0
    for rows, topics in steps:
        seq += rows
        choices = change_choices(choices, topics, seq)
    closed = close_choices(choices, mark)
    for row in range(1, 50):
        before = {choice.topic for choice in choices if choice.covers(row)}
        assert {choice.topic for choice in closed if choice.covers(row)} == (before if row <= mark else set())


_SPANS = st.tuples(st.sampled_from("ab"), st.integers(0, 20), st.none() | st.integers(0, 20))


@given(st.lists(_SPANS, max_size=5), st.integers(1, 20), st.integers(0, 5))
def test_skipped_seqs_were_never_chosen(spans: list[tuple[str, int, int | None]], first: int, more: int) -> None:
    """What is skipped is in no choice any more, everything else in those in which it was, and what is open stays so."""
    choices = tuple(Choice(*span) for span in spans if span[2] is None or span[1] < span[2])
    left = skip_seqs(choices, first, first + more)
    for seq in range(1, 40):
        before = sorted(choice.topic for choice in choices if choice.covers(seq))
        assert sorted(one.topic for one in left if one.covers(seq)) == ([] if first <= seq <= first + more else before)
    assert [one.topic for one in left if one.until is None] == sorted(c.topic for c in choices if c.until is None)


def test_periods() -> None:
    """A period is as long as the longest way between two slots: over the weekend on weekdays."""
    assert {cadence: cadence.period_days for cadence in Cadence} == {
        Cadence.IMMEDIATE: 1,
        Cadence.DAILY: 1,
        Cadence.WEEKDAYS: 3,
        Cadence.WEEKLY: 7,
    }


def test_topics_of_regions_and_kinds_are_no_topic_ids() -> None:
    """A region's or kind's topic has a colon, which no topic's id may have."""
    assert (region_topic("usa"), kind_topic("report")) == ("region:usa", "kind:report")
