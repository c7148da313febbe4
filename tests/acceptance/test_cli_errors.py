"""Expected failures: one sentence, the right exit code, never a traceback (`digest_command` fails on one)."""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from digest.cli.starter import write_starter
from tests.commands import command_line, environment
from tests.patience import HANG_S, wait_until

Command = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh newsroom."""
    write_starter(tmp_path, {})
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        ("", "Usage: digest"),
        ("nonsense", "No such command 'nonsense'"),
        ("items --limt 3", "Try: digest items --help"),
        ("explain", "Missing argument 'ITEM'"),
        ("explain no such words", "no item has this id"),
        ("fetch newsrom", "did you mean 'newsroom'?"),
        ("build chldren", "did you mean 'children'?"),
        ("preview dialy", "there is no list 'dialy' (lists: daily, weekly)"),
        ("preview daily --as nobody@reader.example", "not subscribed to 'daily'"),
        ("send --now --due", "exclude each other"),
        ("send --to nobody", "not an address we can write to"),
        ("subscribers add nobody --list daily", "not an address we can write to: it has no @"),
        ("subscribers add a@reader.example --list daily --cadence hourly", "'hourly' is no cadence"),
        ("subscribers add a@reader.example --list daily --timezone Mars", "'Mars' is no time zone"),
        ("subscribers add a@reader.example --list daily --topics childern", "there is no topic 'childern'"),
        ("subscribers import nothing.csv", "there is no such file"),
        ("subscribers import newsroom", "this is a folder"),
        ("init", "is there already and stays as it is"),
    ],
)
def test_what_the_caller_got_wrong(arguments: str, seen: str, folder: Path, monkeypatch: Any, capfd: Any) -> None:
    """A name or option that does not exist is exit code 2, with what there is instead."""
    from digest.cli import run_command

    monkeypatch.chdir(folder)
    assert run_command(arguments.split()) == 2
    assert seen in capfd.readouterr().err


def test_a_broken_configuration_is_78_with_all_errors(digest_command: Command, folder: Path) -> None:
    """Every error comes at once with line and caret, and nothing is done; the same for no file and for a folder."""
    config = folder / "config.yaml"
    text = config.read_text().replace("every: 15 min", "every: often")
    config.write_text(text.replace("timezone: subscriber", "timezone: Mars"))
    done = digest_command("check")
    assert done.returncode == 78
    line = next(number for number, words in enumerate(text.splitlines(), 1) if "every: often" in words)
    assert done.stderr.startswith(f"config.yaml:{line}:12: error: ")
    assert done.stderr.count("^") == 2
    assert "2 problems in the configuration; nothing was done." in done.stderr
    assert not (folder / "var").exists()
    for name in ("missing.yaml", "newsroom"):
        assert digest_command("--config", name, "status").returncode == 78


def test_a_database_that_cannot_be_used_is_75(digest_command: Command, folder: Path) -> None:
    """A database that is garbage, a folder, or of a newer program: a sentence that names it."""
    database = folder / "var/digest.db"
    database.parent.mkdir()
    database.write_bytes(os.urandom(5000))
    done = digest_command("status")
    assert (done.returncode, done.stdout) == (75, "")
    assert "file is not a database" in done.stderr
    assert str(database) in done.stderr
    database.unlink()
    database.mkdir()
    assert digest_command("fetch").returncode == 75
    database.rmdir()
    assert digest_command("status").returncode == 0
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for command in (["status"], ["db", "upgrade"]):
        done = digest_command(*command)
        assert done.returncode == 75
        assert "newer than this program" in done.stderr


def test_a_full_disk_under_the_output_is_75(digest_command: Command, folder: Path) -> None:
    """Where the output cannot be written any more, that is said."""
    with Path("/dev/full").open("w") as full:
        done = digest_command("check", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 75
    assert "No space left on device" in done.stderr


def test_a_reader_who_has_enough_is_no_error(digest_command: Command, folder: Path) -> None:
    """`digest items --json | head -1` ends without a word."""
    digest_command("fetch")
    ear, mouth = os.pipe()
    os.close(ear)
    done = digest_command("items", "--json", capture_output=False, stdout=mouth, stderr=subprocess.PIPE)
    os.close(mouth)
    assert (done.returncode, done.stderr) == (0, "")


def test_folders_that_cannot_be_made(digest_command: Command, folder: Path) -> None:
    """A file where `var`, the feeds or the outbox should be is told in a sentence, and the other work goes on."""
    (folder / "var").write_text("in the way")
    assert digest_command("fetch").returncode == 75
    (folder / "var").unlink()
    (folder / "feeds").write_text("in the way")
    digest_command("fetch")
    done = digest_command("build")
    assert done.returncode == 1
    assert "the folder cannot be used" in done.stderr
    (folder / "var/outbox").write_text("in the way")
    done = digest_command("send", "--to", "me@reader.example")
    assert done.returncode == 75
    assert "cannot be made" in done.stderr


def test_init_overwrites_nothing(digest_command: Command, tmp_path: Path) -> None:
    """A page of the caller's own stays; an interrupted `init` is repeated."""
    place = tmp_path / "place"
    (place / "newsroom").mkdir(parents=True)
    (place / "newsroom/page-1.txt").write_text("my own")
    done = digest_command("init", "place")
    assert done.returncode == 2
    assert (place / "newsroom/page-1.txt").read_text() == "my own"
    (place / "newsroom/page-1.txt").unlink()
    assert digest_command("init", "place").returncode == 0
    (place / "config.yaml").unlink()
    assert digest_command("init", "place").returncode == 0


NOTES = """\
sources: {page: {type: text, path: nowhere.txt}}
topics:
  sea: {title: The sea, any: [harbour, ferry]}
  water: {title: Water, any: [ferry, harbour]}
lists:
  night: {title: Night, topics: all, send: daily at 02:30, timezone: Europe/Paris, from: a@news.example.org}
mail: {transport: maildir, folder: outbox}
site: {title: Open Harbour, url: "https://newsroom.example.org/"}
"""


def test_check_notes_what_is_hardly_meant(digest_command: Command, tmp_path: Path) -> None:
    """Twin topics, a send time that clocks jump over and a missing file are notes with their lines, no errors."""
    (tmp_path / "config.yaml").write_text(NOTES)
    done = digest_command("check")
    assert done.returncode == 0
    told = " ".join(done.stderr.split())
    assert "config.yaml:4: topic water has the same rules as sea" in told
    assert "config.yaml:6: list night is sent at 02:30" in told
    assert "config.yaml:1: source page reads nowhere.txt, which is not there" in told


def test_check_finds_a_broken_template(digest_command: Command, folder: Path) -> None:
    """A template error is told with its file and line before anybody is mailed, and the exit code is 1."""
    own = folder / "templates/email"
    own.mkdir(parents=True)
    (own / "notices.txt.j2").write_text("\n{{ view.nothing_of_the_kind }}\n")
    done = digest_command("check")
    assert done.returncode == 1
    assert done.stderr.count("email/notices.txt.j2:2") == 2


def read_bytes_of(pid: int, file: Path) -> int:
    """Return how far a process has come in a file that it reads."""
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if handle.readlink() == file:
                return int(Path(f"/proc/{pid}/fdinfo/{handle.name}").read_text().split()[1])
    return 0


def test_ctrl_c_is_a_sentence(folder: Path) -> None:
    """Ctrl-C in the middle of an import ends it with 130 and a sentence, and nobody was subscribed."""
    people = folder / "people.csv"
    people.write_text("email\n" + "".join(f"reader{number}@reader.example\n" for number in range(400_000)))
    process = subprocess.Popen(
        command_line("subscribers", "import", "people.csv"),
        cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_until(lambda: read_bytes_of(process.pid, people) > people.stat().st_size // 10)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=HANG_S)
    assert (process.returncode, out) == (130, "")
    assert err == "digest: stopped; what was done is kept, repeat the command to go on\n"
    with closing(sqlite3.connect(folder / "var/digest.db")) as connection:
        assert connection.execute("SELECT count(*) FROM subscriber").fetchall() == [(0,)]
