"""The newsroom at work: what is published of its stories, and what befalls them."""

import asyncio
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from digest.app import App
from digest.model.item import Item
from digest.pipelines.edit import correct, withdraw
from digest.store.items import load_by_keys
from tests.readers.stories import AT, CORRECTION, FRESH, LATER, OLD, REASON, SECRET, STORIES, Story

CONFIG = """\
site:
  title: Open Harbour
  subtitle: Ships, ports & the people of both
  url: "https://newsroom.example.org/"
  timezone: UTC
  language: en
  author: Open Harbour Desk
  contact: press@newsroom.example.org
  rights: CC BY 4.0
feeds: {entries: 6, full_text: true, hub: "https://hub.example.org/"}
sources:
  desk: {type: folder, path: stories}
  wire: {type: feed, path: wire.atom}
topics:
  sea: {title: Sea & shore, any: [harbour*, ferr*, ship*]}
  work: {title: Work, any: [strike*, pay]}
regions:
  portugal: {title: Portugal, country: PT, any: [Lisbon, Portugal]}
kinds:
  report: {title: Reports, label: Report}
"""


@dataclass(frozen=True)
class Stage:
    """The folders that were published, and what their feed `all` should say, the newest story first.

    `first` is what was published at `AT`, and says `before`. In `second`, at `LATER`, the story `strike` was corrected,
    `mistaken` was withdrawn, and there is `fresh`, for which the oldest had to go: it says `after`.
    """

    first: Path
    second: Path
    before: tuple[Story, ...]
    after: tuple[Story, ...]

    @property
    def kept(self) -> tuple[Story, ...]:
        """What readers have after both that keep what is in a feed no more."""
        return (*self.after, self.before[-1])

    def story(self, key: str, *, after: bool = False) -> Story:
        """Return one of the stories."""
        return next(one for one in (self.after if after else self.before) if one.key == key)


def make_stage(folder: Path) -> Stage:
    """Publish the newsroom twice in a folder of its own, and keep what was published each time."""
    (folder / "stories").mkdir()
    (folder / "config.yaml").write_text(CONFIG)
    for story in (*STORIES, *OLD, SECRET):
        if story.picture:
            (folder / "wire.atom").write_text(story.wire())
        else:
            (folder / "stories" / f"{story.key}.json").write_text(story.document())
    app = App.open(folder / "config.yaml")
    try:
        first, before = _publish(app, AT, folder / "first")
        (folder / "stories" / "fresh.json").write_text(FRESH.document())
        correct(app.store, before["strike"], CORRECTION, LATER)
        withdraw(app.store, before["mistaken"], REASON, LATER)
        second, after = _publish(app, LATER, folder / "second")
    finally:
        app.close()
    told = {story.key: story for story in STORIES}
    told["strike"] = replace(told["strike"], words=("Corrected on 13 March 2026, 09:30 UTC.", CORRECTION))
    told["mistaken"] = replace(
        told["mistaken"],
        title="Withdrawn: Harbour pay falls",
        summary=f"This item was withdrawn on 13 March 2026, 09:30 UTC. {REASON}",
        words=("This item was withdrawn on 13 March 2026, 09:30 UTC.", REASON),
    )
    return Stage(
        first, second,
        tuple(_as_kept(story, before[story.key]) for story in (*STORIES, OLD[0])),
        tuple(_as_kept(story, after[story.key]) for story in (FRESH, *told.values())),
    )  # fmt: skip


def _publish(app: App, now: datetime, target: Path) -> tuple[Path, dict[str, Item]]:
    asyncio.run(app.ingest(now))
    failed = [result for result in app.publish(now) if result.failed]
    assert failed == []
    shutil.copytree(app.settings.feeds.folder, target)
    return target, _load_items(app)


def _load_items(app: App) -> dict[str, Item]:
    with app.store.read() as connection:
        keys = [story.key for story in (*STORIES, *OLD, FRESH)]
        found = load_by_keys(connection, "desk", keys) | load_by_keys(connection, "wire", keys)
    return {key: item for key, (item, _) in found.items()}


def _as_kept(story: Story, item: Item) -> Story:
    # The store alone knows the id that it minted, and the second in which it learnt of a change.
    return replace(story, id=item.entry_id, updated=item.updated_at.replace(microsecond=0))
