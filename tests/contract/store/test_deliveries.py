"""The ledger: what each step does to a delivery, to the mark of its person and to the books of its edition."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from digest.model.delivery import Delivery, DeliveryState
from digest.model.subscriber import SubscriberStatus, SubscriptionStatus
from digest.store import deliveries as ledger
from digest.store.editions import SHARD_SIZE
from digest.store.engine import Store
from digest.store.subscribers import forget_subscriber
from digest.store.tables import subscriber

HOUR = timedelta(hours=1)
SENT, QUEUED, FAILED, IN_DOUBT = (
    DeliveryState.SENT,
    DeliveryState.QUEUED,
    DeliveryState.FAILED,
    DeliveryState.IN_DOUBT,
)


def test_claim_gives_what_composing_needs(office: Any, edition_id: int) -> None:
    """Claimed rows come with address, variant and number of tries, in the order of subscriptions."""
    claimed = office.claim()
    assert [one.address for one in claimed] == ["reader-0001@inbox.example", "reader-0002@inbox.example"]
    assert {(one.edition_id, one.attempts) for one in claimed} == {(edition_id, 0)}
    assert office.books(edition_id) == {"claimed": 2}


def test_claim_goes_shard_by_shard(office: Any) -> None:
    """A claim takes one shard, the first that is due, and then the next."""
    office.subscribe(SHARD_SIZE + 3)
    office.assemble(7)
    assert [len(office.claim(owner)) for owner in ("a", "b", "c")] == [SHARD_SIZE, 3, 0]


def test_claim_takes_only_what_is_due(office: Any, edition_id: int) -> None:
    """A row queued for later is claimed when its time comes."""
    one, other = office.claim()
    office.record(one, QUEUED, wait=HOUR)
    office.record(other, QUEUED, wait=2 * HOUR)
    assert office.claim(after=HOUR - timedelta(seconds=1)) == []
    assert [again.subscription_id for again in office.claim(after=HOUR)] == [one.subscription_id]


def test_claim_leaves_an_expired_edition(office: Any) -> None:
    """Nothing is claimed of an edition whose time is over."""
    office.subscribe(1)
    office.assemble(7, expires_in=HOUR)
    assert office.claim(after=HOUR) == []


def test_fence_sets_in_doubt(store: Store, office: Any, edition_id: int) -> None:
    """The fence holds once, counts the try, and sets the row in doubt."""
    one, _ = office.claim()
    assert office.fence(one)
    assert not office.fence(one)
    assert office.books(edition_id) == {"in_doubt": 1, "claimed": 1}
    assert office.row(one).attempts == 1


def leave(store: Store, office: Any, one: Delivery) -> None:
    office.change(office.find(one.address), status=SubscriptionStatus.UNSUBSCRIBED)


def pause(store: Store, office: Any, one: Delivery) -> None:
    office.change(office.find(one.address), status=SubscriptionStatus.PAUSED)


def suppress(store: Store, office: Any, one: Delivery) -> None:
    with store.write() as connection:
        connection.execute(
            update(subscriber)
            .where(subscriber.c.address == one.address)
            .values(status=SubscriberStatus.SUPPRESSED.value)
        )


def forget(store: Store, office: Any, one: Delivery) -> None:
    with store.write() as connection:
        forget_subscriber(connection, one.address)


def lose_the_claim(store: Store, office: Any, one: Delivery) -> None:
    with store.write() as connection:
        ledger.release_claims(connection, office.now, ["me"])
    office.claim("somebody else")


def release(store: Store, office: Any, one: Delivery) -> None:
    with store.write() as connection:
        ledger.release_claims(connection, office.now, ["me"])


STOPS = {
    "F55 unsubscribed": leave,
    "F55 paused": pause,
    "suppressed": suppress,
    "forgotten": forget,
    "F50 claimed by somebody else": lose_the_claim,
    "F50 released": release,
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
def test_fence_forbids(store: Store, office: Any, edition_id: int, stop: Any) -> None:
    """A row that is no longer ours or no longer wanted is not fenced, and its mark stays."""
    one, _ = office.claim()
    stop(store, office, one)
    assert not office.fence(one)
    assert 7 not in office.marks()


@pytest.mark.parametrize("stop", [leave, pause, suppress], ids=["unsubscribed", "paused", "suppressed"])
def test_unwanted_rows_are_dropped(store: Store, office: Any, edition_id: int, now: datetime, stop: Any) -> None:
    """What the fence stopped is written down as suppressed."""
    one, _ = office.claim()
    stop(store, office, one)
    with store.write() as connection:
        ledger.drop_unwanted(connection, one, "me", now)
    assert office.books(edition_id) == {"suppressed": 1, "claimed": 1}


def test_only_the_owner_drops(store: Store, office: Any, edition_id: int, now: datetime) -> None:
    """F50: a worker that wakes up late drops nothing that somebody else works on."""
    one, _ = office.claim("somebody else")
    with store.write() as connection:
        ledger.drop_unwanted(connection, one, "me", now)
    assert office.books(edition_id) == {"claimed": 2}


OUTCOMES = {
    "sent": (SENT, HOUR, "sent", 7),
    "refused for good": (FAILED, HOUR, "failed", 0),
    "to be tried again": (QUEUED, HOUR, "queued", 0),
    "to be tried again when the edition is over": (QUEUED, 24 * HOUR, "expired", 0),
    "to be tried again just before the edition is over": (QUEUED, 24 * HOUR - timedelta(seconds=1), "queued", 0),
    "no answer": (IN_DOUBT, HOUR, "in_doubt", 0),
}


@pytest.mark.parametrize("fenced", [True, False], ids=["fenced", "only claimed"])
@pytest.mark.parametrize(("state", "wait", "becomes", "mark"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_record_outcome(
    store: Store,
    office: Any,
    edition_id: int,
    state: DeliveryState,
    wait: timedelta,
    becomes: str,
    mark: int,
    fenced: bool,
) -> None:
    """Each outcome ends in its state with reason and code, and only what was sent moves the mark."""
    one, _ = office.claim()
    if fenced:
        assert office.fence(one)
    office.record(one, state, wait=wait)
    row = office.row(one)
    assert (row.state, row.reason, row.code, row.queue_id) == (becomes, f"it was {state}", 250, "Q1")
    assert row.attempts == 1
    assert office.marks() == [mark, 0]


def test_record_needs_the_owner(office: Any, edition_id: int) -> None:
    """F50: a stranger's outcome changes nothing, nor does one of a row that was released."""
    one, _ = office.claim()
    office.record(one, SENT, owner="somebody else")
    assert office.books(edition_id) == {"claimed": 2}
    assert office.marks() == [0, 0]


def test_a_mark_never_goes_back(office: Any) -> None:
    """A digest up to an earlier place that is answered late leaves the mark where it is."""
    (one,) = office.subscribe(1)
    office.assemble(7)
    (late,) = office.claim()
    assert office.fence(late)
    office.change(one, mark=9)
    office.record(late, SENT)
    assert office.marks() == [9]


def test_release_claims(store: Store, office: Any, edition_id: int, now: datetime) -> None:
    """F5: claims whose lease ran out go back to the queue, and are claimed again; those of one owner at any time."""
    office.claim()
    with store.write() as connection:
        assert ledger.release_claims(connection, now) == 0
        assert ledger.release_claims(connection, now, ["somebody else"]) == 0
        assert ledger.release_claims(connection, now + HOUR / 2) == 2
    assert len(office.claim("another")) == 2
    with store.write() as connection:
        assert ledger.release_claims(connection, now, ["another"]) == 2
    assert office.books(edition_id) == {"queued": 2}


def test_release_leaves_doubt(store: Store, office: Any, edition_id: int, now: datetime) -> None:
    """F7: what was fenced is never released."""
    one, _ = office.claim()
    assert office.fence(one)
    with store.write() as connection:
        ledger.release_claims(connection, now + 24 * HOUR)
        ledger.release_claims(connection, now, ["me"])
    assert office.books(edition_id) == {"in_doubt": 1, "queued": 1}


def test_expire_late(store: Store, office: Any, now: datetime) -> None:
    """Queued rows of an edition whose time is over expire; claimed ones and those in doubt wait for their answer."""
    office.subscribe(3)
    edition_id = office.assemble(7, expires_in=HOUR)
    one, other, _ = office.claim()
    assert office.fence(one)
    office.record(other, QUEUED, wait=HOUR / 2)
    with store.write() as connection:
        assert ledger.expire_late(connection, now + HOUR - timedelta(seconds=1)) == 0
        assert ledger.expire_late(connection, now + HOUR) == 1
    assert office.books(edition_id) == {"in_doubt": 1, "expired": 1, "claimed": 1}


def test_books_add_up(store: Store, office: Any) -> None:
    """However deliveries end, their number is the audience."""
    office.subscribe(6)
    edition_id = office.assemble(7)
    claimed = office.claim()
    for one, state in zip(claimed, (SENT, FAILED, QUEUED, IN_DOUBT), strict=False):
        assert office.fence(one)
        office.record(one, state)
    leave(store, office, claimed[4])
    with store.write() as connection:
        ledger.drop_unwanted(connection, claimed[4], "me", office.now)
    books = office.books(edition_id)
    assert books == {"sent": 1, "failed": 1, "queued": 1, "in_doubt": 1, "suppressed": 1, "claimed": 1}
    assert sum(books.values()) == office.audience(edition_id)
    with store.read() as connection:
        assert ledger.count_open(connection) == {QUEUED: 1, DeliveryState.CLAIMED: 1, IN_DOUBT: 1}
        assert ledger.load_reasons(connection, FAILED, [edition_id]) == [("it was failed", 1)]


def test_load_reasons(store: Store, office: Any) -> None:
    """Reasons come with their number, the commonest first; a row without one counts too."""
    office.subscribe(3)
    edition_id = office.assemble(7)
    office.record(office.claim()[0], QUEUED)
    with store.read() as connection:
        assert ledger.load_reasons(connection, DeliveryState.CLAIMED, [edition_id]) == [("", 2)]
        assert ledger.load_reasons(connection, QUEUED, [edition_id], 1) == [("it was queued", 1)]
        assert ledger.load_reasons(connection, QUEUED, [edition_id + 1]) == []
