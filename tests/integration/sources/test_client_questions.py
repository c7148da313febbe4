"""A Client that asks for no body, and one that sends a form: what goes over the wire, and every ending as a value."""

import asyncio
from urllib.parse import parse_qs

import pytest

from digest.sources.fetch import Answered, Client, FetchFailed
from tests.webservers import Answer, drip, reply, route, serve

pytestmark = pytest.mark.own_clock

FORM = {"hub.mode": "publish", "hub.url": "https://river.example/feeds/ä&b.atom"}


def say(status: str, *headers: str) -> Answer:
    """Make an answer of a head alone, as HEAD is answered."""

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1"))
        await writer.drain()

    return answer


async def test_head_asks_for_the_files_own_length() -> None:
    """The method, no content coding, the headers of the answer; the connection serves the next question."""
    answer = say("200 OK", "Content-Length: 48213", "Content-Type: image/jpeg", "Set-Cookie: who=you")
    async with serve(answer) as web, Client() as client:
        first = await client.head(web.url("/a.jpg"), allow_private=True)
        await client.head(web.url("/b.jpg"), allow_private=True)
    assert first == Answered(
        url=web.url("/a.jpg"), status=200, headers={"content-length": "48213", "content-type": "image/jpeg"}
    )
    lines = web.heads[0].lower().split("\r\n")
    assert lines[0] == "head /a.jpg http/1.1"
    assert lines[3:] == ["accept: */*", "accept-encoding: identity", "", ""]
    assert (len(web.heads), web.connections) == (2, 1)


async def test_head_follows_redirects_as_head() -> None:
    """Every hop is asked for its head alone."""
    answers = {"/a.jpg": say("301 Moved", "Location: /b.jpg"), "/b.jpg": say("200 OK", "Content-Length: 9")}
    async with serve(route(answers)) as web, Client() as client:
        outcome = await client.head(web.url("/a.jpg"), allow_private=True)
    assert isinstance(outcome, Answered)
    assert outcome.url == web.url("/b.jpg")
    assert [head.split(" ")[0] for head in web.heads] == ["HEAD", "HEAD"]


@pytest.mark.parametrize("status", ["204 No Content", "206 Partial Content", "304 Not Modified", "404 Not Found"])
async def test_head_of_anything_but_200_fails(status: str) -> None:
    """Nothing else is about the whole file."""
    async with serve(say(status)) as web, Client() as client:
        outcome = await client.head(web.url(), allow_private=True)
    assert outcome == FetchFailed(reason=f"the server answered {status}", status=int(status[:3]))


async def test_head_has_a_deadline() -> None:
    """A server that drips its head for ever costs no more than one that is silent."""
    async with serve(drip(b"HTTP/1.1 200 OK\r\nX: ")) as web, Client(deadline_s=0.2) as client:
        outcome = await client.head(web.url(), allow_private=True)
    assert outcome == FetchFailed(reason="no whole answer within 0.2 s")


async def test_a_form_is_sent_as_browsers_send_it() -> None:
    """Method, type, length and body; the answer's body is not waited for."""
    async with serve(drip(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n")) as web, Client() as client:
        outcome = await client.post(web.url("/hub"), FORM, allow_private=True)
        assert asyncio.get_running_loop().time() == 0
    assert outcome == Answered(url=web.url("/hub"), status=202, headers={"content-length": "9"})
    lines = web.heads[0].lower().split("\r\n")
    assert lines[0] == "post /hub http/1.1"
    assert "content-type: application/x-www-form-urlencoded" in lines
    assert parse_qs(web.bodies[0], strict_parsing=True) == {name: [value] for name, value in FORM.items()}


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_form_follows_nobody(status: str) -> None:
    """Whoever is sent something has to be whom somebody named; the sentence says where it would have gone."""
    async with serve(reply(status, "Location: https://elsewhere.example/hub")) as web, Client() as client:
        outcome = await client.post(web.url(), FORM, allow_private=True)
    assert outcome == FetchFailed(
        reason=f"the server answered {status} and leads to https://elsewhere.example/hub", status=int(status[:3])
    )
    assert len(web.heads) == 1


async def test_a_form_is_never_sent_twice() -> None:
    """A connection that breaks is no reason: whether the server read it, nobody knows (RFC 9110 §9.2.2)."""

    async def hang_up(_: str, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with serve(route({"/a": reply("200 OK"), "/hub": hang_up})) as web, Client() as client:
        await client.fetch(web.url("/a"), allow_private=True)
        outcome = await client.post(web.url("/hub"), FORM, allow_private=True)
    assert isinstance(outcome, FetchFailed)
    assert outcome.status is None
    assert web.paths == ["/a", "/hub"]


async def test_a_form_goes_to_no_private_address_unasked() -> None:
    """The same guard as for every question."""
    async with serve(reply("200 OK")) as web, Client() as client:
        outcome = await client.post(web.url(), FORM)
    assert isinstance(outcome, FetchFailed)
    assert web.connections == 0
