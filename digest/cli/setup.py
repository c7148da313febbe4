"""init, check, demo, db upgrade: from nothing to a newsroom that works."""

from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.base import add_command, clock, config_path, count, folded, near, out, say, say_next

if TYPE_CHECKING:
    from digest.config.settings import Settings

EARLIEST = time(4, 0)
"""Before this a send time meets one of the 199 gaps or folds of clocks in a year, somewhere in the world."""


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "init", init)
    add_command(root, "check", check)
    add_command(root, "demo", demo)
    database = typer.Typer(help="Look after the database.", no_args_is_help=True)
    add_command(database, "upgrade", upgrade)
    root.add_typer(database, name="db")


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where; made if it is not there.")] = Path(),
) -> None:
    """Write a config.yaml that works at once.

    Beside it come its schema for editors and a sample newsroom to read. A config.yaml that is there stays as it is.
    """
    from digest.cli.starter import write_starter
    from digest.errors import UsageError

    config = folder / "config.yaml"
    if config.exists():
        raise UsageError(f"{config} is there already and stays as it is: give another folder")
    write_starter(folder, {})
    out(f"Wrote {config}, and a sample newsroom beside it.")
    say_next("`digest check`, then fetch, items, build and feeds in place of check", config)


def check(context: typer.Context) -> None:
    """Check the configuration and the templates.

    Every error is told at once with its line, and nothing is changed. What is no error but worth a look is a note.
    """
    from digest.app import App
    from digest.errors import ConfigError, TemplateError
    from digest.pipelines.check import check_sources
    from digest.pipelines.preview import sample_edition

    newsroom = App.open(config_path(context))
    settings = newsroom.settings
    if problems := check_sources(settings, config_path(context)):
        raise ConfigError(problems)
    held = []
    for mailing in settings.lists:
        try:
            sample_edition(settings, newsroom.renderer, mailing, clock())
        except TemplateError as error:
            held.append(f"list {mailing.id}: its template cannot be used: {error}")
    for trouble in held:
        say(trouble)
    for note in notes_on(settings):
        say(folded(f"note: {note}"))
    known = (
        count(len(settings.sources), "source"),
        count(len(settings.topics), "topic"),
        count(len(settings.regions), "region"),
        count(len(settings.lists), "list"),
    )
    if held:
        raise typer.Exit(1)
    out(f"{near(settings.file)}: good. {', '.join(known)}.")


def notes_on(settings: "Settings") -> list[str]:
    """Return what is allowed and yet hardly meant, in the order of the configuration, each with its line."""
    return [*_missing_notes(settings), *_file_notes(settings), *_hour_notes(settings), *_twin_notes(settings)]


def _missing_notes(settings: "Settings") -> list[str]:
    there = {"sources": settings.sources, "topics": settings.topics, "lists": settings.lists}
    ends = {"sources": "nothing is read", "topics": "all.atom is the only feed", "lists": "nobody is mailed"}
    return [f"{settings.file.name} has no `{name}`, so {ends[name]}" for name, found in there.items() if not found]


def _file_notes(settings: "Settings") -> list[str]:
    return [
        f"{settings.file.name}:{one.line}: source {one.id} reads {near(Path(one.path))}, which is not there"
        for one in settings.sources
        if one.path and not _is_there(Path(one.path))
    ]


def _is_there(path: Path) -> bool:
    """Tell whether an absolute path leads to a file or folder, or a pattern to any."""
    return path.exists() or any(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _hour_notes(settings: "Settings") -> list[str]:
    return [
        f"{settings.file.name}:{one.line}: list {one.id} is sent at {one.schedule.at:%H:%M}: clocks change between"
        " 00:00 and 03:59, so twice a year it comes an hour late or early; 04:00 or later never does"
        for one in settings.lists
        if one.schedule.cadence.value != "immediate" and one.schedule.at < EARLIEST and one.timezone != "UTC"
    ]


def _twin_notes(settings: "Settings") -> list[str]:
    first: dict[object, str] = {}
    notes = []
    for one in settings.topics:
        terms = (one.rule.any_, one.rule.in_title, one.rule.all_, one.rule.none, one.rule.ignore)
        rule = (tuple(frozenset(term.text for term in part) for part in terms),
                frozenset(one.rule.kinds), frozenset(one.rule.regions))  # fmt: skip
        twin = first.setdefault(rule, one.id)
        if twin != one.id:
            where = f"{settings.file.name}:{one.line}"
            notes.append(f"{where}: topic {one.id} has the same rules as {twin}: both will hold the same items")
    return notes


def upgrade(context: typer.Context) -> None:
    """Bring the database to the schema of this program."""
    from digest.app import App
    from digest.store.engine import open_store
    from digest.store.migrate import upgrade_store

    store = open_store(App.open(config_path(context)).settings.store)
    try:
        before, after = upgrade_store(store)
    finally:
        store.close()
    was = ", as before" if before == after else f"; it was {before or 'empty'}"
    out(f"The database is of version {after}{was}.")


def demo() -> None:
    """Do the whole job once, on an invented newsroom.

    All of it happens in the folder `demo` where you are: remove it to begin again.
    """
    from digest.cli.demo import run_demo

    run_demo()
