"""Two at the same time: whoever comes second waits, and works on what the first one left."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from digest.model.edition import Audience, Rendered
from digest.model.mailing import MailingList
from digest.model.placement import Placement
from digest.model.subscriber import Choice
from digest.pipelines.offers import sync_lists
from digest.store import deliveries as ledger
from digest.store import editions, lists, placements
from digest.store.engine import Store
from tests.patience import HANG_S, TEMPTATION_S

LEASE = timedelta(minutes=30)
ON_POSTGRESQL = pytest.mark.parametrize("ready_url", ["postgresql"], indirect=True)
"""Where writers run side by side; SQLite has one at a time."""
RunAll = Callable[[list[Callable[[], Any]]], list[Any]]


@contextmanager
def waiting(action: Callable[[], Any]) -> Iterator[list[Any]]:
    """Run something in a thread that has to wait until the block is left; its result is in the list afterwards."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(action()))
    thread.start()
    thread.join(TEMPTATION_S)
    assert thread.is_alive(), "it did not wait"
    yield results
    thread.join(HANG_S)
    assert results, "it failed"


@pytest.fixture
def hold(store: Store) -> Callable[[], Any]:
    """Return a way to open a writing transaction that is committed by `end()`."""

    class Held:
        def __init__(self) -> None:
            self.context = store.write()
            self.connection = self.context.__enter__()

        def end(self) -> None:
            self.context.__exit__(None, None, None)

    return Held


def test_no_row_is_claimed_twice(office: Any, run_all: RunAll) -> None:
    """Eight workers who claim until nothing is due have each row once between them."""
    office.subscribe(600)
    edition_id = office.assemble(7)

    def work(owner: str) -> list[int]:
        mine = []
        while shard := office.claim(owner):
            mine += [one.subscription_id for one in shard]
        return mine

    owners = [f"worker-{number}" for number in range(8)]
    claimed = Counter(
        number for mine in run_all([lambda owner=owner: work(owner) for owner in owners]) for number in mine
    )
    assert set(claimed.values()) == {1}
    assert len(claimed) == 600
    assert office.books(edition_id) == {"claimed": 600}


@ON_POSTGRESQL
def test_claims_pass_each_other(office: Any, hold: Any) -> None:
    """On PostgreSQL a claim neither waits for another that is not committed, nor takes its rows."""
    office.subscribe(editions.SHARD_SIZE + 3)
    office.assemble(7)
    first, second = hold(), hold()
    second.connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    mine = ledger.claim_shard(first.connection, "a", office.now, office.now + LEASE)
    theirs = ledger.claim_shard(second.connection, "b", office.now, office.now + LEASE)
    second.end()
    first.end()
    assert (len(mine), len(theirs)) == (editions.SHARD_SIZE, 3)


@ON_POSTGRESQL
def test_a_claim_passes_single_rows(office: Any, hold: Any) -> None:
    """On PostgreSQL a row of the shard that somebody else holds is passed over, and no two lock each other out."""
    office.subscribe(5)
    office.assemble(7)
    first, second = hold(), hold()
    first.connection.execute(text("SELECT 1 FROM delivery ORDER BY subscription_id LIMIT 1 FOR UPDATE"))
    second.connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    claimed = ledger.claim_shard(second.connection, "b", office.now, office.now + LEASE)
    second.end()
    first.end()
    assert len(claimed) == 4


def test_f55_fenced_while_a_later_edition_is_assembled(office: Any, hold: Any) -> None:
    """Who is being fenced when a later edition comes is in doubt, and so left out of it."""
    office.subscribe(2)
    first = office.assemble(7)
    one, _ = office.claim()
    fencing = hold()
    assert ledger.fence(fencing.connection, one, "me", office.now, office.now + LEASE)
    with waiting(lambda: office.assemble(8)) as assembled:
        fencing.end()
    assert office.books(first) == {"in_doubt": 1, "expired": 1}
    assert (office.books(assembled[0]), office.audience(assembled[0])) == ({"queued": 1}, 1)


def enrol(office: Any, connection: Any, to_seq: int) -> int:
    """Do as `office.assemble` does, on a connection that is not committed yet."""
    audience = Audience("morning")
    edition_id = editions.insert_edition(connection, office.edition(to_seq), "") or 0
    variant_id = editions.insert_variant(connection, edition_id, Rendered("Subject", "text", None))
    groups = editions.load_groups(connection, audience)
    editions.enrol(connection, edition_id, audience, dict.fromkeys(groups, variant_id), office.now)
    return edition_id


def test_f55_a_later_edition_assembled_before_the_fence(office: Any, hold: Any) -> None:
    """Who is being enrolled in a later edition is not handed the earlier one any more."""
    office.subscribe(1)
    first = office.assemble(7)
    (one,) = office.claim()
    assembling = hold()
    second = enrol(office, assembling.connection, 8)
    with waiting(lambda: office.fence(one)) as fenced:
        assembling.end()
    assert fenced == [False]
    assert (office.books(first), office.books(second)) == ({"expired": 1}, {"queued": 1})


def test_f49_two_editions_of_a_list_at_once(office: Any, hold: Any) -> None:
    """Of two editions assembled at the same time the later one expires the deliveries of the other."""
    office.subscribe(2)
    assembling = hold()
    first = enrol(office, assembling.connection, 7)
    with waiting(lambda: office.assemble(8)) as assembled:
        assembling.end()
    assert (office.books(first), office.books(assembled[0])) == ({"expired": 2}, {"queued": 2})


def test_offers_change_while_the_log_stands_still(store: Store, mailing: MailingList, log: Any, now: datetime) -> None:
    """An offer that changes while somebody appends begins after what they append."""
    (x,) = log.add_items()
    log.append(("all", x))

    def change(*topics: str) -> Any:
        with store.write() as connection:
            sync_lists(connection, [replace(mailing, topics=topics)], now)
            return lists.load_offer(connection, mailing.id)

    change("all")
    appending = store.append()
    connection = appending.__enter__()
    placements.append_placements(connection, [Placement(0, "women", x)], log.now)
    with waiting(lambda: change("health")) as changed:
        appending.__exit__(None, None, None)
    assert changed == [(Choice("all", 0, 2), Choice("health", 2))]
