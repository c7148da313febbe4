"""What feedgen 1.0.0 does wrong and we work around: a test that fails says that upstream has repaired it."""

from datetime import UTC, datetime

import pytest
from feedgen.entry import FeedEntry
from feedgen.ext.media import MediaEntryExtension
from feedgen.feed import FeedGenerator


def entry_of(number: int) -> FeedEntry:
    entry = FeedEntry()
    entry.id(f"tag:a.example,2026:{number}")
    entry.title("x")
    entry.updated(datetime(2026, 1, 1, tzinfo=UTC))
    entry.content("x")
    return entry


def test_upstream_still_loses_what_a_link_says() -> None:
    """An entry's link has nothing but its href (upstream 135, 143): then drop the repair in EntryExtension."""
    entry = entry_of(1)
    entry.link({"href": "https://a.example/x.mp3", "rel": "enclosure", "type": "audio/mpeg", "length": "7"})
    assert dict(entry.atom_entry().find("link").attrib) == {"href": "https://a.example/x.mp3"}


def test_upstream_still_turns_entries_round() -> None:
    """Entries that are added stand in reverse: order must be said."""
    feed = FeedGenerator()
    feed.add_entry(entry_of(1))
    feed.add_entry(entry_of(2))
    assert [entry.id() for entry in feed.entry()] == ["tag:a.example,2026:2", "tag:a.example,2026:1"]


def test_upstream_still_stamps_the_present() -> None:
    """What is told no date takes the moment it is made: so every date is set."""
    assert FeedEntry().updated() is not None
    assert FeedGenerator().updated() is not None


def test_upstream_still_writes_a_type_that_atom_does_not_know() -> None:
    """Content that is to be CDATA gets this as its type, which RFC 4287 §4.1.3.1 does not know: we escape."""
    entry = entry_of(1)
    entry.content("<p>x</p>", type="CDATA")
    assert entry.atom_entry().find("content").get("type") == "CDATA"


def test_upstream_still_fails_as_a_whole() -> None:
    """One control character in one entry, and there is no feed: so each entry is written by itself."""
    feed = FeedGenerator()
    feed.id("tag:a.example,2026:feed")
    feed.title("x")
    bad = entry_of(1)
    bad.title("x\x0b")
    feed.add_entry(bad)
    with pytest.raises(ValueError, match="XML compatible"):
        feed.atom_str()


def test_upstream_still_knows_no_words_of_pictures() -> None:
    """Its media extension has neither description nor credit: so ours writes all of a picture."""
    assert not hasattr(MediaEntryExtension, "credit")
    assert not hasattr(MediaEntryExtension, "description")
