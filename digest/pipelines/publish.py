"""publish: topics touched since last time | build | check | compare bytes | write.

A feed whose check fails keeps its last good copy and is tried again at every run; its reason stands in the store.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest import __version__
from digest.config.settings import Settings
from digest.feeds.build import FeedSpec, Labels, build_feed, feed_name, labels_of
from digest.feeds.cache import EntryCache
from digest.feeds.check import Passed
from digest.feeds.publish import publish_feeds, sweep_temp
from digest.model.item import Item, Quarantined
from digest.model.topic import ALL, kind_topic, region_topic
from digest.pipelines.names import with_first_names
from digest.store import feeds as feed_rows
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store.engine import Store
from digest.store.feeds import FeedState
from digest.store.meta import load_fact, save_fact

BATCH = 50
"""Feeds built and written together, so that memory does not grow with their number."""

LOOKS = "feeds.looks"
"""The fact that remembers what every feed was built with: when it changes, all of them are built anew."""

DONE = "feeds.seq"
"""The fact that remembers up to which seq every feed has been built, or its problem noted."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What one publication may leave to the next: entries that were built, and those that passed their check."""

    entries: EntryCache = field(default_factory=EntryCache)
    passed: Passed = field(default_factory=Passed)


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What became of one feed; `failed` says that readers keep its last good copy, for the reason given."""

    name: str
    changed: bool
    reason: str
    entries: int = 0
    failed: bool = False
    quarantined: tuple[Quarantined, ...] = ()


def feed_topics(settings: Settings) -> Mapping[str, tuple[str, str]]:
    """Return every topic that has a feed, in the order of the configuration, with its title and description."""
    site = settings.site.title
    feeds = {ALL: (site, settings.site.subtitle or f"Everything new from {site}")}
    feeds |= {topic.id: (f"{topic.title} – {site}", topic.description) for topic in settings.topics}
    feeds |= {kind_topic(kind.id): (f"{kind.title} – {site}", "") for kind in settings.kinds}
    return feeds | {region_topic(region.id): (f"{region.title} – {site}", "") for region in settings.regions}


def publish(
    settings: Settings,
    store: Store,
    now: datetime,
    *,
    only: Collection[str] = (),
    every: bool = False,
    memory: Memory | None = None,
) -> list[FeedResult]:
    """Publish the feeds that were touched since last time (or `only` these topics, or every one).

    A `memory` kept by the caller spares entries that were built and checked before; the bytes are the same.
    """
    sweep_temp(settings.feeds.folder)
    titles = feed_topics(settings)
    settings = with_first_names(settings, store)
    looks = _looks(settings)
    with store.read() as connection:
        troubled = feed_rows.load_troubled(connection)
        seq = log_rows.last_seq(connection)
        before = load_fact(connection, LOOKS), load_fact(connection, DONE)
        every = every or before[0] != looks
        touched = log_rows.touched_topics(connection, int(before[1] or 0))
    due = [topic for topic in titles if topic in only] if only else list(titles)
    if not every and not only:
        folder = settings.feeds.folder
        there = {file.name for file in folder.iterdir()} if folder.is_dir() else set()
        owed = {topic for topic in titles if (name := feed_name(topic)) in troubled or f"{name}.atom" not in there}
        due = [topic for topic in titles if topic in touched or topic in owed]
    builder = _Builder(settings, store, titles, memory or Memory(), now)
    results = [result for start in range(0, len(due), BATCH) for result in builder.publish(due[start : start + BATCH])]
    with store.write() as connection:
        if (load_fact(connection, LOOKS), load_fact(connection, DONE)) != before:
            # Another run published in the meantime, and one may have overwritten what the other knew better.
            save_fact(connection, DONE, before[1] or "0")
        elif not only:
            save_fact(connection, LOOKS, looks)
            save_fact(connection, DONE, str(seq))
        elif log_rows.last_seq(connection) > seq:
            # Another run may be publishing what came: it is to see that we did, and the next one looks at all feeds.
            save_fact(connection, LOOKS, "")
    return results


class _Builder:
    """Builds and writes feeds; entries that several feeds share are built once."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        titles: Mapping[str, tuple[str, str]],
        memory: Memory,
        now: datetime,
    ) -> None:
        self.settings, self.store, self.titles = settings, store, titles
        self.states: Mapping[str, FeedState] = {}
        self.now, self.memory = now, memory
        self.items: dict[int, Item] = {}
        self.labels: Labels = labels_of(settings.topics, settings.kinds, settings.regions)

    def publish(self, topics: Sequence[str]) -> Iterator[FeedResult]:
        with self.store.read() as connection:
            self.states = feed_rows.load_feeds(connection, [feed_name(topic) for topic in topics])
        built = {feed_name(topic): self._build(topic) for topic in topics}
        data = {name: data for name, (data, _, _) in built.items()}
        written = publish_feeds(self.settings.feeds.folder, data, passed=self.memory.passed)
        results = [
            FeedResult(one.name, one.changed, one.reason, built[one.name][1], one.failed, built[one.name][2])
            for one in written
        ]
        self._save(results)
        yield from results

    def _build(self, topic: str) -> tuple[bytes, int, tuple[Quarantined, ...]]:
        name, feeds = feed_name(topic), self.settings.feeds
        title, description = self.titles[topic]
        state = self.states.get(name)
        spec = FeedSpec(
            name=name,
            title=title,
            subtitle=description or None,
            created_at=state.created_at if state else self.now,
        )
        items = self._load(topic, feeds.entries)
        built = build_feed(
            spec, items, self.settings.site, self.labels, full_text=feeds.full_text, cache=self.memory.entries
        )
        return built.data, len(items) - len(built.quarantined), built.quarantined

    def _load(self, topic: str, count: int) -> list[Item]:
        with self.store.read() as connection:
            ids = item_rows.newest_ids(connection, topic, count)
            self.items |= item_rows.load_items(connection, [one for one in ids if one not in self.items])
        return [self.items[one] for one in ids]

    def _save(self, results: Sequence[FeedResult]) -> None:
        with self.store.write() as connection:
            for one in results:
                old = self.states.get(one.name) or FeedState(name=one.name, created_at=self.now)
                published_at = self.now if one.changed else old.published_at
                problem = one.reason if one.failed else None
                feed_rows.save_feed(connection, replace(old, published_at=published_at, problem=problem))


def _looks(settings: Settings) -> str:
    """Return a hash of all that shapes a feed besides its items."""
    feeds = settings.feeds
    labels = labels_of(settings.topics, settings.kinds, settings.regions)
    shapes = (__version__, settings.site, feeds.entries, feeds.full_text, feed_topics(settings), labels)
    return hashlib.sha256(repr(shapes).encode()).hexdigest()[:16]
