"""embargo: what a reading says of each item's embargo | held: follow it | seen by readers already: call it back.

Inside the transaction of whoever saves the reading.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.model.item import HIDDEN, UNKNOWN_EMBARGO, Item, ItemStatus
from digest.model.placement import Action, Placement
from digest.pipelines.left_out import is_under_embargo
from digest.pipelines.recall import keep_apart, stop_mail
from digest.pipelines.recognise import Arrival
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store import recalls
from digest.store.engine import Connection


def share_embargoes(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Return arrivals each with the latest embargo that the reading names for its story, in whole seconds of UTC.

    A story may stand on a page twice, and with an embargo once.
    """
    latest: dict[int | str, datetime] = {}
    for one in arrivals:
        if one.filled.embargo is not None:
            at = _whole_seconds(one.filled.embargo)
            latest[_story(one)] = max(at, latest.get(_story(one), at))
    if not latest:
        return list(arrivals)
    return [replace(one, filled=replace(one.filled, embargo=latest.get(_story(one)))) for one in arrivals]


def _story(one: Arrival) -> int | str:
    return one.item.id if one.item else one.twin or one.key


def _whole_seconds(at: datetime) -> datetime:
    """Return an instant as it is stored, never earlier."""
    whole = at.astimezone(UTC).replace(microsecond=0)
    return whole + timedelta(seconds=1) if at.microsecond else whole


def follow_embargoes(connection: Connection, arrivals: Sequence[Arrival], now: datetime) -> set[int]:
    """Keep what the arrivals say of the embargoes of their stored items; return those that were called back.

    Only a source whose words count for an item says so. An embargo that lifted and has not changed since stays
    lifted, whatever the clock says.
    """
    said = [(one.item, one.filled.embargo) for one in arrivals if one.item and one.speaks]
    given = {item.id: embargo_at for item, embargo_at in said if embargo_at != item.embargo_at}
    called_back: set[int] = set()
    for item in item_rows.load_items(connection, given).values():
        embargo_at = given[item.id]
        if item.status in HIDDEN:
            item_rows.save_item(connection, replace(item, embargo_at=embargo_at), None, "", now)
        elif item.status is ItemStatus.LIVE and embargo_at is not None and is_under_embargo(embargo_at, now):
            call_back(connection, item, embargo_at, now)
            called_back.add(item.id)
    return called_back


def call_back(connection: Connection, item: Item, embargo_at: datetime, now: datetime) -> Item:
    """Hold an item that readers could see: it leaves every topic, and no message on its way has it any more.

    Nobody is told. When it is let go it is placed again, and is new to those who had not been handed it.
    """
    recalls.lock_lists(connection)
    held = replace(item, status=ItemStatus.HELD, embargo_at=embargo_at, revision=item.revision + 1)
    item_rows.save_item(connection, held, None, "called back under embargo", now)
    stop_mail(connection, item.id, now)
    keep_apart(connection, item.id)
    topics = log_rows.topics_of(connection, item.id)
    rows = [Placement(0, topic, item.id, Action.REMOVED) for topic in topics]
    log_rows.append_placements(connection, rows, now)
    return held


def hold_unlisted(connection: Connection, source_id: str, listed: Collection[int], now: datetime) -> None:
    """Keep held what a folder had under embargo and has no more: its newsroom took it away before anybody saw it."""
    gone = recalls.load_held_ids(connection, source_id).difference(listed)
    for item in item_rows.load_items(connection, gone).values():
        if item.embargo_at != UNKNOWN_EMBARGO:
            item_rows.save_item(connection, replace(item, embargo_at=UNKNOWN_EMBARGO), None, "", now)
