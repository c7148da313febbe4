"""fetch: the sources are read, and what was held back is released."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.base import (
    add_command,
    as_typed,
    clock,
    complain,
    config_path,
    count,
    folded,
    local,
    opened,
    out,
    progress,
    say,
    say_next,
)
from digest.cli.items import check_names
from digest.cli.left_out import left_out_lines

if TYPE_CHECKING:
    from digest.app import App
    from digest.pipelines.health import Health
    from digest.pipelines.save import Ingested

MANY = 20
"""Of more sources than this, those with nothing to tell are only counted."""


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "fetch", fetch)


def fetch(
    context: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="Only these; without: all.")] = None,
    approve: Annotated[
        list[str] | None,
        typer.Option(metavar="SOURCE", help="Release the items of it that are held back; repeatable."),
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Only those whose time has come, for cron.")] = False,
) -> None:
    """Read the sources and keep what is new.

    A source that cannot be read, or gives none of its usual items, is named with what was seen there; the others go
    on, and the exit code is 1. With --approve only the sources that are named besides are read. --due leaves out
    those that are not due yet, and those whose servers asked for a pause.
    """
    config = config_path(context)
    with opened(context) as newsroom:
        known = [one.id for one in newsroom.settings.sources]
        waiting = sorted({*_load_waiting(newsroom)} - {*known}) if approve else []
        names, approved = sources or [], approve or []
        check_names("source", names, known)
        check_names("source", approved, [*known, *waiting])
        if approved:
            _tell_released(newsroom.approve(approved, clock()), config)
        results = _read(newsroom, names, due=due) if names or not approved else []
        troubles = _find_troubles(newsroom, results)
        _tell_readings(results, troubles, newsroom.settings.site.timezone, config)
    if not known:
        say(folded(as_typed(f"{config} names no source to read: `digest sources try https://…` finds one", config)))
    elif due and not results and not approved:
        out(folded(as_typed("No source is due: `digest status` shows when each is read next", config)))
    if any(one.new or one.changed for one in results):
        say_next("`digest items` shows what came, `digest build` publishes the feeds", config)
    if any(one.problem or is_failure(troubles.get(one.source)) for one in results):
        raise typer.Exit(1)


def _load_waiting(newsroom: "App") -> Mapping[str, int]:
    """Return how many items wait by source: also of one that config.yaml has no longer, or calls otherwise."""
    from digest.store.pending import count_pending

    with newsroom.store.read() as connection:
        return count_pending(connection)


def _read(newsroom: "App", names: list[str], *, due: bool) -> "list[Ingested]":
    total = len(names) or len(newsroom.settings.sources)
    with progress("reading sources", total if total > 1 and not due else None) as advance:
        return asyncio.run(newsroom.ingest(clock(), only=names, due=due, on_progress=lambda _one: advance(1)))


def _find_troubles(newsroom: "App", results: "Sequence[Ingested]") -> "dict[str, Health]":
    """Return what is wrong with sources although they could be read, but for what their reading tells itself."""
    from digest.pipelines.health import Word
    from digest.pipelines.status import load_health

    read = {one.source: one for one in results if not one.problem}
    found = load_health(newsroom.settings, newsroom.store, clock(), only=read)
    told = {source for source, one in read.items() if one.pending}
    quiet = (Word.PARTIAL, Word.QUIET)
    return {
        source: health
        for source, health in found.items()
        if health.word.is_trouble and health.word not in quiet and not (health.word is Word.WAITING and source in told)
    }


def is_failure(health: "Health | None") -> bool:
    """Tell whether a source that answered gave nothing of what it should: that is as bad as no answer."""
    from digest.pipelines.health import Word

    return health is not None and health.word in (Word.BROKEN, Word.SUSPECT)


def _tell_released(released: Mapping[str, int], config: Path) -> None:
    for source, number in released.items():
        out(f"{source}: {count(number, 'item')} released" if number else f"{source}: nothing waits for approval")
    if any(released.values()):
        say_next("`digest build` publishes the feeds; lists have them in their next edition", config)


def _tell_readings(results: "Sequence[Ingested]", troubles: "Mapping[str, Health]", zone: str, config: Path) -> None:
    told = [one for one in results if len(results) <= MANY or _has_news(one) or one.source in troubles]
    for one in told:
        tell_reading(one, zone, config, troubles.get(one.source))
    if len(told) < len(results):
        out(f"{count(len(results) - len(told), 'source')}{' more' if told else ''}: nothing new")


def _has_news(one: "Ingested") -> bool:
    return bool(one.problem or one.new or one.changed or one.pending or one.held or one.notes or one.quarantined)


def tell_reading(one: "Ingested", zone: str, config: Path, health: "Health | None" = None) -> None:
    """Print what a reading came to, and what is wrong with the source although it answered."""
    if one.problem:
        complain(f"{one.source}: {one.problem}; nothing was changed, next try {local(one.next_at, zone)}")
    else:
        out(describe_reading(one))
    for line in left_out_lines([("  left out", row.name, row.reason) for row in one.quarantined], "see status --json"):
        complain(line, "    ")
    for note in [] if is_failure(health) else one.notes:
        say(folded(f"  note: {note}", "    "))
    if one.pending:
        advice = f"`digest items --pending` shows them, `digest fetch --approve {one.source}` releases them"
        say(folded(as_typed(f"  no reader sees them: {advice}", config), "    "))
    if health:
        complain(f"  {health.sentence}", "    ")
        say(folded(as_typed(f"  {health.next_step}", config), "    "))


def describe_reading(one: "Ingested") -> str:
    """Return what a reading that was no trouble came to, as a line."""
    if one.not_modified:
        return f"{one.source}: not modified since last time"
    known = "known from elsewhere" if one.first else "as before"
    parts = [f"{one.new:,} new", f"{one.changed:,} changed", f"{one.same:,} {known if one.same else 'as before'}"]
    if one.held:
        parts.append(f"{one.held:,} held until {'its' if one.held == 1 else 'their'} date")
    if one.pending:
        parts.append(f"{one.pending:,} {'waits' if one.pending == 1 else 'wait'} for approval")
    if one.withdrawn:
        parts.append(f"{one.withdrawn:,} withdrawn: gone from their own pages")
    if one.quarantined:
        parts.append(f"{len(one.quarantined):,} left out")
    line = f"{one.source}: {', '.join(parts)}"
    if one.first and one.new:
        line += "\n  first reading: mail gives nothing from it that is older than one period"
    return line
