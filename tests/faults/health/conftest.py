"""A newsroom whose one source is a feed on a server of our own, and what `status` says of it at a given hour."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from digest.cli.run import describe_status
from digest.model.item import Item
from digest.pipelines.status import load_status
from digest.store.gone import load_asked
from digest.store.items import load_after
from tests.newsrooms import Newsroom

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)

SITE = """\
site: {{title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}}
sources:
  wire: {{type: feed, url: "{url}", allow_private: true, every: 15 min}}
"""
ENTRY = """\
<item><title>Ferry number {number} returns to the harbour</title><link>{base}/news/{number}</link>
<pubDate>{date}</pubDate><description>The ferry number {number} has been away for a while.</description></item>
"""
FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{entries}</channel></rss>'


@dataclass
class Wire:
    """The feed, the pages of its stories by number (200 unless told otherwise), and the newsroom that reads it."""

    server: HTTPServer
    newsroom: Newsroom
    body: str = FEED.format(entries="")
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pages: dict[int, int] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    @property
    def base(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.server.port}"

    def start(self) -> None:
        """Let the server answer, and the newsroom know it."""
        self.server.expect_request(re.compile(".*")).respond_with_handler(self._answer)
        self.configure(f"{self.base}/feed")

    def configure(self, url: str) -> None:
        """Read the source from another address."""
        self.newsroom.configure(site=SITE.format(url=url))

    def show(self, *numbers: int) -> None:
        """Show these stories; a story of a higher number is a day newer, number 100 is of today."""
        entries = "".join(
            ENTRY.format(number=number, base=self.base, date=format_datetime(NOON - DAY * (100 - number)))
            for number in numbers
        )
        self.body, self.status = FEED.format(entries=entries), 200

    async def read(self, now: datetime) -> Any:
        """Read the source and publish the feeds; return what the reading came to."""
        return (await self.newsroom.read(now))[0]

    def tell(self, now: datetime) -> list[str]:
        """Return the lines of `status` at an hour."""
        return "\n".join(describe_status(self.health(now))).splitlines()

    def health(self, now: datetime) -> dict[str, Any]:
        """Return the values of `status` at an hour."""
        app = self.newsroom.app()
        return load_status(app.settings, app.store, now)

    def items(self) -> dict[int, Item]:
        """Return the stored items by the number of their story."""
        with self.newsroom.app().store.read() as connection:
            return {int(item.link.rpartition("/")[2]): item for item in load_after(connection, 0, 1_000)}

    def doubts(self) -> dict[int, int]:
        """Return what pages answered, by the number of their story."""
        numbers = {item.id: number for number, item in self.items().items()}
        with self.newsroom.app().store.read() as connection:
            return {numbers[item_id]: asked.status for item_id, asked in load_asked(connection, "wire").items()}

    def _answer(self, request: Request) -> Response:
        if request.path == "/robots.txt":
            return Response(status=404)
        if request.path.startswith("/news/"):
            number = int(request.path.rpartition("/")[2])
            self.asked.append(number)
            return Response("A page.", status=self.pages.get(number, 200))
        if request.path == "/old" and self.status == 200:
            return Response(status=301, headers={"Location": f"{self.base}/feed"})
        return Response(self.body, status=self.status, headers=self.headers)


@pytest.fixture
def wire(httpserver: HTTPServer, newsroom: Newsroom) -> Wire:
    """A feed of a server of our own, with nothing in it yet."""
    made = Wire(httpserver, newsroom)
    made.start()
    return made


@pytest.fixture
def noon() -> datetime:
    return NOON
