"""A target: a URL that may be asked, taken apart, and where an answer may send us from there."""

from dataclasses import dataclass, field

import httpx2

_PORTS = {"http": 80, "https": 443}
_LONGEST_SHOWN = 120


class TargetError(Exception):
    """A URL that is not asked, and why; it never leaves the code that fetches."""


@dataclass(frozen=True, slots=True)
class Target:
    """An absolute http or https URL. `host` is in IDNA form, `authority` is the Host header, `path` has the query."""

    url: str
    scheme: bytes = field(compare=False)
    host: str = field(compare=False)
    port: int = field(compare=False)
    path: bytes = field(compare=False)
    authority: bytes = field(compare=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port as one URL without a path, the usual port left out (RFC 6454 §6.2)."""
        return f"{self.scheme.decode()}://{self.authority.decode()}"


def parse_target(url: str) -> Target:
    """Take a URL apart. Raises: TargetError when it is not one that can be asked."""
    try:
        parts = httpx2.URL(url)
        host = parts.raw_host.decode("ascii")
        port = parts.port or _PORTS.get(parts.scheme)
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise TargetError(f"{shorten_url(url)} is no http or https URL that can be asked") from error
    if port is None or parts.scheme not in _PORTS or not host:
        raise TargetError(f"{shorten_url(url)} is no http or https URL that can be asked")
    if parts.userinfo:
        raise TargetError(f"{shorten_url(url)} has a user name in it, and none is ever sent")
    return Target(url, parts.raw_scheme, host, port, parts.raw_path, parts.netloc)


def follow_redirect(here: Target, location: str, first: Target) -> Target:
    """Return where a redirect leads; `first` is what was asked in the beginning.

    Raises: TargetError where it leads from https to http (FAULTS.md A2), or to a port that is neither a usual one nor
    that of `first`, which is the one an operator wrote (FAULTS.md A5).
    """
    try:
        there = parse_target(str(httpx2.URL(here.url).join(location)))
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise TargetError(f"it leads to {shorten_url(location)}, which is no http or https URL") from error
    if here.scheme == b"https" and there.scheme == b"http":
        raise TargetError(f"it leads from https to {shorten_url(there.url)}, which is not encrypted")
    if there.port not in (80, 443, first.port):
        raise TargetError(f"it leads to port {there.port} of {there.host}, which is no usual port of the web")
    return there


def shorten_url(url: str) -> str:
    """Return a URL as a message may show it: without user and password, printable, not endless."""
    scheme, slashes, rest = url.partition("//")
    authority, slash, path = rest.partition("/")
    shown = show_text(scheme + slashes + authority.rpartition("@")[2] + slash + path, _LONGEST_SHOWN)
    return shown or "an empty text"


def show_text(text: str, longest: int) -> str:
    """Return words of a server as a message may show them: nothing that a terminal obeys, `longest` characters."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in text[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
