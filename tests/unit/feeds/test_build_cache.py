"""What a builder keeps between feeds changes nothing but the time they take."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import etree

from digest.feeds import build
from digest.feeds.build import Builder
from digest.feeds.cache import EntryCache, Written
from digest.feeds.entry import compose_entry
from digest.feeds.spec import FeedSpec, Labels
from digest.model.correction import Correction
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site

MakeItem = Callable[..., Item]


def test_spliced_feed_is_what_feedgen_writes(
    make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels, picture: Image
) -> None:
    """A feed put together from the bytes of its entries equals the document that feedgen makes of all at once."""
    builder = Builder(site, labels, full_text=True)
    items = [
        make_item(4, image=replace(picture, length=7)),
        make_item(3, image=picture, language="ar", summary="مرحبا\r\n\n& <b>"),
        make_item(2, status=ItemStatus.WITHDRAWN, note="Wrong."),
        make_item(1, image=picture, summary="", content_html="<p>é</p>"),
    ]
    entries = builder.compose(items).entries
    whole = build._head(spec, entries, site)
    for entry in entries:
        whole.add_entry(build._feed_entry(entry, site), order="append")
    assert builder.atom(spec, entries) == whole.atom_str(pretty=True)


@pytest.mark.parametrize("limit_bytes", [0, 3_000, 1_000_000], ids=["nothing", "little", "enough"])
def test_what_is_kept_changes_nothing(
    make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels, limit_bytes: int
) -> None:
    """A builder gives the same bytes each time, whatever it may keep, and the same as one that begins."""
    items = [make_item(number) for number in (3, 2, 1)]
    builder = Builder(site, labels, limit_bytes=limit_bytes)
    for turn in (items, items[1:], items):
        composed, fresh = builder.compose(turn), Builder(site, labels)
        assert composed == fresh.compose(turn)
        assert builder.atom(spec, composed.entries) == fresh.atom(spec, composed.entries)
        assert builder.json(spec, composed.entries) == fresh.json(spec, composed.entries)


def test_known_item_is_not_composed_again(make_item: MakeItem, builder: Builder) -> None:
    """An item that is as it was gives the entry it gave before; one that was edited a new one."""
    (first,) = builder.compose([make_item()]).entries
    (again,) = builder.compose([make_item()]).entries
    (edited,) = builder.compose([make_item(title="Other")]).entries
    assert again is first
    assert edited.title == "Other"
    assert builder.compose([make_item()]).entries == (first,)


def test_known_correction_is_not_composed_again(make_correction: Callable[..., Correction], builder: Builder) -> None:
    """A correction is kept as items are, apart from the item."""
    (first,) = builder.compose_corrections([make_correction()]).entries
    (again,) = builder.compose_corrections([make_correction()]).entries
    (other,) = builder.compose_corrections([make_correction(note="Other.")]).entries
    assert again is first
    assert other.note == "Other."


def test_entries_from_elsewhere_can_be_written(
    make_item: MakeItem, builder: Builder, spec: FeedSpec, site: Site, labels: Labels
) -> None:
    """An entry that the builder did not compose is written as it is, and refused where no feed can hold it."""
    item = make_item(title="From elsewhere")
    builder.compose([make_item()])
    entry = compose_entry(item, site, labels)
    assert b"From elsewhere" in builder.atom(spec, [entry])
    assert b"From elsewhere" in builder.json(spec, [entry])
    with pytest.raises(ValueError, match="XML compatible"):
        builder.atom(spec, [replace(entry, title="\x00")])


def test_cache_is_bounded(make_item: MakeItem, site: Site, labels: Labels) -> None:
    """Beyond its limit a cache lets the oldest entries go; an edited one takes the place and the room of the old."""
    cache = EntryCache(limit_bytes=20)
    items = [make_item(number) for number in (1, 2, 3)]
    one, two, three = (Written(item, compose_entry(item, site, labels), b"12345") for item in items)
    for written in (one, two, two, three):
        assert cache.keep(written) is written
    found = [cache.find(written.entry) for written in (one, two, three)]
    assert found == [None, two, three]
    assert cache.find_source(items[1].entry_id, items[1]) is two
    assert cache.find_source(items[1].entry_id, replace(items[1], title="Other")) is None


def test_bytes_of_an_entry_are_the_same_in_every_feed(
    make_item: MakeItem, builder: Builder, spec: FeedSpec, entries: Callable[[bytes], list[etree._Element]]
) -> None:
    """Readers that follow two topics see one entry, to the byte."""
    composed = builder.compose([make_item(2), make_item(1)]).entries
    other = builder.atom(replace(spec, name="health", archive="2026-03"), composed[1:])
    both = builder.atom(spec, composed)
    assert len(entries(both)) == 2
    assert both.rpartition(b"  <entry>")[2] == other.rpartition(b"  <entry>")[2]
