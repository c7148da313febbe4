"""Files of a folder → items: what an editor uses who has no other program."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Image, Parsed
from digest.sources.folder import parse_document
from digest.sources.page import Page

SAMPLES = Path(__file__).parent / "samples"


def _parse(data: bytes | str, name: str = "2026/keeper.md") -> Parsed:
    source = SourceSettings(id="desk", type="folder", path="/newsroom", timezone="Europe/Paris")
    return parse_document(Page(data=data.encode() if isinstance(data, str) else data, source=source, name=name))


def _reasons(parsed: Parsed) -> list[tuple[str, str]]:
    return [(one.name, one.reason) for one in parsed.quarantined]


def test_markdown_with_front_matter_is_an_item() -> None:
    """Its keys are the item's; the heading that repeats the title is not repeated in the text."""
    (item,) = _parse((SAMPLES / "document.md").read_bytes()).items
    assert item.title == "The keeper: a portrait"
    assert item.published == date(2026, 5, 1)
    assert item.summary == "Who lives on the bridge?"
    assert item.kind == "Report"
    assert item.author == "Ada Brook, Bea Stone"
    assert item.link == "https://news.ruritania.example/keeper"
    assert item.language == "no"
    assert item.image == Image(url="/pictures/keeper.jpg", alt="A keeper", credit="Carl Reed")
    assert item.content_html is not None
    assert item.content_html.startswith("<p>She <strong>lives</strong> there, <b>she says</b>.</p>\n<table>")
    assert not item.markup


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        pytest.param("id: k-1", "k-1", id="id"),
        pytest.param("id: 17", "17", id="number"),
        pytest.param("link: https://news.ruritania.example/keeper", "2026/keeper.md", id="link"),
        pytest.param("author: Ada", "2026/keeper.md", id="neither"),
    ],
)
def test_an_item_is_known_by_its_id_else_by_its_file(front: str, expected: str) -> None:
    """A new title, or a new link, makes no new item."""
    assert _parse(f"---\ntitle: A\n{front}\n---\n").items[0].explicit_id == expected


def test_a_file_without_front_matter_has_its_heading_for_a_title() -> None:
    """The first paragraph is its summary, and its date is left to when it was first seen."""
    (item,) = _parse("# The *ferry* & I #\r\n\r\nIt *sails*\r\nagain.\r\n\r\nMore.").items
    assert (item.title, item.summary, item.published) == ("The ferry & I", "It sails again.", None)
    assert item.content_html == "<p>It <em>sails</em>\nagain.</p>\n<p>More.</p>"


def test_another_heading_than_the_title_stays() -> None:
    """Only what would stand there twice is taken away."""
    (item,) = _parse("---\ntitle: A\n---\n# B\n\nText.").items
    assert (item.title, item.content_html) == ("A", "<h1>B</h1>\n<p>Text.</p>")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-05-01", date(2026, 5, 1)),
        ("2026-05-01T09:30:00+02:00", datetime(2026, 5, 1, 7, 30, tzinfo=UTC)),
        ("2026-05-01 09:30", datetime(2026, 5, 1, 7, 30, tzinfo=UTC)),
    ],
    ids=["date", "instant", "wall-time"],
)
def test_a_date_counts_in_the_zone_of_the_source(written: str, expected: date) -> None:
    """A time without a zone is the newsroom's wall time."""
    assert _parse(f"---\ntitle: A\ndate: {written}\n---\n").items[0].published == expected


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        pytest.param("---\ntitle: A\ndate: 11/12/2026\n---\n", "A", "its date cannot be read", id="ambiguous-date"),
        pytest.param("---\ndate: 2026-05-01\n---\nText.", "2026/keeper.md", "it has no title", id="no-title"),
        pytest.param("Text.", "2026/keeper.md", "it has no title", id="text-alone"),
    ],
)
def test_what_cannot_be_published_is_named(text: str, name: str, reason: str) -> None:
    """Nothing is guessed."""
    parsed = _parse(text)
    assert parsed.items == ()
    ((named, told),) = _reasons(parsed)
    assert (named, told[: len(reason)]) == (name, reason)


@pytest.mark.parametrize("front", ["draft: true", "draft: yes", "draft: please", "published: false", "published: no"])
def test_a_draft_is_left_out(front: str) -> None:
    """Whatever says that it is not to be published is not, without a word."""
    assert _parse(f"---\ntitle: A\n{front}\n---\n") == Parsed(())


@pytest.mark.parametrize("front", ["draft: false", "draft: no", "draft:", "published: 2026-05-01", "published: true"])
def test_what_is_no_draft_is_an_item(front: str) -> None:
    """A key that says no, or nothing, leaves nothing out."""
    assert len(_parse(f"---\ntitle: A\n{front}\n---\n").items) == 1


@pytest.mark.parametrize(
    "name",
    [
        ".keeper.md",
        "_keeper.md",
        "~keeper.md",
        "_drafts/keeper.md",
        "a/.git/x.md",
        "keeper.md~",
        "README.md",
        "a/readme.md",
    ],
)
def test_some_files_are_no_items(name: str) -> None:
    """Templates, locks, copies that editors leave, and notes about the folder itself."""
    assert _parse("# A title", name) == Parsed(())


@pytest.mark.parametrize(
    ("data", "name", "seen"),
    [
        pytest.param("x", "keeper.docx", "a file that ends in .docx; read are .md, .json and .html", id="office"),
        pytest.param("x", "keeper", "a file that ends in nothing", id="no-ending"),
        pytest.param("---\ntitle: A\ntitle: B\n---\n", "a.md", "line 3 of its front matter: `title`", id="twice"),
        pytest.param("---\ntitle: *a\n---\n", "a.md", "line 2 of its front matter: `*a` is an alias", id="alias"),
        pytest.param("---\ntitle: A: B\n---\n", "a.md", "line 2 of its front matter: a colon", id="colon"),
        pytest.param('{"title": "A",\n}', "a.json", "JSON that is broken in line 2", id="json"),
        pytest.param("[" * 100_000, "a.json", "JSON that is broken", id="deep-json"),
        pytest.param("7", "a.json", "neither an item nor a list", id="number"),
        pytest.param(" \n", "a.md", "an empty file", id="empty"),
        pytest.param("", "a.html", "an empty page", id="empty-page"),
        pytest.param("a" * 1_000_001, "a.md", "1,000,001 characters", id="long"),
        pytest.param(b"a" * 4_000_001, "a.md", "4 MB, more than a document has", id="large"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: str | bytes, name: str, seen: str) -> None:
    """The sentence has the line, so that an editor finds it."""
    with pytest.raises(SourceError) as refused:
        _parse(data, name)
    assert seen in refused.value.seen


def test_json_holds_one_item_with_the_same_keys() -> None:
    """A program may write what an editor would; its text is HTML."""
    entry = {
        "title": "A  <B> & C",
        "date": "2026-05-01",
        "summary": "Cut…",
        "author": "Ada",
        "picture": "/a.jpg",
        "content_html": "<p>x</p>",
        "draft": False,
    }
    (item,) = _parse(json.dumps(entry), "a.json").items
    assert (item.title, item.published, item.author) == ("A <B> & C", date(2026, 5, 1), "Ada")
    assert (item.summary, item.truncated) == ("Cut…", True)
    assert (item.image, item.content_html) == (Image(url="/a.jpg"), "<p>x</p>")
    assert item.explicit_id == "a.json"


def test_json_holds_several_items() -> None:
    """They are not known by the file, which is the same for all; what is no item is named."""
    parsed = _parse(json.dumps([{"title": "A", "id": 1}, {"title": "B"}, {"draft": True}, 7, {}]), "all.json")
    assert [(item.title, item.explicit_id) for item in parsed.items] == [("A", "1"), ("B", None)]
    assert _reasons(parsed) == [("entry 4 of all.json", "it is no item"), ("all.json", "it has no title")]


def test_a_json_feed_is_read_as_a_feed() -> None:
    """Its version says what it is."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A"}]}
    assert [item.explicit_id for item in _parse(json.dumps(feed), "a.json").items] == ["1"]


def test_an_html_page_is_an_item() -> None:
    """It is read as an item's own page, and its article is the text."""
    (item,) = _parse((SAMPLES / "article.html").read_bytes(), "bridge.html").items
    assert item.title == "The bridge of Strelsau opens – at last"
    assert item.published == datetime(2026, 5, 1, 6, tzinfo=UTC)
    assert item.explicit_id == "bridge.html"
    assert item.content_html is not None
    assert item.content_html.startswith('<p class="lead">Selected')


def test_an_html_page_without_a_title_is_named() -> None:
    """Its file's name is all there is to name it by."""
    assert _reasons(_parse("<p>Text</p>", "a.htm")) == [("a.htm", "it has no title")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_editors_save_in_several_encodings(encoding: str) -> None:
    """A byte order mark says which."""
    assert _parse("---\ntitle: Zoë\n---\n".encode(encoding)).items[0].title == "Zoë"


_LINE = st.sampled_from(
    [
        "---",
        "title: A",
        "# A",
        "draft: true",
        "date: 2026",
        "picture: [a]",
        "author: {a: b}",
        "- x",
        "> " * 50,
        "* " * 50,
    ]
) | st.text(max_size=20)


@given(st.lists(_LINE, max_size=12), st.sampled_from(["a.md", "a.json", "a.html"]))
def test_any_text_gives_items_reasons_or_a_refusal(lines: list[str], name: str) -> None:
    """A document is an item with a title, or a sentence says why not."""
    refused, parsed = "", Parsed(())
    try:
        parsed = _parse("\n".join(lines).encode("utf-8", "surrogatepass"), name)
    except SourceError as error:
        refused = error.seen
    assert refused or all(item.title for item in parsed.items)


@given(
    st.dictionaries(
        st.sampled_from(
            ["title", "date", "draft", "published", "picture", "author", "id", "link", "summary", "version"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "alt"]), inner),
            max_leaves=6,
        ),
    )
)
def test_any_json_gives_items_or_reasons(entry: dict[str, object]) -> None:
    """Whatever types its values have, each item has a title."""
    assert all(item.title for item in _parse(json.dumps(entry), "a.json").items)
