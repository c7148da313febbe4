"""What becomes of an item's embargo on its way into the store, reading by reading."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest

from digest.cli.items import title_for_all
from digest.model.item import UNKNOWN_EMBARGO, UNNAMED, ItemStatus, Quarantined
from digest.pipelines.edit import Wish, edit_item, withdraw
from digest.pipelines.place import release_held, release_pending
from digest.store.items import find_items
from tests.desks import HOME, NOON, TODAY, entry, make_source

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIFTS = NOON + 3 * DAY
HELD, LIVE = ItemStatus.HELD, ItemStatus.LIVE


def held(number: int = 9, **changes: Any) -> Any:
    """Return an item under embargo."""
    return entry(number, **({"embargo": LIFTS} | changes))


def test_an_embargo_is_stored_in_whole_seconds_and_never_early(saving_anywhere: Any) -> None:
    """A plug-in may give any instant in any zone; an item is let go at the first whole second after it."""
    saving_anywhere.save(held(embargo=LIFTS.astimezone(UTC) + timedelta(microseconds=1)))
    assert saving_anywhere.item().embargo_at == LIFTS + timedelta(seconds=1)
    assert release_held(saving_anywhere.desk, LIFTS) == 0
    assert release_held(saving_anywhere.desk, LIFTS + timedelta(seconds=1)) == 1
    item = saving_anywhere.item()
    assert (item.status, item.published_on, item.updated_at) == (LIVE, TODAY - DAY, LIFTS + timedelta(seconds=1))


@pytest.mark.parametrize("future", ["hold", "clamp"])
def test_a_date_in_the_future_lets_nothing_out_early(saving: Any, future: str) -> None:
    """Whatever becomes of dates ahead, an embargo holds until it lifts; with `hold` the date must have come as well."""
    saving.configure(make_source(future=future))
    saving.save(entry(1))
    assert saving.save(held(20), entry(1), at=NOON + HOUR).held == 1
    assert release_held(saving.desk, LIFTS - timedelta(seconds=1)) == 0
    assert release_held(saving.desk, LIFTS) == (future == "clamp")


def test_a_burst_of_embargoes_is_approved_and_stays_held(saving: Any) -> None:
    """The operator's word is none about the clock, and the clock's is none about the burst."""
    saving.save(entry(9))
    saving.save(*(held(n, published=TODAY) for n in range(100, 140)), at=NOON + HOUR)
    assert {one.status for one in saving.items()[1:]} == {ItemStatus.PENDING}
    assert release_held(saving.desk, LIFTS + DAY) == 0
    assert release_pending(saving.desk, "page", NOON + 2 * HOUR) == 40
    assert {one.status for one in saving.items()[1:]} == {HELD}
    assert release_held(saving.desk, LIFTS) == 40
    assert len(saving.news()) == 41


def test_an_item_is_called_back_and_placed_again(saving_anywhere: Any) -> None:
    """It leaves every topic at once, keeps id, date and age, and `updated` never goes back."""
    desk = saving_anywhere
    desk.save(entry(9), entry(1))
    before = desk.item("Ferry number 9")
    desk.save(held(published=TODAY - 3 * DAY, summary="Other words."), entry(1), at=NOON + HOUR)
    back = desk.item("Ferry number 9")
    assert (back.status, back.embargo_at, back.published_at) == (HELD, LIFTS, before.published_at)
    rows = [row for row in desk.rows() if row.item_id == back.id]
    assert {row.topic for row in rows if row.action == "removed"} == {"all", "sea"}
    desk.save(held(published=TODAY - 4 * DAY), entry(1), at=NOON + 2 * HOUR)
    assert desk.item("Ferry number 9").updated_at >= back.updated_at > before.updated_at
    assert release_held(desk.desk, LIFTS) == 1
    after = desk.item("Ferry number 9")
    assert (after.entry_id, after.published_at, after.updated_at) == (before.entry_id, before.published_at, LIFTS)
    placed = [row.backlog_days for row in desk.rows() if row.item_id == back.id and row.action == "placed"]
    assert placed == [1, 1, 1, 1]


def test_what_was_held_goes_by_the_latest_word(saving: Any) -> None:
    """An embargo that was taken away, or is over, holds nothing; one that comes back holds again."""
    saving.save(entry(1), held())
    for at, embargo, status in ((1, None, LIVE), (2, LIFTS + DAY, HELD), (3, NOON, LIVE), (4, NOON + HOUR, LIVE)):
        saving.save(entry(1), held(embargo=embargo), at=NOON + at * HOUR)
        release_held(saving.desk, NOON + at * HOUR)
        assert saving.item("Ferry number 9").status is status, at


def test_only_its_own_source_holds_a_story(saving: Any) -> None:
    """What one source has out, another does not call back; nor does it let out what the first one holds."""
    saving.configure(make_source(), make_source("wire"))
    saving.save(entry(8), held(9))
    saving.save(held(8, explicit_id="w8"), entry(9, explicit_id="w9"), source="wire", at=NOON + HOUR)
    assert [one.status for one in saving.items()] == [LIVE, HELD]


def test_a_withdrawn_item_stays_withdrawn(saving: Any) -> None:
    """No embargo brings it back; one that is withdrawn under embargo is told to nobody."""
    saving.save(entry(8), held(9))
    for words in ("Ferry number 8", "Ferry number 9"):
        withdraw(saving.store, saving.item(words), "Wrong.", NOON + HOUR)
    saving.save(held(8), held(9), at=NOON + 2 * HOUR)
    assert release_held(saving.desk, LIFTS) == 0
    assert {one.status for one in saving.items()} == {ItemStatus.WITHDRAWN}
    assert {row.item_id for row in saving.rows()} == {saving.item("Ferry number 8").id}


def test_what_a_folder_has_no_more_does_not_come(saving: Any) -> None:
    """A document under embargo that is taken away is held for good; once it is back, until its embargo lifts."""
    saving.configure(make_source(type="folder", path="desk"))
    saving.save(entry(1), held(9))
    saving.save(entry(1), at=NOON + HOUR)
    assert saving.item("Ferry number 9").embargo_at == UNKNOWN_EMBARGO
    saving.save(entry(1), at=NOON + 2 * HOUR)
    assert release_held(saving.desk, LIFTS + 99 * DAY) == 0
    saving.save(entry(1), held(9), at=NOON + 3 * HOUR)
    assert release_held(saving.desk, LIFTS) == 1


def test_an_item_without_words_is_called_back_by_its_id(saving: Any) -> None:
    """A document of which nothing can be read but that it has an embargo is still known by its name."""
    saving.save(entry(1), entry(9))
    unread = replace(entry(9), title="", summary="", published=None, link=None, embargo=UNKNOWN_EMBARGO)
    told = (Quarantined(UNNAMED, "line 3 of its front matter cannot be read"),) * 2
    new = replace(unread, explicit_id="harbour-secret.md")
    done = saving.save(unread, new, entry(1), quarantined=told, at=NOON + HOUR)
    assert [row.name for row in done.quarantined] == [UNNAMED, f"{UNNAMED} (2)"]
    assert saving.item("Ferry number 9").status is HELD
    named = saving.save(replace(new, embargo=LIFTS), entry(1), at=NOON + 2 * HOUR)
    assert [row.name for row in named.quarantined] == [UNNAMED]


def test_no_note_names_what_is_called_back(saving: Any) -> None:
    """That an id names another story now is told without the title of either."""
    saving.save(entry(1), entry(9))
    done = saving.save(entry(1), held(9, title="A secret of the harbour", link=f"{HOME}x"), at=NOON + HOUR)
    assert done.notes == (f"the id of {UNNAMED} may name another story now: look at it",)


def test_its_own_page_is_not_asked(saving: Any) -> None:
    """Of new items under embargo nothing is fetched; of those whose embargo is over all that is wanted."""
    assert saving.unknown(held(7), held(8, embargo=NOON - HOUR), entry(9)) == [1, 2]


def test_nothing_is_found_by_a_title_under_embargo(saving: Any) -> None:
    """Its id finds it, for whoever knows that, and no word of its title does; what else waits is found."""
    saving.save(entry(9), held(8))
    waiting = entry(200, title="Ferry number 200 waits")
    saving.save(entry(9), held(8), waiting, held(201), *(entry(n) for n in range(100, 140)), at=NOON + HOUR)
    secret = saving.item("Ferry number 8")
    with saving.store.read() as connection:
        assert find_items(connection, secret.title) == []
        assert find_items(connection, "Ferry number 201") == []
        assert [one.title for one in find_items(connection, waiting.title)] == [waiting.title]
        (found,) = find_items(connection, secret.entry_id)
    assert title_for_all(found) == UNNAMED
    assert title_for_all(saving.item("Ferry number 9")) == "Ferry number 9 returns to the old harbour"


def test_an_edit_of_what_was_called_back_never_goes_back(saving: Any) -> None:
    """Words that are written while it is held count from then on; of what nobody saw, from its own date."""
    saving.save(entry(9), held(8))
    saving.save(held(9), held(8), at=NOON + HOUR)
    for words, updated_at in (
        ("Ferry number 9", NOON + DAY),
        ("Ferry number 8", saving.item("Ferry number 8").published_at),
    ):
        item = saving.item(words)
        edited = edit_item(saving.desk, item, Wish(words={"summary": "Written anew."}), NOON + DAY)
        assert edited.after.updated_at == updated_at
