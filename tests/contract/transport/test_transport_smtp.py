"""The SMTP transport against a server that says whatever can be said: what each reply, or none, comes to."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digest.config.settings import MailSettings
from digest.errors import TransportError
from digest.mail.smtp import SmtpOptions, SmtpTransport
from digest.model.delivery import DeliveryState, Envelope

pytestmark = pytest.mark.own_clock

ENVELOPE = Envelope(sender="bounce+a1@example.org", recipient="amina.roe@example.net")
DROP, SILENCE = "drop", "silence"
SOON_S = 0.05
"""Before the limits of the transport strike."""


async def hand_over(smtp: SmtpTransport, message: bytes) -> Any:
    """Offer a message and hand it over in a session of its own."""
    async with smtp.connect() as connection:
        return await complete(connection, message)


async def complete(connection: Any, message: bytes) -> Any:
    """Offer a message and hand it over unless it is refused."""
    return await connection.offer(ENVELOPE, message) or await connection.hand_over()


async def test_a_session_says_only_what_it_must(scripted: Any, smtp: SmtpTransport, message: bytes) -> None:
    """One recipient, one transaction; on the wire the leading dots are doubled and nothing else is changed."""
    outcome = await hand_over(smtp, message)
    assert (outcome.state, outcome.code, outcome.queue_id) == (DeliveryState.SENT, 250, None)
    assert scripted.commands == [
        "EHLO client.example",
        "MAIL FROM:<bounce+a1@example.org>",
        "RCPT TO:<amina.roe@example.net>",
        "DATA",
        "QUIT",
    ]
    assert message.count(b"\r\n.") == 3
    assert scripted.wire == [message.replace(b"\r\n.", b"\r\n..") + b".\r\n"]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(
    ("reply", "state"),
    [
        pytest.param("450 4.2.0 <amina.roe@example.net>: greylisted", DeliveryState.QUEUED, id="450"),
        pytest.param("550 5.1.1 <amina.roe@example.net>: amina.roe unknown", DeliveryState.FAILED, id="550"),
        pytest.param("554-5.7.1 amina.roe@example.net\r\n554 5.7.1 spam", DeliveryState.FAILED, id="554 of two lines"),
    ],
)
async def test_a_refusal_is_certain_and_names_nobody(
    scripted: Any, smtp: SmtpTransport, message: bytes, step: str, reply: str, state: DeliveryState
) -> None:
    """F11–F14: 4yz waits, 5yz fails, the reason has no address, and the same connection takes the next message."""
    async with smtp.connect() as connection:
        scripted.script[step] = reply
        outcome = await connection.offer(ENVELOPE, message) or await connection.hand_over()
        assert (outcome.state, outcome.code) == (state, int(reply[:3]))
        assert "amina" not in outcome.reason
        assert "[address]" in outcome.reason
        scripted.script.clear()
        scripted.wire.clear()
        assert await connection.offer(ENVELOPE, message) is None
        assert (await connection.hand_over()).state is DeliveryState.SENT
    assert len(scripted.wire) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
@pytest.mark.parametrize("reply", ["421 4.3.2 closing", DROP, SILENCE, "nonsense", "250-half"])
async def test_a_session_that_ends_before_data_sent_nothing(
    scripted: Any, smtp: SmtpTransport, message: bytes, step: str, reply: str
) -> None:
    """F15: what ends the session while we still ask is a TransportError, and the next offer says so again."""
    async with smtp.connect() as connection:
        scripted.script[step] = reply
        for _ in range(2):
            with pytest.raises(TransportError, match="the mail server ended the session"):
                await connection.offer(ENVELOPE, message)
    assert scripted.wire == []


@pytest.mark.parametrize("reply", ["421 4.3.2 closing", DROP, SILENCE, "nonsense", "250 what"])
async def test_a_session_that_ends_at_data_sent_nothing(
    scripted: Any, smtp: SmtpTransport, message: bytes, reply: str
) -> None:
    """Without a 354 no octet of the message was sent: QUEUED, and not in doubt."""
    scripted.script["DATA"] = reply
    async with smtp.connect() as connection:
        assert (await complete(connection, message)).state is DeliveryState.QUEUED
        with pytest.raises(TransportError):
            await connection.offer(ENVELOPE, message)
    assert scripted.wire == []


async def test_a_421_after_the_dot_is_certain(scripted: Any, smtp: SmtpTransport, message: bytes) -> None:
    """F15: a server that closes with 421 in place of an acceptance did not take the message."""
    scripted.script["."] = "421 4.3.2 closing"
    async with smtp.connect() as connection:
        await connection.offer(ENVELOPE, message)
        assert (await connection.hand_over()).state is DeliveryState.QUEUED
        with pytest.raises(TransportError):
            await connection.offer(ENVELOPE, message)


@pytest.mark.parametrize("reply", [DROP, SILENCE, "nonsense", "354 go on", "250-half"])
async def test_what_is_no_answer_after_the_dot_is_doubt(
    scripted: Any, smtp: SmtpTransport, message: bytes, reply: str
) -> None:
    """F16, F17: the message is with the server, and only the server knows whether it keeps it."""
    scripted.script["."] = reply
    async with smtp.connect() as connection:
        assert await connection.offer(ENVELOPE, message) is None
        outcome = await connection.hand_over()
        assert outcome.state is DeliveryState.IN_DOUBT
        assert "amina" not in outcome.reason
        with pytest.raises(TransportError):
            await connection.offer(ENVELOPE, message)
    assert len(scripted.wire) == 1


@pytest.mark.parametrize("reply", [DROP, "421 bye", "500 what", SILENCE])
async def test_trouble_at_quit_changes_nothing(scripted: Any, smtp: SmtpTransport, message: bytes, reply: str) -> None:
    """F18: what was accepted stays accepted, however the session ends."""
    scripted.script["QUIT"] = reply
    quick = SmtpTransport(smtp._mail, replace(smtp._options, connect_s=0.3))
    assert (await hand_over(quick, message)).state is DeliveryState.SENT


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "."])
async def test_a_cancelled_step_ends_the_session(scripted: Any, smtp: SmtpTransport, message: bytes, step: str) -> None:
    """No reply to one message can be taken for the reply to the next."""
    scripted.script[step] = SILENCE
    async with smtp.connect() as connection:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(complete(connection, message), SOON_S)
        with pytest.raises(TransportError):
            await connection.offer(ENVELOPE, message)


@pytest.mark.parametrize(
    ("text", "queue_id"),
    [
        pytest.param("250 2.0.0 Ok: queued as 4F2B31C0", "4F2B31C0", id="Postfix"),
        pytest.param("250 OK id=1rAbCd-0000xY-Ez", "1rAbCd-0000xY-Ez", id="Exim"),
        pytest.param("250 2.6.0 [InternalId=42, Hostname=x] Queued mail for delivery", "42", id="Exchange"),
        pytest.param("250 ok 1700000000 qp 12345", "12345", id="qmail"),
        pytest.param("250 2.0.0 OK", None, id="none"),
        pytest.param("251 will forward, queued as A1", "A1", id="another 2yz"),
    ],
)
async def test_a_queue_id_is_kept(
    scripted: Any, smtp: SmtpTransport, message: bytes, text: str, queue_id: str | None
) -> None:
    """The server's own name for the message stands in the outcome, so that its log can be searched."""
    scripted.script["."] = text
    outcome = await hand_over(smtp, message)
    assert (outcome.state, outcome.queue_id) == (DeliveryState.SENT, queue_id)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param({"CONNECT": "421 4.3.2 too busy"}, "cannot be used: it answered 421 4.3.2 too busy", id="421"),
        pytest.param({"CONNECT": "554 5.7.1 not you"}, "cannot be used: it answered 554 5.7.1 not you", id="554"),
        pytest.param({"CONNECT": DROP}, "cannot be used", id="drop"),
        pytest.param(
            {"EHLO": "550 no", "HELO": "550 no"}, "cannot be used: it answered 550 no", id="EHLO and HELO refused"
        ),
        pytest.param({"EHLO": DROP}, "cannot be used", id="drop at EHLO"),
        pytest.param({"EHLO": SILENCE}, "cannot be used: no answer in time", id="silence at EHLO"),
    ],
)
async def test_a_server_that_takes_no_session_is_no_connection(
    scripted: Any, smtp: SmtpTransport, script: dict[str, str], reason: str
) -> None:
    """A refused session is a TransportError with one sentence for the operator."""
    scripted.script.update(script)
    with pytest.raises(TransportError, match=f"127.0.0.1:{scripted.port} {reason}"):
        async with smtp.connect():
            pass


async def test_an_old_server_is_greeted_with_helo(scripted: Any, smtp: SmtpTransport, message: bytes) -> None:
    """RFC 5321 §3.2: a server that does not know EHLO gets HELO."""
    scripted.script["EHLO"] = "502 what"
    assert (await hand_over(smtp, message)).state is DeliveryState.SENT
    assert scripted.commands[1] == "HELO client.example"


async def test_a_closed_port_is_no_connection() -> None:
    """Nobody listening is a TransportError that says where."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    transport = SmtpTransport(MailSettings(host="127.0.0.1", port=port, tls="none"), SmtpOptions(helo="client.example"))
    with pytest.raises(TransportError, match=f"127.0.0.1:{port} cannot be used: the connection was refused"):
        async with transport.connect():
            pass


@pytest.mark.parametrize(
    "recipient",
    [
        "amina@example.net\r\nRCPT TO:<x@example.org>",
        "amina@example.net> SIZE=1",
        "amina\u2028@example.net",
        "a" * 65 + "@example.net",
        "amina",
        "\ud800@example.net",
    ],
)
async def test_a_poisonous_address_fails_alone(
    scripted: Any, smtp: SmtpTransport, message: bytes, recipient: str
) -> None:
    """F54, A19: an address that could say more than an address is FAILED unsaid, and the connection goes on."""
    async with smtp.connect() as connection:
        outcome = await connection.offer(replace(ENVELOPE, recipient=recipient), message)
        assert outcome is not None
        assert outcome.state is DeliveryState.FAILED
        assert recipient not in outcome.reason
        assert await connection.offer(ENVELOPE, message) is None
        assert (await connection.hand_over()).state is DeliveryState.SENT
    assert [line for line in scripted.commands if line.startswith("RCPT")] == ["RCPT TO:<amina.roe@example.net>"]


@pytest.mark.parametrize("sender", ["bounce@example.org> X", "bounce\r\n@example.org", "bounce", "böunce@example.org"])
async def test_an_envelope_sender_is_one_we_make(
    scripted: Any, smtp: SmtpTransport, message: bytes, sender: str
) -> None:
    """A20: a sender of other letters is a fault of ours, and nothing is said."""
    async with smtp.connect() as connection:
        with pytest.raises(ValueError, match="envelope sender"):
            await connection.offer(replace(ENVELOPE, sender=sender), message)
    assert scripted.commands == ["EHLO client.example", "QUIT"]


async def test_an_international_address_needs_smtputf8(scripted: Any, smtp: SmtpTransport, message: bytes) -> None:
    """RFC 6531: such a recipient is named in UTF-8 where the server offers it, and FAILED where it does not."""
    envelope = replace(ENVELOPE, recipient="أمينة@example.org")
    async with smtp.connect() as connection:
        outcome = await connection.offer(envelope, message)
        assert outcome is not None
        assert outcome.state is DeliveryState.FAILED
    scripted.script["EHLO"] = "250-scripted\r\n250 SMTPUTF8"
    async with smtp.connect() as connection:
        assert await connection.offer(envelope, message) is None
        assert (await connection.hand_over()).state is DeliveryState.SENT
    assert "RCPT TO:<أمينة@example.org>" in scripted.commands
    assert "MAIL FROM:<bounce+a1@example.org> SMTPUTF8" in scripted.commands


async def test_no_tls_no_session(scripted: Any, smtp: SmtpTransport, message: bytes) -> None:
    """A22: where TLS is required and not offered, nothing but EHLO is said."""
    required = SmtpTransport(replace(smtp._mail, tls="required"), smtp._options)
    with pytest.raises(TransportError, match="STARTTLS"):
        await hand_over(required, message)
    assert scripted.commands == ["EHLO client.example"]


async def test_no_password_in_clear(scripted: Any, smtp: SmtpTransport, tmp_path: Path) -> None:
    """A22: with `tls: none` a user name is refused before anybody is called."""
    (tmp_path / "password").write_text("tide\n")
    mail = replace(smtp._mail, username="amina", password_file=tmp_path / "password")
    scripted.script["EHLO"] = "250-scripted\r\n250 AUTH PLAIN LOGIN"
    with pytest.raises(TransportError, match="not sent without TLS"):
        async with SmtpTransport(mail, smtp._options).connect():
            pass
    assert scripted.commands == []


async def test_smtp_has_no_evidence(scripted: Any, smtp: SmtpTransport, message: bytes) -> None:
    """Not even a message that was accepted can be asked for."""
    await hand_over(smtp, message)
    assert smtp.evidence("<a1@example.org>") is None
