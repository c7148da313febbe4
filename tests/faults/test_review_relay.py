"""A relay that ends sessions, and a store or an outbox that fails in the middle: nobody waits for somebody else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from digest.errors import StoreError, TransportError
from digest.mail.smtp import SmtpTransport
from digest.model.delivery import DeliveryState, Envelope, Outcome
from digest.pipelines.deliver import deliver
from digest.store import deliveries as ledger
from digest.store.engine import Connection, Store

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 12, 7, 0, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
FERRIES = "Ferries return to the harbour"
PEOPLE = [f"reader{number}@reader.example" for number in range(12)]


class Relay:
    """A next hop in memory, for what no server of ours can be made to do: it ends sessions when it is told to."""

    def __init__(self, *, each_takes: int = 1_000, dislikes: str = "", open_: bool = True) -> None:
        self.each_takes, self.dislikes, self.open = each_takes, dislikes, open_
        self.sessions = 0
        self.taken: list[str] = []

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["_Session"]:
        """Open a session."""
        self.sessions += 1
        if not self.open:
            raise TransportError("the connection was refused")
        yield _Session(self)

    def evidence(self, message_id: str) -> Outcome | None:
        """Know nothing."""
        del message_id
        return None


class _Session:
    def __init__(self, relay: Relay) -> None:
        self.relay, self.took, self.offered = relay, 0, ""

    async def offer(self, envelope: Envelope, message: bytes) -> Outcome | None:
        del message
        await asyncio.sleep(0)
        if self.took == self.relay.each_takes or envelope.recipient == self.relay.dislikes:
            raise TransportError("the mail server ended the session: it answered 421")
        self.offered = envelope.recipient
        return None

    async def hand_over(self) -> Outcome:
        self.took += 1
        self.relay.taken.append(self.offered)
        return Outcome(DeliveryState.SENT, "taken", 250)


@pytest.fixture
async def due(newsroom: Any, story: type[Any]) -> Any:
    """The program of a newsroom with twelve deliveries that are due."""
    newsroom.configure(mail="mail: {transport: maildir, folder: var/outbox, connections: 1}\n")
    for address in PEOPLE:
        newsroom.subscribe(address, NOON)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON + HOUR)
    app = newsroom.app()
    app.assemble(MORNING)
    return app


async def run(app: Any, relay: Any, now: datetime = MORNING, **changes: Any) -> Any:
    """Hand over what is due through a relay."""
    post = replace(app.post, transport=relay, **changes)
    return await deliver(post, lambda: now, asyncio.Event(), lambda _: None)


async def test_a_relay_that_takes_few_messages_a_session_gets_all_in_several(due: Any) -> None:
    """After 421 the next session goes on at once; nobody waits a quarter of an hour but the one it was said to."""
    relay = Relay(each_takes=5)
    await run(due, relay)
    assert len(relay.taken) == 10
    await run(due, relay, MORNING + HOUR)
    assert sorted(relay.taken) == sorted(PEOPLE)


async def test_one_address_that_ends_every_session_keeps_nobody_else_waiting(due: Any) -> None:
    """Somebody at whose name the relay hangs up is tried again later; everybody after them is mailed now."""
    relay = Relay(dislikes=PEOPLE[0])
    done = await run(due, relay)
    assert sorted(relay.taken) == sorted(PEOPLE[1:])
    assert done.outcomes == {DeliveryState.QUEUED: 1, DeliveryState.SENT: 11}


@pytest.mark.parametrize("relay", [Relay(open_=False), Relay(each_takes=0)], ids=["refuses", "hangs up"])
async def test_a_relay_that_is_down_is_not_asked_once_for_every_shard(due: Any, relay: Relay) -> None:
    """After two sessions that settled nothing a run ends, however many shards there are."""
    with due.store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET shard = subscription_id")
    relay.sessions = 0
    await run(due, relay)
    assert relay.sessions == 2


class _Flaky(Store):
    """A store that is full once, at the moment when one connection claims its second shard."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.engine)
        self.writes = 0

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Fail at the third write."""
        self.writes += 1
        if self.writes == 3:
            raise StoreError("the database is full")
        with super().write() as connection:
            yield connection


async def test_no_connection_works_on_after_a_run_has_failed(due: Any) -> None:
    """When the store fails one worker, the others end before the error travels on: the next run has their names."""
    with due.store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET shard = subscription_id")
    many = replace(due.settings, mail=replace(due.settings.mail, connections=3))
    relay = Relay()
    with pytest.raises(StoreError, match="full"):
        await run(due, relay, settings=many, store=_Flaky(due.store))
    taken = len(relay.taken)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(relay.taken) == taken


async def test_an_outbox_that_cannot_be_looked_into_stops_nothing(newsroom: Any, due: Any) -> None:
    """What is in doubt stays so until its evidence can be looked for; the rest of the run goes on."""
    with due.store.write() as connection:
        one = ledger.claim_shard(connection, "gone", MORNING, MORNING + timedelta(minutes=1))[0]
        assert ledger.fence(connection, one, "gone", MORNING, MORNING + timedelta(minutes=1))
    newsroom.block_outbox()
    done = await newsroom.send(MORNING + HOUR)
    assert (done.recovered.proved, done.recovered.in_doubt) == (0, 0)
    newsroom.free_outbox()
    done = await newsroom.send(MORNING + 2 * HOUR)
    assert (done.recovered.proved, done.recovered.in_doubt) == (0, 1)
    assert len(newsroom.inbox()) == len(PEOPLE) - 1


class _Taker:
    """A handler of aiosmtpd that remembers from whom it was offered mail."""

    def __init__(self) -> None:
        self.senders: list[str] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """Take mail from anybody."""
        del server, session, options
        self.senders.append(address)
        envelope.mail_from = address
        return "250 2.1.0 Ok"


async def test_a_sender_may_have_every_letter_that_an_address_may_have(due: Any) -> None:
    """`o'brien@`, which config.yaml takes, can send over SMTP as well."""
    taker, loop = _Taker(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(taker, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    mail = replace(due.settings.mail, transport="smtp", host="127.0.0.1", port=port, tls="none")
    lists = (replace(due.settings.lists[0], sender="o'brien&co@newsroom.example.org"),)
    await run(due, SmtpTransport(mail), settings=replace(due.settings, lists=lists))
    server.close()
    await server.wait_closed()
    assert taker.senders == ["o'brien&co@newsroom.example.org"] * len(PEOPLE)
