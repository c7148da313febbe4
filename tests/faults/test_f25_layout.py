"""F25: the layout changed and the selectors match nothing: told as that, and nothing counts as gone."""

import pytest

from digest.config.settings import HtmlSettings, SourceSettings
from digest.model.item import Parsed
from digest.sources.html import parse_html
from digest.sources.page import Page

BEFORE = "<title>Newsroom</title>" + "".join(f"<article class=card><h2>Story {n}</h2></article>" for n in range(25))
WORDS = "<p>The harbour, its boats and its people since 1920.</p>" * 10


def read(text: str) -> Parsed:
    """Read a page of cards."""
    source = SourceSettings(id="s", type="html", html=HtmlSettings(items="article.card", title="h2"))
    return parse_html(Page(data=text.encode(), source=source, url="https://harbour.example.org/"))


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(BEFORE.replace("card", "tile") + WORDS, id="new classes"),
        pytest.param(BEFORE.replace("article", "div") + WORDS, id="new elements"),
        pytest.param("<title>Newsroom</title>" + WORDS, id="no items"),
    ],
)
def test_f25_selectors_that_match_nothing_are_named(after: str) -> None:
    """The same page in another dress gives no items, and the selector that found none as its only marker."""
    assert len(read(BEFORE).items) == 25
    assert read(BEFORE).markers == ()
    assert read(after) == Parsed((), markers=('the selector "article.card" finds nothing',))


def test_f25_blocks_without_titles_are_quarantined_not_lost() -> None:
    """Where the blocks are found but not their titles, each is named with the selector that failed."""
    parsed = read(BEFORE.replace("h2", "h4"))
    assert parsed.items == ()
    assert len(parsed.quarantined) == 25
    assert parsed.quarantined[7].name == "Story 7"
    assert parsed.quarantined[7].reason == 'it has no title ("h2")'
