"""measure: items that are new or changed | their pictures of unknown length | ask the servers | length and type.

After enriching and before saving, so that no transaction is open meanwhile. What is found never makes an item a
changed one (`items.decide`), and stays with it for as long as its picture has the same address.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.config.settings import SourceSettings
from digest.items.dates import is_ahead
from digest.items.decide import Change
from digest.model.item import Image, ParsedItem
from digest.pipelines.desk import Desk
from digest.pipelines.left_out import is_under_embargo
from digest.pipelines.resolve import Arrival, resolve_items
from digest.pipelines.step import decide_step
from digest.sources.enclosures import PictureFile, measure_pictures
from digest.sources.network.origin import same_origin
from digest.sources.reading import Reader, SourceReading


async def measure(
    desk: Desk, reader: Reader, source: SourceSettings, reading: SourceReading, now: datetime
) -> SourceReading:
    """Return a reading with the length and type of new pictures, where their servers tell."""
    items = reading.parsed.items
    if not any(_is_unmeasured(image) for one in items for image in _images_of(one)):
        return reading
    urls = await asyncio.to_thread(find_unmeasured, desk, source, reading, now)
    found = await measure_pictures(reader, source, list(urls.values()))
    measured = _fill_in(items, {at: found[url] for at, url in urls.items() if url in found})
    return replace(reading, parsed=replace(reading.parsed, items=measured))


def find_unmeasured(desk: Desk, source: SourceSettings, reading: SourceReading, now: datetime) -> dict[int, str]:
    """Return the addresses of the pictures that are to be asked for, by their items' places in the reading."""
    parsed = reading.parsed
    with desk.store.read() as connection:
        arrivals = resolve_items(connection, desk.settings, source, parsed.items, now, complete=parsed.complete)
    home = source.url or desk.settings.site.url
    wanted = {at: url for at, one in arrivals if (url := _wanted_url(one))}
    secret = {at for at, one in arrivals if at in wanted and _is_secret(one, ZoneInfo(source.timezone), now)}
    return {at: url for at, url in sorted(wanted.items()) if at not in secret or same_origin(url, home)}


def _is_secret(arrival: Arrival, zone: ZoneInfo, now: datetime) -> bool:
    """Tell whether nobody may know of an item yet: then nobody but its newsroom's own server hears of its picture."""
    traits = arrival.traits
    ahead = is_ahead(traits.published_on, traits.published_at, traits.date_only, zone=zone, now=now)
    return ahead or is_under_embargo(arrival.filled.embargo, now)


def _wanted_url(arrival: Arrival) -> str | None:
    """Return the address of an arrival's picture, where it has one that nobody knows the length of."""
    image = arrival.filled.image
    if image is None or not _is_unmeasured(image):
        return None
    if arrival.item is None:
        return image.url if arrival.is_new else None
    known = arrival.item.image
    if known is not None and known.url == image.url and known.length is not None:
        return None
    same = decide_step(arrival).decision.change is Change.SAME
    return None if same or "image" in arrival.item.pinned else image.url


def _fill_in(items: Sequence[ParsedItem], found: Mapping[int, PictureFile]) -> tuple[ParsedItem, ...]:
    return tuple(_with_file(one, found[at]) if at in found else one for at, one in enumerate(items))


def _with_file(item: ParsedItem, file: PictureFile) -> ParsedItem:
    """Return an item with what is known of its picture's file, which its own page may have given."""
    if item.image is not None:
        return replace(item, image=replace(item.image, length=file.length, media_type=file.media_type))
    if item.detail is None or item.detail.image is None:
        return item
    image = replace(item.detail.image, length=file.length, media_type=file.media_type)
    return replace(item, detail=replace(item.detail, image=image))


def _images_of(item: ParsedItem) -> Iterator[Image]:
    """Yield the picture of a listing, else that of the item's own page."""
    image = item.image or (item.detail.image if item.detail else None)
    if image is not None:
        yield image


def _is_unmeasured(image: Image) -> bool:
    return bool(image.url) and image.length is None
