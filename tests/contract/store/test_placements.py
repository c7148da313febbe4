"""The log keeps every row, and today's topics follow it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from digest.model.placement import Action, Placement
from digest.store import placements
from digest.store.engine import Store

PLACED, REMOVED, CORRECTED = Action.PLACED, Action.REMOVED, Action.CORRECTED


def test_append_keeps_rows_in_order(store: Store, log: Any) -> None:
    """Rows get rising seqs in the order given; the end of the log is returned."""
    x, y = log.add_items(2)
    assert log.append() == 0
    assert log.append(("all", x), ("health", x)) == 2
    assert log.append(("all", y), ("health", x, CORRECTED)) == 4
    assert log.append() == 4
    with store.read() as connection:
        assert placements.last_seq(connection) == 4
        assert list(placements.load_window(connection, 0, 4)) == [
            Placement(1, "all", x),
            Placement(2, "health", x),
            Placement(3, "all", y),
            Placement(4, "health", x, CORRECTED),
        ]


def test_load_window_brings_each_items_past(store: Store, log: Any) -> None:
    """An item with a row in the window comes with all its rows up to the window's end, others not at all."""
    x, y = log.add_items(2)
    log.append(("all", x), ("all", y), ("health", x), ("women", x))
    with store.read() as connection:
        assert [row.seq for row in placements.load_window(connection, 2, 3)] == [1, 3]
        assert list(placements.load_window(connection, 4, 4)) == []


HISTORIES = {
    "placed": ([[PLACED]], True),
    "placed and removed": ([[PLACED], [REMOVED]], False),
    "placed again": ([[PLACED], [REMOVED], [PLACED]], True),
    "removed and placed again at once": ([[PLACED], [REMOVED, PLACED]], True),
    "placed and removed at once": ([[PLACED, REMOVED]], False),
    "corrected": ([[PLACED], [CORRECTED]], True),
    "withdrawn": ([[PLACED], [Action.WITHDRAWN]], True),
    "removed without being there": ([[REMOVED]], False),
    "removed long ago": ([[PLACED], [REMOVED], [PLACED], [CORRECTED]], True),
}


@pytest.mark.parametrize(("batches", "stands"), HISTORIES.values(), ids=HISTORIES.keys())
def test_todays_topics_follow_the_log(store: Store, log: Any, batches: list[list[Action]], stands: bool) -> None:
    """An item stands in a topic when it was placed there and not removed since; another item and topic do not mind."""
    x, y = log.add_items(2)
    log.append(("health", y), ("women", x))
    for batch in batches:
        log.append(*(("health", x, action) for action in batch))
    with store.read() as connection:
        assert placements.topics_of(connection, x) == (["health", "women"] if stands else ["women"])
        assert placements.topics_by_item(connection, [x, y]) == {
            x: ["health", "women"] if stands else ["women"],
            y: ["health"],
        }
        assert placements.count_by_topic(connection) == {"health": 2 if stands else 1, "women": 1}


def test_touched_topics(store: Store, log: Any) -> None:
    """A topic is touched by any row after a place in the log."""
    x, _ = log.add_items(2)
    seq = log.append(("all", x), ("health", x))
    log.append(("health", x, CORRECTED), ("women", x))
    with store.read() as connection:
        assert placements.touched_topics(connection, seq) == {"health", "women"}
        assert placements.touched_topics(connection, seq + 2) == set()


def test_last_seq_at(store: Store, log: Any, now: datetime) -> None:
    """The end of the log can be asked for an instant in the past."""
    (x,) = log.add_items()
    log.append(("all", x), at=now)
    log.append(("health", x), at=now + timedelta(hours=1))
    with store.read() as connection:
        ends = [placements.last_seq_at(connection, now + timedelta(minutes=m)) for m in (-1, 0, 59, 60)]
    assert ends == [0, 1, 1, 2]
