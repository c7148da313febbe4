"""FAULTS.md A9: a small body that is a large one unpacked."""

import asyncio
import gzip
import tracemalloc
import zlib
from typing import Any

import pytest

from digest.sources.fetch import Client, FetchFailed, FetchOutcome
from tests.webservers import Answer, reply, serve

pytestmark = pytest.mark.own_clock

MB = 1024 * 1024


async def _ask(answer: Answer) -> tuple[FetchOutcome, int]:
    """Return what a client says, and the most bytes that were in use meanwhile."""
    async with serve(answer) as web, Client() as client:
        tracemalloc.start()
        try:
            outcome = await client.fetch(web.url(), allow_private=True)
            return outcome, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(64 * MB), compresslevel=9) * 16),
        ("gzip", gzip.compress(gzip.compress(bytes(64 * MB)) + bytes(64 * MB))),
        ("deflate", zlib.compress(bytes(256 * MB), level=9)),
    ],
    ids=["a gigabyte in members", "nested", "deflate"],
)
async def test_a09_a_bomb_is_stopped_while_it_unpacks(coding: str, bomb: bytes) -> None:
    """It is refused at 10 MB, and never more than the limit and a little is in memory."""
    outcome, peak = await _ask(reply("200 OK", f"Content-Encoding: {coding}", body=bomb))
    assert outcome == FetchFailed(reason="the body is larger than 10 MB")
    assert peak < 40 * MB


async def test_a09_a_dripping_bomb_is_stopped_as_well() -> None:
    """In pieces of 100 bytes, each of which unpacks to 100 KB."""
    bomb = gzip.compress(bytes(64 * MB), compresslevel=9)

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(bomb), 100):
            writer.write(b"%x\r\n%b\r\n" % (len(bomb[start : start + 100]), bomb[start : start + 100]))
            await writer.drain()

    outcome, peak = await _ask(answer)
    assert outcome == FetchFailed(reason="the body is larger than 10 MB")
    assert peak < 40 * MB


async def test_a09_a_bomb_of_empty_pieces_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """9 MB of members that unpack to nothing: refused after a thousand of them."""
    bomb = gzip.compress(b"") * (9 * MB // 20)
    unpacker = zlib.decompressobj
    started = 0

    def count(*given: int) -> Any:
        nonlocal started
        started += 1
        return unpacker(*given)

    monkeypatch.setattr(zlib, "decompressobj", count)
    outcome, _ = await _ask(reply("200 OK", "Content-Encoding: gzip", body=bomb))
    assert outcome == FetchFailed(reason="the gzip body is in more than 1000 pieces")
    assert 1_000 <= started <= 1_001


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "gzip, br"])
async def test_a09_only_codings_that_were_asked_for_are_undone(coding: str) -> None:
    """Others, and one inside the other, are refused unread."""
    outcome, _ = await _ask(reply("200 OK", f"Content-Encoding: {coding}", body=b"x"))
    assert outcome == FetchFailed(reason=f"the body is in the coding {coding}, which was not asked for")
