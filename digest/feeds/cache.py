"""The bytes of entries, kept between two builds and shared by the feeds that hold the same item."""

from digest.model.item import Item


class EntryCache:
    """Remembers the bytes of entries, which are the same in every feed that holds the item.

    The whole item is the key, so no change is ever missed. Of use as long as site, labels and full_text stay the
    same; it empties itself when they do not. Beyond `limit_bytes` the oldest entries go. Not for several threads.
    """

    def __init__(self, limit_bytes: int = 64 * 1024 * 1024) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._context: object = None
        self._entries: dict[Item, bytes] = {}

    def get(self, item: Item, context: object) -> bytes | None:
        """Return the bytes of an item's entry, None if they are not known for this context."""
        if context != self._context:
            self._context, self._size = context, 0
            self._entries.clear()
        return self._entries.get(item)

    def put(self, item: Item, data: bytes) -> None:
        """Remember the bytes of an item that `get` did not know."""
        self._entries[item] = data
        self._size += len(data)
        while self._size > self._limit:
            self._size -= len(self._entries.pop(next(iter(self._entries))))
