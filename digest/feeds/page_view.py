"""What pages show of an entry and of a feed, as flat names for a template. Pure."""

import unicodedata
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from digest.config.settings import ReaderSettings
from digest.feeds import page_words as words
from digest.feeds.entry import Category, Entry
from digest.feeds.spec import FeedRow, FeedSpec, Group, atom_url, feed_name, page_url
from digest.model.item import Image
from digest.model.language import find_direction
from digest.model.site import Site
from digest.model.topic import CORRECTIONS, kind_topic, region_topic

JUMP_BY_LETTER = 24
"""Feeds of a group from which on they stand in the order of the alphabet, with a way to each letter."""

LONE = (Group.ALL, Group.CORRECTIONS)
"""Groups of one feed, which is its own heading."""

_SCHEMES: dict[str, Callable[[str], str]] = {"topic": str, "region": region_topic, "kind": kind_topic}
_PORTS = {"http": 80, "https": 443}


def entry_names(entry: Entry, site: Site) -> dict[str, Any]:
    """Return the names that the template of an entry sees; addresses of our own pages are relative ones."""
    language = entry.language or site.language
    is_other = language.lower() != site.language.lower()
    foreign = words.is_foreign(language)
    labels = [(_label_page(category), category.label) for category in entry.categories if category.scheme in _SCHEMES]
    kinds = tuple(category.label for category in entry.categories if category.scheme == "kind")
    return {
        "anchor": entry_anchor(entry, site),
        "tongue": _tongue(language) if is_other else "",
        "own_tongue": _tongue(site.language) if is_other else "",
        "title": entry.title,
        "link": _title_link(entry, site),
        "day": words.mark(words.write_day(entry.published, site.timezone), foreign),
        "instant": f"{entry.published.replace(microsecond=0, tzinfo=None).isoformat()}Z",
        "kinds": kinds,
        "labels": [(page, label) for page, label in labels if label not in kinds],
        "lines": [] if _is_told(entry, site) else _summary_lines(entry),
        "note": entry.note,
        "marked": _mark(entry, site, foreign),
        "related": _related(entry, site, foreign),
        "picture": _picture(entry.picture, site),
    }


def entry_anchor(entry: Entry, site: Site) -> str:
    """Return the id of an entry in its page: what its own address names if that leads here, else one made of its id."""
    page, _, fragment = entry.link.partition("#")
    if fragment and page == page_url(CORRECTIONS, site):
        return fragment
    return f"e-{sha256(entry.id.encode()).hexdigest()[:10]}"


def reader_links(name: str, site: Site, readers: Sequence[ReaderSettings]) -> list[tuple[str, str]]:
    """Return title and link of each reader, which lead it to the Atom feed of this name."""
    url = quote(atom_url(name, site), safe="")
    return [(reader.title, reader.link.replace("{url}", url)) for reader in readers]


def group_rows(rows: Sequence[FeedRow]) -> list[dict[str, Any]]:
    """Return the groups that have feeds, in the order of `Group`; a long one is sorted and has a way to each letter."""
    groups = []
    for group in Group:
        members = [row for row in rows if row.spec.group is group]
        long = len(members) > JUMP_BY_LETTER
        if long:
            members.sort(key=lambda row: (_bare(row.spec.title).casefold(), row.spec.title, row.spec.name))
        if members:
            letters = _find_letters(members) if long else []
            names = {"id": group.value, "title": words.GROUPS[group], "lone": group in LONE}
            groups.append(names | {"rows": members, "letters": letters})
    return groups


def row_anchor(spec: FeedSpec) -> str:
    """Return the id of a feed in the page of all feeds."""
    return f"feed-{spec.name}"


def mark_breaks(address: str) -> Markup:
    """Return an address as HTML that goes on in the next line between its parts; what is copied stays the same."""
    scheme, _, rest = address.rpartition("://")
    *folders, name = rest.split("/")
    # The span is a block of its own in the line, before which a line may end.
    return Markup("{}://{}/<span>{}</span>").format(scheme, Markup("/<wbr>").join(folders), name)


def is_ours(url: str, site: Site) -> bool:
    """Tell whether an address has the origin of the published folder (RFC 6454 §4)."""
    return _origin(url) == _origin(site.feeds_url)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return (parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme))


def _find_letters(rows: Sequence[FeedRow]) -> list[tuple[str, str]]:
    first = groupby(rows, lambda row: _bare(row.spec.title)[:1].upper())
    found: dict[str, str] = {}
    for letter, members in first:
        found.setdefault(letter, row_anchor(next(members).spec))
    return list(found.items())


def _bare(title: str) -> str:
    """Return a title without its accents: É stands with E."""
    parts = unicodedata.normalize("NFD", title)
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def _tongue(language: str) -> Markup:
    return Markup(' lang="{}" dir="{}"').format(language, find_direction(language))


def _summary_lines(entry: Entry) -> list[str]:
    return [line for line in map(str.strip, (entry.summary or "").splitlines()) if line]


def _mark(entry: Entry, site: Site, foreign: bool) -> Markup | None:
    """Return what happened to an item, and when; where that is the news, the summary says it, and then the note."""
    if entry.summary and _is_told(entry, site):
        return words.mark(entry.summary.removesuffix(entry.note or "").strip(), foreign)
    if entry.corrected_at is not None:
        return words.say("corrected", foreign, when=words.write_moment(entry.corrected_at, site.timezone))
    return None


def _is_told(entry: Entry, site: Site) -> bool:
    return entry.withdrawn or _is_correction(entry, site)


def _is_correction(entry: Entry, site: Site) -> bool:
    return entry.link.startswith(page_url(CORRECTIONS, site))


def _title_link(entry: Entry, site: Site) -> str | None:
    """Return where a title leads: to the item, also that of a correction; a withdrawn item is nowhere."""
    if entry.withdrawn:
        return None
    return _relative(entry.related if entry.related and _is_correction(entry, site) else entry.link, site)


def _related(entry: Entry, site: Site, foreign: bool) -> tuple[str, Markup] | None:
    if not entry.related or not entry.related.startswith(page_url(CORRECTIONS, site)):
        return None
    return _relative(entry.related, site), words.say("to_correction", foreign)


def _relative(url: str, site: Site) -> str:
    # The folder works anywhere, also opened as files.
    own = url.removeprefix(site.feeds_url)
    return own if own != url and own else url


def _label_page(category: Category) -> str | None:
    # A label that is but the id stands for what the configuration does not know any more: it has no page.
    known = category.label != category.term
    return f"{feed_name(_SCHEMES[category.scheme](category.term))}.html" if known else None


def _picture(picture: Image | None, site: Site) -> dict[str, str] | None:
    if picture is None or not picture.url or not is_ours(picture.url, site):
        return None
    caption, alt = (picture.caption or "").strip(), (picture.alt or "").strip()
    return {"url": picture.url, "alt": alt or caption, "caption": caption, "credit": (picture.credit or "").strip()}
