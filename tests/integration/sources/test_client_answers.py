"""A Client against servers on loopback: every kind of answer as a value."""

import gzip
import zlib
from asyncio import StreamWriter
from collections.abc import Sequence
from pathlib import Path

import pytest

from digest.sources.fetch import Client, Fetched, FetchFailed, FetchOutcome, NotModified, Validators
from digest.sources.network.http_head import read_retry_after
from tests.webservers import Answer, make_certificate, reply, route, serve

pytestmark = pytest.mark.own_clock

CONTACT = "desk@river.example"


async def _ask(answer: Answer, validators: Validators = Validators()) -> FetchOutcome:
    async with serve(answer) as web, Client(CONTACT) as client:
        return await client.fetch(web.url(), validators=validators, allow_private=True)


async def test_a_body_comes_whole_with_what_was_said_about_it() -> None:
    """200: the body, the content type, the validators exactly as received, the headers without cookies."""
    headers = (
        'ETag: W/"a b,c"',
        "Last-Modified: Fri,  05 Jun 2020",
        "Content-Type: text/xml",
        "Cache-Control: public",
        "Cache-Control: max-age=60",
        "Link: <a>",
        "Link: <b>",
        "Set-Cookie: who=you",
    )
    async with serve(reply("200 OK", *headers, body=b"Ferry")) as web, Client(CONTACT) as client:
        outcome = await client.fetch(web.url(), allow_private=True)
    assert outcome == Fetched(
        url=web.url(),
        body=b"Ferry",
        content_type="text/xml",
        validators=Validators('W/"a b,c"', "Fri,  05 Jun 2020", web.url()),
        max_age_s=60,
        headers={
            "content-length": "5",
            "etag": 'W/"a b,c"',
            "last-modified": "Fri,  05 Jun 2020",
            "content-type": "text/xml",
            "cache-control": "public, max-age=60",
            "link": "<a>, <b>",
        },
    )


async def test_of_a_header_that_means_one_thing_the_first_counts() -> None:
    """Two entity tags or types are never joined into one that nobody sent."""
    headers = ('ETag: "1"', 'ETag: "2"', "Content-Type: text/xml", "Content-Type: text/html")
    outcome = await _ask(reply("200 OK", *headers))
    assert isinstance(outcome, Fetched)
    assert (outcome.validators.etag, outcome.content_type) == ('"1"', "text/xml")


async def test_a_request_says_who_asks_and_for_what() -> None:
    """User-Agent with the contact, Accept, codings; no cookie comes back, and no validators where there are none."""
    answer = reply("200 OK", "Set-Cookie: who=you")
    async with serve(answer) as web, Client("Desk\r\n<ñ desk@river.example>") as client:
        await client.fetch(web.url("/a?b=c#d"), allow_private=True)
        await client.fetch(web.url("/a"), allow_private=True, accept="text/html")
    first, second = (head.lower().split("\r\n") for head in web.heads)
    assert first[0] == "get /a?b=c http/1.1"
    assert first[1:3] == [f"host: 127.0.0.1:{web.port}", f"user-agent: {client.user_agent.lower()}"]
    assert client.user_agent.endswith(" (+Desk < desk@river.example>)")
    assert "application/atom+xml" in first[3]
    assert first[4:] == ["accept-encoding: gzip, deflate", "", ""]
    assert second[3] == "accept: text/html"
    assert not [line for line in second if line.startswith(("cookie", "if-"))]


async def test_validators_are_sent_back_exactly() -> None:
    """304: the very bytes that were received are sent, and kept when the server gives no new ones."""
    kept = Validators('W/"\xe4 b"', "Fri,  05 Jun 2020 10:00:00 GMT")
    answer = reply("304 Not Modified", "Cache-Control: max-age=9999999")
    async with serve(answer) as web, Client() as client:
        outcome = await client.fetch(web.url(), validators=kept, allow_private=True)
    assert outcome == NotModified(validators=kept, max_age_s=86_400)
    lines = [line for line in web.heads[0].split("\r\n") if line.lower().startswith("if-")]
    assert lines == ['if-none-match: W/"\xe4 b"', "if-modified-since: Fri,  05 Jun 2020 10:00:00 GMT"]


async def test_a_304_may_bring_a_new_etag() -> None:
    """The new one is kept, with the rest as it was."""
    outcome = await _ask(reply("304 Not Modified", 'ETag: "2"'), Validators('"1"', "then"))
    assert outcome == NotModified(validators=Validators('"2"', "then"))


async def test_validators_go_only_to_the_url_that_gave_them() -> None:
    """After a redirect they belong to the address that answered, and the first one does not see them."""
    answer = route({"/feed": reply("301 Moved", "Location: /new"), "/new": reply("200 OK", 'ETag: "1"')})
    async with serve(answer) as web, Client() as client:
        first = await client.fetch(web.url(), allow_private=True)
        assert isinstance(first, Fetched)
        await client.fetch(web.url(), validators=first.validators, allow_private=True)
    assert first.url == first.moved_to == web.url("/new")
    assert [("if-none-match" in head.lower()) for head in web.heads] == [False, False, False, True]


@pytest.mark.parametrize(
    ("first", "second", "moved"),
    [
        ("302 Found", "301 Moved", False),
        ("308 Moved", "307 Elsewhere", False),
        ("308 Moved", "303 See Other", False),
        ("301 Moved", "308 Moved", True),
    ],
)
async def test_only_permanent_redirects_are_a_move(first: str, second: str, moved: bool) -> None:
    """One temporary step among permanent ones leads to the answer, but the configuration stays right."""
    steps = {
        "/feed": reply(first, "Location: between"),
        "/between": reply(second, "Location: new"),
        "/new": reply("200 OK"),
    }
    outcome = await _ask(route(steps))
    assert isinstance(outcome, Fetched)
    assert outcome.url.endswith("/new")
    assert outcome.moved_to == (outcome.url if moved else None)


@pytest.mark.parametrize(
    "status", ["404 Not Found", "410 Gone", "500 Oops", "206 Partial", "204 No Content", "302 Nowhere"]
)
async def test_other_answers_are_failures_with_their_status(status: str) -> None:
    """Whatever is neither 200 nor 304 is a value with its number."""
    assert await _ask(reply(status)) == FetchFailed(reason=f"the server answered {status}", status=int(status[:3]))


async def test_a_server_cannot_write_on_the_operators_terminal() -> None:
    """Its words come without anything that a terminal obeys, and not endless."""
    outcome = await _ask(reply("404 \x9b31m" + "x" * 500))
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason.isprintable()
    assert len(outcome.reason) < 100


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable", "403 Forbidden"])
async def test_a_busy_server_says_when_to_come_back(status: str) -> None:
    """Retry-After becomes seconds, whatever the status."""
    outcome = await _ask(reply(status, "Retry-After: 120"))
    assert isinstance(outcome, FetchFailed)
    assert (outcome.status, outcome.retry_after_s) == (int(status[:3]), 120)


@pytest.mark.parametrize(
    ("value", "answered", "seconds"),
    [
        ("120", None, 120),
        (" 120 ", None, 120),
        ("Fri, 05 Jun 2020 10:02:00 GMT", "Fri, 05 Jun 2020 10:00:00 GMT", 120),
        ("Fri, 05 Jun 2020 09:00:00 GMT", "Fri, 05 Jun 2020 10:00:00 GMT", 0),
        ("99999999999999999999", None, 86_400),
        ("Fri, 05 Jun 2020 10:02:00 GMT", None, None),
        ("Fri, 05 Jun 2020 10:02:00", "Fri, 05 Jun 2020 10:00:00 GMT", None),
        ("soon", "Fri, 05 Jun 2020 10:00:00 GMT", None),
        ("-5", None, None),
        ("²", None, None),
        (None, None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, answered: str | None, seconds: int | None) -> None:
    """A date counts from the server's own clock; nobody makes us wait more than a day."""
    assert read_retry_after(value, answered) == seconds


def _deflate(body: bytes, window: int) -> bytes:
    packer = zlib.compressobj(wbits=window)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"Ferry closed")),
        ("X-GZIP", gzip.compress(b"Ferry") + gzip.compress(b" closed")),
        ("deflate", zlib.compress(b"Ferry closed")),
        ("deflate", _deflate(b"Ferry closed", -zlib.MAX_WBITS)),
        ("identity", b"Ferry closed"),
        ("", b"Ferry closed"),
    ],
    ids=["gzip", "two members", "deflate", "deflate without wrapping", "identity", "nothing"],
)
@pytest.mark.parametrize("pieces", [1, 1000])
async def test_codings_that_were_asked_for_are_undone(coding: str, body: bytes, pieces: int) -> None:
    """gzip and both kinds of deflate, in however small pieces they come."""
    outcome = await _ask(_reply_in_pieces(coding, body, pieces))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"Ferry closed"


def _reply_in_pieces(coding: str, body: bytes, pieces: int) -> Answer:
    size = max(1, len(body) // pieces)
    parts: Sequence[bytes] = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {coding}\r\n\r\n"

    async def answer(_: str, writer: StreamWriter) -> None:
        writer.write(head.encode() + chunks + b"0\r\n\r\n")

    return answer


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed.xml",
        "ftp://river.example/x",
        "http://",
        "http://\x00/",
        "http://a b/",
        "https://[x",
        "http://river.example:99999/",
        "http://" + "x" * 70_000,
        "http://ada:secret@river.example/",
        "http://ada@river.example/",
    ],
    ids=lambda url: url[:40],
)
async def test_what_is_no_web_address_is_told(url: str) -> None:
    """No exception, a sentence; what people read and logs keep has no secrets."""
    async with Client() as client:
        outcome = await client.fetch(url, allow_private=True)
    assert isinstance(outcome, FetchFailed)
    assert outcome.status is None
    assert "secret" not in outcome.reason
    assert len(outcome.reason) < 250


async def test_tls_is_checked(tmp_path: Path) -> None:
    """A certificate of a trusted authority is enough, one that nobody signed is told as such."""
    server, trusting = make_certificate(tmp_path)
    async with serve(reply("200 OK", body=b"Ferry"), tls=server) as web:
        async with Client(tls=trusting) as client:
            outcome = await client.fetch(web.url(), allow_private=True)
            again = await client.fetch(web.url(), allow_private=True)
        async with Client() as client:
            refused = await client.fetch(web.url(), allow_private=True)
    assert isinstance(outcome, Fetched)
    assert isinstance(again, Fetched)
    assert len(web.heads) == 2
    assert isinstance(refused, FetchFailed)
    assert "its certificate is not trusted: self" in refused.reason
