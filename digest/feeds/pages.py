"""Feeds → pages for people: a readable twin of each feed, and one page of all feeds. The same input, the same bytes."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from digest.config.settings import ReaderSettings
from digest.config.templates import Templates
from digest.errors import FeedError, TemplateError
from digest.feeds import page_words as words
from digest.feeds.entry import Entry
from digest.feeds.page_view import LONE, entry_names, group_rows, mark_breaks, reader_links, row_anchor
from digest.feeds.qr import qr_svg
from digest.feeds.spec import FeedRow, FeedSpec, Group, atom_url, full_title, page_url
from digest.model.language import find_direction
from digest.model.site import Site
from digest.model.topic import ALL, CORRECTIONS

PICTURES = ("icon.png", "logo.png")

PNG = b"\x89PNG\r\n\x1a\n"
"""How every PNG picture begins (ISO/IEC 15948 §5.2)."""

_ENTRIES_KEPT = 30_000
"""More than 500 feeds of 50 entries, about 1 kB each."""

_FEEDS_KEPT = 2_000

_FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"breaks": mark_breaks, "mark": words.mark, "plain": words.plain, "say": words.say}
)

_TIGHT = re.compile(r"\s*([{};,])\s*|(?<=:)\s+")
"""White space that a style sheet means nothing by."""

Readers = tuple[ReaderSettings, ...]


class Pages:
    """The pages of a newsroom, by templates of its own where it has some; what was rendered once is kept.

    A template sees `site`, the `language` and `direction` of the newsroom, and what is listed for it below. Filters:
    `say` and `plain` give our own words by their key, for the text and for attributes; `mark` says that words are
    English where the newsroom's are not (`foreign`); `breaks` lets an address go on in the next line. Not for several
    threads.
    """

    def __init__(self, folder: Path | None = None, compiled: Path | None = None) -> None:
        self._templates = Templates(folder, _FILTERS, compiled)
        self._entry = lru_cache(_ENTRIES_KEPT)(self._render_entry)
        self._row = lru_cache(_FEEDS_KEPT)(self._render_row)
        self._qr = lru_cache(_FEEDS_KEPT)(_draw_code)

    def feed_page(
        self,
        spec: FeedSpec,
        entries: Sequence[Entry],
        site: Site,
        *,
        readers: Sequence[ReaderSettings] = (),
        row: FeedRow | None = None,
    ) -> bytes:
        """Return the twin of a feed: how to follow it, and its entries in their order; `row` tells how often.

        Raises: FeedError when a template is broken, with its file and line.
        """
        return self._fill(spec.name, lambda: self._feed_names(spec, entries, site, tuple(readers), row))

    def index_page(self, rows: Sequence[FeedRow], site: Site, *, readers: Sequence[ReaderSettings] = ()) -> bytes:
        """Return the page of all feeds.

        Raises: FeedError when a template is broken, with its file and line.
        """
        return self._fill("index", lambda: self._index_names(rows, site, tuple(readers)))

    def picture(self, name: str) -> bytes:
        """Return one of `PICTURES`, the newsroom's own where it has put one beside its templates.

        Raises: FeedError when there is none, or a file of another kind under its name.
        """
        try:
            data = self._templates.read(f"web/{name}")
        except TemplateError as error:
            raise FeedError(name, (str(error),)) from error
        if not data.startswith(PNG):
            raise FeedError(name, (f"web/{name} is no PNG picture",))
        return data

    def _fill(self, name: str, names: Callable[[], dict[str, Any]]) -> bytes:
        template = "web/index.html.j2" if name == "index" else "web/feed.html.j2"
        try:
            return self._templates.fill(template, names()).encode()
        except TemplateError as error:
            raise FeedError(name, (str(error),)) from error

    def _feed_names(
        self, spec: FeedSpec, entries: Sequence[Entry], site: Site, readers: Readers, row: FeedRow | None
    ) -> dict[str, Any]:
        newest_at = max((entry.published for entry in entries), default=None)
        per_week, newest_at = (row.per_week, row.newest_at) if row else (None, newest_at)
        return self._shared_names(site) | {
            "title": full_title(spec, site),
            "heading": spec.title if spec.group is not Group.ALL else site.title,
            "description": spec.subtitle,
            "canonical": page_url(spec.name, site),
            "alternates": _list_alternates(spec, site),
            "name": spec.name,
            "address": atom_url(spec.name, site),
            "readers": reader_links(spec.name, site, readers),
            "rate": words.write_rate(per_week, newest_at, site.timezone) if newest_at else None,
            "qr": self._qr(page_url(spec.name, site)),
            "entries": "".join(self._entry(entry, site) for entry in entries),
        }

    def _index_names(self, rows: Sequence[FeedRow], site: Site, readers: Readers) -> dict[str, Any]:
        groups = group_rows(rows)
        links: list[str] = []
        for group in groups:
            rendered = [self._row(row, site, readers) for row in group["rows"]]
            links += [link for link, _ in rendered]
            group["rows"] = "".join(row for _, row in rendered)
            group["count"] = len(rendered)
        return self._shared_names(site) | {
            "title": f"{words.plain('feeds')} – {site.title}",
            "heading": words.plain("follow_newsroom", title=site.title),
            "description": site.subtitle,
            "canonical": f"{site.feeds_url}index.html",
            "alternates": "".join(links),
            "groups": groups,
            "has_readers": bool(readers),
            "qr": self._qr(page_url(ALL, site)),
        }

    def _shared_names(self, site: Site) -> dict[str, Any]:
        style, policy = self._style
        return {
            "site": site,
            "language": site.language,
            "direction": find_direction(site.language),
            "foreign": words.is_foreign(site.language),
            "style": style,
            "policy": policy,
        }

    @cached_property
    def _style(self) -> tuple[str, str]:
        """The style sheet, and the policy that allows this one and nothing else to come from anywhere else."""
        style = _TIGHT.sub(r"\1", self._templates.fill("web/style.css.j2", {}).strip())
        allowed = b64encode(sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{allowed}'; img-src 'self' data:; base-uri 'none'"
        return style, f"{policy}; form-action 'none'"

    def _render_entry(self, entry: Entry, site: Site) -> str:
        return self._templates.fill("web/entry.html.j2", entry_names(entry, site))

    def _render_row(self, row: FeedRow, site: Site, readers: Readers) -> tuple[str, str]:
        """Return a feed's autodiscovery link and its place in the list; the feed of all is in JSON, too."""
        spec = row.spec
        names = {
            "anchor": row_anchor(spec),
            "lone": spec.group.value if spec.group in LONE else None,
            "name": spec.name,
            "title": spec.title,
            # The newsroom's own sentence stands at the head of the page.
            "description": spec.subtitle if spec.subtitle != site.subtitle else None,
            "rate": words.write_rate(row.per_week, row.newest_at, site.timezone),
            "address": atom_url(spec.name, site),
            "readers": reader_links(spec.name, site, readers),
            "foreign": words.is_foreign(site.language),
        }
        link = _alternates(spec.name, full_title(spec, site), json=spec.group is Group.ALL)
        return link, self._templates.fill("web/row.html.j2", names)


def robots_txt(site: Site) -> bytes:
    """Return what crawlers may read of the published folder: everything (RFC 9309)."""
    return (
        f"# {site.title}: feeds, archives and pages are published to be read, kept and searched by anybody.\n"
        "# What must not be found is not in here. This file counts where the folder is the root of its host.\n"
        "User-agent: *\n"
        "Allow: /\n"
        f"Sitemap: {atom_url(ALL, site)}\n"
    ).encode()


def _draw_code(url: str) -> Markup:
    return qr_svg(url, words.plain("qr", url=url))


def _list_alternates(spec: FeedSpec, site: Site) -> str:
    """Return the autodiscovery links of a twin: its own feed first, which is what most readers take."""
    own = _alternates(spec.name, full_title(spec, site), json=True)
    others = ((ALL, site.title), (CORRECTIONS, f"{words.plain('corrections')} – {site.title}"))
    return "".join((own, *(_alternates(name, title) for name, title in others if name != spec.name)))


_LINK = Markup('<link rel="alternate" type="application/{type}" title="{title}" href="{name}.{ending}">\n')


def _alternates(name: str, title: str, *, json: bool = False) -> Markup:
    atom = _LINK.format(type="atom+xml", title=title, name=name, ending="atom")
    return atom + _LINK.format(type="feed+json", title=f"{title} (JSON)", name=name, ending="json") if json else atom
