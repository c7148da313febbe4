"""Subscribers: who takes what, who left, and who is forgotten."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from digest.model.delivery import DeliveryState
from digest.model.mailing import Cadence
from digest.model.subscriber import Choice, Format, Subscription, SubscriptionStatus
from digest.store import subscribers
from digest.store.deliveries import stop_open
from digest.store.engine import Store
from digest.store.lists import load_since

CHOICES = {
    "none": ((), "[]"),
    "one": ((Choice("*", 7),), '[["*",7,null]]'),
    "several": ((Choice("a", 0, 3), Choice("ä:b", 5)), '[["a",0,3],["ä:b",5,null]]'),
}


@pytest.mark.parametrize(("chosen", "body"), CHOICES.values(), ids=CHOICES.keys())
def test_choices_round_trip(chosen: tuple[Choice, ...], body: str) -> None:
    """Choices become a canonical text, and the text the same choices."""
    assert subscribers.choices_body(chosen) == body
    assert subscribers.parse_choices(body) == chosen


def test_choices_are_shared(store: Store) -> None:
    """The same choices are one row, however many people have them."""
    with store.write() as connection:
        one = subscribers.intern_choices(connection, (Choice("a"),))
        other = subscribers.intern_choices(connection, (Choice("b"),))
        assert subscribers.intern_choices(connection, (Choice("a"),)) == one != other
        assert subscribers.load_choices(connection, [one, one]) == {one: (Choice("a"),)}
        assert subscribers.load_choices(connection, []) == {}


def test_subscription_round_trip(store: Store, office: Any, now: datetime) -> None:
    """A subscription comes back as it was saved, and as it was changed."""
    wanted: dict[str, Any] = {
        "status": SubscriptionStatus.PAUSED,
        "cadence": Cadence.WEEKLY,
        "timezone": "Asia/Tokyo",
        "language": "fr",
        "format": Format.TEXT,
        "mark": 7,
        "choices": (Choice("a", 7),),
    }
    (one,) = office.subscribe(1, **wanted)
    assert one == replace(one, **wanted)
    changed = replace(one, status=SubscriptionStatus.ACTIVE, mark=9, choices=(Choice("a", 7, 9),), language="en")
    with store.write() as connection:
        subscribers.save_subscription(connection, changed, now)
        assert load_since(connection, "morning", Cadence.WEEKLY, "Asia/Tokyo") == now
    assert office.find(one.address) == changed


def test_an_address_is_one_subscriber(store: Store, now: datetime) -> None:
    """The same address is saved once."""
    with store.write() as connection:
        first = subscribers.add_subscriber(connection, "a@inbox.example", now)
        assert subscribers.add_subscriber(connection, "a@inbox.example", now) == first
        assert subscribers.add_subscriber(connection, "b@inbox.example", now) != first


def test_a_mark_only_rises(store: Store, office: Any, log: Any) -> None:
    """Who overwrites a subscription that was read before its delivery was sent does not take the mark back."""
    (x,) = log.add_items()
    (one,) = office.subscribe()
    office.assemble(log.append(("all", x)))
    (delivery,) = office.claim()
    assert office.fence(delivery)
    office.record(delivery, DeliveryState.SENT)
    office.change(one, language="fr")
    assert (office.find(one.address).mark, office.find(one.address).language) == (1, "fr")


def test_each_subscription_is_in_order(store: Store, office: Any) -> None:
    """Everybody comes once, by address."""
    office.subscribe(3, first=2)
    office.subscribe(1)
    with store.read() as connection:
        found: list[Subscription] = list(subscribers.each_subscription(connection))
    assert [one.address for one in found] == [f"reader-000{number}@inbox.example" for number in (1, 2, 3, 4)]


def test_stop_open(store: Store, office: Any, log: Any, now: datetime) -> None:
    """Whoever leaves gets nothing that is still waiting; what others wait for stays."""
    (x,) = log.add_items()
    one, _ = office.subscribe(2)
    edition_id = office.assemble(log.append(("all", x)))
    with store.write() as connection:
        stop_open(connection, one.id, now)
    assert office.books(edition_id) == {"suppressed": 1, "queued": 1}


def test_forget(store: Store, office: Any, log: Any) -> None:
    """Of a forgotten address nothing is left, and the books of its editions still add up."""
    (x,) = log.add_items()
    one, other = office.subscribe(2)
    edition_id = office.assemble(log.append(("all", x)))
    with store.write() as connection:
        assert subscribers.forget_subscriber(connection, one.address)
        assert not subscribers.forget_subscriber(connection, one.address)
        assert subscribers.find_subscriptions(connection, one.address) == []
        assert [left.id for left in subscribers.each_subscription(connection)] == [other.id]
    assert office.books(edition_id) == {"queued": 1}
    assert office.audience(edition_id) == 1


def test_nobody_gets_the_number_of_somebody_forgotten(store: Store, office: Any) -> None:
    """An old message's token, which carries the number of a subscription, cannot end somebody else's."""
    (one,) = office.subscribe()
    with store.write() as connection:
        subscribers.forget_subscriber(connection, one.address)
    (other,) = office.subscribe(1, first=2)
    assert other.id > one.id


def test_suppress(store: Store, now: datetime) -> None:
    """A suppressed address is known by its hash alone, however often it is suppressed."""
    with store.write() as connection:
        assert subscribers.load_suppressed(connection) == set()
        subscribers.suppress(connection, "hash", "complained", now)
        subscribers.suppress(connection, "hash", "bounced", now)
        assert subscribers.load_suppressed(connection) == {"hash"}
