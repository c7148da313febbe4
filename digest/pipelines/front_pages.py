"""front_pages: what belongs to the folder as a whole: its index, OPML, icons, feeds that moved or are no more."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from digest.config.settings import Settings
from digest.errors import FeedError
from digest.feeds.opml import build_opml
from digest.feeds.pages import PICTURES, robots_txt
from digest.feeds.publish import ARCHIVE, Folder
from digest.feeds.spec import FORMATS, feed_name, resolve_moves
from digest.model.feed import FeedState
from digest.pipelines.feed_list import Listed, make_row, make_spec
from digest.pipelines.feed_writer import FeedResult, FeedWriter
from digest.store import archives as archive_rows
from digest.store import feeds as feed_rows
from digest.store.engine import Connection, Store
from digest.store.meta import load_fact, save_fact

FRONT = ("index.html", "feeds.opml", "robots.txt", *PICTURES)
"""The files that stand beside the feeds."""

PROBLEMS = "feeds.front"
"""The fact that remembers which of them could not be made or written."""

COPIES = "feeds.copies"
"""The fact that remembers under which names copies of moved feeds ever stood."""


def write_front(settings: Settings, store: Store, writer: FeedWriter, now: datetime) -> Iterator[FeedResult]:
    """Write the files of the whole folder that differ; yield those that were written or could not be."""
    folder, pages = writer.folder, writer.rooms.pages
    with store.read() as connection:
        states = feed_rows.load_feeds(connection)
    known = {
        one: states.get(one.name) or FeedState(name=one.name, created_at=now) for one in writer.rooms.listed.values()
    }
    rows = [make_row(make_spec(one, state, settings.feeds.hub), state) for one, state in known.items()]
    files = {"feeds.opml": build_opml(rows, settings.site), "robots.txt": robots_txt(settings.site)}
    problems: dict[str, str] = {}
    makers = {name: partial(pages.picture, name) for name in PICTURES}
    makers |= {"index.html": partial(pages.index_page, rows, settings.site, readers=settings.feeds.readers)}
    for name, make in makers.items():
        try:
            files[name] = make()
        except FeedError as error:
            problems[name] = "; ".join(error.problems)
    written = folder.replace(files | _moved(settings, folder))
    problems |= {name: one.problem for name, one in written.items() if one.problem}
    _save_problems(store, problems)
    for name in {**written, **problems}:
        if name in problems:
            yield FeedResult(name, False, problems[name], failed=True)
        elif written[name].changed:
            yield FeedResult(name, True, "its bytes changed")


def load_problems(connection: Connection) -> dict[str, str]:
    """Return which files of the whole folder kept their last good copy, each with the reason."""
    found: dict[str, str] = json.loads(load_fact(connection, PROBLEMS) or "{}")
    return found


def _save_problems(store: Store, problems: Mapping[str, str]) -> None:
    with store.read() as connection:
        before = load_problems(connection)
    if problems != before:
        with store.write() as connection:
            save_fact(connection, PROBLEMS, json.dumps(problems))


def remove_orphans(settings: Settings, store: Store, folder: Folder, listed: Mapping[str, Listed]) -> tuple[str, ...]:
    """Remove the files of feeds that the configuration has no more; return their names.

    What stayed would be seen by readers for ever, whatever is corrected or withdrawn.
    """
    kept = {one.name for one in listed.values()} | set(settings.feeds.moved)
    with store.write() as connection:
        copies = {*(load_fact(connection, COPIES) or "").split(), *settings.feeds.moved}
        save_fact(connection, COPIES, " ".join(sorted(copies)))
        names = {*feed_rows.load_feeds(connection), *settings.feeds.retired, *copies} - kept
        blocks = archive_rows.load_other_blocks(connection, listed)
    gone = folder.remove([f"{name}.{form}" for name in sorted(names) for form in FORMATS])
    gone += folder.remove([f"{ARCHIVE}/{feed_name(topic)}-{block}.atom" for topic, block in blocks])
    with store.write() as connection:
        # Not before their files are gone: nothing else knows of them.
        archive_rows.remove_other_blocks(connection, listed)
    return gone


def _moved(settings: Settings, folder: Folder) -> dict[str, bytes]:
    """Return the files under names that feeds had: who serves the folder without us has no other way to lead on."""
    found: dict[str, bytes] = {}
    for old, new in resolve_moves(settings.feeds.moved).items():
        for form in FORMATS:
            data = folder.read(f"{new}.{form}")
            found |= {} if data is None else {f"{old}.{form}": data}
    return found
