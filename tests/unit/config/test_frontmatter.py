"""Front matter: text stays text, and what YAML can do beyond that is refused (FAULTS.md A44)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.frontmatter import read_front_matter, split_front_matter
from digest.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "front", "body"),
    [
        pytest.param("---\na: b\n---\nText\n", "a: b", "Text\n", id="usual"),
        pytest.param("--- \na: b\n---  \nText", "a: b", "Text", id="blanks-after"),
        pytest.param("---\na: b\n...\nText", "a: b", "Text", id="dots"),
        pytest.param("---\n---\nText", "", "Text", id="empty"),
        pytest.param("---\na: b\n---", "a: b", "", id="no-text"),
        pytest.param("---\na: |\n  ---\n---\nText\n---\nMore", "a: |\n  ---", "Text\n---\nMore", id="rules-elsewhere"),
        pytest.param("Text\n---\na: b\n---\n", None, "Text\n---\na: b\n---\n", id="not-at-the-top"),
        pytest.param("---\na: b\n", None, "---\na: b\n", id="never-closed"),
        pytest.param("----\na: b\n----\n", None, "----\na: b\n----\n", id="four-dashes"),
    ],
)
def test_front_matter_stands_between_two_lines(text: str, front: str | None, body: str) -> None:
    """Only at the top, and only where it is closed."""
    assert split_front_matter(text) == (front, body)


def test_every_value_is_the_text_that_stands_there() -> None:
    """`no` is a language, `7:30` a time and `2026-05-01` a date: nothing is read as anything else."""
    text = "a: no\nb: 7:30\nc: 2026-05-01\nd: 0x1F\ne: 1e3\nf: 'null'\ng: \"\"\nh: on"
    assert read_front_matter(text, "a.md") == {
        "a": "no", "b": "7:30", "c": "2026-05-01", "d": "0x1F", "e": "1e3", "f": "null", "g": "", "h": "on",
    }  # fmt: skip


def test_a_key_without_a_value_is_left_out() -> None:
    """Templates have many of them."""
    assert read_front_matter("a:\nb: ~\nc: null", "a.md") == {}


def test_lists_and_blocks_hold_text() -> None:
    """Both ways of writing them."""
    text = "a: [x, 1]\nb:\n  - y\n  -\nc:\n  url: z\n  alt:\nd: >\n  two\n  lines\n"
    assert read_front_matter(text, "a.md") == {"a": ["x", "1"], "b": ["y"], "c": {"url": "z"}, "d": "two lines\n"}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param("a: *x", 2, "`*x` is an alias", id="alias"),
        pytest.param("b: c\na: &x y", 3, "`&x` is an anchor", id="anchor"),
        pytest.param("a: !!python/object/apply:os.getcwd []", 2, "a tag of YAML", id="object"),
        pytest.param("!x a: b", 2, "a tag of YAML", id="tag-on-a-key"),
        pytest.param("a: b\nc: d\na: e", 4, "`a` stands here a second time", id="twice"),
        pytest.param("<<: {a: b}", 2, "`<<` merges", id="merge"),
        pytest.param("? [a]\n: b", 2, "a key must be one word", id="list-as-key"),
        pytest.param("a: {b: {c: {d: {e: {f: {g: h}}}}}}", 2, "too deep", id="deep"),
        pytest.param("- a", 2, "keys with values", id="list"),
        pytest.param("a", 2, "keys with values", id="word"),
        pytest.param("a: b: c", 2, "a colon", id="colon"),
        pytest.param('a: "b', 2, "never closed", id="quote"),
        pytest.param("a: \x07", 1, "characters", id="control"),
        pytest.param("a: \ud800", 1, "characters", id="surrogate"),
    ],
)
def test_what_is_not_text_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    """The opening `---` is line 1 of the file."""
    with pytest.raises(ConfigError) as refused:
        read_front_matter(text, "a.md")
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("a.md", line)
    assert message in problem.message


_PIECE = st.sampled_from(
    ["a", ": ", "\n", "- ", "  ", "[", "]", "{", "}", "&x ", "*x", "!y ", "'", '"', "|", "?", "#", "%"]
)


@given(st.lists(_PIECE | st.text(max_size=3), max_size=25))
def test_any_text_is_keys_or_a_problem(pieces: list[str]) -> None:
    """Nothing else comes out, and nothing else is raised."""
    try:
        found = read_front_matter("".join(pieces), "a.md")
    except ConfigError as error:
        found = {problem.message: problem.line for problem in error.problems}
    assert all(isinstance(key, str) for key in found)
