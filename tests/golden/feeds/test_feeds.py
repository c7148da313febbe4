"""Golden feeds, the schema of RFC 4287, and what must never be in them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from digest.feeds.check import check_feed
from digest.model.item import Item

HERE = Path(__file__).parent
SCHEMA = Path(__file__).parents[3] / "../shared/schemas/atom.rng"
ATOM = ["all.atom", "all-2026-06.atom", "corrections.atom", "health.atom", "region-canada.atom"]
JSON = ["all.json", "corrections.json", "region-canada.json"]
Feeds = dict[str, bytes]


@pytest.mark.parametrize("name", [*ATOM, *JSON])
def test_bytes_are_those_that_were_looked_at(
    feeds: Feeds, check_golden: Callable[[Path, bytes], None], name: str
) -> None:
    """A feed changes only with somebody's eyes on the difference."""
    check_golden(HERE / name, feeds[name])


@pytest.mark.parametrize("name", ATOM)
def test_feeds_keep_the_schema(feeds: Feeds, name: str) -> None:
    """Every feed is valid by the RELAX NG grammar of RFC 4287, appendix B, and passes our own check."""
    assert check_feed(feeds[name]) == ()
    if not SCHEMA.is_file():
        pytest.skip(f"there is no {SCHEMA.name} beside the project")
    schema = etree.RelaxNG(etree.parse(SCHEMA))
    assert schema.validate(etree.fromstring(feeds[name])), schema.error_log


@pytest.mark.parametrize("name", ["all", "corrections", "region-canada"])
def test_both_formats_say_the_same(feeds: Feeds, name: str) -> None:
    """Atom and JSON have the same entries, by id, title, link, content and times."""
    atom = etree.fromstring(feeds[f"{name}.atom"]).iterfind("{*}entry")
    fields = ("id", "title", "content", "published", "updated")
    names = ("id", "title", "content_html", "date_published", "date_modified")
    items = json.loads(feeds[f"{name}.json"])["items"]
    assert [[entry.findtext(f"{{*}}{field}") for field in fields] for entry in atom] == [
        [item[field] for field in names] for item in items
    ]


def test_what_is_gone_is_in_no_feed(feeds: Feeds, items: list[Item]) -> None:
    """F33: of a withdrawn item no format has the words or the picture, and all have title and reason."""
    assert items[-1].summary == "This text is gone."
    for name in ("all.atom", "all.json", "corrections.atom", "corrections.json", "all-2026-06.atom"):
        assert b"This text is gone." not in feeds[name]
        assert b"Withdrawn: Ferry company named in report" in feeds[name]
        assert b"It named the wrong company." in feeds[name]


def test_full_text_is_there_only_if_wanted(feeds: Feeds) -> None:
    """What a feed without full text gives is the summary."""
    assert "&lt;em&gt;five&lt;/em&gt;" in feeds["health.atom"].decode()
    assert "five" not in feeds["all.atom"].decode()
