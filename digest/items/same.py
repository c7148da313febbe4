"""Whether two items are one story: under another key after a redesign, twice on a page, or from two sources.

Merging two stories hides one from its readers for good, telling one story twice is merely a nuisance: so a title alone
never merges anything. It takes the link, or the title together with date, summary or a whole page that came back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, IntEnum

from digest.items.text import fold_words

WINDOW = timedelta(days=3)
"""How far apart the dates of one story may lie, in another source or after its date was corrected."""

_ZONES = timedelta(hours=14)
"""The farthest zone from UTC: a time that is read in another zone is off by no more."""

_LEAST_PREFIX = 24
"""Characters with which two summaries must begin alike where one was cut in the middle of a word."""

_WAVE_LEAST = 3
"""Stories that must come back together to be taken for a page that was redesigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What an item is known by. `published_on` is a date in its source's zone; where `dated` is False, its first sight.

    `kind` is a kind's id, `explicit` says that its key is an id that the source gave, `withdrawn` that it was pulled.
    """

    link_key: str | None
    title_key: str | None
    title: str
    summary: str
    kind: str | None
    published_on: date
    published_at: datetime
    date_only: bool
    dated: bool
    explicit: bool
    withdrawn: bool = False


class Place(Enum):
    """Where the older one of two stands: in another `SOURCE`, in this one (`HOME`), in this very reading (`PAGE`).

    Of a reading that does not list everything nobody knows which of the last two it is: `UNKNOWN`.
    """

    SOURCE = "source"
    HOME = "home"
    PAGE = "page"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Likeness:
    """That two items are one story, and why. If not `sure`, only where others of the page come back as well.

    Of several likenesses that of the smallest `distance` is meant: link before title, the nearest date, the summary
    most alike. An `alone` one counts only where there is no other.
    """

    reason: str
    distance: tuple[int, int, int]
    sure: bool = True
    alone: bool = False


class _Words(IntEnum):
    SAME = 0
    OPEN = 1
    OTHER = 2


def find_likeness(new: Traits, old: Traits, place: Place) -> Likeness | None:
    """Tell whether a new item is the story of an older one that has another key; None where it is not."""
    return _by_link(new, old, place) or _by_title(new, old, place) or _by_short_title(new, old, place)


def is_wave(likenesses: int, unknown: int) -> bool:
    """Tell whether so many stories come back under other keys that their page was redesigned, of all unknown ones."""
    return likenesses >= _WAVE_LEAST and likenesses * 2 >= unknown


def choose_likeness(found: Sequence[Likeness]) -> Likeness | None:
    """Return the best of several likenesses of one item; None where it could as well be another."""
    counted = [one for one in found if not one.alone] or (found if len(found) == 1 else ())
    return min(counted, key=lambda one: (not one.sure, one.distance), default=None)


def _by_link(new: Traits, old: Traits, place: Place) -> Likeness | None:
    if new.link_key is None or new.link_key != old.link_key or place is Place.PAGE:
        return None
    alike = fold_words(new.title) == fold_words(old.title)
    near = _gap(new, old) <= WINDOW.days or not (new.dated and old.dated)
    if place is Place.SOURCE:
        same = alike or near
    elif not (new.explicit and old.explicit):
        same = True  # the link was or is its key
    else:
        # A page may be used again and again, as for a bulletin: each time with an id of its own.
        summary = _compare_summaries(new, old)
        words = alike or summary is _Words.SAME
        undated = not (new.dated and old.dated)
        same = (words and _is_same_day(new, old)) or (undated and alike and summary is not _Words.OTHER)
    return Likeness("it has the same link", _distance(0, new, old)) if same else None


def _by_title(new: Traits, old: Traits, place: Place) -> Likeness | None:
    if new.title_key is None or new.title_key != old.title_key:
        return None
    summary = _compare_summaries(new, old)
    if _are_kinds_apart(new, old) or (old.withdrawn and not _is_pulled_story(new, old, summary)):
        return None
    decide = {Place.SOURCE: _in_another_source, Place.HOME: _at_home, Place.PAGE: _on_the_page}
    return decide.get(place, _on_the_page)(new, old, summary)


def _by_short_title(new: Traits, old: Traits, place: Place) -> Likeness | None:
    """Judge two by a title that is too short to name a story: in its own source, with its day, it may do so."""
    words = fold_words(new.title)
    if place is not Place.HOME or new.title_key or old.title_key or not words or words != fold_words(old.title):
        return None
    summary = _compare_summaries(new, old)
    if not _is_same_day(new, old) or summary is _Words.OTHER or _are_kinds_apart(new, old):
        return None
    return _titled(new, old, "the same short title and date under another id", sure=False)


def _are_kinds_apart(new: Traits, old: Traits) -> bool:
    return bool(new.kind and old.kind and new.kind != old.kind)


def _is_pulled_story(new: Traits, old: Traits, summary: _Words) -> bool:
    """Tell whether a story that was withdrawn is there again, not one that was written anew."""
    return summary is _Words.SAME or (summary is _Words.OPEN and _is_same_day(new, old))


def _in_another_source(new: Traits, old: Traits, summary: _Words) -> Likeness | None:
    if _is_same_day(new, old):
        return _titled(new, old, "the same title on the same day in another source")
    if _gap(new, old) > WINDOW.days or summary is _Words.OTHER:
        return None
    return _titled(new, old, "the same title within days in another source", alone=True)


def _on_the_page(new: Traits, old: Traits, summary: _Words) -> Likeness | None:
    """Judge two that stand on one page: the words must be the same, or missing on one side only."""
    one_has = bool(new.summary) != bool(old.summary)
    if _is_same_day(new, old) and (summary is _Words.SAME or one_has):
        return _titled(new, old, "the same words twice on the page")
    undated = not (new.dated and old.dated)
    if undated and summary is _Words.SAME and not _are_apart(new, old):
        return _titled(new, old, "the same words twice on the page")
    return None


def _at_home(new: Traits, old: Traits, summary: _Words) -> Likeness | None:
    """Judge one whose older likeness is no longer listed under its own key."""
    if _is_same_day(new, old):
        return _titled(new, old, "the same title and date under another id", sure=summary is not _Words.OTHER)
    near = _gap(new, old) <= WINDOW.days
    if new.dated and old.dated:
        # A date was corrected: but where each has an id or page of its own, it is rather the next of a series.
        moved = near and summary is _Words.SAME and not _are_apart(new, old)
        return _titled(new, old, "the same words under another date") if moved else None
    if summary is _Words.OTHER:
        return None
    sure = near and summary is _Words.SAME and not _are_apart(new, old)
    return _titled(new, old, "the same title under another id", sure=sure)


def _titled(new: Traits, old: Traits, reason: str, *, sure: bool = True, alone: bool = False) -> Likeness:
    return Likeness(reason, _distance(1, new, old), sure, alone)


def _distance(rank: int, new: Traits, old: Traits) -> tuple[int, int, int]:
    return rank, _gap(new, old), int(_compare_summaries(new, old))


def _gap(new: Traits, old: Traits) -> int:
    return abs((new.published_on - old.published_on).days)


def _is_same_day(new: Traits, old: Traits) -> bool:
    """Tell whether two dates are one, however precisely each was given."""
    if not (new.dated and old.dated):
        return False
    if new.date_only is not old.date_only:
        return _gap(new, old) <= 1
    if new.date_only:
        return _gap(new, old) == 0
    return abs(new.published_at - old.published_at) <= _ZONES


def _are_apart(new: Traits, old: Traits) -> bool:
    """Tell whether each has an id of its own, or a page of its own: without dates, that makes two stories of them."""
    return (new.explicit and old.explicit) or bool(new.link_key and old.link_key and new.link_key != old.link_key)


def _compare_summaries(new: Traits, old: Traits) -> _Words:
    one, other = fold_words(new.summary), fold_words(old.summary)
    if not one or not other:
        return _Words.OPEN
    shorter, longer = sorted((one, other), key=len)
    cut = len(shorter) >= _LEAST_PREFIX or f"{longer} ".startswith(f"{shorter} ")
    return _Words.SAME if cut and longer.startswith(shorter) else _Words.OTHER
