"""Connections to the outside: a name is resolved once, every answer is checked, and a checked address is dialled.

So no spelling of a host name, and no second answer of its name server, leads to a private address (SOURCES.md).
"""

import asyncio
import contextlib
import ipaddress
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence

import httpcore2

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

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Gives all addresses of a name. Raises: OSError or UnicodeError."""


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


async def resolve_host(host: str) -> list[str]:
    """Ask this machine for all addresses of a name, in the order to try them. Raises: OSError, UnicodeError.

    Each question has a thread of its own that nobody waits for: a slow name server delays neither other names, as it
    would in a pool of threads, nor the end of the program.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()
    threading.Thread(target=_look_up, args=(host, loop, answer), name=f"resolve {host}", daemon=True).start()
    return await answer


def _look_up(host: str, loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[list[str]]") -> None:
    addresses: list[str] = []
    failure: OSError | UnicodeError | None = None
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    except (OSError, UnicodeError) as error:
        failure = error

    def settle() -> None:
        if answer.done():
            return
        if failure is None:
            answer.set_result(addresses)
        else:
            answer.set_exception(failure)

    with contextlib.suppress(RuntimeError):  # The loop is closed: nobody waits any more.
        loop.call_soon_threadsafe(settle)


class Dialer:
    """Resolves, checks and dials; `allow_private` is for newsrooms on an intranet, `network` opens connections."""

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = resolve_host,
        network: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._network = network or httpcore2.AnyIOBackend()

    async def dial(self, host: str, port: int) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address that answers. Raises: RefusedAddressError before any byte is sent."""
        addresses = await self._find_addresses(host)
        refused = [address for address in addresses if not self._allow_private and not is_public(address)]
        if refused:
            which = "a private address" if host == refused[0] else f"the private address {refused[0]}"
            raise RefusedAddressError(f"{host} is {which}")
        failure = "it has no address"
        for address in addresses:
            try:
                return await self._network.connect_tcp(address, port, timeout=_CONNECT_S)
            except httpcore2.ConnectTimeout:
                failure = f"no answer within {_CONNECT_S:g} s"
            except httpcore2.NetworkError as error:
                failure = _explain(error)
        raise httpcore2.ConnectError(f"{host} cannot be reached at port {port}: {failure}")

    async def _find_addresses(self, host: str) -> Sequence[str]:
        with contextlib.suppress(ValueError):
            return [str(ipaddress.ip_address(host))]
        try:
            return await self._resolve(host)
        except (OSError, UnicodeError) as error:
            later = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
            words = f"the name {host} cannot be looked up now" if later else f"there is no host {host}"
            raise httpcore2.ConnectError(words) from error


def _explain(error: BaseException) -> str:
    """Return the machine's own words at the bottom of an error."""
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__
