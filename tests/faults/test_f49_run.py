"""`digest run` as a process of its own: it reads, publishes and mails by itself, stops in order, and can be killed."""

import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from queue import Queue
from typing import Any

import pytest

from tests.commands import command_line, environment
from tests.newsrooms import Newsroom
from tests.patience import HANG_S, wait_until

SITE = """\
site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}
sources:
  page: {type: text, path: page.txt, every: 1 s}
web: {bind: none}
"""
LISTS = """\
lists:
  now: {title: At once, topics: all, send: immediately, timezone: UTC, from: day@newsroom.example.org}
"""
ADA = "ada@reader.example"
FERRIES, FIELDS = "Ferries return to the harbour", "Fields under water"


class Running:
    """A `digest run` under way, and what it says."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.process = subprocess.Popen(
            command_line("run"), cwd=newsroom.folder, env=environment(), stderr=subprocess.PIPE, text=True
        )
        self.lines: Queue[str] = Queue()
        self.said: list[str] = []
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.put(line)

    def wait_for(self, words: str) -> None:
        """Wait until it says something that it has not said before."""
        self.said.append(self.lines.get(timeout=HANG_S))
        while words not in self.said[-1]:
            self.said.append(self.lines.get(timeout=HANG_S))

    def stop(self, number: int) -> int:
        """Send it a signal and return its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=HANG_S)
        self.listener.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        while not self.lines.empty():
            self.said.append(self.lines.get())
        assert not [line for line in self.said if "Traceback" in line], self.said
        return code


@pytest.fixture
def start(newsroom: Any) -> Iterator[Callable[[], Running]]:
    """Start `digest run` in the newsroom of the test."""
    started: list[Running] = []

    def run() -> Running:
        started.append(Running(newsroom))
        return started[-1]

    yield run
    for one in started:
        if one.process.poll() is None:
            one.stop(signal.SIGKILL)


@pytest.fixture
def live(newsroom: Any, story: type[Any]) -> Any:
    """A newsroom whose page is read every second and whose one subscriber is mailed at once."""
    now = datetime.now(UTC)
    newsroom.configure(site=SITE, lists=LISTS)
    newsroom.subscribe(ADA, now, list_id="now")
    newsroom.publish(story(FERRIES, now.date()))
    return newsroom


def count_in_mail(newsroom: Any, title: str) -> int:
    """Return how often a title was mailed."""
    return sum(text.count(title) for text in newsroom.inbox(ADA))


def test_it_reads_publishes_and_mails_until_it_is_told_to_stop(live: Any, story: type[Any], start: Any) -> None:
    """A story that appears on the page is in the feeds and in the inbox within seconds; SIGTERM ends it with 0."""
    running = start()
    running.wait_for("1 sent")
    assert count_in_mail(live, FERRIES) == 1
    today = datetime.now(UTC).date()
    live.publish(story(FIELDS, today), story(FERRIES, today))
    running.wait_for("1 sent")
    assert running.stop(signal.SIGTERM) == 0
    assert "stopped: everything at hand was finished\n" in running.said
    assert FIELDS in live.feed("land")
    assert (count_in_mail(live, FERRIES), count_in_mail(live, FIELDS)) == (1, 1)


def test_two_at_once_and_a_kill_do_no_harm(live: Any, story: type[Any], start: Any) -> None:
    """F49: two programs on one store mail each item once, also when one is killed and another started."""
    first, second = start(), start()
    first.wait_for("stop with Ctrl-C")
    second.wait_for("stop with Ctrl-C")
    wait_for_mail(live, FERRIES)
    assert first.stop(signal.SIGKILL) == -signal.SIGKILL
    third = start()
    third.wait_for("stop with Ctrl-C")
    today = datetime.now(UTC).date()
    live.publish(story(FIELDS, today), story(FERRIES, today))
    wait_for_mail(live, FIELDS)
    assert (second.stop(signal.SIGTERM), third.stop(signal.SIGINT)) == (0, 0)
    assert (count_in_mail(live, FERRIES), count_in_mail(live, FIELDS)) == (1, 1)
    assert live.check_feeds() == []


def test_a_source_that_keeps_it_waiting_does_not_keep_it_from_stopping(newsroom: Any, start: Any) -> None:
    """SIGTERM while a server has not answered yet: exit 0 while it still keeps silent, and nothing is kept of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(HANG_S)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        newsroom.configure(site=SITE.replace("path: page.txt", f'url: "{url}", allow_private: true'), lists=LISTS)
        running = start()
        visitor, _ = server.accept()
        with visitor:
            assert visitor.recv(3) == b"GET"
            assert running.stop(signal.SIGTERM) == 0
    # A reading that had ended by its deadline would have left its failure.
    with newsroom.app().store.read() as connection:
        assert connection.exec_driver_sql("SELECT id FROM source").all() == []


def wait_for_mail(newsroom: Any, title: str) -> None:
    """Wait until a title is in the inbox."""
    wait_until(lambda: count_in_mail(newsroom, title))
