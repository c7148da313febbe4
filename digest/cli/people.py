"""subscribers import|export|add|remove|show|forget."""

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.base import (
    AsJson,
    add_command,
    clock,
    config_path,
    count,
    cut,
    folded,
    opened,
    out,
    out_json,
    progress,
    say,
    say_next,
)

if TYPE_CHECKING:
    from digest.model.subscriber import Subscription
    from digest.pipelines.people import Report

ListOption = Annotated[str | None, typer.Option("--list", metavar="LIST", help="Which list.")]


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="The people who are mailed.", no_args_is_help=True)
    for name, command in (
        ("import", import_), ("export", export), ("add", add), ("remove", remove), ("show", show), ("forget", forget),
    ):  # fmt: skip
        add_command(group, name, command)
    root.add_typer(group, name="subscribers")


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns: email, list, topics, cadence …")],
    list_id: ListOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    skip_wrong: Annotated[bool, typer.Option("--skip-wrong", help="Leave wrong rows out, import the others.")] = False,
) -> None:
    """Subscribe everybody in a CSV file.

    Every row is checked first, and nothing is done while one is wrong. Only the column email is needed; the others
    are list, topics (separated by spaces), cadence, timezone, language, format (html or text).
    """
    from digest.pipelines.people import ImportOptions, import_people

    options = ImportOptions(list_id=list_id, dry_run=dry_run, skip_wrong=skip_wrong)
    with opened(context) as newsroom, progress(f"reading {cut(file.name, 30)}", _size(file)) as advance:
        seen = 0

        def show_progress(read: int) -> None:
            nonlocal seen
            advance(read - seen)
            seen = read

        report = import_people(newsroom.settings, newsroom.store, newsroom.key, file, options, clock(), show_progress)
    refused = bool(report.wrong) and not report.imported
    tell = say if refused else out
    for line in describe_import(report, file.name, dry_run=dry_run):
        tell(folded(line))
    if refused:
        raise typer.Exit(1)
    if report.imported and report.staged.new:
        say_next("`digest plan` shows when they get their first edition", config_path(context))


def _size(file: Path) -> int:
    from digest.errors import UsageError

    if file.is_dir():
        raise UsageError(f"{file}: this is a folder, not a CSV file")
    if not file.is_file():
        raise UsageError(f"{file}: there is no such file")
    return file.stat().st_size


def describe_import(report: "Report", name: str, *, dry_run: bool) -> list[str]:
    """Return what an import did or would do, as lines."""
    lines = [f"{name}:{line}: {reason}" for line, reason in report.errors]
    if report.wrong > len(report.errors):
        lines.append(f"… and {count(report.wrong - len(report.errors), 'more wrong row')}")
    staged = report.staged
    parts = [f"{staged.new:,} new", f"{staged.known:,} known already (unchanged)"]
    parts += [f"{staged.repeated:,} twice in the file"] if staged.repeated else []
    parts += [f"{report.suppressed:,} that must not be mailed"] if report.suppressed else []
    parts += [f"{report.wrong:,} wrong"] if report.wrong else []
    summary = f"{count(report.rows, 'row')}: {', '.join(parts)}."
    if report.default_list:
        lines.append(f"No column 'list': people are subscribed to '{report.default_list}' (choose with --list).")
    if report.imported:
        return [*lines, f"{summary} Imported."]
    if dry_run:
        return [*lines, f"{summary} Dry run: nothing was changed."]
    return [*lines, f"{summary} Nothing was imported: mend the file, or leave wrong rows out with --skip-wrong."]


def export(context: typer.Context) -> None:
    """Print all subscriptions as CSV, as import reads it."""
    from digest.store.subscribers import each_subscription

    with opened(context) as newsroom, newsroom.store.read() as connection:
        writer = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["email", "list", "topics", "cadence", "timezone", "language", "format", "status"])
        for one in each_subscription(connection):
            writer.writerow([_plain(cell) for cell in (
                one.address, one.list_id, " ".join(_topics(one)), one.cadence.value, one.timezone, one.language,
                one.format.value, one.status.value,
            )])  # fmt: skip


def _plain(cell: str) -> str:
    # A spreadsheet takes a cell that begins so for a formula (FAULTS A51).
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _topics(one: "Subscription") -> list[str]:
    return sorted(choice.topic for choice in one.choices if choice.until is None and choice.topic != "*")


def add(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="Whom to subscribe.")],
    list_id: Annotated[str, typer.Option("--list", metavar="LIST", help="To which list.")],
    topics: Annotated[str, typer.Option(metavar="IDS", help="Which, in quotes; without: all it offers.")] = "",
    cadence: Annotated[str | None, typer.Option(metavar="WORD", help="daily, weekdays, weekly or immediate.")] = None,
    zone: Annotated[str | None, typer.Option("--timezone", metavar="ZONE", help="One like Europe/London.")] = None,
) -> None:
    """Subscribe an address to a list, or change what it takes."""
    from zoneinfo import available_timezones

    from digest.errors import UsageError
    from digest.model.mailing import Cadence
    from digest.pipelines.subscribe import Wish, subscribe

    if cadence is not None and cadence not in list(Cadence):
        raise UsageError(f"'{cadence}' is no cadence ({', '.join(Cadence)})")
    if zone is not None and zone not in available_timezones():
        raise UsageError(f"'{zone}' is no time zone (one like Europe/London)")
    wish = Wish(
        list_id=list_id,
        topics=tuple(topics.replace(",", " ").split()),
        cadence=Cadence(cadence) if cadence else None,
        timezone=zone,
    )
    with opened(context) as newsroom:
        done = subscribe(newsroom.settings, newsroom.store, newsroom.key, address, wish, clock())
    out(f"{done[0].upper()}{done[1:]}.")


def remove(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="ADDRESS|TOKEN", help="Who leaves.")],
    list_id: ListOption = None,
) -> None:
    """End an address' subscription to a list, or to all.

    Nothing more is sent to it, not even what is queued. In the place of the address may stand the token from the
    subject of a mail "unsubscribe TOKEN", to which the foot of every digest invites: it names one subscription.
    """
    from digest.pipelines.subscribe import unsubscribe, unsubscribe_by_token

    with opened(context) as newsroom:
        if "@" in who:
            left = unsubscribe(newsroom.store, who, list_id, clock())
        else:
            left = unsubscribe_by_token(newsroom.store, newsroom.key, who, clock())
    out(f"Left: {', '.join(left)}." if left else "Nobody of that name is subscribed; nothing was changed.")


def show(
    context: typer.Context, address: Annotated[str, typer.Argument(help="Whose.")], as_json: AsJson = False
) -> None:
    """Show what an address is subscribed to."""
    from digest.mail.address import canonical_address
    from digest.store.subscribers import find_subscriptions

    with opened(context) as newsroom, newsroom.store.read() as connection:
        found = find_subscriptions(connection, canonical_address(address))
    rows = [
        {"list": one.list_id, "status": one.status.value, "topics": _topics(one), "cadence": one.cadence.value,
         "timezone": one.timezone, "language": one.language, "format": one.format.value}
        for one in found
    ]  # fmt: skip
    if as_json:
        out_json(rows)
        return
    for row in rows:
        topics = " ".join(row["topics"]) or "everything it offers"
        out(f"{row['list']}: {row['status']}, {row['cadence']}, {row['timezone']}, topics: {topics}")
    if not rows:
        out("This address is not known.")


def forget(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="Whom to erase.")],
    block: Annotated[
        bool, typer.Option("--block", help="Keep a keyed hash, so that no import brings it back.")
    ] = False,
) -> None:
    """Erase everything about an address."""
    from digest.pipelines.subscribe import forget as erase

    with opened(context) as newsroom:
        known = erase(newsroom.store, newsroom.key, address, clock(), block=block)
    out("Erased." if known else "This address was not known." + (" It is blocked now." if block else ""))
