"""One line of text, and texts that differ in typography alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.text import clean_text, fold_typography, fold_words


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("  a \t b\r\n\x0bc\x85d\u2028e\u3000f ", "a b c d e f", id="white-space"),
        pytest.param("a\xa0b\xa0", "a b", id="no-break-space"),
        pytest.param("a\x00b\x08c\x7fd\x9fe\ufffef\uffffg\ud83dh", "abcdefgh", id="what-xml-cannot-hold"),
        pytest.param("\u202eevil\u202c \u202aab\u202c", "evil ab", id="bidi-overrides-and-embeddings"),
        pytest.param("a \x00 b", "a b", id="control-between-spaces"),
        pytest.param("\u2067سلام\u2069 \u200fa", "\u2067سلام\u2069 \u200fa", id="isolates-and-marks-stay"),
        pytest.param("\u2066a\u2067b\u2069", "a\u2067b\u2069", id="isolate-never-closed"),
        pytest.param("a\u2069 \u2068b\u2069\u2069", "a \u2068b\u2069", id="closing-of-nothing"),
        pytest.param("می\u200cخواهم 👩\u200d🚀", "می\u200cخواهم 👩\u200d🚀", id="joiners-are-letters-work"),
        pytest.param("İstanbul’da “e\u0301” — 10²", "İstanbul’da “e\u0301” — 10²", id="words-unchanged"),
        pytest.param("", "", id="empty"),
    ],
)
def test_clean_text(text: str, cleaned: str) -> None:
    """White space becomes one space, what no feed can hold goes, every other character stays."""
    assert clean_text(text) == cleaned


@given(st.text(st.characters()))
def test_folding_twice(text: str) -> None:
    """Folding is idempotent, and what cleaning changes does not count in it."""
    folded = fold_typography(text)
    assert fold_typography(folded) == folded
    assert fold_typography(clean_text(text)) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“It’s over,” she said", '"It\'s over," she said'),
        ("2019–2024", "2019-2024"),
        ("The wall — a report", "The wall—a report"),
        ("The wall -- a report", "The wall – a report"),
        ("And then…", "And then..."),
        ("a\xa0b\u200b", "a  b"),
        ("cafe\u0301", "café"),
        ("asy\u00adlum", "asylum"),
    ],
)
def test_typography_is_silent(one: str, other: str) -> None:
    """Quotes, dashes, ellipses, spaces, composition and invisible marks do not make another text."""
    assert fold_typography(one) == fold_typography(other)


@pytest.mark.parametrize(
    ("one", "other"), [("resign", "re-sign"), ("10²", "102"), ("us", "US"), ("5", "-5"), ("its", "it's"), ("a b", "ab")]
)
def test_words_are_not_silent(one: str, other: str) -> None:
    """Letters, digits, case, hyphens and apostrophes make words."""
    assert fold_typography(one) != fold_typography(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Ferries: “All” of them – back!", "ferries all of them back", id="signs"),
        pytest.param("Größe & CAFÉ", "grösse café", id="case-and-accents"),
        pytest.param("Cafe\u0301", "café", id="composed"),
        pytest.param("U.S. aid+", "u s aid", id="ascii"),
        pytest.param("फिर से", "फिर से", id="vowel-signs"),
        pytest.param("…!?", "", id="signs-alone"),
    ],
)
def test_fold_words(text: str, words: str) -> None:
    """Of a title as it is compared only its words count."""
    assert fold_words(text) == words


@given(data=st.data())
def test_fold_words_twice(any_text: st.SearchStrategy[str], data: st.DataObject) -> None:
    """The words of words are the words; typography never tells two texts apart."""
    text = data.draw(any_text)
    assert fold_words(fold_words(text)) == fold_words(text) == fold_words(fold_typography(text))
