"""fetch_url against real servers on loopback, kind ones and hostile ones (FAULTS.md F23, F27, A6, A9 to A12)."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from digest.sources.fetch import (
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchSettings,
    NotModified,
    Validators,
    fetch_url,
    read_retry_after,
)

OPEN = FetchSettings(contact="desk@river.example", allow_private=True, deadline_s=10)
Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _serve(answer: Answer) -> AsyncIterator[tuple[str, list[str]]]:
    """Run a server that hands each request's head to `answer`; gives its URL and the heads it saw."""
    seen: list[str] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            seen.append(head)
            await answer(head, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed", seen


def _reply(*lines: str, body: bytes = b"", length: int | None = None) -> Answer:
    size = len(body) if length is None else length

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join([f"HTTP/1.1 {lines[0]}", f"Content-Length: {size}", *lines[1:], "", ""])
        writer.write(head.encode("latin-1") + body)
        await writer.drain()

    return answer


async def _ask(answer: Answer, validators: Validators | None = None, settings: FetchSettings = OPEN) -> FetchOutcome:
    async with _serve(answer) as (url, _):
        return await fetch_url(url, validators=validators or Validators(), settings=settings)


async def test_a_body_comes_whole_with_its_validators() -> None:
    """200: the decoded body, the content type, the validators exactly as received, and who asked."""
    headers = (
        'ETag: W/"a b,c"',
        "Last-Modified: Fri,  05 Jun 2020",
        "Content-Type: text/xml",
        "Cache-Control: max-age=60",
    )
    body = gzip.compress(b"Ferry") + gzip.compress(b" closed")
    async with _serve(_reply("200 OK", *headers, "Content-Encoding: gzip", body=body)) as (url, seen):
        outcome = await fetch_url(url, validators=Validators(), settings=OPEN)
    validators = Validators('W/"a b,c"', "Fri,  05 Jun 2020", url)
    assert outcome == Fetched(
        url=url, body=b"Ferry closed", content_type="text/xml", validators=validators, max_age_s=60
    )
    assert "user-agent: digest/" in seen[0].lower()
    assert "desk@river.example" in seen[0]
    assert "if-" not in seen[0].lower()


async def test_validators_are_sent_back_exactly() -> None:
    """304: the very bytes that were received are sent, and kept when the server gives no new ones."""
    kept = Validators('W/"\xe4 b"', "Fri,  05 Jun 2020 10:00:00 GMT")
    async with _serve(_reply("304 Not Modified")) as (url, seen):
        outcome = await fetch_url(url, validators=kept, settings=OPEN)
    assert outcome == NotModified(validators=kept)
    lines = [line for line in seen[0].split("\r\n") if line.lower().startswith("if-")]
    assert lines == ['if-none-match: W/"\xe4 b"', "if-modified-since: Fri,  05 Jun 2020 10:00:00 GMT"]


async def test_validators_go_only_to_the_url_that_gave_them() -> None:
    """After a redirect they belong to the address that answered, and the first one does not see them."""

    async def answer(head: str, writer: asyncio.StreamWriter) -> None:
        moved = head.startswith("GET /new ")
        reply = _reply("200 OK", 'ETag: "1"', body=b"x") if moved else _reply("301 Moved", "Location: /new")
        await reply(head, writer)

    async with _serve(answer) as (url, seen):
        first = await fetch_url(url, validators=Validators(), settings=OPEN)
        assert isinstance(first, Fetched)
        await fetch_url(url, validators=first.validators, settings=OPEN)
    assert first.url == first.moved_to == url.replace("/feed", "/new")
    assert [("if-none-match" in head.lower()) for head in seen] == [False, False, False, True]


@pytest.mark.parametrize(("first", "second"), [("302 Found", "301 Moved"), ("308 Moved", "307 Elsewhere")])
async def test_a_temporary_redirect_is_no_move(first: str, second: str) -> None:
    """One temporary step among permanent ones leads to the answer, but the configuration stays right."""
    replies = {
        "GET /feed ": _reply(first, "Location: between"),
        "GET /between ": _reply(second, "Location: new"),
        "GET /new ": _reply("200 OK"),
    }

    async def answer(head: str, writer: asyncio.StreamWriter) -> None:
        await next(reply for start, reply in replies.items() if head.startswith(start))(head, writer)

    outcome = await _ask(answer)
    assert isinstance(outcome, Fetched)
    assert outcome.url.endswith("/new")
    assert outcome.moved_to is None


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/feed", "more than 5 redirects"),
        ("file:///etc/passwd", "no http or https URL"),
        ("gopher://river.example/", "no http or https URL"),
        ("http://[::1", "no http or https URL"),
    ],
)
async def test_redirects_are_few_and_stay_on_the_web(location: str, reason: str) -> None:
    """A loop ends after five, and only http and https are followed."""
    async with _serve(_reply("301 Moved", f"Location: {location}")) as (url, seen):
        outcome = await fetch_url(url, validators=Validators(), settings=OPEN)
    assert isinstance(outcome, FetchFailed)
    assert reason in outcome.reason
    assert len(seen) <= 6


@pytest.mark.parametrize(
    "status", ["404 Not Found", "410 Gone", "500 Oops", "206 Partial", "204 No Content", "302 Nowhere"]
)
async def test_other_answers_are_failures_with_their_status(status: str) -> None:
    """Whatever is neither 200 nor 304 is a value with its number."""
    outcome = await _ask(_reply(status))
    assert outcome == FetchFailed(reason=f"the server answered {status}", status=int(status[:3]))


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_a_busy_server_says_when_to_come_back(status: str) -> None:
    """Retry-After becomes seconds."""
    outcome = await _ask(_reply(status, "Retry-After: 120"))
    assert isinstance(outcome, FetchFailed)
    assert (outcome.status, outcome.retry_after_s) == (int(status[:3]), 120)


@pytest.mark.parametrize(
    ("value", "answered", "seconds"),
    [
        ("120", None, 120),
        ("Fri, 05 Jun 2020 10:02:00 GMT", "Fri, 05 Jun 2020 10:00:00 GMT", 120),
        ("Fri, 05 Jun 2020 09:00:00 GMT", "Fri, 05 Jun 2020 10:00:00 GMT", 0),
        ("99999999999999999999", None, 86_400),
        ("Fri, 05 Jun 2020 10:02:00 GMT", None, None),
        ("soon", "Fri, 05 Jun 2020 10:00:00 GMT", None),
        ("-5", None, None),
        (None, None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, answered: str | None, seconds: int | None) -> None:
    """A date counts from the server's own clock; nobody makes us wait more than a day."""
    assert read_retry_after(value, answered) == seconds


async def test_a_gzip_bomb_is_stopped_while_it_unpacks() -> None:
    """1 GB of zeros in 1 MB is refused, and never more than the limit and a little is in memory."""
    bomb = gzip.compress(bytes(256 * 1024 * 1024), compresslevel=9) * 4
    tracemalloc.start()
    try:
        outcome = await _ask(_reply("200 OK", "Content-Encoding: gzip", body=bomb))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outcome == FetchFailed(reason="the body is larger than 10 MB")
    assert peak < 40 * 1024 * 1024


async def test_an_endless_body_is_stopped_at_the_limit() -> None:
    """Chunks without end are read to the limit, not longer."""

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
            await writer.drain()

    outcome = await _ask(answer)
    assert outcome == FetchFailed(reason="the body is larger than 10 MB")


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
async def test_a_drip_ends_at_the_total_deadline(start: bytes) -> None:
    """A byte now and then, in the head or in the body, does not stretch the one deadline."""

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    began = asyncio.get_running_loop().time()
    outcome = await _ask(answer, settings=FetchSettings(allow_private=True, deadline_s=0.3))
    assert outcome == FetchFailed(reason="no whole answer within 0.3 s")
    assert asyncio.get_running_loop().time() - began < 3


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (_reply("200 OK", body=b"half", length=8), "broke off"),
        (_reply("200 OK", "Content-Encoding: gzip", body=gzip.compress(b"Ferry" * 99)[:-9]), "gzip body breaks off"),
        (_reply("200 OK", "Content-Encoding: gzip", body=b"no gzip at all"), "gzip body is broken"),
        (_reply("200 OK", "Content-Encoding: br", body=b"x"), "coding br, which was not asked for"),
        (_reply("200 OK", *(f"X-{n}: {'y' * 90}" for n in range(10_000))), "broke off or was no HTTP"),
        (_reply("200 OK", "Set-Cookie: " + "z" * 1_000_000), "broke off or was no HTTP"),
        (_reply("I am no HTTP server"), "broke off or was no HTTP"),
    ],
    ids=["short body", "short gzip", "no gzip", "coding", "10,000 headers", "huge cookie", "no HTTP"],
)
async def test_a_broken_answer_is_refused_whole(reply: Answer, reason: str) -> None:
    """FAULTS.md F27, A12: nothing partial comes through."""
    outcome = await _ask(reply)
    assert isinstance(outcome, FetchFailed)
    assert reason in outcome.reason


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1", "①②⑦.0.0.1", "[::ffff:127.0.0.1]"]
)
async def test_a_private_address_is_never_dialled(host: str) -> None:
    """However it is spelled, the server sees no connection, and the reason says why."""
    dialled: list[str] = []

    async def answer(head: str, _: asyncio.StreamWriter) -> None:
        dialled.append(head)

    async with _serve(answer) as (url, _):
        port = url.split(":")[2]
        outcome = await fetch_url(f"http://{host}:{port}", validators=Validators(), settings=FetchSettings())
    assert dialled == []
    assert isinstance(outcome, FetchFailed)
    assert "private address" in outcome.reason or "no http or https URL" in outcome.reason


@pytest.mark.parametrize(
    "url", ["", "feed.xml", "ftp://river.example/x", "http://", "http://\x00/", "http://a b/", "https://[x"]
)
async def test_what_is_no_web_address_is_told(url: str) -> None:
    """No exception, a sentence."""
    outcome = await fetch_url(url, validators=Validators(), settings=OPEN)
    assert isinstance(outcome, FetchFailed)
    assert outcome.status is None


async def test_a_name_or_port_that_is_not_there_is_told() -> None:
    """FAULTS.md F23: no name, nobody listening."""
    nobody = await fetch_url("http://127.0.0.1:1/", validators=Validators(), settings=OPEN)
    no_name = await fetch_url("http://nowhere.invalid/", validators=Validators(), settings=OPEN)
    assert isinstance(nobody, FetchFailed)
    assert "no connection" in nobody.reason
    assert no_name == FetchFailed(reason="no connection: there is no host nowhere.invalid")


async def test_a_password_in_the_url_is_in_no_reason() -> None:
    """What people read and logs keep has no secrets."""
    outcome = await fetch_url("ftp://ada:secret@river.example/", validators=Validators(), settings=OPEN)
    assert isinstance(outcome, FetchFailed)
    assert "secret" not in outcome.reason
