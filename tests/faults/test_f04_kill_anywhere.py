"""F1–F10: SIGKILL at any step, then the same command again: nothing lost, nobody mailed twice."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.app import App
from digest.pipelines.deliver import LEASE

ADA, BEN, SEA = "ada@reader.example", "ben@reader.example", "sea@reader.example"
TODAY = datetime.now(UTC).date()
"""One date for the whole test: a story under the date of the next midnight would be another one."""
FERRIES, FIELDS, STORM = "Ferries return to the harbour", "Fields under water", "A storm in the harbour"


def test_a_demo_killed_anywhere_and_repeated_ends_like_one_that_was_not(
    sweep: Callable[..., Any], auditor: type[Any], tmp_path: Path
) -> None:
    """F1–F5, F9, F10: after ten kills of `digest demo` and a repeat each, feeds and mails are those of a whole run."""
    (tmp_path / "empty").mkdir()
    found = sweep(tmp_path / "empty", 10, "demo")
    assert len(found.killed) >= 9
    whole = auditor(found.whole / "demo")
    assert len(whole.texts()) == 3
    for step, folder in zip(found.killed, found.folders(), strict=True):
        assert found.killed[step]["code"] == 0, found.killed[step]["words"]
        audit = auditor(folder / "demo")
        audit.check()
        assert audit.feeds() == whole.feeds(), step
        assert audit.texts() == whole.texts(), step


@pytest.fixture
async def full_house(newsroom: Any, story: type[Any]) -> Path:
    """The folder of a newsroom with three subscribers and two items that none of them has."""
    now = datetime.now(UTC)
    for address, topics in ((ADA, ()), (BEN, ()), (SEA, ("sea",))):
        newsroom.subscribe(address, now - timedelta(days=1), topics=topics)
    newsroom.publish(story(FERRIES, TODAY), story(FIELDS, TODAY))
    await newsroom.read(now)
    newsroom.close()
    folder: Path = newsroom.folder
    template = folder / "template"
    template.mkdir()
    for name in ("config.yaml", "page.txt", "var", "feeds"):
        (folder / name).rename(template / name)
    return template


async def go_on(folder: Path, now: datetime) -> None:
    """Read the page and mail what is new, as a run would do when the leases of a killed one are over."""
    app = App.open(folder / "config.yaml")
    try:
        await app.ingest(now)
        app.publish(now)
        app.recover(now)
        app.assemble_now(app.settings.lists[0], now)
        await app.deliver(lambda: now, asyncio.Event())
    finally:
        app.close()


async def test_a_hand_over_killed_anywhere_loses_and_repeats_nothing(
    full_house: Path, sweep: Callable[..., Any], auditor: type[Any], story: type[Any]
) -> None:
    """F4–F10: whatever step `send --now` is killed at, everybody has each item once after the next edition."""
    found = sweep(full_house, 12, "send", "--now")
    assert len(found.killed) >= 11
    titles = (FERRIES, FIELDS, STORM)
    for step, folder in zip(found.killed, found.folders(), strict=True):
        assert found.killed[step]["code"] == 0, found.killed[step]["words"]
        audit = auditor(folder)
        counts = audit.count_titles(titles)
        assert all(number == 1 for one in counts.values() for number in one.values()), (step, counts)
        now = datetime.now(UTC) + LEASE + timedelta(minutes=1)
        audit.newsroom.publish(*(story(title, TODAY) for title in (STORM, FERRIES, FIELDS)))
        await go_on(folder, now)
        audit.check()
        everything = {FERRIES: 1, FIELDS: 1, STORM: 1}
        assert audit.count_titles(titles) == {ADA: everything, BEN: everything, SEA: {FERRIES: 1, STORM: 1}}, step
