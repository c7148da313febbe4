"""recognise: items whose keys nobody knows | the stored ones with their link or title | which of them are one story.

Read-only.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from heapq import nsmallest
from itertools import groupby
from zoneinfo import ZoneInfo

from digest.items.dates import is_undated
from digest.items.identity import is_given
from digest.items.same import WINDOW, Likeness, Place, Traits, choose_likeness, find_likeness, is_wave
from digest.items.text import fold_words
from digest.model.item import Item, ItemStatus, ParsedItem
from digest.store import aliases as alias_rows
from digest.store import items as item_rows
from digest.store import sources as source_rows
from digest.store.engine import Connection

MOST_TWINS = 20
"""Items of one title with which another is compared, the nearest by date: beyond that the title is a series'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An item of a reading with its key, and the stored item that it is; None for a new one.

    `parsed` is what the listing gave, `filled` has what the item's own page added. With `speaks` its words are the
    stored item's; otherwise it is only another name: of an item of another source, or of one that stands in this
    reading twice. `is_alias` says that this name is to be kept; `twin` is the key of the new item that this is too.
    """

    parsed: ParsedItem
    filled: ParsedItem
    key: str
    traits: Traits
    item: Item | None = None
    content_hash: str = ""
    speaks: bool = True
    is_alias: bool = False
    twin: str | None = None

    @property
    def is_new(self) -> bool:
        """Whether no item is stored for it, nor will be for its twin."""
        return self.item is None and self.twin is None


@dataclass(frozen=True, slots=True)
class Reading:
    """What recognising must know of a reading: its source and that one's zone, when it was, whether it lists all.

    `configured` are the ids of all sources that config.yaml has, `removed` those that it had once, where known.
    """

    source: str
    zone: ZoneInfo
    now: datetime
    complete: bool
    configured: frozenset[str]
    removed: Sequence[str] | None = None


class Recognition:
    """The items of a reading whose keys nobody knows, against the stored items that have their link or title."""

    def __init__(
        self, connection: Connection, reading: Reading, arrivals: Sequence[Arrival], unknown: Sequence[int]
    ) -> None:
        self.connection, self.reading, self.arrivals, self.unknown = connection, reading, arrivals, unknown
        self.listed = {one.item.id: one.traits for one in arrivals if one.item}
        self.candidates = self._load_candidates()

    def run(self) -> dict[int, Item]:
        """Return the stored item of each arrival that is one, by the arrival's place; no item twice unasked."""
        found = self._find_renamed()
        first = {at: best for at in self.unknown if at not in found and (best := self._find_best(at))}
        doubtful: dict[int, Item] = {}
        for at in sorted(first, key=lambda at: (not first[at][0].sure, first[at][0].distance)):
            likeness, item = first[at]
            if item.id in self.listed:
                again = self._find_best(at)
                if again is None:
                    continue
                likeness, item = again
            if likeness.sure:
                found[at] = item
                self.listed[item.id] = self.arrivals[at].traits
            else:
                doubtful[at] = item
        return found | self._ride_wave(found, doubtful)

    def _ride_wave(self, found: Mapping[int, Item], doubtful: Mapping[int, Item]) -> dict[int, Item]:
        """Believe doubtful likenesses where most of what is unknown comes back under other keys."""
        home = sum(item.source == self.reading.source for item in found.values())
        if not is_wave(home + len(doubtful), len(self.unknown)):
            return {}
        back: dict[int, Item] = {}
        for at, item in doubtful.items():
            if item.id not in self.listed:
                back[at] = item
                self.listed[item.id] = self.arrivals[at].traits
        return back

    def _find_best(self, at: int) -> tuple[Likeness, Item] | None:
        new = self.arrivals[at].traits
        found = []
        for item in self._candidates_of(new):
            old = self.listed.get(item.id) or self._traits_of(item)
            if likeness := find_likeness(new, old, self._place_of(item)):
                found.append((likeness, item))
        best = choose_likeness([likeness for likeness, _ in found])
        return next((one for one in found if one[0] is best), None)

    def _candidates_of(self, new: Traits) -> Iterator[Item]:
        short = self.by_short.get(fold_words(new.title), ()) if new.title_key is None and self.by_short else ()
        links, titles = self.by_link.get(new.link_key or "", ()), self.by_title.get(new.title_key or "", ())
        if len(titles) > MOST_TWINS:
            titles = nsmallest(MOST_TWINS, titles, key=lambda id_: self._days_between(new, id_))
        ids = dict.fromkeys((*links, *titles, *short))
        return (self.candidates[id_] for id_ in ids)

    def _days_between(self, new: Traits, item_id: int) -> int:
        return abs((self.candidates[item_id].published_on - new.published_on).days)

    def _load_candidates(self) -> dict[int, Item]:
        traits = [self.arrivals[at].traits for at in self.unknown]
        links = {one.link_key for one in traits if one.link_key}
        found = {one.id: one for one in item_rows.find_by_links(self.connection, links)}
        for titles, after, before in self._spans(traits):
            found |= {one.id: one for one in item_rows.find_by_titles(self.connection, titles, after, before)}
        self.by_link, self.by_title = _group(found, "link_key"), _group(found, "title_key")
        short = self._load_short(traits)
        self.by_short: dict[str, list[int]] = defaultdict(list)
        for one in short:
            self.by_short[fold_words(one.title)].append(one.id)
        return found | {one.id: one for one in short}

    def _load_short(self, traits: Sequence[Traits]) -> list[Item]:
        """Load the items of this source whose titles are too short to be found by, on the days of such new ones."""
        on = {one.published_on for one in traits if one.title and one.title_key is None and one.dated}
        days = {day + timedelta(days=step) for day in on for step in (-1, 0, 1)}
        return item_rows.find_short_titled(self.connection, self.reading.source, days)

    def _spans(self, traits: Sequence[Traits]) -> Iterator[tuple[set[str], date, date]]:
        """Yield title keys with the dates between which their stories may be stored.

        By month, lest one old item make a reading search the whole archive; the undated of a whole page that came
        back may be stored under any day.
        """
        dated = sorted((one.published_on, one.title_key) for one in traits if one.title_key and one.dated)
        for _, month in groupby(dated, key=lambda one: (one[0].year, one[0].month)):
            pairs = list(month)
            yield {key for _, key in pairs}, pairs[0][0] - WINDOW, pairs[-1][0] + WINDOW
        undated = {one.title_key for one in traits if one.title_key and not one.dated}
        if undated:
            wave = is_wave(len(undated), len(undated))
            today = self.reading.now.astimezone(self.reading.zone).date()
            yield undated, date.min if wave else today - WINDOW, today + WINDOW

    def _find_renamed(self) -> dict[int, Item]:
        """Find items of sources that config.yaml no longer has by their keys: a source may have been renamed."""
        found: dict[int, Item] = {}
        by_key = {self.arrivals[at].key: at for at in self.unknown}
        removed = self.reading.removed
        if removed is None:
            removed = source_rows.load_removed(self.connection, self.reading.configured)
        for source_id in removed:
            for key, (item, _) in item_rows.load_by_keys(self.connection, source_id, by_key).items():
                new = self.arrivals[by_key[key]].traits
                # A key that was made of title and date is as good as they are, whatever an editor wrote since.
                minted = not new.explicit or (new.link_key is not None and new.link_key == item.link_key)
                if (minted or fold_words(new.title) == fold_words(item.title)) and item.id not in self.listed:
                    found[by_key[key]] = item
                    self.listed[item.id] = new
        return found

    @cached_property
    def _named(self) -> dict[int, list[str]]:
        return alias_rows.load_alias_sources(self.connection, self.candidates)

    def _place_of(self, item: Item) -> Place:
        if item.id in self.listed:
            return Place.PAGE
        home = self.reading.source
        if item.source != home and home not in self._named.get(item.id, ()):
            return Place.SOURCE
        return Place.HOME if self.reading.complete else Place.UNKNOWN

    def _traits_of(self, item: Item) -> Traits:
        return Traits(
            link_key=item.link_key,
            title_key=item.title_key,
            title=item.title,
            summary=item.summary,
            kind=item.kind,
            published_on=item.published_on,
            published_at=item.published_at,
            date_only=item.date_only,
            dated=not is_undated(item, self.reading.zone),
            explicit=is_given(item.key, item.link_key),
            withdrawn=item.status is ItemStatus.WITHDRAWN,
        )


def _group(items: Mapping[int, Item], field: str) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for id_, item in items.items():
        if key := getattr(item, field):
            groups[key].append(id_)
    return groups


def find_twins(arrivals: list[Arrival]) -> list[Arrival]:
    """Find the new items that are the story of another one on the same page."""
    whole = list(arrivals)
    by_title: dict[str, list[Arrival]] = defaultdict(list)
    for one in arrivals:
        if one.item and one.traits.title_key:
            by_title[one.traits.title_key].append(one)
    for at, one in enumerate(arrivals):
        if one.item or not one.traits.title_key:
            continue
        others = by_title[one.traits.title_key]
        same = next((other for other in others[:MOST_TWINS] if _are_twins(one, other)), None)
        if same is None:
            others.append(one)
        else:
            whole[at] = replace(one, item=same.item, twin=None if same.item else same.key, is_alias=True)
    return whole


def _are_twins(one: Arrival, other: Arrival) -> bool:
    likeness = find_likeness(one.traits, other.traits, Place.PAGE)
    return likeness is not None and likeness.sure
