"""The W3C's feed validator at its strictest level; it is in no registry, so a checkout has to be named."""

import json
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.readers.conftest import Run
from tests.readers.stage import Stage

NAME = "DIGEST_FEEDVALIDATOR"
HOW = (
    f"the W3C feed validator is not here: git clone https://github.com/w3c/feedvalidator FOLDER, "
    f"python3 -m venv FOLDER/venv, FOLDER/venv/bin/pip install -r FOLDER/requirements.txt, then set {NAME}=FOLDER"
)
SCRIPT = """
import json, pathlib, sys
sys.path.insert(0, sys.argv[1] + "/src")
import feedvalidator
from feedvalidator import compatibility
said = {}
for name in sys.argv[3:]:
    file = pathlib.Path(sys.argv[2], name)
    with file.open("rb") as stream:
        address = "https://newsroom.example.org/feeds/" + name
        events = feedvalidator.validateStream(stream, 0, "application/atom+xml; charset=utf-8", address)["loggedEvents"]
    said[name] = [[type(one).__name__, {k: str(v) for k, v in one.params.items()}] for one in compatibility.AAA(events)]
print(json.dumps(said))
"""


@pytest.fixture
def validator() -> tuple[Path, Path]:
    """The checkout that the environment names, and the Python that has its libraries."""
    if not os.environ.get(NAME):
        pytest.skip(HOW)
    folder = Path(os.environ[NAME]).resolve()
    own = folder / "venv/bin/python"
    return folder, own if own.exists() else Path(sys.executable)


@pytest.mark.parametrize("when", ["first", "second"])
def test_every_document_is_valid(validator: tuple[Path, Path], run: Run, stage: Stage, when: str) -> None:
    """The validator has nothing to say, but that it does not know tombstones, and misses what nobody can give.

    That is a link from an archive to another one where it is the only one (RFC 5005 §4: nothing comes before it).
    """
    folder, python = validator
    feeds = stage.first if when == "first" else stage.second
    names = sorted(str(file.relative_to(feeds)) for file in feeds.rglob("*.atom"))
    said = json.loads(run(python, "-W", "ignore", "-c", SCRIPT, folder, feeds, *names))
    assert set(said) == set(names)
    assert len(names) > 5
    archives = Counter(name.rpartition("/")[2].partition("-2")[0] for name in names if name.startswith("archive/"))
    lonely = {name for name in names if archives[name.rpartition("/")[2].partition("-2")[0]] == 1}
    left = {
        name: [(kind, what) for kind, what in events if not is_expected(kind, what, name in lonely)]
        for name, events in said.items()
    }
    assert left == {name: [] for name in names}


def is_expected(kind: str, what: dict[str, str], is_lonely: bool) -> bool:
    """Tell whether the validator may say this."""
    return (is_lonely and kind == "ArchiveIncomplete") or (
        kind == "UnknownNamespace" and what["namespace"] == "http://purl.org/atompub/tombstones/1.0"
    )
