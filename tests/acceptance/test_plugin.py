"""Sources of one's own: the example of the how-to, installed and run, and plug-ins that misbehave."""

import json
import os
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/how-to/write-a-source.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))

Digest = Callable[..., Any]
Install = Callable[[str, str, str], None]

BESIDE = """\
site: {{title: Open Harbour, url: "https://newsroom.example.org/"}}
sources:
  statements: {{type: statements, path: statements.csv}}
  other: {{type: {type}, path: statements.csv}}
"""


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """The folder that plug-ins are installed in."""
    folder = tmp_path / "packages"
    folder.mkdir()
    return folder


@pytest.fixture
def install(packages: Path) -> Install:
    """Do what pip does with a package of one module: its code, and a description that names its entry points."""

    def install(module: str, code: str, project: str) -> None:
        (packages / f"{module}.py").write_text(code, encoding="utf-8")
        about = tomllib.loads(project)["project"]
        described = packages / f"{module}-{about['version']}.dist-info"
        described.mkdir()
        head = f"Metadata-Version: 2.4\nName: {about['name']}\nVersion: {about['version']}\n"
        (described / "METADATA").write_text(head)
        lines = [f"{name} = {value}\n" for name, value in about["entry-points"]["digest.sources"].items()]
        (described / "entry_points.txt").write_text("[digest.sources]\n" + "".join(lines))

    return install


@pytest.fixture
def digest(digest_command: Digest, packages: Path) -> Digest:
    """Run digest with the packages installed, in the folder of the test."""
    path = os.pathsep.join([str(ROOT), str(packages)])
    known = {name: value for name, value in os.environ.items() if not name.startswith(("COLUMNS", "DIGEST", "PYTHON"))}
    return lambda *arguments: digest_command(*arguments, env=known | {"PYTHONPATH": path})


@pytest.fixture
def statements(install: Install, tmp_path: Path) -> None:
    """The how-to's plug-in is installed, and its table and configuration lie there."""
    install("digest_statements", BLOCKS["python"], BLOCKS["toml"])
    (tmp_path / "statements.csv").write_text(BLOCKS["csv"], encoding="utf-8")
    (tmp_path / "config.yaml").write_text(BLOCKS["yaml"], encoding="utf-8")


@pytest.mark.usefixtures("statements")
def test_the_example_of_the_how_to_works(digest: Digest) -> None:
    """Installed as the how-to says, the plug-in's items are read, and what it left out is told by name."""
    assert digest("check").returncode == 0
    fetched = digest("fetch")
    assert (fetched.returncode, fetched.stdout.splitlines()[0]) == (
        0,
        "statements: 2 new, 0 changed, 0 as before, 1 left out",
    )
    assert "left out: A statement in haste: its date is yesterday, not like 2026-03-09" in fetched.stderr
    items = json.loads(digest("items", "--json").stdout)
    assert [(one["title"], one["kind"], one["published"], one["link"]) for one in items] == [
        ("A statement on the harbour", "statement", "2026-03-09", "https://newsroom.example.org/s/2"),
        ("A statement on the fields", "statement", "2026-03-05", "https://newsroom.example.org/s/1"),
    ]
    assert [line.split() for line in BLOCKS["sh"].splitlines()] == [
        ["digest", one] for one in ("check", "fetch", "items")
    ]


def test_without_the_package_the_type_is_unknown(digest: Digest, tmp_path: Path) -> None:
    """The same configuration without the plug-in is an error in its line that says how one gets here."""
    (tmp_path / "config.yaml").write_text(BLOCKS["yaml"], encoding="utf-8")
    checked = digest("check")
    assert checked.returncode == 78
    assert "config.yaml:4:11: error: `sources.statements.type`: no source type is called `statements`" in checked.stderr
    assert "a type of your own comes with a plug-in: `pip install` it where digest is installed" in checked.stderr


def test_the_example_is_short() -> None:
    """The how-to promises about twenty lines for the function, and the whole example stays near thirty."""
    lines = [line for line in BLOCKS["python"].splitlines() if line.strip()]
    assert len(lines) <= 30
    assert sys.modules.get("digest_statements") is None


ITEM = """\
from digest.model.item import Parsed, ParsedItem


def read(page):
    return Parsed((ParsedItem({}),))
"""

GAVE = "the plug-in broken:read gave back what it must not"
BROKEN = {
    "is-not-there": ("", "the plug-in broken:read cannot be loaded: AttributeError"),
    "raises-on-import": ("raise OSError('no luck')", "the plug-in broken:read cannot be loaded: OSError: no luck"),
    "is-no-python": ("def read(page:", "the plug-in broken:read cannot be loaded: SyntaxError"),
    "raises": ("def read(page):\n    raise KeyError('x')", "the plug-in broken:read failed: KeyError"),
    "leaves": ("import os\ndef read(page):\n    os._exit(3)", "the adapter's program ended while reading it (exit"),
    "gives-nothing": ("def read(page):\n    return None", GAVE),
    "gives-a-number-for-a-title": (ITEM.format("title=5"), GAVE),
    "gives-text-for-a-date": (ITEM.format("title='A', published='x'"), GAVE),
    "gives-a-number-for-a-link": (ITEM.format("title='A', link=5"), GAVE),
    "refuses": (
        "from digest.errors import SourceError\ndef read(page):\n    raise SourceError('an empty table')",
        "an empty table",
    ),
}  # fmt: skip


@pytest.mark.usefixtures("statements")
@pytest.mark.parametrize(("code", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plug_in_stops_only_its_own_source(
    digest: Digest, install: Install, tmp_path: Path, code: str, told: str
) -> None:
    """Whatever a plug-in does, its source says so in a sentence, and the other source is read."""
    install("broken", code, BLOCKS["toml"].replace("digest_statements:", "broken:").replace("statements", "broken"))
    (tmp_path / "config.yaml").write_text(BESIDE.format(type="broken"), encoding="utf-8")
    fetched = digest("fetch")
    assert fetched.returncode == 1
    assert f"other: statements.csv: {told}" in fetched.stderr
    assert "statements: 3 new" in fetched.stdout
    assert "other" not in fetched.stdout
    assert len(json.loads(digest("items", "--json").stdout)) == 3


TALK = """\
from digest.model.item import Parsed, ParsedItem

print("loaded")


def read(page):
    print("x" * 200_000, flush=True)
    page.data.decode()
    input_left = open(0).read()
    return Parsed((ParsedItem(title="Heard " + repr(input_left)),))
"""


@pytest.mark.usefixtures("statements")
def test_what_a_plug_in_prints_is_not_taken_for_an_answer(digest: Digest, install: Install, tmp_path: Path) -> None:
    """A plug-in that prints and reads its input disturbs nobody: its items come, and its words are not shown."""
    install("talk", TALK, BLOCKS["toml"].replace("digest_statements:", "talk:").replace("statements", "talk"))
    (tmp_path / "config.yaml").write_text(BESIDE.format(type="talk"), encoding="utf-8")
    fetched = digest("fetch")
    assert fetched.returncode == 0, fetched.stderr
    assert "xxx" not in fetched.stdout + fetched.stderr
    assert "Heard ''" in [one["title"] for one in json.loads(digest("items", "--json").stdout)]
