"""feedsmith and rss-parser, of which readers are made that run on node."""

import json
from typing import Any

from tests.readers.conftest import Run
from tests.readers.document import Document
from tests.readers.stage import Stage

FEEDSMITH = """
const text = require('fs').readFileSync(0, 'utf8');
console.log(JSON.stringify(require('feedsmith')[process.argv[1]](text)));
"""
RSS_PARSER = """
const text = require('fs').readFileSync(0, 'utf8');
const Parser = require('rss-parser');
new Parser().parseString(text).then(feed => console.log(JSON.stringify(feed)));
"""
FEEDS = "https://newsroom.example.org/feeds/"


def test_feedsmith_reads_atom_as_it_was_meant(node: Run, stage: Stage) -> None:
    """feedsmith gets all of every entry, with every link, category and picture."""
    contents = Document(stage.first / "all.atom").contents()
    found = json.loads(node(FEEDSMITH, "parseAtomFeed", given=(stage.first / "all.atom").read_bytes()))
    assert [as_seen(entry) for entry in found["entries"]] == [
        {
            "id": story.id,
            "title": story.title,
            "link": story.link,
            "authors": [story.author],
            "published": f"{story.published:%Y-%m-%dT%H:%M:%S}",
            "updated": f"{story.updated:%Y-%m-%dT%H:%M:%S}",
            "summary": story.summary,
            "content": contents[story.id],
            "categories": [[FEEDS + "schemes/" + scheme, term, label] for scheme, term, label in story.categories],
            "enclosures": [[story.picture[part] for part in ("url", "type", "length")]] if story.picture else [],
            "credits": [story.picture["credit"]] if story.picture else [],
        }
        for story in stage.before
    ]


def as_seen(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of feedsmith in our words."""
    links = entry["links"]
    media = entry.get("media", {}).get("contents", [])
    return {
        "id": entry["id"],
        "title": entry["title"]["value"],
        "link": next(one["href"] for one in links if one["rel"] == "alternate"),
        "authors": [one["name"] for one in entry["authors"]],
        "published": entry["published"][:19],
        "updated": entry["updated"][:19],
        "summary": entry.get("summary", {}).get("value", ""),
        "content": entry["content"]["value"],
        "categories": [[one["scheme"], one["term"], one["label"]] for one in entry.get("categories", [])],
        "enclosures": [[one["href"], one["type"], one["length"]] for one in links if one["rel"] == "enclosure"],
        "credits": [one["value"] for part in media for one in part.get("credits", [])],
    }


def test_feedsmith_reads_json_as_it_was_meant(node: Run, stage: Stage) -> None:
    """feedsmith gets the same of the JSON Feed: ids, titles, links, dates, authors, contents, tags, attachments."""
    contents = Document(stage.first / "all.atom").contents()
    found = json.loads(node(FEEDSMITH, "parseJsonFeed", given=(stage.first / "all.json").read_bytes()))
    assert found["feed_url"] == FEEDS + "all.json"
    assert [
        (
            one["id"],
            one["title"],
            one["url"],
            one["content_html"],
            one["authors"][0]["name"],
            one["date_published"][:19],
        )
        for one in found["items"]
    ] == [
        (story.id, story.title, story.link, contents[story.id], story.author, story.published.isoformat()[:19])
        for story in stage.before
    ]
    for story, item in zip(stage.before, found["items"], strict=True):
        assert item.get("summary", "") == story.summary
        assert set(item.get("tags", [])) == set(story.labels)
        assert item.get("language", "en") == story.language
        attached = [(one["url"], one["mime_type"], one["size_in_bytes"]) for one in item.get("attachments", [])]
        picture = story.picture
        assert attached == ([(picture["url"], picture["type"], picture["length"])] if picture else [])


def test_feedsmith_reads_the_list_of_feeds(node: Run, stage: Stage) -> None:
    """feedsmith finds every Atom feed in feeds.opml."""
    found = json.loads(node(FEEDSMITH, "parseOpml", given=(stage.first / "feeds.opml").read_bytes()))

    def addresses(outlines: list[dict[str, Any]]) -> list[str]:
        deeper = [address for one in outlines for address in addresses(one.get("outlines", []))]
        return [one["xmlUrl"] for one in outlines if "xmlUrl" in one] + deeper

    assert sorted(addresses(found["body"]["outlines"])) == sorted(
        FEEDS + file.name for file in stage.first.glob("*.atom")
    )


def test_rss_parser_reads_every_entry_as_it_was_meant(node: Run, stage: Stage) -> None:
    """rss-parser gets id, title, link, date, author, summary and content of every entry, and the enclosure."""
    contents = Document(stage.first / "all.atom").contents()
    found = json.loads(node(RSS_PARSER, given=(stage.first / "all.atom").read_bytes()))
    assert [
        {name: one.get(name, "") for name in ("id", "title", "link", "author", "summary", "content")}
        | {"at": one["isoDate"]}
        for one in found["items"]
    ] == [
        {
            "id": story.id,
            "title": story.title,
            "link": story.link,
            "author": story.author,
            "summary": story.summary,
            "content": contents[story.id],
            "at": f"{story.published:%Y-%m-%dT%H:%M:%S.000Z}",
        }
        for story in stage.before
    ]


def test_an_empty_feed_is_read(node: Run, stage: Stage) -> None:
    """Neither stumbles over a feed of corrections that is still empty."""
    data = (stage.first / "corrections.atom").read_bytes()
    assert json.loads(node(FEEDSMITH, "parseAtomFeed", given=data)).get("entries", []) == []
    assert json.loads(node(RSS_PARSER, given=data))["items"] == []
