"""edit: an editor corrects or withdraws an item; its feeds and the people who were sent it are told."""

from dataclasses import replace
from datetime import datetime, timedelta

from digest.errors import UsageError
from digest.model.item import Item, ItemStatus
from digest.model.placement import Action, Placement
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store.engine import Store


def correct(store: Store, item: Item, note: str, now: datetime) -> Item:
    """Mark an item as corrected, with a note that says what changed; return it as it stands then.

    Raises: UsageError where it is withdrawn or under embargo.
    """
    _refuse_unless_live(item)
    return _change(store, replace(item, note=note, corrected_at=now), Action.CORRECTED, f"corrected: {note}", now)


def withdraw(store: Store, item: Item, reason: str, now: datetime) -> Item:
    """Withdraw an item for good: nobody new sees it, whoever was sent it is told the reason.

    Raises: UsageError where it is withdrawn already or under embargo.
    """
    _refuse_unless_live(item)
    pulled = replace(item, note=reason, status=ItemStatus.WITHDRAWN)
    return _change(store, pulled, Action.WITHDRAWN, f"withdrawn: {reason}", now)


def _refuse_unless_live(item: Item) -> None:
    if item.status is not ItemStatus.LIVE:
        state = "withdrawn already" if item.status is ItemStatus.WITHDRAWN else "still under embargo"
        raise UsageError(f"this item is {state}")


def _change(store: Store, item: Item, action: Action, reason: str, now: datetime) -> Item:
    updated_at = max(now, item.updated_at + timedelta(seconds=1))
    changed = replace(item, updated_at=updated_at, revision=item.revision + 1)
    with store.append() as connection:
        item_rows.save_item(connection, changed, None, reason, now)
        rows = [Placement(0, topic, item.id, action) for topic in log_rows.topics_of(connection, item.id)]
        log_rows.append_placements(connection, rows, now)
    return changed
