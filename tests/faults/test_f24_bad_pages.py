"""F24, F25, F27, F28: what may stand in place of a page: one line, the last good state, and the others go on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
FERRIES, FIELDS = "Ferries return to the harbour", "Fields under water"
TWO = """\
site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}
sources:
  page: {type: text, path: page.txt}
  other: {type: text, path: other.txt}
"""
HTML = "<!DOCTYPE html><html><body><h1>Sign in</h1><p>March 1, 2026</p></body></html>"


def huge(file: Path) -> None:
    """Make a file of 100 MB that takes no room."""
    with file.open("wb") as opened:
        opened.truncate(100_000_000)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda file: file.write_bytes(b""), id="empty"),
        pytest.param(lambda file: file.write_bytes(b"   \n\n \t \n"), id="blank"),
        pytest.param(lambda file: file.write_bytes(bytes(range(256)) * 40), id="binary"),
        pytest.param(lambda file: file.write_bytes(b"%PDF-1.7\n" + bytes(range(200))), id="a PDF"),
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[: len(file.read_bytes()) // 3]), id="half"),
        pytest.param(lambda file: file.write_text(HTML), id="HTML"),
        pytest.param(huge, id="100 MB"),
        pytest.param(lambda file: file.unlink(), id="gone"),
        pytest.param(lambda file: (file.unlink(), file.mkdir()), id="a folder"),
    ],
)
async def test_a_spoilt_page_is_told_in_a_line_and_changes_nothing(
    spoil: Callable[[Path], Any], newsroom: Any, story: type[Any]
) -> None:
    """The source is reported in one line, its items and feeds stay as they were, and the other source is read."""
    newsroom.configure(site=TWO)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    other: Path = newsroom.folder / "other.txt"
    good = newsroom.page.read_text().replace(FERRIES, FIELDS)
    write(other, good)
    await newsroom.read(NOW)
    feed = newsroom.feed("sea")

    spoil(newsroom.page)
    write(other, good.replace(FIELDS, "Fields dry again"))
    page, second = await newsroom.read(NOW + timedelta(hours=1))
    assert page.problem or page.quarantined
    for told in [page.problem or "", *(row.reason for row in page.quarantined)]:
        assert "\n" not in told
    assert (page.new, page.changed) == (0, 0)
    assert (second.problem, second.new) == (None, 1)
    assert newsroom.feed("sea") == feed
    assert "Fields dry again" in newsroom.feed("land")

    newsroom.heal(story(FERRIES, date(2026, 3, 11)))
    page, _ = await newsroom.read(NOW + timedelta(hours=2))
    assert (page.problem, page.new, page.same) == (None, 0, 1)


def write(file: Path, text: str) -> None:
    """Write a page."""
    file.write_text(text)


async def test_status_names_what_is_wrong_last(newsroom: Any, story: type[Any], digest_command: Any) -> None:
    """A source that failed and a story without a date are named at the end of `status`, each in one sentence."""
    newsroom.configure(site=TWO)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    with newsroom.page.open("a") as page:
        page.write("\nReport\n\nA report that forgot its day\n\nIt was never dated.\n")
    await newsroom.read(datetime.now(UTC))
    lines = digest_command("status").stdout.splitlines()
    troubles = [number for number, line in enumerate(lines) if line.startswith(("LEFT OUT", "SOURCE"))]
    assert lines[troubles[0]].startswith("LEFT OUT of page: A report that forgot its day")
    assert lines[troubles[1]].startswith("SOURCE other: ")
    assert all(line.startswith("  ") for line in lines[troubles[1] + 1 :])
    assert max(map(len, lines)) <= 80 + len(str(newsroom.folder))
    done = digest_command("fetch", "other")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
