"""Matching: rules against items, and the reasons."""

from collections.abc import Callable

import pytest

from digest.model.topic import Region, Rule, Term, Topic
from digest.topics.match import Hit, Match, build_matcher

MakeRule = Callable[..., Rule]
IsGiven = Callable[..., bool]


@pytest.mark.parametrize(
    ("parts", "title", "summary", "kind", "given"),
    [
        pytest.param({"any_": ["gun", "rifle"]}, "A rifle", "", None, True, id="any-one-is-enough"),
        pytest.param({"all_": ["gun", "law"]}, "gun", "law", None, True, id="all-across-fields"),
        pytest.param({"all_": ["gun", "law"]}, "gun", "", None, False, id="all-but-one"),
        pytest.param({"any_": ["gun"], "all_": ["law"]}, "gun", "", None, False, id="any-without-all"),
        pytest.param({"any_": ["gun"], "all_": ["law"]}, "law", "", None, False, id="all-without-any"),
        pytest.param({"any_": ["gun"], "none": ["water"]}, "gun", "of water", None, False, id="none-forbids"),
        pytest.param({"none": ["water"]}, "gun", "", None, True, id="none-alone-takes-the-rest"),
        pytest.param({"none": ["water"]}, "water", "", None, False, id="none-alone-forbids"),
        pytest.param({"kinds": ["report"]}, "x", "", "report", True, id="kinds-alone"),
        pytest.param({"kinds": ["report"]}, "x", "", "letter", False, id="another-kind"),
        pytest.param({"kinds": ["report"]}, "x", "", None, False, id="no-kind"),
        pytest.param({"any_": ["gun"], "kinds": ["report"]}, "gun", "", "letter", False, id="word-of-another-kind"),
        pytest.param({"regions": ["east"]}, "Tokyo", "", None, True, id="regions-alone"),
        pytest.param({"regions": ["east"]}, "Paris", "", None, False, id="another-region"),
        pytest.param({"any_": ["gun"], "regions": ["east"]}, "gun in Tokyo", "", None, True, id="word-in-region"),
        pytest.param({"any_": ["gun"], "regions": ["east"]}, "gun in Paris", "", None, False, id="word-elsewhere"),
        pytest.param({}, "gun", "law", "report", False, id="empty-rule"),
        pytest.param({"ignore": ["water gun"]}, "water gun", "", None, False, id="only-ignore-is-empty"),
        pytest.param({"any_": ["*"]}, "gun", "", None, False, id="only-unusable-words"),
        pytest.param({"in_title": ["gun"]}, "gun", "", None, True, id="in-title"),
        pytest.param({"in_title": ["gun"]}, "", "gun", None, False, id="in-title-not-in-summary"),
        pytest.param({"any_": ["rifle"], "in_title": ["gun"]}, "", "rifle", None, True, id="any-or-in-title"),
        pytest.param({"any_": ["gun"], "ignore": ["water gun"]}, "water gun", "", None, False, id="ignored"),
        pytest.param({"any_": ["gun"], "ignore": ["water gun*"]}, "water guns", "gun", None, True, id="beside-ignored"),
        pytest.param({"any_": ["gun"], "ignore": ["water gun"]}, "gun", "water gun", None, True, id="other-field"),
        pytest.param({"any_": ["gun law"], "ignore": ["water gun"]}, "water gun law", "", None, True, id="overlap"),
        pytest.param(
            {"any_": ["gun"], "none": ["water"], "ignore": ["water gun"]}, "gun, water gun", "", None, True,
            id="ignored-none",
        ),
    ],
)  # fmt: skip
def test_a_rule_gives_its_topic(
    parts: dict[str, list[str]],
    title: str,
    summary: str,
    kind: str | None,
    given: bool,
    make_rule: MakeRule,
    is_given: IsGiven,
) -> None:
    """Every part of a rule means what its name says."""
    assert is_given(make_rule(**parts), title, summary, kind, east=["Tokyo"], west=["Paris"]) is given


def test_ids_stand_in_the_order_of_the_configuration(make_rule: MakeRule) -> None:
    """Topics and regions come back as they are listed, not as they are found."""
    topics = [Topic(id, id, make_rule(any_=[id])) for id in ("zoo", "ant", "bee")]
    regions = [Region(id, id, make_rule(any_=[id])) for id in ("west", "east")]
    match = build_matcher(topics, regions).match("east bee ant", "zoo west")
    assert match == Match(topics=("zoo", "ant", "bee"), regions=("west", "east"))


def test_a_region_cannot_ask_for_regions(make_rule: MakeRule) -> None:
    """A region is judged before any region is known."""
    regions = [Region("a", "A", make_rule(any_=["x"])), Region("b", "B", make_rule(any_=["x"], regions=["a"]))]
    assert build_matcher([], regions).match("x", "").regions == ("a",)


def test_nothing_configured_matches_nothing() -> None:
    """A matcher without a word still answers."""
    assert build_matcher([], []).match("x", "y") == Match()


def test_a_word_of_two_topics_serves_both(make_rule: MakeRule) -> None:
    """A term that stands in several rules counts in each."""
    topics = [Topic(id, id, make_rule(any_=["gun"])) for id in ("a", "b")]
    assert build_matcher(topics, []).match("gun", "").topics == ("a", "b")


def test_why_quotes_the_words_as_they_stand() -> None:
    """A reason names the term as written, its line and part, the field, and the words of the text."""
    rule = Rule(any_=(Term("asylum seeker*", 31), Term("Kilic", 32)), ignore=(Term("not asylum seekers", 40),))
    why = build_matcher([Topic("t", "T", rule)], []).explain(" ‘Asylum-\u00a0Seekers’ ", "Taner Kılıç’s trial")
    assert why.match.topics == ("t",)
    assert why.topics[0].hits == (
        Hit("any", Term("asylum seeker*", 31), "title", "Asylum-\u00a0Seekers’"),
        Hit("any", Term("Kilic", 32), "summary", "Kılıç’s"),
    )


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        pytest.param({"any_": ["gun"]}, "", id="matched"),
        pytest.param({"any_": ["gun"], "none": ["law"]}, "excluded by law", id="none"),
        pytest.param({"any_": ["gun"], "all_": ["tax"]}, "without tax", id="all"),
        pytest.param({"any_": ["gun"], "ignore": ["gun law"]}, "none of its words counts", id="ignore"),
        pytest.param({"any_": ["gun"], "kinds": ["a", "b"]}, "its kind is not a or b", id="kinds"),
        pytest.param({"any_": ["gun"], "regions": ["a", "b"]}, "its regions are not a or b", id="regions"),
    ],
)
def test_why_says_what_stood_in_the_way(parts: dict[str, list[str]], reason: str, make_rule: MakeRule) -> None:
    """A topic whose words were found but which was not given says why."""
    why = build_matcher([Topic("t", "T", make_rule(**parts))], []).explain("gun law", "", "letter")
    assert (why.topics[0].reason, why.topics[0].matched) == (reason, not reason)


def test_why_is_silent_about_the_rest(make_rule: MakeRule) -> None:
    """What had no word in the text and was not given needs no verdict; what was given without words has one."""
    topics = [Topic("a", "A", make_rule(any_=["x"])), Topic("b", "B", make_rule(none=["x"])), Topic("c", "C")]
    why = build_matcher(topics, [Region("r", "R", make_rule(any_=["y"]))]).explain("y", "")
    assert [(verdict.id, verdict.matched) for verdict in why.topics] == [("b", True)]
    assert [verdict.id for verdict in why.regions] == ["r"]
