"""Web servers for tests: real ones on loopback, as kind or as hostile as a test wants."""

import asyncio
import re
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.patience import HANG_S

Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]
"""Writes the answer to one request, whose head it is given."""


@dataclass
class WebServer:
    """A running server and what it saw: heads and bodies of requests, its connections, how many requests at a time."""

    host: str
    port: int = 0
    scheme: str = "http"
    heads: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    busy: int = 0
    most_busy: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str = "/feed") -> str:
        """Return the URL of a path here."""
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [head.split(" ")[1] for head in self.heads]

    async def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is true of this server."""
        async with asyncio.timeout(HANG_S):
            while not is_so():
                self._news.clear()
                await self._news.wait()

    async def talk(self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.connections += 1
        self.open += 1
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                size = re.search(r"(?i)\r\ncontent-length: *([0-9]+)", head)
                self.bodies.append((await reader.readexactly(int(size[1]) if size else 0)).decode("latin-1"))
                self.heads.append(head)
                self.busy += 1
                self.most_busy = max(self.busy, self.most_busy)
                self._news.set()
                try:
                    await answer(self.heads[-1], writer)
                finally:
                    self.busy -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.open -= 1
            self._news.set()


@asynccontextmanager
async def serve(
    answer: Answer, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[WebServer]:
    """Run a server that keeps its connections alive until `answer` closes them."""
    web = WebServer(host, scheme="https" if tls else "http")
    talks: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(web.talk(answer, reader, writer))
        talks.add(task)
        task.add_done_callback(talks.discard)

    server = await asyncio.start_server(begin, host, port, ssl=tls, backlog=1024)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def reply(status: str, *headers: str, body: bytes = b"", length: int | None = None) -> Answer:
    """Make an answer that is always the same; with `length` the server lies about its body and hangs up."""
    size = len(body) if length is None else length
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {size}", *headers, "", ""]).encode("latin-1")

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(head + body)
        await writer.drain()
        if length is not None:
            writer.close()

    return answer


def route(answers: dict[str, Answer]) -> Answer:
    """Make an answer that depends on the path; what is not listed is 404."""

    async def answer(head: str, writer: asyncio.StreamWriter) -> None:
        await answers.get(head.split(" ")[1], reply("404 Not Found"))(head, writer)

    return answer


def drip(start: bytes, *, every_s: float = 0.1) -> Answer:
    """Make an answer that begins with `start` and then sends a byte now and then, for ever."""

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(every_s)

    return answer


def wait_for(gate: asyncio.Event, then: Answer) -> Answer:
    """Make an answer that comes when the gate opens."""

    async def answer(head: str, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        await then(head, writer)

    return answer


def make_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1 and return the contexts of a server that has it and of a client that trusts it.

    Skips the test where there is no openssl.
    """
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make certificates with")
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    own = ["-days", "2", "-subj", "/CN=river", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", "web.key", "-out", "web.pem"]
    subprocess.run([*new, *own, *files], cwd=folder, check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "web.pem", folder / "web.key")
    return server, ssl.create_default_context(cafile=str(folder / "web.pem"))
