"""Feeds of an invented newsroom: all that an entry can be, full text, no entries, corrections, an archive, as JSON."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.feeds.build import Builder
from digest.feeds.spec import FeedSpec, Group, Labels
from digest.model.correction import Correction
from digest.model.item import Image, Item, ItemStatus
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
LABELS = Labels(
    {"refugees": "Refugees and migrants", "health": "Health"},
    {"report": "Report", "statement": "Statement"},
    {"canada": "Canada"},
    {"canada": "CA"},
)
CREATED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def make_item(number: int, title: str, summary: str) -> Item:
    at = datetime(2026, 7, 2, 15, tzinfo=UTC) + timedelta(days=number)
    return Item(
        id=number,
        source="newsroom",
        key=str(number),
        entry_id=f"tag:www.openharbour.example,2026:item/{number}",
        title=title,
        summary=summary,
        truncated=False,
        kind="statement",
        published_on=date(2026, 7, 2) + timedelta(days=number),
        published_at=at,
        date_only=False,
        updated_at=at,
        first_seen_at=at,
        link=f"https://www.openharbour.example/news/{number}",
        language="en",
    )


def everything() -> list[Item]:
    quay = Image(
        "https://www.openharbour.example/quay.jpg", "People wait on a quay", "The old quay", "Ana Ruiz", 48_213
    )
    wards = Image("https://www.openharbour.example/wards", None, "An empty ward", None)
    later = datetime(2026, 7, 20, 11, 30, tzinfo=UTC)
    plain = make_item(5, "Harbour wards reopen & staff return", "Three wards opened.\nTwo more follow in <March>.")
    boats = make_item(4, "Boats reach the outer islands", "Crews carried food to four islands.")
    flood = make_item(3, "Flood warnings came too late", "A study of <rain> & rivers.")
    arabic = make_item(2, "افتتاح مركز جديد للاجئين", "يفتح المركز أبوابه يوم الأحد.")
    ferry = make_item(1, "Ferry company named in report", "This text is gone.")
    return [
        replace(plain, image=wards, topics=("health",), content_html="<p>All <em>five</em> wards &amp; staff.</p>"),
        replace(boats, image=quay, kind="report", topics=("refugees", "health"), regions=("canada",), author="Lin"),
        replace(flood, corrected_at=later, updated_at=later, revision=2, note="The warnings came 2 hours late, not 3."),
        replace(arabic, language="ar", topics=("refugees",)),
        replace(ferry, status=ItemStatus.WITHDRAWN, updated_at=later, note="It named the wrong company."),
    ]


def corrections() -> list[Correction]:
    flood, arabic, ferry = everything()[2:]
    earlier = replace(arabic, updated_at=arabic.updated_at + timedelta(days=1))
    return [
        Correction(42, ferry, ferry.updated_at, "It named the wrong company.", withdrawn=True),
        Correction(41, flood, flood.updated_at, "The warnings came 2 hours late, not 3."),
        Correction(17, earlier, earlier.updated_at, "يفتح يوم الأحد، لا يوم السبت."),
    ]


@pytest.fixture
def items() -> list[Item]:
    return everything()


@pytest.fixture
def feeds() -> dict[str, bytes]:
    """Feeds by the names of their files."""
    every = FeedSpec(
        name="all",
        title="Everything",
        group=Group.ALL,
        subtitle="All items",
        created_at=CREATED_AT,
        hub="https://hub.openharbour.example/",
        previous="2026-06",
    )
    archive = replace(every, archive="2026-06", previous="2026-05")
    health = FeedSpec(name="health", title="Health", created_at=CREATED_AT)
    empty = FeedSpec(name="region-canada", title="Canada", group=Group.REGION, created_at=CREATED_AT)
    told = FeedSpec(name="corrections", title="Corrections", group=Group.CORRECTIONS, created_at=CREATED_AT)
    builder, full = Builder(SITE, LABELS), Builder(SITE, LABELS, full_text=True)
    entries = builder.compose(everything()).entries
    notes = builder.compose_corrections(corrections()).entries
    return {
        "all.atom": builder.atom(every, entries),
        "all.json": builder.json(every, entries),
        "all-2026-06.atom": builder.atom(archive, entries[3:]),
        "corrections.atom": builder.atom(told, notes),
        "corrections.json": builder.json(told, notes),
        "health.atom": full.atom(health, full.compose(everything()[:2]).entries),
        "region-canada.atom": builder.atom(empty, ()),
        "region-canada.json": builder.json(empty, ()),
    }
