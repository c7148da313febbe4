"""prepare: parsed items | clean | hash – in the child process that parsed them.

Cleaning is a third of what saving an item costs, and of what strangers wrote it is the other half of parsing.
"""

from dataclasses import dataclass, replace

from digest.config.settings import Settings, SourceSettings
from digest.items.clean import clean_item
from digest.items.decide import content_hash
from digest.model.item import Parsed, ParsedItem
from digest.sources.parser import Parser


@dataclass(frozen=True, slots=True)
class Unprepared:
    """Items as an adapter read them, and the page that relative links count from."""

    items: tuple[ParsedItem, ...]
    base_url: str


async def prepare(parser: Parser, settings: Settings, source: SourceSettings, parsed: Parsed) -> Parsed:
    """Return what was read with its items cleaned, each with its hash. Raises: SourceError beyond a limit."""
    if not parsed.items:
        return parsed
    job = Unprepared(parsed.items, source.url or settings.site.url)
    clean: Parsed = await parser.call("digest.pipelines.prepare:prepare_items", job, Parsed)
    return replace(parsed, items=clean.items)


def prepare_items(unprepared: Unprepared) -> Parsed:
    """Return the items cleaned, each with its hash."""
    cleaned = [clean_item(one, base_url=unprepared.base_url) for one in unprepared.items]
    return Parsed(tuple(replace(one, content_hash=content_hash(one)) for one in cleaned))
