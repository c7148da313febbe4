"""An invented newsroom for the benchmark of feeds: 500 topics, and as many stored items as wanted, over 30 years.

The rows are written by SQL alone, straight into the tables of digest.store: a million items take seconds so, and hours
through the pipelines. A database is kept in `.cache/bench` for as long as this file and the schema stay as they are.
"""

import hashlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"
TOPICS = 500
ENTRIES = 50
TEXTS = 4_096
"""Invented texts; two items share one only where one of them is older than any feed shows."""

YEARS = 30
LAST = datetime(2026, 3, 1, tzinfo=UTC)
"""When the newest stored item came."""

NOW = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)
SEED = 20260312

CLOSE = """\
INSERT INTO archive (topic, until_rank, until_seq, block, stale)
SELECT topic, max(rank), seq, month || CASE part WHEN 0 THEN '' ELSE '-' || (part + 1) END, 0 FROM (
  SELECT *, (row_number() OVER (PARTITION BY topic, month ORDER BY rank, seq) - 1) / :entries AS part FROM (
    SELECT topic, rank, seq, strftime('%Y-%m', rank, 'unixepoch') AS month,
      row_number() OVER (PARTITION BY topic ORDER BY rank DESC, seq DESC) AS place FROM item_topic
  ) WHERE place > :entries
) GROUP BY topic, month, part
"""
"""Closes every month of every topic, in parts of at most as many items as a feed holds."""

CONFIG = """\
site: {title: Bench, url: "https://bench.example.org/", timezone: UTC, contact: press@bench.example.org}
store: sqlite:///digest.db
feeds: {folder: feeds, entries: 50}
sources:
  bench: {type: text, path: page.txt}
topics:
"""


def words(rng: random.Random, count: int) -> list[str]:
    """Return invented words of the length of English ones."""
    consonants, vowels = "bcdfghklmnprstvw", "aeiou"
    return [
        "".join(rng.choice(consonants) + rng.choice(vowels) for _ in range(rng.randint(2, 4))) for _ in range(count)
    ]


def invent_texts() -> list[tuple[int, str, str]]:
    """Return number, title of 9 and summary of 55 words: the size of a newsroom's."""
    rng = random.Random(SEED)
    known = words(rng, 8_000)
    return [
        (number, " ".join(rng.choices(known, k=9)).capitalize(), " ".join(rng.choices(known, k=55)).capitalize() + ".")
        for number in range(TEXTS)
    ]


ONE, TWO, THREE = "(n % 500)", "((n + 101 + (n / 500) % 89) % 500)", "((n + 307) % 500)"
"""In SQL, the numbers of the three topics of an item: never two the same."""


def newsroom_of(items: int, shared: bool = True) -> Path:
    """Return the folder of a newsroom with that many stored items, made where there is none of this version."""
    folder = CACHE / f"{'items' if shared else 'apart'}-{items}"
    stamp = folder / "stamp"
    if not stamp.exists() or stamp.read_text() != version():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        begin = time.perf_counter()
        _make(folder, items, shared)
        stamp.write_text(version())
        sys.stderr.write(f"bench: {items:,} items stored in {time.perf_counter() - begin:.0f} s\n")
    return folder


def version() -> str:
    """Return what a kept database depends on."""
    sources = [Path(__file__), *sorted((ROOT / "digest" / "store" / "migrations" / "versions").glob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()


def copy_newsroom(source: Path, target: Path) -> Path:
    """Copy a newsroom, so that a measurement may change it; where the file system can, without copying its blocks."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True)
    return target


def forget_feeds(folder: Path) -> None:
    """Take away every published file, so that the next build writes all of them."""
    shutil.rmtree(folder / "feeds", ignore_errors=True)


def close_archives(folder: Path) -> int:
    """Note, in a newsroom whose feeds were built once, all archives of older items as made; return how many there are.

    Their documents are not written: making hundreds of thousands of them is not what is measured here.
    """
    with closing(sqlite3.connect(folder / "digest.db", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("DELETE FROM archive")
        database.execute(CLOSE, {"entries": ENTRIES})
        database.execute("UPDATE feed SET owed = 0")
        database.execute("COMMIT")
        database.execute("ANALYZE archive")
        return int(database.execute("SELECT count(*) FROM archive").fetchone()[0])


def _make(folder: Path, items: int, shared: bool) -> None:
    from digest.store.engine import open_store
    from digest.store.migrate import ready_store

    lines = [f"  t{n}: {{title: Topic {n}, any: [mark{n}]}}" for n in range(TOPICS)]
    (folder / "config.yaml").write_text(CONFIG + "\n".join([*lines, ""]), encoding="utf-8")
    (folder / "page.txt").write_text("Bench\n", encoding="utf-8")
    store = open_store(f"sqlite:///{folder}/digest.db")
    ready_store(store)
    store.close()
    with closing(sqlite3.connect(folder / "digest.db", isolation_level=None)) as database:
        _fill(database, items, shared)


def _fill(database: sqlite3.Connection, items: int, shared: bool) -> None:
    for pragma in ("synchronous=OFF", "journal_mode=OFF", "cache_size=-1000000", "temp_store=MEMORY"):
        database.execute(f"PRAGMA {pragma}")
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        database.execute(f'DROP INDEX "{name}"')
    database.execute("CREATE TEMP TABLE words (id INTEGER PRIMARY KEY, title TEXT, summary TEXT)")
    database.executemany("INSERT INTO words VALUES (?, ?, ?)", invent_texts())
    for statement in _statements(items, shared):
        _progress("filling", statement)
        database.execute(statement)
    for name, sql in indexes:
        _progress("index", name)
        database.execute(sql)
    database.execute("ANALYZE")
    database.execute("PRAGMA journal_mode=WAL")


def _progress(step: str, what: str) -> None:
    sys.stderr.write(f"bench: {step} {' '.join(what.split()[:3])} …\n")


def _statements(items: int, shared: bool) -> list[str]:
    """Return the statements that fill the tables; item 1 is the oldest, and the log begins with it."""
    step = timedelta(days=365 * YEARS).total_seconds() / items
    last, topics = int(LAST.timestamp()), (ONE, TWO, THREE) if shared else (ONE,)
    at = f"CAST({LAST.timestamp() - step * items} + n * {step} AS INTEGER)"
    listed = "'[\"t' || " + " || '\", \"t' || ".join(topics) + " || '\"]'"
    marks = "".join(f" || ' mark' || {topic}" for topic in topics)
    cases = "".join(f" WHEN {place} THEN 't' || {topic}" for place, topic in enumerate(topics, 1))
    rows = f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {items}) SELECT n FROM c)"
    return [
        f"INSERT INTO source (id, first_read_at, read_at) VALUES ('bench', {last}, {last})",
        "INSERT INTO item (id, source, key, entry_id, content_hash, title, summary, truncated, kind, published_on,"
        " published_at, date_only, updated_at, first_seen_at, link, language, status, revision, topics, regions,"
        " link_key, title_key) SELECT n, 'bench', 'https://bench.example.org/' || n,"
        " 'tag:bench.example.org,' || strftime('%Y', at, 'unixepoch') || ':bench/' || n, hex(n), w.title || ' ' || n,"
        f" w.summary{marks}, 0, NULL, date(at, 'unixepoch'), at, 0, at, {last}, 'https://bench.example.org/' || n,"
        f" 'en', 'live', 1, {listed}, '[]', printf('%032x', n), printf('%032x', n * 7)"
        f" FROM (SELECT n, {at} AS at FROM {rows}) r JOIN words w ON w.id = r.n % {TEXTS}",
        "INSERT INTO revision SELECT id, 1, first_seen_at, 'first seen',"
        " json_object('title', title, 'summary', summary, 'kind', NULL) FROM item",
        "INSERT INTO placement (seq, topic, item_id, action, backlog_days, at)"
        f" SELECT (n - 1) * {len(topics) + 1} + place + 1, CASE place WHEN 0 THEN 'all'{cases} END, n, 'placed',"
        f" max(1, ({last} - {at}) / 86400), {last}"
        f" FROM {rows} CROSS JOIN (SELECT value AS place FROM json_each('{list(range(len(topics) + 1))}'))",
        "INSERT INTO item_topic (topic, item_id, seq, rank) SELECT p.topic, p.item_id, p.seq, i.published_at"
        " FROM placement p JOIN item i ON i.id = p.item_id ORDER BY p.topic, p.item_id",
    ]
