"""What an answer says before its body: headers within bounds, and the times that a server asks us to keep."""

import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime

from digest.sources.limits import MAX_HEADER_BYTES, MAX_HEADERS
from digest.sources.network.body import BodyError

_LONGEST_WAIT_S = 86_400
"""No server makes us wait longer than a day."""
_SINGLE = frozenset(
    {"content-encoding", "content-type", "date", "etag", "last-modified", "location", "retry-after", "content-length"}
)
"""Headers that mean one thing: of several, the first counts. Others are joined (RFC 9110 §5.3)."""
_COOKIES = frozenset({"set-cookie", "set-cookie2"})


def read_headers(lines: Sequence[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return the headers by lower-case name, values as received (latin-1); cookies are not kept.

    Raises: BodyError when there are too many, or too much in them.
    """
    if len(lines) > MAX_HEADERS or sum(len(name) + len(value) for name, value in lines) > MAX_HEADER_BYTES:
        raise BodyError(
            f"the answer has more than {MAX_HEADERS} headers, or more than {MAX_HEADER_BYTES // 1024} KB of them"
        )
    headers: dict[str, str] = {}
    for raw, value in lines:
        name = raw.decode("latin-1").lower()
        if name in _COOKIES:
            continue
        if name not in headers:
            headers[name] = value.decode("latin-1")
        elif name not in _SINGLE:
            headers[name] += ", " + value.decode("latin-1")
    return headers


def read_max_age(headers: Mapping[str, str]) -> int | None:
    """Return for how many seconds the server calls its answer fresh (RFC 9111 §5.2.2.1), a day at most."""
    found = re.search(r"\bmax-age=(\d{1,9})\b", headers.get("cache-control", ""))
    return min(int(found[1]), _LONGEST_WAIT_S) if found else None


def read_retry_after(value: str | None, answered: str | None) -> int | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110 §10.2.3), a day at most; None when unreadable.

    A date counts from the answer's own Date header `answered`, so that only the server's clock is asked.
    """
    if value is None:
        return None
    if re.fullmatch(r"\s*[0-9]+\s*", value):
        return min(int(value.strip()[:9]), _LONGEST_WAIT_S)
    try:
        seconds = (parsedate_to_datetime(value) - parsedate_to_datetime(answered or "")).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, min(round(seconds), _LONGEST_WAIT_S))
