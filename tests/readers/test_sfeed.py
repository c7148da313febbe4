"""sfeed: reads Atom on its standard input, prints a line for each entry."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.readers.conftest import Run
from tests.readers.document import Document
from tests.readers.stage import Stage

Need = Callable[[str, str], str]
FIELDS = ("time", "title", "link", "content", "type", "id", "author", "enclosure", "category")
UNESCAPED = {"\\n": "\n", "\\t": "\t", "\\\\": "\\"}


def parse_lines(text: str) -> list[dict[str, str]]:
    """Return the fields of each line by name (sfeed(5))."""
    return [dict(zip(FIELDS, line.split("\t"), strict=True)) for line in text.splitlines()]


@pytest.fixture
def read(need: Need, run: Run) -> Callable[[Path], list[dict[str, str]]]:
    """Read a file with sfeed."""
    program = need("sfeed", "sfeed")
    return lambda file: parse_lines(run(program, "https://newsroom.example.org/", given=file.read_bytes()))


def test_every_entry_is_read_as_it_was_meant(read: Callable[[Path], list[dict[str, str]]], stage: Stage) -> None:
    """sfeed gets time, title, link, content, id, author, enclosure and categories of every entry."""
    contents = Document(stage.first / "all.atom").contents()
    assert read(stage.first / "all.atom") == [
        {
            "time": str(int(story.published.timestamp())),
            "title": story.title,
            "link": story.link,
            "content": contents[story.id].replace("\n", "\\n"),
            "type": "html",
            "id": story.id,
            "author": story.author,
            "enclosure": story.picture["url"] if story.picture else "",
            "category": "|".join(story.terms),
        }
        for story in stage.before
    ]


def test_corrections_are_new_lines(need: Need, run: Run, stage: Stage, tmp_path: Path) -> None:
    """What sfeed_update keeps grows by a line for what is new in any feed, and by none for a correction in its own."""
    need("sfeed_update", "sfeed")
    (tmp_path / "sfeedrc").write_text(
        'sfeedpath="$HOME/kept"\nsite=https://newsroom.example.org/\nfetch() { cat "$HOME/now/$2"; }\n'
        "feeds() { feed all all.atom $site; feed corrections corrections.atom $site; }\n"
    )
    kept = []
    for published in (stage.first, stage.second):
        (tmp_path / "now").unlink(missing_ok=True)
        (tmp_path / "now").symlink_to(published)
        run("sfeed_update", tmp_path / "sfeedrc")
        kept.append({name: parse_lines((tmp_path / "kept" / name).read_text()) for name in ("all", "corrections")})
    first, second = kept
    fresh, mistaken = stage.story("fresh", after=True), stage.story("mistaken", after=True)
    new = [line for line in second["all"] if line not in first["all"]]
    assert sorted(line["title"] for line in new) == sorted([fresh.title, mistaken.title])
    assert first["corrections"] == []
    assert {line["id"] for line in second["corrections"]} == set(Document(stage.second / "corrections.atom").ids())
    assert len(second["corrections"]) == 2
