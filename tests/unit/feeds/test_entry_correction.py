"""correction → entry: news of its own, which leads to the item and repeats nothing of its text."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from digest.feeds.content import correction_html
from digest.feeds.entry import Category, Entry, compose_correction, compose_entry
from digest.feeds.spec import Labels
from digest.model.correction import Correction
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site

MakeItem = Callable[..., Item]
MakeCorrection = Callable[..., Correction]
AT = datetime(2026, 3, 12, 9, 5, 1, tzinfo=UTC)


def test_entry_of_a_correction(make_correction: MakeCorrection, site: Site, labels: Labels) -> None:
    """A correction has an id below the item's, an address of its own, its time, and the categories of the item."""
    correction = make_correction()
    entry = compose_correction(correction, site, labels)
    at = AT.replace(microsecond=101)
    assert entry == Entry(
        id="tag:www.openharbour.example,2026:item/1/corrections/20260312T090501Z",
        title="Corrected: Boats & crews 1",
        link=compose_entry(correction.item, site, labels).related or "",
        author="Open Harbour",
        published=at,
        updated=at,
        summary="Corrected on 12 March 2026, 06:05 ADT. There were two boats, not three.",
        html=entry.html,
        language="en",
        categories=(
            Category("topic", "refugees", "Refugees & migrants"),
            Category("kind", "report", "Report"),
            Category("region", "canada", "Canada"),
            Category("country", "CA", "Canada"),
        ),
        related=correction.item.link,
        note="There were two boats, not three.",
        corrected_at=AT,
    )


@pytest.mark.parametrize("note", ["Two <boats>.", ""], ids=["with note", "without"])
def test_html_of_a_correction(make_correction: MakeCorrection, site: Site, note: str) -> None:
    """The content has the note, the item's title as a link, and the contact; the item's language for its title."""
    lines = correction_html(make_correction(note=note), site, "ar").splitlines()
    said = " <bdi>Two &lt;boats&gt;.</bdi>" if note else ""
    assert lines == [
        f'<p lang="en" dir="ltr"><strong>Corrected on 12 March 2026, 06:05 ADT.</strong>{said}</p>',
        '<p lang="ar" dir="rtl">'
        '<a href="https://www.openharbour.example/news/1?a=1&amp;b=2">Boats &amp; crews 1</a></p>',
        '<p lang="en" dir="ltr">Press contact: Open Harbour, '
        '<a href="mailto:press@openharbour.example">press@openharbour.example</a></p>',
    ]


def test_withdrawal_repeats_nothing(
    make_item: MakeItem, make_correction: MakeCorrection, site: Site, labels: Labels, picture: Image
) -> None:
    """F33: the entry of a withdrawal tells title and reason; it is where the stub leads, and no stub itself."""
    item = make_item(
        status=ItemStatus.WITHDRAWN, summary="Secret words.", image=picture, note="Wrong ship.", updated_at=AT
    )
    entry = compose_correction(make_correction(item=item, note="Wrong ship.", withdrawn=True), site, labels)
    assert entry.title == "Withdrawn: Boats & crews 1"
    assert entry.summary == "This item was withdrawn on 12 March 2026, 06:05 ADT. Wrong ship."
    assert "Secret" not in entry.html
    assert (entry.picture, entry.withdrawn) == (None, False)
    assert entry.link == compose_entry(item, site, labels).related


def test_withdrawal_is_found_whatever_its_time(
    make_item: MakeItem, make_correction: MakeCorrection, site: Site, labels: Labels
) -> None:
    """The stub leads to the withdrawal even where the log's time of it is not the item's."""
    item = make_item(status=ItemStatus.WITHDRAWN, updated_at=AT + timedelta(seconds=3))
    told = compose_correction(make_correction(item=item, withdrawn=True), site, labels)
    assert told.link == compose_entry(item, site, labels).related


def test_each_correction_has_an_address_of_its_own(make_correction: MakeCorrection, site: Site, labels: Labels) -> None:
    """Corrections of one item, and of several at one time, differ in id, link and time: readers swallow none."""
    first = make_correction()
    later = replace(first, seq=200, at=AT + timedelta(seconds=1))
    withdrawn = replace(first, seq=300, at=AT + timedelta(seconds=2), withdrawn=True)
    other = replace(make_correction(2), at=AT)
    told = [compose_correction(one, site, labels) for one in (first, later, withdrawn, other)]
    for field in ("id", "link", "updated"):
        assert len({getattr(entry, field) for entry in told}) == 4


def test_time_of_a_correction_is_told_in_utc(make_correction: MakeCorrection, site: Site, labels: Labels) -> None:
    """A correction has the same id in whatever zone its time is given, and none without a zone."""
    west = AT.astimezone(timezone(timedelta(hours=-4)))
    told = [compose_correction(make_correction(at=at), site, labels) for at in (AT, west)]
    assert told[0] == told[1]
    with pytest.raises(ValueError, match="has no zone"):
        compose_correction(make_correction(at=AT.replace(tzinfo=None)), site, labels)


def test_correction_without_a_note_says_when(make_correction: MakeCorrection, site: Site, labels: Labels) -> None:
    """A correction from before notes were kept still has a summary."""
    entry = compose_correction(make_correction(note=""), site, labels)
    assert (entry.summary, entry.note) == ("Corrected on 12 March 2026, 06:05 ADT.", None)


@pytest.mark.parametrize("status", [ItemStatus.HELD, ItemStatus.PENDING])
def test_hidden_item_has_no_correction(
    make_item: MakeItem, make_correction: MakeCorrection, site: Site, labels: Labels, status: ItemStatus
) -> None:
    """A correction of what no surface may show yet cannot be composed at all."""
    with pytest.raises(ValueError, match="not to be seen yet"):
        compose_correction(make_correction(item=make_item(status=status)), site, labels)
