"""trial: one way to read a newsroom, read once as it would be read every day, within a budget of requests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.sources.discovery.ways import Way, settings_of
from digest.sources.fetch import ACCEPT_FEEDS, Client, FetchFailed, FetchOutcome, Validators
from digest.sources.network.target import shorten_url
from digest.sources.parser import Parser
from digest.sources.reading import Reader, read_source
from digest.sources.robots import Robots

MOST_REQUESTS = 15
"""Requests that looking at one page costs its server, redirects aside."""

_REQUEST_S = 20.0
_TRIAL_PAGES = 2
"""Pages of one way that are read: an index of sitemaps and the newest of them."""

Tell = Callable[[str], None]
"""Takes a sentence about what is being done now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be explored: an address or a file, and what the newsroom's configuration says already.

    `kinds` are its labels, `timezone` and `language` its own; `contact` is told to servers.
    """

    address: str
    allow_private: bool = False
    contact: str | None = None
    kinds: tuple[str, ...] = ()
    timezone: str = "UTC"
    language: str | None = None


@dataclass(slots=True)
class Trial:
    """Everything that reading a way needs, and what came of it so far.

    `robots_texts` are the robots.txt files that were read, by origin; `forbidden` is why the page itself should not be
    read by a program. `ways` gave something, `notes` are sentences for the operator.
    """

    question: Question
    client: Client
    parser: Parser
    reader: Reader
    robots_texts: Mapping[str, tuple[str, datetime]]
    ways: list[Way] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    forbidden: str | None = None

    @classmethod
    def start(cls, question: Question, client: Client, parser: Parser, now: datetime) -> Self:
        """Return a trial that has tried nothing yet."""
        texts: dict[str, tuple[str, datetime]] = {}

        def keep(origin: str, text: str, at: datetime) -> None:
            texts[origin] = (text, at)

        return cls(question, client, parser, Reader(client, parser, Robots(client, texts.get, keep, now)), texts)

    def settings(self, source: Mapping[str, Any]) -> SourceSettings:
        """Return the settings with which a way is read here."""
        asked = self.question
        return replace(settings_of(source), timezone=asked.timezone, allow_private=asked.allow_private)

    async def read(self, source: Mapping[str, Any], name: str) -> str | None:
        """Read a way and keep it when it gives items; return in words why it gives none."""
        pages = _TRIAL_PAGES if source["type"] == "sitemap" else 1
        settings = replace(self.settings(source), pages=pages)
        try:
            reading = await read_source(self.reader, settings, kinds=self.question.kinds, validators=None)
        except SourceError as error:
            return error.seen
        if not reading.parsed.items:
            return "it gives no items"
        source = {**source, "url": reading.moved_to} if reading.moved_to else source
        self.ways.append(Way(source=source, name=name, parsed=reading.parsed))
        return None


class BoundedClient(Client):
    """A client for one trial: it says what it asks, and stops asking after `MOST_REQUESTS`."""

    def __init__(self, contact: str | None, tell: Tell) -> None:
        super().__init__(contact, deadline_s=_REQUEST_S)
        self._tell = tell
        self._left = MOST_REQUESTS

    async def fetch(
        self,
        url: str,
        *,
        validators: Validators = Validators(),
        allow_private: bool = False,
        accept: str = ACCEPT_FEEDS,
    ) -> FetchOutcome:
        """Ask for one URL; when the budget is spent the failure says so."""
        if self._left == 0:
            return FetchFailed(reason=f"{MOST_REQUESTS} requests were sent already, and one page is worth no more")
        self._left -= 1
        self._tell(f"asking {shorten_url(url)}")
        return await super().fetch(url, validators=validators, allow_private=allow_private, accept=accept)
