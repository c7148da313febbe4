"""Folding: what is one word, however it was typed."""

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.topics.fold import fold, fold_offsets

# Mostly what folding is about, sometimes anything at all.
TEXTS = st.text(st.sampled_from("aAsSıİßé’'´-– \t\u00a0\u00ad\u0301.,Wſœ") | st.characters(), max_size=30)


@pytest.mark.parametrize(
    ("text", "lower"),
    [
        pytest.param("İdil", "idil", id="turkish-dotted-capital"),
        pytest.param("Kılıç", "kilic", id="turkish-dotless-and-cedilla"),
        pytest.param("Bogotá", "bogota", id="accent"),
        pytest.param("Bogota\u0301", "bogota", id="accent-as-a-character-of-its-own"),
        pytest.param("Straße", "strasse", id="sharp-s"),
        pytest.param("Łódź, Ørsted", "lodz, orsted", id="strokes"),
        pytest.param("women’s rights", "women rights", id="typographic-possessive"),
        pytest.param("women's rights", "women rights", id="plain-possessive"),
        pytest.param("refugees’ rights", "refugees rights", id="plural-possessive"),
        pytest.param("Côte d’Ivoire", "cote d'ivoire", id="apostrophe-within"),
        pytest.param("Sana'a", "sana'a", id="apostrophe-within-is-no-possessive"),
        pytest.param("asylum-seekers", "asylum seekers", id="hyphen"),
        pytest.param("asylum\u2011seekers", "asylum seekers", id="unbreakable-hyphen"),
        pytest.param("border \t\n wall", "border wall", id="white-space"),
        pytest.param("border\u00a0wall", "border wall", id="unbreakable-space"),
        pytest.param("Uygh\u00adurs", "uyghurs", id="soft-hyphen"),
        pytest.param("ﬁre", "fire", id="ligature"),
        pytest.param("  edge - ", "edge", id="edges"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_folding_levels_how_a_word_was_typed(text: str, lower: str) -> None:
    """One word has one folded form."""
    assert fold(text).lower == lower


def test_capitals_are_kept_apart() -> None:
    """The cased form keeps capitals, so that US can be told from us."""
    assert fold("The U.S. told us").cased == "The U.S. told us"


@given(TEXTS)
@example("''s")
@example("s''")
@example("a's's'")
def test_folding_is_idempotent(text: str) -> None:
    """A folded text folds to itself."""
    once = fold(text)
    assert fold(once.cased) == once
    assert fold(once.lower).lower == once.lower


def test_lower_is_as_long_as_cased() -> None:
    """No character of Unicode changes its length when case is folded, so both forms share their offsets."""
    for code in range(sys.maxunicode + 1):
        if not unicodedata.category(chr(code)).startswith("C"):
            folded = fold(chr(code))
            assert len(folded.lower) == len(folded.cased), hex(code)


@given(TEXTS)
def test_offsets_lead_back(text: str) -> None:
    """Offsets never run backwards, and each stands where its folded character came from."""
    folded, offsets = fold(text), fold_offsets(text)
    assert len(offsets) == len(folded.cased) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)
    for char, at in zip(folded.cased, offsets, strict=False):
        assert char == " " or char in unicodedata.normalize("NFKD", text[at]) or not text[at].isascii()
