"""How a source is doing, in words for its operator: judged by its state alone, the gravest finding first."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from statistics import median_low
from zoneinfo import ZoneInfo

from digest.config.settings import SourceSettings
from digest.model.source import MOST_READINGS, PastReading, SourceState

QUIET_TIMES = 3
"""Nothing new for this many times the usual gap is worth a look (SOURCES.md)."""

QUIET_LEAST = timedelta(days=3)
"""No silence shorter than this is worth a look: a weekend is no trouble."""

QUIET_UNKNOWN = timedelta(days=30)
"""What counts as silence where no usual gap is known."""

FEW_LEAST = 4
"""Where fewer items than this are usual, half of them says nothing."""

GAPS_LEAST = 2
"""Gaps between news that must have been seen before any of them is usual."""

LONGEST_PROBLEM = 160
"""Characters of a problem that are told here: two lines; the log and `--json` have all of it."""

_OTHER_PAGE = ("html page", "not a feed", "not a text dump", "login", "log in", "sign in", "error page")
"""What a problem says where a page came, but another one than the source's own."""

_NOTHING_SELECTED = 'the selector "'
"""How the only marker of a page begins on which nothing is found, and which looks like nothing else."""


class Word(StrEnum):
    """What a source is, the gravest first; from `EMPTY` on it is no trouble."""

    GONE = "gone"
    UNREACHABLE = "unreachable"
    SUSPECT = "suspect"
    BROKEN = "broken"
    WAITING = "waiting"
    MOVED = "moved"
    FEWER = "fewer"
    QUIET = "quiet"
    PARTIAL = "partial"
    EMPTY = "empty"
    NEW = "new"
    OK = "ok"

    @property
    def is_trouble(self) -> bool:
        """Whether an operator should look at it."""
        return self not in (Word.EMPTY, Word.NEW, Word.OK)


@dataclass(frozen=True, slots=True)
class Health:
    """The gravest word, a sentence that names at most two findings, and what comes next or what to do."""

    word: Word
    sentence: str
    next_step: str


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of a source at one moment; `zone` is that of whoever reads the words."""

    state: SourceState
    source: SourceSettings
    pending: int
    left_out: int
    now: datetime
    zone: tzinfo

    @property
    def next_at(self) -> str:
        """When it is read next, in words."""
        due_at = self.state.due_at
        return "is due now" if due_at is None or due_at <= self.now else say_when(due_at, self.now, self.zone)

    @property
    def stays(self) -> str:
        """What becomes of everything when a reading gave nothing to go by."""
        if self.state.read_at is None:
            return f"Next try {self.next_at}."
        return f"Keeps the last good items and feeds; next try {self.next_at}."

    @property
    def stale(self) -> str:
        """Since when nothing good was read."""
        read_at = self.state.read_at
        return "never read yet" if read_at is None else f"stale since {say_when(read_at, self.now, self.zone)}"

    @property
    def look(self) -> str:
        """The command that looks at the source anew, whole."""
        place = shlex.quote(self.source.path or self.source.url or "URL")
        return f"`digest sources try {place}{' --allow-private' if self.source.allow_private else ''}`"


def decide_health(
    state: SourceState,
    source: SourceSettings,
    pending: int,
    now: datetime,
    zone: tzinfo | None = None,
    left_out: int = 0,
) -> Health:
    """Return how a source is doing.

    `pending` items wait for approval, `left_out` of its last reading could not be used; instants are told in `zone`,
    else its own. Commands in the next step stand in back-quotes.
    """
    case = _Case(state, source, pending, left_out, now, zone or ZoneInfo(source.timezone))
    read = (_find_broken, _find_waiting, _find_moved, _find_fewer, _find_quiet, _find_partial)
    found = [one for find in ((_find_waiting, _find_moved) if state.failures else read) if (one := find(case))]
    signs = [_find_failure(case), *found] if state.failures else found
    if not signs:
        return _find_calm(case)
    first, *others = signs
    also = f"; {others[0].sentence}" if others else ""
    return Health(first.word, first.sentence + also, first.next_step)


def usual_items(history: Sequence[PastReading]) -> int | None:
    """Return how many items a source usually lists, None where it never listed any."""
    counts = [one.items for one in history if one.items]
    return median_low(counts) if counts else None


def usual_gap(history: Sequence[PastReading]) -> timedelta | None:
    """Return the mean time between two readings with something new, None where too few were seen.

    Of many gaps the longest one does not count: one summer break says nothing about a silence in March.
    """
    news = [one.at for one in history if one.new]
    gaps = sorted(later - earlier for earlier, later in pairwise(news))
    if len(gaps) < GAPS_LEAST:
        return None
    counted = gaps[:-1] if len(gaps) > 2 * GAPS_LEAST else gaps
    return sum(counted, timedelta()) / len(counted)


def add_reading(history: Sequence[PastReading], fresh: PastReading) -> tuple[PastReading, ...]:
    """Return the history with one more reading, the oldest dropped.

    A run of readings that brought nothing new and listed the same number counts as its last one: so twenty of them
    reach back over weeks, and a source that has been broken for a night still knows what was usual.
    """
    kept = tuple(history)
    if kept and not fresh.new and not kept[-1].new and kept[-1].items == fresh.items:
        kept = kept[:-1]
    return (*kept, fresh)[-MOST_READINGS:]


def say_when(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return an instant as people say it today: `14:05`, and with its day where that is another one."""
    there, today = at.astimezone(zone), now.astimezone(zone)
    if there.date() == today.date():
        return there.strftime("%H:%M")
    return there.strftime("%a %-d %b %H:%M" if abs(there - today) < timedelta(days=180) else "%-d %b %Y %H:%M")


def say_span(span: timedelta) -> str:
    """Return a length of time in the unit that fits: `20 min`, `6 h`, `5 days`."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 90:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(minutes / 1440):,} days"


def _find_failure(case: _Case) -> Health:
    state = case.state
    problem = _cut(state.problem or "it could not be read")
    if state.status == 410:
        cure = f"Write its new address into config.yaml, or take it out; its items stay. Next try {case.next_at}."
        return Health(Word.GONE, f"its page is gone for good (410), {case.stale}", cure)
    if state.status == 200 or (state.status is None and any(words in problem.lower() for words in _OTHER_PAGE)):
        return Health(Word.SUSPECT, f"it answers with something else, {case.stale}: {problem}", case.stays)
    times = f" ({state.failures:,} times in a row)" if state.failures > 1 else ""
    return Health(Word.UNREACHABLE, f"{case.stale}: {problem}{times}", case.stays)


def _find_broken(case: _Case) -> Health | None:
    """Find a page without items: something else stands there, or there were some before."""
    history, problem = case.state.history, case.state.problem
    if not _lists_none(case):
        return None
    usual = usual_items(history)
    stays = f"Keeps the last good items; next reading {case.next_at}. {case.look} looks at it anew"
    signs = _cut(problem) if problem and history[-1].at == case.state.read_at else ""
    if signs and not signs.startswith(_NOTHING_SELECTED):
        seen = f"no items where {usual:,} are usual" if usual else "no items"
        return Health(Word.SUSPECT, f"it answers with something else, {seen}: {signs}", stays)
    if case.left_out:
        seen = f"0 of the usual {_items(usual)}" if usual else "it gives no items"
        return Health(
            Word.BROKEN, f"{seen}: {case.left_out:,} could not be used and {_were(case.left_out)} left out", stays
        )
    selected = f" ({signs})" if signs else ""
    if usual is None and case.state.last_new_at is None:
        return Health(Word.BROKEN, f"it gives no items{selected}: do the selectors fit?", stays) if signs else None
    seen = f"0 of the usual {_items(usual)}" if usual else "0 items where there were some before"
    return Health(Word.BROKEN, f"{seen}: has the layout changed?{selected}", stays)


def _find_waiting(case: _Case) -> Health | None:
    if not case.pending:
        return None
    seen = f"{_items(case.pending)} came at once: held until you approve"
    cure = f"`digest items --pending` shows them, `digest fetch --approve {case.source.id}` releases them"
    return Health(Word.WAITING, seen, cure)


def _find_moved(case: _Case) -> Health | None:
    moved_to = case.state.moved_to
    if not moved_to or moved_to == case.source.url:
        return None
    line = f", line {case.source.line}" if case.source.line else ""
    cure = f"Write it into config.yaml{line}; until then it is read through the old one."
    return Health(Word.MOVED, f"it moved for good to {moved_to}", cure)


def _find_fewer(case: _Case) -> Health | None:
    *before, last = case.state.history or (None,)
    usual = usual_items([one for one in before if one])
    if last is None or not last.items or not usual or usual < FEW_LEAST or last.items * 2 > usual:
        return None
    cure = f"Does its page show more than was read? Next reading {case.next_at}. {case.look} looks at it anew"
    return Health(Word.FEWER, f"{last.items:,} of the usual {_items(usual)}", cure)


def _find_quiet(case: _Case) -> Health | None:
    last, gap = case.state.last_new_at, usual_gap(case.state.history)
    if last is None or _lists_none(case):
        return None
    silence = case.now - last
    limit = max(gap * QUIET_TIMES, QUIET_LEAST) if gap else QUIET_UNKNOWN
    if silence <= limit:
        return None
    usually = f", usually every {say_span(gap)}" if gap else ""
    cure = f"Is there something new on its page? Next reading {case.next_at}."
    return Health(Word.QUIET, f"nothing new for {say_span(silence)}{usually}", cure)


def _find_partial(case: _Case) -> Health | None:
    if not case.state.problem or _lists_none(case):
        return None
    cure = f"What could be read is kept; next reading {case.next_at}."
    return Health(Word.PARTIAL, f"read, but: {_cut(case.state.problem)}", cure)


def _find_calm(case: _Case) -> Health:
    after = f"Next reading {case.next_at}."
    if case.state.read_at is None:
        return Health(Word.NEW, "not read yet", after)
    if _lists_none(case):
        return Health(Word.EMPTY, "it lists no items, and never has", after)
    return Health(Word.OK, "all is well", after)


def _lists_none(case: _Case) -> bool:
    history = case.state.history
    return bool(history) and history[-1].items == 0


def _items(number: int) -> str:
    return "1 item" if number == 1 else f"{number:,} items"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _cut(problem: str) -> str:
    return problem if len(problem) <= LONGEST_PROBLEM else problem[: LONGEST_PROBLEM - 1].rstrip() + "…"
