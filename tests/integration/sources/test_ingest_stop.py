"""`digest run` with sources under way is told to stop: it ends within its drain time and leaves no process behind."""

import os
import select
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.commands import command_line, environment
from tests.newsrooms import Newsroom
from tests.patience import HANG_S, wait_until

SITE = """\
site: {{title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}}
sources:
  quick: {{type: feed, url: "{quick}", allow_private: true}}
  slow: {{type: feed, url: "{slow}", allow_private: true}}
web: {{bind: none}}
"""
FEED = (
    b"<rss version='2.0'><channel><item><title>Ferry</title><link>/1</link>"
    b"<pubDate>Tue, 10 Mar 2026 08:00:00 GMT</pubDate></item></channel></rss>"
)


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and says what a test has it say."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(HANG_S)
        yield server


def children_of(pid: int) -> list[int]:
    """Return the child processes of a process."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(one) for file in lists for one in file.read_text().split()]


def wait_for(newsroom: Newsroom, run: "subprocess.Popen[str]") -> list[int]:
    """Wait until the quick source is stored; return the children that are there by then."""
    app = newsroom.app()

    def count_items() -> int:
        with app.store.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM item").scalar_one())

    wait_until(lambda: count_items() or run.poll() is not None)
    assert run.poll() is None, "it ended by itself"
    return children_of(run.pid)


def has_ended(pid: int, within_s: float) -> bool:
    """Tell whether a process ends within some seconds."""
    try:
        ear = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([ear], [], [], within_s)[0])
    finally:
        os.close(ear)


@pytest.mark.parametrize("dripping", [False, True], ids=["silent", "dripping"])
def test_a_slow_fetch_does_not_keep_it_from_stopping(
    dripping: bool, newsroom: Newsroom, silent: socket.socket, httpserver: HTTPServer
) -> None:
    """SIGTERM: exit 0 after the drain time; what came is kept, nothing of the slow source is, and no child is left."""
    httpserver.expect_request("/feed").respond_with_data(FEED, content_type="text/xml")
    slow = f"http://127.0.0.1:{silent.getsockname()[1]}/"
    newsroom.configure(site=SITE.format(quick=httpserver.url_for("/feed"), slow=slow))
    options: dict[str, Any] = {"cwd": newsroom.folder, "env": environment(), "text": True}
    with subprocess.Popen(command_line("run"), stderr=subprocess.PIPE, **options) as run:
        visitor, _ = silent.accept()
        with visitor:
            assert visitor.recv(3) == b"GET"
            if dripping:
                visitor.sendall(b'HTTP/1.1 200 OK\r\nETag: "slow"\r\nContent-Length: 900\r\n\r\n' + FEED[:40])
            children = wait_for(newsroom, run)
            assert children
            run.send_signal(signal.SIGTERM)
            _, said = run.communicate(timeout=HANG_S)
    assert run.returncode == 0
    assert "Traceback" not in said
    assert said.endswith("stopped: everything at hand was finished\n")
    assert all(has_ended(pid, HANG_S) for pid in children)
    with newsroom.app().store.read() as connection:
        rows = connection.exec_driver_sql("SELECT id FROM source").all()
    assert [row.id for row in rows] == ["quick"]
