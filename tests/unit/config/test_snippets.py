"""What an operator sees under a problem, in a terminal of 80 columns."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.text import decode_text


def _shown(line: str, column: int) -> tuple[str, str]:
    problem = decode_text("f", ("# first\n" + line).encode()).problem(2, column, "x")
    _, snippet, caret = str(problem).split("\n")
    return snippet[2:], caret[2:]


@pytest.mark.parametrize(
    ("line", "column", "caret"),
    [
        pytest.param("feeds: x", 8, 8, id="plain"),
        pytest.param("日本語: x", 6, 9, id="wide"),
        pytest.param("cafe\u0301: x", 8, 7, id="combining"),
        pytest.param("a:\tb", 4, 4, id="tab"),
        pytest.param("feeds:", 7, 7, id="after-the-end"),
    ],
)
def test_caret(line: str, column: int, caret: int) -> None:
    """The caret stands under its character, however wide the ones before it are."""
    assert _shown(line, column)[1] == " " * (caret - 1) + "^"


@pytest.mark.parametrize("column", [1, 40, 75, 76, 77, 100, 150, 199, 200])
def test_long_lines_are_shown_in_part(column: int) -> None:
    """Of a long line the part around the caret is shown, with … where it was cut."""
    line = "".join(chr(ord("a") + at % 26) for at in range(200))
    snippet, caret = _shown(line, column)
    assert len(snippet) <= 76
    assert snippet[len(caret) - 1] == line[column - 1]
    assert snippet.startswith("…") == (not line.startswith(snippet[:5]))
    assert snippet.endswith("…") == (not line.endswith(snippet[-5:]))


@given(st.text("ab \t日é\u0301", min_size=1, max_size=300), st.data())
def test_snippets_fit_the_terminal(line: str, data: st.DataObject) -> None:
    """Whatever a line holds, it fits 76 columns and the caret stands in it or behind its end."""
    column = data.draw(st.integers(1, len(line) + 1))
    snippet, caret = _shown("x" + line, column)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in snippet)
    marks = sum(unicodedata.combining(char) != 0 for char in snippet)
    assert len(snippet) + wide - marks <= 76
    assert len(caret) <= 77


def test_values_of_a_sentence_are_cut() -> None:
    """A sentence quotes a value on one line, without control characters, and not all of it."""
    problem = decode_text("f", b"x").problem(1, 1, "a\nb \x1b[31m " + "y" * 5000)
    assert problem.message.startswith("a b �[31m yyy")
    assert len(problem.message) == 200
