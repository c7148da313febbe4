"""FAULTS.md A5: proxies from the environment, schemes that are not the web's, ports that are not either."""

from pathlib import Path

import pytest

from digest.sources.fetch import Client, Fetched, FetchFailed
from tests.webservers import make_certificate, reply, serve

pytestmark = pytest.mark.own_clock

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


async def test_a05_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is asked itself; what the variables name sees nobody."""
    async with (
        serve(reply("200 OK", body=b"from the proxy")) as proxy,
        serve(reply("200 OK", body=b"from the source"), host="127.0.0.2") as web,
    ):
        for name in PROXIES:
            monkeypatch.setenv(name, proxy.url(""))
        async with Client(deadline_s=0.5) as client:
            outcome = await client.fetch(web.url(), allow_private=True)
            secure = await client.fetch(web.url().replace("http:", "https:"), allow_private=True)
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"from the source"
    assert isinstance(secure, FetchFailed)
    assert proxy.connections == 0


async def test_a05_no_certificates_are_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SSL_CERT_FILE makes nobody trusted: config.yaml says what a source is, not the shell."""
    tls, _ = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "web.pem"))
    async with serve(reply("200 OK"), tls=tls) as web, Client() as client:
        outcome = await client.fetch(web.url(), allow_private=True)
    assert isinstance(outcome, FetchFailed)
    assert "its certificate is not trusted" in outcome.reason


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/_x",
        "ftp://127.0.0.1/x",
        "unix:///var/run/docker.sock",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
        "ws://127.0.0.1/",
        "data:text/plain,x",
        "javascript:alert(1)",
        "//127.0.0.1/feed",
        "http:127.0.0.1",
        "http:///feed",
    ],
)
async def test_a05_only_the_web_is_asked(url: str) -> None:
    """Other schemes are refused with a sentence, allow_private or not."""
    async with Client() as client:
        outcome = await client.fetch(url, allow_private=True)
    assert isinstance(outcome, FetchFailed)
    assert "no http or https URL" in outcome.reason


async def test_a05_redirects_stay_on_usual_ports() -> None:
    """Only 80, 443 and the port that the source's own URL has: nobody is sent to a mail server or a database."""
    async with (
        serve(reply("200 OK")) as other,
        serve(reply("302 Found", f"Location: {other.url()}")) as web,
        Client() as client,
    ):
        outcome = await client.fetch(web.url(), allow_private=True)
    assert outcome == FetchFailed(
        reason=f"it leads to port {other.port} of 127.0.0.1, which is no usual port of the web"
    )
    assert other.connections == 0


async def test_a05_the_port_of_the_source_is_listed() -> None:
    """What an operator wrote may be asked, also on another host after a redirect."""
    async with serve(reply("200 OK", body=b"Ferry")) as other:
        answer = reply("302 Found", f"Location: {other.url()}")
        async with serve(answer, host="127.0.0.2", port=other.port) as web, Client() as client:
            outcome = await client.fetch(web.url(), allow_private=True)
    assert isinstance(outcome, Fetched)
    assert outcome.url == other.url()
