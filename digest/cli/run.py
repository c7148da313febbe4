"""run, status: the newsroom at work, and how it is doing."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from digest.cli.base import (
    CONFIG,
    WIDTH,
    AsJson,
    add_command,
    as_typed,
    clock,
    config_path,
    count,
    cut,
    folded,
    local,
    near,
    opened,
    out,
    out_json,
    say,
)
from digest.cli.fetch import describe_reading
from digest.cli.left_out import held_lines, left_out_lines
from digest.cli.mail import WORDS, describe_edition, describe_tally

if TYPE_CHECKING:
    from digest.app import App, Round
    from digest.config.settings import Settings
    from digest.pipelines.ping import Pinged
    from digest.pipelines.publish import FeedResult
    from digest.pipelines.save import Ingested
    from digest.scheduler import Beside


MAIL = {"queued": "waiting", "claimed": "being handed over", "in_doubt": "in doubt"}
"""What people read for the state of a delivery that is not settled."""

SOURCES_SHOWN = 12
"""Sources that are listed one by one; of more only those in trouble are."""

TROUBLES_SHOWN = 20
"""Sources in trouble that are named one by one; JSON has all of them."""


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "run", run)
    add_command(root, "status", status)


def run(context: typer.Context) -> None:
    """Do all of it, each at its time, until stopped.

    Sources are read on their interval, feeds published when they change and served at `web.bind`, lists mailed at
    their local time. SIGTERM or Ctrl-C lets it finish what is at hand.
    """
    from digest.scheduler import Report
    from digest.scheduler import run as run_scheduler

    with opened(context) as newsroom, listening(newsroom.settings) as beside:
        zone = newsroom.settings.site.timezone
        sources, lists = count(len(newsroom.settings.sources), "source"), count(len(newsroom.settings.lists), "list")
        say(f"{newsroom.settings.site.title}: {sources}, {lists}; stop with Ctrl-C")
        report = Report(
            read=lambda read, published: _tell_reading(read, published, zone),
            pinged=_HubNews(zone).tell,
            mailed=lambda done: _tell_round(done, zone),
            trouble=lambda sentence: log(f"trouble: {sentence}", zone),
        )
        asyncio.run(run_scheduler(newsroom, clock, report, asyncio.Event(), beside))
        say("stopped: everything at hand was finished")


@contextmanager
def listening(settings: "Settings") -> Iterator["Beside | None"]:
    """Yield what serves the published folder at `web.bind`, None where nobody is to be served.

    Raises: WebError, before anything else has begun.
    """
    from digest.web.reading import base_path, make_web
    from digest.web.server import address_of, listen, serve

    if settings.web_bind is None:
        yield None
        return
    with closing(listen(settings.web_bind)) as listener:
        say(f"serving {near(settings.feeds.folder)}/ at {address_of(listener, base_path(settings.site.feeds_url))}")
        web = make_web(settings, clock)
        yield lambda stop: serve(web, listener, stop)


def log(line: str, zone: str) -> None:
    """Tell one thing that happened, with the newsroom's time; a line break in it would look like a second one."""
    say(f"{local(clock(), zone)}  {' '.join(line.split())}")


def _tell_reading(read: "list[Ingested]", published: "list[FeedResult]", zone: str) -> None:
    for one in read:
        if one.problem:
            log(f"{one.source}: {one.problem}; next try {local(one.next_at, zone)}", zone)
        elif one.new or one.changed or one.quarantined or one.pending or one.withdrawn or one.notes:
            log("; ".join((describe_reading(one), *one.notes)), zone)
    written = [one.name for one in published if one.changed and one.is_feed]
    if written:
        log(f"{count(len(written), 'feed')} written: {cut(', '.join(written), 60)}", zone)
    for line in held_lines((one.name, one.reason) for one in published if one.failed):
        log(f"HELD, readers keep the last good copy: {line}", zone)


@dataclass(slots=True)
class _HubNews:
    """Tells what the hub heard; a trouble that goes on is told once."""

    zone: str
    problem: str | None = None

    def tell(self, pinged: "Pinged") -> None:
        """Tell it, unless it is nothing new."""
        if pinged.told:
            log(f"the hub was told of {count(pinged.told, 'feed')}", self.zone)
        if pinged.problem and pinged.problem != self.problem:
            log(f"trouble: {pinged.problem}", self.zone)
        self.problem = pinged.problem


def _tell_round(done: "Round", zone: str) -> None:
    for edition in done.assembled:
        log(describe_edition(edition, zone), zone)
    if done.tally.outcomes:
        log(describe_tally(done.tally), zone)
    for trouble in dict.fromkeys(done.tally.troubles):
        log(f"trouble: {trouble}", zone)


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show how everything is doing.

    Sources, feeds, lists, the last editions with their books; what is wrong comes last.
    """
    with opened(context) as newsroom:
        found = gather_status(newsroom)
    if as_json:
        out_json(found)
        return
    for line in describe_status(found, config_path(context)):
        out(line)


def gather_status(newsroom: "App") -> dict[str, Any]:
    """Return the state of everything, as JSON holds it; times are in the newsroom's zone."""
    from digest.pipelines.status import load_status

    return load_status(newsroom.settings, newsroom.store, clock())


def describe_status(found: dict[str, Any], config: Path = CONFIG) -> list[str]:
    """Return the status as lines of at most 80 columns, troubles last so that they are seen."""
    feeds, troubles = found["feeds"], list(describe_troubles(found, config))
    lines = [cut(f"{found['site']}: {count(found['items'], 'item')}", WIDTH)]
    lines += _source_lines(found["sources"])
    lines.append(_pair("feeds", f"{feeds['published']} published"))
    for one in found["lists"]:
        following = "no edition is planned" if one["next"] == "none is planned" else f"next {one['next']}"
        lines.append(_pair(f"list {one['id']}", f"{count(one['subscribers'], 'subscriber')}, {following}"))
    lines += [_pair(f"edition {one['list']}", f"{one['at']}: {_books(one)}") for one in found["editions"]]
    mail = ", ".join(f"{number:,} {MAIL.get(state, state)}" for state, number in found["mail"].items())
    lines += [_pair("mail", mail)] if mail else []
    return [*lines, *troubles] if troubles else [*lines, "No troubles."]


def _source_lines(sources: list[dict[str, Any]]) -> list[str]:
    """Return two lines for each of a few sources; of many only how many are how."""
    if len(sources) > SOURCES_SHOWN:
        words = Counter(one["health"] for one in sources)
        order = sorted(words, key=lambda word: -words[word])
        return [_pair(count(len(sources), "source"), ", ".join(f"{words[word]:,} {word}" for word in order))]
    lines = []
    for one in sources:
        next_at = "" if one["trouble"] else f", next {one['due_at']}"
        read = "never read" if one["read_at"] == "never" else f"read {one['read_at']}"
        lines.append(_pair(f"source {one['id']}", f"{one['health']} · {read}{next_at}"))
        lines += [_pair("", f"usually {one['usual']}")] if one["usual"] else []
    return lines


def describe_troubles(found: dict[str, Any], config: Path = CONFIG) -> Iterator[str]:
    """Yield what an operator should look at, each as one sentence that stands in as many lines as it needs."""
    rows = [(f"LEFT OUT of {one['source']}", one["name"], one["reason"]) for one in found["quarantine"]]
    yield from map(folded, left_out_lines(rows, "status --json names all of them"))
    yield from _source_troubles([one for one in found["sources"] if one["trouble"]], config)
    if found["idle"]:
        yield folded(f"NOTHING IS READ: {found['idle']}")
    for line in held_lines((one["name"], one["problem"]) for one in found["feeds"]["held"]):
        yield folded(f"HELD, readers keep the last good copy: {line}")
    rows = [(f"LEFT OUT of the feed {one['feed']}", one["name"], one["reason"]) for one in found["feeds"]["left_out"]]
    yield from map(folded, left_out_lines(rows, "status --json names all of them"))
    if found["feeds"]["unpinged"]:
        yield folded(f"THE HUB has not heard of {count(found['feeds']['unpinged'], 'feed')}: run and build try again")
    for one in found["lists"]:
        if one["held"]:
            yield folded(f"LIST HELD {one['id']}, nobody is mailed: {one['held']}")
    for one in found["refused"]:
        yield folded(f"REFUSED FOR GOOD {one['deliveries']:,}: {one['reason']}")


def _source_troubles(troubled: list[dict[str, Any]], config: Path) -> Iterator[str]:
    """Yield a sentence for each source in trouble, the gravest first, and what comes next on a line of its own."""
    from digest.pipelines.health import Word

    gravity = [word.value for word in Word]
    troubled.sort(key=lambda one: gravity.index(one["health"]))
    for one in troubled[:TROUBLES_SHOWN]:
        yield folded(f"SOURCE {one['id']}: {one['sentence']}")
        yield folded(as_typed(f"  {one['next_step']}", config))
    if len(troubled) > TROUBLES_SHOWN:
        yield f"  … and {count(len(troubled) - TROUBLES_SHOWN, 'more source')} in trouble: status --json names them"


def _pair(name: str, text: str) -> str:
    return cut(f"{cut(name, 26):<26} {text}", WIDTH)


def _books(edition: dict[str, Any]) -> str:
    books = ", ".join(f"{number:,} {WORDS.get(state, state)}" for state, number in edition["books"].items())
    return books or str(edition["note"])
