"""item → entry: what a feed says of an item, or of a correction, whatever the format. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from digest.feeds.content import (
    correction_html,
    correction_summary,
    correction_title,
    entry_html,
    entry_picture,
    entry_summary,
    entry_title,
    utc,
)
from digest.feeds.links import has_open_isolate, html_faults, is_entry_id, is_language, is_web_url
from digest.feeds.spec import Labels, page_url
from digest.model.correction import Correction
from digest.model.item import HIDDEN, Image, Item, ItemStatus
from digest.model.site import Site
from digest.model.topic import ALL, CORRECTIONS

_ONE_SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Category:
    """`scheme` is topic, kind, region or country; `term` the id, of a country ISO 3166-1; `label` what people read."""

    scheme: str
    term: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every format says of an item, or of a correction.

    `updated` and `published` are aware UTC; `updated` differs from that of every other entry. `summary` is plain text,
    `html` the whole content, sanitised. `language` is BCP 47. `related` is the address of the other side: a corrected
    or withdrawn item's correction, a correction's item. What follows the `#` of a correction's `link`, and of a
    corrected item's `related`, is the anchor of that correction on the page of corrections. `note` says what was
    corrected, or why it was withdrawn. `withdrawn` is the stub of an item, not the correction that tells of it.
    """

    id: str
    title: str
    link: str
    author: str
    published: datetime
    updated: datetime
    summary: str | None
    html: str
    language: str
    categories: tuple[Category, ...] = ()
    picture: Image | None = None
    related: str | None = None
    note: str | None = None
    corrected_at: datetime | None = None
    withdrawn: bool = False


def compose_entry(item: Item, site: Site, labels: Labels, *, full_text: bool = False) -> Entry:
    """Return what a feed says of an item.

    Raises: ValueError, with the reason in words, for one that no feed may hold; a hidden one is such.
    """
    _refuse_unfit(item, item.title, item.summary, item.note)
    withdrawn = item.status is ItemStatus.WITHDRAWN
    language, related = language_of(item, site), _where_told(item, site)
    html = entry_html(item, site, language, related, full_text=full_text)
    if full_text and item.content_html:
        _refuse_faults(html)
    updated = _stamp(item.updated_at, item.id)
    return Entry(
        id=item.entry_id,
        title=entry_title(item),
        link=item.link,
        author=(item.author or "").strip() or site.author,
        # A future date is shown as no later than what we know of it (RFC 4287 names no order; readers expect this).
        published=min(_stamp(item.published_at, item.id), updated),
        updated=updated,
        summary=entry_summary(item, site),
        html=html,
        language=language,
        categories=categories_of(item, labels),
        picture=entry_picture(item),
        related=related,
        note=item.note if related else None,
        corrected_at=None if withdrawn or item.corrected_at is None else utc(item.corrected_at),
        withdrawn=withdrawn,
    )


def compose_correction(correction: Correction, site: Site, labels: Labels) -> Entry:
    """Return what the feed of corrections says of one: an entry of its own, so that readers show it as news.

    Raises: ValueError as `compose_entry` does, for an item that is hidden now too.
    """
    item = correction.item
    _refuse_unfit(item, item.title, correction.note)
    at, language = _stamp(correction.at, correction.seq), language_of(item, site)
    return Entry(
        id=correction_id(correction),
        title=correction_title(correction),
        link=_address(item, "" if correction.withdrawn else _compact(correction.at), site),
        author=site.author,
        published=at,
        updated=at,
        summary=correction_summary(correction, site),
        html=correction_html(correction, site, language),
        language=language,
        categories=categories_of(item, labels),
        related=item.link,
        note=correction.note or None,
        corrected_at=utc(correction.at),
    )


def correction_id(correction: Correction) -> str:
    """Return the id of a correction's entry, below that of its item.

    Raises: ValueError for a time without a zone.
    """
    return f"{correction.item.entry_id}/corrections/{_compact(correction.at)}"


def language_of(item: Item, site: Site) -> str:
    """Return the language of an item's words, the site's where the item names none that is a tag (BCP 47)."""
    return item.language if is_language(item.language) else site.language


def categories_of(item: Item, labels: Labels) -> tuple[Category, ...]:
    """Return the topics, kind, regions and countries of an item, in this order, each once.

    An unknown id stands for itself; two regions of one country are one country, under the title of the first.
    """
    found: dict[tuple[str, str], Category] = {}
    for category in _named(item, labels):
        if category.term.strip() and category.term != ALL:
            found.setdefault((category.scheme, category.term), category)
    return tuple(found.values())


def _named(item: Item, labels: Labels) -> Iterator[Category]:
    for topic in item.topics:
        yield Category("topic", topic, labels.topics.get(topic, topic))
    if item.kind:
        yield Category("kind", item.kind, labels.kinds.get(item.kind, item.kind))
    for region in item.regions:
        yield Category("region", region, labels.regions.get(region, region))
    for region in item.regions:
        if region in labels.countries:
            yield Category("country", labels.countries[region], labels.regions.get(region, region))


def _refuse_unfit(item: Item, *texts: str | None) -> None:
    if item.status in HIDDEN:
        raise ValueError("it is not to be seen yet")
    if not item.title.strip():
        raise ValueError("it has no title")
    if not is_entry_id(item.entry_id):
        raise ValueError(f"its id {item.entry_id!r} is no absolute address (RFC 4287 §4.2.6)")
    if not is_web_url(item.link):
        raise ValueError(f"its link {item.link!r} is no web address")
    if any(has_open_isolate(text) for text in texts if text):
        raise ValueError("its text turns the direction of what readers show after it")


def _refuse_faults(html: str) -> None:
    for fault in html_faults(html):
        raise ValueError(f"its text holds {fault}")


def _where_told(item: Item, site: Site) -> str | None:
    if item.status is ItemStatus.WITHDRAWN:
        return _address(item, "", site)
    return _address(item, _compact(item.corrected_at), site) if item.corrected_at else None


def _address(item: Item, at: str, site: Site) -> str:
    # One address a correction, or readers that know an entry by its link would swallow the second. A withdrawal
    # happens once, so it needs no time, and the item's own time need not be that of the log.
    digest = blake2b(item.entry_id.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    anchor = f"corrected-{digest}-{at}" if at else f"withdrawn-{digest}"
    return f"{page_url(CORRECTIONS, site)}#{anchor}"


def _compact(at: datetime) -> str:
    # ISO 8601 basic format, which may stand in an id and a fragment as it is; %Y drops zeros on some systems.
    at = utc(at)
    return f"{at.year:04}{at:%m%dT%H%M%SZ}"


def _stamp(instant: datetime, number: int) -> datetime:
    # Times must differ within a feed, or readers show ties in any order, and stay the same in every feed for ever.
    # No source gives more than seconds, so the fraction tells apart what is of one second, later ones higher.
    return utc(instant).replace(microsecond=number % _ONE_SECOND)
