"""What an entry says: the title, the plain summary and the HTML of an item. All words here are English."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from digest.feeds.links import is_web_url
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site

# strftime("%B") would follow the locale of the process.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# Languages written right to left, by their primary subtag (BCP 47).
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})


def utc(instant: datetime) -> datetime:
    """Return an aware instant in UTC.

    Raises: ValueError for a naive one, which Python would silently read in the zone of the machine; OverflowError
    at the ends of the calendar.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"the time {instant.isoformat()} has no zone")
    return instant.astimezone(UTC)


def entry_picture(item: Item) -> Image | None:
    """Return an item's picture if a reader may be shown it: it has an address, and words for who cannot see it."""
    image = item.image
    if image is None or item.status is ItemStatus.WITHDRAWN or image.url is None or not is_web_url(image.url):
        return None
    return image if image_text(image) else None


def image_text(image: Image) -> str:
    """Return the words that stand for a picture: its alt text, else its caption, else nothing."""
    return (image.alt or "").strip() or (image.caption or "").strip()


def entry_title(item: Item) -> str:
    """Return the title of an item's entry; a withdrawn one says so."""
    return f"Withdrawn: {item.title}" if item.status is ItemStatus.WITHDRAWN else item.title


def entry_summary(item: Item, site: Site) -> str | None:
    """Return the plain summary, None where it would be empty or repeat the title (RFC 4287 §4.2.13)."""
    if item.status is ItemStatus.WITHDRAWN:
        return _withdrawal(item, site)
    summary = item.summary.strip()
    return summary if summary and summary != item.title.strip() else None


def entry_html(item: Item, site: Site, *, full_text: bool) -> str:
    """Return the HTML of an entry, one block a line: note, picture, summary, full text if wanted, way on, contact."""
    if item.status is ItemStatus.WITHDRAWN:
        blocks = [_english(f"<strong>{_text(_withdrawal(item, site))}</strong>")]
    else:
        blocks = [*_correction(item, site), _words(item, full_text=full_text), _way_on(item, site)]
    return "\n".join([*blocks, *_contact(site)])


def _withdrawal(item: Item, site: Site) -> str:
    said = f"This item was withdrawn on {_when(item.updated_at, site)}."
    return f"{said} {item.note}" if item.note else said


def _correction(item: Item, site: Site) -> Iterator[str]:
    # Readers overwrite an edited entry silently, so the entry itself has to say what changed and when.
    if item.corrected_at is not None:
        said = f"<strong>Corrected on {_when(item.corrected_at, site)}.</strong>"
        yield _english(f"{said} <bdi>{_text(item.note)}</bdi>" if item.note else said)


def _words(item: Item, *, full_text: bool) -> str:
    picture = entry_picture(item)
    figure = [_figure(picture)] if picture else []
    lines = (line.strip() for line in item.summary.splitlines())
    paragraphs = [f"<p>{_text(line)}</p>" for line in lines if line]
    # Sanitised once, by items/clean; escaping it again would show its tags.
    text = [item.content_html] if full_text and item.content_html else []
    direction = ' dir="rtl"' if item.language.partition("-")[0].lower() in _RIGHT_TO_LEFT else ""
    opening = f'<div lang="{escape(item.language)}"{direction}>'
    return "\n".join([opening, *figure, *paragraphs, *text, "</div>"])


def _figure(image: Image) -> str:
    parts = [_text((image.caption or "").strip())]
    if image.credit and image.credit.strip():
        parts.append(f"<small>{_text(image.credit.strip())}</small>")
    caption = " ".join(part for part in parts if part)
    picture = f'<img src="{escape(image.url or "")}" alt="{escape(image_text(image))}">'
    return f"<figure>{picture}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"


def _way_on(item: Item, site: Site) -> str:
    return _english(f'<a href="{escape(item.link)}">Read on at {_text(site.title)}</a>')


def _contact(site: Site) -> Iterator[str]:
    if site.contact:
        address = escape(site.contact)
        yield _english(f'Contact: <a href="mailto:{address}">{address}</a>')


def _text(words: str) -> str:
    return escape(words, quote=False)


def _english(html: str) -> str:
    return f'<p lang="en" dir="ltr">{html}</p>'


def _when(instant: datetime, site: Site) -> str:
    local = utc(instant).astimezone(ZoneInfo(site.timezone))
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {local.tzname()}"
