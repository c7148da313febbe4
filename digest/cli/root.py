"""The door: every command hangs on it, and what typer makes of mistakes becomes our exit codes here."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from digest import __version__
from digest.cli import edit, feeds, fetch, items, mail, people, run, setup, sources
from digest.cli.base import CONFIG, WIDTH, complain, out, say

INTERRUPTED = 130
"""What typer makes of Ctrl-C: 128 and the number of SIGINT."""

ROOT = typer.Typer(
    name="digest",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
    help="Read a newsroom's items, publish an Atom feed for every topic, mail each subscriber what is new to them.",
)


def _print_version(wanted: bool) -> bool:
    if wanted:
        out(f"digest {__version__}")
        raise typer.Exit
    return wanted


@ROOT.callback()
def _root(
    context: typer.Context,
    config: Annotated[Path, typer.Option(metavar="PATH", help="The configuration to use.")] = CONFIG,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    del version
    context.obj = config


def app(arguments: list[str]) -> int:
    """Run a command and return its exit code; usage errors print themselves and give 2."""
    try:
        result = _make_command().main(args=arguments, prog_name="digest", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        return _explain_usage(error)
    except SystemExit as leaving:
        # So typer leaves when nobody reads our output any more.
        if leaving.code == 1:
            raise BrokenPipeError from None
        raise
    if result == INTERRUPTED:
        raise KeyboardInterrupt
    return result if isinstance(result, int) else 0


@cache
def _make_command() -> Any:
    """Return the tree of commands. Made once: a second registering would hang each command on the door twice."""
    for group in (setup, sources, fetch, items, feeds, mail, people, run, edit):
        group.register(ROOT)
    return typer.main.get_command(ROOT)


def _explain_usage(error: typer.TyperException) -> int:
    words = error.format_message().rstrip(".")
    where = getattr(getattr(error, "ctx", None), "command_path", "digest")
    if words.startswith("Usage:"):
        say(words)
    else:
        complain(f"digest: {words}{'' if words.endswith('?') else '.'} Try: {where} --help")
    return error.exit_code
