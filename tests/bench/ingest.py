"""./run bench ingest: matching, import and assembly at size, each in a process of its own; figures to docs.

Everything is invented from a fixed seed. Usage: ingest.py [PART ...], where PART is a key of PARTS; without one, all of
them run, and docs/benchmarks.md gets the table.
"""

import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.app import App
    from digest.config.settings import Settings
    from digest.model.item import ParsedItem
    from digest.model.topic import Topic

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)
SEED = 20260312
ITEMS = 100_000
TOPICS = 200
PEOPLE = 1_000_000
TOPIC_SETS = 50

ROWS = {
    "matched_per_s": ("match", "items matched in a second, 100,000 items × 200 topics", "≥ 20,000"),
    "ingested_per_s": ("store", "items read, decided, matched and stored in a second, one reading of 20,000", ""),
    "import_s": ("import", "s to import 1,000,000 subscribers, every row checked first", "≤ 30"),
    "assemble_s": ("assemble", "s to assemble an edition for 1,000,000 subscribers with 50 topic sets", "≤ 20"),
    "assemble_few_s": ("assemble-few", "the same for 100,000 subscribers, to compare the memory", ""),
    "assemble_many_s": ("assemble-many", "the same for 2,000,000 subscribers, to compare the memory", ""),
}
"""For each figure: the part that gives it, what it is, and what we aim for."""


def words(rng: random.Random, count: int) -> list[str]:
    """Return invented words of the length of English ones."""
    consonants, vowels = "bcdfghklmnprstvw", "aeiou"
    return [
        "".join(rng.choice(consonants) + rng.choice(vowels) for _ in range(rng.randint(2, 4))) for _ in range(count)
    ]


def vocabulary() -> list[str]:
    """Return 20,000 invented words, the same in every run."""
    return sorted(set(words(random.Random(SEED), 40_000)))[:20_000]


def invent_items(count: int) -> Iterator[tuple[str, str]]:
    """Yield titles of 9 and summaries of 70 invented words: the size of a newsroom's."""
    rng, known = random.Random(SEED + 1), vocabulary()
    for number in range(count):
        yield " ".join(rng.choices(known, k=9)) + f" {number}", " ".join(rng.choices(known, k=70))


def invent_topics(count: int, terms: int = 12) -> tuple["Topic", ...]:
    """Return topics with rules of 12 words, phrases and prefixes each."""
    from digest.model.topic import Rule, Term, Topic

    rng, known = random.Random(SEED + 2), vocabulary()
    topics = []
    for number in range(count):
        plain = [Term(word) for word in rng.sample(known, terms - 4)]
        prefixes = [Term(f"{word[:5]}*") for word in rng.sample(known, 2)]
        phrases = [Term(" ".join(rng.sample(known, 2))) for _ in range(2)]
        topics.append(Topic(f"topic-{number}", f"Topic {number}", Rule(any_=tuple(plain + prefixes + phrases))))
    return tuple(topics)


def make_settings(folder: Path, topics: tuple["Topic", ...]) -> "Settings":
    """Return the settings of an invented newsroom."""
    from digest.config.settings import FeedsSettings, MailSettings, Settings, SourceSettings
    from digest.model.mailing import Cadence, MailingList, Schedule
    from digest.model.site import Site

    site = Site(title="Bench", url="https://bench.example.org/", feeds_url="https://bench.example.org/feeds/",
                author="Bench", contact="press@bench.example.org")  # fmt: skip
    daily = MailingList(id="daily", title="Daily", schedule=Schedule(Cadence.DAILY, NOW.time()), timezone="UTC",
                        sender="digest@bench.example.org", reply_to="press@bench.example.org")  # fmt: skip
    return Settings(
        file=folder / "config.yaml", site=site, store=f"sqlite:///{folder}/digest.db", var=folder,
        templates=ROOT / "templates", feeds=FeedsSettings(folder=folder / "feeds"),
        sources=(SourceSettings(id="bench", type="text", path="none"),), topics=topics, regions=(), kinds=(),
        lists=(daily,), mail=MailSettings(folder=folder / "outbox"),
    )  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def run_match(folder: Path) -> dict[str, float]:
    """Match 100,000 items against 200 topics."""
    from digest.topics.match import build_matcher

    del folder
    matcher, stories = build_matcher(invent_topics(TOPICS), ()), list(invent_items(ITEMS))
    seconds = timed(lambda: [matcher.match(title, summary, None) for title, summary in stories])
    return {"matched_per_s": ITEMS / seconds}


def parsed_items(count: int, first: int = 0) -> tuple["ParsedItem", ...]:
    """Return parsed items, newest first, forty a day."""
    from digest.model.item import ParsedItem

    stories = list(invent_items(first + count))[first:]
    start = date(2026, 3, 11)
    return tuple(
        ParsedItem(title=title, summary=summary, published=start - timedelta(days=number // 40),
                   link=f"https://bench.example.org/{first + number}")
        for number, (title, summary) in enumerate(stories)
    )  # fmt: skip


def run_store(folder: Path) -> dict[str, float]:
    """Decide, match and store 20,000 items of one reading, with their placements."""
    app = open_app(folder, invent_topics(TOPICS))
    items = parsed_items(20_000)
    return {"ingested_per_s": len(items) / timed(lambda: save(app, items))}


def open_app(folder: Path, topics: tuple["Topic", ...]) -> "App":
    """Return an app on an empty store."""
    from digest.app import App

    app = App(make_settings(folder, topics))
    assert app.store
    return app


def save(app: "App", items: tuple["ParsedItem", ...]) -> None:
    """Save one reading."""
    from digest.model.item import Parsed
    from digest.pipelines.save import Desk, save_reading
    from digest.sources.reading import SourceReading
    from digest.store.sources import load_source

    with app.store.read() as connection:
        state = load_source(connection, "bench")
    desk = Desk(app.settings, app.store, app.matcher)
    save_reading(desk, app.settings.sources[0], state, SourceReading(parsed=Parsed(items)), NOW)


def people_file(folder: Path, people: int) -> Path:
    """Return a file of subscribers with fifty different sets of topics."""
    rng = random.Random(SEED + 3)
    sets = [
        " ".join(f"topic-{n}" for n in sorted(rng.sample(range(TOPICS), rng.randint(1, 8)))) for _ in range(TOPIC_SETS)
    ]
    file = folder / "people.csv"
    with file.open("w", encoding="utf-8") as text:
        text.write("email,topics\n")
        text.writelines(f"reader.{n}@mail{n % 977}.example.org,{sets[n % TOPIC_SETS]}\n" for n in range(people))
    return file


def run_import(folder: Path, people: int = PEOPLE) -> dict[str, float]:
    """Import a million subscribers."""
    from digest.pipelines.people import ImportOptions, import_people

    app, file = open_app(folder, invent_topics(TOPICS)), people_file(folder, people)
    seconds = timed(
        lambda: import_people(app.settings, app.store, b"k" * 32, file, ImportOptions(), NOW, lambda _read: None)
    )
    return {"import_s": seconds}


def run_assemble(folder: Path, people: int = PEOPLE) -> dict[str, float]:
    """Assemble an edition of 40 new items for a million subscribers."""
    run_import(folder, people)
    app = open_app(folder, invent_topics(TOPICS))
    save(app, parsed_items(40, 50_000))
    rng = random.Random(SEED + 4)
    terms = [rng.choice(topic.rule.any_[:8]).text for topic in app.settings.topics]
    fresh = [
        replace(item, summary=f"{item.summary} {' '.join(terms[n::40])}")
        for n, item in enumerate(parsed_items(40, 60_000))
    ]
    save(app, tuple(fresh))
    done = []
    seconds = timed(lambda: done.append(app.assemble_now(app.settings.lists[0], NOW)))
    assert done[0].audience > people * 0.9, done
    return {"assemble_s": seconds, "audience": done[0].audience, "variants": done[0].variants}


def run_assemble_few(folder: Path) -> dict[str, float]:
    """Assemble for a tenth of them."""
    return {"assemble_few_s": run_assemble(folder, PEOPLE // 10)["assemble_s"]}


def run_assemble_many(folder: Path) -> dict[str, float]:
    """Assemble for twice as many."""
    return {"assemble_many_s": run_assemble(folder, PEOPLE * 2)["assemble_s"]}


PARTS = {
    "match": run_match,
    "store": run_store,
    "import": run_import,
    "assemble": run_assemble,
    "assemble-few": run_assemble_few,
    "assemble-many": run_assemble_many,
}


def run_part(name: str) -> None:
    """Run one part and print its figures with the peak memory of this process."""
    with tempfile.TemporaryDirectory(prefix="digest-bench-") as folder:
        figures = PARTS[name](Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({**figures, "peak_mb": peak}) + "\n")


def run_parts(names: list[str]) -> dict[str, dict[str, float]]:
    """Run parts one after the other, each in its own process."""
    found = {}
    for name in names:
        sys.stderr.write(f"bench: {name} …\n")
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, __file__, "--part", name], check=True, env=environment, stdout=subprocess.PIPE
        )
        found[name] = json.loads(done.stdout)
        sys.stderr.write(f"  {found[name]}\n")
    return found


def write_table(found: dict[str, dict[str, float]]) -> None:
    """Write docs/benchmarks.md."""
    where = f"Python {platform.python_version()} on {os.cpu_count()} cores of a shared machine, SQLite on its disk"
    lines = [
        "# Benchmarks",
        "",
        "`./run bench ingest` measures this anew and writes this page. Everything in it is invented from a fixed seed;",
        "each part runs in a process of its own, whose peak memory is the last column.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {where}.",
        "",
        "| figure | measured | aim | peak memory |",
        "|---|---|---|---|",
    ]
    for name, (part, title, aim) in ROWS.items():
        value = found[part][name]
        shown = f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
        lines.append(f"| {title} | {shown} | {aim} | {found[part]['peak_mb']:,.0f} MB |")
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if sys.argv[1:2] == ["--part"]:
        run_part(sys.argv[2])
    elif sys.argv[1:]:
        run_parts(sys.argv[1:])
    else:
        write_table(run_parts(list(PARTS)))
