"""save: one reading | intake of its items | what the source is now: all of it in one transaction.

What was not stored is fetched again, and no validator is kept without the items that came with it.
"""

from dataclasses import replace
from datetime import datetime

from digest.config.settings import SourceSettings
from digest.items.clean import clean_text
from digest.model.item import Parsed
from digest.model.source import PastReading, SourceState
from digest.pipelines.desk import Desk
from digest.pipelines.health import add_reading
from digest.pipelines.intake import Ingested, Intake
from digest.pipelines.kinds import find_kind
from digest.pipelines.pace import next_reading
from digest.pipelines.place import follow_topics, placed_topics, release_held, release_pending
from digest.pipelines.resolve import find_unknown
from digest.sources.reading import SourceReading
from digest.store import sources as source_rows
from digest.store.engine import Connection

__all__ = [
    "Desk",
    "Ingested",
    "find_kind",
    "find_unknown",
    "follow_topics",
    "placed_topics",
    "release_held",
    "release_pending",
    "save_reading",
    "save_within",
]


def save_reading(
    desk: Desk,
    source: SourceSettings,
    state: SourceState,
    reading: SourceReading,
    now: datetime,
    *,
    approve: bool = False,
) -> Ingested:
    """Save one reading and the source's new state, in one transaction; with `approve`, a burst is not held."""
    with desk.store.append() as connection:
        return save_within(connection, desk, source, state, reading, now, approve=approve)


def save_within(
    connection: Connection,
    desk: Desk,
    source: SourceSettings,
    state: SourceState,
    reading: SourceReading,
    now: datetime,
    *,
    approve: bool = False,
) -> Ingested:
    """Save one reading within the transaction of `connection`, which is the store's `append`."""
    base = Ingested(
        source=source.id,
        next_at=next_reading(source, reading.max_age_s, now),
        notes=reading.notes,
        first=state.first_read_at is None,
    )
    if source_rows.load_source(connection, source.id).read_at != state.read_at:
        # Another run has saved a reading while this one was under way: which is the newer, nobody can tell.
        return replace(base, not_modified=True, notes=("another run read it at the same time",))
    if reading.not_modified:
        source_rows.save_source(connection, _state_after(state, reading, base, now))
        return replace(base, not_modified=True)
    intake = Intake(desk, source, state, connection, now)
    saved, listed = intake.run(reading.parsed, approve=approve)
    told = reading.notes if listed else (*reading.notes, *reading.parsed.markers)
    whole = replace(saved, next_at=base.next_at, first=base.first, notes=(*told, *saved.notes))
    fresh = _state_after(state, reading, replace(whole, notes=told), now)
    fresh = _remember(fresh, reading.parsed, whole, listed, now)
    if intake.untitled and (saved.new or saved.held or saved.pending or state.validators):
        # Their own pages could not all be read: the next reading goes on, if only to try once more.
        fresh = replace(fresh, validators=None)
    source_rows.save_source(connection, fresh)
    source_rows.save_quarantine(connection, source.id, saved.quarantined, now)
    return whole


def _state_after(state: SourceState, reading: SourceReading, done: Ingested, now: datetime) -> SourceState:
    """Return the state of a source that could be read."""
    return replace(
        state,
        validators=reading.validators,
        first_read_at=state.first_read_at or now,
        read_at=now,
        due_at=done.next_at,
        failures=0,
        problem=clean_text("; ".join(done.notes)) or None,
        status=None,
        moved_to=reading.moved_to,
    )


def _remember(state: SourceState, parsed: Parsed, done: Ingested, listed: int, now: datetime) -> SourceState:
    """Add to a source's state what is to be learnt of a reading that had a body; `listed` are its usable items."""
    news = done.new + done.held
    if news or done.pending:
        state = replace(state, last_new_at=now)
    if not parsed.complete:
        # Without validators some of its pages are missing: what stands there is no news either when they come.
        return replace(state, first_read_at=None) if done.first and state.validators is None else state
    if not listed and (parsed.markers or any(one.items for one in state.history)):
        # Whatever this page is, it is not the listing: the next reading looks at it whole, whatever the server says.
        unread = done.first and bool(parsed.markers)
        state = replace(state, validators=None, first_read_at=None if unread else state.first_read_at)
    return replace(state, history=add_reading(state.history, PastReading(now, listed, news)))
