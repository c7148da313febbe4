"""feedparser's own test data: every document gives items or a refusal in words, none a traceback or a long wait."""

import ast
import re
from collections import Counter
from typing import Any

import pytest

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.items.clean import clean_item
from digest.model.item import Parsed
from digest.sources.feed import parse_feed
from digest.sources.page import Page
from digest.sources.parser import Parser
from tests.costs import assert_cheap, measure

BASE = "https://newsroom.example.org/feed"
SOUND = b"<rss version='2.0'><channel>%b</channel></rss>" % (b"<item><title>Ferry</title><link>/1</link></item>" * 100)
WANTED_TITLE = re.compile(r"""entries\[0\](?:\.title|\[u?['"]title['"]\]) == u?("[^"]*"|'[^']*')""")


def _read(case: Any) -> Parsed | str:
    """Return what a document gives: its items, or the sentence of a refusal."""
    try:
        return parse_feed(case.data, content_type=case.content_type, base=BASE)
    except SourceError as error:
        return error.seen


def _judge(outcome: Parsed | str) -> str:
    if isinstance(outcome, str):
        assert outcome
        assert "\n" not in outcome
        return "refused"
    return "entries" if outcome.items or outcome.quarantined else "no entries"


@pytest.mark.parametrize(
    ("folder", "seen", "entries", "refused"),
    [
        pytest.param("wellformed", 1_700, 1_150, 10, id="well-formed"),
        pytest.param("illformed", 15, 10, 6, id="ill-formed"),
        pytest.param("encoding", 200, 14, 25, id="encodings"),
        # Hundreds of HTML's names for characters in well-formed and ill-formed feeds.
        pytest.param("entities", 250, 0, 12, id="entities"),
        pytest.param("compression", 6, 0, 6, id="compressed"),
    ],
)
def test_every_document_is_read_or_refused_in_words(
    corpus: Any, folder: str, seen: int, entries: int, refused: int
) -> None:
    """At least so many are seen, at least so many have entries, and at most so many are refused.

    The slowest costs no more than twenty sound feeds of a hundred entries.
    """
    cases = corpus.list_cases(folder)
    counts = Counter(_judge(_read(case)) for case in cases)
    slowest = max(cases, key=lambda case: measure(lambda: _read(case)))
    assert_cheap(lambda: _read(slowest), lambda: parse_feed(SOUND), below=20)
    assert len(cases) >= seen
    assert counts["entries"] >= entries
    assert counts["refused"] <= refused


def test_only_what_is_no_feed_or_not_whole_is_refused(corpus: Any) -> None:
    """The reasons are few: another format, a document that declares entities, one that breaks off."""
    reasons = {reason for case in corpus.list_cases("wellformed") if isinstance(reason := _read(case), str)}
    assert reasons == {
        "neither RSS, Atom nor JSON Feed",
        "an XML document that declares entities, which are not read",
    }


def test_titles_are_those_that_the_corpus_expects(corpus: Any) -> None:
    """Where a document says which title, in plain words, its first entry has, it is ours too once it is clean."""
    checked = 0
    for case in corpus.list_cases("wellformed"):
        said = WANTED_TITLE.search(case.data.decode("latin-1"))
        outcome = _read(case)
        if said is None or isinstance(outcome, str) or not outcome.items or "sanitize/" in case.name:
            continue
        wanted = ast.literal_eval(said[1])
        if not re.search("[<&]", wanted):
            assert clean_item(outcome.items[0], base_url=BASE).title == wanted, case.name
            checked += 1
    assert checked >= 15


def test_every_item_can_be_cleaned(corpus: Any) -> None:
    """What the documents give, their attempts at scripts among it, comes out with words, and without any markup."""
    outcomes = [_read(case) for folder in ("wellformed", "illformed", "encoding") for case in corpus.list_cases(folder)]
    items = [clean_item(item, base_url=BASE) for one in outcomes if isinstance(one, Parsed) for item in one.items]
    assert len(items) >= 180
    assert all(item.title for item in items)
    content = " ".join(item.content_html or "" for item in items).lower()
    assert not re.search(r"<script|javascript:|\son\w+\s*=|<style|<iframe|<object|<embed", content)


async def test_a_child_gives_the_same(corpus: Any) -> None:
    """A sample of all folders, read in child processes, gives what it gives here."""
    source = SourceSettings(id="corpus", type="feed")
    cases = [case for folder in ("wellformed", "illformed", "encoding") for case in corpus.list_cases(folder)[::15]]
    async with Parser() as parser:
        for case in cases:
            page = Page(data=case.data, source=source, url=BASE, content_type=case.content_type)
            try:
                outcome: Parsed | str = await parser.call("digest.sources.feed:parse_page", page, Parsed)
            except SourceError as error:
                outcome = error.seen
            assert outcome == _read(case), case.name
    assert len(cases) > 100
