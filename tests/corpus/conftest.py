"""Where the corpus is, and how one of its files is read."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
HEADER = re.compile(rb"Header:\s*Content-type:\s*(.+)", re.I)


@dataclass(frozen=True)
class Case:
    """One document of the corpus, its name, and the header that it is served with, as it says itself."""

    name: str
    data: bytes

    @property
    def content_type(self) -> str | None:
        """The header as a server would send it."""
        said = HEADER.search(self.data)
        return said[1].decode().strip() if said else None


class Corpus:
    """The documents of feedparser's own tests."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def list_cases(self, folder: str) -> list[Case]:
        """Return the documents of a folder, sorted by name."""
        files = sorted(file for file in (self.root / folder).rglob("*") if file.is_file())
        return [Case(str(file.relative_to(self.root)), file.read_bytes()) for file in files]


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The corpus; without it the test is skipped."""
    found = sorted(PROJECT.glob(".cache/corpus/feedparser-*/tests"))
    if not found:
        pytest.skip("the corpus is not here: CI=1 ./run test fetches it")
    return Corpus(found[-1])
