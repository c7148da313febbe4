"""XML::Feed of Perl."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.readers.conftest import Run
from tests.readers.document import Document
from tests.readers.server import FeedServer
from tests.readers.stage import Stage

SCRIPT = r"""
use strict;
use XML::Feed;
use URI;
use JSON::PP;
$XML::Atom::ForceUnicode = 1;
$XML::Feed::MULTIPLE_ENCLOSURES = 1;
my $feed = XML::Feed->parse(URI->new($ARGV[0])) or die XML::Feed->errstr;
my @entries = map { {
    id => $_->id, title => $_->title, link => $_->link, author => $_->author,
    published => $_->issued->epoch, updated => $_->modified->epoch,
    summary => $_->summary->body // '', content => $_->content->body, type => $_->content->type,
    labels => [$_->category], enclosures => [map { [$_->url, $_->type, $_->length] } $_->enclosure],
} } $feed->entries;
print JSON::PP->new->ascii->encode(\@entries);
"""


@pytest.fixture
def read(need: Callable[[str, str], str], run: Run) -> Callable[[str], list[dict[str, Any]]]:
    """Read an address with XML::Feed."""
    perl = need("perl", "perl")
    try:
        run(perl, "-MXML::Feed", "-e", "1")
    except AssertionError:
        pytest.skip("XML::Feed is not here: apt install libxml-feed-perl")

    def read(url: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = json.loads(run(perl, "-e", SCRIPT, url))
        return entries

    return read


def test_every_entry_is_read_as_it_was_meant(
    read: Callable[[str], list[dict[str, Any]]], feeds: FeedServer, stage: Stage
) -> None:
    """XML::Feed gets id, title, link, author, dates, summary, content, categories and enclosure of every entry."""
    contents = Document(stage.first / "all.atom").contents()
    assert read(feeds.url("all.atom")) == [
        {
            "id": story.id,
            "title": story.title,
            "link": story.link,
            "author": story.author,
            "published": int(story.published.timestamp()),
            "updated": int(story.updated.timestamp()) if story.updated else None,
            "summary": story.summary,
            "content": contents[story.id],
            "type": "text/html",
            "labels": story.labels,
            "enclosures": [[story.picture["url"], story.picture["type"], str(story.picture["length"])]]
            if story.picture
            else [],
        }
        for story in stage.before
    ]


def test_corrections_are_new(read: Callable[[str], list[dict[str, Any]]], feeds: FeedServer, stage: Stage) -> None:
    """XML::Feed finds nothing in an empty feed of corrections, and what comes into it."""
    assert read(feeds.url("corrections.atom")) == []
    feeds.publish(stage.second)
    entries = read(feeds.url("corrections.atom"))
    assert {one["id"]: one["title"] for one in entries} == Document(stage.second / "corrections.atom").titles()
    assert len(entries) == 2
