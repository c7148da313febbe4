"""The clerk: readings of many sources in few transactions, and a database that does not take all of them."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from digest.errors import SourceError
from digest.model.item import Parsed, ParsedItem
from digest.pipelines.clerk import MOST_ITEMS, MOST_REFUSED, Attempt, Clerk, save_attempts
from digest.pipelines.save import Ingested
from digest.sources.reading import SourceReading, SourceRefusedError
from digest.store.engine import lock_log
from tests.desks import HOME, NOON, SavingDesk, entry, make_source
from tests.patience import HANG_S, TEMPTATION_S

LATER = NOON + timedelta(hours=1)


def story(source_id: str, number: int, *, words: int = 1) -> ParsedItem:
    """Return an item that only this source has."""
    title = f"Story {number} of {source_id}"
    return entry(
        1 + number % 9, title=title, explicit_id=title, link=f"{HOME}{source_id}/{number}", summary="Ferry. " * words
    )


def reading(source_id: str, items: int = 2, *, words: int = 1, etag: str = "v1") -> SourceReading:
    """Return a reading that lists so many items of its own."""
    parsed = Parsed(tuple(story(source_id, number, words=words) for number in range(items)))
    return SourceReading(parsed=parsed, validators=f'{{"etag": "{source_id} {etag}"}}')


def unchanged(source_id: str) -> SourceReading:
    """Return a reading that found nothing changed."""
    return SourceReading(parsed=Parsed(()), validators=f'{{"etag": "{source_id} v1"}}', not_modified=True)


def attempt(desk: SavingDesk, source_id: str, outcome: SourceReading | SourceError) -> Attempt:
    """Return a try at reading a source as it stands now."""
    return Attempt(desk.source(source_id), desk.state(source_id), outcome)


def settle(desk: SavingDesk, *attempts: Attempt) -> dict[str, Ingested]:
    """Save attempts at noon."""
    return save_attempts(desk.desk, attempts, NOON)


def stored(desk: SavingDesk) -> dict[str, int]:
    """Return how many items of each source are stored, each placed in `all` once."""
    items = desk.items()
    placed = [row.item_id for row in desk.rows() if row.topic == "all"]
    assert sorted(placed) == sorted(one.id for one in items)
    return {source: sum(one.source == source for one in items) for source in {one.source for one in items}}


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """Count the transactions that are begun and committed."""
    seen: list[str] = []
    handlers = {name: lambda _connection, name=name: seen.append(name) for name in ("begin", "commit")}
    for name, handler in handlers.items():
        event.listen(engine, name, handler)
    yield seen
    for name, handler in handlers.items():
        event.remove(engine, name, handler)


def with_pragma(desk: SavingDesk, pragma: str) -> None:
    """Have every connection from now on say a pragma of its own."""
    desk.store.engine.dispose()
    event.listen(desk.store.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))


@contextmanager
def locked(desk: SavingDesk) -> Iterator[None]:
    """Hold the writer's lock of a SQLite file, as a program does that went wrong in a transaction."""
    with closing(sqlite3.connect(desk.folder / "digest.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def many(saving: SavingDesk) -> SavingDesk:
    """A desk with a thousand sources."""
    saving.configure(*(make_source(f"page-{number}") for number in range(1_000)))
    return saving


def test_a_thousand_that_did_not_change_are_one_transaction(many: SavingDesk) -> None:
    """Also with failures among them; each state is saved, and each result is its own."""
    tries = [Attempt(one, many.state("page-0"), unchanged(one.id)) for one in many.sources]
    tries = [replace(one, state=replace(one.state, id=one.source.id)) for one in tries]
    tries[7] = replace(tries[7], outcome=SourceRefusedError("the server answered 500", status=500))
    with counting(many.store.engine) as seen:
        done = settle(many, *tries)
    assert seen == ["begin", "commit"]
    assert [one for one in done if not done[one].not_modified] == ["page-7"]
    assert {name: one.source for name, one in done.items()} == {one.id: one.id for one in many.sources}
    assert many.state("page-999").validators == '{"etag": "page-999 v1"}'
    assert (many.state("page-7").failures, many.state("page-7").status) == (1, 500)


def test_a_transaction_ends_after_some_hundred_items_but_never_within_a_reading(many: SavingDesk) -> None:
    """Ten readings of 150: after every third one is a commit, and one of 1,000 is whole in its own."""
    tries = [attempt(many, f"page-{number}", reading(f"page-{number}", 150)) for number in range(10)]
    big = attempt(many, "page-10", reading("page-10", 1_000))
    with counting(many.store.engine) as seen:
        done = settle(many, big, *tries)
    assert MOST_ITEMS == 400
    assert seen.count("commit") == 1 + 4
    assert [one.new for one in done.values()] == [1_000, *[150] * 10]


async def test_who_comes_while_others_are_saved_is_saved_with_the_next_ones(many: SavingDesk) -> None:
    """A hundred at once are a few transactions, and each caller gets its own result."""
    clerk = Clerk(many.desk, NOON)
    names = [f"page-{number}" for number in range(100)]
    tries = [attempt(many, name, reading(name, 1 + at % 3)) for at, name in enumerate(names)]
    with counting(many.store.engine) as seen:
        done = await asyncio.gather(*map(clerk.save, tries))
    assert [one.source for one in done] == names
    assert [one.new for one in done] == [1 + at % 3 for at in range(100)]
    assert seen.count("commit") <= 3
    assert stored(many) == {name: 1 + at % 3 for at, name in enumerate(names)}


@pytest.mark.parametrize("second", ["reading", "unchanged", "failure"])
def test_what_another_run_read_in_the_meantime_stands(saving_anywhere: SavingDesk, second: str) -> None:
    """Of two runs side by side the later one changes nothing: neither items, nor validators, nor failures."""
    outcomes = {
        "reading": reading("page", 5, etag="late"),
        "unchanged": replace(unchanged("page"), validators="late"),
        "failure": SourceError("late"),
    }
    late = attempt(saving_anywhere, "page", outcomes[second])
    settle(saving_anywhere, attempt(saving_anywhere, "page", reading("page", 2)))
    before = saving_anywhere.state()
    done = save_attempts(saving_anywhere.desk, [late], LATER)
    assert done["page"].new == 0
    assert saving_anywhere.state() == before
    assert stored(saving_anywhere) == {"page": 2}
    if second == "reading":
        assert done["page"].notes == ("another run read it at the same time",)


def test_a_run_that_is_about_to_commit_is_waited_for(saving_anywhere: SavingDesk) -> None:
    """Between a look at a source's row and its change nobody else saves a reading: nothing of theirs is undone."""
    settle(saving_anywhere, attempt(saving_anywhere, "page", reading("page", 1)))
    late = attempt(saving_anywhere, "page", replace(unchanged("page"), validators="late"))
    looked = threading.Event()
    saver = threading.Thread(target=lambda: save_attempts(saving_anywhere.desk, [late], LATER))

    def hear(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.current_thread() is saver:
            looked.set()

    event.listen(saving_anywhere.store.engine, "before_cursor_execute", hear)
    with saving_anywhere.store.write() as connection:
        lock_log(connection)
        fresh = "UPDATE source SET validators = 'fresh', read_at = read_at + 60"
        connection.execute(text(fresh))
        saver.start()
        assert looked.wait(HANG_S)
        # It looks now, and it must see what we are about to commit: give it the time to do it wrong.
        saver.join(TEMPTATION_S)
        assert saver.is_alive()
    saver.join(HANG_S)
    assert saving_anywhere.state().validators == "fresh"


def test_a_full_disk_costs_the_reading_that_does_not_fit_and_no_other(saving: SavingDesk) -> None:
    """F43: the others of its transaction are saved, nothing of it is; with room again it is saved as if for once."""
    names = ["a", "big", "b", "c"]
    saving.configure(*map(make_source, [*names, "idle"]))
    tries = [attempt(saving, name, reading(name, 90 if name == "big" else 2, words=400)) for name in names]
    tries += [attempt(saving, "idle", unchanged("idle"))]
    with closing(sqlite3.connect(saving.folder / "digest.db")) as other:
        (pages,) = other.execute("PRAGMA page_count").fetchone()
    with_pragma(saving, f"max_page_count={pages + 25}")
    done = settle(saving, *tries)
    assert {name: (one.new, one.not_modified) for name, one in done.items()} == {
        "a": (2, False), "big": (0, False), "b": (2, False), "c": (2, False), "idle": (0, True),
    }  # fmt: skip
    assert str(done["big"].problem).endswith("cannot be used: database or disk is full")
    assert done["big"].next_at == NOON
    assert [done[name].problem for name in ("a", "b", "c", "idle")] == [None] * 4
    assert stored(saving) == {"a": 2, "b": 2, "c": 2}
    assert (saving.state("big").read_at, saving.state("big").validators) == (None, None)
    with_pragma(saving, "max_page_count=1000000")
    assert save_attempts(saving.desk, [tries[1]], LATER)["big"].new == 90
    assert stored(saving) == {"a": 2, "b": 2, "c": 2, "big": 90}


def test_a_locked_database_is_told_by_each_and_not_waited_for_a_hundred_times(many: SavingDesk) -> None:
    """Ten transactions would be needed; after a few that failed nobody waits for more. Nothing of any is stored."""
    tries = [attempt(many, f"page-{number}", reading(f"page-{number}", 400)) for number in range(10)]
    idle = [attempt(many, f"page-{number}", unchanged(f"page-{number}")) for number in range(10, 20)]
    with_pragma(many, "busy_timeout=50")
    refused: list[Any] = []
    event.listen(many.store.engine, "handle_error", refused.append)
    with locked(many):
        done = settle(many, *tries, *idle)
    assert len(refused) == MOST_REFUSED + 1
    assert {one.problem for one in done.values()} == {
        f"the database {many.folder / 'digest.db'} cannot be used: database is locked"
    }
    assert [one.source for one in done.values()] == [one.source.id for one in (*tries, *idle)]
    assert stored(many) == {}
    again = settle(many, *tries, *idle)
    assert [one.new for one in again.values()] == [400] * 10 + [0] * 10


async def test_callers_at_the_same_time_get_their_own_trouble(saving: SavingDesk) -> None:
    """While the database is locked each of them hears it; those that come when it is free again are saved."""
    names = [f"page-{number}" for number in range(10)]
    saving.configure(*map(make_source, names))
    clerk = Clerk(saving.desk, NOON)
    with_pragma(saving, "busy_timeout=50")
    tries = [attempt(saving, name, reading(name)) for name in names]
    with locked(saving):
        refused = await asyncio.gather(*map(clerk.save, tries[:5]))
    taken = await asyncio.gather(*map(clerk.save, tries[5:]))
    assert [(one.source, one.new, bool(one.problem)) for one in refused] == [(name, 0, True) for name in names[:5]]
    assert [(one.source, one.new, one.problem) for one in taken] == [(name, 2, None) for name in names[5:]]
    assert stored(saving) == dict.fromkeys(names[5:], 2)


def test_what_one_database_cannot_hold_of_a_source_is_no_trouble_of_another(saving_anywhere: SavingDesk) -> None:
    """A link and an id longer than any index takes: whatever becomes of them, the other sources are saved."""
    names = ["a", "odd", "b"]
    saving_anywhere.configure(*map(make_source, names))
    long = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(9_000))
    odd = replace(reading("odd"), parsed=Parsed((entry(1, link=f"{HOME}{long}", explicit_id=long, title=long),)))
    tries = [attempt(saving_anywhere, name, odd if name == "odd" else reading(name)) for name in names]
    done = settle(saving_anywhere, *tries)
    assert [(done[name].new, done[name].problem) for name in ("a", "b")] == [(2, None)] * 2
    assert stored(saving_anywhere).items() >= {("a", 2), ("b", 2)}
