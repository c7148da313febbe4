"""Tables for which answer a request gets for a file that is there."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from digest.web.answers import Answer, answer_file
from digest.web.folder import Copy
from digest.web.names import ATOM, PICTURE, FileType
from digest.web.negotiate import http_date

AT = datetime(2026, 3, 10, 8, tzinfo=UTC)
NOW = AT + timedelta(days=1)
TEXT = b"<feed>news</feed>" * 40
PACKED = gzip.compress(TEXT, mtime=0)
FILE = Copy((1, 2, 3, 4), AT, TEXT, b'"plain"', PACKED, b'"packed"')
SMALL = Copy((1, 2, 3, 4), AT, TEXT, b'"plain"', None, b'"none"')

ROWS = [
    # accept-encoding, if-none-match, status, tag
    (None, None, 200, b'"plain"'),
    ("gzip", None, 200, b'"packed"'),
    ("gzip", '"packed"', 304, b'"packed"'),
    ("gzip", 'W/"packed"', 304, b'"packed"'),
    # Whoever has the plain bytes and takes both need not fetch the others.
    ("gzip", '"plain"', 304, b'"plain"'),
    ("gzip", '"packed", "plain"', 304, b'"packed"'),
    ("gzip, identity;q=0", '"plain"', 200, b'"packed"'),
    ("identity", '"packed"', 200, b'"plain"'),
    ("gzip;q=0", '"packed"', 200, b'"plain"'),
    (None, '"packed"', 200, b'"plain"'),
    ("gzip", "*", 304, b'"packed"'),
    ("identity;q=0", None, 200, b'"plain"'),
]


def ask(copy: Copy = FILE, type_: FileType = ATOM, now: datetime = NOW, **asked: str | None) -> Answer:
    """Return the answer to a request with some headers."""
    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in asked.items() if value is not None]
    return answer_file(copy, type_, headers, now, 900)


@pytest.mark.parametrize(("coding", "known", "status", "tag"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_the_coding_and_the_copy_decide(coding: str | None, known: str | None, status: int, tag: bytes) -> None:
    """200 or 304, always with the tag of the coding that is meant, and the bytes that belong to it."""
    answer = ask(accept_encoding=coding, if_none_match=known)
    headers = dict(answer.headers)
    assert (answer.status, headers[b"etag"]) == (status, tag)
    body = {b'"plain"': TEXT, b'"packed"': PACKED}[tag] if status == 200 else b""
    assert answer.body == body
    assert headers.get(b"content-encoding") == (b"gzip" if body == PACKED else None)
    assert headers[b"vary"] == b"accept-encoding"


def test_a_file_that_gzip_makes_no_smaller() -> None:
    """It is sent as it is, and still says that there could have been a choice; a picture never is one."""
    assert dict(ask(SMALL, accept_encoding="gzip").headers).keys() >= {b"vary", b"etag"}
    assert ask(SMALL, accept_encoding="gzip").body == TEXT
    assert b"vary" not in dict(ask(SMALL, PICTURE, accept_encoding="gzip").headers)


@pytest.mark.parametrize("sooner", [timedelta(), timedelta(seconds=-1), timedelta(days=400)])
def test_no_time_is_later_than_the_date(sooner: timedelta) -> None:
    """`Last-Modified` is never after `Date`, whatever the file says."""
    headers = dict(ask(now=AT - sooner).headers)
    assert headers[b"date"] == http_date(AT - sooner)
    assert headers[b"last-modified"] == http_date(min(AT, AT - sooner))
