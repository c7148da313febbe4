"""Certificates made on the spot, and aiosmtpd with TLS and AUTH on loopback."""

import asyncio
import shutil
import ssl
import subprocess
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from digest.config.settings import MailSettings

PASSWORD = "low-tide-17"


@dataclass(frozen=True)
class Certificates:
    """PEM files: an authority, and what it signed (`good`, `expired`, `elsewhere`) or did not (`unsigned`)."""

    folder: Path

    def context(self, name: str) -> ssl.SSLContext:
        """Make a server's context of one of them."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority of this run with its certificates."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make certificates with")
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    def sign(name: str, address: str, days: str) -> None:
        (folder / "extensions").write_text(f"subjectAltName=IP:{address}\n")
        openssl(*new_key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        signing = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-extfile", "extensions"]
        openssl("x509", "-req", "-in", f"{name}.csr", *signing, "-days", days, "-out", f"{name}.pem")

    new_key = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for name in ("authority", "unsigned"):
        own = ["-x509", "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
        openssl(*new_key, *own, "-keyout", f"{name}.key", "-out", f"{name}.pem")
    sign("good", "127.0.0.1", "2")
    sign("expired", "127.0.0.1", "-1")
    sign("elsewhere", "192.0.2.1", "2")
    return Certificates(folder)


class Mailhost:
    """aiosmtpd as a relay: what it received, who logged in, and where it listens."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.greeting = f"mailhost {uuid.uuid4().hex}"
        self.port = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a message."""
        assert isinstance(envelope.original_content, bytes)
        self.received.append(envelope.original_content)
        return "250 2.0.0 Ok: queued as A1"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        """Let in whoever knows the password."""
        assert isinstance(login, LoginPassword)
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == PASSWORD.encode(), handled=False)

    def settings(self, tls: str = "required", **changes: Any) -> MailSettings:
        """Point at this relay."""
        return MailSettings(transport="smtp", host="127.0.0.1", port=self.port, tls=tls, **changes)


Start = Callable[..., Awaitable[Mailhost]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Give a function that starts a relay: its arguments are aiosmtpd's, and `ssl` for TLS at once."""
    servers: list[asyncio.Server] = []
    loop = asyncio.get_running_loop()

    async def starting(*, ssl: ssl.SSLContext | None = None, **options: Any) -> Mailhost:
        host = Mailhost()

        def session() -> SMTP:
            return SMTP(host, hostname=host.greeting, loop=loop, authenticator=host.authenticate, **options)

        servers.append(await loop.create_server(session, "127.0.0.1", 0, ssl=ssl))
        host.port = servers[-1].sockets[0].getsockname()[1]
        return host

    yield starting
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
def message() -> bytes:
    """A small message."""
    made = EmailMessage()
    made["Message-ID"] = "<a1@example.org>"
    made.set_content("The ferry runs again.")
    return made.as_bytes().replace(b"\n", b"\r\n")
