"""FAULTS.md A3: a name server that says one thing when it is checked and another when it is dialled."""

from collections.abc import Sequence

import httpcore2
import pytest

from digest.sources.fetch import Client, Fetched
from digest.sources.network.dial import Dialer, RefusedAddressError
from digest.sources.network.target import parse_target
from tests.webservers import reply, serve


class Resolver:
    """A name server that gives other addresses each time."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


class ClosedNetwork(httpcore2.AsyncNetworkBackend):
    """A network on which nobody answers; it writes down who was dialled."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    async def connect_tcp(self, host: str, port: int, *_: object, **options: object) -> httpcore2.AsyncNetworkStream:
        """Refuse."""
        self.dialled.append(f"{host}:{port}")
        raise httpcore2.ConnectError("nobody answers")


async def test_a03_the_checked_address_is_the_dialled_one() -> None:
    """The resolver is asked once per connection; its second, private answer is never used."""
    resolve, network = Resolver(["93.184.216.34", "2606:4700::1111"], ["127.0.0.1"]), ClosedNetwork()
    with pytest.raises(httpcore2.ConnectError):
        await Dialer(allow_private=False, resolve=resolve, network=network).dial("rebind.example", 80)
    assert resolve.asked == ["rebind.example"]
    assert network.dialled == ["93.184.216.34:80", "2606:4700::1111:80"]


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["10.0.0.1", "93.184.216.34"], ["93.184.216.34", "fe80::1%eth0"]],
)
async def test_a03_one_private_answer_refuses_the_name(addresses: list[str]) -> None:
    """Also among public ones, wherever it stands: nobody is dialled."""
    network = ClosedNetwork()
    with pytest.raises(RefusedAddressError, match=r"rebind\.example is the private address"):
        await Dialer(allow_private=False, resolve=Resolver(addresses), network=network).dial("rebind.example", 80)
    assert network.dialled == []


async def test_a03_a_client_dials_what_was_resolved() -> None:
    """The name goes into the request, the address onto the wire; a kept connection asks no name server again."""
    resolve = Resolver(["127.0.0.2"], ["127.0.0.3"])
    async with serve(reply("200 OK"), host="127.0.0.2") as web, Client(resolve=resolve) as client:
        url = f"http://rebind.example:{web.port}/feed"
        outcomes = [await client.fetch(url, allow_private=True) for _ in range(2)]
    assert {type(outcome) for outcome in outcomes} == {Fetched}
    assert resolve.asked == ["rebind.example"]
    assert f"host: rebind.example:{web.port}" in web.heads[0].lower()


async def test_a03_the_name_reaches_the_resolver_as_text() -> None:
    """In IDNA form, so that what is checked is what is asked."""
    resolve = Resolver(["127.0.0.1"])
    async with Client(resolve=resolve) as client:
        await client.fetch("http://Bücher.Example/")
    assert resolve.asked == [parse_target("http://bücher.example/").host] == ["xn--bcher-kva.example"]
