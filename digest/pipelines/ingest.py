"""ingest: fetch | parse | clean | decide new/changed/same | match topics | save items + placements.

Sources are read side by side; each is saved in one transaction together with the validators that came with it, so
that what was not stored is fetched again. One source's trouble is a result with a reason and stops no other.
"""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from digest.config.settings import Settings, SourceSettings
from digest.errors import SourceError
from digest.items.clean import clean_text
from digest.pipelines.names import with_first_names
from digest.pipelines.rematch import rematch
from digest.pipelines.save import Desk, Ingested, release_held, save_reading
from digest.sources.port import SourceRefusedError, read_source
from digest.store import sources as source_rows
from digest.store.engine import Store
from digest.store.lists import sync_lists
from digest.store.sources import SourceState
from digest.topics.match import Matcher

AT_ONCE = 8
"""Sources read side by side."""

BACK_OFF = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""Waits after the first, second … failed reading in a row; the last one repeats."""


async def ingest(
    settings: Settings, store: Store, matcher: Matcher, now: datetime, *, only: Collection[str] = (), due: bool = False
) -> list[Ingested]:
    """Read sources (`only` these, or only those that are `due`) and save what is new; results in config order."""
    await asyncio.to_thread(_sync_offers, settings, store, now)
    states = _load_states(settings, store)
    wanted = [
        one for one in settings.sources if (not only or one.id in only) and (not due or _is_due(states[one.id], now))
    ]
    gate = asyncio.Semaphore(AT_ONCE)
    settings = with_first_names(settings, store)
    desk = Desk(settings, store, matcher)

    async def read(source: SourceSettings) -> Ingested:
        async with gate:
            return await _ingest_source(desk, source, states[source.id], now)

    await asyncio.to_thread(rematch, desk, now)
    results = await asyncio.gather(*(read(source) for source in wanted))
    await asyncio.to_thread(release_held, desk, now)
    return list(results)


def _sync_offers(settings: Settings, store: Store, now: datetime) -> None:
    """Note what lists offer before anything is placed: what a list offers from now on has to reach its people."""
    with store.write() as connection:
        sync_lists(connection, settings.lists, now)


def _load_states(settings: Settings, store: Store) -> dict[str, SourceState]:
    with store.read() as connection:
        return {one.id: source_rows.load_source(connection, one.id) for one in settings.sources}


def _is_due(state: SourceState, now: datetime) -> bool:
    return state.due_at is None or state.due_at <= now


async def _ingest_source(desk: Desk, source: SourceSettings, state: SourceState, now: datetime) -> Ingested:
    try:
        reading = await read_source(
            source,
            kinds=[kind.label for kind in desk.settings.kinds],
            validators=state.validators,
            contact=desk.settings.site.contact,
        )
    except SourceError as error:
        return await asyncio.to_thread(_save_failure, desk.store, source, state, error, now)
    return await asyncio.to_thread(save_reading, desk, source, state, reading, now)


def _save_failure(
    store: Store, source: SourceSettings, state: SourceState, error: SourceError, now: datetime
) -> Ingested:
    problem = clean_text(str(error))
    asked_s = error.retry_after_s if isinstance(error, SourceRefusedError) else None
    wait = max(BACK_OFF[min(state.failures, len(BACK_OFF) - 1)], source.every, timedelta(seconds=asked_s or 0))
    failed = replace(state, due_at=now + wait, failures=state.failures + 1, problem=problem)
    with store.write() as connection:
        # Where another run has read it in the meantime, its validators stand.
        if source_rows.load_source(connection, source.id).read_at == state.read_at:
            source_rows.save_source(connection, failed)
    return Ingested(source=source.id, problem=problem, next_at=failed.due_at)
