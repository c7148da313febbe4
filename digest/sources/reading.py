"""How a source is read, whatever its adapter: bytes from files or a server, items from bytes.

files, or fetch and follow | adapter in a child process | items in page order, and notes about what could not be used
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from importlib import import_module

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Parsed
from digest.sources.adapters import Adapter, find_adapter
from digest.sources.fetch import Client, Fetched, FetchFailed, NotModified, Validators
from digest.sources.files import find_files
from digest.sources.kept import fingerprint, hash_body, load_kept
from digest.sources.page import Page
from digest.sources.parser import Parser
from digest.sources.robots import Robots
from digest.sources.text import load_bytes

_OK = 200


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs, shared by all sources of a run."""

    client: Client
    parser: Parser
    robots: Robots


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """One reading: its items, the validators to keep as JSON text, and sentences about what was bad in it.

    With `not_modified` there are no items and nothing changed. `max_age_s` is how long the server calls its answer
    fresh; `moved_to` is the URL of a source that moved for good.
    """

    parsed: Parsed
    validators: str | None = None
    not_modified: bool = False
    retry_after_s: int | None = None
    notes: tuple[str, ...] = ()
    max_age_s: int | None = None
    moved_to: str | None = None


class SourceRefusedError(SourceError):
    """A server answered, but not with the source; `retry_after_s` is how long it asks to be left alone.

    `status` is 200 where a page came that the adapter cannot use.
    """

    def __init__(self, seen: str, *, status: int | None = None, retry_after_s: int | None = None) -> None:
        super().__init__(seen)
        self.status = status
        self.retry_after_s = retry_after_s


async def read_source(
    reader: Reader, source: SourceSettings, *, kinds: Sequence[str], validators: str | None
) -> SourceReading:
    """Read one source once. `kinds` are the newsroom's labels as it prints them.

    `validators` are what the last reading returned; after a failure the caller keeps them as they were, or the next
    answer would be 304 and the failure forgotten. Raises: SourceError with what was seen.
    """
    adapter = find_adapter(source.type)
    labels = (*source.kinds, *kinds)
    if source.path is not None:
        return await _read_files(reader.parser, adapter, Page(data=b"", source=source, kinds=labels), source.path)
    if source.url is None:
        raise SourceError("the source has neither a path nor a url")
    known = load_kept(validators, fingerprint(source, labels))
    outcome = await _fetch(reader, adapter, source, adapter.first(source, known.memory) or source.url, known.validators)
    if isinstance(outcome, FetchFailed):
        raise _refusal(adapter, outcome)
    kept = replace(known, validators=outcome.validators)
    settled = partial(SourceReading, max_age_s=outcome.max_age_s, moved_to=outcome.moved_to)
    if isinstance(outcome, NotModified) or kept.is_same(outcome.body):
        return settled(parsed=Parsed(()), validators=kept.dump(), not_modified=True)
    first = _turn(Page(data=b"", source=source, kinds=labels, memory=known.memory), outcome, 1)
    parsed, notes, is_index = await _follow(reader, adapter, first)
    # Of a reading of several pages the first one alone tells nothing about the others: it is never "the same".
    fresh = replace(kept, memory=parsed.memory, body=None if parsed.follow else hash_body(outcome.body))
    if is_index:
        # A server's "not modified" would be about a list of pages, while something new stands on one of them.
        fresh = replace(fresh, validators=Validators())
    return settled(parsed=parsed, validators=None if notes else fresh.dump(), notes=notes)


def _refusal(adapter: Adapter, failed: FetchFailed) -> SourceRefusedError:
    advice = f"; {adapter.refused}" if adapter.refused and failed.status in (401, 403, 404) else ""
    return SourceRefusedError(failed.reason + advice, status=failed.status, retry_after_s=failed.retry_after_s)


def _turn(page: Page, outcome: Fetched, number: int) -> Page:
    """Return the page that came as an answer, `number` in its reading."""
    return replace(
        page,
        data=outcome.body,
        url=outcome.url,
        content_type=outcome.content_type,
        headers=outcome.headers,
        number=number,
    )


async def _fetch(
    reader: Reader, adapter: Adapter, source: SourceSettings, url: str, validators: Validators
) -> Fetched | NotModified | FetchFailed:
    if adapter.scraped and source.obey_robots:
        refusal = await reader.robots.check(url, allow_private=source.allow_private)
        if refusal:
            raise SourceError(refusal)
    return await reader.client.fetch(url, validators=validators, allow_private=source.allow_private)


async def _follow(reader: Reader, adapter: Adapter, first: Page) -> tuple[Parsed, tuple[str, ...], bool]:
    """Return the items of a page and of those that it leads to, in their order, and why some were left out.

    `follow` of the result says whether there was more than one page; the last value, whether the first one was
    nothing but an index of the others.
    """
    parts = [await _parse_first(reader, adapter, first)]
    waiting, seen, notes = deque(parts[0].follow), {first.url}, []
    limit = first.source.pages or adapter.pages
    while waiting and len(seen) < limit:
        url = waiting.popleft()
        if url in seen:
            continue
        seen.add(url)
        try:
            part = await _read_further(reader, adapter, first, url, len(seen))
        except SourceError as error:
            notes.append(f"page {len(seen)} ({url}) was left out: {error.seen}")
            continue
        parts.append(part)
        waiting.extend(part.follow)
    whole = join_parsed(parts)
    complete = whole.complete and not notes
    is_index = bool(parts[0].follow) and not parts[0].items
    return replace(whole, follow=tuple(str(url) for url in seen)[1:], complete=complete), tuple(notes), is_index


async def _parse_first(reader: Reader, adapter: Adapter, page: Page) -> Parsed:
    try:
        parsed = await _parse(reader, adapter, page)
    except SourceError as error:
        raise SourceRefusedError(error.seen, status=_OK) from error
    return parsed


async def _read_further(reader: Reader, adapter: Adapter, first: Page, url: str, number: int) -> Parsed:
    outcome = await _fetch(reader, adapter, first.source, url, Validators())
    if not isinstance(outcome, Fetched):
        raise SourceError(outcome.reason if isinstance(outcome, FetchFailed) else "it was not modified")
    return await _parse(reader, adapter, _turn(first, outcome, number))


async def _parse(reader: Reader, adapter: Adapter, page: Page) -> Parsed:
    with reader.client.backlog.hold(page.data):
        parsed: Parsed = await reader.parser.call(adapter.function, page, Parsed)
    return parsed


def join_parsed(parts: Sequence[Parsed]) -> Parsed:
    """Return the pages of one reading as one, in their order."""
    memories = [part.memory for part in parts if part.memory]
    return Parsed(
        items=tuple(item for part in parts for item in part.items),
        quarantined=tuple(story for part in parts for story in part.quarantined),
        memory=max(memories, default=None),
        complete=all(part.complete for part in parts),
        markers=tuple(dict.fromkeys(marker for part in parts for marker in part.markers)),
    )


async def _read_files(parser: Parser, adapter: Adapter, page: Page, path: str) -> SourceReading:
    """Read all files that a path, pattern or folder names as one reading, the file with the newest item first."""
    pages: list[Parsed] = []
    notes: list[str] = []
    found = await asyncio.to_thread(find_files, path, folder=page.source.type == "folder")
    for file in found.files[: found.most]:
        try:
            data = await asyncio.to_thread(load_bytes, file)
            pages.append(await _parse_file(parser, adapter, replace(page, data=data, name=found.name_of(file))))
        except SourceError as error:
            notes.append(f"{found.name_of(file)}: {error.seen}")
    if len(found.files) > found.most:
        notes.append(f"only the first {found.most:,} of {len(found.files):,} files were read")
    if not pages and not found.folder:
        raise SourceError("; ".join(notes) or f"{path}: there is no such file")
    pages.sort(key=_newest_on, reverse=True)
    return SourceReading(parsed=join_parsed(pages), notes=tuple(notes))


async def _parse_file(parser: Parser, adapter: Adapter, page: Page) -> Parsed:
    if not adapter.own_files:
        parsed: Parsed = await parser.call(adapter.function, page, Parsed)
        return parsed
    module, _, name = adapter.function.partition(":")
    parsed = await asyncio.to_thread(getattr(import_module(module), name), page)
    return parsed


def _newest_on(page: Parsed) -> date:
    return max(_days(page), default=date.min)


def _days(page: Parsed) -> Iterator[date]:
    for item in page.items:
        if item.published is not None:
            yield item.published.date() if isinstance(item.published, datetime) else item.published
