"""SMTP as the next hop (RFC 5321): one recipient in a transaction, and never a guess about what was taken.

    connect ─▶ offer (MAIL, RCPT) ─▶ the caller's durable fence ─▶ hand_over (DATA, message, dot, answer)

aiosmtplib connects, does TLS, EHLO and AUTH and speaks the commands. What happens before the server's 354 is certain;
from the first octet of the message on, only an answer is. No address leaves this file in a reason or an error.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib
from aiosmtplib.errors import SMTPException, SMTPHeloError, SMTPResponseException

from digest.config.settings import MailSettings
from digest.errors import TransportError
from digest.mail.address import is_wire_safe
from digest.mail.message import check_wire, dot_stuffed
from digest.mail.replies import SHUTTING_DOWN, START_INPUT, decide_answer, decide_refusal, scrubbed
from digest.model.delivery import DeliveryState, Envelope, Outcome

_SENDER = re.compile(r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+)?")  # RFC 5321 §4.1.2


@dataclass(frozen=True, slots=True)
class SmtpOptions:
    """What operators need not say. Times are seconds, from RFC 5321 §4.5.3.2.

    `ca_file` is a PEM bundle to trust instead of the system's; `helo` our name for EHLO, None for the machine's; on
    `implicit_tls_port` TLS begins at once (RFC 8314 §3.3).
    """

    connect_s: float = 30
    command_s: float = 300
    answer_s: float = 600
    ca_file: Path | None = None
    helo: str | None = None
    implicit_tls_port: int = 465


class SmtpTransport:
    """Hands messages over to the server that config.yaml names under `mail`."""

    def __init__(self, mail: MailSettings, options: SmtpOptions | None = None) -> None:
        self._mail = mail
        self._options = options or SmtpOptions()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["SmtpConnection"]:
        """Open a session: TLS unless config.yaml says `tls: none`, then AUTH if there is a user name.

        Raises TransportError: refused, TLS not offered, a certificate that does not hold, AUTH refused. Nothing was
        handed over then.
        """
        client = await self._open()
        connection = SmtpConnection(client, self._options)
        try:
            yield connection
        except BaseException:
            client.close()
            raise
        await connection.quit()

    def evidence(self, message_id: str) -> Outcome | None:
        """Give None: SMTP has no way to ask whether a message was taken."""
        del message_id
        return None

    async def _open(self) -> aiosmtplib.SMTP:
        mail, options = self._mail, self._options
        if mail.username is not None and mail.tls == "none":
            raise TransportError(f"{self._where} asks for a password, which is not sent without TLS: set tls: required")
        client = await self._client()
        try:
            await client.connect(timeout=options.connect_s)
            await _greet(client)
        except (SMTPException, OSError) as error:
            reason = _reason(error, Envelope("", mail.username or ""))
        else:
            return client
        client.close()
        # Outside of `except`: the foreign error may quote the user name, and must not travel along as context.
        raise TransportError(f"{self._where} cannot be used: {reason}")

    async def _client(self) -> aiosmtplib.SMTP:
        mail, options = self._mail, self._options
        secured = mail.tls != "none"
        at_once = secured and mail.port == options.implicit_tls_port
        return aiosmtplib.SMTP(
            hostname=mail.host,
            port=mail.port,
            username=mail.username,
            password=await asyncio.to_thread(_read_password, mail.password_file),
            local_hostname=options.helo,
            timeout=options.command_s,
            use_tls=at_once,
            start_tls=secured and not at_once,
            tls_context=await asyncio.to_thread(_tls_context, options.ca_file) if secured else None,
        )

    @property
    def _where(self) -> str:
        return f"the mail server {self._mail.host}:{self._mail.port}"


class SmtpConnection:
    """One session. It takes one message at a time: `offer`, then `hand_over`; an offer may be left for the next."""

    def __init__(self, client: aiosmtplib.SMTP, options: SmtpOptions) -> None:
        self._client = client
        self._options = options
        self._offered: tuple[Envelope, bytes] | None = None

    async def offer(self, envelope: Envelope, message: bytes) -> Outcome | None:
        """Ask the server to take a message: None when it will hear it, QUEUED (4yz) or FAILED (5yz) when not.

        Nothing of the message is sent yet. After an Outcome the connection takes the next offer.

        Raises:
            TransportError: when the session is over; nothing was handed over.
            ValueError: for octets that are no message of ours, or an envelope sender we would not make.
        """
        check_wire(message)
        if not _SENDER.fullmatch(envelope.sender):
            raise ValueError("the envelope sender is misspelled")
        if not is_wire_safe(envelope.recipient):
            return Outcome(DeliveryState.FAILED, "the address cannot stand in an envelope")
        if not envelope.recipient.isascii() and not self._client.supports_extension("smtputf8"):
            return Outcome(DeliveryState.FAILED, "the server takes no international address (SMTPUTF8, RFC 6531)")
        try:
            await self._reset()
            refusal = await self._envelope_refused(envelope)
        except BaseException:
            # Cut off in mid-sentence, by a cancelled task say: no later reply may be taken for another command's.
            self._client.close()
            raise
        if refusal is None:
            self._offered = envelope, message
        return refusal

    async def hand_over(self) -> Outcome:
        """Send the offered message and its dot, and wait for the answer; call it after the fence is on disk.

        SENT (2yz, with the server's queue id where its text has one), QUEUED (4yz, or anything that went wrong before
        354), FAILED (5yz), or IN_DOUBT when the connection fell silent or away. RuntimeError without an offer.
        """
        if self._offered is None:
            raise RuntimeError("nothing was offered")
        (envelope, message), self._offered = self._offered, None
        try:
            return await self._data_refused(envelope) or await self._send(envelope, message)
        except BaseException:
            self._client.close()
            raise

    async def quit(self) -> None:
        """Say goodbye; what goes wrong with that changes nothing that was answered before."""
        with suppress(SMTPException, OSError):
            await self._client.quit(timeout=self._options.connect_s)
        self._client.close()

    async def _reset(self) -> None:
        """Leave an offer that was not handed over (RFC 5321 §4.1.1.5)."""
        if self._offered is not None:
            self._offered = None
            with suppress(SMTPException, OSError):
                await self._client.rset()

    async def _envelope_refused(self, envelope: Envelope) -> Outcome | None:
        """Speak MAIL and RCPT, and give the refusal if there is one."""
        options, encoding = ([], "ascii") if envelope.recipient.isascii() else (["SMTPUTF8"], "utf-8")
        try:
            await self._client.mail(envelope.sender, options=options, encoding=encoding)
            await self._client.rcpt(envelope.recipient, encoding=encoding)
        except (SMTPException, OSError) as error:
            failure = error
        else:
            return None
        refusal = _refusal(failure, envelope)
        if refusal is None or not self._client.is_connected:
            raise TransportError(f"the mail server ended the session: {_reason(failure, envelope)}")
        self._offered = envelope, b""
        await self._reset()
        return refusal

    async def _data_refused(self, envelope: Envelope) -> Outcome | None:
        """Speak DATA, and give the refusal if the server does not ask for the message."""
        try:
            reply = await self._client.execute_command(b"DATA")
        except (SMTPException, OSError) as error:
            self._client.close()
            return Outcome(DeliveryState.QUEUED, f"lost before the message was sent: {_reason(error, envelope)}")
        if reply.code == START_INPUT:
            return None
        refusal = decide_refusal(reply.code, reply.message, envelope)
        if refusal is None:
            self._client.close()
        return refusal or Outcome(DeliveryState.QUEUED, "the answer to DATA makes no sense", reply.code)

    async def _send(self, envelope: Envelope, message: bytes) -> Outcome:
        """Write the message and its dot in one go, and wait: from the first octet on only an answer is certain."""
        protocol = self._client.protocol
        if protocol is None or not protocol.is_connected:
            return Outcome(DeliveryState.QUEUED, "lost before the message was sent")
        # No await between the two: the protocol drops a reply that comes while nobody waits for one.
        protocol.write(dot_stuffed(message) + b".\r\n")
        try:
            reply = await protocol.read_response(timeout=self._options.answer_s)
        except (SMTPException, OSError) as error:
            self._client.close()
            return Outcome(DeliveryState.IN_DOUBT, f"no answer to the message: {_reason(error, envelope)}")
        outcome = decide_answer(reply.code, reply.message, envelope)
        if reply.code == SHUTTING_DOWN or outcome.state is DeliveryState.IN_DOUBT:
            self._client.close()
        return outcome


async def _greet(client: aiosmtplib.SMTP) -> None:
    """Say EHLO, or HELO to a server from before 1995, unless TLS or AUTH has done so."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except SMTPHeloError:
            if not client.is_connected:
                raise
            await client.helo()


def _read_password(file: Path | None) -> str | None:
    """Read a secret at the time it is needed; only the line end is no part of it."""
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise TransportError(f"the password file {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        # Not as its cause: it would show the octets of a secret.
        raise TransportError(f"the password file {file} is not UTF-8") from None


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the given certificates, or the system's; host names are checked, and TLS is 1.2 or later (RFC 8996)."""
    return ssl.create_default_context(cafile=ca_file)


def _refusal(error: Exception, envelope: Envelope) -> Outcome | None:
    if isinstance(error, SMTPResponseException):
        return decide_refusal(error.code, error.message, envelope)
    return None


def _reason(error: Exception, envelope: Envelope) -> str:
    """Say in one line what a foreign error means, without addresses."""
    if isinstance(error, SMTPResponseException):
        return f"it answered {error.code} {scrubbed(error.message, envelope)}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    root: BaseException = error
    while root.__cause__ is not None:
        root = root.__cause__
    if isinstance(root, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {root.verify_message}"
    if isinstance(root, ssl.SSLError):
        return f"TLS failed: {root.reason}"
    if isinstance(root, ConnectionRefusedError):
        return "the connection was refused"
    return scrubbed(str(error), envelope)
