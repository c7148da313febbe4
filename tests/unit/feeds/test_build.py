"""items → Atom: every field of an entry as a reader gets it, order, quarantine."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from digest.feeds.build import Builder, Composed
from digest.feeds.check import check_feed
from digest.feeds.spec import FeedSpec, Labels
from digest.model.correction import Correction
from digest.model.item import Image, Item, ItemStatus, Quarantined
from digest.model.site import Site
from digest.model.topic import ALL

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
NAIVE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
MakeItem = Callable[..., Item]
BuildAtom = Callable[..., bytes]
Entries = Callable[[bytes], list[etree._Element]]


def link_of(entry: etree._Element, rel: str) -> str | None:
    return next(link.get("href") for link in entry.iterfind(f"{ATOM}link") if link.get("rel") == rel)


def test_entry_as_feedparser_reads_it(build_atom: BuildAtom, make_item: MakeItem, picture: Image) -> None:
    """Every field of an entry arrives as it was meant."""
    (entry,) = feedparser.parse(build_atom(make_item(image=picture, author="Lin Okafor"))).entries
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
        ("CA", "https://feeds.openharbour.example/schemes/country", "Canada"),
    ]
    assert entry.media_content == [{"url": picture.url, "medium": "image", "type": "image/jpeg"}]
    assert entry.media_thumbnail == [{"url": picture.url}]
    assert entry.media_credit == [{"content": "Ana Ruiz"}]


def test_picture_of_known_length_is_an_enclosure(build_atom: BuildAtom, make_item: MakeItem, picture: Image) -> None:
    """A picture whose length is known is an enclosure too, and every part of the entry names it by one address."""
    image = replace(picture, length=48_213, media_type="image/webp")
    (entry,) = feedparser.parse(build_atom(make_item(image=image))).entries
    (enclosure,) = entry.enclosures
    assert dict(enclosure) == {"href": picture.url, "type": "image/webp", "length": "48213"}
    (media,) = entry.media_content
    assert media == {"url": picture.url, "medium": "image", "type": "image/webp", "filesize": "48213"}
    assert entry.summary == "Crews of <1> boats came home."


def test_items_stay_in_their_order(build_atom: BuildAtom, entries: Entries, make_item: MakeItem) -> None:
    """Entries stand in the order in which the items came (feedgen would turn it round)."""
    items = [make_item(number) for number in (9, 3, 7)]
    assert [one.findtext(f"{ATOM}id") for one in entries(build_atom(*items))] == [item.entry_id for item in items]


@pytest.mark.parametrize(
    ("language", "attribute"),
    [("en", None), ("EN", None), ("ar", "ar"), ("pt-BR", "pt-BR"), ("not a tag", None), ("", None)],
)
def test_a_foreign_language_is_marked(
    build_atom: BuildAtom, entries: Entries, make_item: MakeItem, language: str, attribute: str | None
) -> None:
    """An entry in another language than the site's says so, if it is a language tag (BCP 47)."""
    (entry,) = entries(build_atom(make_item(language=language)))
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == attribute


def test_an_entry_without_categories_has_none(build_atom: BuildAtom, entries: Entries, make_item: MakeItem) -> None:
    """An item that is in no topic but the reserved one has no category, and its entry is sound."""
    data = build_atom(make_item(topics=(ALL,), kind=None, regions=()))
    assert entries(data)[0].find(f"{ATOM}category") is None
    assert check_feed(data) == ()


def test_words_of_a_picture_stand_inside_its_media(
    build_atom: BuildAtom, entries: Entries, make_item: MakeItem
) -> None:
    """Alt text stands in media:content; a credit or type that is not known leaves no empty trace."""
    (entry,) = entries(build_atom(make_item(image=Image("https://a.example/picture", "Alt"))))
    content = entry.find(f"{MEDIA}content")
    assert content is not None
    assert content.items() == [("url", "https://a.example/picture"), ("medium", "image")]
    assert [(child.tag, child.text) for child in content] == [(f"{MEDIA}description", "Alt")]


def test_description_of_a_picture_never_passes_for_the_summary(
    build_atom: BuildAtom, make_item: MakeItem, picture: Image
) -> None:
    """feedparser would read media:description as the summary of an entry that has none, so it is not given there."""
    (entry,) = feedparser.parse(build_atom(make_item(summary="", image=picture))).entries
    # Without a summary feedparser gives the content in its place.
    assert entry.summary == entry.content[0].value
    assert entry.media_content


def test_corrections_and_items_link_to_each_other(
    builder: Builder, spec: FeedSpec, entries: Entries, make_correction: Callable[..., Correction]
) -> None:
    """A corrected item leads to its correction, and the correction to the item, by related links."""
    correction = make_correction()
    (item,) = entries(builder.atom(spec, builder.compose([correction.item]).entries))
    (told,) = entries(builder.atom(spec, builder.compose_corrections([correction]).entries))
    assert link_of(item, "related") == link_of(told, "alternate")
    assert link_of(told, "related") == link_of(item, "alternate")


def test_times_of_one_second_differ(build_atom: BuildAtom, entries: Entries, make_item: MakeItem) -> None:
    """Items of the same second get times that differ, rise with their ids and are the same in every feed."""
    at = datetime(2026, 3, 2, 16, 0, 0, 999_999, tzinfo=UTC)
    items = [make_item(number, published_at=at, updated_at=at) for number in (1_000_003, 2, 1)]
    times = [entry.findtext(f"{ATOM}updated") for entry in entries(build_atom(*items))]
    assert times == [f"2026-03-02T16:00:00.00000{n}+00:00" for n in (3, 2, 1)]
    assert entries(build_atom(items[1]))[0].findtext(f"{ATOM}updated") == times[1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"summary": "bad \x0b byte"}, "All strings must be XML compatible"),
        ({"summary": "half \ud800"}, "'utf-8' codec can't encode character '\\ud800'"),
        ({"summary": "old \x85 line"}, "it holds the control character U+0085"),
        ({"summary": "turned \u2067 round"}, "its text turns the direction of what readers show after it"),
        ({"title": " "}, "it has no title"),
        ({"title": "a\ud800"}, "'utf-8' codec can't encode character '\\ud800'"),
        ({"entry_id": "17"}, "its id '17' is no absolute address (RFC 4287 §4.2.6)"),
        ({"link": "javascript:alert(1)"}, "its link 'javascript:alert(1)' is no web address"),
        ({"link": "/news/1"}, "its link '/news/1' is no web address"),
        ({"updated_at": NAIVE}, "the time 2026-01-01T00:00:00 has no zone"),
        ({"published_at": datetime.min.replace(tzinfo=timezone(timedelta(hours=4)))}, "the time 0001-01-01T00:00:00"),
        ({"content_html": '<a href="'}, "its text holds the address '\\n</div>\\n<p lang=' in the content"),
        ({"content_html": '<a href="/x">x</a>'}, "its text holds the address '/x' in the content"),
        ({"content_html": f"<p>{'x' * 2_000_000}</p>"}, "it is longer than 2,000,000 characters"),
    ],
    ids=[
        "control",
        "surrogate",
        "C1",
        "isolate",
        "title",
        "bad-title",
        "id",
        "script",
        "relative",
        "naive",
        "overflow",
        "open-quote",
        "html",
        "long",
    ],
)
def test_one_bad_item_stops_no_other(
    spec: FeedSpec,
    site: Site,
    labels: Labels,
    entries: Entries,
    make_item: MakeItem,
    changes: dict[str, Any],
    reason: str,
) -> None:
    """An item that cannot be an entry is quarantined by name, and the rest is published."""
    builder = Builder(site, labels, full_text=True)
    bad = make_item(2, **changes)
    composed = builder.compose([make_item(3), bad, make_item(1)])
    data = builder.atom(spec, composed.entries)
    assert [one.findtext(f"{ATOM}id") for one in entries(data)] == [make_item(3).entry_id, make_item(1).entry_id]
    (named,) = composed.quarantined
    assert named.name == (bad.title.strip().replace("\ud800", "?") or bad.entry_id)
    assert named.reason.startswith(reason)
    assert check_feed(data) == ()


@pytest.mark.parametrize("status", [ItemStatus.HELD, ItemStatus.PENDING])
def test_what_is_hidden_is_in_no_feed(
    builder: Builder, make_item: MakeItem, make_correction: Callable[..., Correction], status: ItemStatus
) -> None:
    """A hidden item that reaches the feeds by mistake is in none, nor its correction, and nothing names it."""
    hidden = make_item(2, status=status)
    assert builder.compose([hidden, make_item(1)]) == builder.compose([make_item(1)])
    assert builder.compose_corrections([make_correction(2, item=hidden)]) == Composed(())


def test_an_id_stands_once(
    builder: Builder, spec: FeedSpec, entries: Entries, make_item: MakeItem, make_correction: Callable[..., Correction]
) -> None:
    """F30: of two items, or two corrections, with one id the first is published and the second named."""
    composed = builder.compose([make_item(2), make_item(1, entry_id=make_item(2).entry_id)])
    assert [one.findtext(f"{ATOM}title") for one in entries(builder.atom(spec, composed.entries))] == [
        "Boats & crews 2"
    ]
    assert composed.quarantined == (Quarantined("Boats & crews 1", "its id is already in this feed"),)
    told = builder.compose_corrections([make_correction(), make_correction(seq=7)])
    assert (len(told.entries), told.quarantined) == (1, composed.quarantined)


def test_an_edit_changes_one_entry(build_atom: BuildAtom, make_item: MakeItem) -> None:
    """F32: after an edit the ids are the same, and only that entry and the feed's own date have other bytes."""
    items = [make_item(number) for number in (5, 4, 3)]
    edited = replace(items[1], title="Corrected", updated_at=datetime(2026, 3, 9, tzinfo=UTC), revision=2)
    before = build_atom(*items).split(b"  <entry>")
    after = build_atom(items[0], edited, items[2]).split(b"  <entry>")
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, False, True]
    assert before[0].replace(b"2026-03-02T21:00:00.000005", b"2026-03-09T00:00:00.000004") == after[0]
    assert b"item/4</id>" in after[2]


def test_feedgen_has_one_home() -> None:
    """Nothing but feeds/build.py imports feedgen."""
    package = Path(sys.modules["digest"].__file__ or "").parent
    users = [path.name for path in package.rglob("*.py") if "from feedgen" in path.read_text(encoding="utf-8")]
    assert users == ["build.py"]
