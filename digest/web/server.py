"""The web server beside the other work: uvicorn in the same loop, which leaves signals to whoever runs us.

uvicorn takes SIGTERM and SIGINT for itself and raises them again when it has stopped, which would end the process in
the middle of a hand-over. Here only an event stops it. Nothing is logged of who reads what.
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

from starlette.types import ASGIApp
from uvicorn import Config, Server

from digest.errors import WebError
from digest.web.connection import Connection, own

BACKLOG = 512
"""Connections that wait in the kernel to be taken: as many as we hold open."""

DRAIN_S = 3
"""Seconds that answers under way get to end when we are told to stop."""

_TICKS = 10
"""uvicorn ticks ten times a second; connections are looked at once."""

_CURES = {
    errno.EADDRINUSE: "another program listens there: stop it, or choose another port",
    errno.EACCES: "ports below 1024 are the system's: choose a higher one, and put a web server in front of it",
    errno.EADDRNOTAVAIL: "this machine has no such address: write 127.0.0.1 for this machine, 0.0.0.0 for every one",
}


def listen(bind: str) -> socket.socket:
    """Return a socket that listens at `host:port`; port 0 takes any that is free.

    A name that has several addresses stands for its first, IPv4 before IPv6. Raises: WebError.
    """
    host, _, port = bind.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
        dual = family == socket.AF_INET6 and address[0] == "::"
        listener = socket.create_server(address[:2], family=family, backlog=BACKLOG, dualstack_ipv6=dual)
    except OSError as error:
        cure = _CURES.get(error.errno or 0, error.strerror or str(error))
        where = "`web: {bind: …}` says where to listen, `none` serves nobody"
        raise WebError(f"nobody can be served at {bind}: {cure}; {where}") from error
    # asyncio sets it only on sockets that name their protocol, which accepted ones of create_server do not; head and
    # body are written apart, and without it each answer would wait 40 ms for the reader's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address_of(listener: socket.socket, path: str) -> str:
    """Return the address of a path on this machine, with the port that was really taken."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{path}"


async def serve(
    app: ASGIApp, listener: socket.socket, stop: asyncio.Event, connection: type[Connection] = Connection
) -> None:
    """Serve until `stop` is set, then end what is under way within `DRAIN_S` and close the listener."""
    config = Config(
        app,
        http=connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=connection.limits.idle_s,
    )
    server = _Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
    await serving


class _Server(Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS == 0:
            now = asyncio.get_running_loop().time()
            for one in own(self.server_state.connections):
                if one.deadline < now:
                    one.transport.abort()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Not uvicorn's own time-out: it waits for connections that nobody reads from, and complains on stderr.
        late = asyncio.get_running_loop().call_later(DRAIN_S, self._drop)
        await super().shutdown(sockets)
        late.cancel()

    def _drop(self) -> None:
        for one in own(self.server_state.connections):
            one.transport.abort()
