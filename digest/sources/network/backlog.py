"""The backlog: answers that wait to be read. While there is much of it, servers are asked for no more.

Two thousand pages can come in a few seconds; reading them takes longer, and they would all wait in memory.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

MOST_BYTES = 64 * 1024 * 1024
"""Bytes that may wait: with two hundred answers on their way besides, a small machine has room for them."""


class Backlog:
    """Counts the bytes of answers that wait; one for a run."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._low = asyncio.Event()
        self._low.set()

    async def until_low(self) -> None:
        """Wait until there is room for one more answer."""
        await self._low.wait()

    @contextmanager
    def hold(self, body: bytes) -> Iterator[None]:
        """Count an answer for as long as it waits. Nothing is asked for meanwhile, or it might wait for ever."""
        self._count(len(body))
        try:
            yield
        finally:
            self._count(-len(body))

    def _count(self, change: int) -> None:
        self._bytes += change
        if self._bytes < self._most_bytes:
            self._low.set()
        else:
            self._low.clear()
