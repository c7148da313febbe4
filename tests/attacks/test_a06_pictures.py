"""FAULTS.md A1 to A6 for pictures: a stranger names their addresses, and asking for a length leads nowhere private."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from digest.config.settings import SourceSettings
from digest.sources.enclosures import measure_pictures
from digest.sources.fetch import Client
from digest.sources.robots import Robots
from tests.webservers import reply, route, serve

pytestmark = pytest.mark.own_clock

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
PICTURE = reply("200 OK", "Content-Type: image/jpeg", body=b"x" * 99)


@dataclass(frozen=True)
class Reader:
    """What asking needs of a run."""

    client: Client
    robots: Robots


def _reader(client: Client) -> Reader:
    return Reader(client, Robots(client, lambda _: None, lambda *_: None, NOW))


def _source(url: str | None = None, *, private: bool = False, obey_robots: bool = True) -> SourceSettings:
    return SourceSettings(id="river", type="feed", url=url, allow_private=private, obey_robots=obey_robots)


@pytest.mark.parametrize("private", [False, True], ids=["public source", "source on an intranet"])
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.8.9.10", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]", "10.0.0.1",
        "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00:ec2::254]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0.0.0.0",
    ],
)  # fmt: skip
async def test_a01_a04_no_picture_is_asked_of_a_private_address(
    host: str, private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is written, and also where the source itself may be on such an address: nobody has a visitor."""
    async with serve(PICTURE, host="0.0.0.0") as web, Client() as client:
        monkeypatch.setattr("digest.sources.enclosures._WEB_PORTS", (80, web.port))
        source = _source("http://127.0.0.2/feed", private=private, obey_robots=False)
        urls = [f"http://{host}/a.jpg", f"http://{host}:{web.port}/a.jpg"]
        assert await measure_pictures(_reader(client), source, urls) == {}
    assert web.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
async def test_a01_the_own_server_of_a_source_is_asked_only_where_it_may_be_private(host: str) -> None:
    """A name of the source's own that leads to this machine is refused before a connection."""
    async with serve(PICTURE, host="0.0.0.0") as web, Client() as client:
        here = f"http://{host}:{web.port}"
        assert await measure_pictures(_reader(client), _source(f"{here}/feed"), [f"{here}/a.jpg"]) == {}
    assert web.connections == 0


async def test_a01_the_own_server_of_a_source_on_an_intranet_is_asked() -> None:
    """That one an operator wrote."""
    async with serve(PICTURE) as web, Client() as client:
        found = await measure_pictures(_reader(client), _source(web.url(), private=True), [web.url("/a.jpg")])
    assert list(found) == [web.url("/a.jpg")]


async def test_a02_no_redirect_leads_to_a_private_address() -> None:
    """Not even from the own server of a source on an intranet, which may lead wherever a stranger wants."""
    async with serve(PICTURE, host="127.0.0.3") as inner:
        lead = {"/a.jpg": reply("302 Found", f"Location: {inner.url('/b.jpg')}")}
        async with serve(route(lead), host="127.0.0.2", port=inner.port) as web, Client() as client:
            found = await measure_pictures(_reader(client), _source(web.url(), private=True), [web.url("/a.jpg")])
    assert found == {}
    assert (web.paths, inner.connections) == (["/robots.txt", "/a.jpg"], 0)


async def test_a03_every_address_of_a_name_has_to_be_public() -> None:
    """A name with one private address among others is not asked."""

    async def resolve(_: str) -> Sequence[str]:
        return ["198.51.100.7", "127.0.0.1"]

    async with serve(PICTURE) as web, Client(resolve=resolve) as client:
        source = _source("https://river.example/feed")
        assert await measure_pictures(_reader(client), source, ["http://pictures.example/a.jpg"]) == {}
    assert web.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://pictures.example/a.jpg", "data:image/gif;base64,R0lG", "javascript:alert(1)",
        "//pictures.example/a.jpg", "http://you:secret@pictures.example/a.jpg", "http://pictures.example:25/a.jpg",
        "https://pictures.example:8443/a.jpg", "http://river.example:5432/a.jpg", "",
    ],
)  # fmt: skip
async def test_a05_only_the_web_at_its_usual_ports_is_asked(url: str) -> None:
    """Other schemes, ports and addresses with a password are not even looked up."""
    asked: list[str] = []

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return []

    async with Client(resolve=resolve) as client:
        assert await measure_pictures(_reader(client), _source("http://river.example/feed"), [url]) == {}
    assert asked == []


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "http://\x00/", "http://" + "a" * 70_000])
async def test_a05_an_address_that_is_none_stops_nothing(url: str) -> None:
    """It is passed over."""
    async with Client() as client:
        assert await measure_pictures(_reader(client), _source("http://river.example/feed"), [url]) == {}


async def test_a06_of_a_picture_nothing_but_its_head_is_asked_for() -> None:
    """No answer to it is downloaded, whatever it says."""
    async with serve(route({"/a.jpg": reply("200 OK", "Content-Type: text/html")})) as web, Client() as client:
        await measure_pictures(_reader(client), _source(web.url(), private=True), [web.url("/a.jpg")])
    assert [head.split(" ")[:2] for head in web.heads] == [["GET", "/robots.txt"], ["HEAD", "/a.jpg"]]
