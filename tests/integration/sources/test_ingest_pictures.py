"""Ingest learns how long new pictures are, once, and keeps it; nothing that it learns makes an item a changed one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from digest.model.item import Image, Parsed
from digest.pipelines.ingest import ingest
from digest.pipelines.measure import find_unmeasured
from digest.pipelines.save import Ingested
from digest.sources.reading import SourceReading
from tests.desks import HOME, NOON, SavingDesk, entry, make_source
from tests.webservers import Answer, WebServer, reply, serve

HOUR = timedelta(hours=1)
DAY = "Tue, 10 Mar 2026 10:00:00 GMT"
Read = Callable[..., Awaitable[Ingested]]


class Site:
    """A newsroom's site: its feed, the own pages of its stories, and its pictures."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.pictures: dict[str, int] = {}
        self.page = b""

    def add(self, title: str, picture: str | None, *, day: str = DAY, enclosure: str = "", more: str = "") -> None:
        """List a story with a picture; `enclosure` are attributes of it."""
        element = f'<enclosure url="{picture}" type="image/jpeg" {enclosure}/>' if picture else ""
        link = f"<link>/{title.replace(' ', '-')}</link>"
        self.entries.append(f"<item><title>{title}</title>{link}<pubDate>{day}</pubDate>{element}{more}</item>")

    async def answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        method, path = head.split(" ")[:2]
        if method == "HEAD":
            lines = [f"Content-Length: {self.pictures[path]}"] if path in self.pictures else []
            status = "200 OK" if lines else "404 Not Found"
            writer.write("\r\n".join([f"HTTP/1.1 {status}", *lines, "Content-Type: image/jpeg", "", ""]).encode())
            await writer.drain()
        elif path == "/feed":
            feed = f'<rss version="2.0"><channel><title>Rivers</title>{"".join(self.entries)}</channel></rss>'
            await reply("200 OK", "Content-Type: application/rss+xml", body=feed.encode())(head, writer)
        else:
            found: Answer = reply("200 OK" if self.page else "404 Not Found", "Content-Type: text/html", body=self.page)
            await found(head, writer)


@pytest.fixture
def site() -> Site:
    """A site without stories."""
    return Site()


@pytest.fixture
def read(saving: SavingDesk) -> Read:
    """Read the one source of the desk, so many hours after noon."""

    async def run(web: WebServer, hours: int = 0, **changes: Any) -> Ingested:
        saving.configure(make_source("page", **({"url": web.url("/feed"), "allow_private": True} | changes)))
        desk = saving.desk
        (result,) = await ingest(desk.settings, desk.store, desk.matcher, NOON + hours * HOUR)
        assert result.problem is None, result.problem
        return result

    return run


def asked(web: WebServer) -> list[str]:
    """Return the pictures that the server was asked about."""
    return [head.split(" ")[1] for head in web.heads if head.startswith("HEAD ")]


async def test_new_items_learn_how_long_their_pictures_are(site: Site, saving: SavingDesk, read: Read) -> None:
    """From their source where it tells, else from the server; where neither tells, the item is there all the same."""
    site.add("A boat", "/boat.jpg")
    site.add("A mill", "/mill.jpg", enclosure='length="700"')
    site.add("A well", "/well.jpg")
    site.add("A road", None)
    site.pictures = {"/boat.jpg": 48213, "/mill.jpg": 1}
    async with serve(site.answer) as web:
        result = await read(web)
        boat, well = saving.item("A boat").image, saving.item("A well").image
        assert boat == Image(web.url("/boat.jpg"), length=48213, media_type="image/jpeg")
        assert well == Image(web.url("/well.jpg"), media_type="image/jpeg")
    mill = saving.item("A mill").image
    assert mill is not None
    assert (mill.length, saving.item("A road").image) == (700, None)
    assert (sorted(asked(web)), result.new, result.notes) == (["/boat.jpg", "/well.jpg"], 4, ())


async def test_nobody_is_asked_a_second_time(site: Site, saving: SavingDesk, read: Read) -> None:
    """What is known stays known, and what was not told is not asked for again, whatever else the listing brings."""
    site.add("A boat", "/boat.jpg")
    site.add("A well", "/well.jpg")
    site.pictures = {"/boat.jpg": 48213}
    async with serve(site.answer) as web:
        await read(web)
        before = saving.items()
        site.add("A mill", "/mill.jpg")
        site.pictures = {"/boat.jpg": 99, "/mill.jpg": 300}
        result = await read(web, 1)
    assert asked(web) == ["/boat.jpg", "/well.jpg", "/mill.jpg"]
    assert saving.items()[:2] == before
    assert (result.new, result.changed, result.same) == (1, 0, 2)


async def test_a_changed_item_keeps_what_is_known_of_its_picture(site: Site, saving: SavingDesk, read: Read) -> None:
    """Other words about the same picture: the server is not asked, and the length is not lost."""
    site.add("A boat", "/boat.jpg", more="<description>It sails.</description>")
    site.pictures = {"/boat.jpg": 48213}
    async with serve(site.answer) as web:
        await read(web)
        known = saving.item().image
        site.entries = []
        site.add("A boat", "/boat.jpg", more="<description>It sails again.</description>")
        result = await read(web, 1)
    item = saving.item()
    assert (item.summary, item.revision, result.changed) == ("It sails again.", 2, 1)
    assert item.image == known
    assert asked(web) == ["/boat.jpg"]


async def test_a_length_that_is_learnt_later_is_no_revision(site: Site, saving: SavingDesk, read: Read) -> None:
    """Of an item that is asked for again, because its label goes by another word, readers see no other words."""
    kinds = {"Notice": "report", "Report": "report"}
    site.add("A boat", "/boat.jpg", more="<category>Notice</category>")
    async with serve(site.answer) as web:
        await read(web, kinds=kinds)
        site.entries, site.pictures = [], {"/boat.jpg": 48213}
        site.add("A boat", "/boat.jpg", more="<category>Report</category>")
        await read(web, 1, kinds=kinds)
    item = saving.item()
    assert item.image is not None
    assert (item.kind, item.image.length, item.revision) == ("report", 48213, 1)


async def test_another_picture_is_another_length(site: Site, saving: SavingDesk, read: Read) -> None:
    """A new address is asked for, and is still no change of words."""
    site.add("A boat", "/boat.jpg")
    site.pictures = {"/boat.jpg": 48213, "/ferry.jpg": 300}
    async with serve(site.answer) as web:
        await read(web)
        site.entries = []
        site.add("A boat", "/ferry.jpg")
        result = await read(web, 1)
        assert saving.item().image == Image(web.url("/ferry.jpg"), length=300, media_type="image/jpeg")
    assert (saving.item().revision, result.changed) == (1, 0)


async def test_the_picture_of_an_items_own_page_counts_too(site: Site, saving: SavingDesk, read: Read) -> None:
    """It is asked for after the page was read."""
    site.add("A boat", None)
    site.page = b"<html><head><meta property=og:image content=/boat.jpg></head><body>It sails.</body></html>"
    site.pictures = {"/boat.jpg": 48213}
    async with serve(site.answer) as web:
        await read(web, enrich=("picture",), obey_robots=False)
        image = saving.item().image
        assert image == Image(web.url("/boat.jpg"), length=48213, media_type="image/jpeg")


async def test_of_a_long_listing_twenty_pictures_are_asked_for(site: Site, saving: SavingDesk, read: Read) -> None:
    """Those that stand first, which are the newest; the other items come without an enclosure."""
    for number in range(30):
        site.add(f"Boat {number}", f"/{number}.jpg")
        site.pictures[f"/{number}.jpg"] = 100 + number
    async with serve(site.answer) as web:
        await read(web)
    lengths = {item.title: item.image.length for item in saving.items() if item.image}
    assert lengths == {f"Boat {number}": 100 + number if number < 20 else None for number in range(30)}
    assert len(asked(web)) == 20


@pytest.mark.parametrize(
    ("changes", "asked_for"),
    [
        pytest.param({}, ["own", "other"], id="published"),
        pytest.param({"published": NOON + 24 * HOUR}, ["own"], id="tomorrow"),
        pytest.param({"published": NOON.date() + timedelta(days=2)}, ["own"], id="the day after tomorrow"),
        pytest.param({"embargo": NOON + HOUR}, ["own"], id="under embargo"),
        pytest.param({"embargo": NOON - HOUR}, ["own", "other"], id="embargo lifted"),
    ],
)
def test_of_a_secret_only_the_newsrooms_own_server_hears(
    changes: dict[str, Any], asked_for: list[str], saving: SavingDesk
) -> None:
    """The server of its source knows anyway; whoever else serves pictures learns of none before its time (F34)."""
    urls = {"own": f"{HOME}boat.jpg", "other": "https://pictures.example.net/mill.jpg"}
    items = [entry(number, image=Image(url), **changes) for number, url in enumerate(urls.values(), 8)]
    reading = SourceReading(parsed=Parsed(tuple(items)))
    found = find_unmeasured(saving.desk, saving.source("page"), reading, NOON)
    assert found == {list(urls).index(name): urls[name] for name in asked_for}
