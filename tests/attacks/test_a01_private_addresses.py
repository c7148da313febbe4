"""FAULTS.md A1: a source that leads to loopback, a private network or a cloud's metadata."""

import logging

import pytest

from digest.sources.fetch import Client, FetchFailed
from tests.webservers import reply, serve

pytestmark = pytest.mark.own_clock


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost"])
async def test_a01_this_machine_is_refused_before_a_connection(host: str) -> None:
    """The server sees nobody, and the reason names the address."""
    async with serve(reply("200 OK", body=b"secret"), host="0.0.0.0") as web, Client() as client:
        outcome = await client.fetch(f"http://{host}:{web.port}/feed")
    assert isinstance(outcome, FetchFailed)
    assert " private address" in outcome.reason
    assert "which is not asked without allow_private" in outcome.reason
    assert web.connections == 0


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "[::1]", "0.0.0.0"],
)
async def test_a01_private_networks_are_refused(host: str) -> None:
    """RFC 1918, link-local, unique local and metadata addresses, at once and without a packet."""
    async with Client() as client:
        outcome = await client.fetch(f"http://{host}/latest/meta-data/")
    assert outcome == FetchFailed(
        reason=f"{host.strip('[]')} is a private address, which is not asked without allow_private"
    )


async def test_a01_nothing_of_an_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Neither a refused nor an allowed request writes a body, a header or a query into the log."""
    caplog.set_level(logging.INFO)
    async with serve(reply("200 OK", "X-Key: canary-1", body=b"canary-2")) as web, Client() as client:
        await client.fetch(web.url("/?key=canary-3"))
        await client.fetch(web.url("/?key=canary-3"), allow_private=True)
    assert "canary" not in caplog.text
