"""Single facts about the whole store, by name; and the upsert that both databases understand."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from digest.store.tables import meta

CHUNK = 500
"""Values in one IN list: SQLite takes 32,766 variables, small lists plan better."""


def insert_for(connection: Connection, table: Table) -> Any:
    """Return the dialect's own INSERT, which knows ON CONFLICT."""
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    return make(table)


def upsert(connection: Connection, table: Table, values: dict[str, Any], keys: Sequence[str]) -> None:
    """Insert a row, or overwrite the other columns of the row that has these keys."""
    statement = insert_for(connection, table).values(values)
    changes = {name: statement.excluded[name] for name in values if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changes))


def upsert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], keys: Sequence[str]) -> None:
    """Insert rows that have the same columns, or overwrite those that have these keys."""
    statement = insert_for(connection, table)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changes), list(rows))


def load_fact(connection: Connection, key: str) -> str | None:
    """Return a fact, None where it was never saved."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()


def save_fact(connection: Connection, key: str, value: str) -> None:
    """Save a fact under its name."""
    upsert(connection, meta, {"key": key, "value": value}, ["key"])


def in_chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield values in pieces for an IN list each: a database bounds how many parameters a statement has."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
