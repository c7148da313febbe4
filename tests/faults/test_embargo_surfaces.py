"""An item under embargo is on no surface before its time, and after it on every one, once.

What is looked at is every file that anybody may get and every word that the program says.
"""

import asyncio
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.cli import run_command

NOW = datetime.now(UTC).replace(microsecond=0)
"""The commands of the program go by the real clock: what lifts days from now is before its time for them too."""

LIFTS = NOW + timedelta(days=9)
AFTER = LIFTS + timedelta(seconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SITE = """\
site: {{title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC, contact: press@newsroom.example.org}}
sources:
  desk: {{type: folder, path: desk, url: "https://newsroom.example.org/", every: 1 min, future: {future}}}
feeds: {{folder: feeds, hub: "https://hub.example.org/"}}
regions:
  islands: {{title: The islands, any: [vexholm]}}
kinds:
  report: {{title: Reports, label: Report}}
"""

TITLE = "Quenby ferry scandal of Vexholm harbour laid open"
NEEDLES = ("quenby", "vexholm harbour", "zyxgate", "tilda marsh", "7f3q")
"""Words of the title, the text, the link, the author and the picture, that nothing else has."""


def document(title: str, *lines: str, text: str = "It sails again.") -> str:
    """Return a document as an editor writes it."""
    return "\n".join(["---", f"title: {title}", *lines, "---", text, ""])


def secret(*lines: str) -> str:
    """Return the document that nobody may know of."""
    return document(
        TITLE,
        "kind: Report",
        "link: https://newsroom.example.org/zyxgate",
        "author: Tilda Marsh",
        "picture: {url: https://newsroom.example.org/7f3q.jpg, alt: The zyxgate}",
        *lines,
        text="The zyxgate in full: Tilda Marsh reports from the harbour.",
    )


class Desk:
    """A newsroom that publishes by putting files into a folder."""

    def __init__(self, newsroom: Any) -> None:
        self.newsroom = newsroom
        self.newsroom.configure(site=SITE.format(future="hold"))
        self.folder = newsroom.folder / "desk"
        self.folder.mkdir()
        self.write("ferries.md", document("Ferries return to the harbour", f"date: {(NOW - DAY).date()}"))

    def write(self, name: str, text: str) -> None:
        """Put a document into the folder, whole."""
        fresh = self.newsroom.folder / "fresh"
        fresh.write_text(text)
        fresh.replace(self.folder / name)

    async def read(self, now: datetime) -> Any:
        """Read the folder and publish."""
        return (await self.newsroom.read(now))[0]

    def published(self) -> dict[str, tuple[bytes, int]]:
        """Return every file of the published folder with its bytes and when it was written."""
        root = self.newsroom.folder / "feeds"
        files = (file for file in sorted(root.rglob("*")) if file.is_file())
        return {str(file.relative_to(root)): (file.read_bytes(), file.stat().st_mtime_ns) for file in files}

    def say(self, *words: str) -> str:
        """Return what the program says to a command."""
        heard = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with redirect_stdout(heard), redirect_stderr(heard):
            run_command(["--config", str(self.newsroom.config), *words])
        heard.seek(0)
        return heard.read()

    def said(self, *ids: str) -> Iterator[tuple[str, str]]:
        """Yield every word that the program says, by the command that says it."""
        for words in (
            ("items", "--limit", "0"),
            ("items", "--json"),
            ("items", "--pending"),
            ("items", "--pending", "--json"),
            ("status",),
            ("status", "--json"),
            ("feeds",),
            ("feeds", "--json"),
            ("plan",),
            ("preview", "daily", "--format", "text"),
            ("preview", "daily", "--format", "eml"),
            ("preview", "daily", "--as", "ada@reader.example"),
            ("sources", "try", str(self.folder)),
            ("sources", "try", str(self.folder), "--json"),
            ("fetch", "desk"),
            ("build",),
            ("send",),
            ("check",),
            ("edit", "quenb", "--title", "Another"),
            ("correct", "vexhol", "--note", "Wrong"),
            ("withdraw", "scandal", "--reason", "Wrong"),
            *(("explain", one) for one in (*ids, "harbour", "quenby"[:4])),
        ):
            yield " ".join(words), self.say(*words)

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield the name and text of every file but what the newsroom and the store keep for themselves."""
        for file in sorted(self.newsroom.folder.rglob("*")):
            own = file.is_relative_to(self.folder) or file.name.startswith(("digest.db", "secret.key", "config.yaml"))
            if file.is_file() and not own:
                yield str(file), f"{file}\n{file.read_bytes().decode('utf-8', 'replace')}"

    async def leaks(self, *ids: str) -> list[tuple[str, str]]:
        """Return where a word of the secret stands."""
        looked_at = [*await asyncio.to_thread(lambda: [*self.said(*ids)]), *self.files()]
        return [(where, needle) for where, text in looked_at for needle in (*NEEDLES, *ids) if needle in text.lower()]


def entry_id(newsroom: Any, title: str = TITLE) -> str:
    """Return the id that the secret has in the store."""
    from digest.store.items import load_after

    with newsroom.app().store.read() as connection:
        (found,) = [one.entry_id for one in load_after(connection, 0, 10_000) if one.title == title]
    return str(found)


@pytest.fixture
def desk(newsroom: Any) -> Desk:
    """A newsroom with one story out, and two readers."""
    made = Desk(newsroom)
    for address in ("ada@reader.example", "ben@reader.example"):
        newsroom.subscribe(address, NOW - DAY)
    return made


LIFT = f"embargo: {LIFTS.isoformat()}"


async def from_the_beginning(desk: Desk) -> None:
    """It was there at the first reading."""
    desk.write("quenby.md", secret(LIFT))
    await desk.read(NOW - HOUR)


async def later(desk: Desk) -> None:
    """It came after the first reading."""
    await desk.read(NOW - 2 * HOUR)
    desk.write("quenby.md", secret(LIFT))
    await desk.read(NOW - HOUR)


async def clamped(desk: Desk) -> None:
    """It has a date in the future as well, which would be shown as of today."""
    desk.newsroom.configure(site=SITE.format(future="clamp"))
    await desk.read(NOW - 2 * HOUR)
    desk.write("quenby.md", secret(LIFT, f"date: {LIFTS.date()}"))
    await desk.read(NOW - HOUR)


async def in_a_burst(desk: Desk) -> None:
    """It came with forty others at once, and the operator approved them."""
    await desk.read(NOW - 3 * HOUR)
    for number in range(40):
        desk.write(f"{number}.md", document(f"Ferry number {number} returns", f"date: {(NOW - DAY).date()}"))
    desk.write("quenby.md", secret(LIFT))
    assert (await desk.read(NOW - 2 * HOUR)).pending == 41
    desk.newsroom.app().approve(["desk"], NOW - HOUR)
    await desk.read(NOW - HOUR)


async def with_a_slip(desk: Desk) -> None:
    """Its embargo cannot be read at first."""
    await desk.read(NOW - 3 * HOUR)
    desk.write("quenby.md", secret("embargo: 2026-03-12T06:00:00"))
    done = await desk.read(NOW - 2 * HOUR)
    assert [row.name for row in done.quarantined] == ["an item that is held back"]
    assert await desk.leaks() == []
    desk.write("quenby.md", secret(LIFT))
    await desk.read(NOW - HOUR)


async def twice_on_the_page(desk: Desk) -> None:
    """It stands there twice, and once without an embargo."""
    await desk.read(NOW - 2 * HOUR)
    desk.write("quenby.md", secret(LIFT, f"date: {(NOW - DAY).date()}"))
    desk.write("a-quenby.md", secret(f"date: {(NOW - DAY).date()}"))
    await desk.read(NOW - HOUR)


async def called_back(desk: Desk) -> None:
    """It was out already, and corrected."""
    desk.write("quenby.md", secret(f"date: {(NOW - DAY).date()}"))
    await desk.read(NOW - 4 * HOUR)
    assert "Quenby" in desk.newsroom.feed("sea")
    desk.write("quenby.md", secret(f"date: {(NOW - DAY).date()}", "summary: 'Correction: it was the zyxgate.'"))
    await desk.read(NOW - 3 * HOUR)
    assert "zyxgate" in desk.newsroom.feed("corrections")
    desk.write("quenby.md", secret(LIFT, f"date: {(NOW - DAY).date()}"))
    await desk.read(NOW - HOUR)


WAYS = [from_the_beginning, later, clamped, in_a_burst, with_a_slip, twice_on_the_page, called_back]


@pytest.mark.parametrize("way", WAYS)
async def test_an_embargoed_item_is_on_no_surface_before_its_time(desk: Desk, way: Any) -> None:
    """Neither title, id, link, text, author nor picture is in any file or in any word; once it lifts it is in all of
    its feeds once, and in each inbox once."""
    await way(desk)
    minted = entry_id(desk.newsroom)
    assert await desk.leaks(minted.lower()) == []
    before = desk.published()
    await desk.read(LIFTS - timedelta(seconds=1))
    assert desk.published() == before

    await desk.read(LIFTS)
    for name in ("all", "sea", "region-islands", "kind-report"):
        assert desk.newsroom.feed(name).count(f"<id>{minted}</id>") == 1
        for ending in ("json", "html"):
            assert "Quenby" in (desk.newsroom.folder / "feeds" / f"{name}.{ending}").read_text()
    assert "Quenby" not in desk.newsroom.feed("land")
    updated = desk.newsroom.feed("sea").partition(f"<id>{minted}</id>")[2].partition("<updated>")[2][:19]
    assert updated >= LIFTS.strftime("%Y-%m-%dT%H:%M:%S")
    for at in (LIFTS + DAY, LIFTS + 2 * DAY):
        await desk.read(at)
        await desk.newsroom.send(at)
    for address in ("ada@reader.example", "ben@reader.example"):
        assert sum("Quenby" in text for text in desk.newsroom.inbox(address)) == 1
    shown = json.loads(await asyncio.to_thread(desk.say, "items", "--json"))
    assert [one["id"] for one in shown].count(minted) == 1


async def test_holding_an_item_touches_no_byte(desk: Desk) -> None:
    """Neither what is published nor when it was written tells that something came, changed or went under embargo."""
    await desk.read(NOW - 3 * HOUR)
    await desk.read(NOW - 2 * HOUR)
    before = desk.published()
    desk.write("quenby.md", secret(LIFT))
    assert (await desk.read(NOW - HOUR)).held == 1
    assert desk.published() == before
    desk.write("quenby.md", secret(f"embargo: {(LIFTS + DAY).isoformat()}", "summary: Other words"))
    await desk.read(NOW)
    assert desk.published() == before
    (desk.folder / "quenby.md").unlink()
    for at in (NOW + HOUR, LIFTS + 9 * DAY):
        await desk.read(at)
        assert desk.published() == before, "what was taken away before its time never comes"
    desk.write("quenby.md", secret(LIFT))
    await desk.read(LIFTS + 9 * DAY)
    assert "Quenby" in desk.newsroom.feed("sea")


@pytest.mark.parametrize(
    ("change", "out_at"),
    [
        pytest.param(f"embargo: {(LIFTS - 2 * DAY).isoformat()}", LIFTS - 2 * DAY, id="earlier"),
        pytest.param(f"embargo: {(LIFTS + 2 * DAY).isoformat()}", LIFTS + 2 * DAY, id="later"),
        pytest.param("author: Tilda", NOW, id="taken away"),
        pytest.param(f"embargo: {(NOW - DAY).isoformat()}", NOW, id="in the past"),
        pytest.param("embargo: soon", None, id="unreadable"),
    ],
)
async def test_an_embargo_that_changes_is_followed(desk: Desk, change: str, out_at: datetime | None) -> None:
    """Earlier, later, gone: what the source says last counts, and what nobody can read holds."""
    await desk.read(NOW - 2 * HOUR)
    lines = secret(LIFT), secret(change).replace("author: Tilda Marsh\n", "")
    desk.write("quenby.md", lines[0])
    await desk.read(NOW - HOUR)
    desk.write("quenby.md", lines[1])
    if out_at != NOW:
        await desk.read(NOW)
        assert "Quenby" not in desk.newsroom.feed("all")
        await desk.read((out_at or LIFTS + 99 * DAY) - timedelta(seconds=1))
        assert "Quenby" not in desk.newsroom.feed("all")
    await desk.read(out_at or LIFTS + 99 * DAY)
    assert ("Quenby" in desk.newsroom.feed("all")) == (out_at is not None)


async def test_a_clock_that_goes_back_calls_nothing_back(desk: Desk) -> None:
    """What is out under its embargo stays out: an embargo that has not changed has lifted once and for all."""
    desk.write("quenby.md", secret(LIFT))
    await desk.read(NOW)
    await desk.read(AFTER)
    before = desk.published()
    await desk.read(NOW + HOUR)
    assert desk.published() == before


def test_the_samples_name_nothing_else() -> None:
    """The words that are looked for are in the secret, and in nothing that is no secret."""
    assert all(needle in secret(LIFT).lower() for needle in NEEDLES)
    assert not any(needle in (SITE + document("Ferries return to the harbour")).lower() for needle in NEEDLES)
