"""The whole way on both databases: people, items, feeds, an edition, and the books after it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.app import App
from digest.config.starter import starter_files
from digest.pipelines.people import ImportOptions, import_people
from digest.pipelines.status import load_status

MORNING = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)


@pytest.fixture
def newsroom(database_url: str, tmp_path: Path) -> App:
    """The sample newsroom of `digest init`, on an empty database."""
    store = database_url.replace("postgresql+psycopg://", "postgresql://")
    for name, text in starter_files().items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("sqlite:///var/digest.db", store), encoding="utf-8")
    return App.open(tmp_path / "config.yaml")


async def test_from_a_page_to_feeds_and_inboxes(newsroom: App, tmp_path: Path) -> None:
    """Items reach the feeds and the right inboxes, once, and a second round finds nothing to do."""
    people = tmp_path / "people.csv"
    people.write_text("email,topics\nada@reader.example.org,\nben@reader.example.org,refugees-and-migrants\n")
    report = import_people(
        newsroom.settings, newsroom.store, newsroom.key, people, ImportOptions(list_id="daily"), MORNING, lambda _: None
    )
    assert (report.staged.new, report.wrong) == (2, 0)
    rounds = [await one_round(newsroom) for _ in range(2)]
    assert rounds == [(15, 32, 2, 2), (0, 0, 0, 0)]
    books = load_status(newsroom.settings, newsroom.store, MORNING)["editions"][0]
    assert (books["audience"], books["books"]) == (2, {"sent": 2})
    newsroom.close()


async def one_round(newsroom: App) -> tuple[int, int, int, int]:
    """Return how many items came, feeds were written, people were enrolled, and mails were handed over."""
    [read] = await newsroom.ingest(MORNING)
    written = sum(feed.changed for feed in newsroom.publish(MORNING) if feed.is_feed)
    edition = newsroom.assemble_now(newsroom.settings.lists[0], MORNING)
    tally = await newsroom.deliver(lambda: MORNING, asyncio.Event())
    return read.new, written, edition.audience, sum(tally.outcomes.values())
