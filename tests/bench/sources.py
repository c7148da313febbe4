"""./run bench sources: many feeds polled by whole processes, side by side with `reader` and `rss2email`; to docs.

Each tool polls the same invented feeds of a server on loopback: everything for the first time, again with nothing
new (304), again with one new entry in each. Whole processes are timed, start-up included. The peers are installed from
the package registry into `.cache/peers`; without it, only our own figures are taken. Usage: sources.py [FEEDS [ROUNDS]]
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PEERS = ROOT / ".cache" / "peers"
REQUIREMENTS = ("reader==3.26", "sgmllib3k==1.0.0", "rss2email==3.14")
FEEDS = 2_000
ROUNDS = 3
PER_HOST = 4
DELAY_MS = 50
STEPS = ("first poll, all new", "nothing new, 304", "one new entry in each")
LONGEST_S = 1_200


@dataclass(frozen=True)
class Server:
    """The server of feeds."""

    urls: Sequence[str]
    base: str

    def stats(self) -> str:
        """Return how many answers had which status, as JSON."""
        with urllib.request.urlopen(f"{self.base}/stats", timeout=10) as answer:
            return str(answer.read().decode())

    def move_on(self) -> None:
        """Give every feed one new entry."""
        urllib.request.urlopen(urllib.request.Request(f"{self.base}/version", method="POST"), timeout=10).close()


@dataclass
class Figures:
    """Polls in a second and peak memory of one tool, a list for each step."""

    polls_per_s: dict[str, list[float]] = field(default_factory=dict)
    peak_mb: float = 0


@contextmanager
def serving(feeds: int, delay_ms: int = 0) -> Iterator[Server]:
    """Serve that many feeds, `PER_HOST` on each address, each answer after a delay."""
    hosts = -(-feeds // PER_HOST)
    command = [sys.executable, str(HERE / "_feed_server.py"), str(hosts), str(delay_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        numbers = [number // PER_HOST + 1 for number in range(feeds)]
        names = ["127.1.0.1" if one == 1 else f"127.1.{one // 250}.{one % 250 + 1}" for one in numbers]
        try:
            yield Server(
                [f"http://{name}:{port}/feed/{at}" for at, name in enumerate(names)], f"http://127.1.0.1:{port}"
            )
        finally:
            server.terminate()


def measure(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds that a process takes, and the peak of memory (MB) of it and its children together."""
    begin = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as one:
        peaks = [0.0]
        watch = threading.Thread(target=watch_memory, args=(one, peaks), daemon=True)
        watch.start()
        words, _ = one.communicate(timeout=LONGEST_S)
    seconds = time.perf_counter() - begin
    watch.join()
    if one.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {words[-2000:]}")
    return seconds, max(peaks)


def watch_memory(process: "subprocess.Popen[str]", peaks: list[float]) -> None:
    """Look at the memory of a process and its children ten times a second until it ends."""
    while process.poll() is None:
        peaks.append(sum(resident_mb(pid) for pid in family_of(process.pid)))
        time.sleep(0.1)


def family_of(pid: int) -> list[int]:
    """Return a process and its children."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def resident_mb(pid: int) -> float:
    """Return the memory that a process holds for itself: pages it shares are counted by their share."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def poll(tool: Callable[[], Sequence[str]], server: Server, environment: dict[str, str], figures: Figures) -> None:
    """Poll three times and note the figures."""
    for step in STEPS:
        if step == STEPS[2]:
            server.move_on()
        seconds, peak = measure(tool(), environment)
        figures.polls_per_s.setdefault(step, []).append(len(server.urls) / seconds)
        figures.peak_mb = max(figures.peak_mb, peak)
        sys.stderr.write(f"  {step}: {seconds:.1f} s, {peak:.0f} MB, answers so far: {server.stats()}\n")


def write_config(folder: Path, urls: Sequence[str]) -> Path:
    """Write the config.yaml of an invented newsroom with a source for each feed."""
    lines = ["site: {title: Bench, url: https://bench.example.org/}", "sources:"]
    lines += [f"  s{at}: {{type: feed, url: '{url}', allow_private: true}}" for at, url in enumerate(urls)]
    lines += [
        "topics:",
        "  courts: {title: Courts, any: [court, trial]}",
        "  water: {title: Water, any: [water, river]}",
    ]
    file = folder / "config.yaml"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return file


def run_digest(folder: Path, server: Server, figures: Figures) -> None:
    """Poll with digest."""
    command = [sys.executable, "-P", "-m", "digest", "--config", str(write_config(folder, server.urls)), "fetch"]
    poll(lambda: command, server, os.environ | {"PYTHONPATH": str(ROOT)}, figures)


def run_reader(folder: Path, server: Server, figures: Figures) -> None:
    """Poll with reader."""
    python, database, urls = str(PEERS / "bin" / "python"), str(folder / "reader.db"), folder / "urls.txt"
    urls.write_text("\n".join(server.urls), encoding="utf-8")
    script = str(HERE / "_peer_reader.py")
    measure([python, script, database, "add", str(urls)], dict(os.environ))
    poll(lambda: [python, script, database, "update"], server, dict(os.environ), figures)


def run_rss2email(folder: Path, server: Server, figures: Figures) -> None:
    """Poll with rss2email, which writes its mails into a Maildir."""
    config = ["[DEFAULT]", "from = bench@example.org", "to = desk@example.org", "email-protocol = maildir"]
    config += [f"maildir-path = {folder}/mail", "force-from = True", "date-header = True", "verbose = error"]
    for at, url in enumerate(server.urls):
        config += ["", f"[feed.s{at}]", f"url = {url}"]
    (folder / "mail").mkdir()
    (folder / "rss2email.cfg").write_text("\n".join([*config, ""]), encoding="utf-8")
    command = [str(PEERS / "bin" / "r2e"), "-c", str(folder / "rss2email.cfg"), "-d", str(folder / "rss2email.json")]
    poll(lambda: [*command, "run"], server, dict(os.environ), figures)


TOOLS = {"digest": run_digest, "reader": run_reader, "rss2email": run_rss2email}


def install_peers() -> bool:
    """Install the peers where they are not yet; False where that cannot be done."""
    if (PEERS / "bin" / "r2e").exists():
        return True
    python = str(PEERS / "bin" / "python")
    try:
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True, capture_output=True)
        subprocess.run([python, "-m", "pip", "-q", "install", *REQUIREMENTS], check=True, timeout=300)
    except (subprocess.SubprocessError, OSError) as error:
        sys.stderr.write(f"bench: the peers cannot be installed: {error}\n")
        return False
    return True


def run_all(feeds: int, rounds: int, delay_ms: int) -> dict[str, Figures]:
    """Run every tool in turn, so that a slow hour of the machine hits all of them."""
    tools = list(TOOLS) if install_peers() else ["digest"]
    found = {name: Figures() for name in tools}
    for number in range(rounds):
        for name in tools:
            sys.stderr.write(f"bench: {name}, answers after {delay_ms} ms, round {number + 1} of {rounds}\n")
            with tempfile.TemporaryDirectory(prefix="digest-bench-") as folder, serving(feeds, delay_ms) as server:
                TOOLS[name](Path(folder), server, found[name])
    return found


def describe(heading: str, found: dict[str, Figures]) -> list[str]:
    """Return a table: the tools side by side, and how many times the slower ones go into ours."""
    lines = [f"## {heading}", "", "| polls/s | " + " | ".join(found) + " |", "|---|" + "---|" * len(found)]
    for step in STEPS:
        medians = [statistics.median(one.polls_per_s[step]) for one in found.values()]
        row = [f"{medians[0]:,.0f}", *(f"{other:,.0f} (ours: {medians[0] / other:.1f}×)" for other in medians[1:])]
        lines.append(f"| {step} | " + " | ".join(row) + " |")
    lines.append("| peak memory, MB | " + " | ".join(f"{one.peak_mb:,.0f}" for one in found.values()) + " |")
    return [*lines, ""]


def write_page(tables: list[str], rounds: int) -> None:
    """Write docs/benchmarks-sources.md."""
    where = f"Python {platform.python_version()} on {os.cpu_count()} cores of a shared machine, with the server on them"
    head = [
        "# Benchmarks: many sources",
        "",
        "`./run bench sources` measures this anew and writes this page: invented feeds of 20 entries, four on each of",
        "many loopback addresses, polled by whole processes, start-up included; polls a second, medians. digest also",
        "decides, matches and stores every item durably, and parses in processes of its own with limits; reader stores",
        "entries; rss2email writes a mail for each new entry into a Maildir. Memory is the peak of a process with its",
        "children (PSS). In brackets: our figure as a multiple of the peer's.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, rounds: {rounds}, {where}.",
        "",
    ]
    (ROOT / "docs" / "benchmarks-sources.md").write_text("\n".join([*head, *tables]), encoding="utf-8")


def main() -> None:
    """Measure twice: with a server that answers at once, and with one as far away as servers are."""
    feeds = int(sys.argv[1]) if sys.argv[1:] else FEEDS
    rounds = int(sys.argv[2]) if sys.argv[2:] else ROUNDS
    few = max(1, feeds // 5)
    near = describe(f"{feeds:,} feeds, answered at once", run_all(feeds, rounds, 0))
    far = describe(f"{few:,} feeds, answered after {DELAY_MS} ms", run_all(few, rounds, DELAY_MS))
    write_page([*near, *far], rounds)


if __name__ == "__main__":
    main()
