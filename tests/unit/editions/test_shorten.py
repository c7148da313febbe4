"""Shortening ends where a reader would stop."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.editions.shorten import join_line, shorten_summary, shorten_words

FIRST = "The council closed the only night shelter in the old town on Tuesday."
SECOND = "Nobody had been told."
THIRD = "It will open again in spring."
ABBREVIATED = "Dr. A. Okoth of the U.S. Office left on Jan. 3, and Gov. Lind has not yet named a new head. More soon."
QUOTED = "“The shelter is closed.” That is all the letter said to those who stood at the door on Tuesday."
ASKED = "She asked why? and left the hall before the vote was taken on that Tuesday night. It passed."
JAPANESE = "避難所が火曜日に閉鎖され、二百人が路上に出され、市は来春まで再開しないと発表した。"


@pytest.mark.parametrize(
    ("text", "limit", "truncated", "expected"),
    [
        pytest.param("", 320, False, "", id="nothing"),
        pytest.param(FIRST, 0, False, "", id="titles only"),
        pytest.param(FIRST, 320, False, FIRST, id="one sentence"),
        pytest.param(f"{FIRST} {SECOND} {THIRD}", 320, False, f"{FIRST} {SECOND}", id="two of three sentences"),
        pytest.param(f"{FIRST} {SECOND}", 75, False, FIRST, id="the second does not fit"),
        pytest.param("No. Yes. Perhaps.", 320, False, "No. Yes. Perhaps.", id="very short sentences all stand"),
        pytest.param(f"{FIRST} The mayor said:", 320, False, FIRST, id="a colon: back to the sentence before"),
        pytest.param("In response to the closing, the mayor said:", 320, False,
                     "In response to the closing, the mayor said…", id="a colon and nothing before"),
        pytest.param(f"{FIRST} Since then the", 320, True, FIRST, id="cut by the source: back to the whole sentence"),
        pytest.param("Since then the old town", 320, True, "Since then the old town…", id="cut by the source at once"),
        pytest.param(f"{FIRST} Since then the…", 320, False, FIRST, id="an ellipsis says that it was cut"),
        pytest.param(FIRST, 30, False, "The council closed the only…", id="a long sentence ends at a word"),
        pytest.param("Ja. " + "und so weiter " * 20, 40, False, "Ja. und so weiter und so weiter und so…",
                     id="a very short first sentence is not all"),
        pytest.param(f"{ABBREVIATED} {THIRD}", 320, False, ABBREVIATED, id="abbreviations end no sentence"),
        pytest.param(f"{QUOTED} {THIRD}", 320, False, QUOTED, id="a quotation mark belongs to its sentence"),
        pytest.param(f"{ASKED} {THIRD}", 320, False, ASKED, id="a small letter follows: no end"),
        pytest.param(JAPANESE * 3, 320, False, JAPANESE * 2, id="sentences without spaces"),
    ],
)  # fmt: skip
def test_summary(text: str, limit: int, truncated: bool, expected: str) -> None:
    """A summary is one or two sentences; one that is cut says so with an ellipsis."""
    assert shorten_summary(text, limit, truncated=truncated) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("A short headline", 40, "A short headline", id="fits"),
        pytest.param("A short headline", 16, "A short headline", id="fits exactly"),
        pytest.param("A short headline", 15, "A short…", id="ends at a word"),
        pytest.param("A short headline", 8, "A short…", id="the word just fits"),
        pytest.param("Ports – and ferries", 9, "Ports…", id="no dash before the ellipsis"),
        pytest.param("Unfallversicherung", 8, "Unfallv…", id="a word longer than the room"),
        pytest.param("abce\u0301\u0302f", 6, "abc…", id="no accent loses its letter"),
        pytest.param("headline", 0, "", id="no room"),
    ],
)
def test_words(text: str, limit: int, expected: str) -> None:
    """A headline that is cut ends at a word and with an ellipsis."""
    assert shorten_words(text, limit) == expected


@given(st.text(), st.integers(0, 400), st.booleans())
def test_never_longer(text: str, limit: int, truncated: bool) -> None:
    """Nothing shortened is longer than its limit, has a line break, or a control character."""
    for short in (shorten_words(text, limit), shorten_summary(text, limit, truncated=truncated)):
        assert len(short) <= limit
        assert short == join_line(short)


@given(st.text(alphabet=st.characters()))
def test_one_line(text: str) -> None:
    """A joined text is one line without controls, and joining it again changes nothing."""
    line = join_line(text)
    assert len(line.splitlines()) <= 1
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert join_line(line) == line
