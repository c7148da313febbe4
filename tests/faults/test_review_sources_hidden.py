"""What no reader may see yet is on no surface, in no word: found by reading the rooms with fresh eyes."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from digest.model.item import ItemStatus
from tests.desks import HOME, NOON, SavingDesk, entry

HOUR = timedelta(hours=1)
SECRET = "The harbour's secret report is out"


@pytest.mark.parametrize("above", [True, False], ids=["above the other", "below the other"])
def test_an_embargoed_title_is_in_no_name_of_what_was_left_out(saving: SavingDesk, above: bool) -> None:
    """Where two stories have one id, the one under embargo is named neither as left out nor as the reason for it."""
    saving.save(entry(1))
    both = [entry(30, title=SECRET), entry(2, explicit_id="id-30")]
    done = saving.save(*(both if above else both[::-1]), entry(1), at=NOON + HOUR)
    (row,) = done.quarantined
    assert SECRET not in row.name + row.reason
    assert "an item that is held back" in row.name + row.reason


def test_an_embargoed_title_is_in_no_note(saving: SavingDesk) -> None:
    """That the id of an item under embargo names another story is told without its title."""
    saving.save(entry(1))
    saving.save(entry(30, title=SECRET), entry(1), at=NOON + HOUR)
    done = saving.save(entry(30, title="Fields under water", link=f"{HOME}x"), entry(1), at=NOON + 2 * HOUR)
    assert done.notes == ("the id of an item that is held back may name another story now: look at it",)


async def test_explain_knows_nothing_of_what_is_under_embargo(newsroom: Any, story: Any, digest_command: Any) -> None:
    """Neither its title, its id nor a word of it is found before its time, alone or among others."""
    today = datetime.now(UTC).date()
    newsroom.publish(story(SECRET, today + timedelta(days=9)), story("Ferries return to the harbour", today))
    assert "1 held until" in digest_command("fetch").stdout
    for command in (("explain", "secret report"), ("explain", "harbour"), ("items",), ("status",), ("plan",)):
        done = digest_command(*command)
        assert SECRET not in done.stdout + done.stderr, command
    assert "Ferries return" in digest_command("explain", "harbour").stdout
    assert [one["title"] for one in json.loads(digest_command("items", "--json").stdout)] == [
        "Ferries return to the harbour"
    ]


async def test_a_burst_of_a_source_that_was_renamed_can_be_approved(
    newsroom: Any, story: Any, digest_command: Any
) -> None:
    """What waits under a name that config.yaml no longer has is released by that name, and then is in the feeds."""
    on = date(2026, 3, 1)
    newsroom.publish(story("Ferries return to the harbour", on))
    digest_command("fetch")
    newsroom.publish(*(story(f"Ferry number {n} returns to the harbour", on) for n in range(40)))
    assert "40 wait for approval" in digest_command("fetch").stdout
    config = newsroom.config.read_text()
    newsroom.config.write_text(config.replace("  page: {", "  press: {"))
    digest_command("fetch")
    assert len(json.loads(digest_command("items", "--pending", "--json").stdout)) == 40
    assert digest_command("fetch", "--approve", "page").stdout == "page: 40 items released\n"
    assert json.loads(digest_command("items", "--pending", "--json").stdout) == []


def test_a_story_that_waits_is_not_let_out_by_another_source(saving: SavingDesk) -> None:
    """What one source gave under embargo, another that lists its page without one does not show."""
    saving.configure(*saving.sources, saving.sources[0].__class__(id="wire", type="feed", url=f"{HOME}wire/"))
    saving.save(entry(1))
    saving.save(entry(2), source="wire")
    saving.save(entry(30, title=SECRET), entry(1), at=NOON + HOUR)
    saving.save(entry(10, title=SECRET, link=f"{HOME}stories/30"), entry(2), source="wire", at=NOON + 2 * HOUR)
    assert saving.item(SECRET[:10]).status is ItemStatus.HELD
    assert saving.news() == []
