"""A small newsroom for tests: a config.yaml, a page of stories, subscribers, and an outbox to look into.

`newsroom` is one in a folder of its own.
"""

import asyncio
import email
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from digest.app import App, Round
from digest.feeds.check import check_feed
from digest.pipelines.save import Ingested
from digest.pipelines.subscribe import Wish, subscribe

_PUBLISHED = re.compile(
    r"[a-z0-9-]+\.(atom|json|html)|feeds\.opml|robots\.txt|(icon|logo)\.png|archive/[a-z0-9-]+-\d{4}-\d\d(-\d+)?\.atom"
)

SITE = """\
site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC, contact: press@newsroom.example.org}
sources:
  page: {type: text, path: page.txt, every: 15 min}
"""
TOPICS = """\
topics:
  sea: {title: The sea, any: [harbour*, ferr*]}
  land: {title: The land, any: [field*]}
"""
LISTS = """\
lists:
  daily: {title: The day, topics: all, send: daily at 07:00, timezone: UTC, from: day@newsroom.example.org}
"""
MAIL = "mail: {transport: maildir, folder: var/outbox}\n"


@dataclass(frozen=True)
class Story:
    """A story as the newsroom's page prints it."""

    title: str
    on: date
    summary: str = "A summary that says a little more than the title does."
    kind: str = "Press Release"

    def __str__(self) -> str:
        return f"{self.kind}\n\n{self.title}\n\n{self.summary}\n\n{self.on:%B} {self.on.day}, {self.on.year}\n"


@dataclass
class Newsroom:
    """One newsroom on disk; each `app` is a fresh start of the program."""

    folder: Path
    apps: list[App] = field(default_factory=list)

    @property
    def config(self) -> Path:
        """Where its configuration stands."""
        return self.folder / "config.yaml"

    @property
    def page(self) -> Path:
        """Where its page of stories stands."""
        return self.folder / "page.txt"

    def configure(
        self, *, site: str = SITE, topics: str = TOPICS, lists: str = LISTS, mail: str = MAIL, more: str = ""
    ) -> None:
        """Write its configuration."""
        self.config.write_text(site + topics + lists + mail + more)

    def publish(self, *stories: Story) -> None:
        """Print stories on its page, the newest first."""
        # As a whole: somebody may be reading it at this moment.
        fresh = self.folder / "page.new"
        fresh.write_text("\n".join(["Open Harbour\n\nNews\n", *map(str, stories)]))
        fresh.replace(self.page)

    def app(self) -> App:
        """Start the program."""
        app = App.open(self.config)
        self.apps.append(app)
        return app

    def subscribe(self, address: str, now: datetime, list_id: str = "daily", **wish: Any) -> None:
        """Subscribe somebody."""
        app = self.app()
        subscribe(app.settings, app.store, app.key, address, Wish(list_id=list_id, **wish), now)

    async def read(self, now: datetime) -> list[Ingested]:
        """Read its sources and publish its feeds."""
        app = self.app()
        found = await app.ingest(now)
        app.publish(now)
        return found

    async def send(self, now: datetime) -> Round:
        """Mail what is due."""
        return await self.app().send_due(lambda: now, asyncio.Event())

    def inbox(self, address: str | None = None) -> list[str]:
        """Return the text of each message in the outbox, of one reader or all, with its white space evened out."""
        return [text_of(one) for one in self.messages() if address in (None, one["To"])]

    def messages(self) -> list[EmailMessage]:
        """Return what was handed over, the oldest first."""
        files = sorted((self.folder / "var/outbox/new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
        return [parse_message(file.read_bytes()) for file in files]

    def feed(self, name: str) -> str:
        """Return a published feed."""
        return (self.folder / "feeds" / f"{name}.atom").read_text()

    def check_feeds(self) -> list[str]:
        """Return what is wrong with any published file, and any that is none of ours."""
        folder = self.folder / "feeds"
        files = sorted(file for file in folder.rglob("*") if not file.is_dir())
        wrong = [file.name for file in files if not _PUBLISHED.fullmatch(str(file.relative_to(folder)))]
        for file in files:
            match file.suffix:
                case ".atom":
                    wrong += map(str, check_feed(file.read_bytes(), None))
                case ".json":
                    json.loads(file.read_bytes())
                case ".html" if not file.read_text().rstrip().endswith("</html>"):
                    wrong.append(f"{file.name} is cut off")
        return wrong

    def block_outbox(self) -> None:
        """Put a file where the outbox should be, so that no mail can be handed over."""
        (self.folder / "var/outbox").write_text("in the way")

    def free_outbox(self) -> None:
        """Take that file away again."""
        (self.folder / "var/outbox").unlink()

    def heal(self, *stories: Story) -> None:
        """Print stories on its page again, whatever stands in its place."""
        if self.page.is_dir():
            self.page.rmdir()
        self.publish(*stories)

    def break_template(self, name: str, text: str) -> None:
        """Put a template of its own in the place of the packaged one."""
        own = self.folder / "templates/email"
        own.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(text)

    def mend_template(self, name: str) -> None:
        """Go back to the packaged template."""
        (self.folder / "templates/email" / name).unlink()

    def close(self) -> None:
        """Stop whatever was started."""
        for app in self.apps:
            app.close()


def parse_message(data: bytes) -> EmailMessage:
    """Return the message of a file."""
    message = email.message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    """Return a message's text part on one line."""
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


@pytest.fixture
def newsroom(tmp_path: Path, empty_store: Path) -> Iterator[Newsroom]:
    """A newsroom with two topics, a daily list, a Maildir, an empty page, and a store with its schema."""
    made = Newsroom(tmp_path)
    (tmp_path / "var").mkdir(mode=0o700)
    shutil.copy(empty_store, tmp_path / "var/digest.db")
    made.configure()
    made.publish()
    yield made
    made.close()


@pytest.fixture
def story() -> type[Story]:
    """Make stories for a newsroom's page."""
    return Story
