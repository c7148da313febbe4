"""What new items' own pages add to them, within a budget.

new items | links to the newsroom itself | robots.txt | two pages at a time | parts that are wanted | items with detail
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from digest.config.settings import ENRICHMENTS, SourceSettings
from digest.errors import SourceError
from digest.model.item import Detail, ParsedItem
from digest.sources.fetch import Client, Fetched, FetchFailed
from digest.sources.network.origin import same_origin
from digest.sources.page import Page
from digest.sources.parser import Parser
from digest.sources.robots import Robots

BUDGET_S = 120.0
"""Seconds for all pages of one reading: a tenth of the usual time between two readings."""

_AT_ONCE = 2
"""Pages asked for at the same time: a newsroom's server should not notice us."""

_PARSE = "digest.sources.article:parse_article"
_ACCEPT = "text/html,application/xhtml+xml;q=0.9"
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_BUSY = (429, 503)
_FIELDS = {
    "date": "published", "picture": "image", "caption": "image", "credit": "image",
    "text": "content_html", "content": "content_html",
}  # fmt: skip
"""Fields of `Detail` that have another name than the enrichment or selector that asks for them."""

_UNLISTED = (*(name for name in ENRICHMENTS if name != "text"), "title")
"""What is wanted of an item whose listing told nothing but its address."""


class Reader(Protocol):
    """What reading pages needs."""

    @property
    def client(self) -> Client:
        """Asks servers."""
        ...

    @property
    def parser(self) -> Parser:
        """Reads what strangers wrote, in a child process."""
        ...

    @property
    def robots(self) -> Robots:
        """Knows what a site asks programs to leave alone."""
        ...


@dataclass(slots=True)
class _Round:
    """The pages of one reading: those still to read, what was found by place, and why others were not."""

    reader: Reader
    source: SourceSettings
    kinds: tuple[str, ...]
    waiting: list[tuple[int, ParsedItem]]
    found: dict[int, Detail] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)
    refused: bool = False

    async def work(self) -> None:
        while self.waiting and not self.refused:
            place, item = self.waiting.pop(0)
            try:
                self.found[place] = await self._read(item)
            except SourceError as error:
                self.failed[error.seen] += 1

    async def _read(self, item: ParsedItem) -> Detail:
        page = await self._fetch(urljoin(self.source.url or "", item.link or ""))
        detail: Detail = await self.reader.parser.call(_PARSE, page, Detail)
        return keep_wanted(detail, wanted_parts(self.source, item))

    async def _fetch(self, url: str) -> Page:
        allow_private = self.source.allow_private
        if self.source.obey_robots and not await self.reader.robots.allows(url, allow_private=allow_private):
            raise SourceError("robots.txt asks programs to leave it alone")
        answer = await self.reader.client.fetch(url, allow_private=allow_private, accept=_ACCEPT)
        if isinstance(answer, FetchFailed) and answer.status in _BUSY:
            self.refused = True
        if not isinstance(answer, Fetched):
            raise SourceError(answer.reason if isinstance(answer, FetchFailed) else "the server sent no page")
        if not same_origin(answer.url, self.source.url):
            raise SourceError(f"it leads to another site, {urlsplit(answer.url).netloc}")
        kind = (answer.content_type or "text/html").partition(";")[0].strip().lower()
        if kind not in _HTML_TYPES:
            raise SourceError(f"it is {kind[:60]}, not HTML")
        return Page(
            data=answer.body,
            source=self.source,
            url=answer.url,
            content_type=answer.content_type,
            headers=answer.headers,
            kinds=self.kinds,
        )


async def enrich_items(
    reader: Reader,
    source: SourceSettings,
    items: Sequence[ParsedItem],
    kinds: Sequence[str],
    *,
    budget_s: float = BUDGET_S,
) -> tuple[tuple[ParsedItem, ...], tuple[str, ...]]:
    """Return the items in their order, those with detail whose own page could be read, and notes about the others.

    The caller chooses the new items; of these the first `source.enrich_pages` are read that link to the source's own
    site. `kinds` are the newsroom's labels. No page's failure touches another's, nor its item.
    """
    eligible = [(place, item) for place, item in enumerate(items) if _is_wanted(source, item)]
    chosen = eligible[: source.enrich_pages]
    reading = _Round(reader, source, tuple(kinds), list(chosen))
    late = False
    try:
        async with asyncio.timeout(budget_s), asyncio.TaskGroup() as group:
            for _ in range(min(_AT_ONCE, len(chosen))):
                group.create_task(reading.work())
    except TimeoutError:
        late = True
    enriched = [replace(one, detail=reading.found.get(place, one.detail)) for place, one in enumerate(items)]
    return tuple(enriched), tuple(_notes(reading, len(eligible) - len(chosen), budget_s if late else None, len(chosen)))


def wanted_parts(source: SourceSettings, item: ParsedItem) -> frozenset[str]:
    """Return the fields of `Detail` that an item's page is read for: those that the settings name.

    Of an item without a title its listing told nothing, so that all but the full text is wanted.
    """
    detail = source.html.detail if source.html else None
    selected = [one.name for one in fields(detail) if getattr(detail, one.name)] if detail else []
    named = (*source.enrich, *selected, *(() if item.title else _UNLISTED))
    return frozenset(_FIELDS.get(name, name) for name in named)


def keep_wanted(detail: Detail, wanted: frozenset[str]) -> Detail:
    """Return a detail with nothing but the wanted fields."""
    return Detail(**{name: getattr(detail, name) for name in wanted})


def _is_wanted(source: SourceSettings, item: ParsedItem) -> bool:
    try:
        url = urljoin(source.url or "", item.link or "")
    except ValueError:
        return False
    own = bool(item.link) and same_origin(url, source.url)
    return own and item.detail is None and bool(wanted_parts(source, item))


def _notes(reading: _Round, left: int, budget_s: float | None, chosen: int) -> Iterator[str]:
    for reason, count in reading.failed.most_common():
        yield f"{_count(count)} could not be read: {reason}"
    missing = chosen - len(reading.found) - reading.failed.total()
    if missing and budget_s is not None:
        yield f"{_count(missing)} could not be read within {budget_s:g} s"
    elif missing:
        yield f"{_count(missing)} were not asked for, because the server is busy"
    if left:
        yield f"{_count(left)} were not read: enrich_pages is {reading.source.enrich_pages}"


def _count(number: int) -> str:
    return f"{number} page{'' if number == 1 else 's'} of new items"
