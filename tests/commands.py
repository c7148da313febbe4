"""`digest ARGUMENTS` in a process of its own: `digest_command` runs it in one that has nothing left to import.

A command starts in half a second, nearly all of it imports, and tests run hundreds. So a server forks a process for
each that has imported everything and done nothing yet; `command_line` is what a shell would start.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.patience import HANG_S

PROJECT = Path(__file__).parents[1]
Command = Callable[..., "subprocess.CompletedProcess[str]"]

IMPORTED = [
    "alembic.command",
    "psycopg",
    "digest.app",
    "digest.cli.root",
    "digest.cli.demo",
    "digest.pipelines.explore",
    "digest.pipelines.preview",
    "digest.pipelines.status",
    "digest.sources.parser",
]
_FORKS = multiprocessing.get_context("forkserver")


def command_line(*arguments: str | Path) -> list[str]:
    """Return what starts the real program."""
    return [sys.executable, "-P", "-m", "digest", *map(str, arguments)]


def environment() -> dict[str, str]:
    """Return an environment in which the program of this checkout runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COLUMNS", "DIGEST", "PYTHON"))}
    return kept | {"PYTHONPATH": str(PROJECT)}


def _run(arguments: Sequence[str], folder: Path, surroundings: dict[str, str], files: Sequence[Path]) -> None:
    """Be `digest ARGUMENTS`, started in a folder, with one file to read and two to write to."""
    os.chdir(folder)
    sys.path[:0] = [one for one in surroundings["PYTHONPATH"].split(os.pathsep) if one not in sys.path]
    os.environ.clear()
    os.environ.update(surroundings)
    time.tzset()
    for number, file in enumerate(files):
        os.dup2(os.open(file, os.O_RDWR), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
    # As `python -m digest` has it.
    sys.argv = [str(PROJECT / "digest/__main__.py"), *arguments]
    from digest.cli import main

    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


@pytest.fixture
def digest_command(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Run `digest ARGUMENTS` in the folder of the test and return what it said; a traceback fails the test."""

    def run(*arguments: str | Path, cwd: Path = tmp_path, **options: Any) -> "subprocess.CompletedProcess[str]":
        command = command_line(*arguments)
        if options.keys() <= {"env", "input"}:
            done = _fork(command, cwd, tmp_path_factory.mktemp("said"), **options)
        else:
            done = _start(command, cwd, options)
        assert "Traceback" not in (done.stderr or ""), done.stderr
        return done

    return run


def _start(command: list[str], folder: Path, options: dict[str, Any]) -> "subprocess.CompletedProcess[str]":
    """Run the real program with options of subprocess."""
    given: dict[str, Any] = {"capture_output": True, "text": True, "timeout": HANG_S, "env": environment()} | options
    return subprocess.run(command, cwd=folder, **given)


def _fork(
    command: list[str], folder: Path, said: Path, *, env: dict[str, str] | None = None, input: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run it in a process that was forked for it."""
    _FORKS.set_forkserver_preload(IMPORTED)
    files = (said / "in", said / "out", said / "err")
    for file, text in zip(files, (input, "", ""), strict=True):
        file.write_text(text, encoding="utf-8")
    process = _FORKS.Process(target=_run, args=(command[4:], folder, env or environment(), files))
    process.start()
    process.join(HANG_S)
    if process.is_alive():
        os.kill(process.pid or 0, signal.SIGKILL)
        raise subprocess.TimeoutExpired(command, HANG_S)
    out, err = (file.read_text(encoding="utf-8") for file in files[1:])
    return subprocess.CompletedProcess(command, process.exitcode or 0, out, err)
