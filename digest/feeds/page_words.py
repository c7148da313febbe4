"""Every word that pages say of themselves, in English; titles and summaries are the newsroom's own."""

from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from digest.feeds.content import MONTHS
from digest.feeds.spec import Group

LANGUAGE = "en"

GROUPS = MappingProxyType(
    {
        Group.ALL: "Everything",
        Group.TOPIC: "Topics",
        Group.REGION: "Regions",
        Group.KIND: "Kinds of item",
        Group.CORRECTIONS: "Corrections",
    }
)
"""Headings of the groups of feeds, in the order of pages."""

_WORDS = MappingProxyType(
    {
        "add": "Add to a reader",
        "add_one": "Add to a reader: {title}",
        "address": "Copy this address into any feed reader:",
        "all_feeds": "All feeds",
        "atom": "Atom",
        "contact": "Contact",
        "corrected": "Corrected on {when}.",
        "corrections": "Corrections",
        "entries": "Newest first",
        "feeds": "Feeds",
        "follow": "Follow this feed",
        "follow_newsroom": "Follow {title}",
        "formats": "The feed itself:",
        "how": "New to feeds?",
        "how_answer": "A feed brings you what is new, without an account, without an email address, and without "
        "anybody choosing for you.",
        "how_corrected": "When an item is corrected or withdrawn, its entry says so, and the feed of corrections "
        "lists it.",
        "how_1": "Get a feed reader: an app or a website that collects what is new from the places you choose.",
        "how_2": "Choose a feed on this page and copy its address.",
        "how_2_readers": "Choose a feed on this page and copy its address, or open “Add to a reader” and press yours.",
        "how_3": "Paste the address where your reader says “Add”, “Follow” or “+”. From then on, news comes to you.",
        "intro": "Choose what you want to hear about. Each of these feeds brings it to your feed reader when it is "
        "published.",
        "json": "JSON",
        "jump": "Jump to",
        "latest": "latest {when}",
        "letters": "{title}, by first letter",
        "main_page": "To the content",
        "none": "Nothing yet",
        "none_yet": "Nothing has been published here yet. You can follow the feed already: what comes will reach you.",
        "opml": "All feeds in one file",
        "opml_for": "Most readers can import it (OPML), if you want to follow everything by subject at once.",
        "privacy": "This page runs no script, sets no cookie and loads nothing from anybody else.",
        "qr": "QR code: {url}",
        "qr_all": "Scan to open the page of everything on a phone.",
        "qr_page": "Scan to open this page on a phone.",
        "read_in": "Or open it in:",
        "site_nav": "Feeds of this newsroom",
        "to_correction": "See the correction",
    }
)


def say(key: str, foreign: bool = False, **values: object) -> Markup:
    """Return words as HTML, marked as English where the newsroom's language is `foreign` to them."""
    words = escape(_WORDS[key]).format(
        **{name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
    )
    return mark(words, foreign)


def plain(key: str, **values: object) -> str:
    """Return words for a title or an attribute."""
    return _WORDS[key].format(**values)


def mark(words: str, foreign: bool) -> Markup:
    """Return English words as HTML, marked as such on a `foreign` page (WCAG 2.2 §3.1.2)."""
    return Markup('<span lang="{}" dir="ltr">{}</span>').format(LANGUAGE, words) if foreign else escape(words)


def is_foreign(language: str) -> bool:
    """Tell whether these words are foreign among words of a language (BCP 47)."""
    return language.lower().partition("-")[0] != LANGUAGE


def write_day(at: datetime, zone: str) -> str:
    """Return the date of an instant in a zone: `12 March 2026`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def write_moment(at: datetime, zone: str) -> str:
    """Return an instant in a zone to the minute: `12 March 2026, 14:05 EDT`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{write_day(at, zone)}, {local:%H:%M} {local.tzname()}"


def write_rate(per_week: float | None, newest_at: datetime | None, zone: str) -> str:
    """Return how often something comes and when it last did: `about 3 a week · latest 12 March 2026`."""
    if newest_at is None:
        return "nothing yet"
    latest = plain("latest", when=write_day(newest_at, zone))
    often = _write_frequency(per_week) if per_week else ""
    return f"{often} · {latest}" if often else latest


def _write_frequency(per_week: float) -> str:
    for times, unit in ((per_week / 7, "day"), (per_week, "week"), (per_week * 52 / 12, "month")):
        # Several a day, but one every two days is three or four a week; about one a week is more than half of one.
        if times >= (1.5 if unit == "day" else 0.75):
            return f"about {_count(times)} a {unit}"
    yearly = per_week * 52
    return f"about {_count(yearly)} a year" if yearly >= 0.75 else "less than one a year"


def _count(times: float) -> str:
    rounded = max(1, round(times))
    return "one" if rounded == 1 else str(rounded)
