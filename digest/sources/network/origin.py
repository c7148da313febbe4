"""Whether two addresses are of the same site."""

from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def same_origin(url: str | None, other: str | None) -> bool:
    """Tell whether two URLs have scheme, host and port in common; `www.` before a host changes nothing."""
    one = _origin(url)
    return one is not None and one == _origin(other)


def _origin(url: str | None) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url or "")
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    host = (parts.hostname or "").removesuffix(".").removeprefix("www.")
    return (parts.scheme, host, port) if host else None
