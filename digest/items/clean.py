"""What an item may hold: plain words, safe HTML, and links that lead where they say."""

from dataclasses import replace

from digest.items.dates import real_date
from digest.items.links import clean_link
from digest.items.markup import LANGUAGE_TAG, clean_html, text_of_html
from digest.items.text import clean_text
from digest.model.item import Detail, Image, ParsedItem

__all__ = ["clean_html", "clean_item", "clean_link", "clean_text", "text_of_html"]


def clean_item(parsed: ParsedItem, *, base_url: str | None) -> ParsedItem:
    """Return the item with every text on one clean line, safe HTML, and absolute links or none.

    `base_url` is the page that relative links count from. Title and summary come out without markup, so `markup` is
    False; the other texts never hold any. Cleaning a clean item changes nothing: of one that has its hash only the
    detail is looked at.
    """
    detail = _clean_detail(parsed.detail, parsed.link, base_url)
    if parsed.content_hash is not None:
        return parsed if detail == parsed.detail else replace(parsed, detail=detail)
    words = text_of_html if parsed.markup else clean_text
    return replace(
        parsed,
        title=words(parsed.title),
        summary=words(parsed.summary),
        kind=_optional(parsed.kind),
        explicit_id=_optional(parsed.explicit_id),
        link=clean_link(parsed.link, base_url),
        language=_clean_language(parsed.language),
        image=_clean_image(parsed.image, base_url),
        content_html=clean_html(parsed.content_html, base_url),
        author=_optional(parsed.author),
        markup=False,
        detail=detail,
    )


def _clean_detail(detail: Detail | None, link: str | None, base_url: str | None) -> Detail | None:
    """Clean what an item's own page gave; its relative links count from there."""
    if detail is None:
        return None
    page = clean_link(link, base_url) or base_url
    return replace(
        detail,
        title=_optional(detail.title),
        summary=_optional(detail.summary),
        kind=_optional(detail.kind),
        language=_clean_language(detail.language),
        image=_clean_image(detail.image, page),
        content_html=clean_html(detail.content_html, page),
        author=_optional(detail.author),
    )


def fill_gaps(parsed: ParsedItem) -> ParsedItem:
    """Return a cleaned item with what its listing leaves open taken from its own page."""
    detail = parsed.detail
    if detail is None:
        return parsed
    given = {name: getattr(parsed, name) or getattr(detail, name) for name in Detail.__dataclass_fields__}
    given["published"] = parsed.published if real_date(parsed.published) else detail.published
    given["title"], given["summary"] = given["title"] or "", given["summary"] or ""
    return replace(parsed, **given, detail=None)


def _optional(text: str | None) -> str | None:
    return clean_text(text or "") or None


def _clean_language(tag: str | None) -> str | None:
    """Return a BCP 47 tag; feeds also write `en_US`."""
    text = clean_text(tag or "").replace("_", "-")
    return text if LANGUAGE_TAG.fullmatch(text) else None


def _clean_image(image: Image | None, base_url: str | None) -> Image | None:
    given = image or Image()
    url = clean_link(given.url, base_url)
    cleaned = Image(url=url, alt=_optional(given.alt), caption=_optional(given.caption), credit=_optional(given.credit))
    if url:
        cleaned = replace(cleaned, length=max(given.length or 0, 0) or None, media_type=_optional(given.media_type))
    return None if cleaned == Image() else cleaned
