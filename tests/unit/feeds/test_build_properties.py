"""Properties of building: hostile items, same bytes in any process, time and locale."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from digest.feeds.build import Builder
from digest.feeds.check import check_feed
from digest.feeds.spec import FeedSpec, Labels
from digest.model.correction import Correction
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site
from tests.costs import assert_cheap
from tests.patience import HANG_S

PROJECT = Path(__file__).parents[3]
MakeItem = Callable[..., Item]

HOSTILE = [
    "]]>", "<![CDATA[", "</entry>", "&lt;b&gt;", "<script>alert(1)</script>", "<!DOCTYPE x>", "\x00", "  ", "\u202e",
    "\u2066x", "x\u2069", "\ufdd0", "&#x85;", '<img src="https://a.example/1">', '<p style="x">y</p>', "<svg>",
    "<p>open", "<!-- open", "<?xml version='1.0'?>",
]  # fmt: skip

anything = st.text(max_size=40) | st.sampled_from(HOSTILE)
urls = anything | st.builds("https://a.example/{}".format, anything) | st.just("https://a.example/1")
times = st.datetimes(timezones=st.just(UTC)) | st.datetimes()
maybe = st.none() | anything

hostile = st.fixed_dictionaries(
    {},
    optional={
        "title": anything,
        "summary": anything,
        "link": urls,
        "entry_id": urls,
        "language": anything,
        "author": maybe,
        "note": maybe,
        "kind": maybe,
        "topics": st.lists(anything.filter(bool), max_size=3).map(tuple),
        "image": st.builds(Image, st.none() | urls, maybe, maybe, maybe, st.none() | st.integers(), maybe),
        "content_html": maybe,
        "status": st.sampled_from([ItemStatus.LIVE, ItemStatus.WITHDRAWN]),
        "corrected_at": st.none() | times,
        "published_at": times,
        "updated_at": times,
    },
)


@given(st.lists(hostile, max_size=6), st.booleans())
def test_whatever_items_hold_the_feed_is_sound(
    make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels, changes: list[dict[str, Any]], full_text: bool
) -> None:
    """Nothing in an item makes building raise or a feed fail its check; each item and correction is in it or named."""
    items = [make_item(number + 1, **change) for number, change in enumerate(changes)]
    builder = Builder(site, labels, full_text=full_text)
    composed = builder.compose(items)
    assert len(composed.entries) + len(composed.quarantined) == len(items)
    assert check_feed(builder.atom(spec, composed.entries)) == ()
    assert len(json.loads(builder.json(spec, composed.entries))["items"]) == len(composed.entries)
    told = builder.compose_corrections(
        Correction(n, item, item.updated_at, item.note or "", item.status is ItemStatus.WITHDRAWN)
        for n, item in enumerate(items)
    )
    assert len(told.entries) + len(told.quarantined) == len(items)
    assert check_feed(builder.atom(spec, told.entries)) == ()


@given(st.lists(hostile, max_size=4), st.permutations([False, True, False]))
def test_same_items_same_bytes(
    make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels, changes: list[dict[str, Any]], order: list[bool]
) -> None:
    """The same items give the same bytes each time, by a builder that knows them or one that begins."""
    items = [make_item(number + 1, **change) for number, change in enumerate(changes)]
    kept = Builder(site, labels)
    results = set()
    for warm in order:
        builder = kept if warm else Builder(site, labels)
        entries = builder.compose(replace(item) for item in items).entries
        results.add((builder.atom(spec, entries), builder.json(spec, entries)))
    assert len(results) == 1


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=60).filter(str.strip))
def test_title_comes_back_as_it_was(
    make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels, title: str
) -> None:
    """A title is text: whatever it looks like, a reader gets the same characters."""
    builder = Builder(site, labels)
    composed = builder.compose([make_item(title=title)])
    assume(composed.entries)  # An item whose title turns the direction of what follows is in no feed.
    assert etree.fromstring(builder.atom(spec, composed.entries)).findtext("{*}entry/{*}title") == title
    assert json.loads(builder.json(spec, composed.entries))["items"][0]["title"] == title


SCRIPT = """
import sys
from datetime import UTC, date, datetime
from digest.feeds.build import Builder
from digest.feeds.spec import FeedSpec, Labels
from digest.model.correction import Correction
from digest.model.item import Image, Item
from digest.model.site import Site
from tests.costs import assert_cheap

at = datetime(2026, 3, 2, 16, tzinfo=UTC)
site = Site(
    title="Open Harbour", url="https://a.example/", feeds_url="https://a.example/f/", author="Open Harbour",
    timezone="America/Halifax", contact="a@a.example",
)
items = [
    Item(
        id=n, source="s", key=str(n), entry_id=f"tag:a.example,2026:{n}", title=f"T{n}", summary="S", truncated=False,
        kind="report", published_on=date(2026, 3, 2), published_at=at, date_only=True, updated_at=at, first_seen_at=at,
        link=f"https://a.example/{n}", language="fr", corrected_at=at, note="Note.", topics=("a", "b", "c"),
        regions=("x", "y"), image=Image("https://a.example/x.jpg", "Alt", "Caption", "Credit", 9),
    )
    for n in range(9, 0, -1)
]
spec = FeedSpec(name="all", title="All", created_at=at)
builder = Builder(site, Labels({}, {}, {}, {"x": "XA", "y": "YA"}))
entries = builder.compose(items).entries
told = builder.compose_corrections(Correction(item.id, item, at, "Note.") for item in items).entries
for written in (builder.atom, builder.json):
    sys.stdout.buffer.write(written(spec, entries) + written(spec, told))
"""


def bytes_made_elsewhere(seed: str, zone: str, language: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, cwd=PROJECT, check=True, capture_output=True, timeout=HANG_S
    ).stdout


@pytest.mark.parametrize(
    ("seed", "zone", "language"),
    [("1", "Pacific/Auckland", "C.UTF-8"), ("2", "America/Halifax", "POSIX"), ("random", "UTC", "de_DE.UTF-8")],
)
def test_any_process_gives_the_same_bytes(seed: str, zone: str, language: str) -> None:
    """Hash seed, zone and language of the machine leave no trace in a feed."""
    assert bytes_made_elsewhere(seed, zone, language) == bytes_made_elsewhere("0", "Asia/Kathmandu", "C.UTF-8")


def test_the_clock_leaves_no_trace(make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels) -> None:
    """Every date in a feed comes from its items or its creation (feedgen stamps the present unless told otherwise)."""
    dates = re.compile(rb"\d{4}-\d\d-\d\dT[^<]*")
    builder = Builder(site, labels)
    entries = builder.compose([make_item(corrected_at=make_item().updated_at)]).entries
    assert set(dates.findall(builder.atom(spec, entries))) == {b"2026-03-02T17:00:00.000001+00:00"}
    assert set(dates.findall(builder.atom(spec, []))) == {b"2026-01-01T00:00:00+00:00"}


def test_a_touched_topic_is_rebuilt_at_once(make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels) -> None:
    """Five feeds of 50 entries that gain one item cost less than half of building them anew, in both formats."""
    items = [make_item(number) for number in range(51, 1, -1)]
    builder, later = Builder(site, labels), count(60)
    five_feeds(builder, spec, items)

    def touch() -> None:
        five_feeds(builder, spec, [make_item(next(later)), *items[:49]])

    assert_cheap(touch, lambda: five_feeds(Builder(site, labels), spec, items), below=0.5)


def five_feeds(builder: Builder, spec: FeedSpec, items: Sequence[Item]) -> None:
    for number in range(5):
        entries, own = builder.compose(items).entries, replace(spec, name=f"topic-{number}")
        builder.atom(own, entries)
        builder.json(own, entries)
