"""A page: one document of a source on its way to the adapter that knows how to read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from digest.config.settings import SourceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file or one answer of a server, and what is known about it.

    `url` is where the bytes came from after redirects, None for a file, whose `name` is its path. `content_type` is
    the header as received. `headers` are those of the answer, names in lower case. `kinds` are the labels that the
    newsroom prints. `memory` is what the adapter left at the last reading, `number` counts the pages of this
    reading from 1.
    """

    data: bytes
    source: SourceSettings
    url: str | None = None
    name: str | None = None
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    memory: str | None = None
    number: int = 1
