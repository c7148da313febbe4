"""Files of a folder → items: Markdown with front matter, JSON, and HTML pages.

one file | its kind by its ending | front matter or keys | Markdown as HTML | items
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from markdown_it import MarkdownIt

from digest.config.frontmatter import read_front_matter, split_front_matter
from digest.errors import ConfigError, SourceError
from digest.model.item import UNKNOWN_EMBARGO, UNNAMED, Image, Parsed, ParsedItem, Quarantined
from digest.sources.article import parse_article, read_body
from digest.sources.dates import read_when
from digest.sources.embargo import EmbargoError, has_embargo, mentions_embargo, read_embargo
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
_ID = re.compile(r"""(?m)^id[ \t]*:[ \t]*["']?([^"'\n]+?)["']?[ \t]*$""")


def parse_document(page: Page) -> Parsed:
    """Return the items of one file, whose `name` is its path in the folder; drafts are left out.

    An item is known by its `id`, else by the file's path: a new title makes no new item. Those of a file that holds
    several are known by their `id`, link or words. One with an embargo is named nowhere, and where something of it
    cannot be read it is held until it can. Raises: SourceError for a file that cannot be read.
    """
    path = PurePosixPath((page.name or "document").replace("\\", "/"))
    if _is_ignored(path):
        return Parsed(())
    ending = path.suffix.lower()
    if ending in _MARKDOWN:
        return _read_markdown(page, path)
    if ending == ".json":
        return _read_json(page, path)
    if ending in _HTML:
        return _read_html(page, path)
    raise SourceError(f"a file that ends in {ending or 'nothing'}; read are .md, .json and .html")


def _is_ignored(path: PurePosixPath) -> bool:
    """Tell whether a name is that of a template, a draft, an editor's copy, or of a note about the folder."""
    hidden = any(part.startswith((".", "_", "~")) for part in path.parts if part != path.anchor)
    return hidden or path.name.endswith("~") or path.stem.lower() == "readme"


def _left_out(name: str, reason: str) -> Parsed:
    return Parsed((), (Quarantined(name, reason),))


def _held(reason: str, item: ParsedItem) -> Parsed:
    """Return an item that is held until its document can be read; nobody is told which one it is."""
    return Parsed((replace(item, embargo=UNKNOWN_EMBARGO),), (Quarantined(UNNAMED, reason),))


def _read_markdown(page: Page, path: PurePosixPath) -> Parsed:
    text = _decode(page.data).replace("\r\n", "\n").replace("\r", "\n")
    front, body = split_front_matter(text)
    try:
        values = read_front_matter(front or "", str(path))
    except ConfigError as error:
        problem = error.problems[0]
        if mentions_embargo(front or ""):
            return _held(f"line {problem.line} of its front matter cannot be read", _unread(front or "", path))
        raise SourceError(f"line {problem.line} of its front matter: {problem.message}") from error
    if front is None and text.startswith("---") and mentions_embargo(text):
        return _held("the line `---` below its front matter is missing", _unread(text, path))
    heading = _HEADING.match(body)
    shown = plain(_render(heading[1])) if heading else None
    if heading and text_of(values, "title") in (None, shown):
        values, body = {**values, "title": shown}, body[heading.end() :]
    markup = _render(body)
    opening = _PARAGRAPH.search(markup)
    summary = plain(opening[1]) if opening else None
    return _make_item(page, {"summary": summary, "content_html": markup, **values}, path, str(path))


def _unread(text: str, path: PurePosixPath) -> ParsedItem:
    """Return what an item is known by whose keys cannot be read."""
    own = _ID.search(text)
    return ParsedItem(title="", explicit_id=own[1] if own else str(path))


def _render(text: str) -> str:
    """Return Markdown as HTML. HTML inside it stays: everything is cleaned by the same rules as foreign pages."""
    try:
        return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))
    except (RecursionError, ValueError) as error:
        raise SourceError("Markdown so deep that it cannot be read") from error


def _read_json(page: Page, path: PurePosixPath) -> Parsed:
    text = _decode(page.data)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        if '"embargo' in text.lower():
            return _held(f"JSON that is broken{where}", ParsedItem(title="", explicit_id=str(path)))
        raise SourceError(f"JSON that is broken{where}") from error
    if isinstance(content, dict) and "jsonfeed.org/version/" in str(text_of(content, "version")):
        return parse_json_feed(text, {fold(kind): kind for kind in page.kinds})
    if isinstance(content, dict):
        return _make_item(page, content, path, str(path))
    if not isinstance(content, list):
        raise SourceError("JSON, but neither an item nor a list of items")
    made = [_make_listed(page, entry, path, place) for place, entry in enumerate(content, 1)]
    return Parsed(
        tuple(item for one in made for item in one.items),
        tuple(story for one in made for story in one.quarantined),
    )


def _make_listed(page: Page, entry: object, path: PurePosixPath, place: int) -> Parsed:
    if isinstance(entry, dict):
        return _make_item(page, entry, path, None)
    return _left_out(f"entry {place} of {path}", "it is no item")


def _read_html(page: Page, path: PurePosixPath) -> Parsed:
    detail = parse_article(page)
    if detail.title is None:
        return _left_out(str(path), "it has no title")
    item = ParsedItem(
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
    return Parsed((item,))


def _make_item(page: Page, values: Mapping[str, Any], path: PurePosixPath, known_as: str | None) -> Parsed:
    """Return the item of a document's keys; nothing of a draft. `known_as` is its id where it names none."""
    if _is_draft(values):
        return Parsed(())
    item = _read_words(values, known_as)
    try:
        published = _read_date(page, values)
        embargo = read_embargo(values)
    except (_DateError, EmbargoError) as error:
        return _held(str(error), item) if has_embargo(values) else _left_out(item.title or str(path), str(error))
    item = replace(item, published=published, embargo=embargo)
    if item.title:
        return Parsed((item,))
    return _held("it has no title", item) if embargo else _left_out(str(path), "it has no title")


class _DateError(ValueError):
    """A date that cannot be read."""


def _read_date(page: Page, values: Mapping[str, Any]) -> date | datetime | None:
    written = _text(values, "date")
    try:
        return read_when(written, page.source) if written else None
    except ValueError as error:
        # What is said of it quotes it.
        quoted = "" if has_embargo(values) else f": {error}"
        raise _DateError(f"its date cannot be read{quoted}") from error


def _read_words(values: Mapping[str, Any], known_as: str | None) -> ParsedItem:
    summary = _text(values, "summary") or ""
    return ParsedItem(
        title=" ".join((_text(values, "title") or "").split()),
        summary=summary,
        truncated=summary.endswith(("…", "…]", "[...]")),
        kind=_text(values, "kind"),
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
    image = Image(
        url=text_of(picture, "url"),
        alt=text_of(picture, "alt"),
        caption=text_of(picture, "caption"),
        credit=text_of(picture, "credit"),
    )
    return None if image == Image() else image


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
