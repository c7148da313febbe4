"""The databases that the contract tests run on are real, empty and our own."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text


def _answer(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            return connection.execute(text(statement)).scalar()
    finally:
        engine.dispose()


def test_database_answers(database_url: str) -> None:
    """Both kinds of database take a connection and answer."""
    assert _answer(database_url, "select 1") == 1


@pytest.mark.parametrize("turn", ["first", "second"])
def test_database_is_empty_for_every_test(database_url: str, turn: str) -> None:
    """What one test writes, the next one does not find."""
    engine = create_engine(database_url)
    try:
        assert inspect(engine).get_table_names() == []
        with engine.begin() as connection:
            connection.execute(text("create table left_behind (n integer)"))
        assert inspect(engine).get_table_names() == ["left_behind"]
    finally:
        engine.dispose()


def test_postgres_is_ours(postgres_url: str, postgres_server: object) -> None:
    """The server behind the URL keeps its files in the folder that we made for it."""
    folder = _answer(postgres_url, "show data_directory")
    assert isinstance(folder, str)
    assert Path(folder).parent.name.startswith("digest-pg-")
    assert folder == str(postgres_server.data)


def test_postgres_is_not_root(postgres_server: object) -> None:
    """The server runs as an ordinary account, whoever runs the tests."""
    pid = int((postgres_server.data / "postmaster.pid").read_text().splitlines()[0])
    assert Path(f"/proc/{pid}").stat().st_uid != 0
