"""One measurement of the feeds of a newsroom, in a process of its own; prints one JSON object. No benchmark by itself.

_feeds_worker.py build FOLDER            every feed, into an empty folder
_feeds_worker.py item FOLDER             one new item in three topics is stored, and nothing published
_feeds_worker.py cold FOLDER             what is due is published by a program that has just started
_feeds_worker.py warm FOLDER ROUNDS      one new item and its publication, again and again, as `digest run` does
_feeds_worker.py atom FOLDER             the entries and Atom bytes of every topic alone, nothing written
"""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "bench")]

rooms = import_module("_feeds_newsroom")
NOW: datetime = rooms.NOW
ENTRIES, LAST, TOPICS = rooms.ENTRIES, rooms.LAST, rooms.TOPICS

if TYPE_CHECKING:
    from digest.app import App

TICK_S = 0.001
SETS = 5
"""Sets of three topics that new items go to in turn: after the first of each, its feeds were published before."""

ROOMS = {
    "feeds/check": "check",
    "feeds/publish.py": "files",
    "feeds/page": "pages",
    "feeds/opml.py": "pages",
    "feeds/qr.py": "pages",
    "feeds/json_feed.py": "JSON",
    "feeds/": "entries and Atom",
    "store/": "store",
    "pipelines/": "pipeline",
}
"""Where time is spent, by the innermost of our files on the stack; the first that fits."""


class Clock:
    """Tells how time divides among rooms: looks at the stack every millisecond, and counts what passed since."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._last = 0.0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch what happens inside."""
        signal.signal(signal.SIGALRM, self._look)
        self._last = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, TICK_S, TICK_S)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _look(self, _number: int, frame: FrameType | None) -> None:
        now = time.perf_counter()
        room = _room_of(frame)
        self.spent[room] = self.spent.get(room, 0.0) + now - self._last
        self._last = now


def _room_of(frame: FrameType | None) -> str:
    while frame is not None:
        file = frame.f_code.co_filename
        if "/digest/" in file and "site-packages" not in file:
            inside = file.rpartition("/digest/")[2]
            return next((room for start, room in ROOMS.items() if inside.startswith(start)), "other")
        frame = frame.f_back
    return "other"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that some work takes, and what it gave."""
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def open_app(folder: Path) -> "App":
    """Start the program."""
    from digest.app import App

    return App.open(folder / "config.yaml")


def save_one(app: "App") -> datetime:
    """Store one new item in three topics, as a reading does; return when that was."""
    from sqlalchemy import func, select

    from digest.model.item import Parsed, ParsedItem
    from digest.pipelines.save import Desk, save_reading
    from digest.sources.reading import SourceReading
    from digest.store.sources import load_source
    from digest.store.tables import item as table

    with app.store.read() as connection:
        state = load_source(connection, "bench")
        number = connection.execute(select(func.max(table.c.id))).scalar_one() + 1
    marks = " ".join(f"mark{(number % SETS * 7 + step) % TOPICS}" for step in (0, 123, 345))
    item = ParsedItem(
        title=f"A new story of the bench that is number {number}",
        summary=f"{'Words of an invented newsroom follow each other here. ' * 7}{marks}",
        published=NOW,
        link=f"https://bench.example.org/new/{number}",
        explicit_id=f"new-{number}",
    )
    reading = SourceReading(parsed=Parsed((item,), complete=False))
    at = NOW + timedelta(seconds=number)
    saved = save_reading(Desk(app.settings, app.store, app.matcher), app.settings.sources[0], state, reading, at)
    assert saved.new == 1, saved
    return at


def check_results(results: Any, least: int) -> None:
    """Refuse figures of a publication that did not do its work."""
    failed = [one for one in results if one.failed]
    assert not failed, failed[:3]
    changed = sum(one.changed for one in results)
    assert changed >= least, f"{changed} feeds were written, not {least}"


def run_build(folder: Path) -> dict[str, Any]:
    """Build every feed."""
    app, clock = open_app(folder), Clock()
    assert app.store
    cpu = time.process_time()
    with clock.watching():
        seconds, results = timed(lambda: app.publish(NOW, every=True, most_archives=0))
    cpu = time.process_time() - cpu
    check_results(results, TOPICS)
    files = [file for file in app.settings.feeds.folder.rglob("*") if file.is_file()]
    sizes = {"files": len(files), "mb": sum(file.stat().st_size for file in files) / 1e6}
    return {"seconds": seconds, "cpu_s": cpu, "spent": dict(clock.spent), **sizes}


def run_warm(folder: Path, rounds: int) -> dict[str, Any]:
    """Publish one new item in three topics, again and again."""
    app, clock, took, cpu = open_app(folder), Clock(), list[float](), list[float]()
    app.publish(NOW, most_archives=0)
    first: list[float] = []
    for number in range(rounds + SETS):
        at = save_one(app)
        begin = time.process_time()
        with clock.watching():
            seconds, results = timed(partial(app.publish, at))
        cpu.append((time.process_time() - begin) * 1000)
        check_results(results, 4)
        took.append(seconds * 1000)
        if number == SETS - 1:
            clock.spent.clear()
            first, took, cpu = took, [], []
    return {
        "ms": took,
        "first_ms": first,
        "cpu_ms": cpu,
        "spent": {room: 1000 * spent / rounds for room, spent in clock.spent.items()},
    }


def run_item(folder: Path) -> dict[str, Any]:
    """Store one new item."""
    return {"at": save_one(open_app(folder)).isoformat()}


def run_cold(folder: Path) -> dict[str, Any]:
    """Publish what is due, once."""
    app = open_app(folder)
    assert app.store
    seconds, results = timed(lambda: app.publish(NOW + timedelta(days=30)))
    check_results(results, 4)
    return {"seconds": seconds}


def run_atom(folder: Path) -> dict[str, Any]:
    """Compose and write down as Atom the newest entries of every topic, in memory."""
    from digest.feeds.build import Builder
    from digest.feeds.spec import FeedSpec, labels_of
    from digest.store.items import load_newest

    app = open_app(folder)
    with app.store.read() as connection:
        items = {topic.id: load_newest(connection, topic.id, ENTRIES) for topic in app.settings.topics}
    settings, builder = app.settings, None

    def build() -> int:
        nonlocal builder
        builder = Builder(settings.site, labels_of(settings.topics, settings.kinds, settings.regions))
        specs = (FeedSpec(name=topic.id, title=topic.title, created_at=LAST) for topic in settings.topics)
        return sum(len(builder.atom(spec, builder.compose(items[spec.name]).entries)) for spec in specs)

    seconds, size = timed(build)
    return {"seconds": seconds, "mb": size / 1e6}


def main(part: str, folder: Path, number: int) -> dict[str, Any]:
    """Run one part."""
    if part == "warm":
        return run_warm(folder, number)
    return {"build": run_build, "item": run_item, "cold": run_cold, "atom": run_atom}[part](folder)


def peak_mb() -> float:
    """Return the peak memory of this program; what getrusage tells begins with that of whoever started it (Linux)."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    given = [*sys.argv[1:], "0"]
    found = main(given[0], Path(given[1]), int(given[2]))
    found["peak_mb"] = peak_mb()
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)
