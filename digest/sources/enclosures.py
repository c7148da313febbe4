"""How long the files of pictures are: feeds tell it of every enclosure, and few sources tell it to us.

addresses | not those of this machine's neighbours | robots.txt | HEAD, two at a time, within a budget | length and type
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from digest.config.settings import SourceSettings
from digest.sources.declared import read_length, read_media_type
from digest.sources.fetch import Client, FetchFailed
from digest.sources.network.origin import same_origin
from digest.sources.network.target import TargetError, parse_target
from digest.sources.robots import Robots

MOST_PICTURES = 20
"""Pictures that are asked for after one reading: as many as a site's own feed has news, twice over."""

BUDGET_S = 20.0
"""Seconds for all of them: what a reading can be late by, for the sake of a number."""

_AT_ONCE = 2
_WEB_PORTS = (80, 443)
_NO_HEAD = (405, 429, 501, 503)
"""What says that a server answers no such question, or none now."""


class Reader(Protocol):
    """What asking needs."""

    @property
    def client(self) -> Client:
        """Asks servers."""
        ...

    @property
    def robots(self) -> Robots:
        """Knows what a site asks programs to leave alone."""
        ...


@dataclass(frozen=True, slots=True)
class PictureFile:
    """What a server says of a picture's file: its length in bytes and its type."""

    length: int
    media_type: str


@dataclass(slots=True)
class _Round:
    """The pictures of one reading: those still to ask for, what was found, and servers that are asked no more."""

    reader: Reader
    source: SourceSettings
    waiting: list[str]
    found: dict[str, PictureFile] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    async def work(self) -> None:
        while self.waiting:
            url = self.waiting.pop(0)
            if (file := await self._ask(url)) is not None:
                self.found[url] = file

    async def _ask(self, url: str) -> PictureFile | None:
        server = _find_server(url, self.source)
        if server is None or server in self.silent:
            return None
        allow_private = self.source.allow_private and same_origin(url, self.source.url)
        if self.source.obey_robots and not await self.reader.robots.allows(url, allow_private=allow_private):
            return None
        answer = await self.reader.client.head(url, allow_private=allow_private)
        if isinstance(answer, FetchFailed):
            if answer.status is None or answer.status in _NO_HEAD:
                self.silent.add(server)
            return None
        if answer.headers.get("content-encoding", "identity").strip().lower() != "identity":
            return None  # The length would be that of the packed bytes.
        length, kind = read_length(answer.headers.get("content-length")), answer.headers.get("content-type")
        media_type = read_media_type(kind)
        return PictureFile(length, media_type) if length and media_type else None


async def measure_pictures(
    reader: Reader, source: SourceSettings, urls: Sequence[str], *, budget_s: float = BUDGET_S
) -> dict[str, PictureFile]:
    """Return what the servers of pictures say of their files, by address; of the first `MOST_PICTURES`.

    Addresses come out of what strangers wrote. Private ones are asked only where the source may be on them and the
    picture stands on the source's own server, and odd ports only there. A picture that a server does not tell about
    is missing from the result, and nothing is downloaded.
    """
    waiting = list(dict.fromkeys(urls))[:MOST_PICTURES]
    measuring = _Round(reader, source, waiting)
    try:
        async with asyncio.timeout(budget_s), asyncio.TaskGroup() as group:
            for _ in range(min(_AT_ONCE, len(waiting))):
                group.create_task(measuring.work())
    except TimeoutError:
        pass  # What was found until then is kept; nobody is asked a second time.
    return measuring.found


def _find_server(url: str, source: SourceSettings) -> str | None:
    """Return the origin of a picture's address, None where it is not to be asked at all (FAULTS.md A5)."""
    try:
        target = parse_target(url)
    except TargetError:
        return None
    return target.origin if target.port in _WEB_PORTS or same_origin(url, source.url) else None
