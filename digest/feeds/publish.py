"""Feeds → files: each is replaced as a whole, only when its bytes change, and only by a feed that passed its check."""

import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from digest.errors import FeedError
from digest.feeds.check import Passed, check_feed

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TEMP = re.compile(r"\.[a-z0-9][a-z0-9-]{0,62}\.atom\.(?P<pid>[1-9][0-9]{0,8})-[0-9a-f]{8}\.tmp")


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one feed. `failed` says that readers keep the last good copy, for the reason given."""

    name: str
    changed: bool
    reason: str
    failed: bool = False


def publish_feed(folder: Path, name: str, data: bytes) -> Published:
    """Publish one feed as `<folder>/<name>.atom`; see `publish_feeds`."""
    return publish_feeds(folder, {name: data})[0]


def publish_feeds(folder: Path, feeds: Mapping[str, bytes], *, passed: Passed | None = None) -> tuple[Published, ...]:
    """Publish feeds under their names, in their order; the folder is made if it is missing.

    A reader, or whoever looks after a power cut, sees an old file or the new one: a temporary file is written,
    flushed and renamed over the old one, and at last the folder is flushed, once. One feed that fails stops no other.

    Raises: FeedError when the folder itself cannot be used.
    """
    with _opened(folder, make=True) as where:
        published = tuple(_publish(where, name, data, passed) for name, data in feeds.items())
        if any(result.changed for result in published):
            os.fsync(where)
        return published


def published_bytes(folder: Path, name: str) -> bytes | None:
    """Return the bytes of a published feed, None if there is none of this name; links are not followed."""
    if not _NAME.fullmatch(name) or not folder.is_dir():
        return None
    with _opened(folder) as where:
        return _read(where, f"{name}.atom")


def sweep_temp(folder: Path) -> tuple[str, ...]:
    """Remove the temporary files of runs that were killed, and return their names in order.

    Files of other processes that live are left alone; those of this one are not, so call it before publishing.
    """
    if not folder.is_dir():
        return ()
    with _opened(folder) as where:
        with os.scandir(where) as entries:
            names = sorted(entry.name for entry in entries)
        found = ((name, _TEMP.fullmatch(name)) for name in names)
        left = tuple(name for name, match in found if match and not _is_at_work(int(match["pid"])))
        for name in left:
            with suppress(FileNotFoundError):  # Another process swept it.
                os.unlink(name, dir_fd=where)
    return left


def decide_publication(name: str, data: bytes, previous: bytes | None, passed: Passed | None = None) -> Published:
    """Decide whether a feed is to be written, and why; pure. `previous` is what stands there now."""
    if data == previous:
        return Published(name, False, "the same bytes as before")
    problems = check_feed(data, previous, passed=passed)
    if problems:
        return Published(name, False, f"it failed its check: {'; '.join(problems)}", failed=True)
    return Published(name, True, "new" if previous is None else "its bytes changed")


@contextmanager
def _opened(folder: Path, *, make: bool = False) -> Iterator[int]:
    # Everything below is relative to this descriptor, so nobody can swap the folder under a half-made change.
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        where = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise FeedError(str(folder), (f"the folder cannot be used: {error.strerror}",)) from error
    try:
        yield where
    finally:
        os.close(where)


def _publish(where: int, name: str, data: bytes, passed: Passed | None) -> Published:
    if not _NAME.fullmatch(name):
        return Published(name, False, "a feed's name is small letters, digits and hyphens, at most 63", failed=True)
    try:
        decided = decide_publication(name, data, _read(where, f"{name}.atom"), passed)
        if decided.changed:
            _replace(where, f"{name}.atom", data)
    except OSError as error:
        return Published(name, False, f"it could not be written: {error.strerror}", failed=True)
    return decided


def _read(where: int, file_name: str) -> bytes | None:
    # What is no plain file (a link, a pipe) is nothing that we published; a rename replaces it without following it.
    with suppress(FileNotFoundError):
        if stat.S_ISREG(os.stat(file_name, dir_fd=where, follow_symlinks=False).st_mode):
            with os.fdopen(os.open(file_name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=where), "rb") as file:
                return file.read()
    return None


def _replace(where: int, file_name: str, data: bytes) -> None:
    temp = f".{file_name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    fresh = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(temp, fresh, 0o644, dir_fd=where), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temp, file_name, src_dir_fd=where, dst_dir_fd=where)
    except OSError:
        with suppress(OSError):
            os.unlink(temp, dir_fd=where)
        raise


def _is_at_work(pid: int) -> bool:
    if pid == os.getpid():
        return False
    try:
        with suppress(PermissionError):  # It lives, under another user.
            os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
