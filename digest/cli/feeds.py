"""build, feeds: the published folder."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.base import (
    AsJson,
    add_command,
    clock,
    config_path,
    count,
    cut,
    local,
    near,
    opened,
    out,
    out_json,
    phases,
    say,
    say_next,
    typed,
)
from digest.cli.items import check_names
from digest.cli.left_out import held_lines

if TYPE_CHECKING:
    from digest.app import App


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    add_command(root, "build", build)
    add_command(root, "feeds", feeds)


def build(
    context: typer.Context,
    topics: Annotated[list[str] | None, typer.Argument(metavar="TOPIC", help="Only these; without: all.")] = None,
) -> None:
    """Publish the feeds.

    A file whose bytes stay the same is not touched. A feed that fails its check keeps its last good copy, and the
    exit code is 1. Names are those that `digest feeds` lists: all, a topic's id, region-…, kind-….
    """
    from digest.feeds.publish import ARCHIVE
    from digest.pipelines.feed_list import list_feeds

    with opened(context) as newsroom:
        known = {one.name: one.topic for one in list_feeds(newsroom.settings).values()}
        names = check_names("feed", topics or [], list(known))
        with phases() as show:
            topics_wanted = [known[name] for name in names]
            results = newsroom.publish(
                clock(), only=topics_wanted, every=not names, most_archives=None, on_progress=show
            )
        folder = near(newsroom.settings.feeds.folder)
        pinged = asyncio.run(newsroom.ping(clock()))
    feeds = [one for one in results if one.is_feed]
    written = [one for one in feeds if one.changed]
    failed = [one for one in results if one.failed]
    same = sum(not one.changed and not one.failed for one in feeds)
    # A document may be written once more when the next one names it.
    archives = {one.name for one in results if one.changed and one.name.startswith(f"{ARCHIVE}/")}
    told = f", {count(len(archives), 'archive')}" if archives else ""
    out(f"{count(len(written), 'feed')} written, {same:,} as before{told}: {folder}/")
    for row in dict.fromkeys(row for one in results for row in one.quarantined):
        say(f"  left out: {cut(row.name, 50)}: {row.reason}")
    for line in held_lines((one.name, one.reason) for one in failed):
        say(f"HELD, readers keep the last good copy: {line}")
    if pinged.problem:
        say(f"{pinged.problem}; `run` and the next build try again")
    if failed:
        raise typer.Exit(1)
    if written:
        say_next("`digest feeds` lists them with their addresses", config_path(context))


def feeds(context: typer.Context, as_json: AsJson = False) -> None:
    """List the feeds with their addresses.

    Each is there as Atom (.atom), as JSON Feed (.json) and as a page for people (.html).
    """
    with opened(context) as newsroom:
        rows = load_rows(newsroom)
        zone = newsroom.settings.site.timezone
    if as_json:
        out_json([row | {"published_at": row["published_at"] and row["published_at"].isoformat()} for row in rows])
        return
    for row in rows:
        changed = local(row["published_at"], zone) if row["published_at"] else "not built yet"
        out(f"{row['name']:<42} {count(row['items'], 'item'):>14}  {changed}\n  {row['url']}")
        if row["problem"]:
            say(f"  HELD, readers keep the last good copy: {row['problem']}")
    if not any(row["published_at"] for row in rows):
        say(f"None is published yet: {typed('build', config_path(context))} does that.")


def load_rows(newsroom: "App") -> list[dict[str, Any]]:
    """Return every feed of the configuration with its state, in the order of pages."""
    from digest.feeds.spec import atom_url, full_title, json_url, page_url
    from digest.model.feed import FeedState
    from digest.model.topic import CORRECTIONS
    from digest.pipelines.feed_list import list_feeds, make_spec
    from digest.store.corrections import count_corrections
    from digest.store.feeds import load_feeds
    from digest.store.placements import count_by_topic

    site = newsroom.settings.site
    with newsroom.store.read() as connection:
        states, counts = load_feeds(connection), count_by_topic(connection)
        counts[CORRECTIONS] = count_corrections(connection)
    rows = []
    for listed in list_feeds(newsroom.settings).values():
        state = states.get(listed.name) or FeedState(name=listed.name, created_at=clock())
        rows.append(
            {
                "name": listed.name,
                "title": full_title(make_spec(listed, state, None), site),
                "url": atom_url(listed.name, site),
                "json_url": json_url(listed.name, site),
                "page_url": page_url(listed.name, site),
                "items": counts.get(listed.topic, 0),
                "published_at": state.published_at,
                "problem": state.problem,
            }
        )
    return rows
