"""F52: whatever a broken file holds, reading it ends in settings or in problems, never in a traceback."""

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.config.load import parse_config
from digest.config.starter import shipped_config_text
from digest.errors import ConfigError, Problem
from tests.examples import examples

SHIPPED = shipped_config_text()
LINES = SHIPPED.splitlines(keepends=True)
SMALL = """\
site: {title: Pier News, url: https://pier.example.org/, timezone: Europe/Paris, contact: a@b.org}
store: sqlite:///var/digest.db
feeds: {folder: feeds, entries: 50, full_text: no}
sources:
  wire: {type: feed, url: "https://wire.example.org/rss", every: 15 min}
kinds: {report: {title: Reports, label: Report}}
regions: {usa: {title: United States, any: [U.S., 'Supreme Court']}}
topics:
  police:
    title: Policing
    any: [police*, "1033"]
    kinds: [report]
    regions: usa
lists:
  daily: {title: Daily, topics: [police], send: daily at 07:00, timezone: subscriber, from: A <a@b.org>}
mail: {transport: smtp, host: h, port: 587, tls: required, username: u, password_file: p}
web: {bind: 127.0.0.1:8000}
"""
WORDS = rb"no 7:30 null 1e9 0x1 *a <<:_ !!str_ &a_ -_ :_ ---; ...; [[[[[[[[[[[[[[[[[[[["  # _ is a space, ; a line's end
MORSELS = st.sampled_from(
    [
        *(char.encode() for char in ":,-[]{}&*!|>'\"%@`#?~ \n\t=<\0\x85\u2028"),
        *(word.replace(b"_", b" ").replace(b";", b"\n") for word in WORDS.split()),
        b"\xff",
    ]
)


def _read(content: bytes) -> tuple[Problem, ...]:
    """Return the problems, each of which must have a place in the file and fit a terminal."""
    found: tuple[Problem, ...] = ()
    try:
        parse_config(content, Path("config.yaml"))
    except ConfigError as error:
        found = error.problems or (Problem("", 0, 0, "an error without a problem"),)
    places = [(problem.line, problem.column) for problem in found]
    assert places == sorted(places)
    for problem in found:
        assert problem.line >= 1
        assert problem.column >= 1
        assert "\n" not in problem.snippet
        assert len(problem.snippet) <= 76 * 2  # half of it may be accents
    return found


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    """Any bytes are refused with problems: none of them hold a site."""
    assert _read(content)


@settings(max_examples=examples(300))
@given(st.data())
def test_mutated_bytes(data: st.DataObject) -> None:
    """A right file with a few bytes cut out, put in or moved is still read to an answer."""
    content = SMALL.encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.sampled_from([0, 0, 1, 1, 2, 5, 20])))
        put = data.draw(st.one_of(MORSELS, st.just(b""), st.binary(max_size=4)))
        content = content[:start] + put + content[end:]
    _read(content)


VALUES = st.recursive(
    st.one_of(MORSELS.map(lambda morsel: morsel.decode("utf-8", "replace")), st.text(max_size=8)).map(repr)
    | st.sampled_from(["1", "1.5", "true", "no", "text", "2026-01-01", "~", '""', "all", "subscriber"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: f"[{', '.join(values)}]")
        | st.dictionaries(st.sampled_from(["a", "title", "any", "topics", "1"]), inner, max_size=3).map(
            lambda block: "{" + ", ".join(f"{key}: {value}" for key, value in block.items()) + "}"
        )
    ),
    max_leaves=6,
)


@settings(max_examples=examples(300))
@given(st.data())
def test_any_value_anywhere(data: st.DataObject) -> None:
    """Whatever value stands after a key, reading ends in an answer."""
    lines = SMALL.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    head, colon, _ = lines[at].rpartition(":") if data.draw(st.booleans()) else lines[at].partition(":")
    lines[at] = f"{head}{colon} {data.draw(VALUES)}"
    _read("\n".join(lines).encode())


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, len(LINES) - 1), st.sampled_from(["delete", "repeat", "indent", "unindent"]))
@example(0, "delete")
@example(len(LINES) - 1, "repeat")
def test_edited_lines(at: int, edit: str) -> None:
    """The shipped file with a line gone, doubled or moved sideways is right or refused, never a crash."""
    line = LINES[at]
    new = {"delete": "", "repeat": line * 2, "indent": f"  {line}", "unindent": line[1:]}[edit]
    _read("".join([*LINES[:at], new, *LINES[at + 1 :]]).encode())


def test_unharmed() -> None:
    """The files that are broken here are right to begin with."""
    assert _read(SMALL.encode()) == ()
    assert _read(SHIPPED.encode()) == ()
