"""status: how every source, feed, list and edition is doing, in values that print as they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from digest.config.settings import Settings
from digest.model.delivery import DeliveryState
from digest.pipelines.preview import plan
from digest.store import deliveries as ledger
from digest.store import editions as edition_rows
from digest.store import feeds as feed_rows
from digest.store import items as item_rows
from digest.store import lists as list_rows
from digest.store import sources as source_rows
from digest.store.engine import Connection, Store

EDITIONS = 5
"""How many of the last editions are shown."""


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
            "sources": _sources(connection, settings, zone),
            "quarantine": [
                {"source": source, "name": row.name, "reason": row.reason}
                for source, row in source_rows.load_quarantine(connection)
            ],
            "feeds": _feeds(connection),
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


def _sources(connection: Connection, settings: Settings, zone: ZoneInfo) -> list[dict[str, Any]]:
    states = [source_rows.load_source(connection, one.id) for one in settings.sources]
    return [
        {
            "id": state.id,
            "read_at": _text(state.read_at, zone),
            "due_at": "at once" if state.due_at is None else _text(state.due_at, zone),
            "failures": state.failures,
            "problem": state.problem,
        }
        for state in states
    ]


def _feeds(connection: Connection) -> dict[str, Any]:
    states = feed_rows.load_feeds(connection).values()
    return {
        "published": sum(state.published_at is not None for state in states),
        "held": [{"name": state.name, "problem": state.problem} for state in states if state.problem],
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
