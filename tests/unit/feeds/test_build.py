"""items → Atom: every field as a reader gets it, order, quarantine, cache."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import feedparser
import pytest
from feedgen.entry import FeedEntry
from lxml import etree

from digest.feeds import build
from digest.feeds.build import Built, FeedSpec, Labels, build_feed, feed_id, feed_name, labels_of
from digest.feeds.cache import EntryCache
from digest.feeds.check import check_feed
from digest.model.item import Image, Item, ItemStatus, Quarantined
from digest.model.site import Site
from digest.model.topic import ALL, Kind, Region, Topic, kind_topic, region_topic

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
NAIVE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
MakeItem = Callable[..., Item]


@pytest.fixture
def built(spec: FeedSpec, site: Site, labels: Labels) -> Callable[..., Built]:
    def build_it(*items: Item, **options: Any) -> Built:
        return build_feed(spec, items, site, labels, **options)

    return build_it


def entries_of(result: Built) -> list[etree._Element]:
    return etree.fromstring(result.data).findall(f"{ATOM}entry")


def test_head_of_a_feed(built: Callable[..., Built], make_item: MakeItem) -> None:
    """A feed names itself, its place, its newsroom, its language and its newest change."""
    feed = feedparser.parse(built(make_item(2), make_item(1)).data).feed
    assert feed.id == "tag:www.openharbour.example,2026:feeds/all"
    assert (feed.title, feed.subtitle) == ("Open Harbour: everything", "All items")
    assert feed.updated == "2026-03-02T18:00:00.000002+00:00"
    assert feed.author_detail == {"name": "Open Harbour", "href": "https://www.openharbour.example/news"}
    assert [(link.rel, link.type, link.href) for link in feed.links] == [
        ("self", "application/atom+xml", "https://feeds.openharbour.example/all.atom"),
        ("alternate", "text/html", "https://www.openharbour.example/news"),
    ]
    assert feed.generator_detail == {"name": "digest"}
    assert feed.icon == feed.logo == "https://www.openharbour.example/logo.png"
    assert (feed.rights, feed.language) == ("CC BY 4.0", "en")


def test_what_a_site_lacks_is_not_there(spec: FeedSpec, site: Site, labels: Labels) -> None:
    """Without logo, rights or subtitle the feed has no empty elements for them."""
    bare = replace(site, logo=None, rights=None)
    feed = etree.fromstring(build_feed(replace(spec, subtitle=None), (), bare, labels).data)
    names = [etree.QName(child).localname for child in feed]
    assert names == ["id", "title", "updated", "author", "link", "link", "generator"]


def test_empty_feed_was_updated_when_it_was_created(built: Callable[..., Built]) -> None:
    """A feed without entries is a sound feed as old as its creation, not as the moment it is built."""
    result = built()
    assert feedparser.parse(result.data).feed.updated == "2026-01-01T00:00:00+00:00"
    assert check_feed(result.data) == ()


def test_entry_as_feedparser_reads_it(built: Callable[..., Built], make_item: MakeItem, picture: Image) -> None:
    """Every field of an entry arrives as it was meant."""
    (entry,) = feedparser.parse(built(make_item(image=picture, author="Lin Okafor")).data).entries
    assert entry.id == "tag:www.openharbour.example,2026:item/1"
    assert entry.title == "Boats & crews 1"
    assert entry.title_detail.type == "text/plain"
    assert entry.summary == "Crews of <1> boats came home."
    assert entry.summary_detail.type == "text/plain"
    assert entry.content[0].type == "text/html"
    assert "<p>Crews of &lt;1&gt; boats came home.</p>" in entry.content[0].value
    assert entry.published == entry.updated == "2026-03-02T17:00:00.000001+00:00"
    assert entry.author == "Lin Okafor"
    assert [dict(link) for link in entry.links] == [
        {"rel": "alternate", "type": "text/html", "href": "https://www.openharbour.example/news/1?a=1&b=2"}
    ]
    assert [tuple(tag.values()) for tag in entry.tags] == [
        ("refugees", "https://feeds.openharbour.example/schemes/topic", "Refugees & migrants"),
        ("report", "https://feeds.openharbour.example/schemes/kind", "Report"),
        ("canada", "https://feeds.openharbour.example/schemes/region", "Canada"),
    ]
    assert entry.media_content == [{"url": picture.url, "medium": "image", "type": "image/jpeg"}]
    assert entry.media_thumbnail == [{"url": picture.url}]
    assert entry.media_credit == [{"content": "Ana Ruiz"}]


def test_items_stay_in_their_order(built: Callable[..., Built], make_item: MakeItem) -> None:
    """Entries stand in the order in which the items came (feedgen would turn it round)."""
    items = [make_item(number) for number in (9, 3, 7)]
    assert [entry.findtext(f"{ATOM}id") for entry in entries_of(built(*items))] == [item.entry_id for item in items]


@pytest.mark.parametrize(
    ("item_author", "named"), [(None, "Open Harbour"), (" ", "Open Harbour"), ("Lin", "Lin")], ids=str
)
def test_every_entry_has_an_author(
    built: Callable[..., Built], make_item: MakeItem, item_author: str | None, named: str
) -> None:
    """An entry without an author of its own carries the newsroom's, as readers do not inherit it."""
    (entry,) = entries_of(built(make_item(author=item_author)))
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == named


@pytest.mark.parametrize(
    ("language", "attribute"),
    [("en", None), ("EN", None), ("ar", "ar"), ("pt-BR", "pt-BR"), ("not a tag", None), ("", None)],
)
def test_a_foreign_language_is_marked(
    built: Callable[..., Built], make_item: MakeItem, language: str, attribute: str | None
) -> None:
    """An entry in another language than the site's says so, if it is a language tag (BCP 47)."""
    (entry,) = entries_of(built(make_item(language=language)))
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == attribute


def test_categories_fall_back_to_ids_and_leave_all_out(built: Callable[..., Built], make_item: MakeItem) -> None:
    """An id that config.yaml no longer knows stands for itself; the reserved topic is no category."""
    (entry,) = entries_of(built(make_item(topics=(ALL, "gone"), kind=None, regions=())))
    assert [dict(category.attrib) for category in entry.iterfind(f"{ATOM}category")] == [
        {"term": "gone", "scheme": "https://feeds.openharbour.example/schemes/topic", "label": "gone"}
    ]


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://a.example/x.PNG?width=1", "image/png"),
        ("https://a.example/x.webp", "image/webp"),
        ("https://a.example/picture", None),
    ],
)
def test_media_type_is_told_where_the_name_tells_it(
    built: Callable[..., Built], make_item: MakeItem, url: str, media_type: str | None
) -> None:
    """The type of a picture comes from its address alone; nothing is fetched."""
    (entry,) = entries_of(built(make_item(image=Image(url, "Alt"))))
    content = entry.find(f"{MEDIA}content")
    assert content is not None
    assert content.get("type") == media_type
    assert entry.find(f"{MEDIA}credit") is None
    assert content.findtext(f"{MEDIA}description") == "Alt"


def test_description_of_a_picture_never_passes_for_the_summary(
    built: Callable[..., Built], make_item: MakeItem, picture: Image
) -> None:
    """feedparser would read media:description as the summary of an entry that has none, so it is not given there."""
    (entry,) = feedparser.parse(built(make_item(summary="", image=picture)).data).entries
    # Without a summary feedparser gives the content in its place.
    assert entry.summary == entry.content[0].value
    assert entry.media_content


def test_upstream_still_loses_what_a_link_says() -> None:
    """feedgen 1.0.0 writes nothing of an entry's link but its href; when this fails, drop the repair in build."""
    entry = FeedEntry()
    entry.id("tag:a.example,2026:1")
    entry.title("x")
    entry.link({"href": "https://a.example/x.mp3", "rel": "enclosure", "type": "audio/mpeg", "length": "7"})
    entry.content("x")
    assert dict(entry.atom_entry().find("link").attrib) == {"href": "https://a.example/x.mp3"}


def test_spliced_feed_is_what_feedgen_writes(
    built: Callable[..., Built], make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels, picture: Image
) -> None:
    """A feed put together from the bytes of its entries equals the document that feedgen makes of all at once."""
    items = [
        make_item(3, image=picture, language="ar", summary="مرحبا\r\n\n& <b>"),
        make_item(2, status=ItemStatus.WITHDRAWN, note="Wrong."),
        make_item(1, image=picture, summary="", content_html="<p>é</p>"),
    ]
    whole = build._feed_generator(spec, site, datetime(2026, 3, 2, 19, 0, 0, 3, tzinfo=UTC))
    for item in items:
        whole.add_entry(build._feed_entry(item, site, labels, True), order="append")
    assert built(*items, full_text=True).data == whole.atom_str(pretty=True)


def test_times_of_one_second_differ(built: Callable[..., Built], make_item: MakeItem) -> None:
    """Items of the same second get times that differ, rise with their ids and are the same in every feed."""
    at = datetime(2026, 3, 2, 16, 0, 0, 999_999, tzinfo=UTC)
    items = [make_item(number, published_at=at, updated_at=at) for number in (1_000_003, 2, 1)]
    times = [entry.findtext(f"{ATOM}updated") for entry in entries_of(built(*items))]
    assert times == [f"2026-03-02T16:00:00.00000{n}+00:00" for n in (3, 2, 1)]
    assert entries_of(built(items[1]))[0].findtext(f"{ATOM}updated") == times[1]


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        (datetime(2026, 3, 3, tzinfo=UTC), "2026-03-02T17:00:00.000001+00:00"),
        (datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=-4))), "2026-03-02T16:00:00.000001+00:00"),
        (datetime(1999, 3, 3, tzinfo=UTC), "1999-03-03T00:00:00.000001+00:00"),
    ],
    ids=["future", "other zone", "long ago"],
)
def test_published_is_never_after_updated(
    built: Callable[..., Built], make_item: MakeItem, published: datetime, shown: str
) -> None:
    """F35: a future date is clamped to what we know, an old one is kept, both in UTC."""
    (entry,) = entries_of(built(make_item(published_at=published)))
    assert entry.findtext(f"{ATOM}published") == shown


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"summary": "bad \x0b byte"}, "All strings must be XML compatible"),
        ({"summary": "half \ud800"}, "'utf-8' codec can't encode character '\\ud800'"),
        ({"summary": "old \x85 line"}, "it holds the control character U+0085"),
        ({"title": " "}, "it has no title"),
        ({"title": "a\ud800"}, "'utf-8' codec can't encode character '\\ud800'"),
        ({"entry_id": "17"}, "its id '17' is no absolute address (RFC 4287 §4.2.6)"),
        ({"link": "javascript:alert(1)"}, "its link 'javascript:alert(1)' is no web address"),
        ({"link": "/news/1"}, "its link '/news/1' is no web address"),
        ({"updated_at": NAIVE}, "the time 2026-01-01T00:00:00 has no zone"),
        ({"published_at": datetime.min.replace(tzinfo=timezone(timedelta(hours=4)))}, "date value out of range"),
        ({"content_html": '<a href="'}, "its text holds the address '\\n</div>\\n<p lang=' in the content"),
        ({"content_html": '<a href="/x">x</a>'}, "its text holds the address '/x' in the content"),
    ],
    ids=[
        "control",
        "surrogate",
        "C1",
        "title",
        "bad-title",
        "id",
        "script",
        "relative",
        "naive",
        "overflow",
        "open-quote",
        "html",
    ],
)
def test_one_bad_item_stops_no_other(
    built: Callable[..., Built], make_item: MakeItem, changes: dict[str, Any], reason: str
) -> None:
    """An item that cannot be an entry is quarantined by name, and the rest is published."""
    bad = make_item(2, **changes)
    result = built(make_item(3), bad, make_item(1), full_text=True)
    ids = [entry.findtext(f"{ATOM}id") for entry in entries_of(result)]
    assert ids == [make_item(3).entry_id, make_item(1).entry_id]
    (named,) = result.quarantined
    assert named.name == (bad.title.strip().replace("\ud800", "?") or bad.entry_id)
    assert named.reason.startswith(reason)
    assert check_feed(result.data) == ()


@pytest.mark.parametrize("status", [ItemStatus.HELD, ItemStatus.PENDING])
def test_what_is_hidden_is_in_no_feed(built: Callable[..., Built], make_item: MakeItem, status: ItemStatus) -> None:
    """A hidden item that reaches the feeds by mistake is in none, and no list of quarantined items names it."""
    assert built(make_item(2, status=status), make_item(1)) == built(make_item(1))


def test_an_id_stands_once(built: Callable[..., Built], make_item: MakeItem) -> None:
    """F30: of two items with one id the first is published and the second named."""
    result = built(make_item(2), make_item(1, entry_id=make_item(2).entry_id))
    assert len(entries_of(result)) == 1
    assert result.quarantined == (Quarantined("Boats & crews 1", "its id is already in this feed"),)


def test_an_edit_changes_one_entry(built: Callable[..., Built], make_item: MakeItem) -> None:
    """F32: after an edit the ids are the same, and only that entry and the feed's own date have other bytes."""
    items = [make_item(number) for number in (5, 4, 3)]
    edited = replace(items[1], title="Corrected", updated_at=datetime(2026, 3, 9, tzinfo=UTC), revision=2)
    before = built(*items).data.split(b"  <entry>")
    after = built(items[0], edited, items[2]).data.split(b"  <entry>")
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, False, True]
    assert before[0].replace(b"2026-03-02T21:00:00.000005", b"2026-03-09T00:00:00.000004") == after[0]
    assert b"item/4</id>" in after[2]


def test_cache_changes_nothing(built: Callable[..., Built], make_item: MakeItem, site: Site) -> None:
    """With a cache, full or empty, feeds have the same bytes as without one."""
    items = [make_item(number, content_html="<p>More</p>") for number in (3, 2, 1)]
    cache = EntryCache()
    for full_text in (False, False, True, True, False):
        assert built(*items, full_text=full_text, cache=cache) == built(*items, full_text=full_text)


def test_cache_forgets_what_was_made_for_another_site(
    make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels
) -> None:
    """Entries made for other labels or another site are not used again."""
    cache = EntryCache()
    build_feed(spec, [make_item()], site, labels, cache=cache)
    renamed = replace(labels, topics={"refugees": "People on the move"})
    assert b"People on the move" in build_feed(spec, [make_item()], site, renamed, cache=cache).data
    contact = replace(site, contact="desk@openharbour.example")
    assert b"desk@openharbour.example" in build_feed(spec, [make_item()], contact, renamed, cache=cache).data


def test_cache_is_bounded(make_item: MakeItem) -> None:
    """Beyond its limit a cache lets the oldest entries go."""
    cache = EntryCache(limit_bytes=10)
    one, two, three = make_item(1), make_item(2), make_item(3)
    for item in (one, two, three):
        assert cache.get(item, "context") is None
        cache.put(item, b"12345")
    assert [cache.get(item, "context") for item in (one, two, three)] == [None, b"12345", b"12345"]
    assert cache.get(three, "another context") is None
    cache.put(one, b"12345")
    cache.put(two, b"12345")
    assert [cache.get(item, "another context") for item in (one, two)] == [b"12345", b"12345"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.OpenHarbour.example:8443/news", "www.openharbour.example"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("http://[2001:db8::1]/", "2001-db8--1"),
        ("", "localhost"),
    ],
    ids=["port", "international", "IPv6", "none"],
)
def test_feed_id_hangs_on_the_host(site: Site, url: str, host: str) -> None:
    """A feed's id is a tag: URI of the newsroom's host, whatever port or place the feeds are served from."""
    one = feed_id("all", replace(site, url=url))
    assert one == f"tag:{host},2026:feeds/all"
    assert one == feed_id("all", replace(site, url=url, feeds_url="https://elsewhere.example/"))


def test_names_of_feeds() -> None:
    """Topics, regions and kinds are published under names that can be files."""
    topics = ["all", "refugees", region_topic("usa"), kind_topic("report")]
    assert [feed_name(topic) for topic in topics] == ["all", "refugees", "region-usa", "kind-report"]


def test_labels_of_the_configuration() -> None:
    """Topics and regions are labelled by their titles, kinds as the newsroom prints them."""
    labels = labels_of(
        [Topic("refugees", "Refugees")], [Kind("report", "Reports", "Report")], [Region("usa", "United States")]
    )
    assert labels == Labels({"refugees": "Refugees"}, {"report": "Report"}, {"usa": "United States"})


def test_feedgen_has_one_home() -> None:
    """Nothing but feeds/build.py imports feedgen."""
    package = Path(sys.modules["digest"].__file__ or "").parent
    users = [path.name for path in package.rglob("*.py") if "from feedgen" in path.read_text(encoding="utf-8")]
    assert users == ["build.py"]
