"""A published folder of an invented newsroom, served on loopback, and a browser to look at it."""

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from digest.config.settings import ReaderSettings
from digest.feeds.entry import Entry, compose_correction, compose_entry
from digest.feeds.opml import build_opml
from digest.feeds.pages import PICTURES, Pages, robots_txt
from digest.feeds.spec import FeedRow, FeedSpec, Group, Labels
from digest.model.correction import Correction
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site

LABELS = Labels(
    {"refugees-and-migrants": "Refugees and migrants", "children": "Children’s rights"},
    {"report": "Report", "press-release": "Press Release"},
    {"greece": "Greece"},
    {"greece": "GR"},
)
READERS = (
    ReaderSettings(id="feedly", title="Feedly", link="https://feedly.com/i/subscription/feed%2F{url}"),
    ReaderSettings(id="inoreader", title="Inoreader", link="https://www.inoreader.com/?add_feed={url}"),
)
NEWEST = datetime(2026, 3, 12, 16, 30, tzinfo=UTC)
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
TITLE = "Greece: Families Left on a Quay for Two Nights Must Get Shelter and an Interview"
SUMMARY = (
    "Some 140 refugees, a third of them children, slept in the open on Lesbos this week because the reception center "
    "had closed its gate at sundown. “A child does not stop being cold when an office closes,” said our researcher on "
    "the island. Harbor Rights Watch calls on the authorities to register everybody on arrival."
)


def make_item(number: int, **changes: Any) -> Item:
    """Return a usual item of the newsroom; a higher number is an older one."""
    at = NEWEST - timedelta(hours=19 * number)
    item = Item(
        id=1000 - number,
        source="newsroom",
        key=str(number),
        entry_id=f"tag:newsroom.example.org,2026:item/{number}",
        title=TITLE,
        summary=SUMMARY,
        truncated=False,
        kind="press-release",
        published_on=at.date(),
        published_at=at,
        date_only=False,
        updated_at=at,
        first_seen_at=at,
        link=f"https://newsroom.example.org/news/2026/03/greece-families-left-on-a-quay-{number}",
        language="en",
        topics=("refugees-and-migrants", "children")[: 1 + number % 2],
        regions=("greece",),
    )
    return replace(item, **changes)


def make_special(site: Site) -> list[Item]:
    """Return one item of each sort: with a picture, corrected, withdrawn, in Arabic, in Spanish."""
    picture = Image(f"{site.feeds_url}icon.png", "Volunteers carry blankets", "At the landing.", "Photo: M. Quay")
    foreign = Image("https://pictures.example.net/elsewhere.jpg", "Nobody sees this", "Not here.", None)
    corrected = {"corrected_at": NEWEST, "note": "An earlier version named five companies. There are four."}
    withdrawn = {"status": ItemStatus.WITHDRAWN, "note": "The families asked us to wait."}
    return [
        make_item(0, image=picture),
        make_item(1, kind="report", **corrected),
        make_item(2, **withdrawn),
        make_item(3, image=foreign, language="ar", title="اليونان: عائلات على الرصيف", summary="نام نحو 140 لاجئًا."),
        make_item(4, language="es", title="Familias en un muelle", summary="Unas 140 personas durmieron al raso."),
    ]


def make_entries(items: list[Item], site: Site) -> list[Entry]:
    """Return what feeds say of items."""
    return [compose_entry(item, site, LABELS) for item in items]


def make_corrections(site: Site) -> list[Entry]:
    """Return the entries of the feed of corrections."""
    _, corrected, withdrawn, *_ = make_special(site)
    told = (Correction(2, corrected, NEWEST, corrected.note or ""), Correction(1, withdrawn, NEWEST, "", True))
    return [compose_correction(one, site, LABELS) for one in told]


def make_rows() -> list[FeedRow]:
    """Return the feeds of the newsroom, as pages list them."""

    def row(name: str, title: str, group: Group, per_week: float | None, subtitle: str | None = None) -> FeedRow:
        spec = FeedSpec(name=name, title=title, group=group, subtitle=subtitle, created_at=CREATED)
        return FeedRow(spec=spec, per_week=per_week, newest_at=NEWEST if per_week else None)

    return [
        row("all", "Everything", Group.ALL, 12.0, "Everything new."),
        row("refugees-and-migrants", "Refugees and migrants", Group.TOPIC, 3.0, "Asylum, borders, camps."),
        row("children", "Children’s rights", Group.TOPIC, None),
        row("region-greece", "Greece", Group.REGION, 0.3),
        row("kind-report", "Reports", Group.KIND, 0.02),
        row("corrections", "Corrections", Group.CORRECTIONS, 0.1, "What was corrected or withdrawn."),
    ]


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves the folder, and keeps silent."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve an empty folder; return its address and the folder."""
    folder = tmp_path_factory.mktemp("published")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", folder
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def site(origin: tuple[str, Path]) -> Site:
    """The newsroom, whose folder is served where it says it is."""
    return Site(
        title="Harbor Rights Watch",
        subtitle="News from a human rights newsroom that does not exist",
        url="https://newsroom.example.org/",
        feeds_url=origin[0],
        author="Harbor Rights Watch",
        timezone="America/New_York",
        contact="press@newsroom.example.org",
        rights="CC BY 4.0",
    )


@pytest.fixture(scope="session")
def usual_page(site: Site) -> bytes:
    """A twin of 50 usual entries."""
    items = [*make_special(site), *map(make_item, range(5, 50))]
    return Pages().feed_page(make_rows()[0].spec, make_entries(items, site), site, readers=READERS, row=make_rows()[0])


@pytest.fixture(scope="session")
def folder(origin: tuple[str, Path], site: Site, usual_page: bytes) -> Path:
    """The published folder: an index, a twin, the corrections, an empty twin, and both of an Arabic newsroom."""
    pages, rows, place = Pages(), make_rows(), origin[1]
    arabic = replace(site, title="مرصد حقوق الميناء", subtitle="أخبار من غرفة أخبار لا وجود لها", language="ar")
    special = make_special(site)
    files = {
        "index.html": pages.index_page(rows, site, readers=READERS),
        "all.html": usual_page,
        "corrections.html": pages.feed_page(rows[-1].spec, make_corrections(site), site, readers=READERS),
        "children.html": pages.feed_page(rows[2].spec, [], site),
        "ar-index.html": pages.index_page(rows, arabic, readers=READERS),
        "ar-all.html": pages.feed_page(rows[0].spec, make_entries(special, arabic), arabic, readers=READERS),
        "feeds.opml": build_opml(rows, site),
        "robots.txt": robots_txt(site),
    }
    for name, data in (files | {name: pages.picture(name) for name in PICTURES}).items():
        (place / name).write_bytes(data)
    return place


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium as the system has it, without a way to anywhere but loopback.

    For one module, which has no coroutines: while it is open, an event loop runs that no other may run beside.
    """
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    flags = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags, env=dict(os.environ))
        yield started
        started.close()
