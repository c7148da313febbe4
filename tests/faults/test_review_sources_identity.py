"""Stories that were taken for another one, or came a second time: found by reading the rooms with fresh eyes."""

import shutil
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from digest.items.identity import dedupe_parsed
from digest.model.item import Detail, ItemStatus, ParsedItem
from digest.pipelines.edit import Wish, edit_item, withdraw
from digest.store.engine import open_store
from tests.costs import Work, assert_gentle_growth
from tests.desks import HOME, NOON, TODAY, SavingDesk, entry, make_source

HOUR = timedelta(hours=1)


def plain(number: int, **changes: Any) -> ParsedItem:
    """Return a story as a text dump gives it: without id and link."""
    return entry(number, **({"explicit_id": None, "link": None} | changes))


def test_f31_a_removed_source_does_not_swallow_a_story_with_the_same_number(saving: SavingDesk) -> None:
    """Two sources that count from one have different stories, also where the first is gone from config.yaml."""
    saving.configure(make_source("old"))
    saving.save(entry(1, link=None, explicit_id="1"), source="old")
    saving.configure(make_source("fresh"))
    saving.save(entry(2, link=None, explicit_id="1"), source="fresh", at=NOON + HOUR)
    assert [one.title[:15] for one in saving.items()] == ["Ferry number 1 ", "Ferry number 2 "]


def test_f31_a_renamed_source_finds_the_story_that_an_editor_gave_another_title(saving: SavingDesk) -> None:
    """A key that is made of the source's own words is found again, whatever the title is now."""
    saving.configure(make_source("old", type="text"))
    saving.save(plain(10, title="Statement"), source="old")
    edit_item(saving.desk, saving.item(), Wish(words={"title": "The last ferry is home"}), NOON)
    saving.configure(make_source("fresh", type="text"))
    saving.save(plain(10, title="Statement"), source="fresh", at=NOON + HOUR)
    assert [one.title for one in saving.items()] == ["The last ferry is home"]


@pytest.mark.parametrize("words", ["", "Nobody knows why."], ids=["only titles", "with a summary"])
def test_a_withdrawn_story_does_not_come_back_with_a_redesign(saving: SavingDesk, words: str) -> None:
    """Under new ids and paths a withdrawn story stays withdrawn: it is no news, and on no surface again."""
    saving.save(entry(1), at=NOON - HOUR)
    saving.save(entry(10, summary=words), entry(1))
    withdraw(saving.store, saving.item("Ferry number 10"), "It endangers somebody.", NOON)
    moved = entry(10, summary=words, explicit_id="v2-10", link=f"{HOME}new/10")
    assert saving.save(moved, entry(1), at=NOON + HOUR).new == 0
    assert saving.item("Ferry number 10").status is ItemStatus.WITHDRAWN


def test_f31_short_titles_survive_a_change_of_type(saving_anywhere: SavingDesk) -> None:
    """A text dump that becomes a feed gives no story twice, though its titles are too short to name one."""
    saving = saving_anywhere
    numbers = range(9, 4, -1)
    saving.configure(make_source(type="text"))
    saving.save(*(plain(one, title=f"Day {one}") for one in numbers))
    saving.configure(make_source(type="feed"))
    again = saving.save(*(entry(one, title=f"Day {one}") for one in numbers), at=NOON + HOUR)
    assert (again.new, len(saving.items())) == (0, 5)


def test_f31_short_titles_alone_make_no_two_stories_one(saving: SavingDesk) -> None:
    """The second statement of a day is news, also where the first is no longer listed."""
    saving.save(entry(10, title="Statement", explicit_id="a"), entry(1))
    later = entry(10, title="Statement", explicit_id="b", link=f"{HOME}b", summary="It has been away for 10 weeks.")
    assert saving.save(later, entry(1), at=NOON + HOUR).new == 1


def test_f31_a_summary_is_no_other_one_cut_short(saving: SavingDesk) -> None:
    """Of one title and day, what is said of district 1 is another story than what is said of district 12."""
    districts = [entry(10, summary=f"District {n}", explicit_id=f"d{n}", link=f"{HOME}d/{n}") for n in (1, 12, 121)]
    assert saving.save(*districts, entry(1)).new == 4


def test_f30_a_landing_page_is_nobodys_own(saving: SavingDesk) -> None:
    """Where all stories lead to one page, each is stored, and the next one is news and no change of the last."""
    page = f"{HOME}press"
    first = [entry(n, explicit_id=None, link=f"{page}#{n}") for n in (9, 8, 7)]
    assert saving.save(*first).new == 3
    later = saving.save(entry(10, explicit_id=None, link=page), *first, at=NOON + HOUR)
    assert (later.new, later.changed, later.quarantined) == (1, 0, ())


def test_f30_a_teaser_and_its_story_are_one(saving: SavingDesk) -> None:
    """Two titles that lead to one page are still one story, and the other one is named."""
    teaser = entry(10, explicit_id=None, title="They are back!")
    done = saving.save(teaser, entry(10, explicit_id=None), entry(9, explicit_id=None))
    assert (done.new, len(done.quarantined)) == (2, 1)


def test_f30_two_texts_under_one_title_and_day_are_told() -> None:
    """Where nothing but title and date names a story, a second one of them is left out by name, not in silence."""
    one, other = plain(10, title="Statement"), plain(10, title="Statement", summary="Something else.")
    (told,) = dedupe_parsed([one, other]).quarantined
    assert told.name == "Statement"
    assert "neither id nor link" in told.reason
    (repeated,) = dedupe_parsed([one, one]).quarantined
    assert repeated.reason == "twice on the page"


def test_a8_thousands_of_one_title_do_not_stop_the_writer(tmp_path: Path, empty_store: Path) -> None:
    """Twice as many stories of one title that come back under other ids cost twice as much to save."""
    numbers = count()

    def come_back(stories: int) -> Work:
        first, again = (
            [
                entry(1, summary=f"{word} {n} of all", explicit_id=f"{word}{n}", link=f"{HOME}{word}/{n}")
                for n in range(stories)
            ]
            for word in ("Nr", "Mr")
        )

        def work() -> None:
            file = shutil.copy(empty_store, tmp_path / f"{next(numbers)}.db")
            with closing(open_store(f"sqlite:///{file}")) as store:
                desk = SavingDesk(tmp_path, store)
                desk.save(*first)
                desk.save(*again, at=NOON + HOUR)

        return work

    assert_gentle_growth(come_back, 250)


def test_kinds_that_are_named_otherwise_reach_stored_items(saving: SavingDesk) -> None:
    """A label that config.yaml explains later gives its items their kind, and nobody is mailed them again."""
    old = entry(1, kind="Nota")
    saving.save(entry(0), at=NOON - HOUR)
    saving.save(old, entry(0))
    saving.configure(make_source(kinds={"Nota": "press-release"}))
    saving.save(old, entry(0), at=NOON + HOUR)
    item = saving.item("Ferry number 1")
    assert (item.kind, item.revision) == ("press-release", 1)
    (placed,) = [row for row in saving.rows() if row.topic == "kind:press-release"]
    assert placed.backlog_days == (TODAY - item.published_on).days
    again = saving.save(old, entry(0), at=NOON + 2 * HOUR)
    assert again.changed == 0
    assert len([row for row in saving.rows() if row.topic == "kind:press-release"]) == 1


def test_f31_a_language_that_an_items_page_told_makes_no_other_story(saving: SavingDesk) -> None:
    """What the listing says of its language counts, not what was read once: a redesign finds every story again."""
    saving.configure(make_source(enrich=("language",)))
    french = Detail(language="fr")
    saving.save(entry(10, detail=french), entry(1))
    saving.save(entry(10), entry(1), at=NOON + HOUR)
    moved = entry(10, explicit_id="v2-10", link=f"{HOME}neuf/10", detail=french)
    assert saving.save(moved, entry(1), at=NOON + 2 * HOUR).new == 0
