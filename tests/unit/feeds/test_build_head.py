"""The head of a feed and of its archive documents: who, where, since when, and what was withdrawn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import feedparser
import pytest
from lxml import etree

from digest.feeds.build import Builder
from digest.feeds.check import check_feed
from digest.feeds.spec import FeedSpec, Group, Labels
from digest.model.item import Item, ItemStatus
from digest.model.site import Site

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
FEEDS = "https://feeds.openharbour.example"
MakeItem = Callable[..., Item]


def links_of(data: bytes) -> list[tuple[str | None, str | None, str | None]]:
    links = etree.fromstring(data).iterfind(f"{ATOM}link")
    return [(link.get("rel"), link.get("type"), link.get("href")) for link in links]


def test_head_of_a_feed(build_atom: Callable[..., bytes], make_item: MakeItem) -> None:
    """A feed names itself, its place, its page, its newsroom, its language and its newest change."""
    data = build_atom(make_item(2), make_item(1))
    feed = feedparser.parse(data).feed
    assert feed.id == "tag:www.openharbour.example,2026:feeds/all"
    assert (feed.title, feed.subtitle) == ("Open Harbour", "All items")
    assert feed.updated == "2026-03-02T18:00:00.000002+00:00"
    assert feed.author_detail == {"name": "Open Harbour", "href": "https://www.openharbour.example/news"}
    assert links_of(data) == [
        ("self", "application/atom+xml", f"{FEEDS}/all.atom"),
        ("alternate", "text/html", f"{FEEDS}/all.html"),
    ]
    assert feed.generator_detail == {"name": "digest"}
    assert (feed.icon, feed.logo) == (f"{FEEDS}/icon.png", "https://www.openharbour.example/logo.png")
    assert (feed.rights, feed.language) == ("CC BY 4.0", "en")


def test_what_a_site_lacks_is_not_there(spec: FeedSpec, site: Site, labels: Labels) -> None:
    """Without rights or subtitle the feed has no empty elements for them; without a logo it has the published one."""
    bare = Builder(replace(site, logo=None, rights=None), labels)
    feed = etree.fromstring(bare.atom(replace(spec, subtitle=None), ()))
    names = [etree.QName(child).localname for child in feed]
    assert names == ["id", "title", "updated", "author", "link", "link", "generator", "icon", "logo"]
    assert feed.findtext(f"{ATOM}logo") == f"{FEEDS}/logo.png"


def test_feed_of_a_topic_is_known_among_others(builder: Builder, spec: FeedSpec) -> None:
    """A topic's feed says whose it is, for it will stand in a list of feeds of many newsrooms."""
    data = builder.atom(replace(spec, name="health", title="Health", group=Group.TOPIC), ())
    assert feedparser.parse(data).feed.title == "Health – Open Harbour"


def test_empty_feed_was_updated_when_it_was_created(build_atom: Callable[..., bytes]) -> None:
    """A feed without entries is a sound feed as old as its creation, not as the moment it is built."""
    data = build_atom()
    assert feedparser.parse(data).feed.updated == "2026-01-01T00:00:00+00:00"
    assert check_feed(data) == ()


def test_hub_and_previous_archive_are_named(builder: Builder, spec: FeedSpec) -> None:
    """A feed with a hub tells of it (WebSub §4), and one with archives leads to the newest (RFC 5005 §4)."""
    data = builder.atom(replace(spec, hub="https://hub.example/", previous="2026-02"), ())
    assert links_of(data)[2:] == [
        ("hub", None, "https://hub.example/"),
        ("prev-archive", "application/atom+xml", f"{FEEDS}/archive/all-2026-02.atom"),
    ]
    assert check_feed(data) == ()


@pytest.mark.parametrize(
    ("previous", "following", "links"),
    [
        (None, None, []),
        (None, "2026-04", [("next-archive", "application/atom+xml", f"{FEEDS}/archive/all-2026-04.atom")]),
        ("2026-02", None, [("prev-archive", "application/atom+xml", f"{FEEDS}/archive/all-2026-02.atom")]),
    ],
    ids=["only", "oldest", "later"],
)
def test_archive_is_a_feed_of_its_own(
    builder: Builder,
    spec: FeedSpec,
    make_item: MakeItem,
    previous: str | None,
    following: str | None,
    links: list[tuple[str, str, str]],
) -> None:
    """An archive document names itself, the feed and the one before it, with the feed's id and no hub."""
    archive = replace(spec, hub="https://hub.example/", archive="2026-03-2", previous=previous, following=following)
    data = builder.atom(archive, builder.compose([make_item()]).entries)
    root = etree.fromstring(data)
    assert root.findtext(f"{ATOM}id") == "tag:www.openharbour.example,2026:feeds/all"
    assert root.find(f"{HISTORY}archive") is not None
    assert links_of(data) == [
        ("self", "application/atom+xml", f"{FEEDS}/archive/all-2026-03-2.atom"),
        ("alternate", "text/html", f"{FEEDS}/all.html"),
        ("current", "application/atom+xml", f"{FEEDS}/all.atom"),
        *links,
    ]
    assert check_feed(data) == ()


def test_feed_itself_is_no_archive(build_atom: Callable[..., bytes], make_item: MakeItem) -> None:
    """Only archive documents say fh:archive, by which readers stop asking for them again."""
    assert etree.fromstring(build_atom(make_item())).find(f"{HISTORY}archive") is None


def test_withdrawn_entry_has_a_tombstone_in_the_head(build_atom: Callable[..., bytes], make_item: MakeItem) -> None:
    """F33: each stub has a tombstone (RFC 6721) before all entries, with its time, and its reason if there is one."""
    items = [
        make_item(3),
        make_item(2, status=ItemStatus.WITHDRAWN, note="It named the <wrong> ship."),
        make_item(1, status=ItemStatus.WITHDRAWN),
    ]
    data = build_atom(*items)
    root = etree.fromstring(data)
    names = [etree.QName(child).localname for child in root]
    assert names[-5:] == ["deleted-entry", "deleted-entry", "entry", "entry", "entry"]
    assert [(dict(one.attrib), one.findtext(f"{TOMBSTONES}comment")) for one in list(root)[-5:-3]] == [
        ({"ref": items[1].entry_id, "when": "2026-03-02T18:00:00+00:00"}, "It named the <wrong> ship."),
        ({"ref": items[2].entry_id, "when": "2026-03-02T17:00:00+00:00"}, None),
    ]
    assert check_feed(data) == ()


def test_stub_outlives_its_tombstone(build_atom: Callable[..., bytes], make_item: MakeItem) -> None:
    """The stub is newer than its tombstone, so that readers of RFC 6721 show the reason and not nothing."""
    item = make_item(2, status=ItemStatus.WITHDRAWN, updated_at=datetime(2026, 4, 1, 12, 0, 0, 800_000, tzinfo=UTC))
    root = etree.fromstring(build_atom(item))
    when = root.find(f"{TOMBSTONES}deleted-entry")
    assert when is not None
    updated = datetime.fromisoformat(root.findtext(f"{ATOM}entry/{ATOM}updated") or "")
    assert datetime.fromisoformat(when.get("when") or "") < updated


def test_head_does_not_depend_on_the_kind_of_entries(
    build_atom: Callable[..., bytes], make_item: MakeItem, picture: object
) -> None:
    """The first tag of a feed is the same whatever its entries use, so that their bytes fit into every feed."""
    starts = {
        build_atom(*items).partition(b"<id>")[0] for items in ((), (make_item(),), (make_item(1, image=picture),))
    }
    assert len(starts) == 1
