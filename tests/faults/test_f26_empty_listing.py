"""F25, F26: a listing without items: truly empty, or broken."""

from datetime import timedelta
from typing import Any

from tests.desks import NOON, entry

HOUR = timedelta(hours=1)


def test_f26_an_empty_listing_is_a_good_reading(saving: Any) -> None:
    """A source that lists nothing, and never has, is read as it should be; what comes then is news."""
    for hours in range(3):
        done = saving.save(at=NOON + hours * HOUR)
        assert (done.new, done.problem) == (0, None)
    assert saving.state().validators == '{"etag": "x"}'
    saving.save(entry(10), at=NOON + 4 * HOUR)
    assert saving.news() == [entry(10).title]


def test_f25_an_empty_listing_deletes_nothing_and_is_looked_at_again(saving: Any) -> None:
    """Zero items where there were some change no item; no validator is kept: the next reading is a whole one."""
    saving.save(entry(9), entry(10))
    items, rows = saving.items(), saving.rows()
    for hours in range(1, 40):
        saving.save(at=NOON + hours * HOUR)
    state = saving.state()
    assert (state.validators, state.problem) == (None, None)
    assert (saving.items(), saving.rows()) == (items, rows)
    assert any(one.items == 2 for one in state.history), "after many empty readings nobody knows what was usual"
    assert saving.save(entry(9), entry(10), at=NOON + 50 * HOUR).same == 2
    assert saving.state().validators is not None


def test_f24_a_login_page_is_named_and_is_no_first_reading(saving: Any) -> None:
    """A page that looks like another one is told in words; if it was the first, the true first one is to come."""
    done = saving.save(markers=("it looks like a login page",))
    assert done.notes == ("it looks like a login page",)
    assert saving.state().problem == "it looks like a login page"
    assert saving.save(entry(1), entry(10), at=NOON + HOUR).first
    assert saving.news() == [entry(10).title]
    saving.save(markers=("it looks like a login page",), at=NOON + 2 * HOUR)
    assert saving.state().first_read_at == NOON + HOUR
