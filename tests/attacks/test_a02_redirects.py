"""FAULTS.md A2: a server that sends us somewhere else."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from digest.sources.fetch import Client, Fetched, FetchFailed
from digest.sources.network.target import TargetError, follow_redirect, parse_target
from tests.webservers import make_certificate, reply, route, serve

HOME = "https://newsroom.example/feed"


async def test_a02_every_hop_goes_through_the_guard() -> None:
    """A name that was public when the request began leads nowhere private: each hop is resolved and checked."""
    asked: list[str] = []

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if host == "front.example" else ["127.0.0.1", "192.168.0.1"]

    async with serve(reply("302 Found", "Location: http://back.example/")) as web, Client(resolve=resolve) as client:
        outcome = await client.fetch(f"http://front.example:{web.port}/")
        assert isinstance(outcome, FetchFailed)
        assert "front.example is the private address" in outcome.reason
        # The guard is told apart by transport, so the second hop is shown with a first one that may be private.
        await client.fetch(f"http://front.example:{web.port}/", allow_private=True)
    assert asked == ["front.example", "front.example", "back.example"]


async def test_a02_redirects_end_after_five() -> None:
    """The sixth is not followed."""
    steps = {f"/{n}": reply("302 Found", f"Location: /{n + 1}") for n in range(9)}
    async with serve(route(steps)) as web, Client() as client:
        outcome = await client.fetch(web.url("/0"), allow_private=True)
    assert outcome == FetchFailed(reason="more than 5 redirects")
    assert web.paths == [f"/{n}" for n in range(6)]


async def test_a02_five_redirects_are_followed() -> None:
    """The fifth still leads to an answer."""
    steps = {f"/{n}": reply("302 Found", f"Location: /{n + 1}") for n in range(5)} | {"/5": reply("200 OK")}
    async with serve(route(steps)) as web, Client() as client:
        outcome = await client.fetch(web.url("/0"), allow_private=True)
    assert isinstance(outcome, Fetched)


async def test_a02_no_way_leads_from_https_to_http(tmp_path: Path) -> None:
    """What was encrypted stays so; the plain server is not asked."""
    server, trusting = make_certificate(tmp_path)
    async with serve(reply("200 OK"), host="127.0.0.2") as plain:
        answer = reply("301 Moved", f"Location: {plain.url()}")
        async with serve(answer, port=plain.port, tls=server) as web, Client(tls=trusting) as client:
            outcome = await client.fetch(web.url(), allow_private=True)
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason == f"it leads from https to {plain.url()}, which is not encrypted"
    assert plain.connections == 0


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "no http or https URL"),
        ("gopher://newsroom.example/", "no http or https URL"),
        ("data:text/html,x", "no http or https URL"),
        ("unix:/var/run/docker.sock", "no http or https URL"),
        ("https://[::1", "no http or https URL"),
        ("http://newsroom.example/", "not encrypted"),
        ("//newsroom.example:22/", "port 22"),
        ("https://newsroom.example:8443/", "port 8443"),
        ("https://ada:secret@newsroom.example/", "a user name in it"),
        ("//ada@newsroom.example/", "a user name in it"),
        ("https://newsroom.example/\x9b31m" + "x" * 70_000, "no http or https URL"),
    ],
    ids=lambda text: text[:30],
)
def test_a02_where_no_redirect_leads(location: str, reason: str) -> None:
    """Told in a sentence without secrets, that a terminal can show."""
    here = parse_target(HOME)
    with pytest.raises(TargetError, match=reason) as caught:
        follow_redirect(here, location, here)
    words = str(caught.value)
    assert "secret" not in words
    assert words.isprintable()
    assert len(words) < 250


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/new", "https://newsroom.example/new"),
        ("new?a=b", "https://newsroom.example/new?a=b"),
        ("?page=2", "https://newsroom.example/feed?page=2"),
        ("//www.newsroom.example", "https://www.newsroom.example"),
        ("https://other.example:443/x", "https://other.example/x"),
    ],
)
def test_a02_where_a_redirect_may_lead(location: str, url: str) -> None:
    """Relative and absolute ones, joined as RFC 3986 says."""
    here = parse_target(HOME)
    assert follow_redirect(here, location, here).url == url
