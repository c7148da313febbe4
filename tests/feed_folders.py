"""A folder of feeds as readers see it: every file parsed, entries of each format side by side, archives walked.

Nothing in here builds a feed: it reads with lxml and json alone, and asks our own check what it thinks.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from digest.feeds.check import check_feed

ATOM = "{http://www.w3.org/2005/Atom}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
PNG = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"
_TEMP = re.compile(r"\..*\.tmp")

Ids = dict[str, list[tuple[str, datetime]]]
"""Id and `updated` of every entry, by feed."""


@dataclass(frozen=True)
class Shown:
    """An entry of an Atom feed, its texts as readers get them."""

    id: str
    title: str
    link: str
    updated: datetime
    published: datetime
    summary: str
    html: str
    related: tuple[str, ...]
    element: Any


@dataclass(frozen=True)
class FeedFolder:
    """The folder of feeds at one moment."""

    folder: Path

    def files(self) -> dict[str, bytes]:
        """Return every file that readers may ask for, by its path in the folder."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file() and not _TEMP.fullmatch(path.name))
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def touched(self) -> dict[str, tuple[int, int]]:
        """Return inode and time of change of every file: who is not written keeps both."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file() and not _TEMP.fullmatch(path.name))
        stats = {str(path.relative_to(self.folder)): path.stat() for path in found}
        return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in stats.items()}

    def names(self) -> list[str]:
        """Return the names of the feeds."""
        return sorted(path.stem for path in self.folder.glob("*.atom"))

    def root(self, path: str) -> Any:
        """Return the root of an Atom document, by its path."""
        return etree.fromstring((self.folder / path).read_bytes())

    def entries(self, name: str) -> list[Shown]:
        """Return the entries of a feed, in its order."""
        return shown_in(self.root(f"{name}.atom"))

    def entry(self, name: str, title: str) -> Shown:
        """Return the one entry whose title begins so."""
        (found,) = [one for one in self.entries(name) if one.title.startswith(title)]
        return found

    def deleted(self, name: str) -> list[str]:
        """Return the ids of the tombstones of a feed (RFC 6721)."""
        return [str(one.get("ref")) for one in self.root(f"{name}.atom").iter(DELETED)]

    def json(self, name: str) -> dict[str, Any]:
        """Return a JSON Feed."""
        found: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        return found

    def page(self, name: str) -> Any:
        """Return the root of a page."""
        return html.document_fromstring((self.folder / f"{name}.html").read_bytes())

    def words(self, name: str) -> str:
        """Return the words of a page, on one line."""
        return " ".join(self.page(name).text_content().split())

    def walk(self, name: str) -> Iterator[Any]:
        """Yield a feed and then its archives, each by the `prev-archive` link of the one before (RFC 5005 §4)."""
        seen, path = set(), f"{name}.atom"
        while path:
            assert path not in seen, f"the archives of {name} lead in a circle at {path}"
            seen.add(path)
            root = self.root(path)
            yield root
            links = [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "prev-archive"]
            assert len(links) <= 1, f"{path} has {len(links)} archives before it"
            path = "archive/" + urlsplit(links[0]).path.rpartition("/")[2] if links else ""

    def problems(self) -> list[str]:
        """Return what is wrong with any file: not whole, not what its name says, against our check, or unknown."""
        return [f"{name}: {problem}" for name, data in self.files().items() for problem in _problems(name, data)]

    def formats_differ(self) -> list[str]:
        """Return the feeds whose JSON or page does not show the entries of their Atom, in the same order."""
        return [name for name in self.names() if not self._is_one(name)]

    def _is_one(self, name: str) -> bool:
        atom = [one.title for one in self.entries(name)]
        items = [item["title"] for item in self.json(name)["items"]]
        words = self.words(name)
        return atom == items and all(" ".join(title.split()) in words for title in atom)

    def ids(self) -> Ids:
        """Return id and `updated` of every entry, by feed."""
        return {name: [(one.id, one.updated) for one in self.entries(name)] for name in self.names()}


def shown_in(root: Any) -> list[Shown]:
    """Return the entries of an Atom document."""
    return [_shown(element) for element in root.findall(f"{ATOM}entry")]


def broken_rules(before: Ids, after: Ids) -> list[str]:
    """Return what I7 forbids between two looks at a folder: an id twice, or `updated` gone back."""
    wrong = [f"{name}: an id stands twice" for name, rows in after.items() if len(dict(rows)) != len(rows)]
    for name, rows in after.items():
        then = dict(before.get(name, []))
        wrong += [f"{name}: {one} went back from {then[one]} to {at}" for one, at in rows if then.get(one, at) > at]
    return wrong


def _shown(element: Any) -> Shown:
    links: dict[str, list[str]] = {}
    for link in element.findall(f"{ATOM}link"):
        links.setdefault(link.get("rel", "alternate"), []).append(link.get("href"))
    text = {part: element.findtext(f"{ATOM}{part}") or "" for part in ("id", "title", "summary", "content")}
    at = {part: datetime.fromisoformat(element.findtext(f"{ATOM}{part}")) for part in ("updated", "published")}
    return Shown(
        text["id"],
        text["title"],
        links["alternate"][0],
        at["updated"],
        at["published"],
        text["summary"],
        text["content"],
        tuple(links.get("related", ())),
        element,
    )


def _problems(name: str, data: bytes) -> list[str]:
    ending = name.rpartition(".")[2]
    try:
        if ending == "atom":
            return [str(problem) for problem in check_feed(data, None)]
        if ending == "json":
            return [] if json.loads(data)["version"].endswith("/version/1.1") else ["not JSON Feed 1.1"]
        if ending == "opml":
            return [] if etree.fromstring(data).tag == "opml" else ["no OPML"]
    except (ValueError, KeyError, etree.XMLSyntaxError) as error:
        return [f"cannot be read: {error}"]
    if ending == "html":
        whole = data.decode().rstrip().endswith("</html>")
    elif ending == "png":
        whole = data.startswith(PNG) and data.endswith(PNG_END)
    else:
        whole = name == "robots.txt" and data.endswith(b"\n")
    return [] if whole else ["is not whole, or nothing that is published"]
