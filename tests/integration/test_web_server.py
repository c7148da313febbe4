"""The server itself: where it listens, what it leaves alone, and how it stops."""

import asyncio
import signal
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from digest.config.load import parse_config
from digest.errors import WebError
from digest.web.reading import make_web
from digest.web.server import DRAIN_S, address_of, listen, serve

ASK = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture
def web(tmp_path: Path) -> ASGIApp:
    """The application of an empty folder."""
    settings = parse_config(b"site: {title: T, url: 'https://t.example.org/'}\n", tmp_path / "config.yaml")
    return make_web(settings, lambda: datetime.now(UTC))


async def ask(port: int) -> bytes:
    """Return what `/healthz` answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ASK)
    answer = await reader.read()
    writer.close()
    return answer


async def test_signals_are_left_alone(web: ASGIApp) -> None:
    """While it serves, and after, SIGTERM and SIGINT belong to whoever had them."""
    before = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)]
    listener, stop = listen("127.0.0.1:0"), asyncio.Event()
    serving = asyncio.create_task(serve(web, listener, stop))
    assert (await ask(listener.getsockname()[1])).endswith(b"ok\n")
    assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)] == before
    stop.set()
    await serving
    assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)] == before
    assert listener.fileno() == -1


async def test_it_stops_whoever_is_connected(web: ASGIApp, caplog: pytest.LogCaptureFixture) -> None:
    """A silent reader, one in the middle of a head, and one who takes nothing do not keep it, nor make it complain."""
    listener, stop = listen("127.0.0.1:0"), asyncio.Event()
    port = listener.getsockname()[1]
    serving = asyncio.create_task(serve(web, listener, stop))
    await ask(port)
    silent, half, greedy = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
    half.sendall(b"GET /healthz HT")
    greedy.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 2_000)
    await ask(port)
    began = asyncio.get_running_loop().time()
    stop.set()
    await serving
    assert asyncio.get_running_loop().time() - began < DRAIN_S + 2
    assert caplog.records == []
    for one in (silent, half, greedy):
        one.close()


async def test_it_stops_before_it_began(web: ASGIApp) -> None:
    """Told to stop at once, it ends without an error."""
    stop = asyncio.Event()
    stop.set()
    await serve(web, listen("127.0.0.1:0"), stop)


@pytest.mark.parametrize(
    ("bind", "address"),
    [("127.0.0.1:0", "http://127.0.0.1:"), ("localhost:0", "http://127.0.0.1:"), ("[::1]:0", "http://[::1]:")],
)
def test_where_it_listens(bind: str, address: str) -> None:
    """Numbers and names, of both families; the address that is told has the real port."""
    if bind.startswith("[") and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with listen(bind) as listener:
        assert address_of(listener, "/feeds/") == f"{address}{listener.getsockname()[1]}/feeds/"


def test_every_address_of_both_families() -> None:
    """`[::]` listens for IPv4 too."""
    with listen("[::]:0") as listener, socket.create_connection(("127.0.0.1", listener.getsockname()[1])):
        pass


def test_an_address_that_cannot_be_used_is_told() -> None:
    """An address of another machine is one sentence with a cure."""
    with pytest.raises(
        WebError, match=r"nobody can be served at 192\.0\.2\.1:8000: this machine has no such address: "
    ):
        listen("192.0.2.1:8000")
