"""Imports: staged rows are counted, and taken over as a whole or not at all."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import inspect

from digest.model.mailing import Cadence
from digest.model.subscriber import Choice, SubscriptionStatus
from digest.store.engine import Store
from digest.store.imports import BATCH, IncomingRow, Staged, open_import
from digest.store.lists import load_since
from digest.store.subscribers import choices_body, each_subscription


def row(line: int, address: str, list_id: str = "morning", topics: tuple[str, ...] = ("*",)) -> IncomingRow:
    chosen = choices_body([Choice(topic, 5) for topic in topics])
    return IncomingRow(line, 5, address, list_id, chosen, "daily", "America/Halifax", "en", "html")


def take(store: Store, rows: Iterable[IncomingRow], now: datetime, keep: bool = True) -> Staged:
    with open_import(store) as staging:
        staging.stage(rows)
        return staging.take_over(now, keep=keep)


def subscriptions(store: Store) -> dict[tuple[str, str], Any]:
    with store.read() as connection:
        return {(one.address, one.list_id): one for one in each_subscription(connection)}


def test_take_over(store: Store, now: datetime) -> None:
    """Everybody in the file is subscribed from the mark on, and slots count from now."""
    rows = [
        row(1, "a@inbox.example"),
        row(2, "a@inbox.example", "weekly"),
        row(3, "b@inbox.example", topics=("x", "y")),
    ]
    assert take(store, rows, now) == Staged(new=3)
    found = subscriptions(store)
    assert sorted(found) == [
        ("a@inbox.example", "morning"),
        ("a@inbox.example", "weekly"),
        ("b@inbox.example", "morning"),
    ]
    one = found["b@inbox.example", "morning"]
    assert (one.mark, one.choices, one.status) == (5, (Choice("x", 5), Choice("y", 5)), SubscriptionStatus.ACTIVE)
    with store.read() as connection:
        assert load_since(connection, "weekly", Cadence.DAILY, "America/Halifax") == now


def test_a_trial_changes_nothing(store: Store, now: datetime) -> None:
    """A trial says what would be done, and leaves nothing behind."""
    rows = [row(1, "a@inbox.example"), row(2, "b@inbox.example")]
    assert take(store, rows, now, keep=False) == Staged(new=2)
    assert subscriptions(store) == {}
    with store.read() as connection:
        assert load_since(connection, "morning", Cadence.DAILY, None) is None
    assert take(store, rows, now) == Staged(new=2)


def test_staging_alone_changes_nothing(store: Store) -> None:
    """What is staged and not taken over is gone."""
    with open_import(store) as staging:
        staging.stage([row(1, "a@inbox.example")])
    assert subscriptions(store) == {}


def test_repeats(store: Store, now: datetime) -> None:
    """An address twice in a file is one subscription, with the first line's wishes."""
    rows = [
        row(1, "a@inbox.example", topics=("x",)),
        row(2, "a@inbox.example", topics=("y",)),
        row(3, "a@inbox.example", "weekly"),
    ]
    assert take(store, rows, now) == Staged(new=2, repeated=1)
    assert subscriptions(store)["a@inbox.example", "morning"].choices == (Choice("x", 5),)


def test_known_people_stay_as_they_are(store: Store, office: Any, now: datetime) -> None:
    """Who is known already keeps their subscription, and who left stays away."""
    (one,) = office.subscribe(1, status=SubscriptionStatus.UNSUBSCRIBED)
    rows = [row(1, one.address), row(2, "new@inbox.example"), row(3, "new@inbox.example")]
    assert take(store, rows, now) == Staged(new=1, known=1, repeated=1)
    assert subscriptions(store)[one.address, "morning"] == one
    assert take(store, rows[:2], now) == Staged(known=2)


def test_nobody(store: Store, now: datetime) -> None:
    """An empty file subscribes nobody."""
    assert take(store, [], now) == Staged()


def test_thousands(store: Store, now: datetime) -> None:
    """More rows than are kept in memory at once are all taken over."""
    count = BATCH + 2_000
    rows = (row(number, f"reader-{number}@inbox.example") for number in range(count))
    assert take(store, rows, now) == Staged(new=count)
    assert len(subscriptions(store)) == count


def test_a_stream_that_breaks(store: Store) -> None:
    """When reading the file fails half-way nothing is left, not even the staging table."""

    def rows() -> Iterable[IncomingRow]:
        yield row(1, "a@inbox.example")
        raise RuntimeError("the disk is gone")

    with open_import(store) as staging, pytest.raises(RuntimeError, match="the disk is gone"):
        staging.stage(rows())
    assert subscriptions(store) == {}
    with store.read() as connection:
        assert "incoming" not in inspect(connection).get_temp_table_names()


def test_one_import_after_another(store: Store, now: datetime) -> None:
    """A second import on the same store begins with an empty table."""
    assert take(store, [row(1, "a@inbox.example")], now) == Staged(new=1)
    assert take(store, [row(1, "b@inbox.example")], now) == Staged(new=1)
