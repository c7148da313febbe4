"""compose: a stored item out of what a source gave, at first sight and when its words change."""

from dataclasses import replace
from datetime import datetime, timedelta

from digest.config.settings import SourceSettings
from digest.items.dates import DateDecision
from digest.items.decide import Change, Decision
from digest.items.identity import mint_entry_id
from digest.model.item import Image, Item, ItemStatus
from digest.pipelines.desk import Desk
from digest.pipelines.kinds import find_kind
from digest.pipelines.left_out import is_under_embargo
from digest.pipelines.resolve import Arrival

SEEN = ("title", "summary", "kind", "image", "content_html")
"""Fields that readers see: a change of them is a revision."""


def make_item(desk: Desk, source: SourceSettings, arrival: Arrival, when: DateDecision, now: datetime) -> Item:
    """Return the new item of an arrival, its entry id minted once and for all."""
    site, filled, traits = desk.settings.site, arrival.filled, arrival.traits
    match = desk.matcher.match(filled.title, filled.summary, traits.kind)
    return Item(
        id=0,
        source=source.id,
        key=arrival.key,
        entry_id=mint_entry_id(site.id_url or site.url, source.id, arrival.key, when.published_on),
        title=filled.title,
        summary=filled.summary,
        truncated=filled.truncated,
        kind=traits.kind,
        published_on=when.published_on,
        published_at=when.published_at,
        date_only=when.date_only,
        updated_at=when.published_at,
        first_seen_at=now,
        link=filled.link or source.url or site.url,
        language=filled.language or source.language,
        image=filled.image,
        content_html=filled.content_html,
        author=filled.author,
        status=ItemStatus.HELD if when.held_until or is_under_embargo(filled.embargo, now) else ItemStatus.LIVE,
        topics=match.topics,
        regions=match.regions,
        link_key=traits.link_key,
        title_key=traits.title_key,
        embargo_at=filled.embargo,
    )


def revise_item(
    desk: Desk, source: SourceSettings, arrival: Arrival, stored: Item, decision: Decision, now: datetime
) -> Item:
    """Return a stored item with the words that its source gives now; what an editor wrote stays.

    Where items are enriched, what the listing leaves open stays as well: it came from the item's own page. It is a
    new revision where readers see a difference.
    """
    fresh = _with_words(desk, source, arrival, stored)
    fresh = replace(fresh, **{name: getattr(stored, name) for name in stored.pinned})
    match = desk.matcher.match(fresh.title, fresh.summary, fresh.kind)
    fresh = replace(fresh, topics=match.topics, regions=match.regions)
    seen = any(_seen(fresh, name) != _seen(stored, name) for name in SEEN)
    if decision.change is not Change.CHANGED or not seen:
        return fresh
    return replace(
        fresh,
        updated_at=max(now, stored.updated_at + timedelta(seconds=1)),
        revision=stored.revision + 1,
        corrected_at=now if decision.correction else stored.corrected_at,
        note=decision.reason if decision.correction else stored.note,
    )


def _with_words(desk: Desk, source: SourceSettings, arrival: Arrival, stored: Item) -> Item:
    given, enriched = arrival.filled, bool(source.enrich or (source.html and source.html.detail))
    kind = find_kind(given.kind, desk.settings.kinds, source.kinds)
    before = stored if enriched else None
    return replace(
        stored,
        title=given.title or stored.title,
        summary=given.summary or (before.summary if before else ""),
        truncated=given.truncated if given.summary or not before else before.truncated,
        kind=kind or (before.kind if before else None),
        link=given.link or stored.link,
        language=given.language or (before.language if before else source.language),
        image=_keep_file(given.image or (before.image if before else None), stored.image),
        content_html=given.content_html or (before.content_html if before else None),
        author=given.author or (before.author if before else None),
        link_key=arrival.traits.link_key if arrival.parsed.link else stored.link_key,
        title_key=arrival.traits.title_key if given.title else stored.title_key,
    )


def _keep_file(image: Image | None, before: Image | None) -> Image | None:
    """Return a picture with what is known already of its file, where this reading was not told."""
    if image is None or before is None or image.url != before.url or image.length is not None:
        return image
    return replace(image, length=before.length, media_type=before.media_type)


def _seen(item: Item, name: str) -> object:
    """Return a field as readers see it: of a picture's file they see no number."""
    value = getattr(item, name)
    return replace(value, length=None, media_type=None) if isinstance(value, Image) else value
