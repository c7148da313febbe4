"""F30: one id twice in a reading, and an id that is used again for something else."""

from datetime import timedelta
from typing import Any

import pytest

from tests.desks import HOME, NOON, entry

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("second", "quarantined"),
    [
        pytest.param({}, [], id="the same words"),
        pytest.param({"summary": "Shorter."}, [], id="another summary"),
        pytest.param({"title": "Fields under water"}, ["Fields under water"], id="another story"),
    ],
)
def test_f30_of_one_id_twice_the_first_wins(saving: Any, second: dict[str, Any], quarantined: list[str]) -> None:
    """Of two items with one id in one reading the upper one is stored; another story is left out by name."""
    done = saving.save(entry(9), entry(9, **second))
    assert done.new == 1
    assert [row.name for row in done.quarantined] == quarantined
    assert saving.item().summary == entry(9).summary


def test_f30_changed_words_under_an_id_are_a_revision(saving: Any) -> None:
    """The item stays, with its entry id and a new revision; nobody is told of a new one."""
    saving.save(entry(9))
    before, news = saving.item(), saving.news(99)
    done = saving.save(entry(9, title="Ferries return, at last", summary="All of them."), at=NOON + HOUR)
    assert (done.new, done.changed, done.notes) == (0, 1, ())
    after = saving.item()
    assert (after.entry_id, after.revision) == (before.entry_id, 2)
    assert len(saving.news(99)) == len(news)


@pytest.mark.parametrize(
    ("changes", "flagged"),
    [
        pytest.param({"title": "Fields under water", "link": f"{HOME}fields"}, True, id="another title and page"),
        pytest.param({"link": f"{HOME}fields"}, False, id="a new address"),
        pytest.param({"title": "Fields under water"}, False, id="a new title"),
        pytest.param({"title": entry(9).title.upper(), "link": f"{HOME}fields"}, False, id="a redesign"),
    ],
)
def test_f30_an_id_used_again_is_flagged(saving: Any, changes: dict[str, Any], flagged: bool) -> None:
    """An id that comes with another title and another page is named to the operator; a redesign is not."""
    saving.save(entry(9))
    done = saving.save(entry(9, **changes), at=NOON + HOUR)
    named = f"the id of “{entry(9).title}” may name another story now: look at it"
    assert done.notes == ((named,) if flagged else ())
