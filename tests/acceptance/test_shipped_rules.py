"""The shipped rules against a careful editor: on a real newsroom's pages, and on items invented for this test."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from digest.config.load import load_config
from digest.config.settings import Settings
from digest.sources.text import parse_text
from digest.topics.match import Match, Matcher, build_matcher

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONFIG = ROOT / "config.yaml"
NEWSROOM = ROOT.parent / "shared" / "newsroom"

# What an editor would still call useful: four of five given rightly, four of five found.
PRECISION_MIN = 0.8
RECALL_MIN = 0.8


class Labelled(NamedTuple):
    """A title and summary with what an editor gives them."""

    title: str
    summary: str
    topics: frozenset[str]
    regions: frozenset[str]


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Return the shipped configuration."""
    if not CONFIG.exists():
        pytest.skip("config.yaml is not there")
    return load_config(CONFIG)


@pytest.fixture(scope="module")
def matcher(settings: Settings) -> Matcher:
    """Return the matcher of the shipped rules."""
    return build_matcher(settings.topics, settings.regions)


def _newsroom() -> list[Labelled]:
    """Read the pages; their labels are kept by the hash of the title, so that none of their text is kept here."""
    if not NEWSROOM.exists():
        pytest.skip("the newsroom's pages are not there")
    labels = json.loads((HERE / "labels.json").read_text(encoding="utf-8"))
    items = [item for page in sorted(NEWSROOM.glob("*.txt")) for item in parse_text(page.read_bytes()).items]
    keyed = [(labels.get(hashlib.sha256(item.title.encode()).hexdigest()[:16]), item) for item in items]
    return [
        Labelled(item.title, item.summary, frozenset(label["topics"]), frozenset(label["regions"]))
        for label, item in keyed
        if label
    ]


def _invented() -> list[Labelled]:
    entries = yaml.safe_load((HERE / "invented_items.yaml").read_text(encoding="utf-8"))
    return [
        Labelled(entry["title"], entry["summary"], frozenset(entry["topics"]), frozenset(entry["regions"]))
        for entry in entries
    ]


def _judge(items: list[Labelled], matcher: Matcher, what: str) -> tuple[float, float, str]:
    """Return precision and recall over all items and labels together, and where the two disagree."""
    counts: Counter[str] = Counter()
    quarrels = []
    for item in items:
        given: Match = matcher.match(item.title, item.summary)
        got, wanted = frozenset(getattr(given, what)), getattr(item, what)
        counts.update(right=len(got & wanted), got=len(got), wanted=len(wanted))
        if got != wanted:
            quarrels.append(f"+{sorted(got - wanted)} -{sorted(wanted - got)} {item.title[:60]}")
    return counts["right"] / counts["got"], counts["right"] / counts["wanted"], "\n".join(quarrels)


@pytest.mark.parametrize("what", ["topics", "regions"])
@pytest.mark.parametrize("read", [_newsroom, _invented], ids=["newsroom", "invented"])
def test_rules_agree_with_an_editor(read: Callable[[], list[Labelled]], what: str, matcher: Matcher) -> None:
    """Precision and recall, over all topics and over all regions, reach 0.8 each."""
    items = read()
    assert len(items) >= 36
    precision, recall, quarrels = _judge(items, matcher, what)
    assert precision >= PRECISION_MIN, quarrels
    assert recall >= RECALL_MIN, quarrels


@pytest.mark.parametrize("what", ["topics", "regions"])
def test_labels_name_what_is_shipped(what: str, settings: Settings) -> None:
    """Every label is a shipped topic or region, and every shipped one is judged at least twice."""
    used = Counter(id for item in _invented() for id in getattr(item, what))
    assert set(used) == {entry.id for entry in getattr(settings, what)}
    assert min(used.values()) >= 2
