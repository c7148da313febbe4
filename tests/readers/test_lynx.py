"""lynx: what is left of a page without pictures, styles and script."""

from collections.abc import Callable

import pytest

from tests.readers.conftest import Run
from tests.readers.document import Document
from tests.readers.stage import Stage


@pytest.fixture
def shown(need: Callable[[str, str], str], run: Run, stage: Stage) -> Callable[[str], str]:
    """Read a page of the second publication with lynx, on one line."""
    program = need("lynx", "lynx")
    options = ("-dump", "-width=1024", "-display_charset=utf-8", "-assume_charset=utf-8")
    return lambda name: " ".join(run(program, *options, stage.second / name).split())


def test_every_entry_is_read(shown: Callable[[str], str], stage: Stage) -> None:
    """A page tells every story in the order of its feed: title, summary, correction, words of the picture."""
    text = shown("all.html")
    places = [text.index(story.title) for story in stage.after]
    assert places == sorted(places)
    for story in stage.after:
        assert story.summary in text
        assert story.updated == story.published or all(words in text for words in story.words)
        assert story.picture is None or all(story.picture[part] in text for part in ("caption", "credit"))


def test_corrections_are_read(shown: Callable[[str], str], stage: Stage) -> None:
    """The page of corrections tells each of them."""
    text = shown("corrections.html")
    assert all(title in text for title in Document(stage.second / "corrections.atom").titles().values())


def test_every_feed_is_offered(shown: Callable[[str], str], stage: Stage) -> None:
    """The front page has the address of every feed to copy."""
    text = shown("index.html")
    assert all(f"https://newsroom.example.org/feeds/{file.name}" in text for file in stage.second.glob("*.atom"))
