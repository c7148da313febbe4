"""The commands that README and tutorial tell people to type."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
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
        cwd=checkout, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, timeout=120,
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
