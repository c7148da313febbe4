"""The reader library of Python, and so feedparser under it."""

import sys
from collections.abc import Iterator
from datetime import datetime

import feedparser_sgmllib
import pytest
from reader import Entry, Reader, make_reader

from tests.readers.document import Document, words_of
from tests.readers.server import FeedServer
from tests.readers.stage import Stage


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reader that follows nothing yet."""
    # reader 3.26 brings a feedparser of its own and counts on that of others for sgmllib, which has renamed it.
    monkeypatch.setitem(sys.modules, "sgmllib", feedparser_sgmllib)
    with make_reader(":memory:") as made:
        yield made


def follow(reader: Reader, url: str) -> list[Entry]:
    """Update a feed and return its entries, the newest first."""
    reader.add_feed(url, exist_ok=True)
    reader.update_feed(url)
    return sorted(reader.get_entries(feed=url), key=lambda one: second(one.published), reverse=True)


def second(instant: datetime | None) -> datetime:
    """Return an instant without the fraction that only tells entries apart."""
    assert instant is not None
    return instant.replace(microsecond=0)


def test_every_entry_is_read_as_it_was_meant(reader: Reader, feeds: FeedServer, stage: Stage) -> None:
    """The library gets id, title, link, author, dates, summary, content and enclosure of every entry."""
    contents = Document(stage.first / "all.atom").contents()
    entries = follow(reader, feeds.url("all.atom"))
    assert [
        (
            one.id,
            one.title,
            one.link,
            one.authors_str,
            second(one.published),
            second(one.updated),
        )
        for one in entries
    ] == [(story.id, story.title, story.link, story.author, story.published, story.updated) for story in stage.before]
    for story, entry in zip(stage.before, entries, strict=True):
        content = entry.get_content()
        assert content is not None
        assert words_of(content.value) == words_of(contents[story.id])
        # feedparser takes the content where there is no summary.
        assert entry.summary == (story.summary or content.value)
        assert [(one.href, one.type, one.length) for one in entry.enclosures] == (
            [(story.picture["url"], story.picture["type"], story.picture["length"])] if story.picture else []
        )


def test_the_same_feed_is_sent_once(reader: Reader, feeds: FeedServer) -> None:
    """The library, which sends validators, is told 304 at its second update."""
    first = follow(reader, feeds.url("all.atom"))
    again = follow(reader, feeds.url("all.atom"))
    assert [(one.id, one.last_updated) for one in again] == [(one.id, one.last_updated) for one in first]
    assert feeds.statuses("all.atom") == [200, 304]


def test_a_correction_takes_the_place_of_the_entry(reader: Reader, feeds: FeedServer, stage: Stage) -> None:
    """The library keeps corrected and withdrawn entries under their ids, still read, and only the new one is unread."""
    for entry in follow(reader, feeds.url("all.atom")):
        reader.mark_entry_as_read(entry)
    feeds.publish(stage.second)
    entries = follow(reader, feeds.url("all.atom"))
    assert [(one.id, one.title, one.read) for one in entries] == [
        (story.id, story.title, story.key != "fresh") for story in stage.kept
    ]
    for story, entry in zip(stage.kept, entries, strict=True):
        assert second(entry.updated) == story.updated
        content = entry.get_content()
        assert content is not None
        shown = words_of(content.value)
        assert all(words in shown for words in story.words)


def test_corrections_are_new(reader: Reader, feeds: FeedServer, stage: Stage) -> None:
    """The library, which is silent about a correction, has it as a new entry in the feed of corrections."""
    assert follow(reader, feeds.url("corrections.atom")) == []
    feeds.publish(stage.second)
    entries = follow(reader, feeds.url("corrections.atom"))
    assert {one.id: one.title for one in entries} == Document(stage.second / "corrections.atom").titles()
    assert [one.read for one in entries] == [False, False]
