"""correct, withdraw: an editor's word on an item, for its feeds and for everybody who was sent it."""

from typing import Annotated

import typer

from digest.cli.base import add_command, clock, config_path, cut, opened, out, say, typed
from digest.cli.items import find_item

Item = Annotated[list[str], typer.Argument(metavar="ITEM", help="Its id, its key, or words of its title.")]


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "correct", correct)
    add_command(root, "withdraw", withdraw)


def correct(
    context: typer.Context,
    words: Item,
    note: Annotated[str, typer.Option(metavar="TEXT", help="What was wrong, in a sentence for readers.")],
) -> None:
    """Mark an item as corrected, with a note for readers."""
    from digest.pipelines.edit import correct as mark

    with opened(context) as newsroom:
        item = mark(newsroom.store, find_item(newsroom, " ".join(words)), note, clock())
    out(f"Corrected: {cut(item.title, 66)}")
    _say_next(context)


def withdraw(
    context: typer.Context,
    words: Item,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in a sentence for readers.")],
) -> None:
    """Withdraw an item for good, with a reason for readers."""
    from digest.pipelines.edit import withdraw as pull

    with opened(context) as newsroom:
        item = pull(newsroom.store, find_item(newsroom, " ".join(words)), reason, clock())
    out(f"Withdrawn: {cut(item.title, 66)}")
    _say_next(context)


def _say_next(context: typer.Context) -> None:
    say(
        f"next: {typed('build', config_path(context))} tells the feeds; whoever was sent it is told in the next edition"
    )
