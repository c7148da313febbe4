"""Identity on three real dumps of a newsroom's page: no story is swallowed, none is taken for two."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.model.item import ParsedItem
from digest.sources.text import read_text
from tests.desks import NOON, make_source

NEWSROOM = Path(__file__).parents[2] / ".." / "shared" / "newsroom"
DUMP = {"type": "text", "url": None}


@pytest.fixture(scope="module")
def dumps() -> list[tuple[ParsedItem, ...]]:
    """The items of each dump."""
    files = sorted(NEWSROOM.glob("0*.txt"))
    if not files:
        pytest.skip("the real dumps of shared/newsroom are not here")
    return [read_text(file).items for file in files]


def test_every_story_of_the_dumps_is_an_item(saving: Any, dumps: list[tuple[ParsedItem, ...]]) -> None:
    """Read one after the other or all at once, the dumps give an item for each story, and none a second time."""
    saving.configure(make_source(**DUMP))
    for days, items in enumerate(dumps):
        assert saving.save(*items, at=NOON + days * timedelta(days=1)).new == len(items)
    everything = [one for items in dumps for one in items]
    again = saving.save(*everything, at=NOON + timedelta(days=9))
    assert (again.new, again.changed, again.same) == (0, 0, len(everything))
    assert len(saving.items()) == len(everything) == 36


def test_the_dumps_in_another_source_are_the_same_stories(saving: Any, dumps: list[tuple[ParsedItem, ...]]) -> None:
    """Of a second source with the same stories none is new, but for those whose titles are too short to tell."""
    everything = [one for items in dumps for one in items]
    saving.configure(make_source(**DUMP), make_source("feed"))
    saving.save(*everything)
    short = [one for one in saving.items() if one.title_key is None]
    linked = [replace(one, explicit_id=str(n), link=f"https://a.org/{n}") for n, one in enumerate(everything)]
    assert saving.save(*linked, source="feed").new == len(short) <= 1


def test_the_newsroom_gets_a_feed(saving: Any, dumps: list[tuple[ParsedItem, ...]]) -> None:
    """A source that becomes a feed keeps every item it had as a dump, whatever the feed says below a title."""
    everything = [one for items in dumps for one in items]
    saving.configure(make_source(**DUMP))
    saving.save(*everything)
    ids = {one.title: one.entry_id for one in saving.items()}
    saving.configure(make_source())
    fresh = [
        replace(one, explicit_id=f"g{n}", link=f"https://a.org/{n}", summary="Nothing like it.", kind=None)
        for n, one in enumerate(everything)
        if len(one.title) > 45
    ]
    done = saving.save(*fresh, at=NOON + timedelta(days=1))
    assert (done.new, done.changed) == (0, len(fresh))
    assert {one.title: one.entry_id for one in saving.items()} == ids
