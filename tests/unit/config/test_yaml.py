"""What YAML itself makes surprising: refused, or told in words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.config.load import parse_config
from digest.config.settings import Settings
from digest.errors import ConfigError, Problem

Read = Callable[[str], Settings]
Problems = Callable[[str], tuple[Problem, ...]]


@pytest.mark.parametrize(
    ("term", "reading"),
    [
        ("no", "YAML reads `no` as false"),
        ("On", "YAML reads `On` as true"),
        ("yes", "YAML reads `yes` as true"),
        ("off", "YAML reads `off` as false"),
        ("1033", "`1033` without quotes is a number"),
        ("-7", "`-7` without quotes is a number"),
        ("9.10", "`9.10` without quotes is a number"),
        ("7:30", "YAML reads `7:30` as the number 450"),
        ("0777", "YAML reads `0777` as the number 511"),
        ("0x1F", "YAML reads `0x1F` as the number 31"),
        ("1_000", "YAML reads `1_000` as the number 1000"),
        ("2026-03-01", "YAML reads `2026-03-01` as a date"),
        ("2026-13-45", "YAML reads `2026-13-45` as a date"),
        (".inf", "YAML reads `.inf` as the number inf"),
        ("null", "YAML reads `null` as nothing"),
        ("~", "YAML reads `~` as nothing"),
    ],
)
def test_surprise(problems: Problems, term: str, reading: str) -> None:
    """Text that YAML reads as something else is refused, and quotes are suggested."""
    (problem,) = problems(f"topics: {{t: {{title: T, any: [{term}]}}}}")
    assert problem.message.startswith(reading)
    assert problem.suggestion == f'write it in quotes: "{term}"'
    assert (problem.line, problem.column) == (2, 30)


@pytest.mark.parametrize("term", ["no", "1033", "7:30", "2026-03-01", "null", "~x", "yes"])
def test_quotes_cure(read: Read, term: str) -> None:
    """In quotes, every text is text."""
    assert read(f'topics: {{t: {{title: T, any: ["{term}"]}}}}').topics[0].rule.any_[0].text == term


@pytest.mark.parametrize("term", ["U.S.", "7:30am", "y", "n", "G20", "v1.2.3", "Côte d'Ivoire", "AC/DC"])
def test_ordinary_text_needs_no_quotes(read: Read, term: str) -> None:
    """Text that YAML reads as text stands without quotes."""
    assert read(f"topics: {{t: {{title: T, any: [{term}]}}}}").topics[0].rule.any_[0].text == term


@pytest.mark.parametrize("key", ["no", "1033", "2026-03-01", "null"])
def test_surprising_keys(problems: Problems, key: str) -> None:
    """An id that YAML does not read as text is refused at the key."""
    found = problems(f"kinds: {{{key}: {{title: T}}}}")
    assert found[0].message.endswith("and a key is text")
    assert (found[0].line, found[0].column) == (2, 9)


REFUSED = [
    (
        "duplicate",
        "var: a\nstore: sqlite:///x\nvar: b",
        (4, 1),
        "`var` stands here a second time; the first is in line 2",
    ),
    ("duplicate-flow", "feeds: {folder: a, folder: b}", (2, 20), "`folder` stands here a second time"),
    ("alias", "var: *x", (2, 6), "`*x` is an alias"),
    ("anchor", "var: &x y", (2, 6), "`&x` is an anchor"),
    ("merge", "feeds:\n  <<: {folder: a}", (3, 3), "`<<` merges blocks"),
    ("tag", "var: !!python/name:os.system x", (2, 6), "is a tag in YAML"),
    ("local-tag", "var: !secret x", (2, 6), "`!secret` is a tag in YAML"),
    ("tag-on-block", "feeds: !!map {folder: a}", (2, 8), "`!!map` is a tag in YAML"),
    ("documents", "var: a\n---\nvar: b", (3, 1), "a second document begins here"),
    ("no-value", "feeds:\n  folder:\n  entries: 5", (3, 3), "`folder` has no value"),
    ("no-entry", "topics:\n  t:\n    title: T\n    any:\n      -\n      - x", (6, 8), "an entry without a value"),
    ("block-as-key", "feeds:\n  ? [a]\n  : b", (3, 5), "a key must be one word"),
    ("deep", "feeds: " + "[" * 50, (2, 20), "too deep"),
    ("missing-dash", "topics: {t: {title: T, any: [x, a\n b]}}", (2, 33), "`a b` goes over two lines"),
    ("colon", "var: a: b", (2, 7), "a colon where none can stand"),
    ("quote", "var: 'a\nfeeds: {}\n", (2, 6), "this quote is never closed"),
    ("bracket", "topics: {t: {title: T, any: [x, y}}", (2, 29), "this `[` is never closed"),
    ("brace", "feeds: {folder: a\n", (2, 8), "this `{` is never closed"),
    ("start", "var: @a", (2, 6), "a text cannot begin with this character"),
    ("backtick", "var: `a`", (2, 6), "a text cannot begin with this character"),
    ("star", "topics: {t: {title: T, any: [*]}}", (2, 31), "`*` and `&` cannot stand first"),
    ("no-colon", "feeds:\n  folder: a\n  entries\n", (4, 3), "a key without its colon"),
    ("indent", "feeds:\n   folder: a\n  entries: 5", (4, 3), "this does not fit what stands before it"),
    ("escape", 'var: "\\q"', (2, 7), "`\\` has a meaning"),
]


@pytest.mark.parametrize(("text", "place", "message"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_refused(problems: Problems, text: str, place: tuple[int, int], message: str) -> None:
    """What this file does not need of YAML, and what is no YAML, is refused in one form."""
    (problem,) = problems(text)
    assert (problem.line, problem.column) == place
    assert message in problem.message


def test_what_a_syntax_error_hides(problems: Problems) -> None:
    """Problems before a syntax error are listed, and one sentence says that there may be more after it."""
    found = problems("var: a\nvar: b\nfeeds: {folder: 'x}\nstroe: y\n")
    assert [problem.line for problem in found] == [3, 4]
    assert "\n".join(map(str, found)).count("What follows could not be read") == 1


def test_yes_is_true_where_that_is_meant(read: Read) -> None:
    """Where true or false is meant, yes and no do."""
    assert read("feeds: {full_text: on}").feeds.full_text is True


@pytest.mark.parametrize("char", ["[", "{", "[[", "- ", "? ", "&a ", "!!a "])
def test_nesting_is_bounded(char: str) -> None:
    """A megabyte of brackets is refused at once."""
    with pytest.raises(ConfigError):
        parse_config((char * 900_000)[:900_000].encode(), Path("config.yaml"))
