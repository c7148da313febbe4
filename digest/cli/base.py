"""What all commands share: the options before them, where output goes, and how it looks in 80 columns."""

import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from rich.progress import TaskID

    from digest.app import App

WIDTH = 80
"""Columns that every line of ours fits into, except what an operator must be able to copy whole."""

CONFIG = Path("config.yaml")

_RUN = Path(__file__).parents[2] / "run"
"""The door of a checkout: from a folder in it, as in the tutorial, it is typed `../run`."""

_JOIN = "\ue000"
"""Stands for the spaces of a command until `folded` is through: a command is copied whole."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


class Command(TyperCommand):
    """A command whose help shows its arguments as people call them, without the types of a programming language."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then the options."""
        records = [(one, one.get_help_record(ctx)) for one in self.get_params(ctx)]
        for heading, kind in (("Arguments", "argument"), ("Options", "option")):
            rows = [record for one, record in records if record and one.param_type_name == kind]
            if kind == "argument":
                rows = [(name.partition(" <")[0], text) for name, text in rows]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


def add_command(group: typer.Typer, name: str, function: Callable[..., None]) -> None:
    """Add a command to a group; the first sentence of its docstring is its line in the list of commands."""
    group.command(name, cls=Command)(function)


@contextmanager
def opened(context: typer.Context) -> Iterator["App"]:
    """Yield the app of the configuration that the command line names, and close it."""
    from digest.app import App

    newsroom = App.open(config_path(context))
    try:
        yield newsroom
    finally:
        newsroom.close()


def config_path(context: typer.Context) -> Path:
    """Return the configuration that the command line names."""
    path: Path = context.find_root().obj
    return path


def typed(command: str, config: Path = CONFIG) -> str:
    """Return a command as the reader would type it here: with the `run` of a checkout, with their own --config."""
    named = "" if config == CONFIG else f" --config {shlex.quote(str(config))}"
    return f"{_program()}{named} {command}"


def _program() -> str:
    if Path(sys.argv[0]).name == "digest":
        return "digest"
    here = Path.cwd()
    inside = here != _RUN.parent and here.is_relative_to(_RUN.parent)
    return os.path.relpath(_RUN, here) if inside else "./run"


def as_typed(text: str, config: Path = CONFIG) -> str:
    """Return a text for `folded`, its commands in back-quotes (`digest build`) as the reader would type them."""
    return re.sub(r"`digest ([^`]+)`", lambda found: typed(found[1], config).replace(" ", _JOIN), text)


def say_next(text: str, config: Path = CONFIG) -> None:
    """Tell people what they can do next; commands stand in back-quotes, as `digest build`."""
    say(folded(as_typed(f"next: {text}", config), "      "))


def near(path: Path) -> str:
    """Return a path as the reader would type it: from the folder they are in, where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def clock() -> datetime:
    """Return the time, aware UTC; the only place where digest asks for it."""
    return datetime.now(UTC)


def out(text: str) -> None:
    """Print data."""
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """Tell people something, apart from the data."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def out_json(data: Any) -> None:
    """Print data as JSON for programs."""
    out(json.dumps(data, ensure_ascii=False, indent=2))


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 item`, `2,000 items`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def local(at: datetime | None, zone: str) -> str:
    """Return an instant as people of a zone say it: `Tue 10 Mar 07:00`."""
    return "never" if at is None else at.astimezone(ZoneInfo(zone)).strftime("%a %-d %b %H:%M")


def cut(text: str, width: int) -> str:
    """Return a text in at most `width` columns, its end replaced by an ellipsis if need be."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def folded(text: str, indent: str = "  ") -> str:
    """Return a sentence in lines of 80 columns, all but the first indented; words that are longer stay whole."""
    import textwrap

    lines = textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return lines.replace(_JOIN, " ")


def complain(text: str, indent: str = "  ") -> None:
    """Tell people of a trouble: in a log it stays one line, on a terminal it is broken between words."""
    say(folded(text, indent) if sys.stderr.isatty() else text)


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Yield what advances a bar by a number of steps; the bar shows on a terminal only."""
    done = 0
    with phases() as show:

        def advance(steps: int) -> None:
            nonlocal done
            done += steps
            show(title, done, total or 0)

        if total:
            show(title, 0, total)
        yield advance if total else lambda _steps: None


@contextmanager
def phases() -> Iterator[Callable[[str, int, int], None]]:
    """Yield what shows in a bar what is being done, how much of it, and of how much, 0 where nobody knows.

    The bar shows on a terminal only.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _what, _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of or None)
            bars.update(tasks[what], completed=done, total=of or None)

        yield show
