"""item → entry: what every format says of an item."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.entry import Category, Entry, compose_entry
from digest.feeds.spec import Labels
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site
from digest.model.topic import ALL

MakeItem = Callable[..., Item]
Compose = Callable[[Item], Entry]
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def compose(site: Site, labels: Labels) -> Compose:
    return lambda item: compose_entry(item, site, labels)


def test_entry_of_an_ordinary_item(compose: Compose, make_item: MakeItem, picture: Image) -> None:
    """An entry has its item's id, words, link, times, author, language, categories and picture."""
    entry = compose(make_item(image=picture, author=" Lin Okafor "))
    at = datetime(2026, 3, 2, 17, 0, 0, 1, tzinfo=UTC)
    assert entry == Entry(
        id="tag:www.openharbour.example,2026:item/1",
        title="Boats & crews 1",
        link="https://www.openharbour.example/news/1?a=1&b=2",
        author="Lin Okafor",
        published=at,
        updated=at,
        summary="Crews of <1> boats came home.",
        html=entry.html,
        language="en",
        categories=(
            Category("topic", "refugees", "Refugees & migrants"),
            Category("kind", "report", "Report"),
            Category("region", "canada", "Canada"),
            Category("country", "CA", "Canada"),
        ),
        picture=picture,
    )


@pytest.mark.parametrize(("author", "named"), [(None, "Open Harbour"), (" ", "Open Harbour"), ("Lin", "Lin")], ids=str)
def test_every_entry_has_an_author(compose: Compose, make_item: MakeItem, author: str | None, named: str) -> None:
    """An entry without an author of its own carries the newsroom's, as readers do not inherit it."""
    assert compose(make_item(author=author)).author == named


def test_categories_fall_back_to_ids_and_leave_all_out(compose: Compose, make_item: MakeItem) -> None:
    """An id that config.yaml no longer knows stands for itself; the reserved topic is no category."""
    item = make_item(topics=(ALL, "gone"), kind=None, regions=("nowhere",))
    assert compose(item).categories == (Category("topic", "gone", "gone"), Category("region", "nowhere", "nowhere"))


def test_category_stands_once(site: Site, make_item: MakeItem) -> None:
    """An id that comes twice, or a country that two regions are parts of, is one category; a blank one is none."""
    labels = Labels({}, {}, {"quebec": "Québec", "yukon": "Yukon"}, {"quebec": "CA", "yukon": "CA"})
    item = make_item(topics=("a", " ", "a"), kind=" ", regions=("quebec", "yukon", "quebec"))
    assert compose_entry(item, site, labels).categories == (
        Category("topic", "a", "a"),
        Category("region", "quebec", "Québec"),
        Category("region", "yukon", "Yukon"),
        Category("country", "CA", "Québec"),
    )


@pytest.mark.parametrize(
    ("language", "shown"), [("ar", "ar"), ("pt-BR", "pt-BR"), ("not a tag", "en"), ("", "en"), ("x", "en")]
)
def test_language_is_a_tag(compose: Compose, make_item: MakeItem, language: str, shown: str) -> None:
    """An entry's language is a BCP 47 tag: the item's, or the site's where that is none."""
    assert compose(make_item(language=language)).language == shown


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        (datetime(2026, 3, 3, tzinfo=UTC), "2026-03-02T17:00:00.000001+00:00"),
        (datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=-4))), "2026-03-02T16:00:00.000001+00:00"),
        (datetime(1999, 3, 3, tzinfo=UTC), "1999-03-03T00:00:00.000001+00:00"),
    ],
    ids=["future", "other zone", "long ago"],
)
def test_published_is_never_after_updated(
    compose: Compose, make_item: MakeItem, published: datetime, shown: str
) -> None:
    """F35: a future date is clamped to what we know, an old one is kept, both in UTC."""
    assert compose(make_item(published_at=published)).published.isoformat() == shown


def test_corrected_item_leads_to_its_correction(compose: Compose, make_item: MakeItem) -> None:
    """F32: an entry says when its item was corrected, what changed, and where that is told."""
    at = datetime(2026, 3, 12, 5, 5, 1, tzinfo=timezone(timedelta(hours=-4)))
    entry = compose(make_item(corrected_at=at, note="Two boats."))
    assert (entry.corrected_at, entry.note, entry.withdrawn) == (at, "Two boats.", False)
    assert entry.related is not None
    page, _, anchor = entry.related.partition("#")
    assert page == "https://feeds.openharbour.example/corrections.html"
    assert anchor.startswith("corrected-")
    assert anchor.endswith("-20260312T090501Z")
    assert entry.related in entry.html


def test_withdrawn_item_is_a_stub(compose: Compose, make_item: MakeItem, picture: Image) -> None:
    """F33: what is withdrawn keeps its id, link and title, says why, and has neither its words nor its picture."""
    item = make_item(
        status=ItemStatus.WITHDRAWN,
        summary="Secret words.",
        content_html="<p>Secret words.</p>",
        image=replace(picture, caption="Secret words."),
        note="It named the wrong ship.",
        corrected_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    entry = compose(item)
    assert (entry.id, entry.link, entry.title) == (item.entry_id, item.link, "Withdrawn: Boats & crews 1")
    assert (entry.withdrawn, entry.picture, entry.corrected_at) == (True, None, None)
    assert entry.note == "It named the wrong ship."
    assert entry.related is not None
    assert "#withdrawn-" in entry.related
    assert "Secret" not in f"{entry.summary}{entry.html}"


def test_note_of_an_item_that_was_never_corrected_is_not_told(compose: Compose, make_item: MakeItem) -> None:
    """A note stands in an entry only with a correction or a withdrawal."""
    assert compose(make_item(note="Draft")).note is None


@pytest.mark.parametrize("status", [ItemStatus.HELD, ItemStatus.PENDING])
def test_hidden_item_has_no_entry(compose: Compose, make_item: MakeItem, status: ItemStatus) -> None:
    """What no surface may show yet cannot be composed at all."""
    with pytest.raises(ValueError, match="not to be seen yet"):
        compose(make_item(status=status))


edits = st.fixed_dictionaries(
    {},
    optional={
        "title": st.text(min_size=1).filter(str.strip),
        "summary": st.text(),
        "language": st.sampled_from(["en", "ar", "pt-BR"]),
        "author": st.none() | st.text(),
        "status": st.sampled_from([ItemStatus.LIVE, ItemStatus.WITHDRAWN]),
        "corrected_at": st.none() | st.datetimes(min_value=EARLIEST, timezones=st.just(UTC)),
        "updated_at": st.datetimes(min_value=EARLIEST, timezones=st.just(UTC)),
        "topics": st.lists(st.text(min_size=1)).map(tuple),
    },
)


@given(edits, st.booleans())
def test_id_and_link_outlive_every_edit(
    site: Site, labels: Labels, make_item: MakeItem, changes: dict[str, Any], full_text: bool
) -> None:
    """Whatever is edited, corrected or withdrawn, an entry keeps its id and its link (RFC 4287 §4.2.6)."""
    entry = compose_entry(make_item(**changes), site, labels, full_text=full_text)
    assert (entry.id, entry.link) == (make_item().entry_id, make_item().link)


@given(st.lists(st.integers(1, 999_999), unique=True, max_size=8), st.datetimes(timezones=st.just(UTC)))
def test_no_two_entries_are_of_one_instant(
    site: Site, labels: Labels, make_item: MakeItem, numbers: list[int], at: datetime
) -> None:
    """Items of one instant have entries whose updated differ, in the order of their numbers."""
    composed = [compose_entry(make_item(n, updated_at=at, published_at=at), site, labels) for n in sorted(numbers)]
    times = [entry.updated for entry in composed]
    assert times == sorted(set(times))
    assert [entry.published for entry in composed] == times
