"""Files of a folder → items: Markdown with front matter, JSON, and HTML pages.

one file | its kind by its ending | front matter or keys | Markdown as HTML | items
"""

import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from markdown_it import MarkdownIt

from digest.config.frontmatter import read_front_matter, split_front_matter
from digest.errors import ConfigError, SourceError
from digest.model.item import Image, Parsed, ParsedItem, Quarantined
from digest.sources.article import parse_article, read_body
from digest.sources.dates import read_when
from digest.sources.feeds.feed_json import parse_json_feed
from digest.sources.kinds import fold
from digest.sources.page import Page
from digest.sources.values import plain, text_of, value_of

MOST_CHARACTERS = 1_000_000
"""Longest text of one document: a book has half as many."""

_MARKDOWN = (".md", ".markdown")
_HTML = (".html", ".htm")
_HEADING = re.compile(r"\s*#[ \t]+([^\n]+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.S)
_NOT = ("false", "no", "off", "0")
_PICTURE = ("url", "alt", "caption", "credit")
_NO_EMBARGO = "it has an embargo, which a folder does not keep: put the file there when the embargo has lifted"


def parse_document(page: Page) -> Parsed:
    """Return the items of one file, whose `name` is its path in the folder; drafts are left out.

    An item is known by its `id`, else by the file's path: a new title makes no new item. Those of a file that holds
    several are known by their `id`, link or words. Raises: SourceError for a file that cannot be read.
    """
    path = PurePosixPath((page.name or "document").replace("\\", "/"))
    if _is_ignored(path):
        return Parsed(())
    ending = path.suffix.lower()
    if ending in _MARKDOWN:
        return _one(_read_markdown(page, path))
    if ending == ".json":
        return _read_json(page, path)
    if ending in _HTML:
        return _one(_read_html(page, path))
    raise SourceError(f"a file that ends in {ending or 'nothing'}; read are .md, .json and .html")


def _is_ignored(path: PurePosixPath) -> bool:
    """Tell whether a name is that of a template, a draft, an editor's copy, or of a note about the folder."""
    hidden = any(part.startswith((".", "_", "~")) for part in path.parts if part != path.anchor)
    return hidden or path.name.endswith("~") or path.stem.lower() == "readme"


def _one(made: ParsedItem | Quarantined | None) -> Parsed:
    if isinstance(made, Quarantined):
        return Parsed((), (made,))
    return Parsed(() if made is None else (made,))


def _read_markdown(page: Page, path: PurePosixPath) -> ParsedItem | Quarantined | None:
    text = _decode(page.data).replace("\r\n", "\n").replace("\r", "\n")
    front, body = split_front_matter(text)
    try:
        values = read_front_matter(front or "", str(path))
    except ConfigError as error:
        problem = error.problems[0]
        raise SourceError(f"line {problem.line} of its front matter: {problem.message}") from error
    heading = _HEADING.match(body)
    shown = plain(_render(heading[1])) if heading else None
    if heading and text_of(values, "title") in (None, shown):
        values, body = {**values, "title": shown}, body[heading.end() :]
    markup = _render(body)
    opening = _PARAGRAPH.search(markup)
    summary = plain(opening[1]) if opening else None
    return _make_item(page, {"summary": summary, "content_html": markup, **values}, path, str(path))


def _render(text: str) -> str:
    """Return Markdown as HTML. HTML inside it stays: everything is cleaned by the same rules as foreign pages."""
    try:
        return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))
    except (RecursionError, ValueError) as error:
        raise SourceError("Markdown so deep that it cannot be read") from error


def _read_json(page: Page, path: PurePosixPath) -> Parsed:
    try:
        content = json.loads(_decode(page.data))
    except (ValueError, RecursionError) as error:
        where = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceError(f"JSON that is broken{where}") from error
    if isinstance(content, dict) and "jsonfeed.org/version/" in str(text_of(content, "version")):
        return parse_json_feed(_decode(page.data), {fold(kind): kind for kind in page.kinds})
    if isinstance(content, dict):
        return _one(_make_item(page, content, path, str(path)))
    if not isinstance(content, list):
        raise SourceError("JSON, but neither an item nor a list of items")
    made = [_make_listed(page, entry, path, place) for place, entry in enumerate(content, 1)]
    return Parsed(
        tuple(one for one in made if isinstance(one, ParsedItem)),
        tuple(one for one in made if isinstance(one, Quarantined)),
    )


def _make_listed(page: Page, entry: object, path: PurePosixPath, place: int) -> ParsedItem | Quarantined | None:
    if isinstance(entry, dict):
        return _make_item(page, entry, path, None)
    return Quarantined(f"entry {place} of {path}", "it is no item")


def _read_html(page: Page, path: PurePosixPath) -> ParsedItem | Quarantined | None:
    detail = parse_article(page)
    if detail.title is None:
        return Quarantined(str(path), "it has no title")
    return ParsedItem(
        title=detail.title,
        summary=detail.summary or "",
        kind=detail.kind,
        published=detail.published,
        explicit_id=str(path),
        language=detail.language,
        image=detail.image,
        content_html=detail.content_html or read_body(page),
        author=detail.author,
    )


def _make_item(
    page: Page, values: Mapping[str, Any], path: PurePosixPath, known_as: str | None
) -> ParsedItem | Quarantined | None:
    """Return the item of a document's keys; None for a draft. `known_as` is its id where it names none."""
    if _is_draft(values):
        return None
    title = " ".join((_text(values, "title") or "").split())
    if not title:
        return Quarantined(str(path), "it has no title")
    if "embargo" in values:
        return Quarantined(title, _NO_EMBARGO)
    written = _text(values, "date")
    try:
        published = read_when(written, page.source) if written else None
    except ValueError as error:
        return Quarantined(title, f"its date cannot be read: {error}")
    summary = _text(values, "summary") or ""
    return ParsedItem(
        title=title,
        summary=summary,
        truncated=summary.endswith(("…", "…]", "[...]")),
        kind=_text(values, "kind"),
        published=published,
        explicit_id=_text(values, "id") or known_as,
        link=_text(values, "link"),
        language=_text(values, "language"),
        image=_read_picture(values),
        content_html=_text(values, "content_html"),
        author=_read_author(values),
    )


def _is_draft(values: Mapping[str, Any]) -> bool:
    """Tell whether a document says that it is a draft, in the words of either family of site builders."""
    draft = str(values.get("draft", "")).strip().lower()
    return draft not in ("", *_NOT) or str(values.get("published", "")).strip().lower() in _NOT


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text_of(values, key)


def _read_author(values: Mapping[str, Any]) -> str | None:
    names = values.get("author")
    listed = names if isinstance(names, list) else [names]
    return ", ".join(name.strip() for name in listed if isinstance(name, str) and name.strip()) or None


def _read_picture(values: Mapping[str, Any]) -> Image | None:
    picture = value_of(values, "picture")
    if isinstance(picture, str):
        return Image(url=picture.strip()) if picture.strip() else None
    parts = {name: text_of(picture, name) for name in _PICTURE}
    return Image(**parts) if any(parts.values()) else None


def _decode(data: bytes) -> str:
    if len(data) > 4 * MOST_CHARACTERS:
        raise SourceError(f"{len(data) / 1e6:,.0f} MB, more than a document has")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    else:
        text = data.decode("utf-8-sig", errors="replace")
    if len(text) > MOST_CHARACTERS:
        raise SourceError(f"{len(text):,} characters, more than the {MOST_CHARACTERS:,} that are read")
    if not text.strip():
        raise SourceError("an empty file")
    return text
