"""Parsing in a few child processes, with limits, so that nothing that a stranger wrote can stop this program.

wait for a child | send function and argument | answer within the deadline | the value, or what went wrong in words
"""

import asyncio
import logging
import os
import pickle
from types import TracebackType
from typing import Any, Self

from digest.errors import SourceError
from digest.sources.answers import AnswerError, load_answer
from digest.sources.child import Ending
from digest.sources.child_process import Answer, Child, Limits, start_child, to_line

_OURS = "digest."
_LOG = logging.getLogger(__name__)


class Parser:
    """Calls functions in child processes; callers wait in the order in which they came.

    `cpu_s` seconds of computing, `memory_bytes` above what the libraries take, and `deadline_s` seconds in all are
    what one call may use. Children start when they are first needed and serve call after call; one that died or was
    stopped is replaced. They end with this process, however it ends.
    """

    def __init__(
        self,
        *,
        children: int | None = None,
        cpu_s: float = 20,
        memory_bytes: int = 1 << 30,
        deadline_s: float = 60,
    ) -> None:
        self._limits = Limits(cpu_s, memory_bytes, deadline_s)
        self._turns = asyncio.Semaphore(children or min(2, os.cpu_count() or 1))
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._endings: set[asyncio.Task[None]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, _kind: object, _error: object, _where: TracebackType | None) -> None:
        await self.close()

    async def call(self, function: str, argument: object, returns: type = object) -> Any:
        """Return what `function` (`module:name`) makes of `argument`: a `returns` of our own nouns and plain values.

        Raises: SourceError where the function does, cannot be loaded, goes beyond a limit, ends its process, gives
        back something else, or fails; where that is one of ours, its traceback is logged as the bug that it is.
        """
        async with self._turns:
            # Not before its turn: what waits would be in memory twice.
            job = pickle.dumps((function, argument), protocol=pickle.HIGHEST_PROTOCOL)
            child, reusable = await self._take(), False
            try:
                answer = await self._ask(child, job)
                value = load_answer(answer.data, returns) if answer.ending == Ending.RESULT else None
                reusable = not answer.tired
            except AnswerError as error:
                raise SourceError(f"{_name(function)} gave back what it must not: {error}") from error
            finally:
                self._put_back(child, reusable=reusable)
        if answer.ending != Ending.RESULT:
            raise _make_error(function, answer, self._limits)
        return value

    async def close(self) -> None:
        """Stop all children, also those that are at work, and wait until they are gone. Calls after this fail."""
        self._closed = True
        while self._idle:
            self._end(self._idle.pop())
        for child in self._busy:
            child.kill()
        while self._endings:
            await asyncio.gather(*self._endings)

    async def _ask(self, child: Child, job: bytes) -> Answer:
        try:
            async with asyncio.timeout(self._limits.deadline_s):
                return await child.ask(job)
        except TimeoutError as error:
            raise SourceError(f"took more than {self._limits.deadline_s:g} s to read") from error
        except EOFError as error:
            raise SourceError(await child.say_why_it_ended(self._limits)) from error

    async def _take(self) -> Child:
        if self._closed:
            raise RuntimeError("a closed Parser was called")
        while self._idle:
            child = self._idle.pop()
            if child.alive:
                self._busy.add(child)
                return child
            self._end(child)
        child = await start_child(self._limits)
        self._busy.add(child)
        return child

    def _put_back(self, child: Child, *, reusable: bool) -> None:
        self._busy.discard(child)
        if reusable and not self._closed:
            self._idle.append(child)
        else:
            self._end(child)

    def _end(self, child: Child) -> None:
        child.kill()
        task = asyncio.create_task(child.wait())
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)


def _name(function: str) -> str:
    return f"the {'adapter' if function.startswith(_OURS) else 'plug-in'} {function}"


def _make_error(function: str, answer: Answer, limits: Limits) -> Exception:
    """Return what to raise for a function that gave nothing back."""
    words = answer.data.decode(errors="replace")
    match answer.ending:
        case Ending.REFUSED:
            return SourceError(to_line(words))
        case Ending.MEMORY:
            return SourceError(limits.say_memory())
        case Ending.DEPTH:
            return SourceError("nested too deeply to be read")
        case Ending.UNLOADABLE:
            return SourceError(f"{_name(function)} cannot be loaded: {to_line(words)}")
        case _ if function.startswith(_OURS):
            # A bug of ours is told in full, but one page that meets it must not stop the other sources (law 6).
            _LOG.error("%s failed in its child process: %s", function, words)
            return SourceError(
                f"it met a bug of digest ({words.partition(chr(10))[0]}): please report it, with the page"
            )
        case _:
            return SourceError(f"{_name(function)} failed: {to_line(_find_cause(words))}")


def _find_cause(words: str) -> str:
    """Return what a traceback says at its end, where it begins with the name of its exception; else that name."""
    name, _, trace = words.partition("\n")
    return next((line for line in reversed(trace.splitlines()) if line.partition(":")[0].endswith(name)), name)
