"""An invented newsroom in a real store of each kind: items, a log, people, editions and their deliveries."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from digest.model.delivery import Delivery, DeliveryState, Outcome
from digest.model.edition import Audience, Edition, Rendered, Slot
from digest.model.item import Item
from digest.model.mailing import Cadence, MailingList, Schedule
from digest.model.placement import Action, Placement
from digest.model.subscriber import OFFER, Choice, Subscription
from digest.pipelines.offers import sync_lists
from digest.store import deliveries as ledger
from digest.store import editions, items, placements, subscribers
from digest.store.engine import Store, open_store
from digest.store.tables import delivery

LEASE = timedelta(minutes=30)


@pytest.fixture
def store(ready_url: str) -> Iterator[Store]:
    """A store with its schema, on each database in turn."""
    store = open_store(ready_url)
    yield store
    store.close()


@pytest.fixture
def now() -> datetime:
    return datetime(2020, 7, 13, 11, 0, tzinfo=UTC)


@pytest.fixture
def mailing() -> MailingList:
    return MailingList(
        id="morning",
        title="The morning digest",
        schedule=Schedule(Cadence.DAILY, time(7)),
        timezone="America/Halifax",
        sender="digest@openharbour.example",
        reply_to="answers@openharbour.example",
    )


MakeItem = Callable[..., Item]


@pytest.fixture
def make_item(now: datetime) -> MakeItem:
    """Return a maker of items: a higher number is published later."""

    def make(number: int, **changes: Any) -> Item:
        at = now - timedelta(days=10) + timedelta(minutes=number)
        values: dict[str, Any] = {
            "id": 0,
            "source": "newsroom",
            "key": f"key-{number}",
            "entry_id": f"tag:openharbour.example,2020:{number}",
            "title": f"Headline {number}",
            "summary": f"What happened in story {number}.",
            "truncated": False,
            "kind": "statement",
            "published_on": date(2020, 7, 3),
            "published_at": at,
            "date_only": True,
            "updated_at": at,
            "first_seen_at": at,
            "link": f"https://www.openharbour.example/news/{number}/",
            "language": "en",
        }
        return Item(**(values | changes))

    return make


@dataclass
class Log:
    """Writes items and their rows; items are known by their numbers, ids are the store's."""

    store: Store
    make_item: MakeItem
    now: datetime

    def add_items(self, count: int = 1, first: int = 1, **changes: Any) -> list[int]:
        """Save items and return their ids."""
        made = [self.make_item(number, **changes) for number in range(first, first + count)]
        with self.store.write() as connection:
            return items.insert_items(connection, made, [f"hash of {one.key}" for one in made])

    def append(self, *rows: tuple[str, int] | tuple[str, int, Action], at: datetime | None = None) -> int:
        """Append rows (topic, item id, action) and return the end of the log."""
        made = [Placement(0, *row) for row in rows]
        with self.store.append() as connection:
            return placements.append_placements(connection, made, at or self.now)


@pytest.fixture
def log(store: Store, make_item: MakeItem, now: datetime) -> Log:
    return Log(store, make_item, now)


@dataclass
class Office:
    """Subscribes people to one list, assembles its editions, and works on their deliveries."""

    store: Store
    mailing: MailingList
    now: datetime
    slots: int = 0

    def subscribe(self, count: int = 1, first: int = 1, **changes: Any) -> list[Subscription]:
        """Subscribe `reader-1@…` and so on, and return the subscriptions by address."""
        with self.store.write() as connection:
            sync_lists(connection, [self.mailing], self.now)
            for number in range(first, first + count):
                address = f"reader-{number:04}@inbox.example"
                who = subscribers.add_subscriber(connection, address, self.now)
                one = Subscription(
                    id=0, subscriber_id=who, list_id="morning", address=address, choices=(Choice(OFFER),)
                )
                subscribers.add_subscription(connection, replace(one, **changes), self.now)
        return [self.find(f"reader-{number:04}@inbox.example") for number in range(first, first + count)]

    def find(self, address: str) -> Subscription:
        """Return the one subscription of an address."""
        with self.store.read() as connection:
            return subscribers.find_subscriptions(connection, address)[0]

    def marks(self) -> list[int]:
        """Return the marks of everybody, by address."""
        with self.store.read() as connection:
            return [one.mark for one in subscribers.each_subscription(connection)]

    def edition(self, to_seq: int, expires_in: timedelta = timedelta(days=1)) -> Edition:
        """Return an edition with a slot of its own."""
        self.slots += 1
        slot = Slot(f"2020-08-{self.slots:02}", "America/Halifax", self.now)
        expires_at = self.now + expires_in
        return Edition(
            id=0,
            list_id="morning",
            cadence=Cadence.DAILY,
            slot=slot,
            to_seq=to_seq,
            assembled_at=self.now,
            expires_at=expires_at,
        )

    def assemble(self, to_seq: int, audience: Audience | None = None, **changes: Any) -> int:
        """Enrol everybody of an audience in a new edition and return its id."""
        audience = audience or Audience("morning")
        with self.store.write() as connection:
            edition_id = editions.insert_edition(connection, self.edition(to_seq, **changes), "")
            assert edition_id is not None
            variant_id = editions.insert_variant(connection, edition_id, Rendered("Subject", "text", None))
            groups = editions.load_groups(connection, audience)
            editions.enrol(connection, edition_id, audience, dict.fromkeys(groups, variant_id), self.now)
        return edition_id

    def claim(self, owner: str = "me", after: timedelta = timedelta()) -> list[Delivery]:
        """Claim a shard some time after now."""
        at = self.now + after
        with self.store.write() as connection:
            return ledger.claim_shard(connection, owner, at, at + LEASE)

    def fence(self, one: Delivery, owner: str = "me") -> bool:
        """Fence a claimed delivery."""
        with self.store.write() as connection:
            return ledger.fence(connection, one, owner, self.now, self.now + LEASE)

    def record(self, one: Delivery, state: DeliveryState, owner: str = "me", wait: timedelta = LEASE) -> None:
        """Record an outcome."""
        outcome = Outcome(state, f"it was {state}", 250, "Q1")
        with self.store.write() as connection:
            ledger.record_outcome(connection, one, owner, outcome, self.now + wait, self.now)

    def settle(self, one: Delivery, evidence: Outcome | None = None) -> None:
        """Settle a delivery in doubt."""
        with self.store.write() as connection:
            ledger.settle_in_doubt(connection, one, evidence, self.now)

    def row(self, one: Delivery) -> Any:
        """Return the ledger's row of a delivery."""
        mine = (delivery.c.edition_id == one.edition_id, delivery.c.subscription_id == one.subscription_id)
        with self.store.read() as connection:
            return connection.execute(select(delivery).where(*mine)).one()

    def books(self, edition_id: int) -> dict[str, int]:
        """Return the books of an edition."""
        with self.store.read() as connection:
            return {state.value: rows for state, rows in ledger.load_books(connection, edition_id).items()}

    def audience(self, edition_id: int) -> int:
        """Return for how many an edition is."""
        with self.store.read() as connection:
            return {one.id: size for one, _, size in editions.load_editions(connection, 100)}[edition_id]

    def change(self, one: Subscription, **changes: Any) -> None:
        """Overwrite a subscription."""
        with self.store.write() as connection:
            subscribers.save_subscription(connection, replace(one, **changes), self.now)


@pytest.fixture
def office(store: Store, mailing: MailingList, now: datetime) -> Office:
    return Office(store, mailing, now)


@pytest.fixture
def edition_id(office: Office) -> int:
    """An edition up to 7 for two readers."""
    office.subscribe(2)
    return office.assemble(7)


RunAll = Callable[[Sequence[Callable[[], Any]]], list[Any]]


@pytest.fixture
def run_all() -> RunAll:
    """Return a way to run functions side by side, each in a thread of its own, that gives back their results."""
    from concurrent.futures import ThreadPoolExecutor

    def run(functions: Sequence[Callable[[], Any]]) -> list[Any]:
        with ThreadPoolExecutor(len(functions)) as pool:
            return [future.result(60) for future in [pool.submit(function) for function in functions]]

    return run
