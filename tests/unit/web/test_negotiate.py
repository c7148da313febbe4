"""Tables for what the headers of a request ask for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.web.negotiate import bodied, http_date, known_since, known_tags, takes_gzip, takes_plain

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)

CODINGS = [
    # header, takes gzip, takes plain bytes
    (None, False, True),
    ("", False, True),
    ("identity", False, True),
    ("gzip", True, True),
    ("GZIP", True, True),
    ("x-gzip", True, True),
    ("gzip, deflate, br, zstd", True, True),
    ("br;q=1.0, gzip;q=0.8, *;q=0.1", True, True),
    ("gzip;q=0", False, True),
    ("gzip;q=0.000", False, True),
    ("gzip; Q=0.001", True, True),
    ("gzip;q=0.5, identity;q=0.9", False, True),
    ("identity;q=0.5, gzip;q=0.5", True, True),
    ("*", True, True),
    ("*;q=0", False, False),
    ("identity;q=0", False, False),
    ("gzip, identity;q=0", True, False),
    ("gzip;q=0, *", False, True),
    ("gzip, *;q=0", True, False),
    ("br", False, True),
    ("gzip;q=2", False, True),
    ("gzip;q=-1", False, True),
    ("gzip;q=0.1234", False, True),
    ("gzip;level=9", False, True),
    ("gzip;q=1;q=0", False, True),
    ("gzippo", False, True),
    (",,gzip,,", True, True),
    ("gz\xefp", False, True),
]


@pytest.mark.parametrize(("value", "gzip", "plain"), CODINGS, ids=[str(row[0]) for row in CODINGS])
def test_which_coding_is_welcome(value: str | None, gzip: bool, plain: bool) -> None:
    """RFC 9110 §12.5.3, with what is malformed counted as not there."""
    headers = [] if value is None else [(b"accept-encoding", value.encode("latin-1"))]
    assert (takes_gzip(headers), takes_plain(headers)) == (gzip, plain)


def test_several_lines_are_one_list() -> None:
    """RFC 9110 §5.3: the same header twice is a list."""
    headers = [(b"accept-encoding", b"br"), (b"host", b"a"), (b"accept-encoding", b"gzip")]
    assert takes_gzip(headers)
    assert known_tags([(b"if-none-match", b'"a"'), (b"if-none-match", b'W/"b"')]) == {b'"a"', b'"b"'}


TAGS = [
    (None, None),
    ("", set()),
    ('"a"', {'"a"'}),
    ('W/"a"', {'"a"'}),
    (' "a" , W/"b","c" ', {'"a"', '"b"', '"c"'}),
    ('"a,b", "c"', {'"a,b"', '"c"'}),
    ("*", {"*"}),
    (" * ", {"*"}),
    ('"*"', {'"*"'}),
    ('"a", *', {'"a"'}),
    ('""', {'""'}),
    ("a", set()),
    ('"a', set()),
    ('w/"a"', {'"a"'}),
    ('"a b"', set()),
]


@pytest.mark.parametrize(("value", "tags"), TAGS, ids=[str(row[0]) for row in TAGS])
def test_which_copies_are_known(value: str | None, tags: set[str] | None) -> None:
    """RFC 9110 §13.1.2: a list of tags, weak ones too, or `*`; what is no tag is not there."""
    headers = [] if value is None else [(b"if-none-match", value.encode())]
    assert known_tags(headers) == (None if tags is None else {one.encode() for one in tags})


DATES = [
    ("Tue, 10 Mar 2026 07:00:00 GMT", datetime(2026, 3, 10, 7, tzinfo=UTC)),
    ("Tuesday, 10-Mar-26 07:00:00 GMT", datetime(2026, 3, 10, 7, tzinfo=UTC)),
    ("Tue Mar 10 07:00:00 2026", datetime(2026, 3, 10, 7, tzinfo=UTC)),
    ("Tue, 10 Mar 2026 08:00:00 +0100", datetime(2026, 3, 10, 7, tzinfo=UTC)),
    ("Tue, 10 Mar 2026 08:00:00 GMT", NOW),
    ("Tue, 10 Mar 2026 08:00:01 GMT", None),
    ("0", None),
    ("", None),
    ("Tue, 99 Mar 2026 08:00:00 GMT", None),
    ("Tue, 10 Mar 99999 08:00:00 GMT", None),
    ("Fri, 31 Dec 9999 23:59:59 -2359", None),
    ("x" * 10_000, None),
]


@pytest.mark.parametrize(("value", "since"), DATES, ids=[row[0][:40] for row in DATES])
def test_which_date_is_known(value: str, since: datetime | None) -> None:
    """RFC 9110 §13.1.3 and §5.6.7: all three forms of a date; one that is broken, or to come, counts as not there."""
    assert known_since([(b"if-modified-since", value.encode())], NOW) == since
    assert known_since([], NOW) is None


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([], False),
        ([(b"content-length", b"0")], False),
        ([(b"content-length", b"1")], True),
        ([(b"content-length", b"0"), (b"content-length", b"5")], True),
        ([(b"transfer-encoding", b"chunked")], True),
    ],
)
def test_which_request_brings_a_body(headers: list[tuple[bytes, bytes]], found: bool) -> None:
    """Whatever is not surely empty counts as a body."""
    assert bodied(headers) is found


@given(st.binary(max_size=300), st.sampled_from([b"accept-encoding", b"if-none-match", b"if-modified-since"]))
def test_no_header_is_too_strange(value: bytes, name: bytes) -> None:
    """Any bytes in any header are understood or left aside, never an error."""
    headers = [(name, value)]
    assert takes_gzip(headers) in (True, False)
    assert takes_plain(headers) in (True, False)
    known_tags(headers)
    since = known_since(headers, NOW)
    assert since is None or since <= NOW


def test_a_date_as_http_writes_it() -> None:
    """RFC 9110 §5.6.7: GMT, in English, whatever the machine speaks."""
    assert http_date(NOW + timedelta(microseconds=999)) == b"Tue, 10 Mar 2026 08:00:00 GMT"
