"""A placement: an item put into a topic, or corrected, withdrawn or removed there; one row of an append-only log."""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """`REVISED` says that an item's words changed, `REMOVED` that it no longer matches a topic: feeds follow, no
    reader is told. A withdrawal is final."""

    PLACED = "placed"
    CORRECTED = "corrected"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Placement:
    """One row of the log. `seq` rises in commit order. `backlog_days` is the age of the item in whole days when a
    source was read for the first time (or rules changed), 0 for ordinary news: mail gives nothing older than one
    period, and this is a fact of the row, not of the clock at the time of an edition."""

    seq: int
    topic: str
    item_id: int
    action: Action = Action.PLACED
    backlog_days: int = 0
