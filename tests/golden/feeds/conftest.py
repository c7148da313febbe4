"""Three feeds of an invented newsroom: everything that an entry can be, one with full text, one without entries."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.feeds.build import FeedSpec, Labels, build_feed
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
    quay = Image("https://www.openharbour.example/quay.jpg", "People wait on a quay", "The old quay", "Ana Ruiz")
    wards = Image("https://www.openharbour.example/wards", None, "An empty ward", None)
    later = datetime(2026, 7, 20, 11, 30, tzinfo=UTC)
    plain = make_item(5, "Harbour wards reopen & staff return", "Three wards opened.\nTwo more follow in <March>.")
    boats = make_item(4, "Boats reach the outer islands", "Crews carried food to four islands.")
    flood = make_item(3, "Flood warnings came too late", "A study of <script>alert('rain')</script> & rivers.")
    arabic = make_item(2, "افتتاح مركز جديد للاجئين", "يفتح المركز أبوابه يوم الأحد.")
    ferry = make_item(1, "Ferry company named in report", "This text is gone.")
    return [
        replace(plain, image=wards, topics=("health",), content_html="<p>All <em>five</em> wards &amp; staff.</p>"),
        replace(boats, image=quay, kind="report", topics=("refugees", "health"), regions=("canada",), author="Lin"),
        replace(flood, corrected_at=later, updated_at=later, revision=2, note="The warnings came 2 hours late, not 3."),
        replace(arabic, language="ar", topics=("refugees",)),
        replace(ferry, status=ItemStatus.WITHDRAWN, updated_at=later, note="It named the wrong company."),
    ]


@pytest.fixture
def site() -> Site:
    return SITE


@pytest.fixture
def items() -> list[Item]:
    return everything()


@pytest.fixture
def feeds() -> dict[str, bytes]:
    """Feeds by name."""
    every = FeedSpec(name="all", title="Open Harbour: everything", subtitle="All items", created_at=CREATED_AT)
    full = FeedSpec(name="health", title="Open Harbour: Health", created_at=CREATED_AT)
    empty = FeedSpec(name="region-canada", title="Open Harbour: Canada", created_at=CREATED_AT)
    return {
        "all": build_feed(every, everything(), SITE, LABELS).data,
        "health": build_feed(full, everything()[:1], SITE, LABELS, full_text=True).data,
        "region-canada": build_feed(empty, [], SITE, LABELS).data,
    }
