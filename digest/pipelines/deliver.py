"""deliver: claim a shard | compose | offer | fence | hand over | record (ARCHITECTURE 6).

A row is set in doubt by a durable commit before its message may be taken, so a kill anywhere leaves at most the
message at hand in doubt, and never sends one twice. Each worker holds one connection and claims shard after shard.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from digest.config.settings import Settings
from digest.errors import AddressError, TransportError, UsageError
from digest.mail.address import parse_mailbox
from digest.mail.message import Prepared, compose_message, prepare_variant
from digest.mail.tokens import message_id, unsubscribe_token
from digest.model.delivery import Delivery, DeliveryState, Envelope, Outcome
from digest.model.mailing import MailingList
from digest.store import deliveries as ledger
from digest.store.editions import load_edition, load_variant
from digest.store.engine import Store

LEASE = timedelta(minutes=30)
"""How long a claim lasts: longer than the 600 s that RFC 5321 §4.5.3.2.6 gives a server after the dot."""

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 240))
"""Waits before each further try (FAULTS, bounces); the last one repeats until the edition expires."""

BARREN = 2
"""Sessions in a row that settled nothing, after which a worker ends and leaves the rest to the next run: otherwise a
relay that is down would be asked once for every shard, four thousand times for a million subscribers."""


class MailConnection(Protocol):
    """One session with the next hop. `offer` does everything that is certain, `hand_over` the step that is not."""

    async def offer(self, envelope: Envelope, message: bytes) -> Outcome | None:
        """Return None when the message is ready to be handed over, else why it will not be."""
        ...

    async def hand_over(self) -> Outcome:
        """Hand the offered message over; called after the fence only."""
        ...


class Transport(Protocol):
    """A way to hand mail over. Its laws: one recipient a message; an outcome says no more than is known."""

    def connect(self) -> AbstractAsyncContextManager[MailConnection]:
        """Open a session; raises TransportError, and then nothing was sent."""
        ...

    def evidence(self, message_id: str) -> Outcome | None:
        """Return proof of what became of a message in doubt: SENT, or QUEUED when it certainly was not taken.

        None where there is no proof either way; raises TransportError where it cannot be looked for now.
        """
        ...


Clock = Callable[[], datetime]


@dataclass(slots=True)
class Tally:
    """What one delivery run came to, by state; `troubles` are sentences about the next hop."""

    outcomes: dict[DeliveryState, int] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def count(self, state: DeliveryState) -> None:
        """Count one row."""
        self.outcomes[state] = self.outcomes.get(state, 0) + 1

    def add(self, other: "Tally") -> None:
        """Add what another run came to."""
        for state, number in other.outcomes.items():
            self.outcomes[state] = self.outcomes.get(state, 0) + number
        self.troubles += other.troubles


@dataclass(frozen=True, slots=True)
class Post:
    """What handing over needs: the ledger, the way out, the newsroom's key, and who we are in the ledger."""

    settings: Settings
    store: Store
    transport: Transport
    key: bytes
    owner: str


async def deliver(post: Post, clock: Clock, stop: asyncio.Event, on_progress: Callable[[int], None]) -> Tally:
    """Hand over everything that is due; returns when the queue is empty or `stop` is set.

    The one place that asks for the time as it goes: leases and retries are real time, and a run may take hours.
    """
    tally = Tally()
    count = max(1, post.settings.mail.connections)
    workers = [_Worker(replace(post, owner=f"{post.owner}-{n}"), clock, stop, tally, on_progress) for n in range(count)]
    # Whoever comes next works under the same names: all of these have ended before an error of one of them travels on.
    ended = await asyncio.gather(*(worker.run() for worker in workers), return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error
    return tally


class _Worker:
    """One connection's work: shard after shard until nothing is due, or the next hop is not to be had."""

    def __init__(
        self, post: Post, clock: Clock, stop: asyncio.Event, tally: Tally, on_progress: Callable[[int], None]
    ) -> None:
        self.post, self.clock, self.stop, self.tally, self.on_progress = post, clock, stop, tally, on_progress
        self.variants: dict[int, tuple[MailingList, Prepared]] = {}

    async def run(self) -> None:
        barren = 0
        try:
            while barren < BARREN and not self.stop.is_set() and (shard := self._claim()):
                barren = 0 if await self._run_shard(shard) else barren + 1
        finally:
            self._release()

    def _claim(self) -> list[Delivery]:
        now = self.clock()
        with self.post.store.write() as connection:
            return ledger.claim_shard(connection, self.post.owner, now, now + LEASE)

    async def _run_shard(self, shard: list[Delivery]) -> bool:
        """Hand over a shard, or what one session takes of it; False where it settled nothing."""
        waiting, opened = list(reversed(shard)), False
        try:
            async with self.post.transport.connect() as connection:
                opened = True
                while waiting and not self.stop.is_set():
                    await self._deliver_one(connection, waiting[-1])
                    waiting.pop()
                    self.on_progress(1)
        except TransportError as error:
            self.tally.troubles.append(str(error))
            # Of a session only the one at hand waits: it may be why it ended, and the others must get past it.
            for one in waiting[-1:] if opened else waiting:
                self._record(one, Outcome(DeliveryState.QUEUED, str(error)))
            self._release()
        return len(waiting) < len(shard)

    def _release(self) -> None:
        with self.post.store.write() as connection:
            ledger.release_claims(connection, self.clock(), [self.post.owner])

    async def _deliver_one(self, connection: MailConnection, one: Delivery) -> None:
        try:
            envelope, message = self._compose(one)
        except AddressError as error:
            self._record(one, Outcome(DeliveryState.FAILED, f"the address cannot be mailed: {error}"))
            return
        except UsageError:
            self._record(one, Outcome(DeliveryState.EXPIRED, "its list is no longer in the configuration"))
            return
        refused = await connection.offer(envelope, message)
        if refused is not None:
            self._record(one, refused)
        elif self._fence(one):
            self._record(one, await connection.hand_over())

    def _compose(self, one: Delivery) -> tuple[Envelope, bytes]:
        mailing, prepared = self._prepare(one)
        sender = parse_mailbox(mailing.sender)[1]
        message = compose_message(
            prepared,
            address=one.address,
            message_id=name_message(self.post.key, mailing, one),
            token=unsubscribe_token(self.post.key, one.subscription_id),
        )
        return Envelope(sender, one.address), message

    def _prepare(self, one: Delivery) -> tuple[MailingList, Prepared]:
        if one.variant_id not in self.variants:
            with self.post.store.read() as connection:
                edition, content = load_edition(connection, one.edition_id), load_variant(connection, one.variant_id)
            mailing = find_list(self.post.settings, edition.list_id)
            key = f"{edition.list_id}/{edition.cadence}/{edition.slot.key}/{edition.slot.timezone}"
            prepared = prepare_variant(
                content, mailing, self.post.settings.site, edition_key=key, date=edition.assembled_at
            )
            self.variants = dict(list(self.variants.items())[-63:]) | {one.variant_id: (mailing, prepared)}
        return self.variants[one.variant_id]

    def _fence(self, one: Delivery) -> bool:
        now = self.clock()
        with self.post.store.write() as connection:
            if ledger.fence(connection, one, self.post.owner, now, now + LEASE):
                return True
            ledger.drop_unwanted(connection, one, self.post.owner, now)
        self.tally.count(DeliveryState.SUPPRESSED)
        return False

    def _record(self, one: Delivery, outcome: Outcome) -> None:
        now = self.clock()
        wait = RETRIES[min(one.attempts, len(RETRIES) - 1)]
        with self.post.store.write() as connection:
            ledger.record_outcome(connection, one, self.post.owner, outcome, now + wait, now)
        self.tally.count(outcome.state)


def name_message(key: bytes, mailing: MailingList, one: Delivery) -> str:
    """Return the Message-ID of a delivery: the same however often it is tried."""
    domain = parse_mailbox(mailing.sender)[1].rpartition("@")[2]
    return message_id(key, one.edition_id, one.subscription_id, domain)


def find_list(settings: Settings, list_id: str) -> MailingList:
    """Return a list by id.

    Raises: UsageError where config.yaml has none of that name.
    """
    known = {mailing.id: mailing for mailing in settings.lists}
    if list_id not in known:
        names = ", ".join(known) or "none is configured"
        raise UsageError(f"there is no list '{list_id}' (lists: {names})")
    return known[list_id]
