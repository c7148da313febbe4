"""Tables of wrong configurations. Each text stands after a first line that is right: line 2 is its first."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from digest.config.settings import Settings
from digest.errors import Problem

Read = Callable[[str], Settings]
Problems = Callable[[str], tuple[Problem, ...]]

LIST = "title: D, send: daily at 07:00, from: a@b.org"
MAIL = "mail: {folder: outbox}\n"
POLICE = "topics: {police: {title: P, any: police}}\n"

SHAPES = [
    ("unknown-key", "fedes: {}", "2:1", "`fedes` is no key of this file", "did you mean 'feeds'?"),
    (
        "unknown-key-far",
        "feeds: {x: 1}",
        "2:9",
        "`x` is no key of `feeds`",
        "the keys here are folder, entries, full_text",
    ),
    ("alias-is-the-key", f"lists: {{d: {{sender: a@b.org, {LIST}}}}}\n{MAIL}", "2:13", "`sender` is no key of", None),
    ("missing", "kinds:\n  report: {label: R}", "3:3", "`kinds.report` has no `title`", "add `title: Press releases`"),
    ("missing-list-key", f"lists: {{d: {{title: D, from: a@b.org}}}}\n{MAIL}", "2:9", "`lists.d` has no `send`", None),
    ("not-a-number", "feeds: {entries: many}", "2:18", "`feeds.entries` must be a whole number", "`entries: 50`"),
    ("decimal", "feeds: {entries: 1.5}", "2:18", "`feeds.entries` must be a whole number", "`entries: 50`"),
    ("too-small", "feeds: {entries: 0}", "2:18", "`feeds.entries` must be at least 1", None),
    ("too-large", "mail: {folder: f, port: 70000}", "2:25", "`mail.port` must be at most 65535", None),
    ("not-a-bool", "feeds: {full_text: perhaps}", "2:20", "`feeds.full_text` must be true or false", "true`"),
    ("not-a-text", "feeds: {folder: [a]}", "2:17", "`feeds.folder` must be a text, not a block", None),
    ("not-a-block", "feeds: public", "2:8", "`feeds` must be a block of keys", None),
    ("not-ids", "sources: [a]", "2:10", "`sources` must be a block of ids", None),
    ("not-a-list", "topics: {t: {title: T, any: {a: b}}}", "2:29", "`topics.t.any` must be a list", "border wall]`"),
    ("choice", "mail: {folder: f, tls: non}", "2:24", "`mail.tls` must be required or none", "did you mean 'none'?"),
    ("id", "kinds: {Press Release: {title: P}}", "2:9", "`Press Release` is no id", "write it as press-release"),
    ("id-nothing-left", "kinds: {'ß': {title: P}}", "2:9", "`ß` is no id", "an id holds a-z"),
    ("id-long", f"kinds: {{{'k' * 64}: {{title: P}}}}", "2:9", "is no id", f"write it as {'k' * 63}"),
    ("id-dots", "topics: {'../etc': {title: P, any: x}}", "2:10", "`../etc` is no id", "write it as etc"),
    ("id-empty", "kinds: {'': {title: P}}", "2:9", "an empty id", None),
    ("topic-all", "topics: {all: {title: A, any: x}}", "2:10", "the topic id `all` is taken", "choose another id"),
    ("topic-index", "topics: {index: {title: A, any: x}}", "2:10", "the topic id `index` is taken", None),
    ("topic-kind", "topics: {kind-x: {title: A, any: x}}", "2:10", "the topic id `kind-x` is taken", None),
    ("topic-region", "topics: {region-x: {title: A, any: x}}", "2:10", "the topic id `region-x` is taken", None),
    ("empty-text", "kinds: {k: {title: ' '}}", "2:20", "`kinds.k.title`: an empty text", "`title: Press releases`"),
    ("unseen", 'kinds: {k: {title: "a\\u202Eb"}}', "2:20", "a character that nobody sees (U+202E)", "remove it"),
    ("home", "var: ~/x", "2:6", "`~` stands for nobody's folder here", "write the whole path"),
]

VALUES = [
    ("duration", "sources: {s: {type: text, path: x, every: 5 m}}", "2:43", "`5 m` is not a duration", "5 min"),
    (
        "duration-number",
        "sources: {s: {type: text, path: x, every: 15}}",
        "2:43",
        "`15` without quotes",
        "`every: 15 min`",
    ),
    (
        "source-type",
        "sources: {s: {type: txt, path: x}}",
        "2:21",
        "no source type is called `txt`; there are",
        "'text'?",
    ),
    ("zone", "sources: {s: {type: text, path: x, timezone: Paris}}", "2:46", "called `Paris`", "'Europe/Paris'?"),
    ("zone-words", "sources: {s: {type: text, path: x, timezone: new york}}", "2:46", "called", "'America/New_York'?"),
    ("zone-far", "sources: {s: {type: text, path: x, timezone: 〒}}", "2:46", "called `〒`", "Europe/London"),
    ("zone-folder", "sources: {s: {type: text, path: x, timezone: America}}", "2:46", "called `America`", None),
    ("url", "sources: {s: {type: feed, url: ftp://x/y}}", "2:32", "`ftp://x/y` is no web address", "https://"),
    ("url-port", "sources: {s: {type: feed, url: 'http://x:99999/'}}", "2:32", "is no web address", "https://"),
    ("url-space", "sources: {s: {type: feed, url: 'http://x/a b'}}", "2:32", "is no web address", "https://"),
    (
        "url-password",
        "sources: {s: {type: feed, url: 'http://u:p@x/'}}",
        "2:32",
        "a user name or password",
        "take it out",
    ),
    ("language", "sources: {s: {type: text, path: x, language: english}}", "2:46", "is no language code", "pt-BR"),
    (
        "sender",
        f"{MAIL}lists: {{d: {{title: D, send: immediately, from: news}}}}",
        "3:48",
        "is no mail address",
        "@example",
    ),
    (
        "sender-two",
        f"{MAIL}lists: {{d: {{title: D, send: immediately, from: 'a@b.org, c@d.org'}}}}",
        "3:48",
        "no mail",
        None,
    ),
    (
        "send",
        f"{MAIL}lists: {{d: {{title: D, from: a@b.org, send: at 7:30}}}}",
        "3:44",
        "is not a send time",
        "daily at 07:30",
    ),
    ("send-surprise", f"{MAIL}lists: {{d: {{title: D, from: a@b.org, send: 7:30}}}}", "3:44", "450", "daily at 07:30"),
    ("bind", "web: {bind: localhost}", "2:13", "`localhost` is no address to listen on", "127.0.0.1:8000"),
    ("bind-port", "web: {bind: 8000}", "2:13", "`8000` without quotes is a number", "`bind: 127.0.0.1:8000`"),
    ("bind-large", "web: {bind: '[::1]:99999'}", "2:13", "is no address to listen on", None),
    ("store", "store: mysql://db/x", "2:8", "a store is sqlite:///FILE or postgresql://", "var/digest.db"),
    ("store-postgres", "store: postgres://db/x", "2:8", "`postgres://` is no store", "'postgresql://db/x'?"),
    ("store-memory", "store: 'sqlite:///:memory:'", "2:8", "in memory forgets", None),
    ("store-folder", "store: sqlite:///var/", "2:8", "names no file", None),
    ("store-no-name", "store: postgresql://db", "2:8", "names no database", None),
    ("store-password", "store: postgresql://u:hush@db/x", "2:8", "a password in the configuration", ".pgpass"),
    ("store-port", "store: postgresql://db:x/x", "2:8", "the store is no address", None),
]

TERMS = [
    ("empty", "any: ['']", "an empty text"),
    ("star", "any: ['*']", "`*` has no letter or digit"),
    ("dots", "any: ['...']", "`...` has no letter or digit"),
    ("star-first", "any: ['*phobia']", "`*phobia`: a `*` stands at the end of a word"),
    ("star-inside", "any: ['re*ugee']", "`re*ugee`: a `*` stands at the end of a word"),
    ("star-alone", "any: ['gun *']", "`gun *`: a `*` stands at the end of a word"),
    ("star-twice", "any: ['gun**']", "`gun**`: a `*` stands at the end of a word"),
    ("unseen", 'any: ["a\\u200Bb"]', "a character that nobody sees (U+200B)"),
    ("control", 'any: ["a\\eb"]', "a character that nobody sees (U+001B)"),
    ("block", "any: [[a]]", "`topics.t.any` must be a text, not a block"),
]

TOGETHER = [
    (
        "topic-of-list",
        f"{POLICE}{MAIL}lists: {{d: {{topics: [polics], {LIST}}}}}",
        "4:22",
        "no topic has the id",
        "'police'?",
    ),
    (
        "topic-far",
        f"{POLICE}{MAIL}lists: {{d: {{topics: x, {LIST}}}}}",
        "4:21",
        "no topic has the id `x`",
        "the topics are police",
    ),
    (
        "no-topics",
        f"{MAIL}lists: {{d: {{topics: x, {LIST}}}}}",
        "3:21",
        "no topic",
        "there are no `topics` in this file",
    ),
    ("all-and", f"{POLICE}{MAIL}lists: {{d: {{topics: [all, police], {LIST}}}}}", "4:22", "`all` already offers", None),
    ("region", "topics: {t: {title: T, any: x, regions: usa}}", "2:41", "no region has the id `usa`", None),
    ("kind", "regions: {r: {title: T, any: x, kinds: [memo]}}", "2:41", "no kind has the id `memo`", None),
    ("no-rule", "topics:\n  t: {title: T, any: []}", "3:3", "`t` has no rule", "add `any:"),
    ("same-title", "kinds: {a: {title: Memos}, b: {title: ' MEMOS'}}", "2:39", "`kinds.a` has the same title", None),
    ("same-label", "kinds: {a: {title: A, label: x}, b: {title: B, label: X}}", "2:55", "the same label", None),
    ("nothing-to-read", "sources: {s: {type: text}}", "2:11", "`s` says nowhere what to read", "add `url:`"),
    ("no-mail", f"lists: {{d: {{{LIST}}}}}", "2:1", "there are lists, but no `mail`", "add `mail:"),
    ("no-folder", "mail: {port: 25}", "2:1", "transport maildir needs a `folder`", "add `folder: var/outbox`"),
    ("no-host", "mail: {transport: smtp}", "2:8", "transport smtp needs a `host`", "add `host: mail.example.org`"),
    ("password", "mail: {folder: f, password: hush}", "2:19", "`password` is no key of `mail`", "`password_file`"),
    ("no-password", "mail: {folder: f, username: u}", "2:19", "`username` needs a `password_file`", None),
    ("no-username", "mail: {folder: f, password_file: p}", "2:19", "`password_file` needs a `username`", None),
    (
        "clear-password",
        "mail: {transport: smtp, host: h, tls: none, username: u, password_file: p}",
        "2:39",
        "the password would travel in clear",
        "write `tls: required`",
    ),
]


def _rows(table: Sequence[tuple[str | None, ...]]) -> list[Any]:
    return [pytest.param(*row[1:], id=row[0]) for row in table]


@pytest.mark.parametrize(("text", "place", "message", "cure"), _rows([*SHAPES, *VALUES, *TOGETHER]))
def test_problem(problems: Problems, text: str, place: str, message: str, cure: str | None) -> None:
    """A wrong configuration gives one problem: its place, what is wrong, and what would be right."""
    (problem,) = problems(text)
    assert f"{problem.line}:{problem.column}" == place
    assert message in problem.message
    assert problem.snippet
    assert cure is None or cure in (problem.suggestion or "")


@pytest.mark.parametrize(("rule", "message"), _rows(TERMS))
def test_terms_that_cannot_match(problems: Problems, rule: str, message: str) -> None:
    """A term that could never match anything is refused where it stands."""
    (problem,) = problems(f"topics:\n  t:\n    title: T\n    {rule}")
    assert (problem.line, problem.column) == (5, 11)
    assert message in problem.message


@pytest.mark.parametrize("term", ["refugee*", "refugee* camp*", "killed * activist*", "U.S.*", "G20", "女性"])
def test_terms_that_can_match(read: Read, term: str) -> None:
    """A `*` may end each word of a phrase, or stand for one of its inner words."""
    assert read(f"topics: {{t: {{title: T, any: '{term}'}}}}").topics[0].rule.any_[0].text == term


@pytest.mark.parametrize("secret", ["hush", '"hush, hush"', "'hush'", "hush hush"])
@pytest.mark.parametrize("template", ["mail: {{folder: f, password: {0}}}", "mail:\n  folder: f\n  password: {0}"])
def test_secrets_are_not_repeated(problems: Problems, template: str, secret: str) -> None:
    """A password in the configuration is refused, and not shown again."""
    (problem,) = problems(template.format(secret))
    assert "hush" not in str(problem)


@pytest.mark.parametrize("store", ["postgresql://u:hush@db/x", "postgres://u:hu@sh@db/x", "mysql://u:hush@db"])
def test_store_passwords_are_not_repeated(problems: Problems, store: str) -> None:
    """A password in the address of a store is not shown again."""
    (problem,) = problems(f"store: {store}")
    assert "hush" not in str(problem)
    assert "hu@sh" not in str(problem)


def test_everything_at_once(problems: Problems) -> None:
    """A file with eight errors gives eight problems, in the order of the file."""
    found = problems(
        "stroe: x\n"
        "feeds: {entries: 0}\n"
        "sources:\n"
        "  s: {type: txt, path: a, path: b}\n"
        "topics:\n"
        "  t: {title: T, any: [no, 1033]}\n"
        "lists:\n"
        "  d: {title: D, send: 7:30, from: a@b.org}\n"
        "mail: *x\n"
    )
    places = [(problem.line, problem.column) for problem in found]
    assert places == [(2, 1), (3, 18), (5, 13), (5, 27), (7, 23), (7, 27), (9, 23), (10, 7)]


def test_a_broken_value_is_told_once(problems: Problems) -> None:
    """What depends on a value that is already reported adds no noise."""
    (problem,) = problems(f"topics:\nmail: {{folder: f}}\nlists: {{d: {{topics: [police], {LIST}}}}}")
    assert problem.message == "`topics` has no value"


def test_problem_as_text(problems: Problems) -> None:
    """A problem reads as place, sentence, line, caret, cure."""
    (problem,) = problems("mail: {transport: smpt, host: h}")
    assert str(problem) == (
        "config.yaml:2:19: error: `mail.transport` must be maildir or smtp\n"
        "  mail: {transport: smpt, host: h}\n"
        "                    ^\n"
        "  did you mean 'smtp'?"
    )
