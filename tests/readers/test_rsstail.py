"""rsstail: prints what is in a feed."""

from collections.abc import Callable

import pytest

from tests.readers.conftest import Run
from tests.readers.document import Document
from tests.readers.server import FeedServer
from tests.readers.stage import Stage
from tests.readers.stories import Story


@pytest.fixture
def read(need: Callable[[str, str], str], run: Run) -> Callable[[str], str]:
    """Read an address with rsstail, once."""
    program = need("rsstail", "rsstail")
    options = ("-1", "-n", "50", "-N", "-l", "-d", "-p", "-a")
    return lambda url: run(program, "-u", url, *options)


def as_printed(story: Story, content: str) -> str:
    """Return what rsstail should print; the date is that of the last change."""
    assert story.updated
    # The day of the week that it prints is wrong, whatever the feed.
    date = f"{{day}}{story.updated:, %d %b %Y %H:%M:%S +0000}"
    return f" {story.title}\n {story.link}\n {content}\n {date}\n {story.author}\n"


def test_every_entry_is_read_as_it_was_meant(read: Callable[[str], str], feeds: FeedServer, stage: Stage) -> None:
    """rsstail prints title, link, content, date and author of every entry, the newest first."""
    printed = read(feeds.url("all.atom"))
    contents = Document(stage.first / "all.atom").contents()
    for story in stage.before:
        before, day, after = as_printed(story, contents[story.id]).partition("{day}")
        assert before in printed
        assert day
        assert after in printed
    titles = [printed.index(story.title) for story in stage.before]
    assert titles == sorted(titles)


def test_corrections_are_new(read: Callable[[str], str], feeds: FeedServer, stage: Stage) -> None:
    """rsstail prints nothing of an empty feed of corrections, and what comes into it."""
    assert read(feeds.url("corrections.atom")).strip() == ""
    feeds.publish(stage.second)
    printed = read(feeds.url("corrections.atom"))
    titles = Document(stage.second / "corrections.atom").titles().values()
    assert len(titles) == 2
    assert all(title in printed for title in titles)
