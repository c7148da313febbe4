"""The pool: who may ask which host when, and the connections that are kept for the next request.

wait for a turn at the host | wait for room among all | take a kept connection, or dial | ask | keep it

httpcore2 speaks the protocol. Its own pool looks at every connection at every request; this one looks at one host's,
and lets a request wait for its turn *before* its deadline begins.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple

import httpcore2
import httpx2

from digest.sources.network.dial import Dialer, RefusedAddressError, Resolve
from digest.sources.network.target import Target

_IDEMPOTENT = (b"GET", b"HEAD")
_KEEP_S = 15.0
"""Seconds that an idle connection is kept; many servers close it after five to fifteen themselves."""
_SHUT_AFTER = 4
"""Requests in a row that a host leaves without an answer before the next ones are not even sent."""
_SHUT_S = 60.0
"""Seconds for which they are not sent."""


class ShutError(httpcore2.ConnectError):
    """A host that gave no connection several times in a row just now: the next ones need not wait for it too."""


class _Place(NamedTuple):
    """What a connection was made for: one made for an intranet never serves a source that may not go there."""

    scheme: bytes
    host: str
    port: int
    allow_private: bool


@dataclass(slots=True)
class _Host:
    turns: asyncio.Semaphore
    failures: int = 0
    failed_at: float = 0.0
    failure: str = ""


@dataclass(slots=True)
class Turn:
    """Leave to send one request to one host, and whether an answer began."""

    target: Target
    place: _Place
    host: _Host
    answered: bool = False


class Pool:
    """Connections of one run: at most `per_host` requests at a time to a host, `connections` open in all.

    `resolve` gives the addresses of a name; `tls` replaces the machine's trusted certificates.
    """

    def __init__(self, *, per_host: int, connections: int, resolve: Resolve, tls: ssl.SSLContext | None) -> None:
        self._per_host = per_host
        self._connections = connections
        self._room = asyncio.Semaphore(connections)
        self._busy = 0
        self._hosts: dict[tuple[str, int], _Host] = {}
        self._idle: dict[_Place, list[httpcore2.AsyncHTTP11Connection]] = {}
        self._kept = 0
        self._dialers = {private: Dialer(allow_private=private, resolve=resolve) for private in (False, True)}
        self._tls = tls

    @asynccontextmanager
    async def turn(self, target: Target, *, allow_private: bool) -> AsyncIterator[Turn]:
        """Wait until the host and all others together leave room for one more request. Raises: ShutError."""
        name = (target.host, target.port)
        host = self._hosts.get(name) or self._hosts.setdefault(name, _Host(asyncio.Semaphore(self._per_host)))
        turn = Turn(target, _Place(target.scheme, target.host, target.port, allow_private), host)
        async with host.turns:
            _check_open(host)
            async with self._room:
                self._busy += 1
                try:
                    yield turn
                except (httpcore2.ConnectError, httpcore2.ConnectTimeout, TimeoutError) as error:
                    if not turn.answered and not isinstance(error, RefusedAddressError):
                        _count_failure(host, str(error) or f"{target.host} does not answer")
                    raise
                finally:
                    self._busy -= 1

    @asynccontextmanager
    async def ask(
        self, turn: Turn, headers: list[tuple[bytes, bytes]], *, method: bytes = b"GET", content: bytes = b""
    ) -> AsyncIterator[httpcore2.Response]:
        """Send one request and give the answer, whose body is still on the wire; one read to its end keeps the line."""
        target = turn.target
        url = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        request = httpcore2.Request(method, url, headers=headers, content=content)
        connection, response = await self._send(turn.place, request)
        turn.answered, turn.host.failures = True, 0
        try:
            yield response
        finally:
            await response.aclose()
            if connection.is_idle():
                self._idle.setdefault(turn.place, []).append(connection)
                self._kept += 1

    async def _send(
        self, place: _Place, request: httpcore2.Request
    ) -> tuple[httpcore2.AsyncHTTP11Connection, httpcore2.Response]:
        # A server may close a kept connection in the same moment: only what is idempotent may be sent again, and goes
        # over one (RFC 9110 §9.2.2).
        kept = await self._take(place) if request.method in _IDEMPOTENT else None
        if kept is not None:
            try:
                return kept, await kept.handle_async_request(request)
            except (httpcore2.NetworkError, httpcore2.RemoteProtocolError):
                pass
        fresh = await self._dial(place)
        return fresh, await fresh.handle_async_request(request)

    async def _take(self, place: _Place) -> httpcore2.AsyncHTTP11Connection | None:
        idle = self._idle.get(place, [])
        while idle:
            connection = idle.pop()
            self._kept -= 1
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    async def _dial(self, place: _Place) -> httpcore2.AsyncHTTP11Connection:
        while self._kept and self._busy + self._kept > self._connections:
            await self._drop_one()
        stream = await self._dialers[place.allow_private].dial(place.host, place.port)
        if place.scheme == b"https":
            async with AsyncExitStack() as undo:
                undo.push_async_callback(stream.aclose)
                stream = await stream.start_tls(self._load_tls(), server_hostname=place.host.rstrip("."))
                undo.pop_all()
        origin = httpcore2.Origin(place.scheme, place.host.encode("ascii"), place.port)
        return httpcore2.AsyncHTTP11Connection(origin, stream, keepalive_expiry=_KEEP_S)

    def _load_tls(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpx2.create_ssl_context(trust_env=False)
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

    async def _drop_one(self) -> None:
        """Close one kept connection. All is settled before the wait: others come and go while it lasts."""
        place = next(iter(self._idle))
        idle = self._idle[place]
        connection = idle.pop(0) if idle else None
        if not idle:
            del self._idle[place]
        if connection is not None:
            self._kept -= 1
            await connection.aclose()

    async def aclose(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            await self._drop_one()


def _count_failure(host: _Host, words: str) -> None:
    host.failures += 1
    host.failure = words
    host.failed_at = asyncio.get_running_loop().time()


def _check_open(host: _Host) -> None:
    if host.failures < _SHUT_AFTER:
        return
    if asyncio.get_running_loop().time() <= host.failed_at + _SHUT_S:
        raise ShutError(f"{host.failure} ({host.failures} times in a row just now)")
    host.failures = 0
