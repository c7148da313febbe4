"""./run bench feeds: what publishing costs at 10⁴, 10⁵ and 10⁶ stored items, and beside Hugo; to docs.

Everything is invented (`_feeds_newsroom.py`); each measurement is a process of its own (`_feeds_worker.py`). The peer
is Debian's `hugo`; without it only our own figures are taken. Usage: feeds.py [--rounds N] [--items N,N,…] [--no-docs];
the figures also go to .cache/bench/feeds.json.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "bench")]

hugo, rooms = import_module("_feeds_hugo"), import_module("_feeds_newsroom")
CACHE, TOPICS = rooms.CACHE, rooms.TOPICS
close_archives, copy_newsroom, forget_feeds, newsroom_of = (
    rooms.close_archives,
    rooms.copy_newsroom,
    rooms.forget_feeds,
    rooms.newsroom_of,
)

WORKER = ROOT / "tests" / "bench" / "_feeds_worker.py"
SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 5
PUBLICATIONS = 30
LONGEST_S = 1_800
PAGE = ROOT / "docs" / "benchmarks-feeds.md"
Found = dict[str, Any]


def say(text: str) -> None:
    """Tell how far it is."""
    sys.stderr.write(f"bench: {text}\n")


def run(command: list[str]) -> tuple[float, str]:
    """Return the seconds that a whole process takes, and what it printed."""
    begin = time.perf_counter()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST_S)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr[-2000:] or done.stdout[-2000:]}")
    return seconds, done.stdout


def work(part: str, folder: Path, number: int = 0) -> Found:
    """Run one part of the worker; `whole_s` is what its process took."""
    seconds, words = run([sys.executable, "-P", str(WORKER), part, str(folder), str(number)])
    return {**json.loads(words.splitlines()[-1]), "whole_s": seconds}


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder on the disk of the checkout: some machines have their temporary folder in memory."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="work-", dir=CACHE))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure_item(items: int, rounds: int) -> Found:
    """Publish after one new item in three topics: in a running program, and in one that has just started."""
    source = newsroom_of(items)
    with scratch() as folder:
        say(f"{items:,} items: a copy, its first publication, its archives")
        room = copy_newsroom(source, folder / "room")
        work("build", room)
        archives = close_archives(room)
        say(f"{items:,} items, {archives:,} archives: {PUBLICATIONS} publications of one new item")
        warm = work("warm", room, PUBLICATIONS)
        cold = []
        for number in range(rounds):
            say(f"{items:,} items: a program that has just started, {number + 1} of {rounds}")
            work("item", room)
            cold.append(work("cold", room))
    return {
        **{key: warm[key] for key in ("ms", "first_ms", "cpu_ms", "spent", "peak_mb")},
        "cold_ms": [one["seconds"] * 1000 for one in cold],
        "cold_whole_ms": [one["whole_s"] * 1000 for one in cold],
        "archives": archives,
    }


def measure_build(items: int, rounds: int, *, shared: bool) -> Found:
    """Build every feed into an empty folder, again and again, each in a new process."""
    source, name = newsroom_of(items, shared), "shared" if shared else "distinct"
    found: list[Found] = []
    with scratch() as folder:
        room = copy_newsroom(source, folder / "room")
        for number in range(rounds):
            say(f"{TOPICS} topics, {name} items: everything, {number + 1} of {rounds}")
            forget_feeds(room)
            found.append(work("build", room))
        atom = [work("atom", room)["seconds"] for _ in range(rounds)]
    best = min(found, key=lambda one: one["seconds"])
    return {
        "seconds": [one["seconds"] for one in found],
        "cpu_s": [one["cpu_s"] for one in found],
        "whole_s": [one["whole_s"] for one in found],
        "atom_s": atom,
        "peak_mb": max(one["peak_mb"] for one in found),
        **{key: best[key] for key in ("spent", "files", "mb")},
    }


def measure_peer(rounds: int) -> Found:
    """Build the same feeds with us and with Hugo in turn: everything anew, and again after one new item."""
    found: dict[str, list[float]] = {}
    with scratch() as folder:
        room = copy_newsroom(newsroom_of(SIZES[0]), folder / "room")
        sites = {formats: hugo.make_site(room, folder / formats, formats) for formats in hugo.FORMATS}
        for number in range(rounds):
            say(f"beside Hugo, {number + 1} of {rounds}")
            forget_feeds(room)
            found.setdefault("ours, everything", []).append(work("build", room)["whole_s"])
            close_archives(room)
            work("item", room)
            found.setdefault("ours, one item", []).append(work("cold", room)["whole_s"])
            for formats, site in sites.items():
                shutil.rmtree(site / "public", ignore_errors=True)
                found.setdefault(f"{formats}, everything", []).append(run(hugo.command(site))[0])
                hugo.check_site(site, formats)
                hugo.write_item(site, 10**7 + number, *_new_item(number))
                found.setdefault(f"{formats}, one item", []).append(run(hugo.command(site))[0])
    return found


def _new_item(number: int) -> tuple[str, str, str, int, str, str]:
    link = f"https://bench.example.org/new/{number}"
    at = int(datetime(2026, 3, 12, tzinfo=UTC).timestamp()) + number
    summary = "Words of an invented newsroom follow each other here. " * 7
    return (
        f"tag:bench.example.org,2026:new/{number}",
        f"A new story {number}",
        summary,
        at,
        link,
        '["t0", "t123", "t345"]',
    )


def measure(sizes: list[int], rounds: int) -> Found:
    """Take all figures."""
    builds = {
        "shared": measure_build(SIZES[0], rounds, shared=True),
        "distinct": measure_build(TOPICS * 50, rounds, shared=False),
    }
    peer = measure_peer(rounds) if hugo.found() else {}
    if not peer:
        say("hugo is not installed (Debian package hugo): no peer")
    return {"build": builds, "peer": peer, "item": {str(size): measure_item(size, rounds) for size in sizes}}


def _shown(values: list[float], unit: str) -> str:
    digits = 0 if unit == "ms" else 2
    return f"{statistics.median(values):,.{digits}f}"


def describe_items(found: Found) -> list[str]:
    """Return the table of one new item."""
    rows = {
        "running program: median, ms": lambda one: _shown(one["ms"], "ms"),
        "running program: slowest, ms": lambda one: f"{max(one['ms']):,.0f}",
        "of that on the processor: median, ms": lambda one: _shown(one["cpu_ms"], "ms"),
        "a topic's first since the start: median, ms": lambda one: _shown(one["first_ms"], "ms"),
        "program just started, only publishing: median, ms": lambda one: _shown(one["cold_ms"], "ms"),
        "program just started, its whole process: median, ms": lambda one: _shown(one["cold_whole_ms"], "ms"),
        "archives of older items": lambda one: f"{one['archives']:,}",
        "peak memory of the running program, MB": lambda one: f"{one['peak_mb']:,.0f}",
    }
    lines = ["| stored items | " + " | ".join(f"{int(size):,}" for size in found) + " |", "|---|" + "---|" * len(found)]
    return [*lines, *(f"| {name} | " + " | ".join(map(row, found.values())) + " |" for name, row in rows.items()), ""]


def describe_builds(found: Found) -> list[str]:
    """Return the table of a full build."""
    rows = {
        "every feed, all formats: median, s": lambda one: _shown(one["seconds"], "s"),
        "of that on the processor: median, s": lambda one: _shown(one["cpu_s"], "s"),
        "the whole process: median, s": lambda one: _shown(one["whole_s"], "s"),
        "Atom bytes alone, in memory: median, s": lambda one: _shown(one["atom_s"], "s"),
        "files": lambda one: f"{one['files']:,}",
        "MB written": lambda one: f"{one['mb']:,.0f}",
        "peak memory, MB": lambda one: f"{one['peak_mb']:,.0f}",
    }
    lines = ["| 500 topics × 50 entries | items in three topics each | every entry distinct |", "|---|---|---|"]
    return [
        *lines,
        *(f"| {name} | {row(found['shared'])} | {row(found['distinct'])} |" for name, row in rows.items()),
        "",
    ]


def describe_time(found: Found) -> list[str]:
    """Return how time divides among rooms."""
    build, item = found["build"]["shared"]["spent"], list(found["item"].values())[-1]["spent"]
    rooms = sorted({*build, *item}, key=lambda room: -build.get(room, 0))
    lines = ["| where time goes | every feed, s | one item, ms |", "|---|---|---|"]
    return [*lines, *(f"| {room} | {build.get(room, 0):.2f} | {item.get(room, 0):.1f} |" for room in rooms), ""]


def describe_peer(found: Found) -> list[str]:
    """Return the table beside Hugo; in brackets how many times as long it takes as we do."""
    if not found:
        return ["Hugo was not installed, so there is no peer in this run.", ""]
    lines = ["| whole processes, median, s | digest | Hugo, the same formats | Hugo, Atom alone |", "|---|---|---|---|"]
    for what, name in (("everything", "everything anew"), ("one item", "after one new item")):
        ours = statistics.median(found[f"ours, {what}"])
        theirs = [statistics.median(found[f"{formats}, {what}"]) for formats in hugo.FORMATS]
        lines.append(
            f"| {name} | {ours:.2f} | " + " | ".join(f"{one:.2f} ({one / ours:.1f}×)" for one in theirs) + " |"
        )
    return [*lines, ""]


def write_page(found: Found, rounds: int) -> None:
    """Write docs/benchmarks-feeds.md."""
    where = f"Python {platform.python_version()} on {os.cpu_count()} cores of a shared machine, SQLite on its disk"
    head = [
        "# Benchmarks: feeds",
        "",
        "`./run bench feeds` measures this anew and writes this page: an invented newsroom of 500 topics whose items",
        "came over 30 years, each in `all` and three topics. Published is all of it: Atom, JSON Feed and page of every",
        "feed, index, OPML, each checked, flushed to the disk and renamed into its place.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, rounds: {rounds}, {where}.",
        "",
        "## One new item in three topics",
        "",
        "Measured is publishing, after the item was stored: four feeds in three formats, the archive blocks that it",
        "closes, the pages of the folder. The archives of all older items are noted as made before.",
        f"{PUBLICATIONS} publications in a running program, as `digest run` is. Aim: 50 ms, however many are stored.",
        "",
    ]
    middle = [
        "## Every feed",
        "",
        "Into an empty folder, without the archives of older items. Aim: 2 s.",
        "",
    ]
    peer = [
        "## Beside Hugo",
        "",
        "Hugo builds the same feeds from the same 10,000 items, one content file each, with templates of the same",
        "fields; pages of items and taxonomies are off. It keeps no state, so it builds everything after one new item",
        "as well; it neither checks what it writes nor flushes it. Processes in turn, start-up included. In brackets:",
        "how many times as long as ours.",
        "",
    ]
    time_head = [
        "## Where the time goes",
        "",
        "Looked at every millisecond, by the innermost of our rooms on the stack.",
        "",
    ]
    lines = [*head, *describe_items(found["item"]), *middle, *describe_builds(found["build"]), *time_head]
    lines += [*describe_time(found), *peer, *describe_peer(found["peer"])]
    PAGE.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Measure, and write the figures down."""
    parser = argparse.ArgumentParser(prog="./run bench feeds")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--items", default=",".join(map(str, SIZES)))
    parser.add_argument("--no-docs", action="store_true")
    options = parser.parse_args()
    found = measure([int(one) for one in options.items.split(",")], options.rounds)
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "feeds.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    for lines in (describe_items(found["item"]), describe_builds(found["build"]), describe_time(found)):
        sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.write("\n".join(describe_peer(found["peer"])) + "\n")
    if not options.no_docs:
        write_page(found, options.rounds)


if __name__ == "__main__":
    main()
