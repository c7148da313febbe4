"""Saving a reading: dates, details from own pages, what an editor wrote, and what is remembered of the source."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from digest.config.settings import DetailSettings, HtmlSettings
from digest.model.item import Detail, Image, ParsedItem
from digest.model.source import PastReading
from digest.pipelines.place import release_held
from tests.desks import HOME, NOON, TODAY, entry, make_source

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_undated_items_are_stored_once_where_they_were_first_seen(saving: Any) -> None:
    """An item without a date stands at its first sight, in page order, whatever date its source gives it later."""
    saving.save()
    done = saving.save(*(entry(number, published=None) for number in (9, 8, 7)), at=NOON + HOUR)
    assert (done.new, done.quarantined) == (3, ())
    places = {one.key: one.published_at for one in saving.items()}
    assert places == {f"id-{number}": NOON + HOUR + timedelta(seconds=number - 7) for number in (7, 8, 9)}
    assert saving.news() == [entry(number).title for number in (7, 8, 9)]
    assert saving.save(*map(entry, (9, 8, 7)), at=NOON + DAY).same == 3
    assert {one.key: one.published_at for one in saving.items()} == places


def test_undated_items_of_a_first_reading_are_no_news(saving: Any) -> None:
    """How old an undated item of the first reading is, nobody knows: it is stored, in feeds, and mailed to nobody."""
    saving.save(entry(9, published=None), entry(10), entry(2))
    assert saving.news(400) == [entry(2).title, entry(10).title]
    assert saving.news(1) == [entry(10).title]


def test_only_a_missing_title_leaves_an_item_out(saving: Any) -> None:
    """What has no title is named by its link or id; it is no failure, and what is whole is stored."""
    done = saving.save(
        entry(9, title=" "), entry(8, title="", link=None), ParsedItem(title=""), entry(7, published=None, summary="")
    )
    assert done.new == 1
    assert sorted((row.name, row.reason) for row in done.quarantined) == [
        ("an item without a title", "it has no title"),
        (f"{HOME}stories/9", "it has no title"),
        ("id-8", "it has no title"),
    ]


@pytest.mark.parametrize(("future", "held"), [("hold", 1), ("clamp", 0)])
def test_f35_a_date_in_the_future(saving: Any, future: str, held: int) -> None:
    """A future date is held until then, or with `future: clamp` shown as of today, for good."""
    saving.configure(make_source(future=future))
    ahead = entry(9, published=TODAY + 5 * DAY)
    saving.save()
    done = saving.save(ahead, at=NOON + HOUR)
    assert (done.held, done.new) == (held, 1 - held)
    assert saving.item().published_on == (TODAY + 5 * DAY if held else TODAY)
    saving.save(ahead, at=NOON + 6 * DAY)
    release_held(saving.desk, NOON + 6 * DAY)
    assert saving.news() == [ahead.title]


DETAIL = Detail(
    title="The title of its page",
    summary="What its page <said>.",
    kind="Report",
    published=date(2026, 3, 2),
    language="tr_TR",
    image=Image(url="/boat.png", alt=" A boat "),
    content_html='<p onclick="x">All of it, with the ferries.</p>',
    author=" A. Writer ",
)
BARE = {"title": "", "summary": "", "published": None}


def test_a_detail_fills_what_the_listing_leaves_open(saving: Any) -> None:
    """At first sight an item takes from its own page what its listing does not give, cleaned; topics match it too."""
    saving.configure(make_source(enrich=("summary",)))
    assert saving.save(entry(9, **BARE, detail=DETAIL)).new == 1
    item = saving.item()
    assert (item.title, item.summary, item.kind) == (DETAIL.title, DETAIL.summary, "report")
    assert (item.published_on, item.language, item.author) == (date(2026, 3, 2), "tr-TR", "A. Writer")
    assert item.image == Image(url=f"{HOME}boat.png", alt="A boat")
    assert item.content_html == "<p>All of it, with the ferries.</p>"
    assert item.title_key is not None


def test_what_the_listing_gives_comes_before_the_detail(saving: Any) -> None:
    """A detail changes nothing that the listing says."""
    given = entry(
        9, kind="Press Release", language="en", author="B", image=Image(alt="A pier"), content_html="<p>x</p>"
    )
    saving.save(replace(given, detail=DETAIL))
    item = saving.item()
    assert (item.title, item.summary, item.kind, item.author) == (given.title, given.summary, "press-release", "B")
    assert (item.published_on, item.image, item.content_html) == (given.published, given.image, "<p>x</p>")


@pytest.mark.parametrize(
    "enriching",
    [{"enrich": ("text",)}, {"html": HtmlSettings(items="li", title="a", detail=DetailSettings(content="article"))}],
    ids=["enrich", "detail"],
)
def test_a_detail_is_no_change_when_it_is_not_read_again(saving: Any, enriching: dict[str, Any]) -> None:
    """Items are enriched once: the next reading, without them, changes nothing; one with new words keeps them."""
    saving.configure(make_source(**enriching))
    saving.save(entry(9, **BARE, detail=DETAIL))
    item = saving.item()
    done = saving.save(entry(9, **BARE), at=NOON + HOUR)
    assert (done.same, done.quarantined, saving.item()) == (1, (), item)
    assert saving.save(entry(9, **(BARE | {"title": "A new title"})), at=NOON + 2 * HOUR).changed == 1
    after = saving.item()
    assert after.title == "A new title"
    assert (after.summary, after.kind, after.image, after.content_html, after.author, after.language) == (
        item.summary, item.kind, item.image, item.content_html, item.author, item.language,
    )  # fmt: skip


def test_without_enrichment_what_the_listing_takes_away_is_gone(saving: Any) -> None:
    """A picture that the newsroom took off is taken off."""
    saving.save(entry(9, image=Image(alt="A boat"), kind="Report", author="A", content_html="<p>x</p>"))
    assert saving.save(entry(9, summary=""), at=NOON + HOUR).changed == 1
    item = saving.item()
    assert (item.image, item.kind, item.author, item.content_html, item.summary) == (None, None, None, None, "")


def test_new_items_are_found_before_they_are_enriched(saving: Any) -> None:
    """What saving would store as new is told by its place in the reading: neither known nor twice nor unusable ones."""
    saving.save(entry(9))
    listed = [entry(8), ParsedItem(title=""), entry(9, explicit_id="x"), entry(10, **BARE), entry(8), entry(9)]
    assert saving.unknown(*listed) == [0, 3]
    assert len(saving.items()) == 1


def test_no_reading_changes_what_an_editor_wrote(saving: Any) -> None:
    """Pinned fields stay, their changes in the source are no revision; what is not pinned follows the source."""
    saving.save(entry(9))
    mine = saving.change(saving.item(), title="The editor's title", pinned=("title",))
    done = saving.save(entry(9, title="Its own new title"), at=NOON + HOUR)
    assert (done.changed, done.same) == (0, 1)
    assert (saving.item().title, saving.item().revision) == (mine.title, mine.revision)
    assert saving.save(entry(9, title="Its own new title", summary="New."), at=NOON + 2 * HOUR).changed == 1
    assert (saving.item().title, saving.item().summary) == (mine.title, "New.")


def test_the_kind_of_a_source_comes_first(saving: Any) -> None:
    """A source's own labels, in any case, name kinds before the newsroom's labels do; others make an id."""
    saving.configure(make_source(kinds={"News Release": "press-release", "Report": "statement"}))
    labels = ["NEWS RELEASE", "report", "Press Release", "Dear Friends!"]
    saving.save(*(entry(number, kind=label) for number, label in enumerate(labels, 5)))
    assert [one.kind for one in saving.items()] == ["press-release", "statement", "press-release", "dear-friends"]


def test_what_a_reading_leaves_in_the_state_of_its_source(saving: Any) -> None:
    """When it was read and what it listed, when news came last, to where it moved; a problem that was is over."""
    saving.save(entry(8), moved_to=f"{HOME}new")
    saving.save(entry(8), entry(9), at=NOON + HOUR, notes=("page 2 was left out",))
    state = saving.state()
    assert state.history == (PastReading(NOON, 1, 1), PastReading(NOON + HOUR, 2, 1))
    assert (state.last_new_at, state.moved_to, state.problem) == (NOON + HOUR, None, "page 2 was left out")
    saving.save(entry(9), at=NOON + 2 * HOUR)
    assert saving.state().last_new_at == NOON + HOUR
    saving.save(at=NOON + 3 * HOUR, not_modified=True, moved_to=f"{HOME}new")
    state = saving.state()
    assert (state.moved_to, state.problem, len(state.history)) == (f"{HOME}new", None, 3)


def test_a_reading_of_changes_alone_teaches_nothing(saving: Any) -> None:
    """A reading that asked only for what changed is no part of the history, and nothing is concluded from its size."""
    saving.save(entry(8), entry(9))
    history = saving.state().history
    saving.save(complete=False, at=NOON + HOUR)
    assert (saving.state().history, saving.state().validators) == (history, '{"etag": "x"}')


def test_in_a_reading_of_changes_alone_a_title_is_no_proof(saving: Any) -> None:
    """Where the older story may stand on the page as well, a new id and page with the same title is a new story."""
    saving.save(entry(9, summary=""))
    fresh = entry(9, explicit_id="new", link=f"{HOME}new", summary="")
    assert saving.save(fresh, at=NOON + HOUR, complete=False).new == 1
