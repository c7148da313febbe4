"""The adapters: which function reads which type of source, ours and those of plug-ins.

A function is named as entry points name it, `module:function`, and is imported only in the child process that parses:
a plug-in that cannot be loaded stops its own source and no other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points

from digest.config.installed import PLUGINS
from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.sources.wordpress import posts_url


def own_url(source: SourceSettings, _memory: str | None) -> str | None:
    """Return the address of a source that is asked first; None where it has only files."""
    return source.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """How one type of source is read.

    `function` takes a `Page` and returns `Parsed`, or raises SourceError. `first` makes the URL that is asked first
    of the source and the adapter's memory. `scraped` says that the pages are made for people, so that robots.txt is
    asked (RFC 9309); `pages` is how many pages are read where the source does not say. `own_files` says that files
    on this machine need no child process: they are the operator's, and read by plain Python within limits of its own.
    `refused` says what to try where a server answers 401, 403 or 404.
    """

    function: str
    first: Callable[[SourceSettings, str | None], str | None] = own_url
    scraped: bool = False
    pages: int = 1
    own_files: bool = False
    refused: str = ""


_NO_API = "its API may be closed: try type: feed or type: html"

ADAPTERS: Mapping[str, Adapter] = {
    "text": Adapter(function="digest.sources.text:parse_page", own_files=True),
    "feed": Adapter(function="digest.sources.feed:parse_page"),
    "html": Adapter(function="digest.sources.html:parse_html", scraped=True, pages=3),
    "jsonld": Adapter(function="digest.sources.jsonld_list:parse_jsonld", scraped=True),
    "wordpress": Adapter(
        function="digest.sources.wordpress:parse_wordpress", first=posts_url, pages=5, refused=_NO_API
    ),
    "sitemap": Adapter(function="digest.sources.sitemap:parse_sitemap", scraped=True, pages=10),
    "folder": Adapter(function="digest.sources.folder:parse_document", own_files=True),
}
"""The adapters of our own."""


def find_adapter(name: str) -> Adapter:
    """Return the adapter of a type, ours or a plug-in's. Raises: SourceError where nobody knows it."""
    if name in ADAPTERS:
        return ADAPTERS[name]
    found = [one.value for one in entry_points(group=PLUGINS) if one.name == name]
    if not found:
        raise SourceError(f"no installed plug-in reads sources of type {name}")
    return Adapter(function=found[0])
