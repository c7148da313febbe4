"""publish: topics touched since last time | build | check | compare bytes | write.

    store ─▶ items ─▶ entries ─▶ .atom .json .html ─▶ check ─▶ files
                  └▶ blocks that are full ─▶ archive documents, before the feed that names them
    states of all feeds ─▶ index, OPML

A feed whose check fails keeps its last good copy and is tried again at every run; its reason stands in the store.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from digest import __version__
from digest.config.settings import Settings
from digest.feeds.build import Builder, Composed
from digest.feeds.check import Passed
from digest.feeds.pages import Pages
from digest.feeds.publish import open_folder
from digest.feeds.spec import FORMATS, labels_of
from digest.model.feed import FeedState
from digest.model.topic import CORRECTIONS
from digest.pipelines.archive import ArchiveWriter, OnProgress
from digest.pipelines.feed_list import Listed, list_feeds, make_row, make_spec
from digest.pipelines.feed_writer import Draft, FeedWriter, Rooms
from digest.pipelines.feed_writer import FeedResult as FeedResult
from digest.pipelines.front_pages import FRONT, load_problems, remove_orphans, write_front
from digest.pipelines.names import with_first_names
from digest.store import archives as archive_rows
from digest.store import feeds as feed_rows
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store.corrections import load_corrections, load_told
from digest.store.engine import Connection, Store
from digest.store.meta import load_fact, save_fact

BATCH = 50
"""Feeds built and written together, so that memory does not grow with their number."""

MOST_ARCHIVES = 500
"""Archive documents made in one publication: news must not wait for a long past. The rest comes with the next ones."""

LOOKS = "feeds.looks"
"""The fact that remembers what every feed was built with: when it changes, all of them are built anew."""

DONE = "feeds.seq"
"""The fact that remembers up to which seq every feed has been built, or its problem noted."""

RUNS = "feeds.runs"
"""The fact that counts the publications that changed a file: one that began before another may have undone its work."""


def ignore_made(_what: str, _done: int, _of: int) -> None:
    """Take a count and show nothing."""


@dataclass(slots=True)
class Memory:
    """What one publication may leave to the next: entries that were built, and those that passed their check."""

    passed: Passed = field(default_factory=Passed)
    looks: str = ""
    _settings: Settings | None = None
    _templates: str = ""
    _rooms: Rooms | None = None

    def rooms(self, settings: Settings) -> Rooms:
        """Return what builds and checks, made anew when the settings or the operator's templates are others."""
        templates = _look_of_templates(settings.templates / "web")
        if self._rooms is None or (self._settings, self._templates) != (settings, templates):
            labels = labels_of(settings.topics, settings.kinds, settings.regions)
            builder = Builder(settings.site, labels, full_text=settings.feeds.full_text)
            pages = Pages(settings.templates if settings.templates.is_dir() else None, settings.compiled)
            self._settings, self._templates = settings, templates
            self._rooms = Rooms(builder, pages, self.passed, list_feeds(settings))
            self.looks = f"{_looks(settings, self._rooms.listed)} {templates}"
        return self._rooms


def publish(
    settings: Settings,
    store: Store,
    now: datetime,
    *,
    only: Collection[str] = (),
    every: bool = False,
    memory: Memory | None = None,
    most_archives: int | None = MOST_ARCHIVES,
    on_progress: OnProgress = ignore_made,
) -> list[FeedResult]:
    """Publish the feeds that were touched since last time (or `only` these topics, or every one).

    A `memory` kept by the caller spares entries that were built and checked before; the bytes are the same. With
    None, `most_archives` is all there are. Of archive documents and pages of the whole folder, results tell those that
    were written or failed.
    """
    settings = with_first_names(settings, store)
    memory = memory or Memory()
    rooms = memory.rooms(settings)
    looks = memory.looks
    with store.read() as connection:
        seq = log_rows.last_seq(connection)
        before = _load_facts(connection)
    renewed = before[0] != looks
    with open_folder(settings.feeds.folder) as folder:
        folder.sweep()
        if renewed and not only:
            with store.write() as connection:
                archive_rows.mark_all_stale(connection)
        writer = FeedWriter(settings, store, rooms, folder)
        archives = ArchiveWriter(settings, store, writer, most_archives, on_progress)
        run = _Publication(settings, store, writer, archives, now, on_progress)
        results = [*run.run(only, int(before[1] or 0), every=every or renewed, renewed=renewed)]
    with store.write() as connection:
        if _load_facts(connection) != before:
            # Another run published in the meantime, and one may have overwritten what the other knew better.
            save_fact(connection, DONE, before[1] or "0")
        elif not only:
            save_fact(connection, LOOKS, looks)
            save_fact(connection, DONE, str(seq))
        elif log_rows.last_seq(connection) > seq:
            # Another run may be publishing what came: it is to see that we did, and the next one looks at all feeds.
            save_fact(connection, LOOKS, "")
        if any(one.changed for one in results):
            save_fact(connection, RUNS, str(int(load_fact(connection, RUNS) or 0) + 1))
    return results


class _Publication:
    """One run of publishing; see `publish`."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        writer: FeedWriter,
        archives: ArchiveWriter,
        now: datetime,
        on_progress: OnProgress,
    ) -> None:
        self.settings, self.store, self.writer, self.archives, self.now = settings, store, writer, archives, now
        self.listed = writer.rooms.listed
        self.on_progress = on_progress
        self.unsure: set[str] = set()

    def run(self, only: Collection[str], after: int, *, every: bool, renewed: bool) -> Iterator[FeedResult]:
        """Publish what is due, then the pages of the whole folder."""
        folder = self.writer.folder
        there = folder.names()
        if renewed and not only:
            remove_orphans(self.settings, self.store, folder, self.listed)
        touched = self._find_touched(after)
        # A run that was killed may have written what this one finds to be as it was, and told nobody.
        self.unsure = {*self.listed} if renewed else touched
        due = [one for one in self.listed.values() if one.topic in only] if only else [*self.listed.values()]
        if not every and not only:
            owed = self._find_owed(there)
            due = [one for one in due if one.topic in touched or one.name in owed]
        if every or not all(self._is_there(one, there) for one in due):
            self.archives.find_missing()
        for start in range(0, len(due), BATCH):
            yield from self._publish(due[start : start + BATCH])
            self.on_progress("feeds", min(start + BATCH, len(due)), len(due))
        yield from self.archives.renew()
        if due or not there.issuperset(FRONT) or self._front_is_owed():
            yield from write_front(self.settings, self.store, self.writer, self.now)

    def _find_owed(self, there: Collection[str]) -> set[str]:
        """Return the names of feeds whose files do not show what the store knows, whatever the log says."""
        with self.store.read() as connection:
            owed = {*feed_rows.load_troubled(connection), *feed_rows.load_owed(connection)}
        return owed | {one.name for one in self.listed.values() if not self._is_there(one, there)}

    def _front_is_owed(self) -> bool:
        with self.store.read() as connection:
            return bool(load_problems(connection))

    def _is_there(self, feed: Listed, there: Collection[str]) -> bool:
        return all(f"{feed.name}.{form}" in there for form in FORMATS)

    def _find_touched(self, after: int) -> set[str]:
        with self.store.read() as connection:
            changes = {CORRECTIONS} if log_rows.has_changes(connection, after) else set()
            return {*log_rows.touched_topics(connection, after), *changes}

    def _publish(self, feeds: Sequence[Listed]) -> Iterator[FeedResult]:
        with self.store.read() as connection:
            states = feed_rows.load_feeds(connection, [one.name for one in feeds])
            busy = {one.name: self._with_activity(connection, one, states.get(one.name)) for one in feeds}
        archived, last = self.archives.close(feeds)
        yield from archived
        drafts: list[Draft] = []
        for feed in feeds:
            spec = replace(make_spec(feed, busy[feed.name], self.settings.feeds.hub), previous=last.get(feed.topic))
            drafts.append(self.writer.draft(spec, self._compose(feed), make_row(spec, busy[feed.name])))
        results = self.writer.write(drafts)
        unsure = {one.name for one in feeds if one.topic in self.unsure}
        after = [self._with_result(busy[one.name], one, one.name in unsure) for one in results]
        with self.store.write() as connection:
            feed_rows.save_feeds(connection, [one for one in after if one != states.get(one.name)])
        yield from results

    def _with_activity(self, connection: Connection, feed: Listed, state: FeedState | None) -> FeedState:
        state = state or FeedState(name=feed.name, created_at=self.now)
        load = load_told if feed.topic == CORRECTIONS else feed_rows.load_activity
        activity = load(connection, feed.topic)
        return replace(state, recent=activity.recent, oldest_at=activity.oldest_at, newest_at=activity.newest_at)

    def _with_result(self, state: FeedState, result: FeedResult, unsure: bool) -> FeedState:
        fresh = result.changed or (not result.failed and (unsure or state.problem is not None))
        return replace(
            state,
            published_at=self.now if result.changed or (fresh and not state.published_at) else state.published_at,
            problem=result.reason if result.failed else None,
            left_out=result.quarantined,
            unpinged=state.unpinged or (fresh and self.settings.feeds.hub is not None),
            owed=state.name in self.archives.owed,
        )

    def _compose(self, feed: Listed) -> Composed:
        count = self.settings.feeds.entries
        if feed.topic == CORRECTIONS:
            with self.store.read() as connection:
                corrections = load_corrections(connection, count)
            return self.writer.rooms.builder.compose_corrections(corrections)
        with self.store.read() as connection:
            ids = item_rows.newest_ids(connection, feed.topic, count)
        return self.writer.compose(ids)


def _load_facts(connection: Connection) -> tuple[str | None, ...]:
    return tuple(load_fact(connection, one) for one in (LOOKS, DONE, RUNS))


def _looks(settings: Settings, listed: Mapping[str, Listed]) -> str:
    """Return a hash of all settings that shape feeds and pages."""
    feeds = settings.feeds
    shapes = (
        *(__version__, settings.site, feeds.entries, feeds.full_text, feeds.hub, feeds.readers, feeds.moved),
        *(feeds.retired, labels_of(settings.topics, settings.kinds, settings.regions)),
        *listed.values(),
    )
    return hashlib.sha256(repr(shapes).encode()).hexdigest()[:16]


def _look_of_templates(folder: Path) -> str:
    """Return what tells whether an operator's templates are still the same."""
    files = sorted(folder.glob("*")) if folder.is_dir() else ()
    found = ((file.name, file.stat()) for file in files)
    looks = [(name, one.st_mtime_ns, one.st_size) for name, one in found]
    return hashlib.sha256(repr(looks).encode()).hexdigest()[:8]
