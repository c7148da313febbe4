"""newsboat: run without its screen, then its cache is looked into."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.readers.conftest import Run
from tests.readers.document import Document
from tests.readers.server import FeedServer
from tests.readers.stage import Stage

FIELDS = "guid, title, author, url, pubDate, content, unread, enclosure_url"


class Newsboat:
    """newsboat with files of its own."""

    def __init__(self, program: str, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.command = [program, "-u", folder / "urls", "-c", folder / "cache.db", "-C", folder / "config"]
        (folder / "config").write_text("reload-threads 1\n")

    def read(self, *urls: str) -> list[dict[str, Any]]:
        """Reload feeds and return what the first of them holds, the newest first."""
        (self.folder / "urls").write_text("".join(f"{url}\n" for url in urls))
        self.run(*self.command, "-x", "reload")
        with closing(sqlite3.connect(self.folder / "cache.db")) as cache:
            cache.row_factory = sqlite3.Row
            rows = cache.execute(f"SELECT {FIELDS} FROM rss_item WHERE feedurl = ? ORDER BY pubDate DESC", urls[:1])
            return [dict(row) for row in rows]

    def mark_read(self) -> None:
        """Note that somebody read everything."""
        with closing(sqlite3.connect(self.folder / "cache.db")) as cache, cache:
            cache.execute("UPDATE rss_item SET unread = 0")


@pytest.fixture
def newsboat(need: Callable[[str, str], str], run: Run, tmp_path: Path) -> Newsboat:
    """A newsboat that nobody has used."""
    return Newsboat(need("newsboat", "newsboat"), run, tmp_path)


def test_every_entry_is_read_as_it_was_meant(newsboat: Newsboat, feeds: FeedServer, stage: Stage) -> None:
    """Newsboat gets id, title, author, link, date and content of every entry, all of them unread.

    Of enclosures it takes none but sound and film (seen with 2.21); the picture stands in the content.
    """
    contents = Document(stage.first / "all.atom").contents()
    assert newsboat.read(feeds.url("all.atom")) == [
        {
            "guid": story.id,
            "title": story.title,
            "author": story.author,
            "url": story.link,
            "pubDate": int(story.published.timestamp()),
            "content": contents[story.id],
            "unread": 1,
            "enclosure_url": "",
        }
        for story in stage.before
    ]


def test_the_same_feed_is_sent_once(newsboat: Newsboat, feeds: FeedServer) -> None:
    """Newsboat is told 304 as soon as it sends validators, and keeps what it has.

    It forgets those of the first reload, since it notes them beside a feed that it has not kept yet.
    """
    kept = [newsboat.read(feeds.url("all.atom")) for _ in range(3)]
    assert kept[1:] == kept[:2]
    assert feeds.statuses("all.atom") == [200, 200, 304]


def test_a_correction_takes_the_place_of_the_entry(newsboat: Newsboat, feeds: FeedServer, stage: Stage) -> None:
    """Newsboat shows corrected and withdrawn entries under their ids, still read, and only the new one as unread."""
    newsboat.read(feeds.url("all.atom"))
    newsboat.mark_read()
    feeds.publish(stage.second)
    rows = newsboat.read(feeds.url("all.atom"))
    contents = Document(stage.first / "all.atom").contents() | Document(stage.second / "all.atom").contents()
    assert [(row["guid"], row["title"], row["content"], row["unread"]) for row in rows] == [
        (story.id, story.title, contents[story.id], int(story.key == "fresh")) for story in stage.kept
    ]
    assert feeds.statuses("all.atom") == [200, 200]


def test_corrections_are_new(newsboat: Newsboat, feeds: FeedServer, stage: Stage) -> None:
    """Newsboat, which is silent about a correction, shows it as unread in the feed of corrections."""
    assert newsboat.read(feeds.url("corrections.atom")) == []
    feeds.publish(stage.second)
    rows = newsboat.read(feeds.url("corrections.atom"))
    assert {row["guid"]: row["title"] for row in rows} == Document(stage.second / "corrections.atom").titles()
    assert [row["unread"] for row in rows] == [1, 1]


def test_the_list_of_feeds_is_imported(newsboat: Newsboat, stage: Stage) -> None:
    """Newsboat imports every feed of feeds.opml, by the address it is published at."""
    (newsboat.folder / "urls").touch()
    newsboat.run(*newsboat.command, "-i", stage.first / "feeds.opml")
    addresses = [line.split()[0].strip('"') for line in (newsboat.folder / "urls").read_text().splitlines() if line]
    named = {f"https://newsroom.example.org/feeds/{file.name}" for file in stage.first.glob("*.atom")}
    assert len(addresses) == len(named)
    assert set(addresses) == named
