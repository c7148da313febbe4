"""Feeds on a real disk: written only when they change, never half, never anywhere else (F3, A46)."""

import os
import re
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.publish import Written, open_folder
from tests.costs import Work, assert_gentle_growth
from tests.patience import HANG_S

PROJECT = Path(__file__).parents[2]


def replace(folder: Path, files: Mapping[str, bytes]) -> dict[str, Written]:
    with open_folder(folder) as opened:
        return opened.replace(files)


def read(folder: Path, name: str) -> bytes | None:
    with open_folder(folder) as opened:
        return opened.read(name)


def sweep(folder: Path) -> tuple[str, ...]:
    with open_folder(folder) as opened:
        return opened.sweep()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_first_second_and_changed_publication(tmp_path: Path) -> None:
    """A file is written when it is new and when its bytes change, also to some of the same number; else not touched."""
    folder = tmp_path / "made" / "feeds"
    assert read(folder, "all.atom") is None
    assert replace(folder, {"all.atom": b"first"}) == {"all.atom": Written("all.atom", True)}
    before = (folder / "all.atom").stat()
    assert replace(folder, {"all.atom": b"first"}) == {"all.atom": Written("all.atom", False)}
    after = (folder / "all.atom").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert replace(folder, {"all.atom": b"other"}) == {"all.atom": Written("all.atom", True)}
    assert read(folder, "all.atom") == (folder / "all.atom").read_bytes() == b"other"
    assert names_in(folder) == ["all.atom"]


def test_the_time_of_a_file_rises_by_a_second_with_each_change(tmp_path: Path) -> None:
    """HTTP tells no finer time: two versions of one second would be the same for If-Modified-Since."""
    seen = []
    for version in range(4):
        replace(tmp_path, {"all.atom": b"version %d" % version})
        seen.append(int((tmp_path / "all.atom").stat().st_mtime))
    assert len(set(seen)) == 4
    assert seen == sorted(seen)


def test_web_servers_may_read_what_is_published(tmp_path: Path) -> None:
    """A published file has the usual mode, so that a static server under another user can read it."""
    old = os.umask(0o022)
    try:
        replace(tmp_path, {"all.atom": b"x", "archive/all-2026-03.atom": b"y"})
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "all.atom").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "archive").stat().st_mode) == 0o755


@pytest.mark.parametrize("make", ["link", "pipe"])
def test_links_and_pipes_are_replaced_not_followed(tmp_path: Path, make: str) -> None:
    """A46: what somebody put in a feed's place is neither read nor written through; the feed takes its place."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    folder = tmp_path / "feeds"
    folder.mkdir()
    if make == "link":
        (folder / "all.atom").symlink_to(secret)
    else:
        os.mkfifo(folder / "all.atom")
    assert read(folder, "all.atom") is None
    assert replace(folder, {"all.atom": b"feed"})["all.atom"].changed
    assert secret.read_bytes() == b"secret"
    assert (folder / "all.atom").is_file()
    assert not (folder / "all.atom").is_symlink()


@pytest.mark.parametrize("make", ["link", "file"])
def test_an_archive_folder_that_is_none_costs_only_the_archives(tmp_path: Path, make: str) -> None:
    """A46: a link or a file in the place of the archives is never followed; they are told, all else is published."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = tmp_path / "feeds"
    folder.mkdir()
    if make == "link":
        (folder / "archive").symlink_to(elsewhere)
    else:
        (folder / "archive").write_text("in the way")
    results = replace(folder, {"archive/all-2026-03.atom": b"old", "all.atom": b"new"})
    assert "in the place of its folder" in str(results["archive/all-2026-03.atom"].problem)
    assert results["all.atom"].changed
    assert read(folder, "archive/all-2026-03.atom") is None
    assert names_in(elsewhere) == []
    assert names_in(folder) == ["all.atom", "archive"]


GOOD_ENDINGS = (".atom", ".json", ".html", ".opml", ".txt", ".png")

hostile_names = (
    st.text(max_size=70).filter(lambda name: not name.isascii() or not name.endswith(GOOD_ENDINGS))
    | st.sampled_from(
        [
            "",
            ".",
            "..",
            "../all.atom",
            "a/b.atom",
            "/etc/all.atom",
            "all",
            ".git",
            "CON",
            "%2e%2e",
            "a\x00b.atom",
            "-a.atom",
        ]
    )
    | st.sampled_from(
        [
            "all.atom\n",
            "a" * 64 + ".atom",
            "archive/../all-2026-03.atom",
            "archive/all.atom",
            "all.py",
            "archive/a-2026.atom",
        ]
    )
)


@given(name=hostile_names)
def test_hostile_names_reach_no_file(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """A46: a name that no file of ours has is refused, and nothing is written anywhere."""
    assume(not re.fullmatch(r"[a-z0-9-]+\.(atom|json|html|opml|txt|png)", name))
    root = tmp_path_factory.mktemp("names")
    folder = root / "feeds"
    with pytest.raises(FeedError, match="no file of feeds"):
        replace(folder, {name: b"x"})
    with pytest.raises(FeedError, match="no file of feeds"):
        read(folder, name)
    assert names_in(root) == ["feeds"]
    assert names_in(folder) == []


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """When a file stands in the folder's place, publishing says so instead of failing feed by feed."""
    (tmp_path / "feeds").write_text("x")
    with pytest.raises(FeedError, match="the folder cannot be used: File exists"):
        replace(tmp_path / "feeds", {"all.atom": b"x"})


def test_what_cannot_be_removed_is_told(tmp_path: Path) -> None:
    """A file that has to stay is named, with the reason: nobody must believe that it is gone."""
    replace(tmp_path, {"all.atom": b"x"})
    tmp_path.chmod(0o555)
    try:
        with open_folder(tmp_path) as folder, somebody_else(), pytest.raises(FeedError, match="could not be removed"):
            folder.remove(["all.atom"])
    finally:
        tmp_path.chmod(0o755)
    assert names_in(tmp_path) == ["all.atom"]


@contextmanager
def somebody_else() -> Iterator[None]:
    """Be nobody for a while, if we are root, whom no mode stops."""
    us = os.geteuid()
    if us == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(us)


def test_files_are_removed_by_name(tmp_path: Path) -> None:
    """Removing tells what was there; what was not is no error."""
    replace(tmp_path, {"all.atom": b"x", "archive/all-2026-03.atom": b"y"})
    with open_folder(tmp_path) as folder:
        assert folder.names() == {"all.atom", "archive"}
        gone = folder.remove(["all.atom", "sea.atom", "archive/all-2026-03.atom"])
    assert gone == ("all.atom", "archive/all-2026-03.atom")
    with open_folder(tmp_path / "other") as folder:
        assert folder.remove(["archive/all-2026-03.atom"]) == ()


@contextmanager
def file_size_limit(size_bytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_costs_only_the_file_that_does_not_fit(tmp_path: Path) -> None:
    """A file that cannot be written leaves its old copy and no temporary file; smaller ones are published."""
    replace(tmp_path, {"big.atom": b"old"})
    with file_size_limit(4096):
        results = replace(tmp_path, {"big.atom": b"x" * 9000, "small.atom": b"small"})
    assert results == {
        "big.atom": Written("big.atom", False, "it could not be written: File too large"),
        "small.atom": Written("small.atom", True),
    }
    assert read(tmp_path, "big.atom") == b"old"
    assert names_in(tmp_path) == ["big.atom", "small.atom"]


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    """A file whose place is taken by a folder is told, and leaves no temporary file."""
    (tmp_path / "all.atom").mkdir()
    results = replace(tmp_path, {"all.atom": b"x"})
    assert results["all.atom"] == Written("all.atom", False, "it could not be written: Is a directory")
    assert names_in(tmp_path) == ["all.atom"]


def test_sweeping_takes_only_what_dead_runs_left(tmp_path: Path) -> None:
    """Temporary files of processes that are gone, and of this one, are removed; others and foreign files stay."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(timeout=HANG_S)
    dead = f".all.atom.{gone.pid}-0123abcd.tmp"
    mine = f".index.html.{os.getpid()}-0123abcd.tmp"
    old = f".all-2026-03-12.atom.{gone.pid}-0123abcd.tmp"
    stay = [".all.atom.1-0123abcd.tmp", ".all.atom.tmp", "all.atom", "notes.tmp"]
    for name in (dead, mine, *stay):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / old).write_bytes(b"x")
    assert sweep(tmp_path) == (*sorted([dead, mine]), old)
    assert names_in(tmp_path) == sorted([*stay, "archive"])
    assert names_in(tmp_path / "archive") == []
    assert sweep(tmp_path / "missing") == ()


KILLED_EVERYWHERE = """
import os, signal, sys
from pathlib import Path
from digest.feeds import publish

folder = Path(sys.argv[1])
old, new = (Path(name).read_bytes() for name in sys.argv[2:])
seen = {old: 0, new: 0}
left = point = 0

def put(data):
    with publish.open_folder(folder) as opened:
        opened.replace({"all.atom": data})

def killed_at(point):
    calls = 0
    def watch(frame, event, called):
        nonlocal calls
        if event == "c_call" and frame.f_code.co_filename == publish.__file__:
            calls += 1
            if calls == point:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(watch)
    put(new)
    os._exit(0)

while True:
    point += 1
    put(old)
    child = os.fork()
    if child == 0:
        killed_at(point)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    seen[(folder / "all.atom").read_bytes()] += 1
    with publish.open_folder(folder) as opened:
        left += len(opened.sweep())
    assert sorted(os.listdir(folder)) == ["all.atom"]
    put(new)
    assert (folder / "all.atom").read_bytes() == new
    if not os.WIFSIGNALED(status):
        break
print(point, seen[old], seen[new], left)
"""


def test_f3_killed_at_every_call_readers_see_old_or_new(tmp_path: Path) -> None:
    """F3: killed at each call that publishing makes, the file is whole, the rest is swept, the next run succeeds."""
    (tmp_path / "old").write_bytes(b"<feed>old</feed>")
    (tmp_path / "new").write_bytes(b"<feed>fresh</feed>")
    command = [sys.executable, "-c", KILLED_EVERYWHERE, *(str(tmp_path / name) for name in ("feeds", "old", "new"))]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=HANG_S)
    assert result.returncode == 0, result.stderr
    points, old, new, left = map(int, result.stdout.split())
    assert points > 15
    assert old > 8
    assert new >= 2
    assert left >= 3


WRITER = """
import itertools, sys
from pathlib import Path
from digest.feeds.publish import open_folder

versions = [Path(name).read_bytes() for name in sys.argv[2:]]
print("ready", flush=True)
with open_folder(Path(sys.argv[1])) as folder:
    for data in itertools.cycle(versions):
        folder.replace({"all.atom": data})
"""


def test_f3_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """F3: somebody who reads while feeds are replaced, and after the writer is killed, has one whole version."""
    versions = {b"x" * 200_000, b"y" * 300_000}
    for number, data in enumerate(sorted(versions)):
        (tmp_path / str(number)).write_bytes(data)
    folder = tmp_path / "feeds"
    replace(folder, {"all.atom": min(versions)})
    command = [sys.executable, "-c", WRITER, str(folder), str(tmp_path / "0"), str(tmp_path / "1")]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        seen = [(folder / "all.atom").read_bytes() for _ in range(300)]
        while len(set(seen)) < 2 and len(seen) < 20_000:
            seen.append((folder / "all.atom").read_bytes())
        writer.send_signal(signal.SIGKILL)
    assert set(seen) == versions
    assert (folder / "all.atom").read_bytes() in versions


def test_many_files_are_written_in_good_time(tmp_path: Path) -> None:
    """Twice as many files of usual size cost twice as much to replace; a second run writes none of them."""
    folders = count()

    def write(number: int) -> Work:
        files = {f"topic-{at}.atom": b"x" * (50_000 + at) for at in range(number)}

        def work() -> None:
            folder = tmp_path / str(next(folders))
            assert all(result.changed for result in replace(folder, files).values())
            assert not any(result.changed for result in replace(folder, files).values())

        return work

    assert_gentle_growth(write, 100)


def test_archives_are_known_by_name(tmp_path: Path) -> None:
    """Names of archive documents come without their folder; where there is none there are none."""
    with open_folder(tmp_path) as opened:
        assert opened.archives() == set()
        opened.replace({"all.atom": b"x", "archive/all-2026-03.atom": b"y"})
        assert opened.archives() == {"all-2026-03.atom"}
        assert "all.atom" in opened.names()


def test_the_time_of_a_file_rises_by_a_second(tmp_path: Path) -> None:
    """HTTP tells no finer time: a second version is a second later, one long after is as late as it is."""
    replace(tmp_path, {"all.atom": b"x"})
    file = tmp_path / "all.atom"
    first = int(file.stat().st_mtime)
    replace(tmp_path, {"all.atom": b"y"})
    assert int(file.stat().st_mtime) > first
    os.utime(file, (0, 0))
    replace(tmp_path, {"all.atom": b"z"})
    assert int(file.stat().st_mtime) >= first
