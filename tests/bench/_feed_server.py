"""A server of invented feeds for benchmarks, on loopback addresses only: as fast as Python goes, with ETags.

_feed_server.py HOSTS [DELAY_MS] prints the port that all addresses 127.1.0.1, 127.1.0.2 … share, then serves until
its standard input ends. Answers wait DELAY_MS, as the way over the internet makes them wait.

GET /feed/N is feed number N: 20 entries of the present version, or 304. POST /version moves every feed to the next
version: one new entry at the top, the oldest gone. GET /stats tells how many answers had which status.
"""

import asyncio
import hashlib
import json
import random
import socket
import sys
from collections import Counter

import uvloop

ENTRIES = 20
_WORDS = """
harbor court prison asylum river border school police union water rights camp trial vote press land health mine women
children refugee report storm village election witness journalist teacher nurse worker forest coast law
"""
WORDS = tuple(_WORDS.split())
DELAY_S = float(sys.argv[2]) / 1000 if sys.argv[2:] else 0.0
STATE = {"version": 1}
SERVED: Counter[str] = Counter()


def invent_entry(feed: int, number: int) -> str:
    """Return one entry: a title of 8 words and a summary of 60, as a newsroom writes them."""
    rng = random.Random(feed * 100_003 + number)
    title = " ".join(rng.choices(WORDS, k=8)).capitalize()
    summary = " ".join(rng.choices(WORDS, k=60))
    at = f"{1 + number % 28:02} Oct 2026 08:{number % 60:02}:00 GMT"
    return (
        f"<item><title>{title} {feed}-{number}</title><link>http://news{feed}.example.org/story/{number}</link>"
        f"<guid isPermaLink='false'>{feed}:{number}</guid><pubDate>{at}</pubDate>"
        f"<description>&lt;p&gt;{summary}.&lt;/p&gt;</description><category>Report</category></item>"
    )


def invent_feed(feed: int, version: int) -> bytes:
    """Return a whole RSS 2.0 feed, newest entry first."""
    items = "".join(invent_entry(feed, number) for number in range(version + ENTRIES - 1, version - 1, -1))
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Newsroom</title>"
        f"<link>http://news{feed}.example.org/</link><description>News</description>{items}</channel></rss>"
    ).encode()


class FeedProtocol(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as little as the readers need."""

    def __init__(self) -> None:
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            words = answer(head)
            if DELAY_S:
                asyncio.get_running_loop().call_later(DELAY_S, self.transport.write, words)  # type: ignore[attr-defined]
            else:
                self.transport.write(words)  # type: ignore[attr-defined]


def answer(head: bytes) -> bytes:
    """Return the answer to one request."""
    method, target = head.split(b" ", 2)[:2]
    if method == b"POST":
        STATE["version"] += 1
        return b"HTTP/1.1 204 No Content\r\n\r\n"
    if target == b"/stats":
        return respond(b"200 OK", json.dumps(SERVED).encode(), b"stats")
    feed = int(target.rsplit(b"/", 1)[1])
    etag = b'"%d-%d"' % (feed, STATE["version"])
    if any(line.lower().startswith(b"if-none-match:") and etag in line for line in head.split(b"\r\n")):
        SERVED["304"] += 1
        return b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"
    SERVED["200"] += 1
    return respond(b"200 OK", invent_feed(feed, STATE["version"]), etag)


def respond(status: bytes, body: bytes, etag: bytes) -> bytes:
    """Return an answer with a body."""
    return (
        b"HTTP/1.1 %s\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: %s\r\nContent-Length: %d\r\n\r\n"
        % (status, etag, len(body))
    ) + body


async def serve(hosts: int) -> None:
    """Listen on every address with one port until standard input ends."""
    loop = asyncio.get_running_loop()
    first = await loop.create_server(FeedProtocol, "127.1.0.1", 0)
    port = first.sockets[0].getsockname()[1]
    for number in range(2, hosts + 1):
        listener = socket.create_server((f"127.1.{number // 250}.{number % 250 + 1}", port), backlog=512)
        await loop.create_server(FeedProtocol, sock=listener)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    random.seed(hashlib.sha256(b"feeds").digest())
    uvloop.run(serve(int(sys.argv[1])))
