"""status: how every source, feed, list and edition is doing, in values that print as they are."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from digest.config.settings import Settings
from digest.model.delivery import DeliveryState
from digest.model.source import SourceState
from digest.pipelines.feed_list import list_feeds
from digest.pipelines.front_pages import load_problems
from digest.pipelines.health import Health, decide_health, say_span, usual_gap, usual_items
from digest.pipelines.preview import plan
from digest.store import deliveries as ledger
from digest.store import editions as edition_rows
from digest.store import feeds as feed_rows
from digest.store import items as item_rows
from digest.store import lists as list_rows
from digest.store import pending as pending_rows
from digest.store import sources as source_rows
from digest.store.engine import Connection, Store

EDITIONS = 5
"""How many of the last editions are shown."""

IDLE = timedelta(days=1)
"""How long every source may be due before that is told: whoever reads once a day does no wrong."""


def load_status(settings: Settings, store: Store, now: datetime) -> dict[str, Any]:
    """Return the state of everything; instants are texts in the newsroom's zone."""
    zone = ZoneInfo(settings.site.timezone)
    coming = plan(settings, store, now, days=8)
    following = {one.mailing.id: one.slot.at for one in reversed(coming)}
    with store.read() as connection:
        held = list_rows.load_held(connection)
        last = [edition.id for edition, _, _ in edition_rows.load_editions(connection, EDITIONS)]
        return {
            "site": settings.site.title,
            "items": item_rows.count_items(connection),
            "sources": _sources(connection, settings, now, zone),
            "idle": _idle(connection, settings, now),
            "quarantine": [
                {"source": source, "name": row.name, "reason": row.reason}
                for source, row in source_rows.load_quarantine(connection)
            ],
            "feeds": _feeds(connection, settings),
            "lists": _lists(connection, settings, following, held, zone),
            "editions": _editions(connection, zone),
            "refused": [
                {"reason": reason, "deliveries": number}
                for reason, number in ledger.load_reasons(connection, DeliveryState.FAILED, last)
            ],
            "mail": {state.value: number for state, number in ledger.count_open(connection).items()},
        }


def _text(at: datetime | None, zone: ZoneInfo) -> str:
    return "never" if at is None else at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _sources(connection: Connection, settings: Settings, now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    states, pending = source_rows.load_sources(connection), pending_rows.count_pending(connection)
    left_out = Counter(source for source, _ in source_rows.load_quarantine(connection))
    found = []
    for one in settings.sources:
        state, waiting = states.get(one.id) or SourceState(id=one.id), pending.get(one.id, 0)
        found.append(_source(state, decide_health(state, one, waiting, now, zone, left_out[one.id]), waiting, zone))
    return found


def load_health(settings: Settings, store: Store, now: datetime, *, only: Collection[str]) -> dict[str, Health]:
    """Return how these sources are doing, by id; instants are told in the newsroom's zone."""
    zone, wanted = ZoneInfo(settings.site.timezone), [one for one in settings.sources if one.id in only]
    if not wanted:
        return {}
    with store.read() as connection:
        states, pending = source_rows.load_sources(connection), pending_rows.count_pending(connection)
        left_out = Counter(source for source, _ in source_rows.load_quarantine(connection))
    return {
        one.id: decide_health(
            states.get(one.id) or SourceState(id=one.id), one, pending.get(one.id, 0), now, zone, left_out[one.id]
        )
        for one in wanted
    }


def _source(state: SourceState, health: Health, pending: int, zone: ZoneInfo) -> dict[str, Any]:
    gap = usual_gap(state.history)
    return {
        "id": state.id,
        "health": health.word.value,
        "trouble": health.word.is_trouble,
        "sentence": health.sentence,
        "next_step": health.next_step,
        "read_at": _text(state.read_at, zone),
        "due_at": "at once" if state.due_at is None else _text(state.due_at, zone),
        "last_new_at": _text(state.last_new_at, zone),
        "usual_items": usual_items(state.history),
        "usual_gap_s": None if gap is None else round(gap.total_seconds()),
        "usual": _usual(state),
        "pending": pending,
        "moved_to": state.moved_to,
        "http_status": state.status,
        "failures": state.failures,
        "problem": state.problem,
    }


def _usual(state: SourceState) -> str | None:
    """Return what is usual for a source, in words."""
    usual, gap = usual_items(state.history), usual_gap(state.history)
    if usual is None:
        return None
    items = "1 item" if usual == 1 else f"{usual:,} items"
    return items if gap is None else f"{items}, something new every {say_span(gap)}"


def _idle(connection: Connection, settings: Settings, now: datetime) -> str | None:
    """Return since when nothing was read that is due, in words; None while reading goes on."""
    states = source_rows.load_sources(connection)
    due = [states[one.id].due_at or now for one in settings.sources if one.id in states]
    late = now - max(due, default=now)
    return None if late < IDLE else f"every source has been due for {say_span(late)}: does digest run still run?"


def _feeds(connection: Connection, settings: Settings) -> dict[str, Any]:
    # The states of feeds that are no more stay, for the case that they come back.
    names = [one.name for one in list_feeds(settings).values()]
    found = feed_rows.load_feeds(connection, names)
    states = [found[name] for name in names if name in found]
    held = [(state.name, state.problem) for state in states if state.problem]
    return {
        "published": sum(state.published_at is not None for state in states),
        "held": [{"name": name, "problem": said} for name, said in [*held, *load_problems(connection).items()]],
        "left_out": [
            {"feed": state.name, "name": row.name, "reason": row.reason} for state in states for row in state.left_out
        ],
        "unfinished": sum(state.owed for state in states),
        "unpinged": sum(state.unpinged for state in states),
    }


def _lists(
    connection: Connection,
    settings: Settings,
    following: Mapping[str, datetime],
    held: Mapping[str, str],
    zone: ZoneInfo,
) -> list[dict[str, Any]]:
    found = []
    for mailing in settings.lists:
        sizes = edition_rows.load_cadences(connection, mailing.id)
        found.append(
            {
                "id": mailing.id,
                "subscribers": sum(size for _, _, size in sizes),
                "next": _text(following.get(mailing.id), zone) if mailing.id in following else "none is planned",
                "held": held.get(mailing.id),
            }
        )
    return found


def _editions(connection: Connection, zone: ZoneInfo) -> list[dict[str, Any]]:
    return [
        {
            "list": edition.list_id,
            "slot": edition.slot.key,
            "at": _text(edition.assembled_at, zone),
            "audience": audience,
            "note": note,
            "books": {state.value: rows for state, rows in ledger.load_books(connection, edition.id).items()},
        }
        for edition, note, audience in edition_rows.load_editions(connection, EDITIONS)
    ]
