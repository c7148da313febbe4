"""Subject, preheader and contents: what tells a reader at a glance what a digest holds."""

from collections.abc import Iterator

from digest.editions.shorten import join_line, shorten_words
from digest.model.edition import DigestView, SectionEntry

SUBJECT_CHARACTERS = 70
PREHEADER_CHARACTERS = 140
"""What the widest inboxes show after the subject."""


def list_entries(view: DigestView) -> Iterator[SectionEntry]:
    """Yield every item of the news once, in the order of the page: the top story, then section by section."""
    if view.top is not None:
        yield view.top
    for section in view.sections:
        yield from section.entries


def build_subject(view: DigestView) -> str:
    """Return the lead headline "and 11 more", at most 70 characters, one line; the headline ends at a word.

    Without news, a correction or withdrawal leads, and says so.
    """
    headlines = _headlines(view)
    if not headlines:
        return shorten_words(view.list_title, SUBJECT_CHARACTERS)
    others = len(headlines) - 1
    tail = f" and {others:,} more" if others else ""
    return shorten_words(headlines[0], SUBJECT_CHARACTERS - len(tail)) + tail


def build_preheader(view: DigestView) -> str:
    """Return the second and third headline, which an inbox shows beside the subject; empty where there is one only."""
    return shorten_words(" · ".join(filter(None, _headlines(view)[1:3])), PREHEADER_CHARACTERS)


def build_contents(view: DigestView) -> list[tuple[str, int]]:
    """Return the title and the number of items of everything below the top story, in the order of the page."""
    notices = [("Corrections", len(view.corrected)), ("Withdrawn", len(view.withdrawn))]
    sections = [(section.title, len(section.entries)) for section in view.sections]
    return sections + [(title, count) for title, count in notices if count]


def _headlines(view: DigestView) -> list[str]:
    news = [join_line(entry.item.title) for entry in list_entries(view)] + [""] * view.more
    corrections = [f"Correction: {join_line(item.title)}" for item in view.corrected]
    withdrawals = [f"Withdrawn: {join_line(item.title)}" for item in view.withdrawn]
    return news or corrections + withdrawals + [""] * view.more_notices
