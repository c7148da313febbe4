"""The states of sources and feeds."""

from dataclasses import replace
from datetime import datetime, timedelta

from digest.model.feed import FeedState
from digest.model.item import Quarantined
from digest.model.source import SourceState
from digest.store import sources
from digest.store.engine import Store
from digest.store.feeds import load_feeds, save_feeds


def test_source_state(store: Store, now: datetime) -> None:
    """A source never read has a fresh state; a saved one comes back and is overwritten."""
    state = SourceState(
        id="newsroom",
        validators='{"etag": "x"}',
        first_read_at=now,
        read_at=now,
        due_at=now + timedelta(minutes=15),
        failures=2,
        problem="it is down",
    )
    fine = replace(state, failures=0, problem=None)
    with store.write() as connection:
        assert sources.load_source(connection, "newsroom") == SourceState(id="newsroom")
        sources.save_source(connection, state)
        assert sources.load_source(connection, "newsroom") == state
        sources.save_source(connection, fine)
        assert sources.load_source(connection, "newsroom") == fine


def test_quarantine_is_replaced(store: Store, now: datetime) -> None:
    """What a source has in quarantine is what its last reading left there, each story once."""
    first = [Quarantined("b", "no date"), Quarantined("a", "no title"), Quarantined("b", "still no date")]
    with store.write() as connection:
        sources.save_quarantine(connection, "newsroom", first, now)
        sources.save_quarantine(connection, "elsewhere", [Quarantined("c", "no date")], now)
        assert sources.load_quarantine(connection) == [
            ("elsewhere", Quarantined("c", "no date")),
            ("newsroom", Quarantined("a", "no title")),
            ("newsroom", Quarantined("b", "still no date")),
        ]
        sources.save_quarantine(connection, "newsroom", [], now)
        assert sources.load_quarantine(connection) == [("elsewhere", Quarantined("c", "no date"))]


def test_feed_state(store: Store, now: datetime) -> None:
    """Feeds come back by name, and are overwritten."""
    state = FeedState(name="health", created_at=now, problem="it broke a rule")
    with store.write() as connection:
        assert load_feeds(connection) == {}
        save_feeds(connection, [state])
        save_feeds(connection, [FeedState(name="all", created_at=now, published_at=now)])
        assert load_feeds(connection)["health"] == state
        save_feeds(connection, [replace(state, problem=None, published_at=now)])
        assert load_feeds(connection)["health"] == FeedState(name="health", created_at=now, published_at=now)
        assert sorted(load_feeds(connection)) == ["all", "health"]
