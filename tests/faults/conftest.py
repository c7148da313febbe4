"""Kill anywhere, then look: a sweep of killed runs, and the auditor who counts what everybody has in the end."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from digest.app import App
from digest.model.delivery import DeliveryState
from digest.store.deliveries import load_books
from digest.store.editions import load_editions
from tests.commands import environment
from tests.newsrooms import Newsroom, text_of
from tests.patience import HANG_S

KILLER = Path(__file__).parent / "killer.py"
EVERY = 100_000
"""More steps than any run has."""


@dataclass(frozen=True)
class Sweep:
    """What a sweep left: `whole` is the folder of a run that nobody killed, `killed` those that were, by step."""

    target: Path
    steps: int
    words: str
    killed: dict[int, dict[str, Any]]

    @property
    def whole(self) -> Path:
        """The folder of the run that nobody killed."""
        return self.target / "whole"

    def folders(self) -> list[Path]:
        """Return the folders of the killed runs, in the order of their steps."""
        return [self.target / str(step) for step in self.killed]


@pytest.fixture
def sweep(tmp_path: Path, is_long: bool) -> Callable[..., Sweep]:
    """Run `digest ARGUMENTS` in copies of a folder, killed at evenly spread steps and then run again.

    With `--long` it is killed at every step.
    """

    def run(template: Path, points: int, *arguments: str) -> Sweep:
        target = tmp_path / "sweep"
        target.mkdir()
        tried = str(EVERY if is_long else points)
        command = [sys.executable, "-P", str(KILLER), str(template), str(target), tried, "--", *arguments]
        longest_s = HANG_S * 10 if is_long else HANG_S
        done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=longest_s)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["code"] == 0, found["words"]
        # Threads wait now longer, now shorter: the last steps of one run may lie beyond the end of another.
        killed = {int(step): one for step, one in found["killed"].items() if one["signal"] == 9}
        assert len(killed) >= len(found["killed"]) // 2
        return Sweep(target, found["steps"], found["words"], killed)

    return run


@pytest.fixture(scope="session")
def strace() -> list[str]:
    """How strace is called for a program and its children.

    Skips, naming the program, where it is not there or may not trace.
    """
    if shutil.which("strace") is None:
        pytest.skip("install strace: it kills a program, or fails it, at a chosen system call")
    command = ["strace", "-f"]
    done = subprocess.run([*command, "-o", os.devnull, "true"], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"strace may not trace here: {done.stderr.strip()}")
    return command


class Auditor:
    """Counts what is in inboxes, feeds and books of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.newsroom = Newsroom(folder)

    def count_titles(self, titles: Sequence[str]) -> dict[str, Counter[str]]:
        """Return how often each of the titles was mailed to each reader."""
        counts: dict[str, Counter[str]] = {}
        for message in self.newsroom.messages():
            text = text_of(message)
            mine = counts.setdefault(message["To"], Counter())
            mine.update({title: text.count(title) for title in titles if title in text})
        return counts

    def texts(self) -> list[tuple[str, str]]:
        """Return reader and text of each message, without what only one person's message has."""
        return sorted((one["To"], text_of(one).partition("To leave,")[0]) for one in self.newsroom.messages())

    def feeds(self) -> dict[str, bytes]:
        """Return every file of the folder of feeds."""
        return {file.name: file.read_bytes() for file in sorted((self.folder / "feeds").iterdir())}

    def check(self) -> None:
        """Hold the invariants that no kill may break; every row must have come to its end."""
        names = [message["Message-ID"] for message in self.newsroom.messages()]
        assert len(set(names)) == len(names)
        if (self.folder / "feeds").is_dir():
            assert self.newsroom.check_feeds() == []
        app = App.open(self.newsroom.config)
        try:
            with app.store.read() as connection:
                for edition, _, audience in load_editions(connection, 1_000):
                    books = load_books(connection, edition.id)
                    assert sum(books.values()) == audience, edition
                    assert books.keys() <= {DeliveryState.SENT, DeliveryState.EXPIRED}, books
        finally:
            app.close()


@pytest.fixture
def auditor() -> type[Auditor]:
    """Audit a folder."""
    return Auditor
