"""A correction: what readers were told about an item after it was published."""

from dataclasses import dataclass
from datetime import datetime

from digest.model.item import Item


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction, or withdrawal, of an item as it stands today; `at` (aware UTC) is when, `note` says what changed.

    `seq` is its place in the log of placements. An item may have several.
    """

    seq: int
    item: Item
    at: datetime
    note: str
    withdrawn: bool = False
