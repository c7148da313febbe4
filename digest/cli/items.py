"""fetch, items, explain: what the newsroom has published, and where it goes."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.base import (
    AsJson,
    add_command,
    clock,
    config_path,
    count,
    cut,
    folded,
    local,
    opened,
    out,
    out_json,
    say,
    typed,
)

if TYPE_CHECKING:
    from digest.app import App
    from digest.model.item import Item
    from digest.pipelines.save import Ingested

QUARANTINE_SHOWN = 10
"""Stories left out that are named one by one; status names all of them."""


NAMES_SHOWN = 10
"""Names that an error enumerates; of more it says how many there are."""


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "fetch", fetch)
    add_command(root, "items", items)
    add_command(root, "explain", explain)


def fetch(
    context: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="Only these; without: all.")] = None,
) -> None:
    """Read the sources and keep what is new.

    A source that cannot be read is named with what was seen there; the others go on, and the exit code is 1.
    """
    with opened(context) as newsroom:
        names = check_names("source", sources or [], [one.id for one in newsroom.settings.sources])
        results = asyncio.run(newsroom.ingest(clock(), only=names))
        for one in results:
            tell_reading(one, newsroom.settings.site.timezone)
    config = config_path(context)
    if not results:
        say("config.yaml names no source to read: add one under `sources:`.")
    if any(one.new or one.changed for one in results):
        say(f"next: {typed('items', config)} shows what came, {typed('build', config)} publishes the feeds")
    if any(one.problem for one in results):
        raise typer.Exit(1)


def check_names(noun: str, wanted: list[str], known: list[str]) -> list[str]:
    """Return the wanted names; UsageError for one that does not exist, with what there is."""
    from difflib import get_close_matches

    from digest.errors import UsageError

    for name in wanted:
        if name not in known:
            near_names = get_close_matches(name, known, n=1)
            few = ", ".join(known) if len(known) <= NAMES_SHOWN else f"{len(known)}, among them {', '.join(known[:3])}"
            meant = f"did you mean '{near_names[0]}'?" if near_names else f"{noun}s: {few or 'none'}"
            raise UsageError(f"there is no {noun} '{name}' ({meant})")
    return wanted


def tell_reading(one: "Ingested", zone: str) -> None:
    """Print what a reading came to; troubles are one line each."""
    if one.problem:
        say(f"{one.source}: {one.problem}; nothing was changed, next try {local(one.next_at, zone)}")
    else:
        out(describe_reading(one))
    for note in one.notes:
        say(f"  note: {note}")
    for row in one.quarantined[:QUARANTINE_SHOWN]:
        say(f"  left out: {cut(row.name, 50)}: {row.reason}")
    if len(one.quarantined) > QUARANTINE_SHOWN:
        say(f"  … and {count(len(one.quarantined) - QUARANTINE_SHOWN, 'more')} left out: status names all of them")


def describe_reading(one: "Ingested") -> str:
    """Return what a reading that was no trouble came to, as a line."""
    if one.not_modified:
        return f"{one.source}: not modified since last time"
    parts = [f"{one.new:,} new", f"{one.changed:,} changed", f"{one.same:,} as before"]
    if one.held:
        parts.append(f"{one.held:,} held until their date")
    if one.quarantined:
        parts.append(f"{len(one.quarantined):,} left out")
    line = f"{one.source}: {', '.join(parts)}"
    if one.first and one.new:
        line += "\n  first reading: mail gives nothing from it that is older than one period"
    return line


def items(
    context: typer.Context,
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="How many to show; 0: all. JSON has all.")] = 20,
) -> None:
    """List the items, newest first."""
    from digest.store.items import each_item

    shown = more = 0
    with opened(context) as newsroom, newsroom.store.read() as connection:
        if as_json:
            out_json([item_json(item) for item in each_item(connection)])
            return
        for item in each_item(connection):
            if limit and shown == limit:
                more += 1
                continue
            topics = cut(", ".join(item.topics), 68) or "no topic"
            out(f"{item.published_on}  {cut(item.title, 68)}\n            {topics}")
            shown += 1
    if more:
        say(f"{count(more, 'older item')}: {typed('items --limit 0', config_path(context))} lists all")
    elif not shown:
        say(f"No items yet: {typed('fetch', config_path(context))} reads the sources.")


def item_json(item: "Item") -> dict[str, Any]:
    """Return an item as programs read it (ARCHITECTURE 8)."""
    published = item.published_on.isoformat() if item.date_only else item.published_at.isoformat()
    return {
        "id": item.entry_id,
        "source": item.source,
        "key": item.key,
        "kind": item.kind,
        "title": item.title,
        "summary": item.summary,
        "truncated": item.truncated,
        "published": published,
        "link": item.link,
        "language": item.language,
        "image": asdict(item.image) if item.image else None,
        "topics": list(item.topics),
        "regions": list(item.regions),
    }


def explain(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="ITEM", help="Its id, its key, or words of its title.")],
) -> None:
    """Say why an item is in its topics.

    Each topic is shown with the line of the configuration and the word of the item that led to it.
    """
    with opened(context) as newsroom:
        explain_item(newsroom, find_item(newsroom, " ".join(words)))


def find_item(newsroom: "App", words: str) -> "Item":
    """Return the one item of an id, a key, or words of its title; UsageError with what there is instead."""
    from digest.errors import UsageError
    from digest.store.items import find_items

    with newsroom.store.read() as connection:
        found = find_items(connection, words)
    if not found:
        raise UsageError("no item has this id, key or these words in its title: digest items lists them")
    if len(found) > 1:
        titles = "\n".join(f"  {item.entry_id}\n    {cut(item.title, 74)}" for item in found)
        raise UsageError(f"several items have these words in their title, name one by its id:\n{titles}")
    return found[0]


def explain_item(newsroom: "App", item: "Item") -> None:
    """Print all that decides where an item goes."""
    from digest.feeds.build import feed_name
    from digest.store.items import load_revisions
    from digest.store.placements import topics_of

    out(f"{folded(item.title, '')}\n{item.entry_id}")
    out(f"{item.kind or 'kind unknown'} · {item.published_on} · {item.status.value}")
    why = newsroom.matcher.explain(item.title, item.summary, item.kind)
    file = newsroom.settings.file.name
    for heading, verdicts in (("Topics", why.topics), ("Regions", why.regions)):
        out("\n" + folded(f"{heading}: {', '.join(one.id for one in verdicts if one.matched) or 'none'}"))
        for one in verdicts:
            out("\n".join(_hit_lines(one, file)) if one.matched else folded(f"  not {one.id}: {one.reason}", "    "))
    with newsroom.store.read() as connection:
        placed = topics_of(connection, item.id)
        revisions = load_revisions(connection, item.id)
    feeds = ", ".join(f"{feed_name(topic)}.atom" for topic in placed)
    out("\n" + folded(f"Feeds: {feeds or 'none yet'}"))
    if len(revisions) > 1:
        zone = newsroom.settings.site.timezone
        told = "; ".join(f"{number}. {local(at, zone)} {reason}" for number, at, reason in revisions)
        out(folded(f"Revisions: {told}"))


def _hit_lines(verdict: Any, file: str) -> list[str]:
    seen: dict[tuple[str, int], str] = {}
    for hit in verdict.hits:
        seen.setdefault((hit.term.text, hit.term.line), f"“{hit.words}” in the {hit.field}")
    lines = [folded(f"  {verdict.id}: {file}:{line} `{term}` found {where}", "    ")
             for (term, line), where in seen.items()]  # fmt: skip
    return lines or [f"  {verdict.id}: by its kind or region alone"]
