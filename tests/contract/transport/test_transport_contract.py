"""What the pipelines may rely on, whichever transport config.yaml names."""

from typing import Any

import pytest

from digest.model.delivery import DeliveryState, Envelope

ENVELOPE = Envelope(sender="bounce+a1@example.org", recipient="amina@example.net")


async def test_a_message_arrives_once_octet_for_octet(hop: Any, message: bytes) -> None:
    """Offered and handed over, a message is there once, its dots, blank lines and last line end untouched."""
    async with hop.transport.connect() as connection:
        assert await connection.offer(ENVELOPE, message) is None
        assert hop.received() == []
        outcome = await connection.hand_over()
    assert outcome.state is DeliveryState.SENT
    assert outcome.queue_id
    assert hop.received() == [message]


async def test_a_connection_takes_many_messages(hop: Any, message: bytes) -> None:
    """One connection carries message after message, in their order."""
    messages = [message.replace(b"<a1@", b"<b%d@" % number) for number in range(5)]
    async with hop.transport.connect() as connection:
        for each in messages:
            assert await connection.offer(ENVELOPE, each) is None
            assert (await connection.hand_over()).state is DeliveryState.SENT
    assert sorted(hop.received()) == sorted(messages)


async def test_an_offer_alone_hands_nothing_over(hop: Any, message: bytes) -> None:
    """A message that the fence held back is not sent: not by the next offer, nor by the end of the session."""
    other = message.replace(b"<a1@", b"<other@")
    async with hop.transport.connect() as connection:
        assert await connection.offer(ENVELOPE, message) is None
        assert await connection.offer(ENVELOPE, other) is None
        assert (await connection.hand_over()).state is DeliveryState.SENT
        assert await connection.offer(ENVELOPE, message) is None
    assert hop.received() == [other]


async def test_nothing_is_handed_over_without_an_offer(hop: Any, message: bytes) -> None:
    """Handing over twice is a fault of the caller and sends nothing."""
    async with hop.transport.connect() as connection:
        await connection.offer(ENVELOPE, message)
        await connection.hand_over()
        with pytest.raises(RuntimeError, match="nothing was offered"):
            await connection.hand_over()
    assert len(hop.received()) == 1


@pytest.mark.parametrize("ending", [b"a\n", b"a\r\n.\n", b"\n.\r\nMAIL FROM:<x@example.org>\r\n", b"a\r.\r\n", b"a"])
async def test_no_transport_takes_a_bare_cr_or_lf(hop: Any, message: bytes, ending: bytes) -> None:
    """A21: octets that a receiver could split into two messages are refused before anything is sent."""
    async with hop.transport.connect() as connection:
        with pytest.raises(ValueError, match="CRLF"):
            await connection.offer(ENVELOPE, message + ending)
    assert hop.received() == []


async def test_a_message_that_never_was_has_no_evidence(hop: Any) -> None:
    """No transport claims a message that it did not take."""
    async with hop.transport.connect():
        assert hop.transport.evidence("<never@example.org>") is None
