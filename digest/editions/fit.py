"""Fitting: a view becomes smaller, step by step, so that its HTML stays under the size at which mail is clipped."""

from dataclasses import dataclass, replace
from datetime import datetime

from digest.editions.shorten import shorten_summary, shorten_words
from digest.model.edition import DigestView, SectionEntry
from digest.model.item import Item

HTML_BYTES = 80_000
"""Gmail clips a message at about 102 kB; quoted-printable and the headers need their share of that."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One step: how many items, and how long their titles and summaries (in characters); 0 shows titles only."""

    items: int
    summary: int
    title: int = 300


LADDER = (
    Fit(items=40, summary=320),
    Fit(items=40, summary=200),
    Fit(items=40, summary=110),
    Fit(items=40, summary=0),
    Fit(items=30, summary=0, title=150),
    Fit(items=20, summary=0, title=150),
    Fit(items=10, summary=0, title=150),
    Fit(items=5, summary=0, title=150),
    Fit(items=2, summary=0, title=150),
)
"""From roomy to tight: first shorter summaries, then titles alone, then fewer items."""

NOTE_CHARACTERS = 300


def fit_view(view: DigestView, fit: Fit) -> DigestView:
    """Return the view with at most so many items, corrections and withdrawals, and with its texts shortened."""
    limited = limit_view(view, fit.items)
    return replace(
        limited,
        top=limited.top and _fit_entry(limited.top, fit),
        sections=tuple(
            replace(section, entries=tuple(_fit_entry(entry, fit) for entry in section.entries))
            for section in limited.sections
        ),
        corrected=tuple(_fit_item(item, fit) for item in limited.corrected),
        withdrawn=tuple(_fit_item(item, fit) for item in limited.withdrawn),
    )


def limit_view(view: DigestView, items: int) -> DigestView:
    """Return the view with the top story and the newest others, `items` in all; the rest is counted in `more`.

    Corrections and withdrawals are limited to the same number each, and counted in `more_notices`.
    """
    room = items - (view.top is not None)
    entries = [entry for section in view.sections for entry in section.entries]
    kept = {entry.item.id for entry in sorted(entries, key=_age_key, reverse=True)[:room]}
    sections = (
        replace(section, entries=tuple(entry for entry in section.entries if entry.item.id in kept))
        for section in view.sections
    )
    notices = max(len(view.corrected) - items, 0) + max(len(view.withdrawn) - items, 0)
    return replace(
        view,
        sections=tuple(section for section in sections if section.entries),
        corrected=view.corrected[:items],
        withdrawn=view.withdrawn[:items],
        more=view.more + len(entries) - len(kept),
        more_notices=view.more_notices + notices,
    )


def _age_key(entry: SectionEntry) -> tuple[datetime, int]:
    return (entry.item.published_at, entry.item.id)


def _fit_entry(entry: SectionEntry, fit: Fit) -> SectionEntry:
    return replace(entry, item=_fit_item(entry.item, fit), picture=entry.picture if fit.summary else None)


def _fit_item(item: Item, fit: Fit) -> Item:
    return replace(
        item,
        title=shorten_words(item.title, fit.title),
        summary=shorten_summary(item.summary, fit.summary, truncated=item.truncated),
        note=item.note and shorten_words(item.note, NOTE_CHARACTERS),
    )
