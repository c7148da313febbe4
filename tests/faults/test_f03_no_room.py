"""F3: a disk that is full, broken or read-only: readers keep what they have, and the operator is told in words."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from digest.app import App
from tests.commands import command_line, environment
from tests.feed_folders import FeedFolder
from tests.newsrooms import Newsroom, Story
from tests.patience import HANG_S

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD = [Story(f"Ferry number {n} is home in the harbour", date(2026, 3, 9)) for n in range(3)]
FRESH = Story("The field of wheat is under water", date(2026, 3, 11))
Done = subprocess.CompletedProcess[str]

FULL = """
set -e
cp -a feeds kept
mount -t tmpfs -o size=4m none feeds
cp -a kept/. feeds/
head -c 8m /dev/zero >feeds/.filling 2>/dev/null || true
code=0
"$@" || code=$?
rm feeds/.filling
cp -a feeds after
exit $code
"""
READ_ONLY = """
set -e
mount --bind feeds feeds
mount -o remount,ro,bind feeds
exec "$@"
"""


@pytest.fixture
async def room(newsroom: Newsroom) -> Newsroom:
    """A newsroom with published feeds, and one story more in its store than in them."""
    newsroom.publish(*OLD)
    await newsroom.read(NOON)
    newsroom.publish(FRESH, *OLD)
    await newsroom.app().ingest(NOON + HOUR)
    newsroom.close()
    newsroom.apps.clear()
    return newsroom


def build(room: Newsroom, *wrapper: str) -> Done:
    """Run `digest build` inside of something."""
    command = [*wrapper, *command_line("build")]
    quiet = environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=room.folder, env=quiet, capture_output=True, text=True, timeout=HANG_S)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def check_told(room: Newsroom, done: Done, words: str, command: Callable[..., Any]) -> None:
    """Hold that the exit code, the words of the run and `digest status` say what is wrong."""
    assert done.returncode in (1, 75), done.stderr
    assert words in done.stderr, done.stderr
    told = command("status", cwd=room.folder)
    assert words in told.stdout + told.stderr
    held = json.loads(command("status", "--json", cwd=room.folder).stdout)["feeds"]["held"]
    assert any(words in one["problem"] for one in held)


def check_healed(room: Newsroom) -> None:
    """Hold that the next run makes everything good, and nothing is told any more."""
    app = App.open(room.config)
    try:
        results = app.publish(NOON + 3 * HOUR)
    finally:
        app.close()
    assert not [one for one in results if one.failed]
    feeds = FeedFolder(room.folder / "feeds")
    assert feeds.problems() == []
    assert [path.name for path in feeds.folder.rglob(".*")] == []
    assert feeds.entries("all")[0].title == FRESH.title
    assert feeds.formats_differ() == []


def within(*script: str) -> list[str]:
    """Return what runs a command in a mount table of its own; skips where that is not allowed."""
    wrapper = ["unshare", "--mount", "--map-root-user", "sh", "-c", *script, "sh"]
    if shutil.which("unshare") is None or subprocess.run([*wrapper[:4], "-c", "true"], capture_output=True).returncode:
        pytest.skip("unshare cannot make a mount table of its own here (util-linux, user namespaces)")
    return wrapper


def test_f03_on_a_full_disk_the_last_good_copies_stay(room: Newsroom, digest_command: Callable[..., Any]) -> None:
    """Every file is the old one or a new one, whole; the exit code and `status` say that there is no room."""
    old = FeedFolder(room.folder / "feeds").files()
    done = build(room, *within(FULL))
    left = FeedFolder(room.folder / "after")
    assert left.problems() == []
    found = left.files()
    assert old.keys() <= found.keys()
    assert found["all.atom"] == old["all.atom"]
    check_told(room, done, "No space left on device", digest_command)
    check_healed(room)


def test_f03_a_read_only_folder_is_told(room: Newsroom, digest_command: Callable[..., Any]) -> None:
    """Nothing changes, and the exit code and `status` say why."""
    old = FeedFolder(room.folder / "feeds").files()
    done = build(room, *within(READ_ONLY))
    assert FeedFolder(room.folder / "feeds").files() == old
    check_told(room, done, "Read-only file system", digest_command)
    check_healed(room)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [("fsync", "EIO", "Input/output error"), ("fsync", "ENOSPC", "No space left"), ("/^rename", "EDQUOT", "quota")],
)
def test_f03_a_disk_that_fails_is_told(
    call: str, error: str, words: str, room: Newsroom, digest_command: Callable[..., Any], strace: list[str]
) -> None:
    """When flushing or renaming fails, every file is the old one, nothing half-made is left, and it is told."""
    old = FeedFolder(room.folder / "feeds").files()
    done = build(room, *strace, "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:error={error}")
    assert FeedFolder(room.folder / "feeds").files() == old
    assert [path.name for path in (room.folder / "feeds").rglob(".*")] == []
    check_told(room, done, words, digest_command)
    check_healed(room)
