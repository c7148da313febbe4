"""TLS and AUTH with a live server: mail goes only to the host that config.yaml names, and the password only in TLS."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from digest.config.settings import MailSettings
from digest.errors import TransportError
from digest.mail.smtp import SmtpOptions, SmtpTransport
from digest.model.delivery import DeliveryState, Envelope

ENVELOPE = Envelope(sender="bounce+a1@example.org", recipient="amina@example.net")
PASSWORD = "low-tide-17"


def transport(mail: MailSettings, certificates: Any, **options: Any) -> SmtpTransport:
    """A transport that trusts the authority of this run and is not patient."""
    trusted = SmtpOptions(
        connect_s=5, command_s=5, answer_s=5, helo="client.example", ca_file=certificates.folder / "authority.pem"
    )
    return SmtpTransport(mail, SmtpOptions(**{name: getattr(trusted, name) for name in trusted.__slots__} | options))


async def hand_over(smtp: SmtpTransport, message: bytes) -> Any:
    """Offer a message and hand it over in a session of its own."""
    async with smtp.connect() as connection:
        return await connection.offer(ENVELOPE, message) or await connection.hand_over()


async def test_mail_goes_over_starttls(start: Any, certificates: Any, message: bytes) -> None:
    """With TLS required, a certificate of a trusted authority for this host carries the message."""
    host = await start(tls_context=certificates.context("good"), require_starttls=True)
    outcome = await hand_over(transport(host.settings(), certificates), message)
    assert outcome.state is DeliveryState.SENT
    assert host.received == [message]


async def test_mail_goes_over_tls_from_the_start(start: Any, certificates: Any, message: bytes) -> None:
    """RFC 8314: on the port for implicit TLS (465 but for this test) the session is encrypted at once."""
    host = await start(ssl=certificates.context("good"))
    smtp = transport(host.settings(), certificates, implicit_tls_port=host.port)
    assert (await hand_over(smtp, message)).state is DeliveryState.SENT
    assert host.received == [message]


@pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "implicit"])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("expired", "certificate has expired", id="F22 expired"),
        pytest.param("elsewhere", "IP address mismatch", id="A24 another host"),
        pytest.param("unsigned", "self-signed certificate", id="self-signed"),
    ],
)
async def test_a_certificate_that_does_not_hold_is_refused(
    start: Any, certificates: Any, message: bytes, name: str, reason: str, implicit: bool
) -> None:
    """A wrong certificate is a TransportError that says what is wrong; no mail goes, and none goes in clear."""
    context = certificates.context(name)
    host = await (start(ssl=context) if implicit else start(tls_context=context))
    smtp = transport(host.settings(), certificates, implicit_tls_port=host.port if implicit else 465)
    with pytest.raises(TransportError, match=f"its certificate is refused: .*{reason}"):
        await hand_over(smtp, message)
    assert host.received == []


async def test_a_server_without_tls_gets_no_mail(start: Any, certificates: Any, message: bytes) -> None:
    """A22: a stripped STARTTLS ends the session; there is no way back to clear text."""
    host = await start()
    with pytest.raises(TransportError, match="STARTTLS"):
        await hand_over(transport(host.settings(), certificates), message)
    assert host.received == []


async def test_plain_mail_needs_to_be_asked_for(start: Any, certificates: Any, message: bytes) -> None:
    """Only `tls: none` sends in clear, and then does so even where TLS is offered."""
    host = await start(tls_context=certificates.context("expired"))
    assert (await hand_over(transport(host.settings("none"), certificates), message)).state is DeliveryState.SENT


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
async def test_the_password_comes_from_a_file(
    start: Any, certificates: Any, message: bytes, tmp_path: Path, ending: str
) -> None:
    """The password is read at each connect, without its line end, and given only inside TLS."""
    (tmp_path / "password").write_text(PASSWORD + ending)
    host = await start(tls_context=certificates.context("good"), auth_required=True, auth_require_tls=True)
    mail = host.settings(username="press@example.org", password_file=tmp_path / "password")
    assert (await hand_over(transport(mail, certificates), message)).state is DeliveryState.SENT
    assert host.logins == [(b"press@example.org", PASSWORD.encode())]


async def test_a_wrong_password_is_no_connection(start: Any, certificates: Any, tmp_path: Path) -> None:
    """A refused login is a TransportError with neither user name nor password in it or behind it."""
    (tmp_path / "password").write_text("wrong-secret")
    host = await start(tls_context=certificates.context("good"), auth_required=True)
    mail = host.settings(username="press@example.org", password_file=tmp_path / "password")
    with pytest.raises(TransportError, match="it answered 535") as caught:
        async with transport(mail, certificates).connect():
            pass
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert "press" not in str(caught.value)
    assert "wrong-secret" not in str(caught.value)


@pytest.mark.parametrize(("name", "reason"), [("absent", "cannot be read: No such file"), ("latin", "is not UTF-8")])
async def test_a_password_that_cannot_be_read_is_no_connection(
    start: Any, certificates: Any, tmp_path: Path, name: str, reason: str
) -> None:
    """The file is named, what is in it is not, and nobody is called."""
    (tmp_path / "latin").write_bytes(b"mar\xe9e")
    host = await start(tls_context=certificates.context("good"))
    mail = host.settings(username="press@example.org", password_file=tmp_path / name)
    with pytest.raises(TransportError, match=f"{name} {reason}"):
        async with transport(mail, certificates).connect():
            pass


async def test_what_comes_before_tls_is_forgotten(certificates: Any, message: bytes) -> None:
    """A23: a reply smuggled in behind the 220 of STARTTLS is not taken for the reply to a later command."""
    heard: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 injected\r\n")
        replies = {"EHLO": b"250-injected\r\n250 STARTTLS", "RCPT": b"550 5.7.1 truly no", "QUIT": b"221 bye"}
        while line := await reader.readline():
            verb = line.decode().split()[0]
            heard.append(verb)
            if verb == "STARTTLS":
                writer.write(b"220 go\r\n250-smuggled\r\n250 SMTPUTF8\r\n250 smuggled\r\n250 smuggled\r\n")
                await writer.drain()
                await writer.start_tls(certificates.context("good"))
                replies["EHLO"] = b"250 true"
            else:
                writer.write(replies.get(verb, b"250 true") + b"\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    mail = MailSettings(host="127.0.0.1", port=server.sockets[0].getsockname()[1], tls="required")
    outcome = await hand_over(transport(mail, certificates), message)
    assert (outcome.state, outcome.reason) == (DeliveryState.FAILED, "5.7.1 truly no")
    assert heard == ["EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "RSET", "QUIT"]
    server.close()
    await server.wait_closed()
