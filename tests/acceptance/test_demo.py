"""`digest demo`, as a newcomer meets it: twice, in any folder, and where something is in the way."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.commands import environment
from tests.patience import HANG_S

Command = Callable[..., Any]


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return bytes and time of every file that somebody reads."""
    patterns = ("feeds/*", "var/outbox/*/*", "newsroom/*", "config.yaml")
    files = [file for pattern in patterns for file in folder.glob(pattern)]
    return {str(file): (file.read_bytes(), file.stat().st_mtime_ns) for file in files if file.is_file()}


def test_the_demo_twice(digest_command: Command, tmp_path: Path) -> None:
    """The first run reads, publishes and mails; the second finds nothing new, changes no byte, and says so."""
    first = digest_command("demo")
    assert (first.returncode, first.stderr) == (0, "")
    for seen in ("3 subscribed", "15 new", "32 written", "3 digests with 4 new items"):
        assert seen in first.stdout
    before = snapshot(tmp_path / "demo")
    assert len([name for name in before if "/outbox/new/" in name]) == 3
    second = digest_command("demo")
    assert (second.returncode, second.stderr) == (0, "")
    assert "Nothing is new, so nobody was mailed and no file was touched." in second.stdout
    assert snapshot(tmp_path / "demo") == before


def test_the_demo_tells_what_can_be_typed_next(digest_command: Command, tmp_path: Path) -> None:
    """It says a dozen lines of 80 columns, names paths that are there, and every command that it proposes works."""
    told = digest_command("demo").stdout
    lines = told.splitlines()
    assert sum(bool(line) for line in lines) <= 14
    assert max(map(len, lines)) <= 80
    for path in re.findall(r"demo/\S*/|demo/\S+\.(?:csv|yaml)", told):
        assert (tmp_path / path).exists(), path
    proposed = re.findall(r"^  \./run (.+?)(?:  .*)?$", told, re.MULTILINE)
    assert len(proposed) == 5
    for command in proposed:
        done = digest_command(*command.split())
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_the_demo_says_digest_to_who_typed_digest(digest_command: Command, tmp_path: Path) -> None:
    """Started as `digest`, it proposes commands that begin so."""
    program = tmp_path / "digest"
    program.write_text("from digest.cli import main\nmain()\n")
    done = subprocess.run(
        [sys.executable, "-P", str(program), "demo"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=HANG_S,
    )  # fmt: skip
    assert "  digest --config demo/config.yaml items" in done.stdout, done.stderr


def test_a_demo_with_something_in_the_way_says_what(digest_command: Command, tmp_path: Path) -> None:
    """A file named demo, or a folder demo that is somebody's own newsroom, is left alone with a sentence."""
    (tmp_path / "demo").write_text("a file")
    done = digest_command("demo")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    (tmp_path / "demo").unlink()
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/config.yaml").write_text("mine")
    done = digest_command("demo")
    assert done.returncode == 2
    assert "is not the demo's" in done.stderr
    assert (tmp_path / "demo/config.yaml").read_text() == "mine"


def test_a_demo_made_real_no_longer_mails(digest_command: Command, tmp_path: Path) -> None:
    """Somebody who turned the demo's configuration into a real one mails nobody by calling demo again."""
    digest_command("demo")
    config = tmp_path / "demo/config.yaml"
    config.write_text(
        config.read_text().replace("transport: maildir\n  folder: var/outbox", "transport: smtp\n  host: relay.example")
    )
    done = digest_command("demo")
    assert done.returncode == 2
    assert "no longer mails into a folder" in done.stderr
