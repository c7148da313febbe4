"""An invented newsroom, its items, their corrections, and a parsed look at a feed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from digest.feeds.build import Builder
from digest.feeds.spec import FeedSpec, Group, Labels
from digest.model.correction import Correction
from digest.model.item import Image, Item
from digest.model.site import Site

SITE = Site(
    title="Open Harbour",
    url="https://www.openharbour.example/news",
    feeds_url="https://feeds.openharbour.example/",
    author="Open Harbour",
    timezone="America/Halifax",
    contact="press@openharbour.example",
    logo="https://www.openharbour.example/logo.png",
    rights="CC BY 4.0",
)
LABELS = Labels({"refugees": "Refugees & migrants"}, {"report": "Report"}, {"canada": "Canada"}, {"canada": "CA"})
SPEC = FeedSpec(
    name="all", title="Everything", group=Group.ALL, subtitle="All items", created_at=datetime(2026, 1, 1, tzinfo=UTC)
)
PICTURE = Image("https://www.openharbour.example/quay.jpg", "A quay at dawn", "The old quay", "Ana Ruiz")


def item_of(number: int = 1, **changes: Any) -> Item:
    """Return an ordinary item; a higher number is a later one."""
    at = datetime(2026, 3, 2, 16, tzinfo=UTC) + timedelta(hours=number)
    item = Item(
        id=number,
        source="newsroom",
        key=str(number),
        entry_id=f"tag:www.openharbour.example,2026:item/{number}",
        title=f"Boats & crews {number}",
        summary=f"Crews of <{number}> boats came home.",
        truncated=False,
        kind="report",
        published_on=date(2026, 3, 2),
        published_at=at,
        date_only=False,
        updated_at=at,
        first_seen_at=at,
        link=f"https://www.openharbour.example/news/{number}?a=1&b=2",
        language="en",
        topics=("refugees",),
        regions=("canada",),
    )
    return replace(item, **changes)


def correction_of(number: int = 1, **changes: Any) -> Correction:
    """Return a correction of an ordinary item; a higher number is a later one, of a later item."""
    at = datetime(2026, 3, 12, 9, 5, 1, tzinfo=UTC) + timedelta(hours=number - 1)
    note = "There were two boats, not three."
    item = item_of(number, corrected_at=at, updated_at=at, note=note)
    return replace(Correction(100 + number, item, at, note), **changes)


def entries_of(data: bytes) -> list[etree._Element]:
    """Return the entries of an Atom feed in their order."""
    return etree.fromstring(data).findall("{http://www.w3.org/2005/Atom}entry")


@pytest.fixture(scope="session")
def make_item() -> Callable[..., Item]:
    return item_of


@pytest.fixture(scope="session")
def make_correction() -> Callable[..., Correction]:
    return correction_of


@pytest.fixture(scope="session")
def site() -> Site:
    return SITE


@pytest.fixture(scope="session")
def labels() -> Labels:
    return LABELS


@pytest.fixture(scope="session")
def spec() -> FeedSpec:
    return SPEC


@pytest.fixture(scope="session")
def picture() -> Image:
    return PICTURE


@pytest.fixture
def builder(site: Site, labels: Labels) -> Builder:
    return Builder(site, labels)


@pytest.fixture
def entries() -> Callable[[bytes], list[etree._Element]]:
    return entries_of


@pytest.fixture
def build_atom(builder: Builder, spec: FeedSpec) -> Callable[..., bytes]:
    """Return what builds an Atom feed of items in one step."""

    def build(*items: Item) -> bytes:
        return builder.atom(spec, builder.compose(items).entries)

    return build
