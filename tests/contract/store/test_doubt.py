"""The doubtful moment: what is done about deliveries whose answer was lost (docs/adr/0003)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from digest.model.delivery import DeliveryState, Outcome
from digest.store import deliveries as ledger
from digest.store.engine import Store

HOUR = timedelta(hours=1)
SENT, QUEUED, FAILED = DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.FAILED
PROOF = Outcome(SENT, "found in the outbox", None, "Q7")


def test_settle_without_evidence(store: Store, office: Any, edition_id: int, now: datetime) -> None:
    """F8: without evidence a row stays in doubt for good, is never claimed again, and counts as handed over."""
    one, _ = office.claim()
    assert office.fence(one)
    office.settle(one)
    row = office.row(one)
    assert (row.state, row.settled, row.reason) == ("in_doubt", 1, "the answer was lost; not sent again")
    assert office.marks() == [7, 0]
    with store.read() as connection:
        assert ledger.load_in_doubt(connection, now + 24 * HOUR) == []
        assert ledger.count_open(connection) == {DeliveryState.CLAIMED: 1}


def test_settle_with_evidence(store: Store, office: Any, edition_id: int) -> None:
    """F9: with evidence a row is sent, with the queue id that was found."""
    one, _ = office.claim()
    assert office.fence(one)
    office.settle(one, PROOF)
    row = office.row(one)
    assert (row.state, row.reason, row.queue_id) == ("sent", "found in the outbox", "Q7")
    assert office.marks() == [7, 0]


def test_settle_with_evidence_that_nothing_was_taken(store: Store, office: Any, edition_id: int) -> None:
    """F7: what certainly was not taken goes back into the queue, and the mark stays where it is."""
    one, _ = office.claim()
    assert office.fence(one)
    office.settle(one, Outcome(QUEUED, "it is not in the outbox"))
    row = office.row(one)
    assert (row.state, row.settled, row.owner, row.reason) == ("queued", 0, None, "it is not in the outbox")
    assert office.marks() == [0, 0]
    assert [again.subscription_id for again in office.claim("another")] == [one.subscription_id]


def test_settle_once(store: Store, office: Any, edition_id: int) -> None:
    """What was given up on, and counts as handed over, is never put back into the queue."""
    one, _ = office.claim()
    assert office.fence(one)
    office.settle(one)
    office.settle(one, Outcome(QUEUED, "it is not in the outbox"))
    assert office.row(one).state == "in_doubt"


def test_settle_touches_only_doubt(office: Any, edition_id: int) -> None:
    """A row that was answered in the meantime is not settled any more."""
    one, _ = office.claim()
    assert office.fence(one)
    office.record(one, FAILED)
    office.settle(one)
    assert office.books(edition_id) == {"failed": 1, "claimed": 1}
    assert office.marks() == [0, 0]


LATE = {"a 250": (SENT, "sent"), "a 4xx": (QUEUED, "in_doubt"), "a 5xx": (FAILED, "in_doubt")}


@pytest.mark.parametrize(("state", "becomes"), LATE.values(), ids=LATE.keys())
def test_an_answer_after_settling(
    store: Store, office: Any, edition_id: int, state: DeliveryState, becomes: str
) -> None:
    """A row settled without evidence counts as handed over: only a 250 still changes it, nothing sends it again."""
    one, _ = office.claim()
    assert office.fence(one)
    office.settle(one)
    office.record(one, state)
    assert office.row(one).state == becomes
    assert office.marks() == [7, 0]
    assert office.claim(after=HOUR) == []


def test_load_in_doubt(store: Store, office: Any, edition_id: int, now: datetime) -> None:
    """Rows in doubt are found once their lease has run out."""
    one, _ = office.claim()
    assert office.fence(one)
    with store.read() as connection:
        assert ledger.load_in_doubt(connection, now + HOUR / 2 - timedelta(seconds=1)) == []
        (found,) = ledger.load_in_doubt(connection, now + HOUR / 2)
    assert (found.subscription_id, found.address, found.attempts) == (one.subscription_id, one.address, 1)


def test_rows_of_who_is_gone(store: Store, office: Any, edition_id: int, now: datetime) -> None:
    """Whoever holds rows is known, and the rows of who is gone need not wait for their lease."""
    one, other = office.claim()
    assert office.fence(one)
    with store.write() as connection:
        assert ledger.load_owners(connection) == {"me"}
        assert ledger.load_in_doubt(connection, now, ["somebody else"]) == []
        assert [row.subscription_id for row in ledger.load_in_doubt(connection, now, ["me"])] == [one.subscription_id]
        assert ledger.release_claims(connection, now, ["me"]) == 1
    office.settle(one)
    with store.read() as connection:
        assert ledger.load_owners(connection) == set()
    assert other.subscription_id != one.subscription_id


def test_load_handed(store: Store, office: Any, edition_id: int) -> None:
    """Who has a delivery in doubt may have been handed more than their mark says."""
    one, _ = office.claim()
    assert office.fence(one)
    people = [office.find(f"reader-000{number}@inbox.example") for number in (1, 2)]
    with store.read() as connection:
        assert [ledger.load_handed(connection, person) for person in people] == [7, 0]
