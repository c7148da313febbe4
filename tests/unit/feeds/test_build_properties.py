"""Properties of building: hostile items, same bytes in any process, time and locale."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from digest.feeds.build import FeedSpec, Labels, build_feed
from digest.feeds.cache import EntryCache
from digest.feeds.check import check_feed
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site

PROJECT = Path(__file__).parents[3]
MakeItem = Callable[..., Item]

anything = st.text(max_size=40) | st.sampled_from(
    ["]]>", "<![CDATA[", "</entry>", "&lt;b&gt;", "<script>alert(1)</script>", "\x00", "\u202e", "  ", "<!DOCTYPE x>"]
)
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
        "image": st.builds(Image, st.none() | urls, maybe, maybe, maybe),
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
    """No text in an item makes building raise or the feed fail its check; every item is in it or named."""
    items = [make_item(number + 1, **change) for number, change in enumerate(changes)]
    built = build_feed(spec, items, site, labels, full_text=full_text)
    assert check_feed(built.data) == ()
    assert built.data.count(b"</entry>\n") + len(built.quarantined) == len(items)


@given(st.lists(hostile, max_size=4), st.permutations([False, True, False]))
def test_same_items_same_bytes(
    make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels, changes: list[dict[str, Any]], order: list[bool]
) -> None:
    """The same items give the same bytes each time, with a warm cache or with none."""
    items = [make_item(number + 1, **change) for number, change in enumerate(changes)]
    cache = EntryCache()
    results = {
        build_feed(spec, [replace(item) for item in items], site, labels, cache=cache if warm else None).data
        for warm in order
    }
    assert len(results) == 1


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=60).filter(str.strip))
def test_title_comes_back_as_it_was(
    make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels, title: str
) -> None:
    """A title is text: whatever it looks like, a reader gets the same characters."""
    built = build_feed(spec, [make_item(title=title)], site, labels)
    assert etree.fromstring(built.data).findtext("{*}entry/{*}title") == title


SCRIPT = """
import sys
from datetime import UTC, date, datetime
from digest.feeds.build import FeedSpec, Labels, build_feed
from digest.model.item import Image, Item
from digest.model.site import Site

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
        regions=("x", "y"), image=Image("https://a.example/x.jpg", "Alt", "Caption", "Credit"),
    )
    for n in range(9, 0, -1)
]
spec = FeedSpec(name="all", title="All", created_at=at)
sys.stdout.buffer.write(build_feed(spec, items, site, Labels({}, {}, {})).data)
"""


def bytes_made_elsewhere(seed: str, zone: str, language: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, cwd=PROJECT, check=True, capture_output=True, timeout=60
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
    item = make_item(corrected_at=make_item().updated_at)
    assert set(dates.findall(build_feed(spec, [item], site, labels).data)) == {b"2026-03-02T17:00:00.000001+00:00"}
    assert set(dates.findall(build_feed(spec, [], site, labels).data)) == {b"2026-01-01T00:00:00+00:00"}


def test_a_touched_topic_is_rebuilt_at_once(make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels) -> None:
    """Five feeds of 50 entries that gain one item are built in 20 ms of computing time with a warm cache."""
    items = [make_item(number) for number in range(51, 1, -1)]
    cache = EntryCache()
    build_feed(spec, items, site, labels, cache=cache)
    best = min(_five_feeds(spec, [make_item(60 + turn), *items[:49]], site, labels, cache) for turn in range(3))
    assert best < 0.020


def _five_feeds(spec: FeedSpec, items: list[Item], site: Site, labels: Labels, cache: EntryCache) -> float:
    started = time.process_time()
    for number in range(5):
        build_feed(replace(spec, name=f"topic-{number}"), items, site, labels, cache=cache)
    return time.process_time() - started
