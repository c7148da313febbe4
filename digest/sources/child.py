"""The program that parses what strangers wrote, in a process of its own: `python -m digest.sources.child`.

job from standard input | load its function | call it within limits | answer to standard output, and the next job

It ends with its standard input, so never outlives who started it. Started and asked by `digest.sources.parser`.
"""

import io
import math
import os
import pickle
import resource
import select
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import IntEnum
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from digest.errors import SourceError

JOB = struct.Struct(">I")
"""Before a job: the bytes of its pickle, a pair of function (`module:name`) and argument."""
ANSWER = struct.Struct(">BBI")
"""Before an answer: how it ended, whether this process wants to be replaced, the bytes that follow."""
MOST_ANSWER_BYTES = 32 * 1024 * 1024
"""Bytes of an answer: three times the largest page, as HTML takes more room than the text that it is made of."""
_MOST_WORDS = 20_000


class Ending(IntEnum):
    """How a job ended, and what follows: a pickle after `RESULT`, words otherwise (after FAILED a traceback too)."""

    RESULT = 0
    REFUSED = 1
    UNLOADABLE = 2
    FAILED = 3
    MEMORY = 4
    DEPTH = 5


class _Unloadable(BaseException):
    """The function of a job is not there; its cause says why. No Exception, so that no plug-in takes it for its own."""


class _Trial:
    """A piece of foreign work; what it raises becomes `error`, whatever that is: a plug-in may raise anything."""

    error: BaseException | None = None

    def __enter__(self) -> "_Trial":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _where: TracebackType | None) -> bool:
        self.error = error
        return True


class _JobReader(pickle.Unpickler):
    """Reads jobs. The parent wrote them, so any class may be in them."""


class _Pickler(pickle.Pickler):
    """Instants travel with their offset from UTC alone: whatever zone they know is no class that the parent admits."""

    def reducer_override(self, value: Any) -> Any:
        if type(value) is datetime and value.tzinfo is not None and type(value.tzinfo) is not timezone:
            offset = value.utcoffset()
            return value.replace(tzinfo=timezone(offset) if offset is not None else None).__reduce_ex__(5)
        return NotImplemented


@dataclass(slots=True)
class _Limits:
    """What one job may use: seconds of computing, and bytes above what the program and its libraries take."""

    cpu_s: float
    memory_bytes: int
    base_bytes: int

    def set(self) -> None:
        """Give the next job its share. SIGXCPU ends the process when its computing is used up."""
        spent = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_CPU, math.ceil(spent.ru_utime + spent.ru_stime + self.cpu_s))
        _lower(resource.RLIMIT_AS, self.base_bytes + self.memory_bytes)

    @property
    def tired(self) -> bool:
        """Say whether earlier jobs left so much behind that the next one might want for memory."""
        return _size_bytes() > self.base_bytes + self.memory_bytes // 4


def main() -> None:
    """Work until standard input ends. Arguments: seconds of computing and bytes of memory for each job."""
    cpu_s, memory_bytes = sys.argv[1:]
    # Whoever stops the parent stops this too, in its own order: Ctrl-C and service managers signal whole groups.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    jobs, answers = _take_pipes()
    _end_with(jobs.fileno())
    limits = _Limits(float(cpu_s), int(memory_bytes), _size_bytes())
    with suppress(BrokenPipeError):
        while (head := jobs.read(JOB.size)) and len(head) == JOB.size:
            limits.set()
            ending, words = _work(jobs.read(*JOB.unpack(head)), limits)
            tired = ending in (Ending.MEMORY, Ending.DEPTH) or limits.tired
            answers.write(ANSWER.pack(ending, tired, len(words)) + words)
            answers.flush()


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the pipes of the protocol, and leave plug-ins an empty standard input, and for their words stderr."""
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return jobs, answers


def _end_with(pipe: int) -> None:
    """End this process, whatever it does, when nobody holds the other side of the pipe any more."""
    poll = select.poll()
    poll.register(pipe, 0)

    def wait() -> None:
        poll.poll()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def _work(job: bytes, limits: _Limits) -> tuple[Ending, bytes]:
    answer = b""
    with _Trial() as trial:
        name, argument = _JobReader(io.BytesIO(job)).load()
        function = _load(name, limits)
        answer = _dump(function(argument))
    if trial.error is None and len(answer) > MOST_ANSWER_BYTES:
        return Ending.REFUSED, f"more than {MOST_ANSWER_BYTES // 1024 // 1024} MB of items".encode()
    return (Ending.RESULT, answer) if trial.error is None else _tell(trial.error)


def _load(name: str, limits: _Limits) -> Callable[[Any], Any]:
    """Import the function of a job; the room that its libraries take is not the job's."""
    before = _size_bytes()
    module, _, function = name.partition(":")
    with _Trial() as trial:
        loaded: Callable[[Any], Any] = getattr(import_module(module), function)
    if trial.error is not None:
        raise _Unloadable from trial.error
    limits.base_bytes += max(0, _size_bytes() - before)
    limits.set()
    return loaded


def _dump(result: object) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=5).dump(result)
    return buffer.getvalue()


def _tell(error: BaseException) -> tuple[Ending, bytes]:
    match error:
        case SourceError():
            return Ending.REFUSED, _encode(str(error))
        case MemoryError():
            return Ending.MEMORY, b""
        case RecursionError():
            return Ending.DEPTH, b""
        case _Unloadable():
            return Ending.UNLOADABLE, _encode(f"{type(error.__cause__).__name__}: {error.__cause__}")
        case _:
            return Ending.FAILED, _encode(f"{type(error).__name__}\n{''.join(traceback.format_exception(error))}")


def _encode(words: str) -> bytes:
    return words[:_MOST_WORDS].encode(errors="replace")


def _lower(limit: int, wanted: int) -> None:
    """Set a soft limit, but never above the hard one."""
    _, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _size_bytes() -> int:
    """Return how much address space this process has, as RLIMIT_AS counts it; 0 where the system does not say."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return 0


if __name__ == "__main__":
    main()
