"""Sources: what their servers told us to send back, when they are due, what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from digest.model.item import Quarantined
from digest.store.meta import upsert
from digest.store.tables import quarantine, source


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is known of a source. `validators` is JSON text of its adapter; `due_at` None means at once."""

    id: str
    validators: str | None = None
    first_read_at: datetime | None = None
    read_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    problem: str | None = None


def load_source(connection: Connection, source_id: str) -> SourceState:
    """Return the state of a source; a fresh one where it was never read."""
    row = connection.execute(select(source).where(source.c.id == source_id)).one_or_none()
    return SourceState(**row._mapping) if row else SourceState(id=source_id)


def save_source(connection: Connection, state: SourceState) -> None:
    """Save the state of a source; in one transaction with the items that came with its validators."""
    values = {name: getattr(state, name) for name in SourceState.__dataclass_fields__}
    upsert(connection, source, values, ["id"])


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
