"""What a path asks for: one of the files that are published, by an allow-list of how these are named.

Nothing is decoded: no file of ours has a name that needs it, so whatever holds `%`, `..`, NUL or a capital is no name.
"""

import re
from dataclasses import dataclass

_FEED = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]{0,79})\.(?P<ending>atom|json|html)")
_ARCHIVE = re.compile(r"archive/(?P<name>[a-z0-9][a-z0-9-]{0,79})-(?P<block>[0-9]{4}-[0-9]{2}(?:-[0-9]{1,6})?)\.atom")


@dataclass(frozen=True, slots=True)
class FileType:
    """How files of one ending are served.

    `packed`: worth gzip. `shared`: programs on other sites may read it (CORS). `page`: shown to people in a browser.
    """

    media_type: str
    packed: bool = True
    shared: bool = False
    page: bool = False


ATOM = FileType("application/atom+xml; charset=utf-8", shared=True)
JSON = FileType("application/feed+json", shared=True)  # RFC 8259 §11: JSON has no charset
PAGE = FileType("text/html; charset=utf-8", page=True)
OPML = FileType("text/x-opml; charset=utf-8", shared=True)
TEXT = FileType("text/plain; charset=utf-8")
PICTURE = FileType("image/png", packed=False)

_ENDINGS = {"atom": ATOM, "json": JSON, "html": PAGE}
_FIXED = {
    "": ("index.html", PAGE),
    "index.html": ("index.html", PAGE),
    "feeds.opml": ("feeds.opml", OPML),
    "robots.txt": ("robots.txt", TEXT),
    "icon.png": ("icon.png", PICTURE),
    "logo.png": ("logo.png", PICTURE),
    "favicon.ico": ("icon.png", PICTURE),  # browsers ask for it unasked
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The file that a path asks for, below the folder of feeds; `feed` is the name of the feed it belongs to.

    `pattern` is the file's path with `{}` in the place of that name.
    """

    file: str
    type: FileType
    feed: str | None = None
    pattern: str = ""


def find_wanted(path: str) -> Wanted | None:
    """Return what a path below the folder of feeds asks for (`all.atom`, `archive/all-2026-03.atom`), None if nothing.

    It says nothing about whether the file is there.
    """
    if path in _FIXED:
        return Wanted(*_FIXED[path])
    if found := _FEED.fullmatch(path):
        return Wanted(path, _ENDINGS[found["ending"]], found["name"], f"{{}}.{found['ending']}")
    if found := _ARCHIVE.fullmatch(path):
        return Wanted(path, ATOM, found["name"], f"archive/{{}}-{found['block']}.atom")
    return None
