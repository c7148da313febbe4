"""feed_writer: items | entries | Atom, JSON and page | check, leaving bad items out by name | files."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.config.settings import Settings
from digest.errors import FeedError
from digest.feeds.build import Builder, Composed
from digest.feeds.check import Passed, Problem, check_feed
from digest.feeds.entry import Entry
from digest.feeds.pages import Pages
from digest.feeds.publish import ARCHIVE, Folder
from digest.feeds.spec import FeedRow, FeedSpec, feed_id
from digest.model.item import Item, Quarantined
from digest.pipelines.feed_list import Listed
from digest.store import items as item_rows
from digest.store.engine import Store

_ID = re.compile(rb"<id>([^<]*)</id>")


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What became of one feed, of an archive document (`archive/…`), or of a file of the whole folder (`index.html`).

    `failed` says that readers keep its last good copy, for the reason given.
    """

    name: str
    changed: bool
    reason: str
    entries: int = 0
    failed: bool = False
    quarantined: tuple[Quarantined, ...] = ()

    @property
    def is_feed(self) -> bool:
        """Whether it is a feed by itself: names of feeds have neither folder nor ending."""
        return "/" not in self.name and "." not in self.name


@dataclass(frozen=True, slots=True)
class Rooms:
    """What builds and checks, all of it remembering what it has seen; and the feeds that there are, by topic."""

    builder: Builder
    pages: Pages
    passed: Passed
    listed: Mapping[str, Listed]


@dataclass(frozen=True, slots=True)
class Draft:
    """A feed, or an archive document, as it is to be published; `problem` says why it must not be."""

    spec: FeedSpec
    entries: tuple[Entry, ...]
    data: bytes
    quarantined: tuple[Quarantined, ...] = ()
    row: FeedRow | None = None
    is_new: bool = False
    problem: str | None = None

    @property
    def name(self) -> str:
        """The name of its files, without ending."""
        return self.spec.name if self.spec.archive is None else f"{ARCHIVE}/{self.spec.name}-{self.spec.archive}"


class FeedWriter:
    """Drafts feeds and writes them; entries that several of them share are built once."""

    def __init__(self, settings: Settings, store: Store, rooms: Rooms, folder: Folder) -> None:
        self.settings, self.store, self.rooms, self.folder = settings, store, rooms, folder
        self._items: dict[int, Item] = {}

    def forget_items(self) -> None:
        """Look at every item anew from now on."""
        self._items.clear()

    def compose(self, ids: Sequence[int]) -> Composed:
        """Return the entries of items, in this order."""
        with self.store.read() as connection:
            self._items |= item_rows.load_items(connection, [one for one in ids if one not in self._items])
        return self.rooms.builder.compose([self._items[one] for one in ids])

    def draft(self, spec: FeedSpec, composed: Composed, row: FeedRow | None = None) -> Draft:
        """Build and check a feed, of which its page tells what is in the row.

        What is wrong with single entries leaves those out, unless that were most of them.
        """
        draft = Draft(spec, composed.entries, b"", composed.quarantined, row)
        previous = self._earlier(draft)
        draft = self._built(replace(draft, is_new=previous is None), composed.entries)
        problems = self._check(draft, previous)
        blamed = {problem.entry_id: str(problem) for problem in problems}
        if problems and None not in blamed and len(blamed) * 2 <= len(draft.entries):
            left_out = tuple(Quarantined(one.title, blamed[one.id]) for one in draft.entries if one.id in blamed)
            draft = replace(draft, quarantined=(*draft.quarantined, *left_out))
            draft = self._built(draft, [one for one in draft.entries if one.id not in blamed])
            problems = self._check(draft, previous)
        said = "; ".join(str(problem) for problem in problems)
        return replace(draft, problem=f"it failed its check: {said}") if said else draft

    def write(self, drafts: Iterable[Draft]) -> list[FeedResult]:
        """Write drafts whose bytes differ from what is published, in their order; return what became of each."""
        drafts = [*drafts]
        files: dict[str, bytes] = {}
        problems: dict[str, str | None] = {draft.name: draft.problem for draft in drafts if draft.problem}
        for draft in (one for one in drafts if not one.problem):
            files[f"{draft.name}.atom"] = draft.data
            if draft.spec.archive is None:
                files[f"{draft.name}.json"] = self.rooms.builder.json(draft.spec, draft.entries)
                try:
                    files[f"{draft.name}.html"] = self._page(draft)
                except FeedError as error:
                    said = "; ".join(error.problems)
                    problems[draft.name] = f"the feed went out, its page could not be made: {said}"
        written = self.folder.replace(files)
        changed = {name.rpartition(".")[0] for name, one in written.items() if one.changed}
        unwritten = {name.rpartition(".")[0]: one.problem for name, one in written.items() if one.problem}
        return [_result(draft, draft.name in changed, unwritten | problems) for draft in drafts]

    def _earlier(self, draft: Draft) -> bytes | None:
        """Return what readers have of a feed, of which a copy of that which its name had moved to is no part."""
        data = self.folder.read(f"{draft.name}.atom")
        found = _ID.search(data or b"")
        site = self.settings.site
        others = found and found[1].startswith(feed_id("", site).encode())
        return None if others and found and found[1] != feed_id(draft.spec.name, site).encode() else data

    def _built(self, draft: Draft, entries: Sequence[Entry]) -> Draft:
        return replace(draft, entries=tuple(entries), data=self.rooms.builder.atom(draft.spec, entries))

    def _check(self, draft: Draft, previous: bytes | None) -> Collection[Problem]:
        return () if draft.data == previous else check_feed(draft.data, previous, passed=self.rooms.passed)

    def _page(self, draft: Draft) -> bytes:
        readers = self.settings.feeds.readers
        return self.rooms.pages.feed_page(draft.spec, draft.entries, self.settings.site, readers=readers, row=draft.row)


def _result(draft: Draft, changed: bool, problems: Mapping[str, str | None]) -> FeedResult:
    problem = problems.get(draft.name)
    words = "new" if draft.is_new else "its bytes changed"
    reason = problem or (words if changed else "the same bytes as before")
    return FeedResult(draft.name, changed, reason, len(draft.entries), bool(problem), draft.quarantined)
