"""An invented newsroom, its list, and a way to make items."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from digest.editions.render import Renderer
from digest.model.edition import DigestView, Section, SectionEntry
from digest.model.item import Item
from digest.model.mailing import Cadence, MailingList, Schedule
from digest.model.site import Site

MakeItem = Callable[..., Item]


@pytest.fixture(scope="session")
def site() -> Site:
    return Site(
        title="Open Harbour",
        url="https://www.openharbour.example/news",
        feeds_url="https://feeds.harbour-files.example/",
        author="Open Harbour",
        timezone="America/Halifax",
        contact="press@openharbour.example",
        postal="14 Quay Street, Halifax",
    )


@pytest.fixture(scope="session")
def mailing() -> MailingList:
    return MailingList(
        id="morning",
        title="The morning digest",
        schedule=Schedule(Cadence.DAILY, time(7)),
        timezone="America/Halifax",
        sender="Open Harbour <digest@openharbour.example>",
        reply_to="Open Harbour <answers+digest@openharbour.example>",
    )


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture(scope="session")
def make_item() -> MakeItem:
    """Return a maker of items: a higher number is published later."""

    def make(number: int, **changes: Any) -> Item:
        at = datetime(2020, 7, 1, 12, tzinfo=UTC) + timedelta(hours=number)
        values: dict[str, Any] = {
            "id": number,
            "source": "newsroom",
            "key": f"key-{number}",
            "entry_id": f"tag:openharbour.example,2020:{number}",
            "title": f"Headline {number}",
            "summary": f"What happened in story {number} is told here, in one sentence of some length.",
            "truncated": False,
            "kind": "statement",
            "published_on": date(2020, 7, 1),
            "published_at": at,
            "date_only": True,
            "updated_at": at,
            "first_seen_at": at,
            "link": f"https://www.openharbour.example/news/{number}/",
            "language": "en",
        }
        return Item(**(values | changes))

    return make


@pytest.fixture(scope="session")
def view(make_item: MakeItem) -> DigestView:
    """Return a view with a top story and one section of two."""
    entries = tuple(SectionEntry(make_item(number), kind="Statement") for number in (2, 3))
    return DigestView(
        list_id="morning",
        list_title="The morning digest",
        slot_on=date(2020, 7, 13),
        covers_days=1,
        sections=(Section("health", "Health", entries),),
        corrected=(),
        withdrawn=(),
        language="en",
        top=SectionEntry(make_item(1), also_in=("Health",), kind="Report"),
    )
