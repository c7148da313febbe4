"""What was composed and written of entries, kept between two builds and shared by the feeds that hold the same one."""

from collections import OrderedDict
from dataclasses import dataclass

from digest.feeds.entry import Entry
from digest.model.correction import Correction
from digest.model.item import Item


@dataclass(slots=True)
class Written:
    """An entry in the words of every format, and what it was composed of; `json` is there once it was asked for."""

    source: Item | Correction | None
    entry: Entry
    atom: bytes
    json: bytes | None = None


class EntryCache:
    """Remembers entries by their ids; what differs in anything from what was remembered is not found.

    An edited item takes the place of the old one. Beyond `limit_bytes` of written text the oldest entries go. Not for
    several threads.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._kept: OrderedDict[str, Written] = OrderedDict()

    def find_source(self, entry_id: str, source: Item | Correction) -> Written | None:
        """Return what was written of an item or a correction, None if it is not known as it is now."""
        known = self._kept.get(entry_id)
        return known if known and (known.source is source or known.source == source) else None

    def find(self, entry: Entry) -> Written | None:
        """Return what was written of an entry, None if it is not known as it is."""
        known = self._kept.get(entry.id)
        return known if known and (known.entry is entry or known.entry == entry) else None

    def keep(self, written: Written) -> Written:
        """Remember an entry, as the youngest, and return it."""
        old = self._kept.pop(written.entry.id, None)
        self._kept[written.entry.id] = written
        self._size += _size(written) - (_size(old) if old else 0)
        while self._size > self._limit:
            self._size -= _size(self._kept.popitem(last=False)[1])
        return written


def _size(written: Written) -> int:
    # The JSON text comes later and is about as long.
    return 2 * len(written.atom)
