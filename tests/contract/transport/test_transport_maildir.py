"""The Maildir transport: durable, private, and never the same message twice."""

import mailbox
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digest.errors import TransportError
from digest.mail.maildir import MaildirTransport
from digest.model.delivery import DeliveryState, Envelope, Outcome

ENVELOPE = Envelope(sender="bounce+a1@example.org", recipient="amina@example.net")


def files(folder: Path) -> int:
    """Count the files of a Maildir, in all its folders."""
    return len([path for path in folder.rglob("*") if path.is_file()])


async def sent(maildir: MaildirTransport, message: bytes) -> None:
    """Hand one message over."""
    async with maildir.connect() as connection:
        assert await connection.offer(ENVELOPE, message) is None
        assert (await connection.hand_over()).state is DeliveryState.SENT


async def test_only_the_owner_can_read_the_outbox(maildir: MaildirTransport, message: bytes, tmp_path: Path) -> None:
    """A50: folders are 0700 and files 0600, whatever the umask."""
    before = os.umask(0)
    try:
        await sent(maildir, message)
    finally:
        os.umask(before)
    outbox = tmp_path / "outbox"
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in (outbox, *outbox.rglob("*"))}
    assert modes == {(True, 0o700), (False, 0o600)}


async def test_a_standard_reader_finds_the_message(
    maildir: MaildirTransport, message: bytes, opened: Callable[[], mailbox.Maildir], tmp_path: Path
) -> None:
    """Python's mailbox lists the one message, and nothing is left under tmp/."""
    await sent(maildir, message)
    assert [each["Message-ID"] for each in opened()] == ["<a1@example.org>"]
    assert list((tmp_path / "outbox/tmp").iterdir()) == []


@pytest.mark.parametrize("flags", [None, "", ":2,", ":2,RS"])
async def test_the_same_message_twice_is_one_file(
    maildir: MaildirTransport, message: bytes, tmp_path: Path, flags: str | None
) -> None:
    """A repeat is recognised by its Message-ID, also after a reader moved the file and flagged it."""
    await sent(maildir, message)
    if flags is not None:
        (file,) = (tmp_path / "outbox/new").iterdir()
        file.rename(tmp_path / "outbox/cur" / (file.name + flags))
    await sent(maildir, message)
    assert files(tmp_path / "outbox") == 1


async def test_a_file_is_evidence(maildir: MaildirTransport, message: bytes, tmp_path: Path) -> None:
    """A message in new/ or cur/ proves that it was sent, one still in tmp/ that it was not."""
    assert maildir.evidence("<a1@example.org>") is None
    async with maildir.connect() as connection:
        await connection.offer(ENVELOPE, message)
        offered = maildir.evidence("<a1@example.org>")
        assert offered is not None
        assert offered.state is DeliveryState.QUEUED
        outcome = await connection.hand_over()
    found = maildir.evidence("<a1@example.org>")
    assert found is not None
    assert (found.state, found.queue_id) == (DeliveryState.SENT, outcome.queue_id)
    (file,) = (tmp_path / "outbox/new").iterdir()
    file.rename(tmp_path / "outbox/cur" / f"{file.name}:2,S")
    assert maildir.evidence("<a1@example.org>") == found


async def test_what_a_killed_run_left_is_overwritten(maildir: MaildirTransport, message: bytes, tmp_path: Path) -> None:
    """Half a file under tmp/ does not spoil the next try."""
    async with maildir.connect() as connection:
        await connection.offer(ENVELOPE, message)
        (half,) = (tmp_path / "outbox/tmp").iterdir()
        left = half.name
    (tmp_path / "outbox/tmp" / left).write_bytes(b"x" * 100_000)
    await sent(maildir, message)
    assert [path.read_bytes() for path in (tmp_path / "outbox/new").iterdir()] == [message]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False).returncode:
        pytest.skip("this machine does not let a test mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


async def test_a_full_disk_keeps_the_message_queued(small_disk: Path, message: bytes) -> None:
    """No room is certain: QUEUED and nothing left behind, and a smaller message is still taken."""
    big = message + b"x\r\n" * 40_000
    async with MaildirTransport(small_disk).connect() as connection:
        refused = await connection.offer(ENVELOPE, big)
        assert refused == Outcome(DeliveryState.QUEUED, "disk full")
        assert files(small_disk) == 0
        assert await connection.offer(ENVELOPE, message) is None
        assert (await connection.hand_over()).state is DeliveryState.SENT


async def test_an_outbox_that_cannot_be_made_is_no_connection(tmp_path: Path, message: bytes) -> None:
    """A file where the folder should be, or a folder that went away, is a TransportError that names the place."""
    (tmp_path / "file").write_text("")
    with pytest.raises(TransportError, match="file/outbox cannot be made"):
        async with MaildirTransport(tmp_path / "file/outbox").connect():
            pass
    async with MaildirTransport(tmp_path / "outbox").connect() as connection:
        (tmp_path / "outbox/tmp").rmdir()
        with pytest.raises(TransportError, match="outbox cannot be written"):
            await connection.offer(ENVELOPE, message)


async def test_a_link_is_not_followed(maildir: MaildirTransport, message: bytes, tmp_path: Path) -> None:
    """A symbolic link under tmp/ cannot choose where a digest is written."""
    async with maildir.connect() as connection:
        await connection.offer(ENVELOPE, message)
        (file,) = (tmp_path / "outbox/tmp").iterdir()
    file.symlink_to(tmp_path / "elsewhere")
    async with maildir.connect() as connection:
        with pytest.raises(TransportError):
            await connection.offer(ENVELOPE, message)
    assert not (tmp_path / "elsewhere").exists()


async def test_a_message_without_an_id_is_refused(maildir: MaildirTransport, message: bytes) -> None:
    """A Message-ID in the body does not name a message."""
    bare = message.replace(b"Message-ID:", b"X-ID:") + b"Message-ID: <body@example.org>\r\n"
    async with maildir.connect() as connection:
        with pytest.raises(ValueError, match="Message-ID"):
            await connection.offer(ENVELOPE, bare)
