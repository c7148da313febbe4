"""The commands and configurations that README, tutorial and how-tos tell people to type."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import Command
from tests.patience import HANG_S

ROOT = Path(__file__).parents[2]
HOW_TOS = sorted((ROOT / "docs/how-to").glob("*.md"))
HEAD = "site: {title: T, url: https://t.example.org/}\n"
KINDS = "kinds: {press-release: {title: Press releases}, report: {title: Reports}}\n"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a `run` that starts this digest, as the checkout's does after its set-up."""
    run = tmp_path / "run"
    run.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m digest "$@"\n')
    run.chmod(0o755)
    return tmp_path


def test_every_command_of_the_tutorial_works(checkout: Path) -> None:
    """The tutorial's commands, typed one after the other, all succeed, and the edition is there at the end."""
    script = ["set -eu"]
    for language, text in BLOCK.findall((ROOT / "docs/tutorial.md").read_text(encoding="utf-8")):
        if language == "csv":
            script.append(f"cat > people.csv <<'EOF'\n{text}EOF")
        elif language == "sh":
            script.append(text)
    done = subprocess.run(
        ["/bin/sh", "-c", "\n".join(script)],
        cwd=checkout, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, timeout=HANG_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(script) > 8
    assert list((checkout / "my-newsroom/feeds").glob("*.atom"))


def test_the_links_of_the_documentation_lead_somewhere() -> None:
    """Every relative link in README and docs names a file that is there."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    ]
    assert len(links) > 15
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_the_configuration_in_the_readme_is_good(tmp_path: Path) -> None:
    """The lines of config.yaml on the README's first screen are a whole configuration that loads."""
    from digest.config.load import load_config

    blocks = dict(reversed(BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))))
    file = tmp_path / "config.yaml"
    file.write_text(blocks["yaml"], encoding="utf-8")
    assert [one.id for one in load_config(file).lists] == ["daily"]


def _blocks(page: Path, language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


@pytest.mark.parametrize("page", HOW_TOS, ids=lambda page: page.stem)
def test_the_commands_of_the_how_tos_exist(page: Path, digest_command: Command) -> None:
    """Each command of a how-to is one that digest has, with the options that it is given."""
    lines = {line for text in _blocks(page, "sh") for line in text.splitlines()}
    assert lines
    for line in sorted(lines):
        words = shlex.split(line)
        assert words[0] == "digest"
        # --help is answered when the words before it were understood, and before any of them is obeyed.
        done = digest_command(*words[1:], "--help")
        assert (done.returncode, done.stderr) == (0, ""), line
        assert f"Usage: digest {words[1]}" in done.stdout, line


@pytest.mark.parametrize("page", HOW_TOS, ids=lambda page: page.stem)
def test_the_configurations_of_the_how_tos_are_good(page: Path) -> None:
    """Each piece of config.yaml in a how-to is right; of a plug-in's only its type is unknown where it is missing."""
    from digest.config.load import parse_config
    from digest.errors import ConfigError

    for text in _blocks(page, "yaml"):
        whole = ("" if "site:" in text else HEAD) + ("" if "\nkinds:" in text else KINDS) + text
        try:
            parse_config(whole.encode(), Path("/x/config.yaml"))
        except ConfigError as error:
            unknown = [one for one in error.problems if "no source type is called `statements`" in one.message]
            if error.problems != tuple(unknown):
                raise


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    """docs/index.md leads to every page beside and below it."""
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")]
    assert [page for page in sorted(pages) if page != "index.md" and f"]({page})" not in index] == []
