"""correct, withdraw, edit: an editor's word on an item, for its feeds and for everybody who was sent it."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.base import add_command, clock, config_path, cut, folded, opened, out, say, say_next
from digest.cli.items import check_names, find_item, title_for_all

if TYPE_CHECKING:
    from digest.model.item import Item
    from digest.pipelines.desk import Desk
    from digest.pipelines.edit import Edited, Wish

ItemWords = Annotated[list[str], typer.Argument(metavar="ITEM", help="Its id, its key, or words of its title.")]


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "correct", correct)
    add_command(root, "withdraw", withdraw)
    add_command(root, "edit", edit)


def correct(
    context: typer.Context,
    words: ItemWords,
    note: Annotated[str, typer.Option(metavar="TEXT", help="What was wrong, in a sentence for readers.")],
) -> None:
    """Mark an item as corrected, with a note for readers."""
    from digest.pipelines.edit import correct as mark

    _check_said("--note", note)
    with opened(context) as newsroom:
        item = mark(newsroom.store, find_item(newsroom, " ".join(words)), note, clock())
    out(f"Corrected: {cut(item.title, 66)}")
    _say_next(context)


def withdraw(
    context: typer.Context,
    words: ItemWords,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in a sentence for readers.")],
) -> None:
    """Withdraw an item for good, with a reason for readers."""
    from digest.model.item import HIDDEN
    from digest.pipelines.edit import withdraw as pull

    _check_said("--reason", reason)
    with opened(context) as newsroom:
        found = find_item(newsroom, " ".join(words))
        pull(newsroom.store, found, reason, clock())
    out(f"Withdrawn: {cut(title_for_all(found), 66)}")
    if found.status in HIDDEN:
        say("no reader has seen it, and none will")
    else:
        _say_next(context)


def _check_said(option: str, sentence: str | None) -> None:
    """Refuse a sentence for readers that says nothing; None is one that nobody gave."""
    from digest.errors import UsageError

    if sentence is not None and not sentence.strip():
        raise UsageError(f"{option} is empty: readers are told what it says; nothing was changed")


def edit(
    context: typer.Context,
    words: ItemWords,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Its title.")] = None,
    summary: Annotated[str | None, typer.Option(metavar="TEXT", help="Its summary.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Its kind; '' for none.")] = None,
    author: Annotated[str | None, typer.Option(metavar="TEXT", help="Its author; '' for none.")] = None,
    date: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The day it was published.")] = None,
    link: Annotated[str | None, typer.Option(metavar="URL", help="Where it is read.")] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="Make it a correction; readers are told.")] = None,
    unpin: Annotated[list[str] | None, typer.Option(metavar="FIELD", help="Let its source decide again.")] = None,
) -> None:
    """Write an item's words yourself.

    Without options your editor ($EDITOR) opens. What you write stays, whatever its source says later. Feeds follow;
    with --note everybody who was sent the item is told.
    """
    from digest.pipelines.desk import Desk
    from digest.pipelines.edit import FIELDS, Wish, edit_item

    check_names("field", unpin or [], list(FIELDS))
    _check_said("--note", note)
    given = dict(zip(FIELDS, (title, summary, kind, author, date, link), strict=True))
    wish = Wish(words={field: text for field, text in given.items() if text is not None}, unpin=unpin or (), note=note)
    now = clock()
    with opened(context) as newsroom:
        item = find_item(newsroom, " ".join(words))
        desk = Desk(newsroom.settings, newsroom.store, newsroom.matcher)
        asked = wish if wish.words or wish.unpin else _ask_wish(desk, item, wish)
        edited = edit_item(desk, item, asked, now) if asked else None
    if edited is None:
        say("nothing was changed")
        return
    _tell_edited(edited, asked=asked is not wish)
    if edited.after.revision != edited.before.revision:
        _say_next(context, told=note is not None)


def _ask_wish(desk: "Desk", item: "Item", wish: "Wish") -> "Wish | None":
    """Return the wish that a person writes in their editor and confirms; None where nothing is to be done."""
    from dataclasses import replace

    from digest.cli.form import ask_editor, read_form, write_form
    from digest.pipelines.edit import FIELDS, preview_edit, read_field

    before = {field: read_field(item, field) for field in FIELDS}
    filled = read_form(ask_editor(write_form(before)), FIELDS)
    wish = replace(wish, words={field: text for field, text in filled.items() if text != before[field]})
    edited = preview_edit(desk, item, wish, clock())
    if not edited.fields:
        return None
    for line in describe_changes(edited):
        out(line)
    return wish if _confirm() else None


def _confirm() -> bool:
    from digest.errors import UsageError

    try:
        return typer.confirm("Change it?", err=True)
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        say("")
        raise UsageError("nobody is there to say yes, so nothing was changed; use --title and so on") from None


def describe_changes(edited: "Edited") -> list[str]:
    """Return what differs, field by field, as it was and as it is."""
    from digest.pipelines.edit import read_field

    lines = []
    for field in edited.fields:
        before, after = read_field(edited.before, field), read_field(edited.after, field)
        lines += [f"{field}:", folded(f"  - {before or 'none'}", "    "), folded(f"  + {after or 'none'}", "    ")]
    return lines


def _tell_edited(edited: "Edited", *, asked: bool) -> None:
    from digest.pipelines.edit import pinned_fields

    for line in [] if asked else describe_changes(edited):
        out(line)
    pinned = pinned_fields(edited.after)
    let_go = [field for field in pinned_fields(edited.before) if field not in pinned]
    if let_go:
        out(folded(f"Let go: {', '.join(let_go)}: its source's words come back with the next reading"))
    said = f"; written by you, whatever its source says: {', '.join(pinned)}" if pinned else ""
    out(folded(f"{'Edited' if edited.fields else 'Kept'}: {cut(title_for_all(edited.after), 66)}{said}"))


def _say_next(context: typer.Context, *, told: bool = True) -> None:
    people = "whoever was sent it is told in the next edition" if told else "nobody is mailed it again"
    say_next(f"`digest build` tells the feeds; {people}", config_path(context))
