"""How a source is read, whatever its adapter: bytes from files or a server, items from bytes.

files or fetch | adapter in a thread | items, the page with the newest first, and notes about what could not be used
"""

import asyncio
import glob
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Parsed
from digest.sources.feed import parse_feed
from digest.sources.fetch import Fetched, FetchFailed, FetchSettings, NotModified, Validators, fetch_url
from digest.sources.text import load_bytes, parse_text

_MOST_FILES = 200
"""Files of one pattern that are read at most: with 10 MB each they still fit a small machine one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """One reading: its items, the validators to keep as JSON text, and sentences about files that were bad.

    With `not_modified` there are no items and nothing changed. `max_age_s` is how long the server calls its answer
    fresh; the address of a source that moved for good is told in `notes`.
    """

    parsed: Parsed
    validators: str | None = None
    not_modified: bool = False
    retry_after_s: int | None = None
    notes: tuple[str, ...] = ()
    max_age_s: int | None = None


class SourceRefusedError(SourceError):
    """A server answered, but not with the source; `retry_after_s` is how long it asks to be left alone."""

    def __init__(self, seen: str, *, status: int | None = None, retry_after_s: int | None = None) -> None:
        super().__init__(seen)
        self.status = status
        self.retry_after_s = retry_after_s


class Adapter(Protocol):
    """Turns the bytes of one file or answer into items, and does nothing else. Raises: SourceError."""

    def __call__(self, data: bytes, *, kinds: Collection[str], content_type: str | None, base: str | None) -> Parsed:
        """Return what the bytes hold; `content_type` and `base` (a URL) are known of an answer only."""
        ...


def _adapt_text(data: bytes, *, kinds: Collection[str], **_: str | None) -> Parsed:
    return parse_text(data, kinds=kinds)


ADAPTERS: Mapping[str, Adapter] = {"text": _adapt_text, "feed": parse_feed}
"""The adapter of every known type; config refuses the others."""


async def read_source(
    source: SourceSettings,
    *,
    kinds: Collection[str],
    validators: str | None,
    contact: str | None,
) -> SourceReading:
    """Read one source once. `kinds` are the newsroom's labels as it prints them.

    `validators` are what the last reading returned; after a failure the caller keeps them as they were, or the next
    answer would be 304 and the failure forgotten. Raises: SourceError with what was seen.
    """
    adapter = ADAPTERS[source.type]
    if source.path is not None:
        return await asyncio.to_thread(_read_files, source.path, adapter, kinds)
    if source.url is None:
        raise SourceError("the source has neither a path nor a url")
    known = _load_validators(validators)
    settings = FetchSettings(contact=contact, allow_private=source.allow_private)
    outcome = await fetch_url(source.url, validators=known, settings=settings)
    if isinstance(outcome, FetchFailed):
        raise SourceRefusedError(outcome.reason, status=outcome.status, retry_after_s=outcome.retry_after_s)
    parsed = Parsed(()) if isinstance(outcome, NotModified) else await _parse_body(outcome, adapter, kinds)
    return SourceReading(
        parsed=parsed,
        validators=_dump_validators(outcome.validators),
        not_modified=isinstance(outcome, NotModified),
        notes=(f"it moved for good to {outcome.moved_to}",) if outcome.moved_to else (),
        max_age_s=outcome.max_age_s,
    )


async def _parse_body(fetched: Fetched, adapter: Adapter, kinds: Collection[str]) -> Parsed:
    return await asyncio.to_thread(
        adapter, fetched.body, kinds=kinds, content_type=fetched.content_type, base=fetched.url
    )


def _load_validators(text: str | None) -> Validators:
    try:
        values = json.loads(text or "{}")
        return Validators(**values)
    except (ValueError, TypeError):
        return Validators()


def _dump_validators(validators: Validators) -> str | None:
    values = {key: value for key, value in asdict(validators).items() if value}
    return json.dumps(values) if values.keys() & {"etag", "last_modified"} else None


def _read_files(path: str, adapter: Adapter, kinds: Collection[str]) -> SourceReading:
    """Read all files that a path or pattern names as one reading, the page with the newest item first."""
    pages: list[Parsed] = []
    notes: list[str] = []
    files = _find_files(path)
    for file in files[:_MOST_FILES]:
        try:
            pages.append(adapter(load_bytes(file), kinds=kinds, content_type=None, base=None))
        except SourceError as error:
            notes.append(f"{file.name}: {error.seen}")
    if len(files) > _MOST_FILES:
        notes.append(f"only the first {_MOST_FILES} of {len(files)} files were read")
    if not pages:
        raise SourceError("; ".join(notes) or f"{path}: there is no such file")
    pages.sort(key=_newest_on, reverse=True)
    items = tuple(item for page in pages for item in page.items)
    quarantined = tuple(story for page in pages for story in page.quarantined)
    return SourceReading(parsed=Parsed(items, quarantined), notes=tuple(notes))


def _find_files(path: str) -> list[Path]:
    """Return the file of a path, or those of a pattern sorted by name."""
    plain = Path(path)
    if plain.exists() or not glob.has_magic(path):
        return [plain]
    root = Path(plain.anchor)
    return sorted(file for file in root.glob(str(plain.relative_to(plain.anchor))) if file.is_file())


def _newest_on(page: Parsed) -> date:
    days = (_day_of(item.published) for item in page.items if item.published is not None)
    return max(days, default=date.min)


def _day_of(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when
