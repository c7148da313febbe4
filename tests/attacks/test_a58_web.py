"""A58: readers who abuse the web server: floods of headers, slow ones, ranges, crowds, and poison for caches."""

import http.client
import logging
import socket
import threading
from collections.abc import Callable

import pytest

from digest.web.connection import Connection, Limits
from tests.patience import HANG_S, PAUSE_S
from tests.published import FILES, Serve, Served

GET = b"GET /feeds/all.atom HTTP/1.1\r\nHost: newsroom.example.org\r\n"


class Hasty(Connection):
    """A connection with little patience, so that tests need little too."""

    limits = Limits(head_s=1.0, idle_s=1, answer_s=1.5, connections=20)


class Narrow(Connection):
    """A connection of which there are few, with much patience."""

    limits = Limits(head_s=300, connections=20)


@pytest.fixture
def served(serve_folder: Serve) -> Served:
    """A folder that is being served."""
    return serve_folder()


@pytest.fixture
def hasty(serve_folder: Serve) -> Served:
    """A folder that is being served without much patience."""
    return serve_folder(connection=Hasty)


def connect(served: Served) -> socket.socket:
    """Return a connection."""
    return socket.create_connection(("127.0.0.1", served.port), timeout=HANG_S)


def talk(served: Served, *parts: bytes) -> bytes:
    """Send some bytes, and return what comes back until the connection ends."""
    with connect(served) as client:
        try:
            for part in parts:
                client.sendall(part)
        except ConnectionError:
            pass  # It has heard enough; what it said is still there to be read.
        return read_all(client)


def read_all(client: socket.socket) -> bytes:
    """Return what comes until the connection ends, in order or not."""
    found = bytearray()
    try:
        while data := client.recv(65536):
            found += data
    except ConnectionResetError:
        pass
    return bytes(found)


FLOODS = {
    "huge-tag": [GET + b'If-None-Match: "' + b"x" * 100_000 + b'"\r\n\r\n'],
    "many-tags": [GET + b"If-None-Match: " + b'"x", ' * 20_000 + b"\r\n\r\n"],
    "many-headers": [GET + b"X-A: b\r\n" * 20_000 + b"\r\n"],
    "endless-value": [GET + b"X-A: ", *[b"a" * 60_000] * 20],
    "endless-name": [GET, *[b"a" * 60_000] * 20],
    "endless-target": [b"GET /", *[b"a" * 60_000] * 20],
    "long-target": [b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"],
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_head_has_a_size(serve_folder: Serve, flood: str) -> None:
    """A head of more than 16 KB is refused for its size, whole or endless, and the next reader is served."""
    served = serve_folder(connection=Narrow)
    answer = talk(served, *FLOODS[flood])
    # The rest of a flood may push the answer out of its reader's hands.
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    assert b"connection: close" in answer or not answer
    assert served.ask("/all.atom").status == 200


def test_a_large_head_that_fits_is_answered(served: Served) -> None:
    """A thousand tags that fit are looked through; the known one among them is found."""
    tag = served.ask("/all.atom").headers["etag"]
    tags = ", ".join([*(f'"{at}"' for at in range(1_000)), tag])
    assert served.ask("/all.atom", If_None_Match=tags).status == 304


@pytest.mark.parametrize(
    "asked", ["bytes=0-9", "bytes=0-", "bytes=" + ",".join(f"{at}-" for at in range(1_000)), "bytes=9-1", "x"]
)
def test_ranges_are_left_aside(served: Served, asked: str) -> None:
    """A range, or a thousand overlapping ones, gives the whole file once."""
    found = served.ask("/all.atom", Range=asked, If_Range='"x"')
    assert (found.status, found.body) == (200, FILES["all.atom"])
    assert "accept-ranges" not in found.headers


POISON = [
    {"Host": "evil.example"},
    {"Host": "evil.example:81"},
    {"Host": "newsroom.example.org@evil.example"},
    {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "gopher", "X_Forwarded_Prefix": "/evil"},
    {"Forwarded": "host=evil.example;proto=gopher"},
    {"X_Original_URL": "/evil", "X_Rewrite_URL": "/evil"},
    {"X_HTTP_Method_Override": "POST"},
    {"Accept": "evil/evil", "Accept_Language": "evil", "Accept_Charset": "evil", "User_Agent": "evil"},
    {"Cookie": "evil=evil", "Authorization": "Basic ZXZpbDpldmls", "Origin": "https://evil.example"},
    {"Cache_Control": "no-cache", "Pragma": "evil"},
    {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Key": "ZXZpbA==", "Sec_WebSocket_Version": "13"},
    {"Accept_Encoding": "evil, gzip;q=0"},
]


@pytest.mark.parametrize("path", ["/feeds/all.atom", "/feeds/", "/feeds/boats.atom", "/feeds/none.atom", "/feeds"])
def test_no_header_reaches_an_answer(serve_folder: Serve, path: str) -> None:
    """Whatever hosts, forwards, languages and cookies are sent, status, headers and body stay the same."""
    served = serve_folder(feeds="moved: {boats: all}")
    first = served.ask(path)
    kept = {name: value for name, value in first.headers.items() if name != "date"}
    for headers in POISON:
        found = served.ask(path, **headers)
        assert (found.status, found.body) == (first.status, first.body), headers
        assert {name: value for name, value in found.headers.items() if name != "date"} == kept, headers


def test_headers_that_are_sent_twice_change_nothing(served: Served) -> None:
    """Two hosts, or two of anything else, give what one would."""
    twice = b"Host: evil.example\r\nX-Forwarded-Host: a\r\nX-Forwarded-Host: b\r\nConnection: close\r\n\r\n"
    answer = talk(served, GET + twice)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(FILES["all.atom"])
    assert b"evil" not in answer


def test_what_follows_a_body_is_no_request(served: Served) -> None:
    """A request hidden in a body, or behind lengths that disagree, is never answered."""
    hidden = b"GET /feeds/sea.atom HTTP/1.1\r\nHost: x\r\n\r\n"
    post = b"POST /feeds/all.atom HTTP/1.1\r\nHost: x\r\n"
    length = b"Content-Length: %d\r\n" % len(hidden)
    chunked = b"Transfer-Encoding: chunked\r\n"
    for head in (
        post + length,
        GET + length,
        post + chunked + length,
        GET + chunked,
        post + length + b"Content-Length: 1\r\n",
    ):
        answer = talk(served, head + b"\r\n" + hidden + b"\r\n\r\n")
        assert answer.count(b"HTTP/1.1 ") == 1, head
        assert b"sea" not in answer


def wait_for_end(client: socket.socket, send: Callable[[], None]) -> None:
    """Wait until a connection is ended; meanwhile something is sent now and then."""
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(PAUSE_S):
            try:
                send()
            except OSError:
                return

    dripper = threading.Thread(target=drip)
    dripper.start()
    try:
        read_all(client)
    finally:
        ended.set()
        dripper.join()


SLOW = {
    "silent": (b"", b""),
    "half-a-head": (GET, b""),
    "dripping-head": (GET + b"X: ", b"a"),
    "dripping-lines": (b"", b"\r\n"),
    "dripping-lines-later": (GET + b"\r\n", b"\r\n"),
    "dripping-body": (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n", b"a"),
    "idle-after-an-answer": (GET + b"\r\n", b""),
}


@pytest.mark.parametrize("way", SLOW)
def test_slow_readers_are_let_go(hasty: Served, way: str) -> None:
    """Whoever opens a connection and then takes their time, in silence or drop by drop, is cut off."""
    first, drop = SLOW[way]
    with connect(hasty) as client:
        client.sendall(first)
        wait_for_end(client, lambda: client.sendall(drop))
    assert hasty.ask("/robots.txt").status == 200


def test_whoever_does_not_read_the_answer_is_let_go(serve_folder: Serve) -> None:
    """Answers that nobody takes do not stay in memory: the connection is cut."""
    let_go = threading.Event()

    class Watched(Hasty):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            let_go.set()

    hasty = serve_folder(connection=Watched)
    hasty.write("all.atom", b"<!-- large -->" * 2_000_000)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(HANG_S)
        client.connect(("127.0.0.1", hasty.port))
        client.sendall((GET + b"\r\n") * 3)
        assert let_go.wait(HANG_S)
        assert len(read_all(client)) < 20_000_000
    assert hasty.ask("/robots.txt").status == 200


def test_a_crowd_does_not_lock_others_out(serve_folder: Serve) -> None:
    """With every place taken by somebody silent, a reader is served at once: the one who waited longest goes."""
    served = serve_folder(connection=Narrow)
    crowd = [connect(served) for _ in range(40)]
    try:
        assert [served.ask("/all.atom").status for _ in range(20)] == [200] * 20
        assert [read_all(one) for one in crowd[:20]] == [b""] * 20
    finally:
        for one in crowd:
            one.close()


def test_a_connection_can_be_used_again(served: Served) -> None:
    """Readers that keep their connection get one answer after the other on it, also when they do not wait."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=HANG_S)
    for _ in range(5):
        connection.request("GET", "/all.atom")
        assert connection.getresponse().read() == FILES["all.atom"]
    connection.close()
    answer = talk(served, (GET + b"\r\n") * 4 + GET + b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 ") == 5


@pytest.mark.parametrize(
    "junk",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        b"\x00" * 400,
        b"GET / HTTP/9.9\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_quietly(
    served: Served, junk: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """TLS, bytes and nonsense get 400 and nothing is logged: no address of a reader, and no way to fill a disk."""
    assert talk(served, junk).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 405 "))
    assert served.ask("/all.atom").status == 200
    assert [one for one in caplog.records if one.name.startswith("uvicorn")] == []
    assert capfd.readouterr() == ("", "")


def test_nobody_is_written_down(
    served: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Reading leaves no trace: no line in any log, no word on the terminal."""
    with caplog.at_level(logging.DEBUG):
        for path in ("/all.atom", "/feeds/none.atom", "/%2e%2e"):
            served.ask(path)
    assert [one for one in caplog.records if one.name.startswith("uvicorn") and "127.0.0.1" in one.getMessage()] == []
    assert capfd.readouterr() == ("", "")
