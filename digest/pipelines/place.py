"""place: where an item stands in the log, from its first day in a topic; and letting go of what was hidden."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.config.settings import Settings
from digest.items.dates import is_ahead, is_undated
from digest.model.item import Item, ItemStatus
from digest.model.placement import Action, Placement
from digest.model.topic import ALL, kind_topic, region_topic
from digest.pipelines.desk import Desk
from digest.pipelines.left_out import is_under_embargo
from digest.pipelines.recall import keep_apart
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store.engine import Connection
from digest.store.pending import load_pending

AGE_UNKNOWN_DAYS = 3_650
"""The age of an undated item that was there before us: more than any list's period, so that it is news to nobody."""


def placed_topics(settings: Settings, item: Item) -> list[str]:
    """Return every topic in which an item is placed: `all`, its topics, its regions, and its kind if it has a feed."""
    known = {kind.id for kind in settings.kinds}
    kinds = [kind_topic(item.kind)] if item.kind in known and item.kind else []
    return [ALL, *item.topics, *(region_topic(region) for region in item.regions), *kinds]


def first_rows(settings: Settings, item: Item, backlog_days: int = 0) -> list[Placement]:
    """Return the rows that place an item for the first time; none for one that is hidden."""
    if item.status is not ItemStatus.LIVE:
        return []
    return [Placement(0, topic, item.id, Action.PLACED, backlog_days) for topic in placed_topics(settings, item)]


def follow_topics(
    item_id: int, before: Sequence[str], after: Sequence[str], action: Action, backlog_days: int = 0
) -> list[Placement]:
    """Return the rows that take an item from the topics it stood in to those that it matches now."""
    stays = [Placement(0, topic, item_id, action) for topic in after if topic in before]
    comes = [Placement(0, topic, item_id, Action.PLACED, backlog_days) for topic in after if topic not in before]
    goes = [Placement(0, topic, item_id, Action.REMOVED) for topic in before if topic not in after]
    return stays + comes + goes


def age_days(item: Item, zone: ZoneInfo) -> int:
    """Return how many days old an item was when it was first seen."""
    return max(0, (item.first_seen_at.astimezone(zone).date() - item.published_on).days)


def release_held(desk: Desk, now: datetime) -> int:
    """Place the items whose embargo has lifted by `now`; return how many.

    One that readers had before it was called back is as old as it was, and new again to those alone who had not been
    handed it.
    """
    with desk.store.append() as connection:
        held = [
            (item, ItemStatus.LIVE, log_rows.load_backlog(connection, item.id))
            for item in item_rows.load_held(connection, now)
        ]
        _release(desk, connection, held, "embargo lifted", now)
    return len(held)


def release_pending(desk: Desk, source_id: str, now: datetime) -> int:
    """Let go of the items of a source that came in a burst, as the operator says; return how many.

    They are placed as at a first reading: each with the age that it had when it came, so that mail gives nothing
    that was older than one period then. What is still under embargo is held until that lifts.
    """
    zones = {one.id: ZoneInfo(one.timezone) for one in desk.settings.sources}
    zone = zones.get(source_id) or ZoneInfo(desk.settings.site.timezone)
    with desk.store.append() as connection:
        waiting = [one for one in reversed(load_pending(connection)) if one.source == source_id]
        ages = [AGE_UNKNOWN_DAYS if is_undated(one, zone) else age_days(one, zone) for one in waiting]
        released = [(one, _status_after(one, zone, now), age) for one, age in zip(waiting, ages, strict=True)]
        _release(desk, connection, released, "approved by the operator", now)
    return len(waiting)


def _status_after(item: Item, zone: ZoneInfo, now: datetime) -> ItemStatus:
    """Return what an approved item becomes: an embargo is judged by when it was seen, and ends by the clock."""
    ahead = is_ahead(item.published_on, item.published_at, item.date_only, zone=zone, now=item.first_seen_at)
    held = (ahead and item.published_at > now) or is_under_embargo(item.embargo_at, now)
    return ItemStatus.HELD if held else ItemStatus.LIVE


def _release(
    desk: Desk,
    connection: Connection,
    released: Iterable[tuple[Item, ItemStatus, int]],
    reason: str,
    now: datetime,
) -> None:
    rows: list[Placement] = []
    for item, status, backlog_days in released:
        # RFC 4287 §4.2.15: nobody can know of it before its embargo lifts, whatever its date says.
        updated_at = max(item.updated_at, item.embargo_at or item.updated_at)
        shown = replace(item, status=status, revision=item.revision + 1)
        if status is ItemStatus.LIVE:
            keep_apart(connection, item.id)
            shown = replace(shown, updated_at=updated_at)
        item_rows.save_item(connection, shown, None, reason, now)
        rows += first_rows(desk.settings, shown, backlog_days)
    log_rows.append_placements(connection, rows, now)
