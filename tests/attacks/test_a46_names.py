"""A46: names that would lead out of a folder, in config.yaml and in the folder of a source."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.fields import SLUG
from digest.config.load import parse_config
from digest.errors import ConfigError
from digest.sources.files import find_files

SITE = 'site: {title: Open Harbour, url: "https://newsroom.example.org/"}\n'
HOSTILE = ["..", "../x", "a/b", "%2e%2e", "a\\b", ".git", "-x", "a b", "a.b", "x" * 64, "a\x00b", "COM1:", "é"]

BLOCKS = {
    "topics": "{title: T, any: [sea]}",
    "regions": "{title: T, any: [sea]}",
    "kinds": "{title: T}",
    "lists": "{title: T, send: daily at 07:00, from: a@example.org}\nmail: {folder: out}",
    "sources": "{type: text, path: page.txt}",
}


@pytest.mark.parametrize("section", BLOCKS)
@pytest.mark.parametrize("name", HOSTILE)
def test_an_id_is_no_path(tmp_path: Path, section: str, name: str) -> None:
    """Whatever a file could be named after holds a-z, 0-9 and - alone."""
    quoted = '"' + name.replace("\\", "\\\\").replace("\x00", "\\0") + '"'
    config = f"{SITE}{section}:\n  NAME: {BLOCKS[section]}\n"
    file = tmp_path / "config.yaml"
    assert parse_config(config.replace("NAME", "good-1").encode(), file)
    with pytest.raises(ConfigError) as caught:
        parse_config(config.replace("NAME", quoted).encode(), file)
    assert {problem.line for problem in caught.value.problems} == {3}


@given(st.text(max_size=70))
def test_a_slug_is_a_plain_file_name(name: str) -> None:
    """No text that counts as an id has a separator, a dot, an escape, or a letter that another system folds."""
    if SLUG.fullmatch(name):
        assert Path(name).name == name
        assert name.isascii()
        assert name == name.lower()
        assert not set(name) & set("./\\%:~ \x00")


def test_a_link_does_not_lead_out_of_a_folder(tmp_path: Path) -> None:
    """A link inside the folder counts, one to a file or folder outside of it does not."""
    folder, outside = tmp_path / "desk", tmp_path / "private"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret.md").write_text("secret")
    (folder / "story.md").write_text("story")
    (folder / "again.md").symlink_to(folder / "story.md")
    (folder / "leak.md").symlink_to(outside / "secret.md")
    (folder / "more").symlink_to(outside, target_is_directory=True)
    (folder / "_draft.md").write_text("draft")
    found = find_files(str(folder), folder=True)
    assert [found.name_of(file) for file in found.files] == ["again.md", "story.md"]
