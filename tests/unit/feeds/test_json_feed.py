"""Entries → JSON Feed 1.1."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from digest.feeds.build import Builder
from digest.feeds.spec import FeedSpec, Group, Labels
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site
from digest.model.topic import ALL

MakeItem = Callable[..., Item]
FEEDS = "https://feeds.openharbour.example"


@pytest.fixture
def read(builder: Builder, spec: FeedSpec) -> Callable[..., dict[str, Any]]:
    """Return what builds a feed of items and reads it."""

    def build(*items: Item, **changes: Any) -> dict[str, Any]:
        feed = json.loads(builder.json(replace(spec, **changes), builder.compose(items).entries))
        assert isinstance(feed, dict)
        return feed

    return build


def test_head_of_a_feed(read: Callable[..., dict[str, Any]]) -> None:
    """A feed has its version, title, addresses, newsroom, language and hub, and an empty list of items at least."""
    assert read(hub="https://hub.example/") == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Open Harbour",
        "home_page_url": f"{FEEDS}/all.html",
        "feed_url": f"{FEEDS}/all.json",
        "description": "All items",
        "icon": f"{FEEDS}/icon.png",
        "favicon": f"{FEEDS}/icon.png",
        "authors": [{"name": "Open Harbour", "url": "https://www.openharbour.example/news"}],
        "language": "en",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [],
    }


def test_what_a_feed_lacks_is_not_there(read: Callable[..., dict[str, Any]]) -> None:
    """Without hub or subtitle there is neither; the feed of a topic says whose it is."""
    feed = read(subtitle=None, group=Group.TOPIC, title="Health", name="health")
    assert feed["title"] == "Health – Open Harbour"
    assert not {"hubs", "description"} & set(feed)


def test_item_with_everything(read: Callable[..., dict[str, Any]], make_item: MakeItem, picture: Image) -> None:
    """Every field of an item arrives as it was meant, each label once."""
    (item,) = read(make_item(image=replace(picture, length=48_213), author="Lin", language="ar"))["items"]
    html = item.pop("content_html")
    assert html.startswith('<div lang="ar" dir="rtl">\n<figure>')
    assert item == {
        "id": "tag:www.openharbour.example,2026:item/1",
        "url": "https://www.openharbour.example/news/1?a=1&b=2",
        "title": "Boats & crews 1",
        "summary": "Crews of <1> boats came home.",
        "image": picture.url,
        "date_published": "2026-03-02T17:00:00.000001+00:00",
        "date_modified": "2026-03-02T17:00:00.000001+00:00",
        "authors": [{"name": "Lin"}],
        "tags": ["Refugees & migrants", "Report", "Canada"],
        "language": "ar",
        "attachments": [{"url": picture.url, "mime_type": "image/jpeg", "size_in_bytes": 48_213}],
    }


def test_what_an_item_lacks_is_not_there(read: Callable[..., dict[str, Any]], make_item: MakeItem) -> None:
    """An item without summary, picture or categories has no empty fields for them."""
    (item,) = read(make_item(summary="", topics=(ALL,), kind=None, regions=()))["items"]
    assert not {"summary", "image", "tags", "attachments"} & set(item)


def test_withdrawn_item_is_a_stub(read: Callable[..., dict[str, Any]], make_item: MakeItem, picture: Image) -> None:
    """F33: the stub has its id, and nothing of what was withdrawn."""
    (item,) = read(make_item(status=ItemStatus.WITHDRAWN, summary="Secret", image=picture, note="Wrong."))["items"]
    assert item["title"] == "Withdrawn: Boats & crews 1"
    assert "Secret" not in str(item)
    assert "image" not in item


def test_bytes_are_compact_and_as_people_write(
    builder: Builder, spec: FeedSpec, make_item: MakeItem, site: Site, labels: Labels
) -> None:
    """A feed is UTF-8 without escapes, one item a line, and ends as a text does; any builder gives the same bytes."""
    items = [make_item(2, title="مرحبا é"), make_item(1)]
    data = builder.json(spec, builder.compose(items).entries)
    head, *lines, end = data.decode().split("\n")
    assert head.endswith('"items":[')
    assert (len(lines), end) == (3, "")
    assert "مرحبا é" in lines[0]
    other = Builder(site, labels)
    assert other.json(spec, other.compose(items).entries) == data
