"""feedparser, under most readers that are written in Python."""

import feedparser
import pytest

from tests.readers.document import Document, words_of
from tests.readers.stage import Stage
from tests.readers.stories import OLD

FEEDS = "https://newsroom.example.org/feeds/"
SCHEMES = FEEDS + "schemes/"


def test_every_entry_is_read_as_it_was_meant(stage: Stage) -> None:
    """feedparser gets all of every entry, language, categories with their schemes and the words of pictures as well."""
    contents = Document(stage.first / "all.atom").contents()
    parsed = feedparser.parse((stage.first / "all.atom").read_bytes())
    assert not parsed.bozo
    assert [(one.id, one.title, one.link, one.author) for one in parsed.entries] == [
        (story.id, story.title, story.link, story.author) for story in stage.before
    ]
    for story, entry in zip(stage.before, parsed.entries, strict=True):
        assert story.updated
        assert entry.published_parsed[:6] == story.published.timetuple()[:6]
        assert entry.updated_parsed[:6] == story.updated.timetuple()[:6]
        # It takes the content where there is no summary.
        assert entry.summary == (story.summary or entry.content[0].value)
        assert words_of(entry.content[0].value) == words_of(contents[story.id])
        assert entry.content[0].language == story.language
        assert [(one.scheme, one.term, one.label) for one in entry.get("tags", [])] == [
            (SCHEMES + scheme, term, label) for scheme, term, label in story.categories
        ]


def test_a_picture_is_one_unit(stage: Stage) -> None:
    """feedparser gets a picture by one address as enclosure, media and thumbnail, with its length, type and credit."""
    parsed = feedparser.parse((stage.first / "all.atom").read_bytes())
    story = stage.story("strike")
    entry = next(one for one in parsed.entries if one.id == story.id)
    picture = story.picture
    assert picture is not None
    found = {key: str(value) for key, value in entry.media_content[0].items()}
    assert found == {
        "url": picture["url"], "medium": "image", "type": picture["type"], "filesize": str(picture["length"]),
    }  # fmt: skip
    assert [one.href for one in entry.enclosures] == [picture["url"]]
    assert [(one.type, one.length) for one in entry.enclosures] == [(picture["type"], str(picture["length"]))]
    assert [one["url"] for one in entry.media_thumbnail] == [picture["url"]]
    assert entry.media_credit[0]["content"] == picture["credit"]


@pytest.mark.parametrize("key", ["strike", "mistaken"])
def test_a_correction_names_the_other_side(stage: Stage, key: str) -> None:
    """What was corrected or withdrawn leads to where that is told, and this to the story, by links of the entries."""
    story = stage.story(key)
    told = feedparser.parse((stage.second / "all.atom").read_bytes()).entries
    corrections = feedparser.parse((stage.second / "corrections.atom").read_bytes()).entries
    entry = next(one for one in told if one.id == story.id)
    correction = next(one for one in corrections if story.title in one.title)
    assert [one.href for one in entry.links if one.rel == "related"] == [correction.link]
    assert [one.href for one in correction.links if one.rel == "related"] == [story.link]
    page, _, place = correction.link.partition("#")
    assert page == FEEDS + "corrections.html"
    assert f'id="{place}"' in (stage.second / "corrections.html").read_text()


def test_the_head_leads_to_page_and_hub(stage: Stage) -> None:
    """feedparser gets the address of a feed, of its page, and of its hub, and what people read about it."""
    feed = feedparser.parse((stage.second / "sea.atom").read_bytes()).feed
    links = {one.rel: one.href for one in feed.links}
    assert (links["self"], links["alternate"]) == (FEEDS + "sea.atom", FEEDS + "sea.html")
    assert links["hub"] == "https://hub.example.org/"
    assert (feed.title, feed.language, feed.author) == ("Sea & shore – Open Harbour", "en", "Open Harbour Desk")


@pytest.mark.parametrize("when", ["first", "second"])
def test_the_archives_have_all_the_rest(stage: Stage, when: str) -> None:
    """Whoever follows a feed to its archives (RFC 5005 §4) gets every story that was ever in it."""
    folder = stage.first if when == "first" else stage.second
    file, titles = "all.atom", set()
    while file:
        parsed = feedparser.parse((folder / file).read_bytes())
        titles |= {entry.title for entry in parsed.entries}
        before = [one.href for one in parsed.feed.links if one.rel == "prev-archive"]
        file = before[0].removeprefix(FEEDS) if before else ""
    expected = {story.title for story in (stage.before if when == "first" else stage.after)}
    assert titles == expected | {story.title for story in OLD}
