"""FAULTS.md A10: a page of a gigabyte, chunks without end."""

import asyncio
import tracemalloc

import pytest

from digest.sources.fetch import Client, Fetched, FetchFailed
from tests.webservers import Answer, reply, serve

pytestmark = pytest.mark.own_clock

MB = 1024 * 1024
ENDLESS = {
    "chunks": (b"Transfer-Encoding: chunked", b"10000\r\n" + bytes(0x10000) + b"\r\n"),
    "a gigabyte": (b"Content-Length: 1073741824", bytes(0x10000)),
    "no length": (b"Connection: close", bytes(0x10000)),
    "one chunk of a terabyte": (b"Transfer-Encoding: chunked\r\n\r\n10000000000\r\n", bytes(0x10000)),
}


def _pour(header: bytes, part: bytes) -> Answer:
    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        end = b"" if b"\r\n\r\n" in header else b"\r\n\r\n"
        writer.write(b"HTTP/1.1 200 OK\r\n" + header + end)
        while not writer.is_closing():
            writer.write(part)
            await writer.drain()

    return answer


@pytest.mark.parametrize(("header", "part"), ENDLESS.values(), ids=ENDLESS.keys())
async def test_a10_what_does_not_end_is_read_to_the_limit(header: bytes, part: bytes) -> None:
    """10 MB, not longer, whatever the server says of its length; memory stays bounded."""
    async with serve(_pour(header, part)) as web, Client() as client:
        tracemalloc.start()
        try:
            outcome = await client.fetch(web.url(), allow_private=True)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert outcome == FetchFailed(reason="the body is larger than 10 MB")
    assert peak < 40 * MB


async def test_a10_the_limit_itself_is_allowed() -> None:
    """Exactly as much as the limit passes, one byte more does not."""
    async with serve(reply("200 OK", body=bytes(1000))) as web:
        async with Client(max_bytes=1000) as client:
            assert isinstance(await client.fetch(web.url(), allow_private=True), Fetched)
        async with Client(max_bytes=999) as client:
            assert isinstance(await client.fetch(web.url(), allow_private=True), FetchFailed)


async def test_a10_endless_chunks_in_small_pieces_end_at_the_deadline() -> None:
    """Far below the limit, but never done: one deadline ends it."""

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.1)

    async with serve(answer) as web, Client(deadline_s=0.3) as client:
        outcome = await client.fetch(web.url(), allow_private=True)
    assert outcome == FetchFailed(reason="no whole answer within 0.3 s")
