"""A published folder and the real web server before it, on loopback, with a port that was free.

`serve_folder` starts one; what its files hold is for whoever reads it to invent.
"""

import asyncio
import http.client
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.config.load import parse_config
from digest.web.connection import Connection
from digest.web.reading import make_web
from digest.web.server import listen, serve
from tests.patience import HANG_S

TOPICS = """\
topics: {sea: {title: The sea, any: sea}, land: {title: The land, any: land}}
regions: {usa: {title: United States, any: USA}}
"""
ENTRY = """\
<entry><id>tag:newsroom.example.org,2026:{0}</id><title>Ferry number {0} returns</title>\
<link href="https://newsroom.example.org/{0}"/><updated>2026-03-10T08:00:00Z</updated>\
<author><name>Open Harbour</name></author><content type="html">{1}</content></entry>
"""
FEED = """\
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>tag:newsroom.example.org,2026:feeds/all</id>\
<title>Open Harbour</title><updated>2026-03-10T08:00:00Z</updated>\
<link rel="self" href="https://newsroom.example.org/feeds/all.atom"/>
"""
PAGE = '<!doctype html>\n<html lang="en"><head><title>Open Harbour</title></head><body><p>News</p></body></html>\n'
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def make_feed(entries: int = 50) -> bytes:
    """Return an Atom feed of about a kilobyte for each entry, in which little repeats."""
    texts = (
        " ".join(f"line-{at * 7919 % 10007}-{line * 104729 % 9973}" for line in range(60)) for at in range(entries)
    )
    return (FEED + "".join(ENTRY.format(at, text) for at, text in enumerate(texts)) + "</feed>\n").encode()


FILES = {
    "all.atom": make_feed(),
    "all.json": b'{"version": "https://jsonfeed.org/version/1.1", "title": "Open Harbour", "items": []}\n' + b" " * 300,
    "all.html": PAGE.encode() + b"<!-- more -->" * 40,
    "sea.atom": make_feed(3),
    "index.html": PAGE.encode() + b"<!-- index -->" * 40,
    "feeds.opml": b'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head/><body/></opml>\n' + b" " * 200,
    "robots.txt": b"User-agent: *\nAllow: /\n",
    "icon.png": PICTURE,
    "logo.png": PICTURE + b"logo",
    "archive/all-2026-03.atom": make_feed(5),
}


@dataclass(frozen=True)
class Reply:
    """What came back: status, headers by their small names, body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Served:
    """A folder that is being served."""

    folder: Path
    port: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> Reply:
        """Send one request; `If_None_Match` becomes `If-None-Match`. Every header of the answer stands there once."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANG_S)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            found = [(name.lower(), value) for name, value in response.getheaders()]
            assert len(dict(found)) == len(found), found
            return Reply(response.status, dict(found), response.read())
        finally:
            connection.close()

    def write(self, file: str, data: bytes, at: datetime | None = None) -> None:
        """Put a file into the folder as publishing does: whole, by a rename; `at` is when it says it was written."""
        target = self.folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.tmp")
        fresh.write_bytes(data)
        if at is not None:
            os.utime(fresh, (at.timestamp(), at.timestamp()))
        fresh.replace(target)


Serve = Callable[..., Served]


@pytest.fixture
def serve_folder(tmp_path: Path) -> Iterator[Serve]:
    """Serve a folder with `FILES`, written in March; `feeds` and `site` are more of config.yaml."""
    started: list[tuple[asyncio.AbstractEventLoop, asyncio.Event, threading.Thread]] = []

    def start(
        *, feeds: str = "", url: str = "https://newsroom.example.org/", connection: type[Connection] = Connection
    ) -> Served:
        config = f"site: {{title: Open Harbour, url: '{url}'}}\nfeeds: {{folder: feeds, {feeds}}}\n{TOPICS}"
        settings = parse_config(config.encode(), tmp_path / "config.yaml")
        listener = listen("127.0.0.1:0")
        served = Served(settings.feeds.folder, listener.getsockname()[1])
        for file, data in FILES.items():
            served.write(file, data, datetime(2026, 3, 10, 8, tzinfo=UTC))
        loop, stop = asyncio.new_event_loop(), asyncio.Event()
        web = make_web(settings, lambda: datetime.now(UTC))
        thread = threading.Thread(
            target=lambda: loop.run_until_complete(serve(web, listener, stop, connection)), name="served"
        )
        thread.start()
        started.append((loop, stop, thread))
        return served

    yield start
    for loop, stop, thread in started:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=HANG_S)
        assert not thread.is_alive()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
