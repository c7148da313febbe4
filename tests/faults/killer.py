"""Run digest again and again, each time killed at another step, then once more to its end. No test: a program.

    killer.py TEMPLATE TARGET POINTS -- ARGUMENTS      TEMPLATE is copied to TARGET/<step> for each of POINTS steps

A step is whatever could leave something half-done: a file opened for writing, renamed, linked or removed, a folder
made, a transaction begun or committed. The process kills itself with SIGKILL there, as no handler can see. Children
are forked from this one, which has imported everything, so that a kill costs no start-up. Prints one JSON object:
how many steps there are, and for each killed one the exit code and the words of the run after it.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import alembic.command
from sqlalchemy import Engine, event

import digest.app
import digest.cli.demo
import digest.cli.mail
from digest.cli import run_command

PRELOADED = (alembic.command, digest.app, digest.cli.demo, digest.cli.mail)
"""Imported before the fork, so that no child has to."""

TOUCHES = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Steps:
    """Counts the steps of this process, and ends it at one of them."""

    def __init__(self, fatal: int | None) -> None:
        self.fatal, self.taken = fatal, 0

    def take(self, *_: Any, **__: Any) -> None:
        """Take one step, perhaps the last."""
        self.taken += 1
        if self.taken == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Be told of every step from now on."""
        for name in ("begin", "commit", "rollback"):
            event.listen(Engine, name, self.take)
        sys.addaudithook(self.hear)

    def hear(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Take what Python's audit events tell of files."""
        if name in TOUCHES or (name == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING):
            self.take()


def run_child(folder: Path, arguments: list[str], steps: Steps | None) -> tuple[int, str]:
    """Run digest in a child that starts in a folder; return how it ended (negative: its signal) and what it said."""
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ear)
        os.chdir(folder)
        os.dup2(mouth, 1)
        os.dup2(mouth, 2)
        if steps:
            steps.watch()
        code = run_command(arguments)
        if steps:
            os.write(mouth, f"\nsteps {steps.taken}".encode())
        os._exit(code)
    os.close(mouth)
    with os.fdopen(ear, "rb") as file:
        words = file.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), words


def main(template: Path, target: Path, points: int, arguments: list[str]) -> dict[str, Any]:
    """Kill at evenly spread steps; the folder `whole` is of a run that nobody killed."""
    shutil.copytree(template, target / "whole")
    code, words = run_child(target / "whole", arguments, Steps(None))
    total = int(words.rpartition("steps ")[2]) if code == 0 else 0
    killed = {}
    for point in range(1, min(points, total) + 1):
        step = max(1, round(point * total / min(points, total)))
        folder = target / str(step)
        shutil.copytree(template, folder)
        ended, _ = run_child(folder, arguments, Steps(step))
        again = run_child(folder, arguments, None)
        killed[step] = {"signal": -ended, "code": again[0], "words": again[1]}
    return {"steps": total, "code": code, "words": words, "killed": killed}


if __name__ == "__main__":
    result = main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[5:])
    print(json.dumps(result))
