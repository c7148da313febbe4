"""build, feeds: the published folder."""

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
    say,
    say_next,
    typed,
)
from digest.cli.items import check_names

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
    from digest.feeds.build import feed_name
    from digest.pipelines.publish import feed_topics

    with opened(context) as newsroom:
        known = {feed_name(topic): topic for topic in feed_topics(newsroom.settings)}
        names = check_names("feed", topics or [], list(known))
        results = newsroom.publish(clock(), only=[known[name] for name in names], every=not names)
        folder = near(newsroom.settings.feeds.folder)
    written = [one for one in results if one.changed]
    failed = [one for one in results if one.failed]
    same = len(results) - len(written) - len(failed)
    out(f"{count(len(written), 'feed')} written, {same:,} as before: {folder}/")
    for row in dict.fromkeys(row for one in results for row in one.quarantined):
        say(f"  left out: {cut(row.name, 50)}: {row.reason}")
    for one in failed:
        say(f"{one.name}: keeps its last good copy: {one.reason}")
    if failed:
        raise typer.Exit(1)
    if written:
        say_next("`digest feeds` lists them with their addresses", config_path(context))


def feeds(context: typer.Context, as_json: AsJson = False) -> None:
    """List the feeds with their addresses."""
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
    """Return every feed of the configuration with its state, in the order of the configuration."""
    from digest.feeds.build import feed_name
    from digest.pipelines.publish import feed_topics
    from digest.store.feeds import load_feeds
    from digest.store.placements import count_by_topic

    with newsroom.store.read() as connection:
        states, counts = load_feeds(connection), count_by_topic(connection)
    rows = []
    for topic, (title, _) in feed_topics(newsroom.settings).items():
        name = feed_name(topic)
        state = states.get(name)
        rows.append(
            {
                "name": name,
                "title": title,
                "url": f"{newsroom.settings.site.feeds_url}{name}.atom",
                "items": counts.get(topic, 0),
                "published_at": state.published_at if state else None,
                "problem": state.problem if state else None,
            }
        )
    return rows
