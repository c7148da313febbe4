"""What config.yaml says, checked and frozen. Paths are absolute: relative ones count from the file's own folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from digest.model.mailing import MailingList
from digest.model.site import Site
from digest.model.topic import Kind, Region, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailSettings:
    """CSS selectors on an item's own page; a selector may end in `@attribute`."""

    content: str | None = None
    summary: str | None = None
    date: str | None = None
    author: str | None = None
    kind: str | None = None
    picture: str | None = None
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlSettings:
    """CSS selectors of a listing page: `items` finds the blocks, the others count inside a block, `next` on the page.

    A selector may end in `@attribute`; the attribute is read of the first element found, else its text is.
    """

    items: str
    title: str
    link: str | None = None
    summary: str | None = None
    date: str | None = None
    kind: str | None = None
    author: str | None = None
    picture: str | None = None
    caption: str | None = None
    credit: str | None = None
    next: str | None = None
    detail: DetailSettings | None = None


ENRICHMENTS = ("summary", "date", "author", "picture", "kind", "language", "text")
"""What an item's own page can add; `text` needs the extra `fulltext`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One source. `every` is the time between two readings; `options` are the keys only a plug-in knows.

    `kinds` maps labels as the source prints them to ids of kinds. `pages` is how many pages of a listing are read at
    most, None for what is usual for its type. `enrich` are some of `ENRICHMENTS`, for at most `enrich_pages` new
    items of one reading.
    """

    id: str
    type: str
    url: str | None = None
    path: str | None = None
    every: timedelta = timedelta(minutes=15)
    timezone: str = "UTC"
    language: str = "en"
    allow_private: bool = False
    kinds: Mapping[str, str] = field(default_factory=dict)
    date_formats: tuple[str, ...] = ()
    locale: str | None = None
    future: Literal["hold", "clamp"] = "hold"
    pages: int | None = None
    html: HtmlSettings | None = None
    post_type: str = "posts"
    enrich: tuple[str, ...] = ()
    enrich_pages: int = 20
    obey_robots: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSettings:
    """A feed reader that pages offer a link to; `{url}` in its link stands for the address of a feed."""

    id: str
    title: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsSettings:
    """Where feeds are published and how many entries each holds.

    `hub` is told of every change (WebSub). `moved` leads from names that feeds had to those they have, and `retired`
    are names of feeds that are no more.
    """

    folder: Path
    entries: int = 50
    full_text: bool = False
    hub: str | None = None
    readers: tuple[ReaderSettings, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    retired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """How mail is handed over. `folder` is a Maildir (transport maildir); the others are for smtp (RFC 5321)."""

    transport: str = "maildir"
    folder: Path | None = None
    host: str = "localhost"
    port: int = 25
    tls: str = "required"
    username: str | None = None
    password_file: Path | None = None
    connections: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. `store` is a SQLAlchemy URL with an absolute path; `var` the folder for state."""

    file: Path
    site: Site
    store: str
    var: Path
    templates: Path
    feeds: FeedsSettings
    sources: tuple[SourceSettings, ...]
    topics: tuple[Topic, ...]
    regions: tuple[Region, ...]
    kinds: tuple[Kind, ...]
    lists: tuple[MailingList, ...]
    mail: MailSettings
    web_bind: str | None = "127.0.0.1:8000"

    @property
    def compiled(self) -> Path:
        """Where compiled templates are kept between runs; whoever deletes them loses a tenth of a second."""
        return self.var / "compiled"
