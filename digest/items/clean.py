"""What an item may hold: plain words, safe HTML, and links that lead where they say."""

from dataclasses import replace

from digest.items.links import clean_link
from digest.items.markup import LANGUAGE_TAG, clean_html, text_of_html
from digest.items.text import clean_text
from digest.model.item import Image, ParsedItem

__all__ = ["clean_html", "clean_item", "clean_link", "clean_text", "text_of_html"]


def clean_item(parsed: ParsedItem, *, base_url: str | None) -> ParsedItem:
    """Return the item with every text on one clean line, safe HTML, and absolute links or none.

    `base_url` is the page that relative links count from. Title and summary come out without markup, so `markup` is
    False; the other texts never hold any. Cleaning a clean item changes nothing.
    """
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
    )


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
    return None if cleaned == Image() else cleaned
