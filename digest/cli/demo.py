"""demo: the whole way once, on an invented newsroom, under a fixed clock so that it tells the same on any day."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from digest.app import App
from digest.cli.base import count, cut, near, out, say, typed
from digest.cli.starter import write_starter
from digest.errors import UsageError
from digest.model.delivery import DeliveryState
from digest.pipelines.assemble import Assembled
from digest.pipelines.deliver import Tally
from digest.pipelines.people import ImportOptions, import_people
from digest.pipelines.publish import FeedResult
from digest.pipelines.save import Ingested

FOLDER = Path("demo")

MORNING = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)
"""When the demo takes place: a Thursday, 07:00 in the newsroom's New York."""

REPEATED = MORNING + timedelta(hours=2)
"""When a repeated demo hands over what an earlier one did not; its edition has not expired."""

RECOVERED = REPEATED + timedelta(hours=2)
"""By when a repeated demo looks for what a killed one left: the claims of that one have run out."""

PEOPLE = """email,topics
ada@reader.example.org,
ben@reader.example.org,refugees-and-migrants children
chioma@reader.example.org,technology-and-surveillance detention-and-prisons
"""


def run_demo(folder: Path = FOLDER) -> None:
    """Set the folder up if need be, do everything once, and say what was done and what to type next."""
    config, people = folder / "config.yaml", folder / "people.csv"
    if not config.exists():
        write_starter(folder, {people.name: PEOPLE})
    elif not people.is_file():
        raise UsageError(f"{config} is not the demo's: call it in another folder, and the demo makes its own there")
    newsroom = App.open(config)
    try:
        _check_is_harmless(newsroom, config)
        troubles = asyncio.run(_show(newsroom, people))
    finally:
        newsroom.close()
    if troubles:
        for trouble in troubles:
            say(trouble)
        raise typer.Exit(1)
    _say_next(config)


def _check_is_harmless(newsroom: App, config: Path) -> None:
    if newsroom.settings.mail.transport != "maildir":
        send = typed("send --now", config)
        raise UsageError(f"{config} no longer mails into a folder, and a demo mails nobody: {send} does")
    if not newsroom.settings.lists:
        raise UsageError(f"{config} has no list to mail: put one back under `lists:`, or remove the folder demo")


async def _show(newsroom: App, people: Path) -> list[str]:
    """Do everything once and tell it line by line; return what went wrong, as sentences."""
    settings = newsroom.settings
    out(f"{cut(settings.site.title, 30)}, an invented newsroom, on Thursday 12 March 2026, 07:00:\n")
    options = ImportOptions(list_id=settings.lists[0].id)
    imported = import_people(settings, newsroom.store, newsroom.key, people, options, MORNING, lambda _read: None)
    found = imported.staged
    _tell("people", f"{found.new} subscribed" if found.new else f"{found.known} subscribed before", str(people))
    readings = await newsroom.ingest(MORNING)
    _tell("items", _count_items(readings), f"{people.parent}/newsroom/")
    feeds = newsroom.publish(MORNING)
    written = sum(one.changed for one in feeds if one.is_feed)
    words = f"{written} written" if written else "not a byte changed"
    _tell("feeds", words, f"{near(settings.feeds.folder)}/")
    edition, tally = await _mail(newsroom)
    _tell("mail", _count_mail(edition, tally), f"{near(settings.mail.folder or people.parent)}/new/")
    if any(one.first and one.new for one in readings):
        out("\nA first reading is no news: mail has only what is a day old at most.")
    if not (found.new or written or tally.outcomes or any(one.new or one.changed for one in readings)):
        out("\nNothing is new, so nobody was mailed and no file was touched.")
    return [*_troubles(readings, feeds, tally), *([edition.held] if edition.held else [])]


async def _mail(newsroom: App) -> tuple[Assembled, Tally]:
    """Mail what is new to each; a repeated demo hands over what a killed one had still to hand over."""
    newsroom.recover(RECOVERED)
    edition = newsroom.assemble_now(newsroom.settings.lists[0], MORNING)
    at = MORNING if edition.edition_id else REPEATED
    return edition, await newsroom.deliver(lambda: at, asyncio.Event())


def _count_items(readings: list[Ingested]) -> str:
    new, same = sum(one.new for one in readings), sum(one.same for one in readings)
    changed = sum(one.changed for one in readings)
    parts = [f"{new} new" if new else f"nothing new, {same} as before", f"{changed} changed" if changed else ""]
    return ", ".join(part for part in parts if part)


def _count_mail(edition: Assembled, tally: Tally) -> str:
    mails = tally.outcomes.get(DeliveryState.SENT, 0)
    if not mails:
        return "nothing new to anybody"
    return count(mails, "digest") + (f" with {count(edition.items, 'new item')}" if edition.items else "")


def _tell(part: str, words: str, where: str) -> None:
    out(f"  {part:<7} {words:<32} {where}")


def _troubles(readings: list[Ingested], feeds: list[FeedResult], tally: Tally) -> Iterator[str]:
    for reading in readings:
        if reading.problem:
            yield f"source {reading.source}: {reading.problem}"
        for row in reading.quarantined:
            yield f"left out of {reading.source}: {row.name}: {row.reason}"
    yield from (f"feed {one.name}: {one.reason}" for one in feeds if one.failed)
    yield from tally.troubles


def _say_next(config: Path) -> None:
    commands = {
        "items": "what was read, newest first",
        "explain Quay": "why an item is in its topics",
        "preview daily": "what subscribers get next",
        "status": "how everything is doing",
    }
    out("\nLook around:")
    for command, purpose in commands.items():
        out(f"  {typed(command, config):<46}  {purpose}")
    out(f"Edit {config} (topics, lists, your own newsroom), then:\n  {typed('check', config)}")
