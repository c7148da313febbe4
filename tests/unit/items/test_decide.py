"""New, changed, refreshed or the same, and why."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.clean import clean_item
from digest.items.decide import Change, Decision, Stored, content_hash, decide_item
from digest.model.item import Image, ItemStatus, ParsedItem

Story = Callable[..., ParsedItem]
BASE = "https://example.org/"


def stored(item: ParsedItem, status: ItemStatus = ItemStatus.LIVE) -> Stored:
    """Return what the store would know of an item."""
    return Stored(content_hash=content_hash(item), title=item.title, summary=item.summary, status=status)


FULL = {
    "title": "Harbour “clinic” reopens – after repairs…",
    "summary": "Doctors welcomed patients.",
    "kind": "Press Release",
    "link": "https://example.org/17",
    "language": "en",
    "image": Image(url="https://example.org/a.png", alt="A boat", caption="The harbour", credit="A. Writer"),
    "content_html": "<p>First.</p><p>Second.</p>",
}


def test_new(story: Story) -> None:
    """What is not stored is new, and a correction of nothing."""
    assert decide_item(story(title="Correction: A"), None) == Decision(Change.NEW, "not seen before")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"title": 'Harbour "clinic"  reopens -\xa0after repairs...'}, id="typography"),
        pytest.param({"content_html": "<div>First.<br/><em>Second.</em></div>"}, id="markup"),
        pytest.param({"link": "http://www.example.org/17/?utm_source=x#top"}, id="link-spelling"),
        pytest.param({"language": "EN"}, id="case-of-language"),
        pytest.param({"author": "B. Writer", "truncated": True, "explicit_id": "17"}, id="not-shown"),
    ],
)
def test_silent(story: Story, changed: dict[str, object]) -> None:
    """White space, typography, markup and spellings of a link are no change."""
    before = clean_item(story(**FULL), base_url=BASE)
    now = clean_item(story(**{**FULL, **changed}), base_url=BASE)
    assert decide_item(now, stored(before)) == Decision(Change.SAME, "nothing changed")


@pytest.mark.parametrize(
    ("changed", "change", "fields", "reason"),
    [
        ({"title": "Harbour clinic closes"}, Change.CHANGED, ("title",), "title changed"),
        ({"title": "A", "summary": "B"}, Change.CHANGED, ("title", "summary"), "title and summary changed"),
        ({"title": str(FULL["title"]).upper()}, Change.CHANGED, ("title",), "title changed"),
        ({"kind": None}, Change.CHANGED, ("kind",), "kind changed"),
        (
            {"kind": "Report", "image": None, "content_html": None},
            Change.CHANGED,
            ("kind", "image", "content", "image_url"),
            "kind, picture, text and picture address changed",
        ),
        ({"content_html": "<p>First.</p><p>Third.</p>"}, Change.CHANGED, ("content",), "text changed"),
        ({"link": "https://example.org/new/17"}, Change.REFRESHED, ("link",), "link changed"),
        ({"language": "tr"}, Change.REFRESHED, ("language",), "language changed"),
        (
            {"image": Image(url="https://example.org/b.png", alt="A boat", caption="The harbour", credit="A. Writer")},
            Change.REFRESHED,
            ("image_url",),
            "picture address changed",
        ),
    ],
)
def test_f32_changes(
    story: Story, changed: dict[str, object], change: Change, fields: tuple[str, ...], reason: str
) -> None:
    """A change of words is a revision, one of addresses is kept without; both say which fields differ."""
    before = clean_item(story(**FULL), base_url=BASE)
    now = clean_item(story(**{**FULL, **changed}), base_url=BASE)
    assert decide_item(now, stored(before)) == Decision(change, reason, fields)


@pytest.mark.parametrize("part", ["alt", "caption", "credit"])
def test_words_of_a_picture(story: Story, part: str) -> None:
    """Alternative text, caption and credit are words, each by itself."""
    one, other = Image(url=BASE), replace(Image(url=BASE), **{part: "A boat"})
    assert decide_item(story(image=other), stored(story(image=one))).fields == ("image",)


@pytest.mark.parametrize(
    ("before", "now", "correction"),
    [
        ("Five boats seized", "Correction: Six boats seized", True),
        ("Five boats seized", "CORRECTION – Six boats seized", True),
        ("Five boats seized", "[Correction] Six boats seized", True),
        ("Five boats seized", "Corrected - Six boats seized", True),
        ("Five boats seized", "CORRECTION Six boats seized", True),
        ("Five boats seized", "Correction to a report on boats", True),
        ("Five boats seized", "Erratum", True),
        ("Five boats seized", "Six boats seized", False),
        ("Five boats seized", "Correction officers seize boats", False),
        ("Five boats seized", "Corrections: a prison system fails", False),
        ("Five boats seized", "Six boats seized: correction", False),
        ("Correction: Five boats seized", "Correction: Six boats seized", False),
    ],
)
def test_a_source_marks_a_correction(story: Story, before: str, now: str, correction: bool) -> None:
    """A leading "Correction" that was not there before marks one, in title or summary; the word alone does not."""
    assert decide_item(story(title=now), stored(story(title=before))).correction is correction
    assert decide_item(story(summary=now), stored(story(summary=before))).correction is correction


def test_correction_of_an_address_is_none(story: Story) -> None:
    """Where no words changed, nothing was corrected."""
    before = Stored(content_hash=content_hash(story(title="Correction: A", link=BASE)), title="A")
    assert decide_item(story(title="Correction: A"), before).correction is False


def test_f33_withdrawn_stays_withdrawn(story: Story) -> None:
    """A withdrawn item stays so, whether its source shows it as it was or with other words."""
    before = stored(story(), ItemStatus.WITHDRAWN)
    for now in (story(), story(title="Other words")):
        decision = decide_item(now, before)
        assert (decision.change, decision.fields) == (Change.SAME, ())
        assert "withdrawn" in decision.reason


def test_f30_id_reused(story: Story) -> None:
    """An id that comes with another link and another title is flagged; the item gets a revision."""
    decision = decide_item(story(title="Ferry strike ends", link=BASE + "18"), stored(story(link=BASE + "17")))
    assert (decision.change, decision.reused) == (Change.CHANGED, True)
    assert decision.reason == "title and link changed: the id may name another story now"


@pytest.mark.parametrize(
    ("title", "change", "reason"),
    [
        ("Harbour clinic", Change.REFRESHED, "its hash is of an older make"),
        ("Harbour clinics", Change.CHANGED, "title changed"),
    ],
)
def test_hash_of_an_older_make(story: Story, title: str, change: Change, reason: str) -> None:
    """A release that hashes otherwise does not make every item look changed: title and summary are compared."""
    old = Stored(content_hash="0.abc", title="Harbour clinic", summary=story().summary)
    assert decide_item(story(title=title), old).change is change
    assert decide_item(story(title=title), old).reason == reason


def test_hash_is_pinned(story: Story) -> None:
    """The hash of an item is the same in every release, unless its first number says otherwise."""
    assert content_hash(clean_item(story(**FULL), base_url=BASE)).split(".") == [
        "1",
        "0a0912bd6028a73d",
        "3a7148ece2df8531",
        "180c9abd7392671b",
        "8a1c38460616bf97",
        "1b83d569d8aa63b1",
        "f17a74eb5b2db6c3",
        "077c887d094368c9",
        "dbd3a49d0d906b4e",
    ]


@given(data=st.data())
def test_reading_twice_is_the_same(any_parsed: st.SearchStrategy[ParsedItem], data: st.DataObject) -> None:
    """An item that did not change is the same, whatever it holds and however often it is cleaned."""
    item = clean_item(data.draw(any_parsed), base_url=BASE)
    assert decide_item(clean_item(item, base_url=None), stored(item)).change is Change.SAME


@pytest.mark.parametrize(
    ("pinned", "changed", "change", "fields"),
    [
        (("title",), {"title": "Other"}, Change.REFRESHED, ()),
        (("title",), {"title": "Other", "summary": "New."}, Change.CHANGED, ("summary",)),
        (("content_html",), {"content_html": "<p>Third.</p>"}, Change.REFRESHED, ()),
        (("image",), {"image": None}, Change.REFRESHED, ()),
        (("link", "title"), {"title": "Other", "link": BASE + "18"}, Change.REFRESHED, ()),
        (("author", "published_on"), {"title": "Other"}, Change.CHANGED, ("title",)),
    ],
    ids=str,
)
def test_an_editors_words_stand(
    story: Story, pinned: tuple[str, ...], changed: dict[str, object], change: Change, fields: tuple[str, ...]
) -> None:
    """Where only pinned fields changed in the source, there is no revision; the others are told as ever."""
    before = replace(stored(clean_item(story(**FULL), base_url=BASE)), pinned=pinned)
    decision = decide_item(clean_item(story(**{**FULL, **changed}), base_url=BASE), before)
    assert (decision.change, decision.fields) == (change, fields)
    assert decision.correction is decision.reused is False
    assert ("editor" in decision.reason) is (not fields)


def test_f30_a_redesign_uses_no_id_again(story: Story) -> None:
    """A new address with the same words in other letters is no other story under this id."""
    before = stored(story(title="Ferry strike “ends”", link=BASE + "17"))
    assert decide_item(story(title='FERRY STRIKE: "ENDS"', link=BASE + "18"), before).reused is False


def test_a_listing_that_leaves_words_open_changes_none(story: Story) -> None:
    """Under a hash of an older make, a title or summary that the listing does not give is no change."""
    old = Stored(content_hash="0.abc", title="From its own page", summary="From its own page as well")
    assert decide_item(story(title="", summary=""), old).change is Change.REFRESHED
