"""resolve: cleaned items of one reading | key | known by it, by another name, as a story that is stored? | or new.

Read-only: saving stores what it finds, and enrichment asks it beforehand which items are new.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.config.settings import Settings, SourceSettings
from digest.items.clean import clean_item, fill_gaps
from digest.items.dates import decide_date, real_date
from digest.items.identity import (
    canonical_pages,
    dedupe_parsed,
    find_landing_pages,
    identity_of,
    is_given,
    own_link_keys,
    title_key,
)
from digest.items.same import Traits
from digest.model.item import Item, ParsedItem
from digest.pipelines.kinds import find_kind
from digest.pipelines.left_out import is_under_embargo
from digest.pipelines.recognise import Arrival, Reading, Recognition, find_twins
from digest.store import aliases as alias_rows
from digest.store import items as item_rows
from digest.store.engine import Connection

__all__ = ["Arrival", "Resolver", "find_unknown", "is_identifiable", "pages_of", "resolve_items"]


def pages_of(source: SourceSettings, settings: Settings) -> frozenset[str]:
    """Return the pages that are no item's own: the source's and the site's."""
    return canonical_pages((source.url, settings.site.url))


def is_identifiable(parsed: ParsedItem) -> bool:
    """Tell whether a cleaned item can be told from others: by a title, or by an id or a link of its own."""
    return bool(parsed.title or parsed.explicit_id or parsed.link)


def find_unknown(
    connection: Connection,
    settings: Settings,
    source: SourceSettings,
    items: Sequence[ParsedItem],
    now: datetime,
    *,
    complete: bool = True,
) -> list[int]:
    """Return the places of those items of a reading that saving it would store as new ones.

    Those under embargo are not among them: nobody has to see their pages yet.
    """
    listed = [replace(one, detail=None) for one in items]
    found = resolve_items(connection, settings, source, listed, now, complete=complete)
    return [at for at, one in found if one.is_new and not is_under_embargo(one.parsed.embargo, now)]


def resolve_items(
    connection: Connection,
    settings: Settings,
    source: SourceSettings,
    items: Sequence[ParsedItem],
    now: datetime,
    *,
    complete: bool,
) -> list[tuple[int, Arrival]]:
    """Return what saving a reading would take the items for, with their places in it."""
    base = source.url or settings.site.url
    cleaned = {at: clean_item(one, base_url=base) for at, one in enumerate(items)}
    usable = {id(one): at for at, one in cleaned.items() if is_identifiable(one)}
    deduped = dedupe_parsed(
        [cleaned[at] for at in usable.values()], canonical_pages((source.url, settings.site.url))
    ).items
    arrivals = Resolver(connection, settings, source, now, complete=complete).resolve(deduped)
    return [(usable[id(one.parsed)], one) for one in arrivals]


class Resolver:
    """One reading of a source against what is stored."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        source: SourceSettings,
        now: datetime,
        *,
        complete: bool,
        removed: Sequence[str] | None = None,
    ) -> None:
        self.connection, self.settings, self.source, self.now = connection, settings, source, now
        self.zone = ZoneInfo(source.timezone)
        self.configured = frozenset(one.id for one in settings.sources)
        self.reading = Reading(source.id, self.zone, now, complete, self.configured, removed)

    def resolve(self, items: Sequence[ParsedItem]) -> list[Arrival]:
        """Return an arrival for each cleaned item, in the order of the page; keys must differ (`dedupe_parsed`)."""
        arrivals = self._find_known(self._arrive(items))
        unknown = [at for at, one in enumerate(arrivals) if one.item is None]
        if unknown:
            for at, item in Recognition(self.connection, self.reading, arrivals, unknown).run().items():
                arrivals[at] = replace(arrivals[at], item=item, is_alias=True)
            arrivals = find_twins(arrivals)
        return self._give_voices(arrivals)

    def _arrive(self, items: Sequence[ParsedItem]) -> list[Arrival]:
        pages = pages_of(self.source, self.settings) | find_landing_pages(items)
        link_keys = own_link_keys([one.link for one in items], pages)
        return [self._make(one, identity_of(one, pages), key) for one, key in zip(items, link_keys, strict=True)]

    def _make(self, parsed: ParsedItem, key: str, link_key: str | None) -> Arrival:
        filled = fill_gaps(parsed)
        when = decide_date(filled.published, zone=self.zone, now=self.now, nth=0, future=self.source.future)
        traits = Traits(
            link_key=link_key,
            # The listing's language: what the item's own page said of it is known at first sight alone.
            title_key=title_key(filled.title, parsed.language or self.source.language),
            title=filled.title,
            summary=filled.summary,
            kind=find_kind(filled.kind, self.settings.kinds, self.source.kinds),
            published_on=when.published_on,
            published_at=when.published_at,
            date_only=when.date_only,
            dated=real_date(filled.published) is not None,
            explicit=is_given(key, link_key),
        )
        return Arrival(parsed=parsed, filled=filled, key=key, traits=traits)

    def _find_known(self, arrivals: list[Arrival]) -> list[Arrival]:
        """Find what is stored under its own key, or under an alias."""
        keys = [one.key for one in arrivals]
        own = item_rows.load_by_keys(self.connection, self.source.id, keys)
        named = alias_rows.find_aliases(self.connection, self.source.id, [key for key in keys if key not in own])
        others = item_rows.load_items(self.connection, set(named.values()))
        found = {key: item for key, (item, _) in own.items()} | {key: others[id_] for key, id_ in named.items()}
        return [replace(one, item=found[one.key]) if one.key in found else one for one in arrivals]

    def _give_voices(self, arrivals: list[Arrival]) -> list[Arrival]:
        """Decide whose words count for each stored item: its own source's, and of several there its own key's."""
        heard: dict[int, int] = {}
        for at, one in enumerate(arrivals):
            if one.item and (one.item.id not in heard or self._is_own(one)):
                heard[one.item.id] = at
        owned = self._find_owned([one.item for one in arrivals if one.item])
        spoken = {id_: at for id_, at in heard.items() if id_ in owned}
        hashes = item_rows.load_hashes(self.connection, spoken)
        return [
            one
            if one.item is None
            else replace(one, speaks=spoken.get(one.item.id) == at, content_hash=hashes.get(one.item.id, ""))
            for at, one in enumerate(arrivals)
        ]

    def _is_own(self, one: Arrival) -> bool:
        return one.item is not None and (one.item.source, one.item.key) == (self.source.id, one.key)

    def _find_owned(self, items: Sequence[Item]) -> set[int]:
        """Return the items whose words this source gives.

        Those are its own, and those of a source that config.yaml no longer has, where it was the first of the others
        to name them. The second rule has one answer for as long as the sources stay.
        """
        left = {one.id for one in items if one.source not in self.configured}
        named = alias_rows.load_alias_sources(self.connection, left) if left else {}
        heirs = {id_: next((one for one in named.get(id_, ()) if one in self.configured), None) for id_ in left}
        mine = {id_ for id_, heir in heirs.items() if heir in (None, self.source.id)}
        return mine | {one.id for one in items if one.source == self.source.id}
