"""Next hops for the transports: a Maildir, aiosmtpd, and a server that follows a script. Loopback and port 0 only."""

import asyncio
import mailbox
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.config.settings import MailSettings
from digest.mail.maildir import MaildirTransport
from digest.mail.smtp import SmtpOptions, SmtpTransport

DROP, SILENCE = "drop", "silence"
"""What a script may say in place of a reply."""


class Inbox:
    """A handler of aiosmtpd that keeps what it is given, octet for octet."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.greeting = f"inbox {uuid.uuid4().hex}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a message and answer with a queue id as Postfix does."""
        assert isinstance(envelope.original_content, bytes)
        self.received.append(envelope.original_content)
        return f"250 2.0.0 Ok: queued as 4F{len(self.received):04X}"


@dataclass
class Hop:
    """A transport, and how to see what arrived behind it."""

    transport: MaildirTransport | SmtpTransport
    received: Callable[[], list[bytes]]


def smtp_settings(port: int, tls: str = "none") -> MailSettings:
    """Point at a server of this test."""
    return MailSettings(transport="smtp", host="127.0.0.1", port=port, tls=tls)


def files(folder: Path) -> list[bytes]:
    """Read what a Maildir holds, new and seen."""
    return [path.read_bytes() for name in ("new", "cur") for path in sorted((folder / name).glob("*"))]


@pytest.fixture(params=["maildir", "smtp"])
async def hop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Hop]:
    """Each transport in turn, with a next hop that takes everything."""
    if request.param == "maildir":
        folder = tmp_path / "outbox"
        yield Hop(MaildirTransport(folder), lambda: files(folder))
        return
    inbox = Inbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox, hostname=inbox.greeting, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await check_own(port, inbox.greeting)
    yield Hop(SmtpTransport(smtp_settings(port), SmtpOptions(helo="client.example")), lambda: inbox.received)
    server.close()
    await server.wait_closed()


async def check_own(port: int, greeting: str) -> None:
    """Prove that the port belongs to the server of this test: only that one knows the greeting."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert greeting.encode() in await reader.readline()
    writer.write(b"QUIT\r\n")
    await reader.readline()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@dataclass
class ScriptedServer:
    """An SMTP server that says what its script has for a command, and keeps what it hears.

    Keys of the script are CONNECT, EHLO, MAIL, RCPT, DATA, `.` for the end of the message, RSET and QUIT; a value is a
    reply, DROP or SILENCE, and is used until the script is changed.
    """

    script: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    wire: list[bytes] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one session."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            going = await self.say("CONNECT", writer)
            while going and (line := await reader.readline()):
                command = line.decode("utf-8").rstrip("\r\n")
                self.commands.append(command)
                verb = command.partition(" ")[0].upper()
                going = await self.say(verb, writer)
                if verb == "DATA" and self.reply("DATA").startswith("354"):
                    self.wire.append(await reader.readuntil(b"\r\n.\r\n"))
                    going = await self.say(".", writer)
        writer.close()

    def reply(self, key: str) -> str:
        """Give what the script has, or what a willing server says."""
        willing = {"CONNECT": "220 scripted", "EHLO": "250 scripted", "DATA": "354 go", "QUIT": "221 bye"}
        return self.script.get(key, willing.get(key, "250 ok"))

    async def say(self, key: str, writer: asyncio.StreamWriter) -> bool:
        """Answer, and say whether the session goes on."""
        reply = self.reply(key)
        if reply == DROP:
            return False
        if reply != SILENCE:
            writer.write(reply.encode() + b"\r\n")
            await writer.drain()
        return not reply.startswith(("221", "421"))


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedServer]:
    """A scripted server that is willing until a test says otherwise."""
    server = ScriptedServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()
    await listening.wait_closed()


@pytest.fixture
def smtp(scripted: ScriptedServer) -> SmtpTransport:
    """A transport to the scripted server that loses patience after a third of a second."""
    options = SmtpOptions(connect_s=5, command_s=0.3, answer_s=0.3, helo="client.example")
    return SmtpTransport(smtp_settings(scripted.port), options)


@pytest.fixture
def message() -> bytes:
    """A message with everything that transparency must carry: dots, blank lines, long lines."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"] = "news@example.org"
    made["To"] = "amina@example.net"
    made["Message-ID"] = "<a1@example.org>"
    made.set_content(".\n..\n.dot\nFrom here\n\n\nlast", cte="7bit")
    return made.as_bytes()


@pytest.fixture
def maildir(tmp_path: Path) -> MaildirTransport:
    """A Maildir transport of its own folder."""
    return MaildirTransport(tmp_path / "outbox")


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], mailbox.Maildir]:
    """The outbox as Python's own reader of Maildirs sees it."""
    return lambda: mailbox.Maildir(tmp_path / "outbox", create=False)
