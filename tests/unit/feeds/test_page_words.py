"""The words of pages: dates, and how often something comes."""

from datetime import UTC, datetime

import pytest

from digest.feeds.page_words import GROUPS, is_foreign, mark, plain, say, write_day, write_moment, write_rate
from digest.feeds.spec import Group

AT = datetime(2026, 3, 12, 2, 5, tzinfo=UTC)


def test_dates() -> None:
    """Dates and times are those of the newsroom's zone."""
    assert write_day(AT, "UTC") == "12 March 2026"
    assert write_day(AT, "America/New_York") == "11 March 2026"
    assert write_moment(AT, "America/New_York") == "11 March 2026, 22:05 EDT"


@pytest.mark.parametrize(
    ("per_week", "words"),
    [
        (700.0, "about 100 a day"),
        (14.0, "about 2 a day"),
        (10.5, "about 2 a day"),
        (10.0, "about 10 a week"),
        (2.6, "about 3 a week"),
        (1.4, "about one a week"),
        (0.75, "about one a week"),
        (0.7, "about 3 a month"),
        (0.2, "about one a month"),
        (0.1, "about 5 a year"),
        (0.02, "about one a year"),
        (0.01, "less than one a year"),
    ],
)
def test_rates(per_week: float, words: str) -> None:
    """How often something comes is said in the unit in which people would count it."""
    assert write_rate(per_week, AT, "UTC") == f"{words} · latest 12 March 2026"


def test_unknown_rates() -> None:
    """Where nothing came, that is said; where nothing can be said of how often, the latest alone is."""
    assert write_rate(None, None, "UTC") == "nothing yet"
    assert write_rate(3.0, None, "UTC") == "nothing yet"
    assert write_rate(None, AT, "UTC") == write_rate(0.0, AT, "UTC") == "latest 12 March 2026"


def test_words() -> None:
    """Words are text, what stands in them too, and English words on a foreign page say that they are."""
    assert say("corrected", when="<b>") == "Corrected on <bdi>&lt;b&gt;</bdi>."
    assert say("atom", True) == '<span lang="en" dir="ltr">Atom</span>'
    assert mark("a < b", True) == '<span lang="en" dir="ltr">a &lt; b</span>'
    assert mark("a < b", False) == "a &lt; b"
    assert plain("follow_newsroom", title="A & B") == "Follow A & B"


def test_foreign() -> None:
    """English words are foreign among words of any other language."""
    assert [is_foreign(language) for language in ("en", "EN-gb", "enm", "ar")] == [False, False, True, True]


def test_every_group_has_a_name() -> None:
    """Each group of feeds has a heading, in the order of groups."""
    assert tuple(GROUPS) == tuple(Group)
