"""FAULTS.md A11: a server that sends a byte now and then, so that no single read is late."""

import asyncio
from pathlib import Path

import pytest

from digest.sources.fetch import Client, FetchFailed
from tests.patience import HANG_S
from tests.webservers import drip, make_certificate, serve, wait_for

pytestmark = pytest.mark.own_clock

DRIPS = {
    "status line": b"HTTP/1.1 200 O",
    "header": b"HTTP/1.1 200 OK\r\nX: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
    "body without length": b"HTTP/1.1 200 OK\r\n\r\n",
    "after many early hints": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000 + b"HTTP/1.1 200 OK\r\nX: ",
}


@pytest.mark.parametrize("start", DRIPS.values(), ids=DRIPS.keys())
async def test_a11_a_drip_ends_at_the_total_deadline(start: bytes) -> None:
    """Wherever it drips, the one deadline of the request holds."""
    clock = asyncio.get_running_loop().time
    async with serve(drip(start)) as web, Client(deadline_s=0.3) as client:
        began = clock()
        outcome = await client.fetch(web.url(), allow_private=True)
        assert clock() - began == pytest.approx(0.3)
        await web.wait_until(lambda: web.open == 0)
    assert outcome == FetchFailed(reason="no whole answer within 0.3 s")


async def test_a11_a_silent_handshake_ends_at_the_deadline(tmp_path: Path) -> None:
    """A server that accepts and never begins TLS is left, and nothing stays open."""
    make_certificate(tmp_path)
    opened = asyncio.Event()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.set()
        while await reader.read(4096):
            pass
        writer.close()
        closed.set()

    closed = asyncio.Event()
    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server, Client(deadline_s=0.3) as client:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        outcome = await client.fetch(url, allow_private=True)
        await asyncio.wait_for(closed.wait(), HANG_S)
    assert opened.is_set()
    assert outcome == FetchFailed(reason="no whole answer within 0.3 s")


async def test_a11_a_name_server_that_never_answers_ends_at_the_deadline() -> None:
    """Looking up a name is part of the request."""

    async def resolve(_: str) -> list[str]:
        await asyncio.Event().wait()
        return []

    async with Client(deadline_s=0.2, resolve=resolve) as client:
        outcome = await client.fetch("http://river.example/")
    assert outcome == FetchFailed(reason="no whole answer within 0.2 s")


async def test_a11_silence_is_a_drip_of_nothing() -> None:
    """No byte at all ends the same way."""
    async with serve(wait_for(asyncio.Event(), drip(b""))) as web, Client(deadline_s=0.2) as client:
        outcome = await client.fetch(web.url(), allow_private=True)
    assert outcome == FetchFailed(reason="no whole answer within 0.2 s")
