"""How a source is doing: every word by a table, the gravest first, and what is usual for it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.settings import SourceSettings
from digest.model.source import MOST_READINGS, PastReading, SourceState
from digest.pipelines.health import (
    Health,
    Word,
    add_reading,
    decide_health,
    say_span,
    say_when,
    usual_gap,
    usual_items,
)

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STEADY = ((25, 25), (25, 1), (25, 2), (25, 1))
DOWN = {"failures": 3, "problem": "the server answered 503 Service Unavailable", "status": 503}
KEEPS = "Keeps the last good items and feeds; next try 12:05."

Judge = Callable[..., Health]
Readings = Callable[..., tuple[PastReading, ...]]


@pytest.mark.parametrize(
    ("changes", "counts", "word", "sentence"),
    [
        pytest.param({}, STEADY, Word.OK, "all is well", id="ok"),
        pytest.param({}, (), Word.OK, "all is well", id="nothing remembered"),
        pytest.param({}, ((3, 3), (3, 0), (1, 0)), Word.OK, "all is well", id="few of a few"),
        pytest.param({}, (*STEADY, (13, 0)), Word.OK, "all is well", id="more than half"),
        pytest.param({"read_at": None, "last_new_at": None}, (), Word.NEW, "not read yet", id="new"),
        pytest.param(
            {"last_new_at": None}, ((0, 0),), Word.EMPTY, "it lists no items, and never has", id="empty from the start"
        ),
        pytest.param(
            {"last_new_at": NOON - 5 * DAY},
            STEADY,
            Word.QUIET,
            "nothing new for 5 days, usually every 6 h",
            id="quiet",
        ),
        pytest.param({"last_new_at": NOON - 3 * DAY}, STEADY, Word.OK, "all is well", id="a weekend is not quiet"),
        pytest.param({"last_new_at": NOON - 30 * DAY}, ((9, 9),), Word.OK, "all is well", id="no usual gap yet"),
        pytest.param(
            {"last_new_at": NOON - 31 * DAY}, ((9, 9),), Word.QUIET, "nothing new for 31 days", id="quiet at last"
        ),
        pytest.param({}, (*STEADY, (12, 0)), Word.FEWER, "12 of the usual 25 items", id="fewer"),
        pytest.param(
            {}, (*STEADY, (0, 0)), Word.BROKEN, "0 of the usual 25 items: has the layout changed?", id="broken"
        ),
        pytest.param(
            {},
            ((0, 0),) * MOST_READINGS,
            Word.BROKEN,
            "0 items where there were some before: has the layout changed?",
            id="broken for so long that nobody knows what was usual",
        ),
        pytest.param(
            {"failures": 1, "problem": "a page that asks people to log in", "status": 200},
            STEADY,
            Word.SUSPECT,
            "it answers with something else, stale since 11:00: a page that asks people to log in",
            id="another page with a 200",
        ),
        pytest.param(
            {"problem": "a form that asks for a password"},
            (*STEADY, (0, 0)),
            Word.SUSPECT,
            "it answers with something else, no items where 25 are usual: a form that asks for a password",
            id="a page with marks of another one",
        ),
        pytest.param(
            {"problem": "a form that asks for a password", "last_new_at": None},
            ((0, 0),),
            Word.SUSPECT,
            "it answers with something else, no items: a form that asks for a password",
            id="another page from the start",
        ),
        pytest.param(
            {"problem": 'the selector "li.news" finds nothing'},
            (*STEADY, (0, 0)),
            Word.BROKEN,
            '0 of the usual 25 items: has the layout changed? (the selector "li.news" finds nothing)',
            id="nothing is selected any more",
        ),
        pytest.param(
            {"problem": 'the selector "li.news" finds nothing', "last_new_at": None},
            ((0, 0),),
            Word.BROKEN,
            'it gives no items (the selector "li.news" finds nothing): do the selectors fit?',
            id="nothing was ever selected",
        ),
        pytest.param(
            {"problem": "page 2 was left out", "read_at": NOON},
            (*STEADY, (0, 0)),
            Word.BROKEN,
            "0 of the usual 25 items: has the layout changed?",
            id="a trouble of a later reading that listed only what changed",
        ),
        pytest.param(
            {"failures": 1, "problem": "an HTML page, not a feed"},
            STEADY,
            Word.SUSPECT,
            "it answers with something else, stale since 11:00: an HTML page, not a feed",
            id="another page, by what it is",
        ),
        pytest.param(
            DOWN,
            STEADY,
            Word.UNREACHABLE,
            "stale since 11:00: the server answered 503 Service Unavailable (3 times in a row)",
            id="unreachable",
        ),
        pytest.param(
            {"failures": 1, "problem": "no connection", "read_at": None, "last_new_at": None},
            (),
            Word.UNREACHABLE,
            "never read yet: no connection",
            id="unreachable from the start",
        ),
        pytest.param(
            {"failures": 1, "problem": "the server answered 410 Gone", "status": 410},
            STEADY,
            Word.GONE,
            "its page is gone for good (410), stale since 11:00",
            id="gone",
        ),
        pytest.param(
            {"moved_to": "https://new.example.org/feed"},
            STEADY,
            Word.MOVED,
            "it moved for good to https://new.example.org/feed",
            id="moved",
        ),
        pytest.param(
            {"moved_to": "https://news.example.org/feed"}, STEADY, Word.OK, "all is well", id="moved, and config knows"
        ),
        pytest.param(
            {"pending": 34}, STEADY, Word.WAITING, "34 items came at once: held until you approve", id="waiting"
        ),
        pytest.param(
            {"problem": "b.txt: an empty text"}, STEADY, Word.PARTIAL, "read, but: b.txt: an empty text", id="partial"
        ),
    ],
)
def test_each_word(
    changes: dict[str, Any], counts: Any, word: Word, sentence: str, judge: Judge, readings: Readings
) -> None:
    """Each state of a source has its word and its sentence."""
    health = judge(history=readings(*counts), **changes)
    assert (health.word, health.sentence) == (word, sentence)


@pytest.mark.parametrize(
    ("changes", "counts", "next_step"),
    [
        pytest.param({}, STEADY, "Next reading 12:05.", id="ok"),
        pytest.param(DOWN, STEADY, KEEPS, id="unreachable"),
        pytest.param(DOWN | {"read_at": None}, (), "Next try 12:05.", id="unreachable from the start"),
        pytest.param(
            DOWN | {"due_at": NOON + DAY}, STEADY, KEEPS.replace("12:05", "Thu 12 Mar 12:00"), id="another day",
        ),
        pytest.param(DOWN | {"due_at": None}, STEADY, KEEPS.replace("12:05", "is due now"), id="at once"),
        pytest.param(
            {}, (*STEADY, (0, 0)),
            "Keeps the last good items; next reading 12:05. `digest sources try https://news.example.org/feed` looks at"
            " it anew", id="broken",
        ),
        pytest.param(
            {"pending": 2}, STEADY,
            "`digest items --pending` shows them, `digest fetch --approve page` releases them", id="waiting",
        ),
        pytest.param(
            {"moved_to": "https://new.example.org/"}, STEADY,
            "Write it into config.yaml, line 7; until then it is read through the old one.", id="moved",
        ),
        pytest.param(
            {"failures": 1, "status": 410}, STEADY,
            "Write its new address into config.yaml, or take it out; its items stay. Next try 12:05.", id="gone",
        ),
    ],
)  # fmt: skip
def test_what_comes_next(
    changes: dict[str, Any], counts: Any, next_step: str, judge: Judge, readings: Readings
) -> None:
    """It says what digest will do and when, or what its operator can do."""
    assert judge(history=readings(*counts), **changes).next_step == next_step


def test_what_was_left_out_is_the_reason_for_an_empty_reading(judge: Judge, readings: Readings) -> None:
    """Where every story of a page was left out, nobody is asked about its layout."""
    health = judge(history=readings(*STEADY, (0, 0)), left_out=25)
    assert (health.word, health.sentence) == (
        Word.BROKEN,
        "0 of the usual 25 items: 25 could not be used and were left out",
    )
    health = judge(history=readings((0, 0)), last_new_at=None, left_out=1)
    assert health.sentence == "it gives no items: 1 could not be used and was left out"


MOVED = {"moved_to": "https://new.example.org/"}


@pytest.mark.parametrize(
    ("changes", "counts", "words"),
    [
        pytest.param(DOWN | {"pending": 3} | MOVED, STEADY, ("unreachable", "stale since", "3 items came at once")),
        pytest.param({"pending": 3} | MOVED, (*STEADY, (0, 0)), ("broken", "0 of the usual", "3 items came at once")),
        pytest.param({"pending": 3} | MOVED, (*STEADY, (9, 0)), ("waiting", "3 items came", "it moved for good")),
        pytest.param(
            MOVED | {"last_new_at": NOON - 9 * DAY}, STEADY, ("moved", "it moved for good", "nothing new for 9 days")
        ),
        pytest.param({"last_new_at": NOON - 9 * DAY}, (*STEADY, (9, 0)), ("fewer", "9 of the usual", "nothing new")),
        pytest.param(
            {"last_new_at": NOON - 9 * DAY, "problem": "odd"}, STEADY, ("quiet", "nothing new", "read, but: odd")
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) and isinstance(value[0], str) else "",
)
def test_the_gravest_word_and_two_findings(
    changes: dict[str, Any], counts: Any, words: tuple[str, ...], judge: Judge, readings: Readings
) -> None:
    """Where several findings hold, the gravest gives the word, and the sentence names it and the next one."""
    health = judge(history=readings(*counts), **changes)
    first, second = health.sentence.split("; ")
    assert (health.word.value, words[1] in first, words[2] in second) == (words[0], True, True)


def test_a_failing_source_is_not_judged_by_an_older_reading(judge: Judge, readings: Readings) -> None:
    """What the last good page lacked is not told of a source that cannot be read now."""
    health = judge(history=readings(*STEADY, (0, 0)), last_new_at=NOON - 90 * DAY, **DOWN)
    assert "usual" not in health.sentence
    assert "nothing new" not in health.sentence


def test_words_fit_two_lines(judge: Judge, readings: Readings) -> None:
    """Sentence and next step take two lines of 80 columns each at most, however long a problem is."""
    long = judge(history=readings(*STEADY), failures=7, problem="the server " * 90, status=None)
    assert len(f"SOURCE page: {long.sentence}") <= 240
    assert long.sentence.endswith("… (7 times in a row)")
    for changes, counts in (({}, (*STEADY, (0, 0))), (DOWN, STEADY), ({"pending": 34}, STEADY)):
        health = judge(history=readings(*counts), **changes)
        assert len(f"SOURCE page: {health.sentence}") <= 155
        assert len(f"  {health.next_step}") <= 155


def test_times_are_told_in_the_zone_of_the_reader(judge: Judge) -> None:
    """Instants are those of the zone that is asked for, else of the source's own."""
    state = SourceState(id="page", read_at=NOON, due_at=NOON + HOUR, first_read_at=NOON)
    source = SourceSettings(id="page", type="feed", timezone="Asia/Tokyo")
    assert decide_health(state, source, 0, NOON).next_step == "Next reading 22:00."
    assert decide_health(state, source, 0, NOON, ZoneInfo("America/Halifax")).next_step == "Next reading 10:00."


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOON + HOUR, "13:00"),
        (NOON - DAY, "Tue 10 Mar 12:00"),
        (NOON - 200 * DAY, "23 Aug 2025 12:00"),
    ],
    ids=["today", "another day", "long ago"],
)
def test_say_when(at: datetime, words: str) -> None:
    """A time of today is a time, of another day has its day, of long ago its year."""
    assert say_when(at, NOON, UTC) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=5), "1 min"),
        (timedelta(minutes=89), "89 min"),
        (timedelta(minutes=95), "2 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=2000), "2,000 days"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_say_span(span: timedelta, words: str) -> None:
    """A length of time is told in the unit that fits."""
    assert say_span(span) == words


def test_what_is_usual(readings: Readings) -> None:
    """The usual count is the median of what was listed, the usual gap the mean between news without one long break."""
    assert usual_items(readings((0, 0), (24, 24), (25, 1), (0, 0), (30, 5))) == 25
    assert usual_items(readings((0, 0))) is None
    assert usual_gap(readings(*STEADY)) == 6 * HOUR
    assert usual_gap(readings((25, 25), (25, 0), (25, 1), (25, 0), (25, 1))) == 12 * HOUR
    assert usual_gap(readings((25, 25), (25, 1))) is None
    daily = readings(*[(25, 1)] * 6, every=DAY)
    back = PastReading(daily[-1].at + 40 * DAY, 25, 1)
    assert usual_gap((*daily, back)) == DAY


COUNTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=60)


@given(COUNTS)
def test_a_history_is_bounded_and_keeps_all_news(counts: list[tuple[int, int]]) -> None:
    """However many readings there were: twenty at most, the last of them last, none twice, no news lost before that."""
    every = [PastReading(NOON + number * HOUR, items, new) for number, (items, new) in enumerate(counts)]
    history: tuple[PastReading, ...] = ()
    for one in every:
        history = add_reading(history, one)
    assert len(history) <= MOST_READINGS
    assert history[-1:] == tuple(every[-1:])
    assert [one for one in every if one in history] == list(history)
    news = [one for one in every if one.new]
    kept = [one for one in history if one.new]
    assert kept == news[len(news) - len(kept) :]
    if len(history) < MOST_READINGS:
        assert kept == news


def test_a_night_of_readings_without_news_forgets_nothing(readings: Readings) -> None:
    """A page that is broken all night, read each quarter of an hour, still has its usual count in the morning."""
    history = readings(*STEADY)
    for number in range(100):
        history = add_reading(history, PastReading(NOON + number * timedelta(minutes=15), 0, 0))
    assert (len(history), usual_items(history)) == (5, 25)
