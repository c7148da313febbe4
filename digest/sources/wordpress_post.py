"""One post as WordPress' REST API gives it → one item."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from digest.model.item import Image, ParsedItem, Quarantined
from digest.sources.declared import declare
from digest.sources.page import Page
from digest.sources.values import find_label, list_of, plain, plain_of, read_moment, text_of, value_of

_READ_MORE = re.compile(r"\s*<a\b[^<>]*\bmore-link\b[^<>]*>(?:(?!</a>).){0,300}</a>", re.S)
_LONGEST_READ_MORE = 1_000
_CUT = re.compile(r"(?:…|&hellip;|&#8230;|\.\.\.)\s*\]?(?:\s|&nbsp;|</?\w+>)*$")
_LANGUAGE_KEYS = ("lang", "language", "locale", "wpml_current_locale")


def parse_post(post: object, page: Page, place: int) -> ParsedItem | Quarantined:
    """Return a post as an item, or why it cannot be one; `place` counts the posts of the page from 1."""
    if not isinstance(post, dict):
        return Quarantined(f"post {place} of the page", "it is no post")
    title = text_of(post, "title", "rendered") or ""
    link = text_of(post, "link")
    name = plain(title) or link or f"post {place} of the page"
    if not plain(title):
        return Quarantined(name, "it has no title")
    if value_of(post, "content", "protected") is True:
        return Quarantined(name, "it is protected by a password")
    summary, truncated = _read_excerpt(text_of(post, "excerpt", "rendered") or "")
    return ParsedItem(
        title=title,
        summary=summary,
        truncated=truncated,
        kind=find_label(_kind_names(post), (*page.source.kinds, *page.kinds)),
        published=_read_published(post, page.source.timezone),
        explicit_id=_read_id(post),
        link=link,
        language=next((tag for key in _LANGUAGE_KEYS if (tag := text_of(post, key))), None),
        image=_read_image(post),
        content_html=text_of(post, "content", "rendered"),
        author=_read_author(post),
        markup=True,
    )


def _read_id(post: dict[str, Any]) -> str | None:
    """Return the guid: WordPress writes it once, and it is the id of the same post in the site's feed.

    It outlives new permalinks, new titles, and even a move by export and import, which numbers posts anew; the
    number is for sites that hide the guid. What https changes in it is for whoever compares ids.
    """
    number = post.get("id")
    by_number = f"wordpress:{number}" if isinstance(number, int) and not isinstance(number, bool) else None
    return plain_of(post, "guid", "rendered") or by_number


def _read_published(post: dict[str, Any], timezone: str) -> date | datetime | None:
    """Return the date in UTC; the local one, in the source's zone, where WordPress has none or year 0."""
    in_utc = read_moment(text_of(post, "date_gmt"), "UTC")
    if isinstance(in_utc, datetime) and in_utc.year > 1:
        return in_utc
    return read_moment(text_of(post, "date"), timezone)


def _read_excerpt(markup: str) -> tuple[str, bool]:
    """Return the excerpt without the theme's link to the rest, and whether it is cut."""
    start = max(0, len(markup) - _LONGEST_READ_MORE)
    summary = markup[:start] + _READ_MORE.sub("", markup[start:])
    return summary.strip(), bool(_CUT.search(summary[-200:]))


def _kind_names(post: dict[str, Any]) -> Iterator[str | None]:
    for group in list_of(value_of(post, "_embedded", "wp:term")):
        yield from (plain_of(term, "name") for term in list_of(group))
    yield text_of(post, "type")


def _read_author(post: dict[str, Any]) -> str | None:
    names = (plain_of(author, "name") for author in list_of(value_of(post, "_embedded", "author")))
    return ", ".join(name for name in names if name) or None


def _read_image(post: dict[str, Any]) -> Image | None:
    media = value_of(post, "_embedded", "wp:featuredmedia")
    url = text_of(media, "source_url")
    if url is None:
        elsewhere = text_of(post, "jetpack_featured_media_url")
        return Image(url=elsewhere) if elsewhere else None
    about = value_of(media, "media_details", "image_meta")
    image = Image(
        url=url,
        alt=plain_of(media, "alt_text"),
        caption=plain_of(media, "caption", "rendered"),
        credit=plain_of(about, "credit") or plain_of(about, "copyright"),
    )
    return declare(image, [(url, _read_size(media, url), value_of(media, "mime_type"))])


def _read_size(media: object, url: str) -> object:
    """Return how long WordPress (6.0 and later) says its file is, where the address is that of this very file.

    Plug-ins put another server's address in its place, which makes the picture smaller on its way.
    """
    file = text_of(media, "media_details", "file")
    return value_of(media, "media_details", "filesize") if file and url.endswith(f"/{file}") else None
