"""Tables of names that moved or retired. Each text stands after a first line that is right: line 2 is its first."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.config.load import parse_config
from digest.errors import Problem

Problems = Callable[[str], tuple[Problem, ...]]

HEAD = "site: {title: Pier News, url: https://pier.example.org/}\n"
PARTS = (
    "topics: {sea: {title: Sea, any: sea}, refugees: {title: R, any: asylum}}\n"
    "regions: {usa: {title: USA, any: USA}}\nkinds: {report: {title: Reports}}\n"
)
WRONG = [
    ("still-a-topic", "moved: {sea: refugees}", "2:17", "`sea` is the name of a feed, so it has not moved", "rename"),
    ("still-all", "moved: {all: sea}", "2:17", "`all` is the name of a feed", None),
    ("still-corrections", "retired: [corrections]", "2:19", "`corrections` is the name of a feed, so it has not", None),
    ("still-a-region", "retired: [x, region-usa]", "2:22", "`region-usa` is the name of a feed", "take it out"),
    ("still-a-kind", "moved: {kind-report: sea}", "2:17", "`kind-report` is the name of a feed", None),
    ("a-page", "moved: {index: all}", "2:17", "`index` is the name of a file of our own", "take it out"),
    ("the-opml", "retired: [feeds]", "2:19", "`feeds` is the name of a file of our own", None),
    ("no-feed", "moved: {boats: ships}", "2:24", "no feed is called `ships`", "the feeds are all, sea, refugees"),
    ("nearly", "moved: {old: refugee}", "2:22", "no feed is called `refugee`", "did you mean 'refugees'?"),
    ("prefix", "moved: {old: usa}", "2:22", "no feed is called `usa`", "did you mean 'region-usa'?"),
    ("to-a-retired", "moved: {old: games}, retired: [games]", "2:22", "`games` is retired", "retire `old` too"),
    ("both", "moved: {old: sea}, retired: [old]", "2:38", "`old` has moved, so it is not retired", "one place alone"),
    ("itself", "moved: {old: old}", "2:22", "these moves lead in a circle: old → old", "lead to a feed"),
    ("circle", "moved: {x: a, a: b, b: a}", "2:26", "these moves lead in a circle: a → b → a", None),
    ("no-id", "moved: {Old Boats: sea}", "2:17", "`Old Boats` is no id", "write it as old-boats"),
    ("path", "retired: [../etc]", "2:19", "`../etc` is no id", "write it as etc"),
    ("here", "folder: ./", "2:17", "`feeds.folder` is that of the configuration itself", "folder of their own: feeds"),
    ("state", "folder: var/", "2:17", "`feeds.folder` is that of `var`", None),
    ("words", "folder: templates", "2:17", "`feeds.folder` is that of `templates`", None),
    ("not-names", "moved: [sea]", "2:16", "`feeds.moved` must be a block of ids", None),
]


@pytest.mark.parametrize(
    ("text", "place", "message", "cure"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_what_is_wrong_is_told_once(problems: Problems, text: str, place: str, message: str, cure: str | None) -> None:
    """One problem at its place, in words, with a cure."""
    (found,) = problems(f"feeds: {{{text}}}\n{PARTS}")
    assert f"{found.line}:{found.column}" == place
    assert message in found.message
    assert cure is None or cure in (found.suggestion or "")


RIGHT = [
    "moved: {boats: sea}",
    "moved: {boats: ships, ships: sea}",
    "moved: {a: all, b: region-usa, c: kind-report, d: corrections}, retired: [games, region-gone]",
    "retired: games",
    "retired: []",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_read(text: str) -> None:
    """Moves to every sort of feed, and to a name that itself moved on, are all right."""
    settings = parse_config(f"{HEAD}feeds: {{{text}}}\n{PARTS}".encode(), Path("/srv/pier/config.yaml"))
    assert settings.feeds.moved or settings.feeds.retired or text == "retired: []"


def test_broken_topics_are_told_alone(problems: Problems) -> None:
    """Where the topics cannot be read, nobody says of a move that it leads nowhere."""
    assert [one.message for one in problems("feeds: {moved: {old: sea}}\ntopics: [sea]\n")] == [
        "`topics` must be a block of ids, each with keys of its own"
    ]
