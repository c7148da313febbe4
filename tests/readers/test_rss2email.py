"""rss2email: mails every new entry; here into a Maildir."""

import email
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.readers.conftest import Run
from tests.readers.document import Document, words_of
from tests.readers.server import FeedServer
from tests.readers.stage import Stage

CONFIG = """\
[DEFAULT]
from = feeds@newsroom.example.org
to = reader@newsroom.example.org
email-protocol = maildir
maildir-path = {folder}/mail
maildir-mailbox = inbox
html-mail = True
date-header = True
date-header-order = issued
"""


class Mailer:
    """rss2email with files of its own."""

    def __init__(self, program: str, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.command = [program, "-c", folder / "config", "-d", folder / "data"]
        (folder / "config").write_text(CONFIG.format(folder=folder))
        (folder / "mail").mkdir()

    def add(self, *urls: str) -> None:
        """Subscribe to feeds."""
        for number, url in enumerate(urls):
            self.run(*self.command, "add", f"feed{number}", url)

    def read(self) -> list[EmailMessage]:
        """Read the feeds and return the messages that were not there before, the newest entry first."""
        before = set(self.folder.glob("mail/inbox/*/*"))
        self.run(*self.command, "run")
        files = set(self.folder.glob("mail/inbox/*/*")) - before
        messages = [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return sorted(messages, key=time_of, reverse=True)


def time_of(message: EmailMessage) -> datetime:
    """Return the date of a message, which says that it is in UTC and that nobody knows from where (RFC 5322 §3.3)."""
    found: datetime = message["Date"].datetime
    return found.replace(tzinfo=UTC)


@pytest.fixture
def mailer(need: Callable[[str, str], str], run: Run, tmp_path: Path) -> Mailer:
    """An rss2email that follows nothing yet."""
    return Mailer(need("r2e", "rss2email"), run, tmp_path)


def test_every_entry_is_read_as_it_was_meant(mailer: Mailer, feeds: FeedServer, stage: Stage) -> None:
    """rss2email mails id, title, link, author, date, content and categories of every entry."""
    contents = Document(stage.first / "all.atom").contents()
    mailer.add(feeds.url("all.atom"))
    messages = mailer.read()
    assert [
        (one["X-RSS-ID"], one["Subject"], one["X-RSS-URL"], time_of(one), one["From"].addresses[0].display_name)
        for one in messages
    ] == [
        (story.id, story.title, story.link, story.published, f"Open Harbour: {story.author}") for story in stage.before
    ]
    for story, message in zip(stage.before, messages, strict=True):
        assert (message["X-RSS-TAGS"] or "").split(",") == (story.terms or [""])
        body = message.get_content()
        assert words_of(contents[story.id]) in words_of(body)
        assert story.picture is None or story.picture["url"].replace("&", "&amp;") in body


def test_the_same_feed_is_sent_once(mailer: Mailer, feeds: FeedServer) -> None:
    """rss2email, which sends validators, is told 304 at its second reading and mails nothing again."""
    mailer.add(feeds.url("all.atom"))
    mailer.read()
    assert mailer.read() == []
    assert feeds.statuses("all.atom") == [200, 304]


def test_corrections_are_mailed_by_their_own_feed(mailer: Mailer, feeds: FeedServer, stage: Stage) -> None:
    """rss2email mails nothing of a correction in its feed, and one message for each in the feed of corrections."""
    mailer.add(feeds.url("all.atom"), feeds.url("corrections.atom"))
    assert len(mailer.read()) == len(stage.before)
    feeds.publish(stage.second)
    new = {message["X-RSS-ID"]: message["Subject"] for message in mailer.read()}
    fresh = stage.story("fresh", after=True)
    assert new == {fresh.id: fresh.title} | Document(stage.second / "corrections.atom").titles()
    assert len(new) == 3
