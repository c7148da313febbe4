"""`digest run` serves the folder beside its other work: at the address that it names, until it is told to stop."""

import http.client
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer

from tests.commands import command_line, environment
from tests.newsrooms import Newsroom, Story
from tests.patience import HANG_S

SITE = """\
site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}
sources:
  page: {type: text, path: page.txt, every: 2 min}
"""


class Running:
    """A `digest run` under way, and what it has said so far."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.process = subprocess.Popen(
            command_line("run"), cwd=newsroom.folder, env=environment(), stderr=subprocess.PIPE, text=True
        )
        self.said: list[str] = []

    def wait_for(self, words: str) -> str:
        """Return the next line with some words; without it there is nothing to wait for."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError(self.said)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=HANG_S)
        assert self.process.stderr is not None
        self.said += self.process.stderr.readlines()
        return code

    def end(self) -> None:
        """Leave no process behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


@pytest.fixture
def running(newsroom: Newsroom) -> Iterator[Running]:
    """A newsroom with a story, at work, that serves at a port that was free."""
    newsroom.configure(site=SITE, lists="", more="web: {bind: 127.0.0.1:0}\n")
    newsroom.publish(Story("Ferries return to the harbour", datetime.now(UTC).date()))
    made = Running(newsroom)
    watch = threading.Timer(HANG_S, made.process.kill)
    watch.start()
    yield made
    watch.cancel()
    made.end()


def ask(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    """Return what is served at a path."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANG_S)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_what_it_publishes(running: Running, newsroom: Newsroom, number: int) -> None:
    """The address that it names gives the bytes of the folder; a signal ends it with 0, readers or not."""
    line = running.wait_for("serving feeds/ at ")
    found = re.fullmatch(r"serving feeds/ at http://127\.0\.0\.1:([0-9]+)/feeds/\n", line)
    assert found is not None, line
    running.wait_for("written")
    port = int(found[1])
    status, headers, body = ask(port, "/feeds/all.atom")
    assert (status, body) == (200, (newsroom.folder / "feeds/all.atom").read_bytes())
    assert b"Ferries return" in body
    assert headers["cache-control"] == "max-age=120"
    with socket.create_connection(("127.0.0.1", port)) as reader:
        reader.sendall(b"GET /feeds/all.atom HTTP/1.1\r\n")
        began = datetime.now(UTC)
        assert running.stop(number) == 0
        assert (datetime.now(UTC) - began).total_seconds() < 10
    assert running.said[-1] == "stopped: everything at hand was finished\n"
    assert not [one for one in running.said if "127.0.0.1" in one and "serving" not in one]


def test_an_address_that_is_taken_is_told_before_anything_begins(newsroom: Newsroom) -> None:
    """Exit 1 with one sentence that says what to do; nothing was read, published or stored."""
    shutil.rmtree(newsroom.folder / "var")
    with socket.create_server(("127.0.0.1", 0)) as other:
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        newsroom.configure(site=SITE, lists="", more=f"web: {{bind: '{bind}'}}\n")
        run = subprocess.run(
            command_line("run"), cwd=newsroom.folder, env=environment(), capture_output=True, text=True, timeout=HANG_S
        )
    assert run.returncode == 1
    assert run.stderr == (
        f"digest: nobody can be served at {bind}: another program listens there: stop it, or choose another port; "
        "`web: {bind: …}` says where to listen, `none` serves nobody\n"
    )
    assert not (newsroom.folder / "feeds").exists()
    assert not (newsroom.folder / "var").exists()


def test_the_hub_is_told_of_what_was_published(newsroom: Newsroom, httpserver: HTTPServer) -> None:
    """After a publication the hub gets each feed's address, and the operator reads so."""
    httpserver.expect_request("/hub", method="POST").respond_with_data(status=204)
    newsroom.configure(
        site=SITE, lists="", more=f"web: {{bind: none}}\nfeeds: {{hub: '{httpserver.url_for('/hub')}'}}\n"
    )
    newsroom.publish(Story("Ferries return to the harbour", datetime.now(UTC).date()))
    made = Running(newsroom)
    try:
        made.wait_for("the hub was told of ")
        assert made.stop() == 0
    finally:
        made.end()
    told = {request.form["hub.url"] for request, _ in httpserver.log}
    assert {"https://newsroom.example.org/feeds/all.atom", "https://newsroom.example.org/feeds/all.json"} <= told
    assert b'rel="hub"' in (newsroom.folder / "feeds/all.atom").read_bytes()


def test_none_serves_nobody(newsroom: Newsroom) -> None:
    """With `bind: none` it works as ever and opens no port."""
    newsroom.configure(site=SITE, lists="", more="web: {bind: none}\n")
    newsroom.publish(Story("Ferries return to the harbour", datetime.now(UTC).date()))
    made = Running(newsroom)
    try:
        made.wait_for("written")
        assert made.stop() == 0
        assert not [one for one in made.said if "serving" in one]
    finally:
        made.end()
