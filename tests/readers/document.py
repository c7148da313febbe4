"""What a published Atom document says, read by an XML parser alone: the measure for what readers make of it."""

from dataclasses import dataclass
from pathlib import Path

from lxml import etree, html

ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True)
class Document:
    """An Atom document on disk."""

    file: Path

    def ids(self) -> list[str]:
        """Return the ids of its entries, in order."""
        return [self._text(entry, "id") for entry in self._entries()]

    def contents(self) -> dict[str, str]:
        """Return the HTML of each entry by its id."""
        return {self._text(entry, "id"): self._text(entry, "content") for entry in self._entries()}

    def titles(self) -> dict[str, str]:
        """Return the title of each entry by its id."""
        return {self._text(entry, "id"): self._text(entry, "title") for entry in self._entries()}

    def _entries(self) -> list[etree._Element]:
        return etree.parse(self.file).getroot().findall(f"{ATOM}entry")

    @staticmethod
    def _text(entry: etree._Element, name: str) -> str:
        return entry.findtext(f"{ATOM}{name}") or ""


def words_of(markup: str) -> str:
    """Return HTML as the words that people read, with white space evened out."""
    return " ".join("".join(map(str, html.fromstring(f"<div>{markup}</div>").itertext())).split())
