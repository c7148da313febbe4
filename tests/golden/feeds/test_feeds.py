"""Golden feeds, the schema of RFC 4287, and what real readers make of the feeds."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from digest.feeds.check import check_feed
from digest.model.item import Item

HERE = Path(__file__).parent
SCHEMA = Path(__file__).parents[3] / "../shared/schemas/atom.rng"
NAMES = ["all", "health", "region-canada"]
Feeds = dict[str, bytes]


@pytest.mark.parametrize("name", NAMES)
def test_bytes_are_those_that_were_looked_at(
    feeds: Feeds, check_golden: Callable[[Path, bytes], None], name: str
) -> None:
    """A feed changes only with somebody's eyes on the difference."""
    check_golden(HERE / f"{name}.atom", feeds[name])


@pytest.mark.parametrize("name", NAMES)
def test_feeds_keep_the_schema(feeds: Feeds, name: str) -> None:
    """Every feed is valid by the RELAX NG grammar of RFC 4287, appendix B, and passes our own check."""
    if not SCHEMA.is_file():
        pytest.skip(f"there is no {SCHEMA.name} beside the project")
    schema = etree.RelaxNG(etree.parse(SCHEMA))
    assert schema.validate(etree.fromstring(feeds[name])), schema.error_log
    assert check_feed(feeds[name]) == ()


def test_feedparser_reads_what_was_meant(feeds: Feeds, items: list[Item]) -> None:
    """feedparser finds no fault and gives each entry's words back."""
    read = feedparser.parse(feeds["all"])
    assert not read.bozo
    assert [entry.id for entry in read.entries] == [item.entry_id for item in items]
    assert [entry.link for entry in read.entries] == [item.link for item in items]
    assert [entry.title for entry in read.entries[:4]] == [item.title for item in items[:4]]
    assert [entry.summary for entry in read.entries[:4]] == [item.summary for item in items[:4]]
    assert read.entries[3].title_detail.language == "ar"
    assert read.entries[4].title == "Withdrawn: Ferry company named in report"
    assert "It named the wrong company." in read.entries[4].content[0].value
    assert b"This text is gone." not in feeds["all"]


def run(command: list[str], data: bytes = b"", home: Path | None = None) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **({"HOME": str(home)} if home else {})}
    result = subprocess.run(command, input=data, capture_output=True, check=False, timeout=60, env=environment)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def test_sfeed_reads_every_entry(feeds: Feeds, items: list[Item]) -> None:
    """sfeed gives one line an entry: time, title, link, content, id, author, categories."""
    lines = [line.split("\t") for line in run(["sfeed"], feeds["all"]).splitlines()]
    assert [line[0] for line in lines] == [str(int(item.published_at.timestamp())) for item in items]
    assert [line[1] for line in lines[:4]] == [item.title for item in items[:4]]
    assert [line[2] for line in lines] == [item.link for item in items]
    assert {line[4] for line in lines} == {"html"}
    assert [line[5] for line in lines] == [item.entry_id for item in items]
    assert [line[6] for line in lines[:2]] == ["Open Harbour", "Lin"]
    assert lines[1][8] == "refugees|health|report|canada"


def test_newsboat_reads_every_entry(feeds: Feeds, items: list[Item], tmp_path: Path) -> None:
    """newsboat reloads the feed from a file and keeps each entry under its id, with author and content."""
    (tmp_path / "all.atom").write_bytes(feeds["all"])
    (tmp_path / "urls").write_text(f"file://{tmp_path}/all.atom\n")
    (tmp_path / "config").write_text("")
    cache = tmp_path / "cache.db"
    files = ["-u", f"{tmp_path}/urls", "-C", f"{tmp_path}/config", "-c", str(cache)]
    run(["newsboat", *files, "-x", "reload"], home=tmp_path)
    with sqlite3.connect(cache) as store:
        rows = store.execute("SELECT guid, title, author, content FROM rss_item ORDER BY pubDate DESC").fetchall()
    store.close()
    assert {row[0] for row in rows} == {item.entry_id for item in items}
    assert "Lin" in {row[2] for row in rows}
    assert any("The old quay" in row[3] for row in rows)


def test_rubys_strict_parser_takes_it(feeds: Feeds, items: list[Item], tmp_path: Path) -> None:
    """Ruby's validating parser, the strictest there is, reads every entry."""
    (tmp_path / "all.atom").write_bytes(feeds["all"])
    script = 'require "rss"; puts RSS::Parser.parse(File.read(ARGV[0]), true).entries.map { |e| e.id.content }'
    ids = run(["ruby", "-e", script, str(tmp_path / "all.atom")]).split()
    assert ids == [item.entry_id for item in items]


def test_xmllint_takes_it(feeds: Feeds) -> None:
    """libxml2's own command finds the feed well-formed."""
    assert run(["xmllint", "--nonet", "--noout", "-"], feeds["all"]) == ""
