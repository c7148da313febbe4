"""The schema: migrations build exactly what the statements expect, and a program knows its own version."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from digest.errors import StoreError
from digest.store.engine import Store, open_store
from digest.store.migrate import FOLDER, HEAD, ready_store, schema_version, upgrade_store
from digest.store.tables import metadata


@pytest.fixture
def empty(database_url: str) -> Any:
    store = open_store(database_url)
    yield store
    store.close()


def set_version(store: Store, version: str) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_migrations_build_the_tables(store: Store) -> None:
    """Alembic finds no difference between a migrated database and the tables that statements are made of."""
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_migrations_keep_sqlite_strict(store: Store) -> None:
    """On SQLite every table is STRICT, so no column takes a value of another type."""
    if store.sqlite:
        with store.read() as connection:
            rows = connection.execute(text("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"))
            loose = {row.name for row in rows if not row.strict}
        assert loose <= {"alembic_version", "sqlite_schema", "sqlite_sequence"}


def test_head_is_the_newest_file() -> None:
    """The version that the program names is that of its newest migration."""
    newest = max(file.name for file in (FOLDER / "versions").glob("[0-9]*.py"))
    assert newest.split("_")[0] == HEAD


def test_upgrade_twice(empty: Store) -> None:
    """An empty database is brought to the newest version; a second time there is nothing to do."""
    assert schema_version(empty) is None
    assert upgrade_store(empty) == (None, HEAD)
    assert upgrade_store(empty) == (HEAD, HEAD)
    assert schema_version(empty) == HEAD


def test_ready_store_is_done_once(store: Store) -> None:
    """A database that has its schema is left as it is."""
    ready_store(store)
    with store.read() as connection:
        assert set(metadata.tables) < set(inspect(connection).get_table_names())


def test_two_programs_meet_an_empty_database(
    database_url: str, run_all: Callable[[list[Callable[[], Any]]], list[Any]]
) -> None:
    """Several programs that start at once on an empty database all find their schema."""
    stores = [open_store(database_url) for _ in range(4)]
    run_all([lambda store=store: ready_store(store) for store in stores])
    assert {schema_version(store) for store in stores} == {HEAD}
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("9999", "newer than this program"),
        ("0000", "run `digest db upgrade`"),
    ],
    ids=["newer", "older"],
)
def test_ready_store_refuses_another_version(store: Store, version: str, sentence: str) -> None:
    """A database of another version is refused with a sentence that says what to do."""
    set_version(store, version)
    with pytest.raises(StoreError, match=sentence):
        ready_store(store)
