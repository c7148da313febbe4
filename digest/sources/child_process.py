"""The parent's end of one child process that parses: start it, ask it, stop it, and say how it ended."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from digest.errors import SourceError
from digest.sources.child import ANSWER, JOB, MOST_ANSWER_BYTES

_PROGRAM = "digest.sources.child"
_STDERR = 2
_KEPT_BYTES = 4_000
"""Of what a child writes to stderr the end is kept, for the sentence about its end."""
_LONGEST_WORDS = 200
_GRACE_S = 1.0
"""How long a child may take to be gone after it closed its pipe."""
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "VIRTUAL_ENV", "TZDIR", "PYTHONTZPATH")
"""What a child may know of the environment: nothing that could be a secret."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use: seconds of computing, bytes above what the libraries take, seconds in all."""

    cpu_s: float
    memory_bytes: int
    deadline_s: float

    def say_memory(self) -> str:
        """Return the sentence about a job that wanted more memory than it may have."""
        giga, mega = self.memory_bytes / (1 << 30), self.memory_bytes / (1 << 20)
        return f"needed more than {f'{giga:.3g} GB' if giga >= 1 else f'{mega:.3g} MB'} of memory to read"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came: an `Ending`, whether the child wants to be replaced, a pickle or words."""

    ending: int
    tired: bool
    data: bytes


async def start_child(limits: Limits) -> "Child":
    """Start a child process with the import path of this one. Raises: SourceError where the system allows none."""
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    known = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # Without -P the folder in which somebody started us could bring modules of its own.
    command = (sys.executable, "-P", "-s", "-B", "-m", _PROGRAM, str(limits.cpu_s), str(limits.memory_bytes))
    try:
        _, child = await asyncio.get_running_loop().subprocess_exec(
            Child, *command, env=known | {"PYTHONPATH": path}, start_new_session=True
        )
    except OSError as error:
        raise SourceError(f"no process could be started to read it: {error.strerror or error}") from error
    return child


class Child(asyncio.SubprocessProtocol):
    """A running child process. It is in a session of its own: no Ctrl-C reaches it, and what it starts ends with it."""

    _transport: asyncio.SubprocessTransport

    def __init__(self) -> None:
        self._received = bytearray()
        self._last_words = bytearray()
        self._answer: asyncio.Future[Answer] | None = None
        self._usable = True
        self._exited, self._lost = asyncio.Event(), asyncio.Event()

    @property
    def alive(self) -> bool:
        """Say whether it can be asked."""
        return self._usable and not self._exited.is_set()

    async def ask(self, job: bytes) -> Answer:
        """Send a job and return its answer. Raises: EOFError where it ends before; SourceError for a huge answer.

        After anything but an answer it is of no use any more.
        """
        if not self.alive:
            raise EOFError
        self._answer = asyncio.get_running_loop().create_future()
        pipe = self._transport.get_pipe_transport(0)
        if not isinstance(pipe, asyncio.WriteTransport):
            raise RuntimeError("a child process without standard input")
        pipe.write(JOB.pack(len(job)))
        pipe.write(job)
        return await self._answer

    async def say_why_it_ended(self, limits: Limits) -> str:
        """Return the sentence about a child that ended in the middle of a job."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._lost.wait(), _GRACE_S)
        code = self._transport.get_returncode()
        if code is None:
            return "the adapter's program closed its pipe while reading it"
        if code == -signal.SIGXCPU:
            return f"took more than {limits.cpu_s:g} s of computing to read"
        how = f"signal {_name_signal(-code)}" if code < 0 else f"exit status {code}"
        words = self._say_last_words()
        return f"the adapter's program ended while reading it ({how}{': ' if words else ''}{words})"

    def kill(self) -> None:
        """Stop it and whatever it started, at once; it keeps nothing that could be lost."""
        self._usable = False
        if not self._exited.is_set():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._transport.get_pid(), signal.SIGKILL)

    async def wait(self) -> None:
        """Wait until a child that was stopped is gone."""
        await self._exited.wait()
        # Something that it started may still hold the other ends.
        self._transport.close()
        await self._lost.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the process that has started."""
        if not isinstance(transport, asyncio.SubprocessTransport):
            raise RuntimeError("a child process without a process")
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take what it writes, stderr too, so that a talkative plug-in never waits."""
        if fd == _STDERR:
            self._last_words += data
            del self._last_words[:-_KEPT_BYTES]
            return
        self._received += data
        if self._answer is None or self._answer.done():
            self._usable = False
        elif len(self._received) >= ANSWER.size:
            self._take_answer(self._answer)

    def _take_answer(self, waiting: "asyncio.Future[Answer]") -> None:
        ending, tired, size = ANSWER.unpack_from(self._received)
        missing = ANSWER.size + size - len(self._received)
        if size > MOST_ANSWER_BYTES or missing < 0:
            waiting.set_exception(SourceError("an answer of the adapter's program that is too large"))
        elif not missing:
            waiting.set_result(Answer(ending, bool(tired), bytes(self._received[ANSWER.size :])))
            self._received.clear()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Note that it will answer no more."""
        if fd == _STDERR:
            return
        self._usable = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(EOFError())

    def process_exited(self) -> None:
        """Note that it has ended."""
        self._exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that its pipes are closed too."""
        self._lost.set()

    def _say_last_words(self) -> str:
        lines = self._last_words.decode(errors="replace").strip().splitlines()
        return to_line(lines[-1])[:_LONGEST_WORDS] if lines else ""


def to_line(words: str) -> str:
    """Return words of a child as one line that no terminal takes for anything else."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())


def _name_signal(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return str(number)
