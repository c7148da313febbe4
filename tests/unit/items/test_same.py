"""F31: when two items are one story, and when they only look alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.same import Likeness, Place, Traits, choose_likeness, find_likeness, is_wave

MARCH = date(2026, 3, 11)
NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
TITLE = "Ferries return to the old harbour"
SUMMARY = "Eight ferries lie at the pier again."
SAME, SURE, NOT = "not sure", "sure", None

Make = Callable[..., Traits]


@pytest.fixture(scope="module", name="traits")
def make_traits() -> Make:
    """Make the traits of a story of 11 March that has an id, a link and a title of its own."""

    def make(days: float = 0, **fields: Any) -> Traits:
        at = NOON + timedelta(days=days)
        given_fields: dict[str, Any] = {
            "link_key": "L1", "title_key": "T1", "title": TITLE, "summary": SUMMARY, "kind": None,
            "published_on": at.date(), "published_at": at, "date_only": True, "dated": True, "explicit": True,
        }  # fmt: skip
        return Traits(**{**given_fields, **fields})

    return make


def verdict(likeness: Likeness | None) -> str | None:
    """Return whether a likeness is sure, or None where there is none."""
    return None if likeness is None else (SURE if likeness.sure else SAME)


OTHER = {"title": "Fields under water", "title_key": "T2", "summary": "The river rose."}
AFAR: dict[str, Any] = {"link_key": "L2"}
NO_LINK: dict[str, Any] = {"link_key": None}
HASHED: dict[str, Any] = NO_LINK | {"explicit": False}
UNDATED: dict[str, Any] = {"dated": False}
WITHOUT: dict[str, Any] = {"summary": ""}
ELSE: dict[str, Any] = {"summary": "Nobody knows why."}
LONGER: dict[str, Any] = {"summary": f"{SUMMARY} Their crews were cheered."}
CUT: dict[str, Any] = {"summary": "Eight ferries lie…"}


@pytest.mark.parametrize(
    ("days", "new", "old", "place", "expected"),
    [
        pytest.param(0, OTHER, {}, Place.SOURCE, SURE, id="another source links to the same page"),
        pytest.param(2, OTHER, {}, Place.SOURCE, SURE, id="… two days later"),
        pytest.param(9, OTHER, {}, Place.SOURCE, NOT, id="… another story days later: the page is used again"),
        pytest.param(9, {}, {}, Place.SOURCE, SURE, id="… the same title days later"),
        pytest.param(9, OTHER | UNDATED, {}, Place.SOURCE, SURE, id="… without a date"),
        pytest.param(9, OTHER | {"explicit": False}, {}, Place.HOME, SURE, id="its link is its key now"),
        pytest.param(9, OTHER, {"explicit": False}, Place.HOME, SURE, id="its link was its key"),
        pytest.param(0, {}, {}, Place.HOME, SURE, id="a new id for the same page"),
        pytest.param(0, WITHOUT | {"kind": "report"}, {"kind": "update"}, Place.HOME, SURE, id="… with another kind"),
        pytest.param(0, {"title": "Report: " + TITLE, "title_key": "T3"}, {}, Place.HOME, SURE, id="… the same text"),
        pytest.param(0, UNDATED | WITHOUT, {}, Place.HOME, SURE, id="… without a date now"),
        pytest.param(0, UNDATED | ELSE, {"title_key": None}, Place.HOME, NOT, id="a bulletin without date"),
        pytest.param(1, ELSE, {}, Place.HOME, NOT, id="a bulletin of the next day, on the same page"),
        pytest.param(1, {}, {}, Place.HOME, NOT, id="… in words that are always the same"),
        pytest.param(7, WITHOUT, WITHOUT, Place.HOME, NOT, id="… of the next week, without words"),
        pytest.param(0, OTHER, {}, Place.HOME, NOT, id="another story on the page of the day"),
        pytest.param(0, OTHER, {}, Place.PAGE, NOT, id="the older one is listed itself"),
        pytest.param(0, NO_LINK | OTHER, NO_LINK | {"title": "x"}, Place.HOME, NOT, id="no link is not the same link"),
    ],
)
def test_f31_link(traits: Make, days: int, new: dict, old: dict, place: Place, expected: str | None) -> None:
    """The same page is the same story, but where it is used again for another one."""
    assert verdict(find_likeness(traits(days, **new), traits(**old), place)) == expected


@pytest.mark.parametrize(
    ("days", "new", "old", "expected"),
    [
        pytest.param(0, {}, {}, SURE, id="the same words"),
        pytest.param(0, ELSE, {}, SURE, id="a summary of its own"),
        pytest.param(0, ELSE | NO_LINK, WITHOUT | NO_LINK, SURE, id="neither has a link"),
        pytest.param(2, {}, {}, SURE, id="two days later"),
        pytest.param(2, WITHOUT, {}, SURE, id="two days later, without summary"),
        pytest.param(2, ELSE, {}, NOT, id="two days later, with another summary"),
        pytest.param(4, {}, {}, NOT, id="four days later: the next of a series"),
        pytest.param(-4, {}, {}, NOT, id="four days before"),
        pytest.param(2, UNDATED | CUT, {}, SURE, id="without a date, at first sight two days later"),
        pytest.param(4, UNDATED, {}, NOT, id="without a date, at first sight four days later"),
        pytest.param(0, {"kind": "report"}, {"kind": "press-release"}, NOT, id="a report and its press release"),
        pytest.param(0, {"kind": "report"}, {}, SURE, id="only one has a kind"),
        pytest.param(0, {"title_key": "T2"}, {}, NOT, id="another title"),
        pytest.param(0, {"title_key": None}, {"title_key": None}, NOT, id="titles too short to tell"),
        pytest.param(0, ELSE, {"withdrawn": True}, NOT, id="withdrawn, and written anew"),
        pytest.param(0, {}, {"withdrawn": True}, SURE, id="withdrawn, in the same words"),
    ],
)
def test_f31_title_in_another_source(traits: Make, days: int, new: dict, old: dict, expected: str | None) -> None:
    """The same title of another source is the same story on the same day, and within days if no words speak against."""
    likeness = find_likeness(traits(days, **(AFAR | new)), traits(**old), Place.SOURCE)
    assert verdict(likeness) == expected
    assert likeness is None or likeness.alone is (days != 0)


@pytest.mark.parametrize(
    ("days", "new", "old", "expected"),
    [
        pytest.param(0, {}, {}, SURE, id="new id, new path"),
        pytest.param(0, WITHOUT, {}, SURE, id="… and no summary any more"),
        pytest.param(0, CUT, {}, SURE, id="… and a cut summary"),
        pytest.param(0, LONGER, {}, SURE, id="… and a longer summary"),
        pytest.param(0, ELSE, {}, SAME, id="… and another summary: if others come back as well"),
        pytest.param(1, {}, {}, NOT, id="the next day: of a series, for each has its page"),
        pytest.param(1, {"date_only": False}, {}, SURE, id="a time now, in another zone than the date"),
        pytest.param(0.5, {"date_only": False}, {"date_only": False}, SURE, id="a time in another zone"),
        pytest.param(1, {"date_only": False}, {"date_only": False}, NOT, id="the same time on the next day"),
        pytest.param(2, HASHED, HASHED, SURE, id="a date was corrected"),
        pytest.param(2, NO_LINK, NO_LINK, NOT, id="the next of a series, by its id"),
        pytest.param(2, HASHED | ELSE, HASHED, NOT, id="the next of a series without links"),
        pytest.param(2, HASHED | WITHOUT, HASHED | WITHOUT, NOT, id="… without words"),
        pytest.param(4, HASHED, HASHED, NOT, id="the date is far away"),
        pytest.param(99, UNDATED, UNDATED, SAME, id="without dates: if others come back as well"),
        pytest.param(1, UNDATED | WITHOUT, UNDATED, SAME, id="… without words"),
        pytest.param(1, UNDATED | HASHED, UNDATED, SURE, id="… without links, in the same words, soon"),
        pytest.param(1, UNDATED | ELSE, UNDATED, NOT, id="… in other words"),
        pytest.param(0, {"kind": "report"}, {"kind": "update"}, NOT, id="another kind"),
        pytest.param(0, {"kind": "report"}, {}, SURE, id="a kind at last"),
    ],
)
def test_f31_title_at_home(traits: Make, days: float, new: dict, old: dict, expected: str | None) -> None:
    """In its own source a title under another id is the same story where the date says so as well."""
    assert verdict(find_likeness(traits(days, **(AFAR | new)), traits(**old), Place.HOME)) == expected


@pytest.mark.parametrize("place", [Place.PAGE, Place.UNKNOWN], ids=str)
@pytest.mark.parametrize(
    ("days", "new", "old", "expected"),
    [
        pytest.param(0, {}, {}, SURE, id="the same words"),
        pytest.param(0, LONGER, {}, SURE, id="one is cut"),
        pytest.param(0, WITHOUT, {}, SURE, id="one is only a title"),
        pytest.param(0, WITHOUT, WITHOUT, NOT, id="both are only titles: two statements of one day"),
        pytest.param(0, ELSE, {}, NOT, id="another text: two statements of one day"),
        pytest.param(1, {}, {}, NOT, id="the next day"),
        pytest.param(0, UNDATED, UNDATED, NOT, id="without dates, each with its page: a series"),
        pytest.param(0, UNDATED | HASHED, UNDATED, SURE, id="without dates, ids and pages"),
        pytest.param(0, {"kind": "report"}, {"kind": "update"}, NOT, id="another kind"),
    ],
)
def test_f31_title_twice_on_a_page(
    traits: Make, place: Place, days: int, new: dict, old: dict, expected: str | None
) -> None:
    """Of two that stand on one page under one title, only the words tell that they are one story."""
    assert verdict(find_likeness(traits(days, **(AFAR | new)), traits(**old), place)) == expected


def test_the_best_likeness_is_chosen(traits: Make) -> None:
    """Link before title, near before far, like words before others, sure before not; of two vague ones neither."""
    new = traits(link_key="L9", date_only=False)
    link = find_likeness(new, traits(link_key="L9", title_key=None), Place.HOME)
    near = find_likeness(new, traits(), Place.HOME)
    far = find_likeness(new, traits(1), Place.HOME)
    words = find_likeness(new, traits(summary=""), Place.HOME)
    doubt = find_likeness(new, traits(summary="x"), Place.HOME)
    found = [one for one in (doubt, far, words, near, link) if one]
    assert len(found) == 5
    order = []
    while best := choose_likeness(found):
        order.append(best)
        found.remove(best)
    assert order == [link, near, words, far, doubt]
    assert choose_likeness([]) is None


def test_one_of_a_series_is_not_guessed(traits: Make) -> None:
    """Where a story of another source could be either of two neighbours, it is neither; one of its own day is it."""
    new = traits(**AFAR)
    days = [find_likeness(new, traits(days), Place.SOURCE) for days in (-1, 1)]
    assert choose_likeness([one for one in days if one]) is None
    assert choose_likeness([one for one in days[:1] if one]) == days[0]
    today = find_likeness(new, traits(), Place.SOURCE)
    assert choose_likeness([one for one in (*days, today) if one]) == today


@pytest.mark.parametrize(("back", "unknown", "wave"), [(2, 2, False), (3, 3, True), (3, 6, True), (3, 7, False)])
def test_a_wave(back: int, unknown: int, wave: bool) -> None:
    """A page was redesigned where three stories or more come back, and they are half of what is unknown."""
    assert is_wave(back, unknown) is wave


@given(
    st.sampled_from(list(Place)),
    st.sampled_from([{}, UNDATED, WITHOUT, NO_LINK, HASHED, LONGER, {"kind": "report"}, {"date_only": False}]),
    st.integers(-5, 5),
)
def test_likeness_is_mutual(traits: Make, place: Place, fields: dict, days: int) -> None:
    """Which of two comes first does not matter."""
    one, other = traits(days, **(AFAR | fields)), traits()
    assert verdict(find_likeness(one, other, place)) == verdict(find_likeness(other, one, place))
    nameless = replace(one, title_key=None)
    assert find_likeness(nameless, other, place) is None


SHORT: dict[str, Any] = {"title": "A letter", "title_key": None}


@pytest.mark.parametrize(
    ("days", "new", "old", "place", "expected"),
    [
        pytest.param(0, {}, {}, Place.HOME, SAME, id="the same short title on its day, if others come back too"),
        pytest.param(0, {}, WITHOUT, Place.HOME, SAME, id="… one of them without a summary"),
        pytest.param(1, {}, {}, Place.HOME, NOT, id="… another day"),
        pytest.param(0, {}, ELSE, Place.HOME, NOT, id="… another summary"),
        pytest.param(0, {"kind": "report"}, {"kind": "letter"}, Place.HOME, NOT, id="… another kind"),
        pytest.param(0, {}, {"title": "A note"}, Place.HOME, NOT, id="another short title"),
        pytest.param(0, {}, {}, Place.PAGE, NOT, id="two on one page"),
        pytest.param(0, {}, {}, Place.SOURCE, NOT, id="in another source"),
    ],
)
def test_a_short_title_names_a_story_with_its_day_alone(
    days: float, new: dict[str, Any], old: dict[str, Any], place: Place, expected: str | None, traits: Make
) -> None:
    """Letters and notes are called alike: in its own source and on its day such a title is a likeness, never sure."""
    older = traits(**AFAR, **{**SHORT, **old})
    assert verdict(find_likeness(traits(days, **{**SHORT, **new}), older, place)) == expected
