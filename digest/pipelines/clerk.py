"""The clerk: what readings of many sources came to, saved by one thread after the other, those at hand together.

SQLite has one writer, and every commit waits for the disk: a thousand sources that did not change are one commit.
What the database does not take is a result too: a full disk for one reading is no reason to forget another.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from digest.config.settings import SourceSettings
from digest.errors import SourceError, StoreError
from digest.items.clean import clean_text
from digest.model.source import SourceState
from digest.pipelines.pace import next_reading, next_try
from digest.pipelines.save import Desk, Ingested, save_within
from digest.sources.reading import SourceReading, SourceRefusedError
from digest.store import sources as source_rows

MOST_ITEMS = 400
"""Items after which a transaction ends: others wait for the writer no longer than a fraction of a second."""

MOST_REFUSED = 3
"""Transactions that may fail before no more are tried: each may wait a minute for a database that is locked."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at reading a source: its state before, and a reading or what was seen instead.

    `late_s` is how long after the beginning of the run that was.
    """

    source: SourceSettings
    state: SourceState
    outcome: SourceReading | SourceError
    late_s: int = 0


class Clerk:
    """Saves attempts; whoever comes while others are being saved is saved with the next ones."""

    def __init__(self, desk: Desk, now: datetime) -> None:
        self._desk, self._now = desk, now
        self._lock = asyncio.Lock()
        self._waiting: dict[str, Attempt] = {}
        self._done: dict[str, Ingested] = {}

    async def save(self, attempt: Attempt) -> Ingested:
        """Save one attempt; returns when it is committed."""
        name = attempt.source.id
        self._waiting[name] = attempt
        async with self._lock:
            if name not in self._done:
                # One that stood in a batch which failed is no longer among the waiting.
                batch = [*({**self._waiting, name: attempt}).values()]
                self._waiting = {}
                self._done |= await asyncio.to_thread(save_attempts, self._desk, batch, self._now)
        return self._done.pop(name)


def save_attempts(desk: Desk, attempts: Sequence[Attempt], now: datetime) -> dict[str, Ingested]:
    """Save attempts and return their results by source; a reading is never torn apart by where a transaction ends."""
    idle: list[tuple[Attempt, SourceState, Ingested]] = []
    full: list[tuple[Attempt, SourceReading]] = []
    for one in attempts:
        if isinstance(one.outcome, SourceError):
            idle.append((one, *_decide_failure(one, one.outcome, now)))
        elif one.outcome.not_modified:
            idle.append((one, *_decide_unchanged(one, one.outcome, now)))
        else:
            full.append((one, one.outcome))
    return _save_full(desk, full, now) | _save_idle(desk, idle, now)


def _save_full(desk: Desk, readings: Sequence[tuple[Attempt, SourceReading]], now: datetime) -> dict[str, Ingested]:
    """Save readings in as few transactions as may be; those of one that failed are tried each by itself."""
    done: dict[str, Ingested] = {}
    waiting, refused = deque(_batches(readings)), 0
    while waiting:
        batch = waiting.popleft()
        try:
            done |= _save_batch(desk, batch, now)
        except StoreError as error:
            refused += 1
            if refused >= MOST_REFUSED:
                batch, waiting = [*batch, *chain.from_iterable(waiting)], deque()
            elif len(batch) > 1:
                waiting.extendleft([one] for one in reversed(batch))
                continue
            done |= {one.source.id: tell_unsaved(one.source, error, now) for one, _ in batch}
    return done


def _save_batch(desk: Desk, batch: Sequence[tuple[Attempt, SourceReading]], now: datetime) -> dict[str, Ingested]:
    with desk.store.append() as connection:
        return {
            one.source.id: save_within(connection, desk, one.source, one.state, reading, now) for one, reading in batch
        }


def tell_unsaved(source: SourceSettings, error: StoreError, now: datetime) -> Ingested:
    """Return the result of a reading that was not stored; the source stays as it was, and as due as it was."""
    return Ingested(source=source.id, problem=clean_text(str(error)), next_at=now)


def _batches(readings: Sequence[tuple[Attempt, SourceReading]]) -> Iterator[list[tuple[Attempt, SourceReading]]]:
    batch: list[tuple[Attempt, SourceReading]] = []
    items = 0
    for one, reading in readings:
        batch.append((one, reading))
        items += len(reading.parsed.items)
        if items >= MOST_ITEMS:
            yield batch
            batch, items = [], 0
    if batch:
        yield batch


def _save_idle(desk: Desk, idle: Sequence[tuple[Attempt, SourceState, Ingested]], now: datetime) -> dict[str, Ingested]:
    """Save the states of sources that gave no items."""
    if not idle:
        return {}
    try:
        # With the log's lock: nobody saves a reading between our look at the row and our change of it.
        with desk.store.append() as connection:
            fresh = source_rows.load_read_at(connection, [one.source.id for one, _, _ in idle])
            # Where another run has read a source in the meantime, its validators stand.
            mine = [after for one, after, _ in idle if fresh.get(one.source.id) == one.state.read_at]
            source_rows.save_sources(connection, mine)
    except StoreError as error:
        return {one.source.id: tell_unsaved(one.source, error, now) for one, _, _ in idle}
    return {one.source.id: result for one, _, result in idle}


def _decide_unchanged(one: Attempt, reading: SourceReading, now: datetime) -> tuple[SourceState, Ingested]:
    due_at = next_reading(one.source, reading.max_age_s, now)
    after = replace(
        one.state,
        validators=reading.validators,
        first_read_at=one.state.first_read_at or now,
        read_at=now,
        due_at=due_at,
        failures=0,
        problem=None,
        status=None,
        moved_to=reading.moved_to,
    )
    return after, Ingested(source=one.source.id, not_modified=True, next_at=due_at, notes=reading.notes)


def _decide_failure(one: Attempt, error: SourceError, now: datetime) -> tuple[SourceState, Ingested]:
    problem = clean_text(str(error))
    refused = error if isinstance(error, SourceRefusedError) else None
    # A server asks for a time after its answer, not after the beginning of our run.
    asked_s = refused.retry_after_s + one.late_s if refused and refused.retry_after_s else None
    due_at = next_try(one.source, one.state, asked_s, now)
    status = refused.status if refused else None
    after = replace(one.state, due_at=due_at, failures=one.state.failures + 1, problem=problem, status=status)
    return after, Ingested(source=one.source.id, problem=problem, next_at=due_at)
