"""The smtp transport at work: a live relay that takes, refuses, or is not there."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.model.delivery import DeliveryState
from digest.pipelines.status import load_status

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 12, 7, 0, 5, tzinfo=UTC)
ADA, BEN = "ada@reader.example", "ben@reader.example"
FERRIES = "Ferries return to the harbour"


class Relay:
    """A handler of aiosmtpd that keeps what it takes, and answers as it is told."""

    def __init__(self) -> None:
        self.greeting = f"relay {uuid.uuid4().hex}"
        self.taken: list[tuple[str, bytes]] = []
        self.answers: dict[str, str] = {}
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse whom we are told to refuse."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a message."""
        assert isinstance(envelope.original_content, bytes)
        self.taken += [(address, envelope.original_content) for address in envelope.rcpt_tos]
        return f"250 2.0.0 Ok: queued as 4F{len(self.taken):04X}"


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """A relay on a free port of this machine."""
    handler = Relay()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname=handler.greeting, loop=loop), "127.0.0.1", 0)
    handler.port = server.sockets[0].getsockname()[1]
    yield handler
    server.close()
    await server.wait_closed()


@pytest.fixture
async def waiting(newsroom: Any, story: type[Any], relay: Relay) -> Any:
    """A newsroom with two subscribers, an item for them, and the relay as its next hop."""
    newsroom.configure(mail=f"mail: {{transport: smtp, host: 127.0.0.1, port: {relay.port}, tls: none}}\n")
    for address in (ADA, BEN):
        newsroom.subscribe(address, NOON)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON + timedelta(hours=1))
    return newsroom


async def test_two_subscribers_get_their_mail_through_a_relay(waiting: Any, relay: Relay) -> None:
    """Each has a message of their own, addressed to nobody else; a second round sends nothing."""
    done = await waiting.send(MORNING)
    assert done.tally.outcomes == {DeliveryState.SENT: 2}
    await waiting.send(MORNING + timedelta(hours=1))
    assert sorted(address for address, _ in relay.taken) == [ADA, BEN]
    for address, message in relay.taken:
        assert b"To: " + address.encode() in message
        assert FERRIES.encode() in message
        other = BEN if address == ADA else ADA
        assert other.encode() not in message


async def test_a_temporary_refusal_is_tried_again_and_a_final_one_is_not(waiting: Any, relay: Relay) -> None:
    """451 to one is tried again later the same day; 550 to the other is final, and its reason names no address."""
    relay.answers = {ADA: "451 4.7.1 try later", BEN: f"550 5.1.1 no such user {BEN}"}
    done = await waiting.send(MORNING)
    assert done.tally.outcomes == {DeliveryState.QUEUED: 1, DeliveryState.FAILED: 1}
    app = waiting.app()
    [refused] = load_status(app.settings, app.store, MORNING)["refused"]
    assert refused["deliveries"] == 1
    assert "5.1.1 no such user" in refused["reason"]
    assert BEN not in refused["reason"]
    relay.answers = {}
    await waiting.send(MORNING + timedelta(hours=1))
    assert [address for address, _ in relay.taken] == [ADA]


async def test_a_relay_that_is_not_there_costs_nobody_an_item(waiting: Any, relay: Relay) -> None:
    """While nobody listens everything waits; when the relay is back everybody gets the edition, once."""
    port = relay.port
    waiting.configure(mail="mail: {transport: smtp, host: 127.0.0.1, port: 1, tls: none}\n")
    done = await waiting.send(MORNING)
    assert done.tally.outcomes == {DeliveryState.QUEUED: 2}
    assert "127.0.0.1" in done.tally.troubles[0]
    waiting.configure(mail=f"mail: {{transport: smtp, host: 127.0.0.1, port: {port}, tls: none}}\n")
    await waiting.send(MORNING + timedelta(hours=1))
    assert sorted(address for address, _ in relay.taken) == [ADA, BEN]
