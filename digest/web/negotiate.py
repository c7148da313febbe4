"""What a request's headers ask for (RFC 9110): which coding it takes, and which copy it has already. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

Headers = Sequence[tuple[bytes, bytes]]
"""The headers of a request or an answer, in order; names are small letters."""

_Q = re.compile(r"\s*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*")  # §12.4.2
_TAG = re.compile(rb'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')  # §8.8.3


def header(headers: Headers, name: bytes) -> bytes | None:
    """Return a header's value, None if it is missing; several of one name are one list (§5.3)."""
    values = [value for key, value in headers if key == name]
    return b", ".join(values) if values else None


def takes_gzip(headers: Headers) -> bool:
    """Tell whether gzip is at least as welcome as the plain bytes (§12.5.3).

    Without the header nobody asked for gzip. A part that is no coding with a weight counts as not there.
    """
    weights = _weights(header(headers, b"accept-encoding") or b"")
    anything = weights.get("*")
    # Plain bytes that nobody names are all right, and whoever names gzip likes that better.
    gzip = weights.get("gzip", weights.get("x-gzip", anything or 0.0))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def takes_plain(headers: Headers) -> bool:
    """Tell whether the plain bytes are not refused."""
    weights = _weights(header(headers, b"accept-encoding") or b"")
    return weights.get("identity", weights.get("*", 1.0)) > 0


def _weights(value: bytes) -> dict[str, float]:
    weights = {}
    for part in value.decode("latin-1").split(","):
        coding, separator, weight = part.partition(";")
        found = _Q.fullmatch(weight)
        if found or not separator:
            weights[coding.strip().lower()] = float(found[1]) if found else 1.0
    return weights


def known_tags(headers: Headers) -> frozenset[bytes] | None:
    """Return the entity tags that a request has a copy of, with their quotes; None if it names none.

    `*` stands for any. Tags are compared weakly (§13.1.2), so `W/` is left out.
    """
    value = header(headers, b"if-none-match")
    if value is None:
        return None
    return frozenset([b"*"]) if value.strip() == b"*" else frozenset(_TAG.findall(value))


def known_since(headers: Headers, now: datetime) -> datetime | None:
    """Return when a request's copy is from, None if it does not say so in a date that can be (§13.1.3)."""
    value = header(headers, b"if-modified-since")
    if value is None or len(value) > 64:
        return None
    try:
        since = parsedate_to_datetime(value.decode("latin-1"))
        since = since.replace(tzinfo=UTC) if since.tzinfo is None else since.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return since if since <= now else None


def http_date(at: datetime) -> bytes:
    """Return an instant (aware UTC) as HTTP writes it (§5.6.7)."""
    return format_datetime(at, usegmt=True).encode()


def bodied(headers: Headers) -> bool:
    """Tell whether a request brings a body, which nobody here reads."""
    length = header(headers, b"content-length")
    return header(headers, b"transfer-encoding") is not None or length not in (None, b"0")
