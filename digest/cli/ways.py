"""How ways to read a newsroom look: on a terminal in 80 columns, as YAML to paste, as JSON for programs."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digest.cli.base import WIDTH, count, cut, folded, out

if TYPE_CHECKING:
    from digest.model.item import ParsedItem
    from digest.pipelines.explore import Exploration
    from digest.sources.discovery.ways import Way

_SAMPLES = 3
_SAMPLES_IN_FULL = 10
_WHOLE = 0.9
"""Share of items from which on a part counts as there."""

_LONGEST_ID = 40


def show_exploration(found: "Exploration", chosen: int, name: str, config: Path) -> None:
    """Print what was found: the story first, the YAML of the way that was chosen after it."""
    from digest.config.edit import source_yaml

    for line in _headlines(found):
        out(line)
    for number, way in enumerate(found.ways, 1):
        if chosen == 1 or number == chosen:
            out("")
            full = number == chosen > 1
            for line in _tell_way(way, number, _SAMPLES_IN_FULL if full else _SAMPLES if number < 3 else 1):
                out(line)
    for note in found.notes:
        out(f"\n{folded(f'note: {note}')}" if note == found.notes[0] else folded(f"note: {note}"))
    if found.ways:
        way = found.ways[chosen - 1]
        out(f"\nWay {chosen} as YAML, to paste under `sources:` in {config.name}:\n")
        for problem in way.problems:
            out(folded(f"  # {problem}", "  # "))
        out(source_yaml(name, source_for(way, config)).rstrip())


def _headlines(found: "Exploration") -> Iterator[str]:
    title = f"“{cut(found.title, 50)}”, {found.seen}" if found.title else found.seen[:1].upper() + found.seen[1:]
    yield cut(found.url or found.address, WIDTH)
    if not found.ways:
        yield folded(f"{title}: no way was found to read items from it.")
    else:
        order = ", best first" if len(found.ways) > 1 else ""
        yield folded(f"{title}. {count(len(found.ways), 'way')} to read it{order}.")
    if found.advertised:
        yield folded(f"This page advertises a feed: {found.advertised[0]}")


def _tell_way(way: "Way", number: int, samples: int) -> Iterator[str]:
    amount = count(len(way.parsed.items), "item")
    newest = f", newest {way.newest}" if way.newest else ""
    yield from folded(f"{number}. {way.name[:1].upper()}{way.name[1:]}: {amount}{newest}", "   ").splitlines()
    yield f"   {_tell_parts(way)}"
    for item in way.parsed.items[:samples]:
        yield cut(f"   {_day(item):<10}  {item.title}", WIDTH)
    for reason in way.reasons:
        yield folded(f"   {reason}", "   ")


def _tell_parts(way: "Way") -> str:
    shares = way.share or {}
    marks = ("✓" if share >= _WHOLE else "~" if share else "–" for share in shares.values())
    return "  ".join(f"{mark} {part}" for mark, part in zip(marks, shares, strict=True))


def _day(item: "ParsedItem") -> str:
    return "undated" if item.published is None else f"{item.published:%Y-%m-%d}"


def source_for(way: "Way", config: Path) -> dict[str, Any]:
    """Return a way's keys as they stand in a configuration: files count from its folder where they lie below it."""
    source = dict(way.source)
    path = Path(source.get("path") or "")
    folder = config.absolute().parent
    if source.get("path") and path.is_relative_to(folder):
        source["path"] = str(path.relative_to(folder))
    return source


def make_id(found: "Exploration") -> str:
    """Return an id for a source: of its host without www and the ending, of its file, else of its title."""
    host = urlsplit(found.url or "").hostname or ""
    if re.search(r"[a-z]", host) and "." in host:
        words = ".".join(host.removeprefix("www.").split(".")[:-1])
    else:
        words = found.title or host if found.url else Path(found.address).stem or found.title
    return plain_id(words)[:_LONGEST_ID].strip("-") or "newsroom"


def plain_id(words: str) -> str:
    """Return words as an id: small letters and digits, with - between them."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def exploration_json(found: "Exploration", name: str, config: Path) -> dict[str, Any]:
    """Return what was found for programs; `ways` best first, each with all its items."""
    return {
        "address": found.address,
        "url": found.url,
        "seen": found.seen,
        "title": found.title,
        "advertised": found.advertised,
        "id": name,
        "notes": found.notes,
        "ways": [_way_json(way, number, config) for number, way in enumerate(found.ways, 1)],
    }


def _way_json(way: "Way", number: int, config: Path) -> dict[str, Any]:
    return {
        "way": number,
        "name": way.name,
        "score": way.score,
        "count": len(way.parsed.items),
        "newest": way.newest and way.newest.isoformat(),
        "has": {part: round(share, 2) for part, share in (way.share or {}).items()},
        "reasons": way.reasons,
        "problems": way.problems,
        "source": source_for(way, config),
        "items": [_item_json(item) for item in way.parsed.items],
    }


def _item_json(item: "ParsedItem") -> dict[str, Any]:
    return {
        "title": item.title,
        "published": item.published and item.published.isoformat(),
        "link": item.link,
        "kind": item.kind,
        "summary": item.summary,
        "author": item.author,
        "image": item.image and item.image.url,
    }
