"""FAULTS.md F23: a source that is down, answers 5xx, or whose name cannot be found – the part that asks."""

import asyncio
import socket
from collections.abc import Sequence

import pytest

from digest.sources.fetch import Client, Fetched, FetchFailed
from tests.webservers import reply, serve, wait_for

pytestmark = pytest.mark.own_clock


def _unused_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def test_f23_nobody_listening_is_told() -> None:
    """A sentence with the host, the port and the machine's own words."""
    port = _unused_port()
    async with Client() as client:
        outcome = await client.fetch(f"http://127.0.0.1:{port}/", allow_private=True)
    assert outcome == FetchFailed(
        reason=f"no connection: 127.0.0.1 cannot be reached at port {port}: connection refused"
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "there is no host river.example"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "the name river.example cannot be looked up now"),
        (UnicodeError("label too long"), "there is no host river.example"),
    ],
)
async def test_f23_a_name_that_cannot_be_found_is_told(error: Exception, words: str) -> None:
    """Whether it does not exist or cannot be looked up now."""

    async def resolve(_: str) -> Sequence[str]:
        raise error

    async with Client(resolve=resolve) as client:
        assert await client.fetch("http://river.example/") == FetchFailed(reason=f"no connection: {words}")


async def test_f23_the_machines_own_resolver_is_asked() -> None:
    """A name that never exists (RFC 6761 §6.4), and one that is too long for any name server."""
    async with Client() as client:
        nowhere = await client.fetch("http://nowhere.invalid/")
        too_long = await client.fetch("http://" + "a." * 200 + "invalid/")
    assert isinstance(nowhere, FetchFailed)
    assert nowhere.reason.startswith("no connection: the")
    assert isinstance(too_long, FetchFailed)
    assert too_long.status is None


async def test_f23_a_second_address_is_tried() -> None:
    """One dead address of a name does not make the source dead."""

    async def resolve(_: str) -> Sequence[str]:
        return ["127.0.0.3", "127.0.0.2"]

    async with serve(reply("200 OK"), host="127.0.0.2") as web, Client(resolve=resolve) as client:
        outcome = await client.fetch(f"http://river.example:{web.port}/", allow_private=True)
    assert isinstance(outcome, Fetched)


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Service Unavailable", "429 Too Many Requests"])
async def test_f23_a_server_in_trouble_is_left_alone_as_long_as_it_says(status: str) -> None:
    """The status and Retry-After come as values, for the pace of the source."""
    async with serve(reply(status, "Retry-After: 3600")) as web, Client() as client:
        outcome = await client.fetch(web.url(), allow_private=True)
    assert outcome == FetchFailed(reason=f"the server answered {status}", status=int(status[:3]), retry_after_s=3600)
    assert len(web.heads) == 1


async def test_f23_other_sources_are_unharmed() -> None:
    """One that is down, one that is silent, one in trouble, one without a name: the good one is answered at once."""
    async with (
        serve(wait_for(asyncio.Event(), reply("200 OK"))) as silent,
        serve(reply("500 Oops"), host="127.0.0.2") as troubled,
        serve(reply("200 OK", body=b"Ferry"), host="127.0.0.3") as good,
        Client(deadline_s=0.5) as client,
    ):
        bad = [silent.url(), troubled.url(), f"http://127.0.0.4:{_unused_port()}/", "http://nowhere.invalid/"]
        asking = [asyncio.create_task(client.fetch(url, allow_private=True)) for url in bad * 5]
        outcome = await client.fetch(good.url(), allow_private=True)
        assert not asking[0].done()
        outcomes = await asyncio.gather(*asking)
    assert isinstance(outcome, Fetched)
    assert {type(one) for one in outcomes} == {FetchFailed}
