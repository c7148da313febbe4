"""Documents → files: each is replaced as a whole, and only when its bytes change."""

import errno
import os
import re
import secrets
import stat
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from digest.errors import FeedError

ARCHIVE = "archive"
"""The folder of archive documents, inside that of feeds."""

_NAME = r"[a-z0-9][a-z0-9-]{0,79}"
_FILE = re.compile(rf"{_NAME}\.(atom|json|html|opml|txt|png)|{ARCHIVE}/{_NAME}-\d{{4}}-\d\d(-\d{{1,6}})?\.atom")
_TEMP = re.compile(r"\.[a-z0-9][a-z0-9-]{0,99}\.[a-z]{3,4}\.(?P<pid>[1-9][0-9]{0,8})-[0-9a-f]{8}\.tmp")
_FLUSHERS = 8
"""Files flushed at the same time: a journal commits them together, so many cost little more than one."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one file; `problem` says why readers keep the old one."""

    name: str
    changed: bool
    problem: str | None = None


class Folder:
    """The published folder while it is open. Everything is relative to its descriptor, so nobody can swap the folder
    under a half-made change; links are never followed."""

    def __init__(self, where: int) -> None:
        self._where = {"": where}

    def close(self) -> None:
        """Let go of the descriptors."""
        for where in self._where.values():
            os.close(where)

    def names(self) -> set[str]:
        """Return the names of the files in the folder itself."""
        with os.scandir(self._where[""]) as entries:
            return {entry.name for entry in entries}

    def archives(self) -> set[str]:
        """Return the names of the archive documents, without their folder."""
        where = self._enter(ARCHIVE)
        if where is None:
            return set()
        with os.scandir(where) as entries:
            return {entry.name for entry in entries}

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, None if there is none that we could have published."""
        where, base = self._place(name)
        if where is None:
            return None
        # What is no plain file (a link, a pipe) is nothing that we published; a rename replaces it, following nothing.
        with suppress(FileNotFoundError):
            if stat.S_ISREG(os.stat(base, dir_fd=where, follow_symlinks=False).st_mode):
                with os.fdopen(os.open(base, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=where), "rb") as file:
                    return file.read()
        return None

    def replace(self, files: Mapping[str, bytes]) -> dict[str, Written]:
        """Write files whose bytes differ, in their order; return what became of each.

        A reader, or whoever looks after a power cut, sees an old file or the new one: temporary files are written and
        flushed, then renamed over the old ones, and at last the folder is flushed. One that fails stops no other.
        """
        fresh = {name: data for name, data in files.items() if not self._is_there(name, data)}
        made = self._write_all(fresh)
        results = {name: self._finish(name, made[name]) if name in made else Written(name, False) for name in files}
        self._flush([name for name, result in results.items() if result.changed])
        return results

    def remove(self, names: Collection[str]) -> tuple[str, ...]:
        """Remove files, and return the names of those that were there. Raises: FeedError for one that has to stay."""
        gone = []
        for name in names:
            where, base = self._place(name)
            try:
                if where is not None:
                    os.unlink(base, dir_fd=where)
                    gone.append(name)
            except (FileNotFoundError, IsADirectoryError):
                continue  # nothing that we published
            except OSError as error:
                raise FeedError(name, (f"it could not be removed: {error.strerror}",)) from error
        self._flush(gone)
        return tuple(gone)

    def sweep(self) -> tuple[str, ...]:
        """Remove the temporary files of runs that were killed, and return their names in order.

        Files of other processes that live are left alone; those of this one are not, so call it before publishing.
        """
        left = []
        self._enter(ARCHIVE)
        for where in self._where.values():
            with os.scandir(where) as entries:
                found = [(entry.name, _TEMP.fullmatch(entry.name)) for entry in entries]
            for name in sorted(name for name, match in found if match and not _is_at_work(int(match["pid"]))):
                with suppress(FileNotFoundError):  # Another process swept it.
                    os.unlink(name, dir_fd=where)
                left.append(name)
        return tuple(left)

    def _place(self, name: str, *, make: bool = False) -> tuple[int | None, str]:
        """Return the folder of a file, None where there is none, and the file's name in it."""
        if not _FILE.fullmatch(name):
            raise FeedError(name, ("no file of feeds can have this name",))
        folder, _, base = name.rpartition("/")
        return self._enter(folder, make=make), base

    def _enter(self, folder: str, *, make: bool = False) -> int | None:
        if folder not in self._where:
            try:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(folder, 0o755, dir_fd=self._where[""])
                only_folders = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                self._where[folder] = os.open(folder, only_folders, dir_fd=self._where[""])
            except OSError:
                return None
        return self._where[folder]

    def _flush(self, names: Collection[str]) -> None:
        for where in {where for where, _ in map(self._place, names) if where is not None}:
            os.fsync(where)

    def _is_there(self, name: str, data: bytes) -> bool:
        where, base = self._place(name, make=True)
        with suppress(OSError):
            found = os.stat(base, dir_fd=where, follow_symlinks=False) if where is not None else None
            # Most changes change the length, and reading is spared.
            if found and stat.S_ISREG(found.st_mode) and found.st_size == len(data):
                return self.read(name) == data
        return False

    def _write_all(self, files: Mapping[str, bytes]) -> dict[str, str | OSError]:
        """Return the temporary file of each, on the disk for sure, or why there is none."""
        if len(files) == 1:
            return {name: self._write(name, data) for name, data in files.items()}
        if not files:
            return {}
        with ThreadPoolExecutor(min(_FLUSHERS, len(files))) as pool:
            return dict(zip(files, pool.map(self._write, files, files.values()), strict=True))

    def _write(self, name: str, data: bytes) -> str | OSError:
        where, base = self._place(name)
        if where is None:
            return NotADirectoryError(errno.ENOTDIR, "something else stands in the place of its folder")
        temp = f".{base}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
        fresh = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with os.fdopen(os.open(temp, fresh, 0o644, dir_fd=where), "wb") as file:
                file.write(data)
                file.flush()
                _set_time(file.fileno(), base, where)
                os.fsync(file.fileno())
        except OSError as error:
            with suppress(OSError):
                os.unlink(temp, dir_fd=where)
            return error
        return temp

    def _finish(self, name: str, temp: str | OSError) -> Written:
        where, base = self._place(name)
        if isinstance(temp, OSError):
            return Written(name, False, f"it could not be written: {temp.strerror}")
        try:
            os.rename(temp, base, src_dir_fd=where, dst_dir_fd=where)
        except OSError as error:
            with suppress(OSError):
                os.unlink(temp, dir_fd=where)
            return Written(name, False, f"it could not be written: {error.strerror}")
        return Written(name, True)


@contextmanager
def open_folder(folder: Path) -> Iterator[Folder]:
    """Open the published folder, which is made if it is missing.

    Raises: FeedError when it cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = Folder(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
    except OSError as error:
        raise FeedError(str(folder), (f"the folder cannot be used: {error.strerror}",)) from error
    try:
        yield opened
    finally:
        opened.close()


def _set_time(file: int, base: str, where: int) -> None:
    """Let the time of a file rise by a whole second at least: HTTP tells no finer one (RFC 9110 §8.8.2.1)."""
    with suppress(FileNotFoundError):
        before = os.stat(base, dir_fd=where, follow_symlinks=False).st_mtime_ns // 1_000_000_000
        if os.fstat(file).st_mtime_ns // 1_000_000_000 <= before:
            os.utime(file, ns=((before + 1) * 1_000_000_000,) * 2)


def _is_at_work(pid: int) -> bool:
    if pid == os.getpid():
        return False
    try:
        with suppress(PermissionError):  # It lives, under another user.
            os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
