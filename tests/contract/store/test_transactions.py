"""Transactions: no update is lost, nobody sees half of one, and the log grows in the order of commit."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from digest.errors import StoreError
from digest.model.placement import Placement
from digest.model.source import SourceState
from digest.store.engine import Store, open_store
from digest.store.meta import load_fact, save_fact
from digest.store.placements import append_placements, last_seq, load_window
from digest.store.sources import load_source, save_source
from digest.store.tables import source
from tests.patience import HANG_S, TEMPTATION_S

WRITERS, TIMES = 8, 25
RunAll = Callable[[list[Callable[[], Any]]], list[Any]]


def test_write_loses_no_update(store: Store, run_all: RunAll) -> None:
    """Eight writers who each add one 25 times come to 200."""
    with store.write() as connection:
        save_source(connection, SourceState(id="newsroom"))

    def count_up() -> None:
        for _ in range(TIMES):
            with store.write() as connection:
                connection.execute(update(source).values(failures=source.c.failures + 1))

    run_all([count_up] * WRITERS)
    with store.read() as connection:
        assert load_source(connection, "newsroom").failures == WRITERS * TIMES


def test_append_takes_turns(store: Store, run_all: RunAll) -> None:
    """Who reads and then writes in an appending transaction works on what the one before left."""

    def count_up() -> None:
        for _ in range(TIMES):
            with store.append() as connection:
                save_fact(connection, "count", str(int(load_fact(connection, "count") or 0) + 1))

    run_all([count_up] * WRITERS)
    with store.read() as connection:
        assert load_fact(connection, "count") == str(WRITERS * TIMES)


def test_write_is_all_or_nothing(store: Store) -> None:
    """A transaction that fails leaves nothing behind."""

    def fail_half_way() -> None:
        with store.write() as connection:
            save_fact(connection, "half", "done")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        fail_half_way()
    with store.read() as connection:
        assert load_fact(connection, "half") is None


def test_read_sees_one_state(store: Store) -> None:
    """What is committed while somebody reads is not there before they begin anew."""
    with store.read() as reading:
        assert load_fact(reading, "news") is None
        with store.write() as writing:
            save_fact(writing, "news", "come")
        assert load_fact(reading, "news") is None
    with store.read() as reading:
        assert load_fact(reading, "news") == "come"


def test_save_fact_overwrites(store: Store) -> None:
    """A fact has one value, the last."""
    with store.write() as connection:
        save_fact(connection, "key", "first")
        save_fact(connection, "key", "second")
        assert load_fact(connection, "key") == "second"


def test_seq_rises_in_commit_order(store: Store, log: Any, now: datetime, run_all: RunAll) -> None:
    """A reader who asks for the log's end and reads up to it never meets a row with a smaller seq later."""
    (item_id,) = log.add_items()

    def write(topic: str) -> None:
        for _ in range(TIMES):
            with store.append() as connection:
                append_placements(connection, [Placement(0, topic, item_id)] * 2, now)

    writers = [threading.Thread(target=write, args=(topic,)) for topic in ("a", "b", "c", "d")]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    busy = True
    while busy:
        busy = any(writer.is_alive() for writer in writers)
        mark = seen[-1] if seen else 0
        with store.read() as connection:
            end = last_seq(connection)
            seen += [row.seq for row in load_window(connection, mark, end) if row.seq > mark]
    assert seen == sorted(set(seen))
    assert len(seen) == len(writers) * TIMES * 2


def test_append_waits_for_the_log(store: Store) -> None:
    """Nobody else gets a seq while an appending transaction is open."""
    entered = threading.Event()

    def append() -> None:
        with store.append():
            entered.set()

    thread = threading.Thread(target=append)
    with store.append():
        thread.start()
        assert not entered.wait(TEMPTATION_S)
    thread.join(HANG_S)
    assert entered.is_set()


def test_sqlite_is_durable(sqlite_url: str) -> None:
    """A SQLite file is opened with the settings that a ledger needs."""
    store = open_store(sqlite_url)
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 60_000}
    with store.read() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas}
    store.close()
    assert found == pragmas


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A database under a file, where no folder can be, is refused with a sentence."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="the folder of the database cannot be made"):
        open_store(f"sqlite:///{tmp_path}/file/var/digest.db")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A folder in the place of the file is refused as a StoreError, not with a stranger's exception."""
    store = open_store(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreError, match="cannot be used: "), store.read() as connection:
        last_seq(connection)
    store.close()


def test_a_server_that_does_not_answer() -> None:
    """A PostgreSQL that is not there is a StoreError in one line."""
    store = open_store("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(StoreError, match=r"^[^\n]+ cannot be used: [^\n]+$"), store.read():
        pass
    store.close()
