"""ingest: fetch | parse | clean | enrich, measure what is new | new, changed or same? | topics | save | look for gone.

Sources are read side by side; each is saved in one transaction together with the validators that came with it, so
that what was not stored is fetched again. One source's trouble is a result with a reason and stops no other.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from digest.config.settings import Settings, SourceSettings
from digest.errors import SourceError, StoreError
from digest.items.identity import canonical_link, find_landing_pages
from digest.model.source import SourceState
from digest.pipelines.clerk import Attempt, Clerk, tell_unsaved
from digest.pipelines.measure import measure
from digest.pipelines.names import with_first_names
from digest.pipelines.offers import sync_lists
from digest.pipelines.pace import is_due
from digest.pipelines.prepare import prepare
from digest.pipelines.rematch import rematch
from digest.pipelines.resolve import pages_of
from digest.pipelines.save import Desk, Ingested, find_unknown, release_held
from digest.pipelines.vanish import check_again, check_vanished
from digest.sources.enrich import enrich_items
from digest.sources.fetch import Client
from digest.sources.parser import Parser
from digest.sources.reading import Reader, SourceReading, read_source
from digest.sources.robots import Robots
from digest.store import robots as robots_rows
from digest.store import sources as source_rows
from digest.store.engine import Store
from digest.topics.match import Matcher


def forget_reading(_one: Ingested) -> None:
    """Take a result and show nothing."""


async def ingest(
    settings: Settings,
    store: Store,
    matcher: Matcher,
    now: datetime,
    *,
    only: Collection[str] = (),
    due: bool = False,
    on_progress: Callable[[Ingested], None] = forget_reading,
) -> list[Ingested]:
    """Read sources (`only` these, or only those that are `due`) and save what is new; results in config order.

    `on_progress` hears of each source when it is done, in whatever order.
    """
    await asyncio.to_thread(_sync_offers, settings, store, now)
    states = await asyncio.to_thread(_load_states, settings, store)
    wanted = [
        one
        for one in settings.sources
        if (not only or one.id in only) and (not due or is_due(one, states[one.id], now))
    ]
    removed = tuple(sorted(states.keys() - {one.id for one in settings.sources}))
    desk = Desk(with_first_names(settings, store), store, matcher, removed)
    await asyncio.to_thread(rematch, desk, now)
    async with Client(settings.site.contact) as client, Parser() as parser:
        reader = Reader(client, parser, _make_robots(client, store, now))
        run = _Run(desk, reader, Clerk(desk, now), now, on_progress, asyncio.get_running_loop().time())
        # Those that failed last time may hold a connection for long: they begin when the others have theirs.
        order = sorted(wanted, key=lambda one: states[one.id].failures > 0)
        async with asyncio.TaskGroup() as group:
            tasks = {one.id: group.create_task(run.ingest_source(one, states[one.id])) for one in order}
        again = Counter(item.source for item in await check_again(desk, reader, only, now))
    await asyncio.to_thread(release_held, desk, now)
    results = [tasks[one.id].result() for one in wanted]
    return [replace(one, withdrawn=one.withdrawn + again[one.source]) for one in results]


def _sync_offers(settings: Settings, store: Store, now: datetime) -> None:
    """Note what lists offer before anything is placed: what a list offers from now on has to reach its people."""
    with store.write() as connection:
        sync_lists(connection, settings.lists, now)


def _load_states(settings: Settings, store: Store) -> dict[str, SourceState]:
    """Return the state of every source by id, also of those that config.yaml no longer has."""
    with store.read() as connection:
        known = source_rows.load_sources(connection)
    return {one.id: SourceState(id=one.id) for one in settings.sources} | known


def _make_robots(client: Client, store: Store, now: datetime) -> Robots:
    def load(origin: str) -> tuple[str, datetime] | None:
        with store.read() as connection:
            return robots_rows.load_robots(connection, origin)

    def save(origin: str, body: str, at: datetime) -> None:
        with store.write() as connection:
            robots_rows.save_robots(connection, origin, body, at)

    return Robots(client, load, save, now)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run over the sources; `began` is by the event loop's clock, in seconds."""

    desk: Desk
    reader: Reader
    clerk: Clerk
    now: datetime
    on_progress: Callable[[Ingested], None]
    began: float

    async def ingest_source(self, source: SourceSettings, state: SourceState) -> Ingested:
        """Read one source and save it; what the database does not take is a result too."""
        try:
            result = await self._ingest(source, state)
        except StoreError as error:
            result = tell_unsaved(source, error, self.now)
        self.on_progress(result)
        return result

    async def _ingest(self, source: SourceSettings, state: SourceState) -> Ingested:
        kinds = [kind.label for kind in self.desk.settings.kinds]
        outcome: SourceReading | SourceError
        try:
            outcome = await read_source(self.reader, source, kinds=kinds, validators=state.validators)
            if source.path is None:
                parsed = await prepare(self.reader.parser, self.desk.settings, source, outcome.parsed)
                outcome = replace(outcome, parsed=parsed)
            outcome = await self._enrich(source, outcome, kinds)
            outcome = await measure(self.desk, self.reader, source, outcome, self.now)
        except SourceError as error:
            outcome = error
        late_s = int(asyncio.get_running_loop().time() - self.began)
        result = await self.clerk.save(Attempt(source, state, outcome, late_s))
        if isinstance(outcome, SourceError) or result.not_modified or result.problem:
            return result
        return await self._look_for_gone(source, outcome, result)

    async def _look_for_gone(self, source: SourceSettings, reading: SourceReading, saved: Ingested) -> Ingested:
        try:
            gone = await check_vanished(self.desk, self.reader, source, reading, saved.listed, self.now)
        except StoreError as error:
            return replace(saved, notes=(*saved.notes, f"what is gone from it was not looked for: {error}"))
        return replace(saved, withdrawn=len(gone))

    async def _enrich(self, source: SourceSettings, reading: SourceReading, kinds: list[str]) -> SourceReading:
        """Read the own pages of the items that are new."""
        items = list(reading.parsed.items)
        if not (source.enrich or (source.html and source.html.detail) or any(not one.title for one in items)):
            return reading
        # What stands on a page for many stories is of none of them.
        pages = pages_of(source, self.desk.settings) | find_landing_pages(items)
        new = await asyncio.to_thread(self._find_new, source, reading)
        new = [at for at in new if canonical_link(items[at].link or "") not in pages]
        filled, notes = await enrich_items(self.reader, source, [items[at] for at in new], kinds)
        for at, item in zip(new, filled, strict=True):
            items[at] = item
        parsed = replace(reading.parsed, items=tuple(items))
        return replace(reading, parsed=parsed, notes=(*reading.notes, *notes))

    def _find_new(self, source: SourceSettings, reading: SourceReading) -> list[int]:
        with self.desk.store.read() as connection:
            return find_unknown(
                connection, self.desk.settings, source, reading.parsed.items, self.now, complete=reading.parsed.complete
            )
