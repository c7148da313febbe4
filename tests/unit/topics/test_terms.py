"""Terms: what a word, a phrase or a prefix finds."""

from collections.abc import Callable

import pytest

from digest.model.topic import Rule, Term
from digest.topics.terms import needle_of

FOUND = [
    ("gun", "A Gun law", "case"),
    ("gun", "gun", "whole-text"),
    ("gun", "(gun), he said", "punctuation-around"),
    ("gun", "pro-gun lobby", "hyphen-ends-a-word"),
    ("refugee*", "Refugees welcome", "prefix"),
    ("refugee*", "refugee", "prefix-itself"),
    ("border wall", "the border  wall", "phrase"),
    ("border wall", "border-wall", "hyphen-for-space"),
    ("asylum seeker*", "Asylum-seekers", "prefix-in-phrase"),
    ("police kill*", "Police kill", "prefix-ends-phrase"),
    ("kill* of Black", "killings of Black people", "prefix-begins-phrase"),
    ("sentenc* to dea*", "sentenced to death", "two-stars"),
    ("Kilic", "Taner Kılıç convicted", "plain-term-accented-text"),
    ("Kılıç", "Taner Kilic convicted", "accented-term-plain-text"),
    ("women's rights", "Women’s rights", "apostrophes"),
    ("Turkey", "Turkey’s courts", "possessive-of-a-name"),
    ("Straße", "Die STRASSE", "sharp-s"),
    ("US", "the US and others", "capitals"),
    ("US", "US-led", "capitals-before-hyphen"),
    ("US", "the US’s role", "capitals-possessive"),
    ("U.S.", "the U.S. Senate", "dots"),
    ("U.S.", "the U.S, he said", "last-dot-missing"),
    ("U.S.", "U.S.-led", "dots-before-hyphen"),
    ("U.S.", "U.S.’s", "dots-possessive"),
    ("U.S.", "TELL THE U.S.", "dots-in-an-all-capitals-text"),
    ("usa", "THE USA", "lower-case-term-in-an-all-capitals-text"),
    ("#Welcome", "Join #Welcome now", "sign-before-word"),
    ("#Welcome", "a#Welcome", "sign-needs-no-word-start"),
    ("C++", "in C++17", "sign-after-word"),
    ("1033", "the 1033 Program", "number"),
]
NOT_FOUND = [
    ("gun", "begun, gunned", "inside-words"),
    ("gun", "gun2", "digits-are-part-of-words"),
    ("refugee*", "nonrefugee", "prefix-inside-a-word"),
    ("border wall", "border, wall", "punctuation-in-phrase"),
    ("border wall", "border walls", "phrase-is-whole"),
    ("kill* of Black", "killings of Blackwater", "last-word-is-whole"),
    ("kill* of Black", "killings in Black", "words-between"),
    ("US", "they told us", "pronoun"),
    ("US", "TELL US NOW", "all-capitals-text"),
    ("WHO", "people who care", "relative-pronoun"),
    ("ICE", "Ice melts", "first-letter-only"),
    ("U.S.", "us", "dots-against-pronoun"),
    ("U.S.", "US", "dots-against-capitals"),
    ("*phobia", "transphobia", "nothing-before-the-star"),
    ("-", "a - b", "nothing-but-a-sign"),
    ("", "a", "empty"),
]


def _case(row: tuple[str, str, str]) -> object:
    return pytest.param(*row[:2], id=row[2])


@pytest.mark.parametrize(("term", "text"), [_case(row) for row in FOUND])
def test_a_term_finds(term: str, text: str, make_rule: Callable[..., Rule], is_given: Callable[..., bool]) -> None:
    """A term finds what an operator means by it, in the title as in the summary."""
    rule = make_rule(any_=[term])
    assert is_given(rule, text)
    assert is_given(rule, "", text)


@pytest.mark.parametrize(("term", "text"), [_case(row) for row in NOT_FOUND])
def test_a_term_leaves(term: str, text: str, make_rule: Callable[..., Rule], is_given: Callable[..., bool]) -> None:
    """A term leaves alone what only looks like it."""
    assert not is_given(make_rule(any_=[term]), text)


def test_terms_that_mean_the_same_are_equal() -> None:
    """However it is typed, a term is looked for once."""
    assert needle_of(Term("Asylum-Seeker*", 1)) == needle_of(Term("asylum  seeker *", 2))
