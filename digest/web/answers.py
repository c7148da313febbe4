"""What a request is answered (RFC 9110, 9111): pure functions from a copy of a file, and for what is not there."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape

from digest.web.folder import Copy
from digest.web.names import FileType
from digest.web.negotiate import Headers, http_date, known_since, known_tags, takes_gzip, takes_plain

METHODS = ("GET", "HEAD")
PICTURE_S = 86_400
"""Seconds that an icon may be kept: it hardly ever changes."""

ABSENT_S = 60
"""Seconds that it may be remembered that there is no such file: a topic may be added any time."""

_NO_FRAMES = b"; frame-ancestors 'none'"
"""What a page cannot say of itself: only a header is obeyed in this."""

_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
_OWN_POLICY = re.compile(rb"<meta http-equiv=\"Content-Security-Policy\" content=\"([ -~]{1,1000}?)\">")
_HEAD_BYTES = 2_048
_REFERRER = (b"referrer-policy", b"no-referrer")
# A browser that opens a feed must not run what a source might have smuggled into it.
_DATA = ((b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the headers in their order, and the body that a GET gets; a 304 has none."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""


def answer_file(copy: Copy, type_: FileType, asked: Headers, now: datetime, keep_s: int) -> Answer:
    """Answer a request for a file that is there: 200 in the coding that is asked for, or 304 for a copy of it.

    `keep_s` is how long it may be kept before it is asked for again. `now` is the `Date` of the answer.
    """
    tag, data = _choose(copy, asked)
    common = (
        (b"date", http_date(now)),
        (b"cache-control", b"max-age=%d" % keep_s),
        (b"etag", tag),
        (b"last-modified", http_date(min(copy.written_at, now))),
        # Without it a shared cache would hand the gzip to a reader that cannot unpack it.
        *(((b"vary", b"accept-encoding"),) if type_.packed else ()),
        *(((b"access-control-allow-origin", b"*"),) if type_.shared else ()),
    )
    if _is_known(copy, tag, asked, now):
        return Answer(304, common)
    shape = (
        (b"content-type", type_.media_type.encode()),
        (b"content-length", b"%d" % len(data)),
        *(((b"content-encoding", b"gzip"),) if data is copy.packed else ()),
        (b"x-content-type-options", b"nosniff"),
        *(_page_headers(copy.data) if type_.page else _DATA),
    )
    return Answer(200, common + shape, data)


def answer_moved(address: str, now: datetime, keep_s: int) -> Answer:
    """Answer that a file has a new address for good; `address` is made of the configuration alone."""
    page = _page("Moved", "This feed has a new address:", address)
    # RFC 9110 §10.2.2: a URI reference, so what is not ASCII is escaped.
    return _told(301, page, now, keep_s, (b"location", ascii_url(address)))


def answer_retired(feeds_url: str, now: datetime, keep_s: int) -> Answer:
    """Answer that a feed is no more, so that readers stop asking."""
    return _told(410, _page("Gone", "This feed is no more. All feeds are at", feeds_url), now, keep_s)


def answer_absent(feeds_url: str, now: datetime) -> Answer:
    """Answer that there is nothing at this address; the address itself is not repeated."""
    return _told(
        404, _page("Not found", "There is nothing at this address. All feeds are at", feeds_url), now, ABSENT_S
    )


def answer_method(now: datetime) -> Answer:
    """Answer that nothing but reading is possible here."""
    allow = (b"allow", ", ".join(METHODS).encode())
    return _plain(405, "This can only be read.\n", now, allow)


def answer_trouble(now: datetime) -> Answer:
    """Answer that a file cannot be read at the moment, and when to come again."""
    return _plain(503, "This cannot be read just now.\n", now, (b"retry-after", b"%d" % ABSENT_S))


def answer_healthy(now: datetime) -> Answer:
    """Answer that the server is alive."""
    return _plain(200, "ok\n", now)


def ascii_url(url: str) -> bytes:
    """Return an address as headers carry it: everything beyond ASCII percent-encoded, the rest as it is."""
    return b"".join(bytes([one]) if 0x21 <= one < 0x7F else b"%%%02X" % one for one in url.encode())


def _choose(copy: Copy, asked: Headers) -> tuple[bytes, bytes]:
    """Return tag and bytes: of what the request takes, what it has already, else the smaller."""
    takes = []
    if copy.packed is not None and takes_gzip(asked):
        takes.append((copy.packed_tag, copy.packed))
    if not takes or takes_plain(asked):
        takes.append((copy.tag, copy.data))
    known = known_tags(asked) or ()
    return next((one for one in takes if one[0] in known), takes[0])


def _is_known(copy: Copy, tag: bytes, asked: Headers, now: datetime) -> bool:
    tags = known_tags(asked)
    if tags is not None:
        return tag in tags or b"*" in tags
    since = known_since(asked, now)
    # §8.8.2.2: where a time stands for two versions, a reader that has only that is given the whole file.
    return since is not None and copy.is_dated and copy.written_at <= since


def _page_headers(page: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that guard a page: the policy that it names itself, and what only a header can say."""
    found = _OWN_POLICY.search(page, 0, _HEAD_BYTES)
    policy = unescape(found[1].decode("ascii")).encode("latin-1", "ignore") if found else _POLICY
    return (b"content-security-policy", policy + _NO_FRAMES), _REFERRER


def _told(status: int, body: bytes, now: datetime, keep_s: int, *more: tuple[bytes, bytes]) -> Answer:
    headers = (
        (b"date", http_date(now)),
        (b"cache-control", b"max-age=%d" % keep_s),
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
        (b"access-control-allow-origin", b"*"),
        (b"content-security-policy", b"default-src 'none'" + _NO_FRAMES),
        _REFERRER,
        *more,
    )
    return Answer(status, headers, body)


def _plain(status: int, text: str, now: datetime, *more: tuple[bytes, bytes]) -> Answer:
    body = text.encode()
    headers = (
        (b"date", http_date(now)),
        (b"cache-control", b"no-store"),
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
        *more,
    )
    return Answer(status, headers, body)


def _page(title: str, sentence: str, address: str) -> bytes:
    shown = escape(address)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f'<p>{sentence} <a href="{shown}">{shown}</a></p>\n</main>\n</body>\n</html>\n'
    ).encode()
