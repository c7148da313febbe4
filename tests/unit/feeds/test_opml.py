"""The OPML of all feeds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from digest.feeds.opml import build_opml
from digest.feeds.spec import FeedRow, FeedSpec, Group
from digest.model.site import Site

AT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


@pytest.fixture
def row() -> Callable[..., FeedRow]:
    """Return a feed of a group."""

    def make(name: str, title: str, group: Group, subtitle: str | None = None) -> FeedRow:
        return FeedRow(spec=FeedSpec(name=name, title=title, group=group, subtitle=subtitle, created_at=AT))

    return make


def test_opml(site: Site, row: Callable[..., FeedRow]) -> None:
    """Everything comes first, topics, regions and kinds in a folder each, corrections last; nothing has a date."""
    rows = [
        row("corrections", "Corrections", Group.CORRECTIONS),
        row("kind-report", "Reports", Group.KIND),
        row("b", "Boats & crews", Group.TOPIC, "Who <sails>"),
        row("a", "Anchors", Group.TOPIC),
        row("all", "Everything", Group.ALL),
    ]
    data = build_opml(rows, site)
    root = etree.fromstring(data)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [(one.tag, one.text) for one in root[0]] == [
        ("title", "Open Harbour"),
        ("docs", "http://opml.org/spec2.opml"),
    ]
    outlines = [(one.get("text"), one.get("xmlUrl"), [child.get("text") for child in one]) for one in root[1]]
    assert outlines == [
        ("Open Harbour", "https://feeds.openharbour.example/all.atom", []),
        ("Topics", None, ["Boats & crews – Open Harbour", "Anchors – Open Harbour"]),
        ("Kinds of item", None, ["Reports – Open Harbour"]),
        ("Corrections – Open Harbour", "https://feeds.openharbour.example/corrections.atom", []),
    ]
    assert dict(root.findall(".//outline[@type]")[1].attrib) == {
        "type": "rss",
        "text": "Boats & crews – Open Harbour",
        "title": "Boats & crews – Open Harbour",
        "description": "Who <sails>",
        "xmlUrl": "https://feeds.openharbour.example/b.atom",
        "htmlUrl": "https://feeds.openharbour.example/b.html",
        "language": "en",
    }
    assert b"2026" not in data


def test_same_bytes(site: Site, row: Callable[..., FeedRow]) -> None:
    """What is published in a feed does not change the OPML."""
    before = row("a", "Anchors", Group.TOPIC)
    assert build_opml([before], site) == build_opml([replace(before, per_week=9.0, newest_at=AT)], site)
