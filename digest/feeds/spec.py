"""Which feeds there are: their names, addresses and ids, and what pages tell about each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from digest.model.site import Site
from digest.model.topic import Kind, Region, Topic

_TAG_YEAR = 2026

FORMATS = ("atom", "json", "html")
"""What every feed is published as: the endings of its files."""


class Group(StrEnum):
    """What a feed follows; the order is that of pages and of the OPML."""

    ALL = "all"
    TOPIC = "topic"
    REGION = "region"
    KIND = "kind"
    CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """Which feed to build.

    `name` is its files' name without ending. `title` names it among the newsroom's own (`Children`); it is published
    as `full_title` says. `created_at` (aware UTC) is when it was last changed for as long as it is empty. `hub` is the
    WebSub hub. `archive` is the block of an archive document (RFC 5005 §4: `2026-03`), None for the feed itself;
    `previous` is the block before it, None where there is none. The oldest archive names the one after it, `following`:
    with neither it would seem to be torn off.
    """

    name: str
    title: str
    created_at: datetime
    group: Group = Group.TOPIC
    subtitle: str | None = None
    hub: str | None = None
    archive: str | None = None
    previous: str | None = None
    following: str | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """What people read for the id of a topic, a kind and a region, and the country of a region that is one; an
    unknown id stands for itself."""

    topics: Mapping[str, str]
    kinds: Mapping[str, str]
    regions: Mapping[str, str]
    countries: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """What pages tell about a feed: `per_week` items up to its newest, which came at `newest_at`; None while empty."""

    spec: FeedSpec
    per_week: float | None = None
    newest_at: datetime | None = None


def labels_of(topics: Iterable[Topic], kinds: Iterable[Kind], regions: Iterable[Region]) -> Labels:
    """Return the labels that the configuration gives; a kind's is what the newsroom prints on the item."""
    known = tuple(regions)
    return Labels(
        {topic.id: topic.title for topic in topics},
        {kind.id: kind.label for kind in kinds},
        {region.id: region.title for region in known},
        {region.id: region.country for region in known if region.country},
    )


def feed_name(topic: str) -> str:
    """Return the name of the feed of a topic: `region:usa` is published as `region-usa`."""
    return topic.replace(":", "-")


def full_title(spec: FeedSpec, site: Site) -> str:
    """Return the title of a feed as it stands among those of other newsrooms; that of all is the newsroom's own."""
    return site.title if spec.group is Group.ALL else f"{spec.title} – {site.title}"


def feed_id(name: str, site: Site) -> str:
    """Return the tag: URI of a feed (RFC 4151), which must never change; its archives have the same.

    It hangs on the newsroom's host and not on where feeds are served, since files move house more often than
    newsrooms change their names. RFC 4151 §2.1 asks for a date on which the host was the newsroom's; the year is a
    constant because any other would have to be remembered.
    """
    host = (urlsplit(site.id_url or site.url).hostname or "localhost").encode("idna").decode("ascii")
    return f"tag:{host.replace(':', '-')},{_TAG_YEAR}:feeds/{name}"


def atom_url(name: str, site: Site) -> str:
    """Return the address of the Atom feed of this name."""
    return f"{site.feeds_url}{name}.atom"


def json_url(name: str, site: Site) -> str:
    """Return the address of the JSON Feed of this name."""
    return f"{site.feeds_url}{name}.json"


def page_url(name: str, site: Site) -> str:
    """Return the address of the page that shows a feed to people."""
    return f"{site.feeds_url}{name}.html"


def archive_url(name: str, block: str, site: Site) -> str:
    """Return the address of an archive document (RFC 5005 §4)."""
    return f"{site.feeds_url}archive/{name}-{block}.atom"


def resolve_moves(moved: Mapping[str, str]) -> dict[str, str]:
    """Return the last name for each that a feed once had, so that nobody is sent twice; a circle leads nowhere."""
    found: dict[str, str] = {}
    for old in moved:
        name, seen = old, {old}
        while name in moved and moved[name] not in seen:
            name = moved[name]
            seen.add(name)
        if name not in moved:
            found[old] = name
    return found
