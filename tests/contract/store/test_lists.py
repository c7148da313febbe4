"""Lists: their offers are intervals of the log, and slots count from when somebody waits for them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from digest.model.mailing import Cadence, MailingList
from digest.model.subscriber import Choice
from digest.pipelines.offers import sync_lists
from digest.store import lists
from digest.store.engine import Store

NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)


def offer(store: Store, mailing: MailingList, *topics: str) -> tuple[Choice, ...]:
    """Bring the list in line with a configuration that offers these topics, and return its offer."""
    with store.write() as connection:
        sync_lists(connection, [replace(mailing, topics=topics)], NOW)
        return lists.load_offer(connection, mailing.id)


def test_offers_are_intervals(store: Store, mailing: MailingList, log: Any) -> None:
    """The first offer counts from the beginning; what is added, taken away or brought back does so from its place."""
    (x,) = log.add_items()
    log.append(("all", x))
    assert offer(store, mailing, "health") == (Choice("health"),)
    assert offer(store, mailing, "health") == (Choice("health"),)
    log.append(("all", x))
    assert offer(store, mailing, "women") == (Choice("health", 0, 2), Choice("women", 2))
    log.append(("all", x))
    assert offer(store, mailing, "women", "health") == (
        Choice("health", 0, 2),
        Choice("health", 3),
        Choice("women", 2),
    )


def test_a_topic_offered_twice_counts_once(store: Store, mailing: MailingList) -> None:
    """A configuration that names a topic twice offers it once."""
    assert offer(store, mailing, "health", "health") == (Choice("health"),)


def test_lists_have_their_own_offers(store: Store, mailing: MailingList) -> None:
    """One list's offer is nothing to another."""
    with store.write() as connection:
        sync_lists(connection, [mailing, replace(mailing, id="weekly", topics=("health",))], NOW)
        assert lists.load_offer(connection, "morning") == (Choice("all"),)
        assert lists.load_offer(connection, "weekly") == (Choice("health"),)
        assert lists.load_offer(connection, "unknown") == ()


def test_held(store: Store, mailing: MailingList) -> None:
    """A list is held with a reason until it is let go; bringing it in line with the configuration changes nothing."""
    with store.write() as connection:
        sync_lists(connection, [mailing], NOW)
        assert lists.load_held(connection) == {}
        lists.save_held(connection, "morning", "a template is broken")
        sync_lists(connection, [mailing], NOW)
        assert lists.load_held(connection) == {"morning": "a template is broken"}
        lists.save_held(connection, "morning", None)
        assert lists.load_held(connection) == {}


def test_slots_count_from_the_first(store: Store, now: datetime) -> None:
    """The first who waits for a cadence in a zone sets the time; who comes later moves nothing."""
    hour = timedelta(hours=1)
    with store.write() as connection:
        lists.register_slots(connection, "morning", Cadence.DAILY, "Asia/Tokyo", now)
        lists.register_slots(connection, "morning", Cadence.DAILY, "Asia/Tokyo", now + hour)
        lists.register_slots(connection, "morning", Cadence.DAILY, "America/Halifax", now - hour)
        lists.register_slots(connection, "morning", Cadence.WEEKLY, "Asia/Tokyo", now - 2 * hour)
        assert lists.load_since(connection, "morning", Cadence.DAILY, "Asia/Tokyo") == now
        assert lists.load_since(connection, "morning", Cadence.DAILY, None) == now - hour
        assert lists.load_since(connection, "morning", Cadence.DAILY, "Europe/London") is None
        assert lists.load_since(connection, "weekly", Cadence.DAILY, None) is None
