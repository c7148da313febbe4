"""What somebody meets who serves feeds for the first time: each trouble is told once, in words, until it is over."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
TOLD = "HELD, readers keep the last good copy: "


@pytest.fixture
async def room(newsroom: Any, story: type[Any]) -> Any:
    """A newsroom with one story, published; the feeds are all, sea, land and corrections."""
    newsroom.configure()
    newsroom.publish(story("Ferries return to the harbour", date(2026, 3, 11)))
    await newsroom.read(NOON)
    return newsroom


async def test_many_feeds_of_one_trouble_are_one_line(room: Any, digest_command: Any) -> None:
    """A template that fails for every page is told once, with the names of the first; the feeds themselves go out."""
    own = room.folder / "templates" / "web" / "feed.html.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{{ nothing }}\n")
    why = "the feed went out, its page could not be made: web/feed.html.j2:1: 'nothing' is undefined"
    done = digest_command("build")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == f"{TOLD}all, sea and 2 more: {why}"
    said = " ".join(digest_command("status").stdout.split())
    assert f"{TOLD}all, sea and 2 more: {why}" in said
    own.unlink()
    assert digest_command("build").returncode == 0
    assert "HELD" not in digest_command("status").stdout


async def test_a_reading_and_two_builds(room: Any, digest_command: Any) -> None:
    """By the real clock too, the second build writes nothing, as the tutorial says."""
    assert "feeds written" in digest_command("build").stdout
    assert digest_command("build").stdout == "0 feeds written, 4 as before: feeds/\n"
