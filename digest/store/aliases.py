"""Aliases: other names of a stored item, under which a source lists it too. Written once, never changed."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from digest.store.meta import in_chunks, insert_for
from digest.store.tables import alias


def find_aliases(connection: Connection, source: str, keys: Collection[str]) -> dict[str, int]:
    """Return the items that go by these keys in a source, by key."""
    found: dict[str, int] = {}
    for chunk in in_chunks(sorted(keys)):
        query = select(alias.c.key, alias.c.item_id).where(alias.c.source == source, alias.c.key.in_(chunk))
        found.update((row.key, row.item_id) for row in connection.execute(query))
    return found


def load_alias_sources(connection: Connection, ids: Collection[int]) -> dict[int, list[str]]:
    """Return the sources in which items have other names, the first to name an item first; each once."""
    found: dict[int, list[str]] = {}
    for chunk in in_chunks(sorted(ids)):
        query = select(alias.c.item_id, alias.c.source).where(alias.c.item_id.in_(chunk))
        for row in connection.execute(query.order_by(alias.c.item_id, alias.c.at, alias.c.source)):
            sources = found.setdefault(row.item_id, [])
            if row.source not in sources:
                sources.append(row.source)
    return found


def save_aliases(connection: Connection, source: str, names: Mapping[str, int], now: datetime) -> None:
    """Let items go by these keys in a source; a key that is an alias already stays what it was."""
    rows = [{"source": source, "key": key, "item_id": item_id, "at": now} for key, item_id in names.items()]
    if rows:
        connection.execute(insert_for(connection, alias).on_conflict_do_nothing(), rows)
