"""A Maildir as the next hop: each message a file, for a reader, a test or a demonstration.

A message is `sent` when its file is in new/ and the folder is on disk. The file is named after the Message-ID, so a
message that is handed over twice is one file, and its presence is evidence.
"""

import asyncio
import errno
import hashlib
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from digest.errors import TransportError
from digest.mail.message import check_wire
from digest.model.delivery import DeliveryState, Envelope, Outcome

_FULL = (errno.ENOSPC, errno.EDQUOT)
_MESSAGE_ID = re.compile(rb"^Message-ID: (<[^<>\r\n]+>)\r\n", re.IGNORECASE | re.MULTILINE)


class MaildirTransport:
    """Hands messages over to a Maildir (tmp/, new/, cur/), made when first needed; only its owner can read it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["MaildirConnection"]:
        """Make the folders; TransportError when that fails."""
        try:
            await asyncio.to_thread(_make_folders, self._folder)
        except OSError as error:
            raise TransportError(f"the outbox {self._folder} cannot be made: {error.strerror}") from error
        connection = MaildirConnection(self._folder)
        try:
            yield connection
        finally:
            await asyncio.to_thread(connection.withdraw)

    def evidence(self, message_id: str) -> Outcome | None:
        """Look for the message with this id, read or unread: SENT when it is there, QUEUED when it never left tmp/.

        None proves nothing, since a reader may delete what was handed over. TransportError when there is no looking.
        """
        name = _file_name(message_id.encode())
        try:
            if _in_new_or_cur(self._folder, name):
                return Outcome(DeliveryState.SENT, "found in the outbox", queue_id=name)
            if (self._folder / "tmp" / name).exists():
                return Outcome(DeliveryState.QUEUED, "it was still to be moved into the outbox")
        except OSError as error:
            raise TransportError(f"the outbox {self._folder} cannot be looked into: {error.strerror}") from error
        return None


class MaildirConnection:
    """One writer of a Maildir. `offer` writes and syncs the file under tmp/, `hand_over` moves it into new/."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._offered: str | None = None

    async def offer(self, envelope: Envelope, message: bytes) -> Outcome | None:
        """Write a message under tmp/: None when it is there, QUEUED when the disk is full.

        `envelope` leaves no trace: the file holds the message octet for octet. An earlier offer that was not handed
        over is withdrawn.

        Raises:
            TransportError: when the folder cannot be written at all.
            ValueError: for octets that are no message of ours, see `check_wire`.
        """
        del envelope
        check_wire(message)
        if self._offered is not None:
            await asyncio.to_thread(self.withdraw)
        name = _file_name(_message_id(message))
        try:
            await asyncio.to_thread(_write, self._folder / "tmp" / name, message)
        except OSError as error:
            if error.errno in _FULL:
                return Outcome(DeliveryState.QUEUED, "disk full")
            raise TransportError(f"the outbox {self._folder} cannot be written: {error.strerror}") from error
        self._offered = name
        return None

    async def hand_over(self) -> Outcome:
        """Move the offered file into new/: SENT, or QUEUED when it could not be moved.

        IN_DOUBT when it was moved but the folder did not reach the disk. RuntimeError without an offer.
        """
        if self._offered is None:
            raise RuntimeError("nothing was offered")
        name, self._offered = self._offered, None
        return await asyncio.to_thread(_move, self._folder, name)

    def withdraw(self) -> None:
        """Remove what was offered and not handed over."""
        if self._offered is not None:
            with suppress(OSError):
                (self._folder / "tmp" / self._offered).unlink()
        self._offered = None


def _make_folders(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)


def _message_id(message: bytes) -> bytes:
    match = _MESSAGE_ID.search(message, 0, message.find(b"\r\n\r\n") + 2)
    if match is None:
        raise ValueError("the message has no Message-ID")
    return match[1]


def _file_name(message_id: bytes) -> str:
    return hashlib.sha256(message_id).hexdigest()[:40]


def _write(path: Path, message: bytes) -> None:
    """Write a file durably, over what a killed run may have left there; what cannot be finished is removed."""
    # 0600 and no symbolic link: others on the machine must neither read a digest nor choose where it goes.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            view = memoryview(message)
            while view:
                view = view[file.write(view) :]
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise


def _move(folder: Path, name: str) -> Outcome:
    source = folder / "tmp" / name
    try:
        if _in_new_or_cur(folder, name):
            source.unlink()
            return Outcome(DeliveryState.SENT, "it was in the outbox already", queue_id=name)
        source.rename(folder / "new" / name)
    except OSError as error:
        return Outcome(DeliveryState.QUEUED, "disk full" if error.errno in _FULL else f"not moved: {error.strerror}")
    try:
        _sync_folder(folder / "new")
    except OSError as error:
        return Outcome(DeliveryState.IN_DOUBT, f"the outbox did not reach the disk: {error.strerror}")
    return Outcome(DeliveryState.SENT, "written to the outbox", queue_id=name)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _in_new_or_cur(folder: Path, name: str) -> bool:
    """Whether a message is in new/, or in cur/ where readers add flags after a colon."""
    if (folder / "new" / name).exists():
        return True
    with suppress(FileNotFoundError), os.scandir(folder / "cur") as entries:
        return any(entry.name.partition(":")[0] == name for entry in entries)
    return False
