"""Files of a source: one path, a pattern, or a folder."""

import glob
from dataclasses import dataclass
from pathlib import Path

MOST_FILES = 200
"""Files of one pattern that are read at most: with 10 MB each they still fit a small machine one by one."""

MOST_DOCUMENTS = 5_000
"""Documents of one folder that are read at most: an editor's own, a few kB each."""

DOCUMENTS = (".md", ".markdown", ".json", ".html", ".htm")
"""Endings of the files of a folder that are items."""


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of a source, sorted by name, and the folder where the path is one."""

    files: tuple[Path, ...]
    folder: Path | None = None

    @property
    def most(self) -> int:
        """How many of them are read."""
        return MOST_DOCUMENTS if self.folder else MOST_FILES

    def name_of(self, file: Path) -> str:
        """Return the name by which a file is known: its path inside the folder, else its own name."""
        return str(file.relative_to(self.folder)) if self.folder else file.name


def find_files(path: str, *, folder: bool) -> FoundFiles:
    """Return the file of a path, or those of a pattern; with `folder`, also a folder's documents at any depth.

    In a folder, names that begin with `.`, `_` or `~` are no documents: drafts, locks, templates. Nor are links that
    lead out of it: whoever may write there could publish any file of this machine.
    """
    plain = Path(path)
    if folder and plain.is_dir():
        home = plain.resolve()
        found = (file for file in plain.rglob("*") if _is_document(file.relative_to(plain), file))
        documents = (file for file in found if file.resolve().is_relative_to(home))
        return FoundFiles(tuple(sorted(documents)), plain)
    if plain.exists() or not glob.has_magic(path):
        return FoundFiles((plain,))
    root = Path(plain.anchor)
    return FoundFiles(tuple(sorted(file for file in root.glob(str(plain.relative_to(plain.anchor))) if file.is_file())))


def _is_document(name: Path, file: Path) -> bool:
    hidden = any(part.startswith((".", "_", "~")) for part in name.parts)
    return not hidden and file.suffix.lower() in DOCUMENTS and file.is_file()
