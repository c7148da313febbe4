"""FAULTS.md A4: private addresses spelled so that a check of the text lets them through."""

import pytest

from digest.sources.fetch import Client, FetchFailed
from tests.webservers import reply, serve

pytestmark = pytest.mark.own_clock


@pytest.mark.parametrize(
    "host",
    [
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127.1",
        "0",
        "0.0.0.0",
        "127.0.0.1.",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "①②⑦.0.0.1",
        "①②⑦.⓪.⓪.①",
        "１２７.0.0.1",
        "127。0。0。1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::127.0.0.1]",
        "[64:ff9b:1:ffff::1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::1]",
        "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
        "[fe80::1%25lo]",
        "[fe80::1%lo]",
        "[fec0::1]",
        "[ff02::1]",
        "100.64.0.1",
        "100.127.255.254",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.0.1",
    ],
)
async def test_a04_a_private_address_is_never_dialled(host: str) -> None:
    """However it is spelled, the server on every address of this machine sees no connection, and a reason says why."""
    async with serve(reply("200 OK"), host="0.0.0.0") as web, Client() as client:
        outcome = await client.fetch(f"http://{host}:{web.port}/")
    assert web.connections == 0
    assert isinstance(outcome, FetchFailed)
    assert any(words in outcome.reason for words in ("private address", "no http or https URL", "there is no host"))
