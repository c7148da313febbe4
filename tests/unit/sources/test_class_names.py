"""Which class names a selector leans on, and which texts look like dates."""

import pytest

from digest.sources.discovery.class_names import is_numbered, is_stable, stem_of
from digest.sources.discovery.datelike import looks_like_date


@pytest.mark.parametrize(
    "name",
    [
        "card",
        "newsList",
        "list-item",
        "c-card__title",
        "field--name-title",
        "views-row",
        "wp-block-post",
        "entry-title",
        "h-entry",
        "type-label",
        "text-content",
        "elementor-post__title",
        "news_item",
    ],
)  # fmt: skip
def test_names_that_mean_something_are_kept(name: str) -> None:
    """A name that somebody chose for what it means is leant on."""
    assert is_stable(name)


@pytest.mark.parametrize(
    "name",
    [
        "css-1x2y3z",
        "sc-bdVaJa",
        "jsx-12345",
        "Card_title__2dF3a",
        "svelte-1abc2de",
        "astro-J7PV25F6",
        "mt-4",
        "md:flex",
        "w-1/2",
        "max-w-5xl",
        "text-slate-500",
        "col-md-4",
        "line-clamp-3",
        "border-b",
        "post-123",
        "views-row-1",
        "odd",
        "is-active",
        "has-post-thumbnail",
        "category-news",
        "hentry",
        "row",
        "py-3.5",
        "_3kd9s2",
        "é",
    ],
)  # fmt: skip
def test_names_that_change_are_not(name: str) -> None:
    """A name made by a tool, a number, a state or a look is not leant on."""
    assert not is_stable(name)


def test_half_a_name_may_be_chosen() -> None:
    """The beginning of a CSS module's name is kept, and a page builder's name with its number as a last resort."""
    assert stem_of("Card_title__2dF3a") == "Card_title__"
    assert stem_of("card__title") is None
    assert is_numbered("text-block-12")
    assert not is_numbered("mt-4")


@pytest.mark.parametrize(
    "text",
    ["2026-03-05", "2026-03-05T10:00:00Z", "5 March 2026", "Mar. 5, 2026", "1er avril 2026", "12 de marzo de 2026",
     "5. März 2026", "05/03/2026", "5.3.26", "٥ مارس ٢٠٢٦", "12 كانون الثاني 2026", "2026年3月5日", "5 марта 2026 г.",
     "Published: 5 March 2026 | London", "Posted on Thursday, March 5, 2026 at 10:00 am"],
)  # fmt: skip
def test_dates_are_known_in_any_language(text: str) -> None:
    """A date looks like one in whatever language, with a label or a place beside it."""
    assert looks_like_date(text)


@pytest.mark.parametrize(
    "text",
    ["World Water Day 2026 in the city", "Call 020 7946 0958", "Page 3 of 2026", "", "March",
     "On 5 March 2026 the court of appeal will hear all of the cases again"],
)  # fmt: skip
def test_other_texts_are_no_dates(text: str) -> None:
    """A title with a year or a date in it is not taken for a date."""
    assert not looks_like_date(text)
