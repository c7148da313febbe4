"""Sources: what their servers told us to send back, when they are due, what is wrong with them."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from digest.model.item import Quarantined
from digest.model.source import MOST_READINGS, PastReading, SourceState
from digest.store.meta import upsert, upsert_rows
from digest.store.tables import quarantine, source


def load_source(connection: Connection, source_id: str) -> SourceState:
    """Return the state of a source; a fresh one where it was never read."""
    row = connection.execute(select(source).where(source.c.id == source_id)).one_or_none()
    return _to_state(row._mapping) if row else SourceState(id=source_id)


def load_removed(connection: Connection, configured: Collection[str]) -> list[str]:
    """Return the ids of the sources that were read once and are not among these, in their order."""
    ids = connection.execute(select(source.c.id).order_by(source.c.id)).scalars()
    return [one for one in ids if one not in configured]


def load_sources(connection: Connection) -> dict[str, SourceState]:
    """Return the state of every source that was ever read, by id."""
    return {row.id: _to_state(row._mapping) for row in connection.execute(select(source))}


def _to_state(row: Any) -> SourceState:
    history = tuple(PastReading(datetime.fromtimestamp(at, UTC), *counts) for at, *counts in json.loads(row["history"]))
    return SourceState(**{**row, "history": history})


def load_read_at(connection: Connection, ids: Sequence[str]) -> dict[str, datetime | None]:
    """Return when sources were last read; a source that never was is not in it."""
    query = select(source.c.id, source.c.read_at).where(source.c.id.in_(ids))
    return {row.id: row.read_at for row in connection.execute(query)}


def save_source(connection: Connection, state: SourceState) -> None:
    """Save the state of a source; in one transaction with the items that came with its validators."""
    save_sources(connection, [state])


def save_sources(connection: Connection, states: Sequence[SourceState]) -> None:
    """Save the states of several sources."""
    if states:
        upsert_rows(connection, source, [_to_values(one) for one in states], ["id"])


def _to_values(state: SourceState) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(state, name) for name in SourceState.__dataclass_fields__}
    last = state.history[-MOST_READINGS:]
    values["history"] = json.dumps([[int(one.at.timestamp()), one.items, one.new] for one in last])
    return values


def save_quarantine(connection: Connection, source_id: str, rows: Sequence[Quarantined], now: datetime) -> None:
    """Replace what is quarantined of a source; a story that is whole at the next reading is no longer here."""
    connection.execute(delete(quarantine).where(quarantine.c.source == source_id))
    for row in rows:
        values = {"source": source_id, "name": row.name, "reason": row.reason, "at": now}
        upsert(connection, quarantine, values, ["source", "name"])


def load_quarantine(connection: Connection) -> list[tuple[str, Quarantined]]:
    """Return each quarantined story with its source."""
    rows = connection.execute(select(quarantine).order_by(quarantine.c.source, quarantine.c.name))
    return [(row.source, Quarantined(row.name, row.reason)) for row in rows]
