"""FAULTS.md F27: a body that breaks off, or that cannot be unpacked: nothing of it comes through."""

import gzip
import zlib
from asyncio import StreamWriter

import pytest

from digest.sources.fetch import Client, FetchFailed, Validators
from tests.webservers import Answer, reply, serve

pytestmark = pytest.mark.own_clock

TEXT = b"Ferry closed, harbour open. " * 200


def _raw(data: bytes) -> Answer:
    async def answer(_: str, writer: StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return answer


GZIP, DEFLATE = "Content-Encoding: gzip", "Content-Encoding: deflate"
CUT = {
    "short of its length": (reply("200 OK", 'ETag: "1"', body=b"half", length=8), "broke off"),
    "no body at all": (reply("200 OK", body=b"", length=8), "broke off"),
    "in a chunk": (_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf"), "broke off"),
    "between chunks": (_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"), "broke off"),
    "in the headers": (_raw(b"HTTP/1.1 200 OK\r\nContent-Le"), "broke off"),
    "before anything": (_raw(b""), "broke off"),
    "no chunk": (_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "broke off or was no HTTP"),
    "no HTTP": (_raw(b"I am no HTTP server\r\n\r\n"), "broke off or was no HTTP"),
    "gzip cut": (reply("200 OK", GZIP, body=gzip.compress(TEXT)[:-9]), "gzip body breaks off"),
    "gzip checksum": (reply("200 OK", GZIP, body=gzip.compress(TEXT)[:-8] + bytes(8)), "gzip body is broken"),
    "no gzip": (reply("200 OK", GZIP, body=b"no gzip at all"), "gzip body is broken"),
    "gzip and more": (reply("200 OK", GZIP, body=gzip.compress(TEXT) + b"<html>"), "gzip body is broken"),
    "second member cut": (reply("200 OK", GZIP, body=(gzip.compress(TEXT) * 2)[:-9]), "gzip body breaks off"),
    "deflate cut": (reply("200 OK", DEFLATE, body=zlib.compress(TEXT)[:-9]), "deflate body breaks off"),
    "no deflate": (reply("200 OK", DEFLATE, body=b"\xff" * 99), "deflate body is broken"),
}


@pytest.mark.parametrize(("answer", "reason"), CUT.values(), ids=CUT.keys())
async def test_f27_a_broken_body_is_refused_whole(answer: Answer, reason: str) -> None:
    """A value with a sentence: no body, no validators, so that the next request asks for everything again."""
    async with serve(answer) as web, Client() as client:
        outcome = await client.fetch(web.url(), validators=Validators('"0"'), allow_private=True)
    assert isinstance(outcome, FetchFailed)
    assert reason in outcome.reason
    assert outcome.status is None
