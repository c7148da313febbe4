"""items, explain: what the newsroom has published, and where it goes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.base import (
    AsJson,
    add_command,
    as_typed,
    config_path,
    count,
    cut,
    folded,
    local,
    near,
    opened,
    out,
    out_json,
    say,
    typed,
)

if TYPE_CHECKING:
    from digest.app import App
    from digest.model.item import Item

NAMES_SHOWN = 10
"""Names that an error enumerates; of more it says how many there are."""

IMAGE_PARTS = ("url", "alt", "caption", "credit")
"""What JSON tells of a picture."""

MOST_FOUND = 10
"""Items that the store gives for words at most."""


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "items", items)
    add_command(root, "explain", explain)


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


def items(
    context: typer.Context,
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="How many to show; 0: all. JSON has all.")] = 20,
    pending: Annotated[bool, typer.Option("--pending", help="Those that wait for approval instead.")] = False,
) -> None:
    """List the items, newest first."""
    from digest.store.items import each_item
    from digest.store.pending import load_pending

    shown = more = 0
    with opened(context) as newsroom, newsroom.store.read() as connection:
        # A burst may hold what is under embargo besides: approving it lets nothing out of that.
        waiting = [one for one in load_pending(connection) if one.embargo_at is None] if pending else []
        found = waiting if pending else each_item(connection)
        if as_json:
            out_json([item_json(item) for item in found])
            return
        for item in found:
            if limit and shown == limit:
                more += 1
                continue
            out(_describe_item(item, pending=pending))
            shown += 1
    config = config_path(context)
    if more:
        command = "items --pending --limit 0" if pending else "items --limit 0"
        say(f"{count(more, 'older item')}: {typed(command, config)} lists all")
    if pending:
        say(_pending_next(shown, config))
    elif not shown:
        say(f"No items yet: {typed('fetch', config)} reads the sources.")


def _describe_item(item: "Item", *, pending: bool) -> str:
    below = f"from {item.source}, waits for approval" if pending else ", ".join(item.topics) or "no topic"
    return f"{item.published_on}  {cut(item.title, 68)}\n            {cut(below, 68)}"


def _pending_next(shown: int, config: Path) -> str:
    if not shown:
        return "No item waits for approval."
    return folded(as_typed("`digest fetch --approve SOURCE` releases those of a source", config))


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
        "image": {part: getattr(item.image, part) for part in IMAGE_PARTS} if item.image else None,
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
        explain_item(newsroom, find_item(newsroom, " ".join(words), hidden=False))


def find_item(newsroom: "App", words: str, *, hidden: bool = True) -> "Item":
    """Return the one item of an id, a key, or words of its title; UsageError with what there is instead.

    Without `hidden`, an item that no reader may see yet is not there.
    """
    from digest.errors import UsageError
    from digest.store.items import find_items

    if not words.strip():
        raise UsageError("name an item by its id, its key, or words of its title")
    with newsroom.store.read() as connection:
        found = find_items(connection, words, hidden=hidden)
    if not found:
        lists = typed("items", Path(near(newsroom.settings.file)))
        raise UsageError(f"no item has this id, key or these words in its title: {lists} lists them")
    if len(found) > 1:
        titles = "\n".join(f"  {item.entry_id}\n    {item.published_on}  {cut(item.title, 64)}" for item in found)
        many = f"at least {MOST_FOUND}" if len(found) == MOST_FOUND else "several"
        raise UsageError(f"{many} items have these words in their title, name one by its id:\n{titles}")
    return found[0]


def title_for_all(item: "Item") -> str:
    """Return the title of an item, or what is said in its place while it is under embargo."""
    from digest.model.item import UNNAMED, ItemStatus

    return UNNAMED if item.status is ItemStatus.HELD else item.title


def explain_item(newsroom: "App", item: "Item") -> None:
    """Print all that decides where an item goes."""
    from digest.feeds.spec import feed_name
    from digest.pipelines.edit import pinned_fields
    from digest.store.aliases import load_alias_sources
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
        others = load_alias_sources(connection, [item.id]).get(item.id)
    feeds = ", ".join(f"{feed_name(topic)}.atom" for topic in placed)
    out("\n" + folded(f"Feeds: {feeds or 'none yet'}"))
    if item.pinned:
        out(folded(f"Written by an editor, whatever its source says: {', '.join(pinned_fields(item))}"))
    if others:
        out(folded(f"Listed under another id as well, in: {', '.join(others)}"))
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
