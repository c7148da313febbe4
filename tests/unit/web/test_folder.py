"""The folder's memory: what is read again, what is dropped, and what is never followed."""

import gzip
import os
import resource
from pathlib import Path

import pytest

from digest.web.folder import Copy, Folder, read_copy

TEXT = b"<feed>news</feed>" * 40


def open_files() -> int:
    """Return how many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a feed."""
    (tmp_path / "feeds" / "archive").mkdir(parents=True)
    (tmp_path / "feeds" / "all.atom").write_bytes(TEXT)
    (tmp_path / "feeds" / "archive" / "all-2026-03.atom").write_bytes(TEXT)
    return tmp_path / "feeds"


async def load(folder: Folder, file: str = "all.atom") -> Copy:
    """Load a file that is there."""
    copy = await folder.load(file, pack=True)
    assert copy is not None
    return copy


async def test_what_has_not_changed_is_not_read_again(folder: Path) -> None:
    """The same copy is given until the file changes, and a new one with another tag after that."""
    served = Folder(folder)
    first = await load(served)
    assert await load(served) is first
    (folder / "all.atom").write_bytes(TEXT + b"more")
    again = await load(served)
    assert (again.data, again.tag == first.tag) == (TEXT + b"more", False)


async def test_the_same_bytes_have_the_same_tags(folder: Path, tmp_path: Path) -> None:
    """A tag hangs on the bytes alone: another machine, or another day, gives the same; gzip has its own."""
    first = await load(Folder(folder))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "all.atom").write_bytes(TEXT)
    os.utime(tmp_path / "other" / "all.atom", (1, 1))
    other = await load(Folder(tmp_path / "other"))
    assert (first.tag, first.packed, first.packed_tag) == (other.tag, other.packed, other.packed_tag)
    assert first.packed is not None
    assert gzip.decompress(first.packed) == TEXT
    assert first.packed[4:8] == bytes(4)  # RFC 1952 §2.3: the time of packing
    assert first.tag != first.packed_tag


async def test_the_memory_is_bounded(folder: Path) -> None:
    """Whatever has not been asked for longest is dropped; what is larger than the memory is given and not kept."""
    served = Folder(folder, kept_bytes=4_000)
    for at in range(20):
        (folder / f"t{at}.atom").write_bytes(os.urandom(1_000))
        await load(served, f"t{at}.atom")
        await load(served, "t0.atom")
    assert served._cost_bytes == sum(one.cost_bytes for one in served._kept.values()) <= 4_000
    assert list(served._kept) == ["t17.atom", "t18.atom", "t19.atom", "t0.atom"]
    (folder / "big.atom").write_bytes(os.urandom(9_000))
    await load(served, "big.atom")
    assert "big.atom" not in served._kept


async def test_a_file_that_went_is_forgotten(folder: Path) -> None:
    """No copy outlives its file, or the whole folder."""
    served = Folder(folder)
    await load(served)
    (folder / "all.atom").unlink()
    assert await served.load("all.atom", pack=True) is None
    assert served._cost_bytes == 0
    assert await Folder(folder / "missing").load("all.atom", pack=True) is None


async def test_only_plain_files_below_the_folder_are_read(folder: Path, tmp_path: Path) -> None:
    """No link, to a file or in the way, is followed; a pipe, a folder and a device keep nobody waiting."""
    (tmp_path / "secret.atom").write_text("secret")
    (folder / "link.atom").symlink_to(tmp_path / "secret.atom")
    os.mkfifo(folder / "pipe.atom")
    (folder / "folder.atom").mkdir()
    served = Folder(folder)
    for file in ("link.atom", "pipe.atom", "folder.atom", "all.atom/x.atom", "x" * 300 + ".atom"):
        assert await served.load(file, pack=True) is None, file
    (folder / "archive").rename(tmp_path / "elsewhere")
    (folder / "archive").symlink_to(tmp_path / "elsewhere")
    assert await served.load("archive/all-2026-03.atom", pack=True) is None
    assert not served._kept


def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    """Operators keep the folder where they like."""
    (tmp_path / "link").symlink_to(folder)
    found = read_copy(tmp_path / "link", "archive/all-2026-03.atom", pack=False)
    assert found is not None
    assert (found.data, found.packed) == (TEXT, None)


async def test_trouble_is_not_absence(folder: Path) -> None:
    """A file that cannot be opened is an error, and not missing: readers must not believe that it is gone."""
    served, limits = Folder(folder), resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            await served.load("all.atom", pack=True)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    await load(served)


async def test_no_descriptor_is_left_open(folder: Path) -> None:
    """A thousand requests, for what is there and what is not, leave as many open files as before."""
    served = Folder(folder)
    before = open_files()
    for at in range(1_000):
        await served.load(
            ("all.atom", "none.atom", "archive/all-2026-03.atom", "archive/x.atom", "archive")[at % 5], pack=True
        )
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
