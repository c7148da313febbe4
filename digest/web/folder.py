"""The published folder as a web server reads it: whole files, never through a link, kept in a bounded memory."""

import asyncio
import errno
import gzip
import hashlib
import os
import stat
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

KEPT_BYTES = 64 * 1024 * 1024
"""Memory for copies: a feed of 60 KB and its gzip are 70 KB, so about 900 files."""

_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO)
"""There is no such file; any other failure is trouble of ours, and must not look as if the feed were gone."""

_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not keep us waiting
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

Version = tuple[int, int, int, int]
"""What changes when a file does: inode, size, and the nanoseconds of its two times."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The bytes of a file with their strong entity tags; `packed` is their gzip, None where that is no smaller.

    `written_at` is in whole seconds. `before_at` is the latest such time that we gave for other bytes of this file.
    """

    version: Version
    written_at: datetime
    data: bytes
    tag: bytes
    packed: bytes | None
    packed_tag: bytes
    before_at: datetime | None = None

    @property
    def is_dated(self) -> bool:
        """Tell whether its time tells it from the bytes before it: two changes may fall into the same second."""
        return self.before_at is None or self.before_at < self.written_at

    @property
    def cost_bytes(self) -> int:
        """How much memory it takes."""
        return len(self.data) + len(self.packed or b"")


class Folder:
    """Gives copies of files; the latest ones asked for are kept, and read again once the file has changed."""

    def __init__(self, path: Path, kept_bytes: int = KEPT_BYTES) -> None:
        self.path, self.kept_bytes = path, kept_bytes
        self._kept: OrderedDict[str, Copy] = OrderedDict()
        self._cost_bytes = 0
        self._reading = asyncio.Lock()

    async def load(self, file: str, *, pack: bool) -> Copy | None:
        """Return a copy of a file as it is now, None if there is no such plain file.

        `file` must have been checked: it is a name, or names with slashes between. Raises: OSError.
        """
        if copy := self._current(file):
            return copy
        # One at a time: whoever waits here for the same file finds it read.
        async with self._reading:
            if copy := self._current(file):
                return copy
            copy = await asyncio.to_thread(read_copy, self.path, file, pack=pack)
            if copy and (old := self._kept.get(file)):
                copy = _after(old, copy)
            self._keep(file, copy)
        return copy

    def _current(self, file: str) -> Copy | None:
        kept = self._kept.get(file)
        if kept is None or kept.version != _look(self.path, file):
            return None
        self._kept.move_to_end(file)
        return kept

    def _keep(self, file: str, copy: Copy | None) -> None:
        old = self._kept.pop(file, None)
        self._cost_bytes -= old.cost_bytes if old else 0
        if copy is None or copy.cost_bytes > self.kept_bytes:
            return
        self._kept[file] = copy
        self._cost_bytes += copy.cost_bytes
        while self._cost_bytes > self.kept_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._cost_bytes -= dropped.cost_bytes


def read_copy(folder: Path, file: str, *, pack: bool) -> Copy | None:
    """Read a file whole, with its gzip where `pack` is wanted; None if there is no such plain file.

    Raises: OSError.
    """
    number = _open(folder, file)
    if number is None:
        return None
    with os.fdopen(number, "rb") as opened:
        found = os.fstat(number)
        data = opened.read()
    # The time is not part of it: the same bytes are packed the same.
    packed = gzip.compress(data, 6, mtime=0) if pack else None
    if packed is not None and len(packed) >= len(data):
        packed = None
    written_at = datetime.fromtimestamp(int(found.st_mtime), UTC)
    return Copy(_version(found), written_at, data, _tag(data), packed, _tag(packed or b""))


def _after(old: Copy, copy: Copy) -> Copy:
    times = [old.before_at] if old.tag == copy.tag else [old.before_at, old.written_at]
    return replace(copy, before_at=max((one for one in times if one), default=None))


def _look(folder: Path, file: str) -> Version | None:
    number = _open(folder, file)
    if number is None:
        return None
    try:
        return _version(os.fstat(number))
    finally:
        os.close(number)


def _open(folder: Path, file: str) -> int | None:
    """Return the descriptor of a plain file below a folder; nothing but the folder itself may be a link."""
    *inner, name = file.split("/")
    where = -1
    try:
        where = os.open(folder, _FOLDER)
        for part in inner:
            above, where = where, os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=where)
            os.close(above)
        return _plain(os.open(name, _PLAIN, dir_fd=where))
    except OSError as error:
        if error.errno in _ABSENT:
            return None
        raise
    finally:
        if where >= 0:
            os.close(where)


def _plain(number: int) -> int | None:
    if stat.S_ISREG(os.fstat(number).st_mode):
        return number
    os.close(number)
    return None


def _version(found: os.stat_result) -> Version:
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _tag(data: bytes) -> bytes:
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'.encode()
