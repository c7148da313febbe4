"""run, status: the newsroom at work, and how it is doing."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from digest.cli.base import (
    WIDTH,
    AsJson,
    add_command,
    clock,
    count,
    cut,
    folded,
    local,
    opened,
    out,
    out_json,
    say,
)
from digest.cli.items import describe_reading
from digest.cli.mail import WORDS, describe_edition, describe_tally

if TYPE_CHECKING:
    from digest.app import App, Round
    from digest.pipelines.publish import FeedResult
    from digest.pipelines.save import Ingested


MAIL = {"queued": "waiting", "claimed": "being handed over", "in_doubt": "in doubt"}
"""What people read for the state of a delivery that is not settled."""

QUARANTINE_SHOWN = 10
"""Stories left out that are named one by one; JSON has all of them."""


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "run", run)
    add_command(root, "status", status)


def run(context: typer.Context) -> None:
    """Do all of it, each at its time, until stopped.

    Sources are read on their interval, feeds published when they change, lists mailed at their local time. SIGTERM or
    Ctrl-C lets it finish what is at hand.
    """
    from digest.scheduler import Report
    from digest.scheduler import run as run_scheduler

    with opened(context) as newsroom:
        zone = newsroom.settings.site.timezone
        sources, lists = count(len(newsroom.settings.sources), "source"), count(len(newsroom.settings.lists), "list")
        say(f"{newsroom.settings.site.title}: {sources}, {lists}; stop with Ctrl-C")
        report = Report(
            read=lambda read, published: _tell_reading(read, published, zone),
            mailed=lambda done: _tell_round(done, zone),
            trouble=lambda sentence: log(f"trouble: {sentence}", zone),
        )
        asyncio.run(run_scheduler(newsroom, clock, report, asyncio.Event()))
        say("stopped: everything at hand was finished")


def log(line: str, zone: str) -> None:
    """Tell one thing that happened, with the newsroom's time; a line break in it would look like a second one."""
    say(f"{local(clock(), zone)}  {' '.join(line.split())}")


def _tell_reading(read: "list[Ingested]", published: "list[FeedResult]", zone: str) -> None:
    for one in read:
        if one.problem:
            log(f"{one.source}: {one.problem}; next try {local(one.next_at, zone)}", zone)
        elif one.new or one.changed or one.quarantined:
            log(describe_reading(one), zone)
    written = [one.name for one in published if one.changed]
    if written:
        log(f"{count(len(written), 'feed')} written: {cut(', '.join(written), 60)}", zone)
    for failed in (one for one in published if one.failed):
        log(f"{failed.name}: keeps its last good copy: {failed.reason}", zone)


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
    for line in describe_status(found):
        out(line)


def gather_status(newsroom: "App") -> dict[str, Any]:
    """Return the state of everything, as JSON holds it; times are in the newsroom's zone."""
    from digest.pipelines.status import load_status

    return load_status(newsroom.settings, newsroom.store, clock())


def describe_status(found: dict[str, Any]) -> list[str]:
    """Return the status as lines of at most 80 columns, troubles last so that they are seen."""
    feeds, troubles = found["feeds"], list(describe_troubles(found))
    lines = [cut(f"{found['site']}: {count(found['items'], 'item')}", WIDTH)]
    lines += [_pair(f"source {one['id']}", f"read {one['read_at']}, next {one['due_at']}") for one in found["sources"]]
    lines.append(_pair("feeds", f"{feeds['published']} published"))
    for one in found["lists"]:
        lines.append(_pair(f"list {one['id']}", f"{count(one['subscribers'], 'subscriber')}, next {one['next']}"))
    lines += [_pair(f"edition {one['list']}", f"{one['at']}: {_books(one)}") for one in found["editions"]]
    mail = ", ".join(f"{number:,} {MAIL.get(state, state)}" for state, number in found["mail"].items())
    lines += [_pair("mail", mail)] if mail else []
    return [*lines, *troubles] if troubles else [*lines, "No troubles."]


def describe_troubles(found: dict[str, Any]) -> Iterator[str]:
    """Yield what an operator should look at, each as one sentence that stands in as many lines as it needs."""
    left = found["quarantine"]
    for one in left[:QUARANTINE_SHOWN]:
        yield folded(f"LEFT OUT of {one['source']}: {cut(one['name'], 50)}: {one['reason']}")
    if len(left) > QUARANTINE_SHOWN:
        yield f"  … and {count(len(left) - QUARANTINE_SHOWN, 'more')} left out: status --json names all of them"
    for one in found["sources"]:
        if one["problem"]:
            times = f" ({count(one['failures'], 'time')} in a row)" if one["failures"] else ""
            yield folded(f"SOURCE {one['id']}: {one['problem']}{times}")
    for one in found["feeds"]["held"]:
        yield folded(f"FEED HELD {one['name']}: {one['problem']}")
    for one in found["lists"]:
        if one["held"]:
            yield folded(f"LIST HELD {one['id']}, nobody is mailed: {one['held']}")
    for one in found["refused"]:
        yield folded(f"REFUSED FOR GOOD {one['deliveries']:,}: {one['reason']}")


def _pair(name: str, text: str) -> str:
    return cut(f"{cut(name, 26):<26} {text}", WIDTH)


def _books(edition: dict[str, Any]) -> str:
    books = ", ".join(f"{number:,} {WORDS.get(state, state)}" for state, number in edition["books"].items())
    return books or str(edition["note"])
