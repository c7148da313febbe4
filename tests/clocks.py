"""An event loop with a clock of its own, so that deadlines of the product are tested to the instant on any machine.

Its clock stands still while anybody computes, sends or receives, and leaps to the next timer where nobody does.
Server and client of such a test run in this one loop; for what works outside of it see `hold_while`. Tests ask for it:

    pytestmark = pytest.mark.own_clock
"""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import pytest

GLANCE_S = 0.03
"""Seconds for which nothing may come over the loopback before the clock leaps."""


class _Leaping(selectors.DefaultSelector):
    """Waits for sockets, and tells how much of its time-out is to be taken for gone."""

    leap: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(GLANCE_S)
        if not ready:
            self.leap(timeout)
        return ready


class OwnClockLoop(asyncio.SelectorEventLoop):
    """Time passes only where nothing else is left to do. Seconds since the loop was made."""

    def __init__(self) -> None:
        self._seconds, self._threads = 0.0, 0
        self._at_work: list[Callable[[], bool]] = []
        selector = _Leaping()
        selector.leap = self._leap
        super().__init__(selector)

    def time(self) -> float:
        return self._seconds

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> Any:
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._end_thread)
        return future

    def hold_while(self, at_work: Callable[[], bool]) -> None:
        """Have the clock stand still while somebody outside of the loop is at work."""
        self._at_work.append(at_work)

    def _end_thread(self, _: object) -> None:
        self._threads -= 1

    def _leap(self, seconds: float) -> None:
        if not self._threads and not any(at_work() for at_work in self._at_work):
            self._seconds += seconds


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "own_clock: run in an event loop whose clock leaps where nothing is left to do")


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Choose the event loop of a test."""
    if item.get_closest_marker("own_clock"):
        return {"own clock": OwnClockLoop}
    return {"asyncio": asyncio.new_event_loop}
