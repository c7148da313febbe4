"""plan, preview, send: what goes out, when, to how many."""

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.base import (
    AsJson,
    add_command,
    clock,
    config_path,
    count,
    folded,
    local,
    opened,
    out,
    out_json,
    progress,
    say,
    typed,
)

if TYPE_CHECKING:
    from pathlib import Path

    from digest.app import App
    from digest.model.mailing import MailingList
    from digest.pipelines.assemble import Assembled
    from digest.pipelines.deliver import Tally
    from digest.pipelines.preview import Planned

WORDS = {
    "sent": "sent",
    "queued": "to be tried again",
    "failed": "refused for good",
    "in_doubt": "in doubt",
    "suppressed": "no longer wanted",
    "expired": "expired",
}
"""What people read for the state of a delivery."""


class Form(StrEnum):
    """How a preview is shown."""

    HTML = "html"
    TEXT = "text"
    EML = "eml"


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "plan", plan)
    add_command(root, "preview", preview)
    add_command(root, "send", send)


def plan(
    context: typer.Context,
    days: Annotated[int, typer.Option(metavar="N", help="How far ahead.", min=1, max=366)] = 7,
    as_json: AsJson = False,
) -> None:
    """Show the next editions of every list, soonest first."""
    from digest.pipelines.preview import plan as plan_editions

    with opened(context) as newsroom:
        planned = plan_editions(newsroom.settings, newsroom.store, clock(), days)
        lists = newsroom.settings.lists
    if as_json:
        out_json([_plan_json(one) for one in planned])
        return
    for one in planned:
        when, readers = local(one.slot.at, one.slot.timezone), count(one.audience, "subscriber")
        out(f"{when:<17} {one.slot.timezone:<22} {one.mailing.id:<16} {readers:>20}")
    waiting = {one.mailing.id: one.waiting for one in planned}
    for mailing in lists:
        say(_tell_waiting(mailing, waiting.get(mailing.id), days, config_path(context)))


def _plan_json(one: "Planned") -> dict[str, Any]:
    return {
        "list": one.mailing.id,
        "cadence": one.cadence.value,
        "slot": one.slot.key,
        "timezone": one.slot.timezone,
        "at": one.slot.at.isoformat(),
        "subscribers": one.audience,
        "items_waiting": one.waiting,
    }


def _tell_waiting(mailing: "MailingList", waiting: int | None, days: int, config: "Path") -> str:
    if waiting is not None:
        return f"{mailing.id}: {count(waiting, 'item')} waiting since its last edition"
    if mailing.schedule.cadence.value == "immediate":
        return f"{mailing.id}: goes out as soon as something is new"
    add = typed(f"subscribers import FILE --list {mailing.id}", config)
    return f"{mailing.id}: no edition in {count(days, 'day')}; if nobody is subscribed yet:\n  {add}"


def preview(
    context: typer.Context,
    list_id: Annotated[str, typer.Argument(metavar="LIST", help="Which list.")],
    address: Annotated[str | None, typer.Option("--as", metavar="ADDRESS", help="As this subscriber.")] = None,
    form: Annotated[Form, typer.Option("--format", help="What to print.")] = Form.TEXT,
) -> None:
    """Print what a list would send now.

    Writes nothing and moves nobody's mark. Where nothing is new, the newest items stand in as a sample.
    """
    from digest.mail.tokens import unsubscribe_token
    from digest.model.edition import UNSUBSCRIBE_PLACEHOLDER
    from digest.pipelines.deliver import find_list
    from digest.pipelines.preview import compose_preview
    from digest.pipelines.preview import preview as make_preview

    with opened(context) as newsroom:
        now, settings = clock(), newsroom.settings
        mailing = find_list(settings, list_id)
        shown = make_preview(settings, newsroom.store, newsroom.renderer, mailing, address, now)
        say(folded(f"{mailing.title}: {shown.note}"))
        say(folded(f"Subject: {shown.content.subject}"))
        if form is Form.EML:
            message = compose_preview(settings, newsroom.key, shown, address, now)[1]
            typer.get_binary_stream("stdout").write(message)
        else:
            text = (shown.content.html or "") if form is Form.HTML else shown.content.text
            out(text.replace(UNSUBSCRIBE_PLACEHOLDER, unsubscribe_token(newsroom.key, 0)))


def send(
    context: typer.Context,
    list_id: Annotated[str | None, typer.Argument(metavar="LIST", help="Only this list.")] = None,
    due: Annotated[bool, typer.Option("--due", help="What is due by the calendar; safe to repeat, for cron.")] = False,
    at_once: Annotated[bool, typer.Option("--now", help="At once, to everybody for whom something is new.")] = False,
    to: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="One test mail to an address; counts nowhere.")
    ] = None,
) -> None:
    """Mail digests: those due, at once, or one test.

    Without an option it is --due. Nobody gets an item twice, however often it is called.
    """
    from digest.errors import UsageError
    from digest.pipelines.deliver import find_list

    if sum((due, at_once, to is not None)) > 1:
        raise UsageError("--due, --now and --to exclude each other")
    with opened(context) as newsroom:
        lists = [find_list(newsroom.settings, list_id)] if list_id else list(newsroom.settings.lists)
        if not lists:
            raise UsageError("config.yaml has no list to mail: add one under `lists:`")
        if to is not None:
            asyncio.run(_send_test(newsroom, lists, to))
        else:
            _send_editions(newsroom, lists, config_path(context), at_once=at_once)


async def _send_test(newsroom: "App", lists: "list[MailingList]", to: str) -> None:
    from digest.model.delivery import DeliveryState
    from digest.pipelines.preview import compose_preview, preview

    failed = False
    for mailing in lists:
        now = clock()
        shown = preview(newsroom.settings, newsroom.store, newsroom.renderer, mailing, None, now)
        envelope, message = compose_preview(newsroom.settings, newsroom.key, shown, to, now, test=True)
        async with newsroom.transport.connect() as connection:
            outcome = await connection.offer(envelope, message) or await connection.hand_over()
        out(f"{mailing.id}: test mail {WORDS.get(outcome.state.value, outcome.state.value)}: {outcome.reason}")
        failed = failed or outcome.state is not DeliveryState.SENT
    if failed:
        raise typer.Exit(1)


def _send_editions(newsroom: "App", lists: "list[MailingList]", config: "Path", *, at_once: bool) -> None:
    work = _send_now(newsroom, lists) if at_once else _send_due(newsroom, lists)
    done, tally = asyncio.run(work)
    for one in done:
        tell = say if one.held else out
        tell(folded(describe_edition(one, newsroom.settings.site.timezone)))
    if not done:
        out(f"No edition is due: {typed('plan', config)} shows when the next ones are.")
    if tally.outcomes or any(one.edition_id for one in done):
        out(describe_tally(tally))
    for trouble in dict.fromkeys(tally.troubles):
        say(folded(f"trouble: {trouble}"))
    _say_what_is_left(newsroom, lists, config, hint=at_once and not tally.outcomes)
    if any(one.held for one in done) or tally.troubles:
        raise typer.Exit(1)


async def _send_now(newsroom: "App", lists: "list[MailingList]") -> "tuple[list[Assembled], Tally]":
    newsroom.recover(clock())
    done = [newsroom.assemble_now(mailing, clock()) for mailing in lists]
    with progress("mailing", sum(one.audience for one in done)) as advance:
        return done, await newsroom.deliver(clock, asyncio.Event(), advance)


async def _send_due(newsroom: "App", lists: "list[MailingList]") -> "tuple[list[Assembled], Tally]":
    with progress("mailing", None) as advance:
        done = await newsroom.send_due(clock, asyncio.Event(), advance, only=[mailing.id for mailing in lists])
    return done.assembled, done.tally


def _say_what_is_left(newsroom: "App", lists: "list[MailingList]", config: "Path", *, hint: bool) -> None:
    from digest.store.deliveries import count_open

    with newsroom.store.read() as connection:
        left = {state.value: number for state, number in count_open(connection).items()}
    if left.get("queued"):
        say(f"{left['queued']:,} to be tried again later: {typed('send --due', config)}, or run, does that")
    busy = left.get("claimed", 0) + left.get("in_doubt", 0)
    if busy:
        say(f"{busy:,} in the hands of another run; what it leaves behind, the next send takes up")
    if hint and not left:
        look, test = typed(f"preview {lists[0].id}", config), typed(f"send {lists[0].id} --to ADDRESS", config)
        say(f"{look} shows how one looks;\n{test} mails a test")


def describe_edition(one: "Assembled", zone: str) -> str:
    """Return what became of an edition, as a line."""
    if one.held:
        return f"{one.list_id}: held, nobody is mailed: {one.held}"
    if one.note:
        return f"{one.list_id}: no edition: {one.note}"
    readers = count(one.audience, "subscriber")
    texts = count(one.variants, "variant")
    notices = f" and {count(one.notices, 'correction or withdrawal', 'corrections and withdrawals')}" * bool(
        one.notices
    )
    new = count(one.items, "new item")
    return f"{one.list_id}: {new}{notices} for {readers} in {texts} ({local(one.slot.at, zone)})"


def describe_tally(tally: "Tally") -> str:
    """Return what a delivery run came to, as a line."""
    parts = [f"{number:,} {WORDS.get(state.value, state.value)}" for state, number in sorted(tally.outcomes.items())]
    return f"Mail: {', '.join(parts) or 'nothing to hand over'}."
