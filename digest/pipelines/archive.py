"""archive: items that dropped out of their feed | cut into closed blocks | build | check | write, oldest first.

A feed holds the newest items; what drops out is closed into blocks by month (RFC 5005 §4), of at most as many items as
a feed holds. A block keeps its name and its items for ever; only a change to one of these makes its document anew. A
block is noted after its document stands on the disk: a run that dies in between writes the same one again.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

from digest.config.settings import Settings
from digest.model.feed import Block, FeedState, Place
from digest.model.topic import CORRECTIONS
from digest.pipelines.feed_list import Listed, make_spec
from digest.pipelines.feed_writer import Draft, FeedResult, FeedWriter
from digest.store import archives as rows
from digest.store import placements as log_rows
from digest.store.engine import Connection, Store

CHUNK = 5_000
"""Places looked at in one step."""

MOST_PLACES = 10_000_000
"""More places than a block can hold."""


OnProgress = Callable[[str, int, int], None]
"""Is told what is made (feeds, archives), how many are done and how many there are, 0 where nobody knows yet."""

STEP = 50
"""Documents built and written together."""


@dataclass(frozen=True, slots=True)
class Work:
    """A block whose document is to be written, and the block before it; a new one is noted afterwards."""

    block: Block
    before: Block | None
    is_new: bool = False


def cut_blocks(places: Sequence[Place], size: int, keep: int) -> Iterator[Sequence[Place]]:
    """Yield closed blocks from the oldest on: one month's places, at most `size`; the newest `keep` are never split
    from one another, so whoever has them misses nothing.

    `places` rise. Months are those of UTC, which no change of the newsroom's zone can move.
    """
    start = 0
    while len(places) - start > keep:
        month = month_of(places[start])
        end = start + 1
        while end < len(places) and end - start < size and month_of(places[end]) == month:
            end += 1
        yield places[start:end]
        start = end


def month_of(place: Place) -> str:
    """Return the month of a place, as `2026-03`."""
    at: datetime = place[0].astimezone(UTC)
    return f"{at:%Y-%m}"


def plan_new_blocks(connection: Connection, topic: str, size: int, most: int) -> tuple[list[Work], Block | None]:
    """Return the blocks that are to be closed now, oldest first, at most so many; and the newest that there is then."""
    before = rows.load_last_block(connection, topic)
    found: list[Work] = []
    while len(found) < most:
        places = rows.load_places(connection, topic, before.until if before else None, None, CHUNK)
        blocks = [*cut_blocks(places, size, size)][: most - len(found)]
        for block in blocks:
            taken = {work.block.name for work in found}
            work = Work(Block(topic, _free_name(connection, topic, month_of(block[0]), taken), block[-1]), before, True)
            before = work.block
            found.append(work)
        if len(places) < CHUNK or not blocks:
            break
    return found, before


def plan_stale_blocks(connection: Connection, most: int, passed: Collection[Block] = ()) -> list[Work]:
    """Return the blocks whose documents are to be made again, at most so many; by topic, oldest first.

    Those that were `passed` over are not among them.
    """
    names = {(block.topic, block.name) for block in passed}
    stale = rows.load_stale(connection, most + len(names))
    due = [block for block in stale if (block.topic, block.name) not in names][:most]
    return [Work(block, rows.load_block_before(connection, block)) for block in due]


def split_fat_block(connection: Connection, work: Work, size: int) -> bool:
    """Put several blocks in the place of one in which many old items were put since; tell whether that was needed.

    All of them are stale then. The last has the name of the one that was, by which the one after it, or the feed, leads
    back to it: written last, it loses what the others hold by then.
    """
    block, after = work.block, work.before.until if work.before else None
    if rows.count_places(connection, block.topic, after, block.until) <= 2 * size:
        return False
    places = rows.load_places(connection, block.topic, after, block.until, MOST_PLACES)
    rows.remove_block(connection, block)
    *parts, last = cut_blocks(places, size, 0)
    for part in parts:
        name = _free_name(connection, block.topic, month_of(part[0]), [block.name])
        rows.save_blocks(connection, [Block(block.topic, name, part[-1], stale=True)])
    rows.save_blocks(connection, [Block(block.topic, block.name, last[-1], stale=True)])
    rows.mark_block_stale(connection, work.before)
    return True


def _free_name(connection: Connection, topic: str, month: str, taken: Collection[str]) -> str:
    names = {*taken, *rows.block_names(connection, topic, month)}
    return next(name for name in _names(month) if name not in names)


def _names(month: str) -> Iterator[str]:
    yield month
    yield from (f"{month}-{number}" for number in count(2))


class ArchiveWriter:
    """Writes archive documents, at most so many in one run; with None all there are."""

    def __init__(
        self, settings: Settings, store: Store, writer: FeedWriter, most: int | None, on_progress: OnProgress
    ) -> None:
        self.settings, self.store, self.writer = settings, store, writer
        self.listed = writer.rooms.listed
        self._left, self._on_progress, self._done = most, on_progress, 0
        self._failed: list[Block] = []
        self._lost: set[str] = set()
        self.owed: set[str] = set()

    def close(self, feeds: Sequence[Listed]) -> tuple[list[FeedResult], dict[str, str]]:
        """Close the blocks that feeds have come to need.

        Return what became of their documents, and the last block of each topic that has one. Of a topic that has more
        to do none is named, for whoever followed the chain would miss what lies between; its feed's name is in `owed`.
        """
        results: list[FeedResult] = []
        last: dict[str, str] = {}
        waiting = [feed for feed in feeds if feed.topic != CORRECTIONS]
        self.owed |= {feed.name for feed in waiting}
        while waiting:
            works, whole = self._plan_new(waiting)
            written = self._write(works)
            results += written
            failed = {one.name for one in written if one.failed}
            for feed, block in whole.items():
                if feed.topic not in self._lost:
                    self.owed.discard(feed.name)
                    last |= {feed.topic: block.name} if block else {}
            waiting = [feed for feed in waiting if feed not in whole and feed.topic not in self._lost]
            if failed or not works:
                break
        return results, last

    def _plan_new(self, feeds: Sequence[Listed]) -> tuple[list[Work], dict[Listed, Block | None]]:
        """Return the next blocks to close, and the feeds that lack nothing when these are, with their last one."""
        works: list[Work] = []
        whole: dict[Listed, Block | None] = {}
        with self.store.read() as connection:
            for feed in feeds:
                room = self._step() - len(works)
                found, last = plan_new_blocks(connection, feed.topic, self.settings.feeds.entries, max(room, 1))
                if len(found) < max(room, 1):
                    whole[feed] = last
                if room > 0:
                    works += found
                elif found:
                    break
        return works, whole

    def find_missing(self) -> None:
        """Note the documents that are not there, as when somebody emptied the folder."""
        there = self.writer.folder.archives()
        with self.store.write() as connection:
            for feed in self.listed.values():
                known = rows.load_names(connection, feed.topic)
                missing = [name for name in known if f"{feed.name}-{name}.atom" not in there]
                rows.mark_stale(connection, feed.topic, missing)

    def renew(self) -> Iterator[FeedResult]:
        """Write the documents again that show something old; yield what became of them."""
        with self.store.read() as connection:
            stale = rows.count_blocks(connection, stale=True)
        done = 0
        while stale and self._step():
            works = self._plan_stale()
            if not works:
                return
            yield from self._write(works)
            done += len(works)
            self._on_progress("archives", done, max(done, stale))

    def _step(self) -> int:
        return STEP if self._left is None else min(STEP, self._left)

    def _plan_stale(self) -> list[Work]:
        with self.store.read() as connection:
            works = self._plan_listed(connection)
        size = self.settings.feeds.entries
        with self.store.write() as connection:
            # Each as it stands now: splitting one moves the one after it.
            fat = [split_fat_block(connection, work, size) for work in works]
            return self._plan_listed(connection) if any(fat) else works

    def _plan_listed(self, connection: Connection) -> list[Work]:
        # What cannot be written is passed over, or nothing after it would ever be. A topic that has just left the
        # configuration may have archives still: one feed was to be published alone.
        while True:
            works = plan_stale_blocks(connection, self._step(), self._failed)
            foreign = [work.block for work in works if work.block.topic not in self.listed]
            if not foreign:
                return works
            self._failed += foreign

    def _write(self, works: Sequence[Work]) -> list[FeedResult]:
        """Write the documents of blocks and note those that stand on the disk; of new ones up to a topic's first that
        does not."""
        if not works:
            return []
        self.writer.forget_items()
        with self.store.read() as connection:
            seq = log_rows.last_seq(connection)
        results = self.writer.write([self._draft(work) for work in works])
        self._failed += [work.block for work, one in zip(works, results, strict=True) if one.failed]
        with self.store.append() as connection:
            # What came while they were made found the new ones not noted, and the others stale already.
            touched = log_rows.touched_topics(connection, seq)
            unknown = [
                result.name
                for work, result in zip(works, results, strict=True)
                if not self._note(connection, work, result, stale=work.block.topic in touched)
            ]
        self.writer.folder.remove([f"{name}.atom" for name in unknown])
        self._left = None if self._left is None else self._left - len(works)
        self._done += len(works)
        self._on_progress("archives", self._done, 0)
        return [one for one in results if one.changed or one.failed]

    def _note(self, connection: Connection, work: Work, result: FeedResult, *, stale: bool) -> bool:
        """Note a document that was written; tell whether it may stay, for nothing would correct one that no block has.

        Another run may have made other blocks meanwhile.
        """
        block, before = replace(work.block, stale=stale), work.before
        if not work.is_new:
            return result.failed or rows.keep_block(connection, block)
        if result.failed or block.topic in self._lost or not rows.add_block(connection, block, before):
            self._lost.add(block.topic)
            return rows.mark_block_stale(connection, block) or result.failed
        if before and rows.load_block_before(connection, before) is None:
            rows.mark_block_stale(connection, before)
        return True

    def _draft(self, work: Work) -> Draft:
        block, before = work.block, work.before
        with self.store.read() as connection:
            ids = rows.load_block_ids(connection, block.topic, before.until if before else None, block.until)
            after = None if before else rows.load_block_after(connection, block)
        # An archive that lost all its items was last changed when its last one came.
        feed = self.listed[block.topic]
        spec = make_spec(feed, FeedState(name=feed.name, created_at=block.until[0]), self.settings.feeds.hub)
        spec = replace(spec, archive=block.name, previous=before.name if before else None)
        if before is None:
            spec = replace(spec, following=after.name if after else None)
        return self.writer.draft(spec, self.writer.compose(ids))
