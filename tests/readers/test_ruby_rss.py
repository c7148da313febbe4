"""Ruby's rss: a parser that validates."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.readers.conftest import Run
from tests.readers.document import ATOM, Document
from tests.readers.stage import Stage

SCRIPT = """
require 'rss'
require 'json'
feeds = ARGV.drop(1).map { |file| RSS::Parser.parse(File.read(file), true, ARGV[0] == 'foreign') }
puts JSON.generate(feeds.map { |feed| feed.entries.map { |one| {
  id: one.id.content, title: one.title.content, authors: one.authors.map { |author| author.name.content },
  published: one.published.content.to_i, updated: one.updated.content.to_i,
  links: one.links.map { |link| [link.rel, link.href, link.type, link.length] },
  summary: one.summary ? one.summary.content : '', content: one.content.content, type: one.content.type,
  categories: one.categories.map { |category| [category.scheme, category.term, category.label] }, language: one.lang,
} } })
"""
Read = Callable[..., list[list[dict[str, Any]]]]


@pytest.fixture
def read(need: Callable[[str, str], str], run: Run) -> Read:
    """Read files with Ruby's validating parser: with `foreign` markup, which it skips, or where there is none."""
    ruby = need("ruby", "ruby")
    try:
        run(ruby, "-e", "require 'rss'")
    except AssertionError:
        pytest.skip("this ruby has no rss: apt install ruby, or gem install rss")

    def read(files: Sequence[Path], foreign: str = "foreign") -> list[list[dict[str, Any]]]:
        entries: list[list[dict[str, Any]]] = json.loads(run(ruby, "-e", SCRIPT, foreign, *files))
        return entries

    return read


def without_foreign(file: Path) -> bytes:
    """Return an Atom document without the markup of other namespaces (RFC 4287 §6.3), which nobody need know."""
    root = etree.parse(file).getroot()
    for element in list(root.iter("*")):
        parent = element.getparent()
        if parent is not None and not str(element.tag).startswith(ATOM):
            parent.remove(element)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def test_every_entry_is_read_as_it_was_meant(read: Read, stage: Stage) -> None:
    """Ruby gets all of every entry, with every link, and every category with its scheme."""
    contents = Document(stage.first / "all.atom").contents()
    schemes = "https://newsroom.example.org/feeds/schemes/"
    (entries,) = read([stage.first / "all.atom"])
    for story, entry in zip(stage.before, entries, strict=True):
        picture = story.picture
        enclosures = [["enclosure", picture["url"], picture["type"], str(picture["length"])]] if picture else []
        assert story.updated
        assert entry == {
            "id": story.id,
            "title": story.title,
            "authors": [story.author],
            "published": int(story.published.timestamp()),
            "updated": int(story.updated.timestamp()),
            "links": [["alternate", story.link, "text/html", None], *enclosures],
            "summary": story.summary,
            "content": contents[story.id],
            "type": "html",
            "categories": [[schemes + scheme, term, label] for scheme, term, label in story.categories],
            "language": story.language,
        }


def test_every_document_is_valid(read: Read, stage: Stage, tmp_path: Path) -> None:
    """Ruby finds every published Atom document valid, as it is, and to the last element without foreign markup."""
    files = sorted(stage.second.rglob("*.atom"))
    assert len(files) > 5
    bare = [tmp_path / f"{number}.atom" for number in range(len(files))]
    for file, copy in zip(files, bare, strict=True):
        copy.write_bytes(without_foreign(file))
    ids = [Document(file).ids() for file in files]
    assert [[one["id"] for one in entries] for entries in read(files)] == ids
    assert [[one["id"] for one in entries] for entries in read(bare, "none")] == ids
