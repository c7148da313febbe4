"""F3: SIGKILL anywhere in `digest build`: every file is an old or a new one, whole, and one more run completes it."""

import os
import random
import select
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from digest.app import App
from digest.pipelines.edit import correct
from digest.store.items import find_items
from tests.commands import command_line, environment
from tests.feed_folders import FeedFolder
from tests.newsrooms import Newsroom, Story
from tests.patience import HANG_S

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD = [Story(f"Ferry number {n} is home in the harbour", date(2026, 3, 9)) for n in range(3)]
FRESH = [Story(f"The field of {name} is under water", date(2026, 3, 11)) for name in ("wheat", "rye")]
KINDS = "kinds:\n  press-release: {title: Press releases, label: Press Release}\n"
POINTS = 4
SYSCALLS = ("write", "fsync", "/^rename", "fdatasync", "openat")


def make_room(folder: Path) -> Newsroom:
    """Return a newsroom that published, corrected and read on since; nothing of the latter is in its feeds yet."""
    folder.mkdir()
    room = Newsroom(folder)
    room.configure(more=KINDS)
    return room


@pytest.fixture
async def template(tmp_path: Path) -> Path:
    """The folder of a newsroom whose feeds lag behind its store."""
    room = make_room(tmp_path / "template")
    room.publish(*OLD)
    await room.read(NOON)
    app = room.app()
    with app.store.read() as connection:
        (item,) = find_items(connection, OLD[0].title)
    correct(app.store, item, "It was the other ferry.", NOON + HOUR)
    app.publish(NOON + HOUR)
    room.publish(*FRESH, *OLD)
    await app.ingest(NOON + 2 * HOUR)
    with app.store.read() as connection:
        (item,) = find_items(connection, OLD[1].title)
    correct(app.store, item, "And this is another one.", NOON + 3 * HOUR)
    room.close()
    return room.folder


@pytest.fixture
def whole(template: Path, tmp_path: Path) -> Path:
    """The folder of a run that nobody killed."""
    folder = tmp_path / "undisturbed"
    shutil.copytree(template, folder)
    publish_again(folder)
    assert FeedFolder(folder / "feeds").problems() == []
    return folder


def publish_again(folder: Path) -> None:
    """Publish what is due, as the next start of the program does."""
    app = App.open(folder / "config.yaml")
    try:
        app.publish(NOON + 5 * HOUR)
    finally:
        app.close()


def check_killed(folder: Path, template: Path, whole: Path) -> int:
    """Hold what no kill may break, publish again, and return how many files the killed run had changed."""
    old, new = FeedFolder(template / "feeds").files(), FeedFolder(whole / "feeds").files()
    left = FeedFolder(folder / "feeds")
    found = left.files()
    assert left.problems() == []
    assert old.keys() <= found.keys()
    mixed = [name for name, data in found.items() if data not in (old.get(name), new.get(name))]
    assert mixed == []
    publish_again(folder)
    assert left.files() == new
    assert [path.name for path in left.folder.rglob(".*")] == []
    return sum(data != old.get(name) for name, data in found.items())


def test_f03_a_build_killed_at_any_step_and_repeated_ends_like_one_that_was_not(
    template: Path, sweep: Callable[..., Any]
) -> None:
    """Killed at files opened, renamed and removed, and at transactions: the run after it makes the same folder."""
    found = sweep(template, 9, "build")
    assert len(found.killed) >= 8
    new = FeedFolder(found.whole / "feeds")
    assert new.problems() == []
    assert len(new.files()) > len(OLD)
    for step, folder in zip(found.killed, found.folders(), strict=True):
        assert found.killed[step]["code"] == 0, (step, found.killed[step]["words"])
        assert FeedFolder(folder / "feeds").files() == new.files(), step


Trace = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def trace(strace: list[str]) -> Trace:
    """Run `digest build` in a folder under strace, with options of it."""
    return partial(_trace, strace)


def _trace(
    strace: list[str], folder: Path, call: str, *inject: str, log: str = os.devnull
) -> "subprocess.CompletedProcess[str]":
    """Run `digest build` under strace; of files opened, only those in the folder of feeds count."""
    only = ["-P", str(folder / "feeds")] if call == "openat" else []
    command = [*strace, "-y", "-o", log, *only, "-e", f"trace={call}", *inject, *command_line("build")]
    quiet = environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True, timeout=HANG_S)


def count_calls(trace: Trace, template: Path, folder: Path, call: str) -> list[int]:
    """Return which of the system calls of a thread (from 1, as strace counts) are about the feeds, or the database."""
    shutil.copytree(template, folder)
    log = folder / "trace.log"
    done = trace(folder, call, log=str(log))
    assert done.returncode == 0, done.stderr
    lines = [line for line in log.read_text().splitlines() if "(" in line and " resumed>" not in line]
    place = "digest.db" if call == "fdatasync" else "/feeds"
    made: Counter[str] = Counter()
    found = set()
    for thread, line in (line.split(maxsplit=1) for line in lines):
        made[thread] += 1
        found |= {made[thread]} if place in line else set()
    return sorted(found)


@pytest.mark.parametrize("call", SYSCALLS)
def test_f03_a_build_killed_at_a_system_call_leaves_whole_files(
    call: str, trace: Trace, template: Path, whole: Path, tmp_path: Path
) -> None:
    """Whatever the kernel had done by then: each file is the old or the new one, and the next run completes it."""
    places = count_calls(trace, template, tmp_path / "counted", call)
    assert places, "the run was not traced where it writes"
    chosen = sorted({places[round(n * (len(places) - 1) / (POINTS - 1))] for n in range(POINTS)})

    def kill_and_look(number: int) -> int:
        folder = tmp_path / f"killed-{number}"
        shutil.copytree(template, folder)
        done = trace(folder, call, "-e", f"inject={call}:signal=SIGKILL:when={number}")
        assert done.returncode in (0, -signal.SIGKILL), (number, done.stderr)
        return check_killed(folder, template, whole) if done.returncode else -1

    with ThreadPoolExecutor(2) as pool:
        changed = list(pool.map(kill_and_look, chosen))
    # Which thread writes which file is the machine's affair, so not every run need come as far as it was to be killed.
    assert [one for one in changed if one >= 0], "nobody was killed"


def test_f03_a_build_killed_at_any_moment_leaves_whole_files(template: Path, whole: Path, tmp_path: Path) -> None:
    """Killed by the clock, from the first file on: each file is the old or the new one all the same."""
    rng = random.Random(3)
    for number in range(6):
        folder = tmp_path / f"moment-{number}"
        shutil.copytree(template, folder)
        with subprocess.Popen(command_line("build"), cwd=folder, env=environment()) as run:
            ear = os.pidfd_open(run.pid)
            before = FeedFolder(template / "feeds").touched()
            for _ in range(10_000):
                if select.select([ear], [], [], 0.001)[0] or FeedFolder(folder / "feeds").touched() != before:
                    break
            select.select([ear], [], [], rng.random() / 30)
            run.send_signal(signal.SIGKILL)
            os.close(ear)
        check_killed(folder, template, whole)
