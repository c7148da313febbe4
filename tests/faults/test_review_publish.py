"""Two runs that publish at the same time: whoever writes last, the feeds end up with everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest

from digest.app import App
from digest.pipelines.publish import publish
from digest.store.engine import Connection, Store
from tests.patience import HANG_S

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FERRIES, FIELDS = "Ferries return to the harbour", "Fields under water"


class _Slow(Store):
    """A store whose next write waits until it may, when everything is read and nothing is written."""

    def __init__(self, store: Store, arrived: Event, go: Event) -> None:
        super().__init__(store.engine)
        self.arrived, self.go, self.reads = arrived, go, 0

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Wait after the last read of a feed's items."""
        with super().read() as connection:
            yield connection
        self.reads += 1
        if self.reads == 3:
            self.arrived.set()
            self.go.wait(HANG_S)


class _Between(Store):
    """A store that lets somebody else finish before the last fact of a run is saved."""

    def __init__(self, store: Store, between: Any) -> None:
        super().__init__(store.engine)
        self.between, self.writes = between, 0

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Let the other one finish before the second write."""
        self.writes += 1
        if self.writes == 2:
            self.between()
        with super().write() as connection:
            yield connection


@pytest.mark.parametrize("only", [(), ("all",)], ids=["all feeds", "one feed"])
async def test_an_older_look_that_is_written_last_is_made_good(
    newsroom: Any, story: type[Any], only: tuple[str, ...]
) -> None:
    """A run that read before an item came and wrote after it was published leaves no feed without the item."""
    newsroom.configure(topics="")
    page = [story(FERRIES, date(2026, 3, 11)), story("Harbour lit again", date(2026, 3, 10))]
    newsroom.publish(*page[:1])
    await newsroom.read(NOON)
    newsroom.publish(*page)
    app: App = newsroom.app()
    await app.ingest(NOON + HOUR)
    arrived, go = Event(), Event()
    slow = Thread(
        target=publish, args=(app.settings, _Slow(app.store, arrived, go), NOON + HOUR), kwargs={"only": only}
    )
    slow.start()
    assert arrived.wait(HANG_S)
    newsroom.publish(*page, story(FIELDS, date(2026, 3, 9)))
    await app.ingest(NOON + 2 * HOUR)

    def finish() -> None:
        assert FIELDS in newsroom.feed("all")
        go.set()
        slow.join()

    publish(app.settings, _Between(app.store, finish), NOON + 2 * HOUR)
    app.publish(NOON + 3 * HOUR)
    assert FIELDS in newsroom.feed("all")
