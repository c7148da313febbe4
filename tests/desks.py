"""A newsroom's desk for tests: readings made by hand are saved into a real store, and one looks at what came of it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.config.settings import FeedsSettings, MailSettings, Settings, SourceSettings
from digest.model.item import Item, Parsed, ParsedItem
from digest.model.placement import Placement
from digest.model.site import Site
from digest.model.source import SourceState
from digest.model.topic import Kind, Rule, Term, Topic
from digest.pipelines.resolve import find_unknown
from digest.pipelines.save import Desk, Ingested, save_reading
from digest.sources.reading import SourceReading
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store.engine import Store, open_store
from digest.store.sources import load_source
from digest.topics.match import build_matcher

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
HOME = "https://news.example.org/"
KINDS = (Kind("press-release", "Press releases", "Press Release"), Kind("report", "Reports", "Report"))
SEA = Topic("sea", "The sea", Rule(any_=(Term("harbour*"), Term("ferr*"))))


def make_source(source_id: str = "page", **changes: Any) -> SourceSettings:
    """Return a source."""
    return SourceSettings(**({"id": source_id, "type": "feed", "url": f"{HOME}{source_id}/"} | changes))


def entry(number: int, **changes: Any) -> ParsedItem:
    """Return an item as a feed gives it; a higher number is newer, one a day, that of 10 is from today."""
    given: dict[str, Any] = {
        "title": f"Ferry number {number} returns to the old harbour",
        "summary": f"It has been away for {number} weeks.",
        "published": TODAY + timedelta(days=number - 10),
        "explicit_id": f"id-{number}",
        "link": f"{HOME}stories/{number}",
    }
    return ParsedItem(**(given | changes))


def make_settings(folder: Path, *sources: SourceSettings) -> Settings:
    """Return the settings of a newsroom with these sources, two kinds and one topic."""
    return Settings(
        file=folder / "config.yaml",
        site=Site(title="Open Harbour", url=HOME, feeds_url=f"{HOME}feeds/", author="Open Harbour"),
        store="",
        var=folder,
        templates=folder / "templates",
        feeds=FeedsSettings(folder=folder / "feeds"),
        sources=sources,
        topics=(SEA,),
        regions=(),
        kinds=KINDS,
        lists=(),
        mail=MailSettings(),
    )


@dataclass
class SavingDesk:
    """One newsroom; `sources` can be replaced at any time, as an operator edits config.yaml."""

    folder: Path
    store: Store
    sources: tuple[SourceSettings, ...] = field(default_factory=lambda: (make_source(),))

    def configure(self, *sources: SourceSettings) -> None:
        """Have these sources from now on."""
        self.sources = sources

    @property
    def desk(self) -> Desk:
        """The desk as the pipelines know it."""
        settings = make_settings(self.folder, *self.sources)
        return Desk(settings, self.store, build_matcher(settings.topics, settings.regions))

    def source(self, source_id: str) -> SourceSettings:
        """Return a source by its id."""
        return next(one for one in self.sources if one.id == source_id)

    def state(self, source_id: str = "page") -> SourceState:
        """Return what is known of a source."""
        with self.store.read() as connection:
            return load_source(connection, source_id)

    def save(
        self, *items: ParsedItem, source: str = "page", at: datetime = NOON, approve: bool = False, **more: Any
    ) -> Ingested:
        """Save a reading that listed these items; `more` are fields of what was parsed, or of the reading."""
        of_parsed = {name: more.pop(name) for name in tuple(more) if name in Parsed.__dataclass_fields__}
        reading = SourceReading(**({"parsed": Parsed(items, **of_parsed), "validators": '{"etag": "x"}'} | more))
        return save_reading(self.desk, self.source(source), self.state(source), reading, at, approve=approve)

    def unknown(self, *items: ParsedItem, source: str = "page", at: datetime = NOON) -> list[int]:
        """Return the places of the items that saving would store as new."""
        with self.store.read() as connection:
            return find_unknown(connection, self.desk.settings, self.source(source), items, at)

    def items(self) -> list[Item]:
        """Return every stored item, in the order of storing."""
        with self.store.read() as connection:
            return item_rows.load_after(connection, 0, 100_000)

    def item(self, words: str = "") -> Item:
        """Return the one stored item whose title begins so."""
        (found,) = [one for one in self.items() if one.title.startswith(words)]
        return found

    def entry_ids(self) -> dict[str, str]:
        """Return the entry id of each title."""
        return {one.title: one.entry_id for one in self.items()}

    def rows(self) -> list[Placement]:
        """Return the whole log."""
        with self.store.read() as connection:
            return list(log_rows.load_window(connection, 0, log_rows.last_seq(connection)))

    def news(self, backlog_days: int = 1) -> list[str]:
        """Return the titles that mail would give as news, by when they were placed."""
        titles = {one.id: one.title for one in self.items()}
        placed = [row for row in self.rows() if row.topic == "all" and row.action == "placed"]
        return [titles[row.item_id] for row in placed if row.backlog_days <= backlog_days]

    def change(self, item: Item, **changes: Any) -> Item:
        """Change a stored item, as an editor does."""
        changed = replace(item, revision=item.revision + 1, **changes)
        with self.store.write() as connection:
            item_rows.save_item(connection, changed, None, "by hand", NOON)
        return changed


@pytest.fixture
def saving(tmp_path: Path, empty_store: Path) -> Iterator[SavingDesk]:
    """A desk with one source, `page`, on an empty SQLite store."""
    store = open_store(f"sqlite:///{shutil.copy(empty_store, tmp_path / 'digest.db')}")
    yield SavingDesk(tmp_path, store)
    store.close()


@pytest.fixture
def saving_anywhere(tmp_path: Path, ready_url: str) -> Iterator[SavingDesk]:
    """The same on each database in turn."""
    store = open_store(ready_url)
    yield SavingDesk(tmp_path, store)
    store.close()
