"""F30, F31, on the side of the feeds: an id twice, an id used again, a story under two ids."""

from datetime import timedelta
from typing import Any

import pytest

from digest.pipelines.publish import publish
from tests.desks import HOME, NOON, SavingDesk, entry, make_source
from tests.feed_folders import FeedFolder, broken_rules

HOUR = timedelta(hours=1)


def publish_now(saving: SavingDesk, hours: int = 0) -> FeedFolder:
    """Publish what was saved, and hold what must always be true of feeds."""
    feeds = FeedFolder(saving.folder / "feeds")
    before = feeds.ids()
    desk = saving.desk
    results = publish(desk.settings, desk.store, NOON + hours * HOUR)
    assert not [one for one in results if one.failed]
    assert feeds.problems() == []
    assert feeds.formats_differ() == []
    assert broken_rules(before, feeds.ids()) == []
    return feeds


def test_f30_of_one_id_twice_the_first_stands_in_the_feeds(saving: SavingDesk) -> None:
    """One entry in each format, with the words of the upper one."""
    saving.save(entry(9), entry(9, title="Fields under water in the old harbour"), entry(8))
    feeds = publish_now(saving)
    assert [one.title for one in feeds.entries("all")] == [entry(9).title, entry(8).title]
    assert len(feeds.json("all")["items"]) == 2
    assert "Fields under water" not in feeds.words("all")


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Ferries return, at last", "summary": "All of them."},
        {"title": "Fields under water", "link": f"{HOME}fields"},
    ],
    ids=["other words", "another story"],
)
def test_f30_what_comes_under_a_known_id_is_the_same_entry(saving: SavingDesk, changes: dict[str, Any]) -> None:
    """New words under a known id move `updated` and keep the entry's id, in each format; there is no second entry."""
    saving.save(entry(9))
    feeds = publish_now(saving)
    (before,), (json_before,) = feeds.entries("all"), feeds.json("all")["items"]
    saving.save(entry(9, **changes), at=NOON + HOUR)
    feeds = publish_now(saving, 1)
    (after,), (json_after,) = feeds.entries("all"), feeds.json("all")["items"]
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated > before.updated
    assert json_after["id"] == json_before["id"] == after.id
    assert json_after["date_modified"] > json_before["date_modified"]
    assert after.title == json_after["title"] == changes["title"]


def test_f31_one_story_under_two_ids_is_one_entry(saving: SavingDesk) -> None:
    """In two sections of a page and in two sources: once in each format."""
    saving.configure(make_source(), make_source("wire"))
    saving.save(entry(9), entry(9, explicit_id="again", link=f"{HOME}topics/sea/9"), entry(8))
    saving.save(entry(9, explicit_id="wire-9"), source="wire", at=NOON + HOUR)
    feeds = publish_now(saving, 1)
    assert [one.title for one in feeds.entries("sea")] == [entry(9).title, entry(8).title]
    assert [one["title"] for one in feeds.json("sea")["items"]].count(entry(9).title) == 1
    titles = [" ".join(node.text_content().split()) for node in feeds.page("sea").iter("h2", "h3")]
    assert titles.count(entry(9).title) == 1
