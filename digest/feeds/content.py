"""What an entry says: the title, the plain summary and the HTML of an item or a correction. All words are English."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from html import escape
from zoneinfo import ZoneInfo

from digest.feeds.links import is_web_url
from digest.model.correction import Correction
from digest.model.item import Image, Item, ItemStatus
from digest.model.language import find_direction
from digest.model.site import Site

# strftime("%B") would follow the locale of the process.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def utc(instant: datetime) -> datetime:
    """Return an aware instant in UTC.

    Raises: ValueError for a naive one, which Python would silently read in the zone of the machine, and at the ends
    of the calendar.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"the time {instant.isoformat()} has no zone")
    return _in_zone(instant, UTC)


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
        return _sentence(_withdrawn(item.updated_at, site), item.note)
    summary = item.summary.strip()
    return summary if summary and summary != item.title.strip() else None


def entry_html(item: Item, site: Site, language: str, more: str | None, *, full_text: bool) -> str:
    """Return the HTML of an entry, one block a line: note, picture, summary, full text if wanted, way on, contact.

    `more` is the address at which a correction or withdrawal of the item is told.
    """
    if item.status is ItemStatus.WITHDRAWN:
        blocks = [_note(_withdrawn(item.updated_at, site), item.note, "About this withdrawal", more)]
    else:
        blocks = [_words(item, language, full_text=full_text), _link(item.link, f"Read on at {site.title}")]
        if item.corrected_at is not None:
            # Readers overwrite an edited entry silently, so the entry itself has to say what changed and when.
            blocks.insert(0, _note(_corrected(item.corrected_at, site), item.note, "About this correction", more))
    return "\n".join([*blocks, *_contact(site)])


def correction_title(correction: Correction) -> str:
    """Return the title of a correction's own entry."""
    return f"{'Withdrawn' if correction.withdrawn else 'Corrected'}: {correction.item.title}"


def correction_summary(correction: Correction, site: Site) -> str:
    """Return in plain text when an item was corrected or withdrawn, and what changed or why."""
    return _sentence(_told(correction, site), correction.note)


def correction_html(correction: Correction, site: Site, language: str) -> str:
    """Return the HTML of a correction's own entry: the note, the item by title and link, contact. None of its text."""
    item = correction.item
    title = f'<p lang="{escape(language)}" dir="{find_direction(language)}">{_anchor(item.link, item.title)}</p>'
    return "\n".join([_note(_told(correction, site), correction.note), title, *_contact(site)])


def _told(correction: Correction, site: Site) -> str:
    return _withdrawn(correction.at, site) if correction.withdrawn else _corrected(correction.at, site)


def _withdrawn(at: datetime, site: Site) -> str:
    return f"This item was withdrawn on {_when(at, site)}."


def _corrected(at: datetime, site: Site) -> str:
    return f"Corrected on {_when(at, site)}."


def _sentence(said: str, note: str | None) -> str:
    return f"{said} {note}" if note else said


def _note(said: str, note: str | None, way: str = "", more: str | None = None) -> str:
    parts = [f"<strong>{_text(said)}</strong>"]
    if note:
        parts.append(f"<bdi>{_text(note)}</bdi>")
    if more:
        parts.append(_anchor(more, way))
    return _english(" ".join(parts))


def _words(item: Item, language: str, *, full_text: bool) -> str:
    # Sanitised once, by items/clean; escaping it again would show its tags.
    text = (item.content_html or "").strip() if full_text else ""
    picture = entry_picture(item)
    figure = [_figure(picture)] if picture and not _shows(text, picture) else []
    lines = (_text(line.strip()) for line in item.summary.splitlines())
    # The beginning of a text that follows whole is not to be read twice.
    paragraphs = [f"<p>{line}</p>" for line in lines if line and not (text and (item.truncated or line in text))]
    opening = f'<div lang="{escape(language)}" dir="{find_direction(language)}">'
    return "\n".join([opening, *figure, *paragraphs, *([text] if text else []), "</div>"])


def _shows(text: str, image: Image) -> bool:
    """Tell whether a full text shows a picture already, with its caption and credit."""
    words = [one.strip() for one in (image.caption, image.credit) if one and one.strip()]
    return f'src="{escape(image.url or "")}"' in text and all(_text(one) in text for one in words)


def _figure(image: Image) -> str:
    parts = [_text((image.caption or "").strip())]
    if image.credit and image.credit.strip():
        parts.append(f"<small>{_text(image.credit.strip())}</small>")
    caption = " ".join(part for part in parts if part)
    picture = f'<img src="{escape(image.url or "")}" alt="{escape(image_text(image))}">'
    return f"<figure>{picture}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"


def _contact(site: Site) -> Iterator[str]:
    if site.contact:
        # One line that can be pasted into a story: who, and where.
        yield _english(f"Press contact: {_text(site.title)}, {_anchor(f'mailto:{site.contact}', site.contact)}")


def _link(address: str, words: str) -> str:
    return _english(_anchor(address, words))


def _anchor(address: str, words: str) -> str:
    return f'<a href="{escape(address)}">{_text(words)}</a>'


def _text(words: str) -> str:
    return escape(words, quote=False)


def _english(html: str) -> str:
    return f'<p lang="en" dir="ltr">{html}</p>'


def _when(instant: datetime, site: Site) -> str:
    local = _in_zone(utc(instant), ZoneInfo(site.timezone))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {local.tzname()}"


def _in_zone(instant: datetime, zone: tzinfo) -> datetime:
    try:
        return instant.astimezone(zone)
    except OverflowError:
        raise ValueError(f"the time {instant.isoformat()} is beyond the calendar") from None
