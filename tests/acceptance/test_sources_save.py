"""Saving a reading: what is new, what is the same story under another name, and whose words count."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from digest.model.item import ItemStatus
from digest.store.aliases import find_aliases
from tests.desks import HOME, NOON, TODAY, entry, make_source

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WIRE = make_source("wire")
DUMP = {"link": None, "explicit_id": None}


def test_a_reading_is_saved_whole(saving_anywhere: Any) -> None:
    """Items, their placements, other names, the state and the validators are there after a reading, on each store."""
    desk = saving_anywhere
    desk.configure(make_source(), WIRE)
    first = desk.save(entry(9), entry(10), entry(9, explicit_id="again", link=f"{HOME}other/9"))
    assert (first.new, first.same, first.first) == (2, 1, True)
    assert [one.key for one in desk.items()] == ["id-9", "id-10"]
    assert len(desk.rows()) == 4
    with desk.store.read() as connection:
        assert find_aliases(connection, "page", ["again", "id-9"]) == {"again": desk.items()[0].id}
    assert desk.state().validators == '{"etag": "x"}'
    again = desk.save(entry(9), entry(9, explicit_id="again", link=f"{HOME}other/9"), at=NOON + HOUR)
    assert (again.new, again.same, again.first) == (0, 2, False)
    assert desk.save(entry(10), entry(11), source="wire", at=NOON + HOUR).new == 1
    assert desk.save(*map(entry, range(20, 60)), at=NOON + 2 * HOUR).pending == 40


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"explicit_id": "new"}, id="a new id, the same page"),
        pytest.param({"explicit_id": None}, id="no id any more"),
        pytest.param({"link": f"http://www.news.example.org/stories/9?utm_source=x{''}"}, id="another spelling"),
        pytest.param({"explicit_id": "new", "link": f"{HOME}2026/9"}, id="a new id and a new page"),
        pytest.param({"explicit_id": None, "link": f"{HOME}2026/9", "summary": ""}, id="a new page alone"),
        pytest.param({**DUMP, "kind": "Report"}, id="neither id nor page, but a kind"),
        pytest.param({**DUMP, "published": datetime(2026, 3, 10, 23, tzinfo=NOON.tzinfo)}, id="… with a time"),
    ],
)
def test_a_story_under_another_name_stays_the_item_it_was(saving: Any, changes: dict[str, Any]) -> None:
    """A new id, a new page, or none at all: no new item, no new entry id, no placement that mail would take for new."""
    saving.save(entry(9))
    before, news = saving.entry_ids(), saving.news(99)
    fresh = entry(9, **changes)
    assert saving.unknown(fresh, at=NOON + DAY) == []
    for hours in (24, 25):
        done = saving.save(fresh, at=NOON + hours * HOUR)
        assert done.new == 0
    assert (saving.entry_ids(), saving.news(99)) == (before, news)
    assert done.same == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"title": "Quite another story of today"}, id="another story on another page"),
        pytest.param({"published": TODAY}, id="the next of a series"),
        pytest.param({"summary": "Two ferries of one number."}, id="another story under the same title"),
        pytest.param(
            {"link": f"{HOME}stories/9", "title": "Today's bulletin is here", "published": TODAY}, id="bulletin"
        ),
        pytest.param({"kind": "Report"}, id="the report to a press release"),
    ],
)
def test_a_new_story_is_never_swallowed(saving: Any, changes: dict[str, Any]) -> None:
    """What looks like a story that is there, but has an id, a page and other words or another day, is a new one."""
    saving.save(entry(9, kind="Press Release"), entry(8))
    fresh = replace(entry(9, explicit_id="new", link=f"{HOME}new/9", kind="Press Release"), **changes)
    assert saving.unknown(fresh, entry(8)) == [0]
    assert saving.save(fresh, entry(8), at=NOON + DAY).new == 1
    assert len({one.entry_id for one in saving.items()}) == 3


@pytest.mark.parametrize(
    ("before", "after", "back", "alone"),
    [
        pytest.param({"published": None}, {"summary": ""}, 0, 1, id="without dates"),
        pytest.param({"published": None, "summary": ""}, {}, 0, 1, id="without dates and words"),
        pytest.param({}, {"published": None}, 0, 1, id="without dates now"),
        pytest.param({}, {"summary": "Nothing of what stood there."}, 0, 1, id="with other summaries"),
        pytest.param(
            {"published": None}, {"summary": "Nothing of what stood there."}, 3, 1, id="without dates, other words"
        ),
    ],
)
def test_a_whole_page_that_comes_back_is_known_by_its_titles(
    saving: Any, before: dict[str, Any], after: dict[str, Any], back: int, alone: int
) -> None:
    """Three stories under new ids and pages are those that were there; one alone could as well be a new one."""
    saving.save(*(entry(number, **before) for number in (6, 7, 8, 9)))
    fresh = [entry(n, explicit_id=f"n{n}", link=f"{HOME}new/{n}", **(before | after)) for n in (6, 7, 8, 9)]
    assert len(saving.unknown(fresh[3], at=NOON + 20 * DAY)) == alone
    assert saving.save(*fresh[:3], at=NOON + 20 * DAY).new == back


def test_items_whose_links_all_lead_to_the_listing_are_told_apart(saving: Any) -> None:
    """A link to the source's page, the site's or a front page is no item's own: such items are known by their words."""
    for link in (f"{HOME}page/", f"{HOME}page#top", HOME, "https://elsewhere.example.org"):
        items = [entry(number, explicit_id=None, link=link) for number in (7, 8, 9)]
        done = saving.save(*items, at=NOON)
        assert (done.new + done.same, done.quarantined) == (3, ())
    assert [one.link_key for one in saving.items()] == [None] * 3


def test_a_link_that_several_have_names_none_of_them(saving: Any) -> None:
    """Items with ids of their own that all link to one page are as many items, at first and ever after."""
    items = [entry(number, link=f"{HOME}live") for number in (7, 8, 9)]
    assert saving.save(*items).new == 3
    assert saving.save(entry(10, link=f"{HOME}live"), *items, at=NOON + DAY).new == 1
    assert len(saving.items()) == 4


def test_the_own_key_speaks_before_another_name(saving: Any) -> None:
    """Where a page lists a story under its key and under another one, the words of its key count, in any order."""
    own, other = entry(9), entry(9, explicit_id="box", link=f"{HOME}box/9", summary="It has been away")
    saving.save(own)
    for hours, listed in enumerate([(other, own), (own, other), (other, own)], 1):
        done = saving.save(*listed, at=NOON + hours * HOUR)
        assert (done.new, done.changed, done.same) == (0, 0, 2)
    assert saving.item().summary == own.summary
    assert saving.save(replace(other, summary="It has been away too long."), at=NOON + DAY).changed == 1


@pytest.fixture
def two(saving: Any) -> Any:
    """A desk with the sources `page` and `wire`, each read once."""
    saving.configure(make_source(), WIRE)
    saving.save()
    saving.save(source="wire")
    return saving


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="the same page, with another id"),
        pytest.param({"title": "Ferry 9 is back", "summary": ""}, id="the same page, under another title"),
        pytest.param({"link": "https://wire.example.org/9", "summary": "Our own words."}, id="another page"),
        pytest.param({"link": None, "published": None, "summary": "It has been"}, id="no page, no date"),
    ],
)
def test_f31_two_sources_give_one_item_once(two: Any, changes: dict[str, Any]) -> None:
    """A story of two sources is one item with the first one's words, placed once, however often either is read."""
    two.save(entry(9), at=NOON + HOUR)
    item, rows = two.item(), two.rows()
    theirs = entry(9, **({"explicit_id": "wire-9"} | changes))
    for hours in range(2, 6):
        assert (two.save(entry(9), at=NOON + hours * HOUR).changed, two.item()) == (0, item)
        done = two.save(theirs, source="wire", at=NOON + hours * HOUR)
        assert (done.new, done.changed, done.same) == (0, 0, 1)
    assert (two.item(), two.rows()) == (item, rows)


def test_f31_what_another_source_changes_is_its_own_affair(two: Any) -> None:
    """A story that another source rewrites under its own id stays as its own source tells it."""
    two.save(entry(9), at=NOON + HOUR)
    two.save(entry(9, explicit_id="w"), source="wire", at=NOON + HOUR)
    rewritten = entry(9, explicit_id="w", title="Quite other words", summary="And more.", link=None)
    assert two.save(rewritten, source="wire", at=NOON + 2 * HOUR).same == 1
    assert two.item().title == entry(9).title


def test_a_short_title_merges_nothing(two: Any) -> None:
    """“Weekly update” of two sources are two items; a link still makes them one."""
    two.save(entry(9, title="Weekly update"), at=NOON + HOUR)
    other = entry(9, title="Weekly update", explicit_id="w", link="https://wire.example.org/9")
    assert two.save(other, source="wire", at=NOON + HOUR).new == 1
    linked = entry(9, title="Weekly update", explicit_id="v")
    assert two.save(linked, source="wire", at=NOON + 2 * HOUR).new == 0


def test_a_source_that_is_renamed_keeps_its_items(saving: Any) -> None:
    """Under a new name a source finds its items by key, link and title, and its words are theirs from then on."""
    brief = entry(7, title="Weekly update", link=None)
    saving.save(brief, entry(8), entry(9, **DUMP))
    ids = saving.entry_ids()
    saving.configure(WIRE)
    done = saving.save(brief, entry(8, explicit_id="x", summary="New."), entry(9, **DUMP), source="wire", at=NOON + DAY)
    assert (done.new, done.changed, done.same) == (0, 1, 2)
    assert saving.entry_ids() == ids
    assert {one.source for one in saving.items()} == {"page"}
    assert (
        saving.save(brief, entry(9, **DUMP), entry(8, explicit_id="x"), source="wire", at=NOON + 2 * DAY).changed == 1
    )


def test_a_key_alone_makes_nobody_an_heir(saving: Any) -> None:
    """The number 7 of another source is another story, though the source that had a 7 is gone."""
    saving.save(entry(7, explicit_id="7"))
    saving.configure(WIRE)
    other = entry(3, explicit_id="7", title="Fields under water for many weeks")
    assert saving.save(other, source="wire", at=NOON + DAY).new == 1


def test_of_two_heirs_the_first_speaks(saving: Any) -> None:
    """When a source is taken out, the first of the others that listed a story gives its words from then on, alone."""
    saving.configure(make_source(), WIRE, make_source("late"))
    saving.save(entry(9))
    for hours, source in enumerate(("wire", "late"), 1):
        saving.save(entry(9, explicit_id=source, summary=f"Of {source}."), source=source, at=NOON + hours * HOUR)
    saving.configure(make_source("late"), WIRE)
    for hours in (3, 4):
        for source in ("late", "wire"):
            at = NOON + hours * HOUR
            done = saving.save(entry(9, explicit_id=source, summary=f"Of {source}."), source=source, at=at)
            assert done.changed == (source == "wire" and hours == 3)
    assert saving.item().summary == "Of wire."


def test_a_story_under_embargo_is_not_told_by_another_name(two: Any) -> None:
    """What one source holds back until its day is not let out because another one lists it."""
    ahead = entry(9, published=TODAY + 3 * DAY)
    assert two.save(ahead, at=NOON + HOUR).held == 1
    assert two.save(replace(ahead, explicit_id="w", published=TODAY), source="wire", at=NOON + HOUR).new == 0
    assert two.rows() == []


def test_names_are_filled_in_when_an_item_is_met_again(saving: Any) -> None:
    """An item of an older release gets the keys it is found again by when it is listed; a changed one, new ones."""
    saving.save(entry(9))
    item = saving.item()
    saving.change(item, link_key=None, title_key=None)
    saving.save(entry(9), at=NOON + HOUR)
    assert (saving.item().link_key, saving.item().title_key) == (item.link_key, item.title_key)
    saving.save(entry(9, title="Its title is quite another now", link=f"{HOME}new/9"), at=NOON + 2 * HOUR)
    after = saving.item()
    assert after.link_key not in (None, item.link_key)
    assert after.title_key not in (None, item.title_key)
    again = entry(9, title="Its title is quite another now", link=f"{HOME}newer/9", explicit_id="n")
    assert saving.save(again, at=NOON + DAY).new == 0


def test_a_withdrawn_story_is_not_brought_back_under_another_name(saving: Any) -> None:
    """A withdrawn item stays so when its page gets a new address; what is written anew is a new story."""
    saving.save(entry(9))
    saving.change(saving.item(), status=ItemStatus.WITHDRAWN)
    moved = entry(9, explicit_id="m", link=f"{HOME}m")
    assert saving.save(moved, at=NOON + HOUR).new == 0
    anew = entry(9, explicit_id="a", link=f"{HOME}a", summary="All of it has been checked and written anew.")
    assert saving.save(anew, at=NOON + 2 * HOUR).new == 1
