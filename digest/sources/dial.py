"""Connections to the outside: a name is resolved once, every answer is checked, and a checked address is dialled.

So no spelling of a host name, and no second answer of its name server, leads to a private address (SOURCES.md).
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpcore2
import httpx2

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "3fff::/20")
)
"""Networks for special purposes that some Pythons call global (IANA's registries, RFC 6890, RFC 9637)."""
_CONNECT_S = 10.0
"""Seconds for one address, so that a dead one leaves time for the next within the deadline of the whole."""


class RefusedAddressError(httpcore2.ConnectError):
    """A name leads to an address that is not public."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is on the public internet, addresses of IPv4 inside IPv6 looked through.

    `ipaddress.is_global` alone says True for some multicast, 6to4, NAT64 and deprecated ones (RFC 6890, RFC 6052).
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _find_inner(ip)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _GLOBAL_UNICAST:
            return False
    if any(ip in network for network in _SPECIAL):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _find_inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ipaddress.IPv4Address((int(ip) >> 80) & 0xFFFFFFFF) if ip in _SIX_TO_FOUR else None


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves, checks and dials; `allow_private` is for newsrooms on an intranet."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address that answers. Raises: RefusedAddressError before any byte is sent."""
        addresses = await _resolve(host, port)
        refused = [address for address in addresses if not self._allow_private and not is_public(address)]
        if refused:
            raise RefusedAddressError(f"{host} is the private address {refused[0]}")
        failure: httpcore2.NetworkError | httpcore2.TimeoutException | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, *args, **{**options, "timeout": _CONNECT_S})
            except (httpcore2.NetworkError, httpcore2.TimeoutException) as error:
                failure = error
        raise failure or httpcore2.ConnectError(f"{host} has no address")


async def _resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"there is no host {host}") from error
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


class _Body(httpx2.AsyncByteStream):
    def __init__(self, parts: httpcore2.Response) -> None:
        self._response = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


class GuardedTransport(httpx2.AsyncBaseTransport):
    """httpx2 over connections of a GuardedBackend; errors are those of httpcore2."""

    def __init__(self, *, allow_private: bool, tls: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or httpx2.create_ssl_context(trust_env=False),
            network_backend=GuardedBackend(allow_private=allow_private),
            max_connections=1,
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the response's body is still on the wire."""
        url = request.url
        response = await self._pool.handle_async_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()
