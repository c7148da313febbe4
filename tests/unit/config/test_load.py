from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest

from digest.config.load import load_config
from digest.config.settings import Settings
from digest.model.mailing import Cadence, CatchUp, Schedule
from digest.model.topic import Kind, Term

Read = Callable[[str], Settings]

WHOLE = """\
var: state
store: sqlite:///state/digest.db
feeds: {folder: public/feeds, entries: 20, full_text: yes}
sources:
  wire: {type: feed, url: https://wire.example.org/rss, every: 1 h, allow_private: true}
  pages: {type: text, path: dump/*.txt, timezone: Europe/Paris, language: fr}
kinds:
  report: {title: Reports, label: Report}
  update: {title: Updates}
regions:
  usa: {title: United States, any: U.S., ignore: [Bank of America]}
topics:
  police:
    title: Policing
    description: Force, and its
      limits.
    any:
      - police
      - "1033"
    in_title: force
    all: [law*]
    none: [police dog]
    kinds: [report]
    regions: usa
lists:
  daily: {title: Daily, send: daily at 07:00, from: Pier News <news@pier.example.org>}
  weekly:
    title: Weekly
    topics: [police]
    send: weekly on fri at 18:00
    timezone: subscriber
    from: news@pier.example.org
    reply_to: Desk <desk@pier.example.org>
    catch_up: skip
    language: fr
mail: {transport: smtp, host: mail.example.org, port: 587, username: pier, password_file: secret/smtp}
web: {bind: "[::1]:8080"}
"""


def test_paths_count_from_the_file(read: Read) -> None:
    """Relative paths and the SQLite file are made absolute from the folder of the configuration."""
    settings = read(WHOLE)
    assert settings.file == Path("/srv/pier/config.yaml")
    assert settings.store == "sqlite:////srv/pier/state/digest.db"
    assert settings.var == Path("/srv/pier/state")
    assert settings.templates == Path("/srv/pier/templates")
    assert settings.feeds.folder == Path("/srv/pier/public/feeds")
    assert settings.sources[1].path == "/srv/pier/dump/*.txt"
    assert settings.mail.password_file == Path("/srv/pier/secret/smtp")


def test_site_defaults(read: Read) -> None:
    """A site needs a title and an address; the feeds stand below it, the author is the newsroom."""
    site = read("").site
    assert (site.author, site.feeds_url) == ("Pier News", "https://pier.example.org/feeds/")
    assert (site.language, site.timezone, site.contact, site.logo) == ("en", "UTC", None, None)


def test_sources(read: Read) -> None:
    """A source takes zone and language from the site where it says nothing itself."""
    wire, pages = read(WHOLE).sources
    assert (wire.id, wire.type, wire.every, wire.allow_private) == ("wire", "feed", timedelta(hours=1), True)
    assert (wire.timezone, wire.language, wire.line) == ("UTC", "en", 6)
    assert (pages.timezone, pages.language, pages.every) == ("Europe/Paris", "fr", timedelta(minutes=15))


def test_rules_know_their_lines(read: Read) -> None:
    """Each term carries the line it stands in, and a text alone is a list of one."""
    settings = read(WHOLE)
    topic, region = settings.topics[0], settings.regions[0]
    assert topic.rule.any_ == (Term("police", 19), Term("1033", 20))
    assert topic.rule.in_title == (Term("force", 21),)
    assert topic.rule.all_ == (Term("law*", 22),)
    assert topic.rule.none == (Term("police dog", 23),)
    assert (topic.rule.kinds, topic.rule.regions) == (("report",), ("usa",))
    assert (topic.line, topic.description) == (14, "Force, and its limits.")
    assert region.rule.any_ == (Term("U.S.", 12),)
    assert region.rule.ignore == (Term("Bank of America", 12),)


def test_kinds(read: Read) -> None:
    """The label of a kind is its title where nothing else is said."""
    assert read(WHOLE).kinds == (Kind("report", "Reports", "Report"), Kind("update", "Updates", "Updates"))


def test_lists(read: Read) -> None:
    """A list offers everything and answers to its sender where nothing else is said."""
    daily, weekly = read(WHOLE).lists
    assert (daily.topics, daily.schedule, daily.timezone) == (("all",), Schedule(Cadence.DAILY, time(7)), "UTC")
    assert daily.reply_to == daily.sender == "Pier News <news@pier.example.org>"
    assert (weekly.topics, weekly.timezone, weekly.catch_up) == (("police",), "subscriber", CatchUp.SKIP)
    assert (weekly.reply_to, weekly.language) == ("Desk <desk@pier.example.org>", "fr")
    assert weekly.schedule == Schedule(Cadence.WEEKLY, time(18), 4)


def test_replies_go_to_the_contact(tmp_path: Path) -> None:
    """With a contact, the answers to a list go there."""
    file = tmp_path / "config.yaml"
    file.write_text(
        "site: {title: T, url: https://t.example.org, contact: desk@t.example.org}\n"
        "lists: {daily: {title: D, send: immediately, from: a@t.example.org}}\n"
        "mail: {folder: outbox}\n"
    )
    settings = load_config(file)
    assert settings.lists[0].reply_to == "desk@t.example.org"
    assert settings.site.feeds_url == "https://t.example.org/feeds/"
    assert settings.mail.folder == tmp_path / "outbox"


def test_a_relative_file_gives_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration named from its own folder still has absolute paths."""
    (tmp_path / "config.yaml").write_text("site: {title: T, url: https://t.example.org}\n")
    monkeypatch.chdir(tmp_path)
    settings = load_config(Path("config.yaml"))
    assert (settings.file, settings.var) == (tmp_path / "config.yaml", tmp_path / "var")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("news@pier.example.org", "news@pier.example.org"),
        ("<news@pier.example.org>", "news@pier.example.org"),
        ("Pier  News <news@pier.example.org>", "Pier News <news@pier.example.org>"),
        ("Pier, Inc. <news@pier.example.org>", '"Pier, Inc." <news@pier.example.org>'),
        ('"Pier, Inc." <news@pier.example.org>', '"Pier, Inc." <news@pier.example.org>'),
        ("Größe <news@pier.example.org>", "Größe <news@pier.example.org>"),
    ],
)
def test_senders(read: Read, text: str, expected: str) -> None:
    """A sender is a mailbox of RFC 5322: a name with special characters stands in quotes."""
    sender = f"lists: {{d: {{title: D, send: immediately, from: '{text}'}}}}\nmail: {{folder: f}}\n"
    assert read(sender).lists[0].sender == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sqlite:///a/../b.db", "sqlite:////srv/pier/b.db"),
        ("sqlite:////var/lib/digest.db", "sqlite:////var/lib/digest.db"),
        ("postgresql://digest@db/digest", "postgresql+psycopg://digest@db/digest"),
        ("postgresql+psycopg:///digest?host=/run/pg", "postgresql+psycopg:///digest?host=/run/pg"),
    ],
)
def test_store(read: Read, text: str, expected: str) -> None:
    """A store becomes the URL that SQLAlchemy takes."""
    assert read(f"store: {text}\n").store == expected
