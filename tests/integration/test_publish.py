"""Feeds on a real disk: written only when they change, never half, never anywhere else (F3, A46)."""

import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.build import FeedSpec, Labels, build_feed
from digest.feeds.publish import Published, publish_feed, publish_feeds, published_bytes, sweep_temp
from digest.model.site import Site

PROJECT = Path(__file__).parents[2]
SITE = Site(title="Open Harbour", url="https://a.example/", feeds_url="https://a.example/f/", author="Open Harbour")


def feed(subtitle: str = "First", name: str = "all") -> bytes:
    spec = FeedSpec(name=name, title="All", subtitle=subtitle, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    return build_feed(spec, [], SITE, Labels({}, {}, {})).data


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_first_second_and_changed_publication(tmp_path: Path) -> None:
    """A feed is written when it is new and when its bytes change; otherwise its file is not touched."""
    folder = tmp_path / "made" / "feeds"
    assert published_bytes(folder, "all") is None
    assert publish_feed(folder, "all", feed()) == Published("all", True, "new")
    before = (folder / "all.atom").stat()
    assert publish_feed(folder, "all", feed()) == Published("all", False, "the same bytes as before")
    after = (folder / "all.atom").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert publish_feed(folder, "all", feed("Second")) == Published("all", True, "its bytes changed")
    assert published_bytes(folder, "all") == (folder / "all.atom").read_bytes() == feed("Second")
    assert names_in(folder) == ["all.atom"]


def test_web_servers_may_read_what_is_published(tmp_path: Path) -> None:
    """A published file has the usual mode, so that a static server under another user can read it."""
    old = os.umask(0o022)
    try:
        publish_feed(tmp_path, "all", feed())
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "all.atom").stat().st_mode) == 0o644


def test_a_feed_that_fails_its_check_keeps_its_last_good_copy(tmp_path: Path) -> None:
    """A broken feed is not written, its sentence says why, and the feeds around it are published."""
    publish_feed(tmp_path, "b", feed(name="b"))
    broken = feed("Second", name="b").replace(b"<title>All</title>", b"")
    results = publish_feeds(tmp_path, {"a": feed(name="a"), "b": broken, "c": feed(name="c")})
    assert [(result.name, result.changed, result.failed) for result in results] == [
        ("a", True, False),
        ("b", False, True),
        ("c", True, False),
    ]
    assert "the feed must have one title" in results[1].reason
    assert published_bytes(tmp_path, "b") == feed(name="b")


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
    assert published_bytes(folder, "all") is None
    assert publish_feed(folder, "all", feed()).changed
    assert secret.read_bytes() == b"secret"
    assert (folder / "all.atom").is_file()
    assert not (folder / "all.atom").is_symlink()


hostile_names = st.text(max_size=70) | st.sampled_from(
    ["", ".", "..", "../all", "a/b", "/etc/all", "all.atom", ".git", "CON", "%2e%2e", "a\x00b", "all\n", "-a", "a" * 64]
)


@given(name=hostile_names)
def test_hostile_names_reach_no_file(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """A46: a name that is no slug is refused as a value, and nothing is written anywhere."""
    root = tmp_path_factory.mktemp("names")
    folder = root / "feeds"
    result = publish_feed(folder, name, feed())
    if result.failed:
        assert "small letters" in result.reason
        assert published_bytes(folder, name) is None
        assert names_in(folder) == []
    else:
        assert names_in(folder) == [f"{name}.atom"]
    assert names_in(root) == ["feeds"]


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """When a file stands in the folder's place, publishing says so instead of failing feed by feed."""
    (tmp_path / "feeds").write_text("x")
    with pytest.raises(FeedError, match="the folder cannot be used: File exists"):
        publish_feed(tmp_path / "feeds", "all", feed())
    assert published_bytes(tmp_path / "feeds", "all") is None
    assert sweep_temp(tmp_path / "feeds") == ()


@contextmanager
def file_size_limit(size_bytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_costs_only_the_feed_that_does_not_fit(tmp_path: Path) -> None:
    """A feed that cannot be written leaves its old copy and no temporary file; smaller ones are published."""
    publish_feed(tmp_path, "big", feed(name="big"))
    with file_size_limit(4096):
        results = publish_feeds(tmp_path, {"big": feed("x" * 9000, name="big"), "small": feed(name="small")})
    assert results == (
        Published("big", False, "it could not be written: File too large", failed=True),
        Published("small", True, "new"),
    )
    assert published_bytes(tmp_path, "big") == feed(name="big")
    assert names_in(tmp_path) == ["big.atom", "small.atom"]


def test_a_folder_in_the_place_of_a_feed(tmp_path: Path) -> None:
    """A feed whose place is taken by a folder is told, and leaves no temporary file."""
    (tmp_path / "all.atom").mkdir()
    result = publish_feed(tmp_path, "all", feed())
    assert result == Published("all", False, "it could not be written: Is a directory", failed=True)
    assert names_in(tmp_path) == ["all.atom"]


def test_sweeping_takes_only_what_dead_runs_left(tmp_path: Path) -> None:
    """Temporary files of processes that are gone, and of this one, are removed; others and foreign files stay."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(timeout=60)
    dead = f".all.atom.{gone.pid}-0123abcd.tmp"
    mine = f".all.atom.{os.getpid()}-0123abcd.tmp"
    stay = [".all.atom.1-0123abcd.tmp", ".all.atom.tmp", "all.atom", "notes.tmp"]
    for name in (dead, mine, *stay):
        (tmp_path / name).write_bytes(b"x")
    assert sweep_temp(tmp_path) == tuple(sorted([dead, mine]))
    assert names_in(tmp_path) == stay
    assert sweep_temp(tmp_path / "missing") == ()


KILLED_EVERYWHERE = """
import os, signal, sys
from pathlib import Path
from digest.feeds import publish

folder = Path(sys.argv[1])
old, new = (Path(name).read_bytes() for name in sys.argv[2:])
seen = {old: 0, new: 0}
left = point = 0

def killed_at(point):
    calls = 0
    def watch(frame, event, called):
        nonlocal calls
        if event == "c_call" and frame.f_code.co_filename == publish.__file__:
            calls += 1
            if calls == point:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(watch)
    publish.publish_feed(folder, "all", new)
    os._exit(0)

while True:
    point += 1
    publish.publish_feed(folder, "all", old)
    child = os.fork()
    if child == 0:
        killed_at(point)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    seen[(folder / "all.atom").read_bytes()] += 1
    left += len(publish.sweep_temp(folder))
    assert sorted(os.listdir(folder)) == ["all.atom"]
    publish.publish_feed(folder, "all", new)
    assert (folder / "all.atom").read_bytes() == new
    if not os.WIFSIGNALED(status):
        break
print(point, seen[old], seen[new], left)
"""


def test_f3_killed_at_every_call_readers_see_old_or_new(tmp_path: Path) -> None:
    """F3: killed at each call that publishing makes, the file is whole, the rest is swept, the next run succeeds."""
    (tmp_path / "old").write_bytes(feed("Old"))
    (tmp_path / "new").write_bytes(feed("New"))
    command = [sys.executable, "-c", KILLED_EVERYWHERE, *(str(tmp_path / name) for name in ("feeds", "old", "new"))]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    points, old, new, left = map(int, result.stdout.split())
    assert points > 15
    assert old > 8
    assert new >= 2
    assert left >= 3


WRITER = """
import itertools, sys
from pathlib import Path
from digest.feeds.publish import publish_feed

versions = [Path(name).read_bytes() for name in sys.argv[2:]]
print("ready", flush=True)
for data in itertools.cycle(versions):
    publish_feed(Path(sys.argv[1]), "all", data)
"""


def test_f3_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """F3: somebody who reads while feeds are replaced, and after the writer is killed, has one whole version."""
    versions = {feed("x" * 200_000), feed("y" * 300_000)}
    for number, data in enumerate(sorted(versions)):
        (tmp_path / str(number)).write_bytes(data)
    folder = tmp_path / "feeds"
    publish_feed(folder, "all", min(versions))
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


def test_many_feeds_are_written_in_good_time(tmp_path: Path) -> None:
    """A hundred feeds of usual size, each flushed to disk, take seconds at most; a second run writes nothing."""
    feeds = {f"topic-{number}": feed("x" * 50_000, name=f"topic-{number}") for number in range(100)}
    started = time.monotonic()
    assert all(result.changed for result in publish_feeds(tmp_path, feeds))
    assert not any(result.changed for result in publish_feeds(tmp_path, feeds))
    assert time.monotonic() - started < 10
