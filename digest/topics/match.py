"""Rules × item → topics and regions, and why.

    title, summary | fold | find the terms of all rules at once | drop what is ignored | judge regions | judge topics

One automaton finds every term in a single pass, so 200 topics cost hardly more than a few. Captions and the full
text of an item are no argument here: they never put an item into a topic.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import ahocorasick

from digest.model.topic import Region, Rule, Term, Topic
from digest.topics.fold import Folded, fold, fold_offsets
from digest.topics.judge import Find, Use, counting, needs_words, refusal, uses_of
from digest.topics.terms import Needle, needle_of

FIELDS = ("title", "summary")


@dataclass(frozen=True, slots=True)
class Match:
    """Ids of the topics and regions of an item, each in the order of the configuration."""

    topics: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: its part in the rule (`any`, `in_title`, `all` …), the field, and the words as they stand."""

    part: str
    term: Term
    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a topic or region was given or withheld: `reason` is for people, empty if it was given."""

    id: str
    matched: bool
    reason: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """A match with a verdict on every topic and region that was given or had a term in the text."""

    match: Match
    topics: tuple[Verdict, ...]
    regions: tuple[Verdict, ...]


class _Entry(NamedTuple):
    id: str
    rule: Rule
    is_region: bool


_Place: TypeAlias = tuple[int, Use]
"""Where a term is used: the entry's number, and how."""


class Matcher:
    """All rules of a configuration, ready to judge items; it remembers nothing between two items."""

    def __init__(self, entries: tuple[_Entry, ...], automaton: Any) -> None:
        self._entries = entries
        self._automaton = automaton
        self._wordless = [at for at, entry in enumerate(entries) if not needs_words(entry.rule)]

    def match(self, title: str, summary: str, kind: str | None = None) -> Match:
        """Return the topics and regions of an item, judged by its title, summary and kind alone."""
        return self._judge(self._finds(fold(title), fold(summary)), kind)[0]

    def explain(self, title: str, summary: str, kind: str | None = None) -> Why:
        """Return the same match with the words that led to it; slower."""
        finds = self._finds(fold(title), fold(summary))
        match, refusals = self._judge(finds, kind)
        quotes = _Quotes(title, summary)
        verdicts: tuple[list[Verdict], list[Verdict]] = ([], [])
        for at, refused in refusals.items():
            if finds[at] or not refused:
                entry = self._entries[at]
                verdict = Verdict(entry.id, not refused, refused, tuple(quotes.hit(find) for find in finds[at]))
                verdicts[entry.is_region].append(verdict)
        return Why(match, tuple(verdicts[False]), tuple(verdicts[True]))

    def _judge(self, finds: Mapping[int, list[Find]], kind: str | None) -> tuple[Match, dict[int, str]]:
        """Judge the regions first, which a topic may ask for; also return for each entry why it was refused."""
        given: tuple[list[str], list[str]] = ([], [])
        refusals: dict[int, str] = {}
        for at in sorted(finds):
            entry = self._entries[at]
            regions = [] if entry.is_region else given[True]
            refusals[at] = refusal(entry.rule, counting(finds[at]), kind, regions)
            if not refusals[at]:
                given[entry.is_region].append(entry.id)
        return Match(topics=tuple(given[False]), regions=tuple(given[True])), refusals

    def _finds(self, *texts: Folded) -> dict[int, list[Find]]:
        """Return what was found of each entry that has to be judged, in the order of the text."""
        finds: defaultdict[int, list[Find]] = defaultdict(list, {at: [] for at in self._wordless})
        for field, text in enumerate(texts):
            for last, needles in self._automaton.iter(text.lower):
                for needle, uses in needles:
                    start = last + 1 - needle.length
                    end = needle.end_of(text, start)
                    if end >= 0:
                        for at, use in uses:
                            finds[at].append((use, field, start, end))
        return finds


def build_matcher(topics: Iterable[Topic], regions: Iterable[Region]) -> Matcher:
    """Prepare the rules of a configuration. A region that asks for regions is never given: none is known before."""
    entries = (
        *(_Entry(region.id, region.rule, True) for region in regions),
        *(_Entry(topic.id, topic.rule, False) for topic in topics),
    )
    places: dict[Needle, list[_Place]] = {}
    for at, entry in enumerate(entries):
        for use in uses_of(entry.rule):
            needle = needle_of(use.term)
            if needle is not None:
                places.setdefault(needle, []).append((at, use))
    return Matcher(entries, _automaton(places))


def _automaton(places: Mapping[Needle, list[_Place]]) -> Any:
    """Build the search for all keys; a key leads to the needles that begin with it, mostly one."""
    needles: dict[str, list[tuple[Needle, list[_Place]]]] = {"\0": []}  # one without a word cannot search
    for needle, found in places.items():
        needles.setdefault(needle.key, []).append((needle, found))
    automaton = ahocorasick.Automaton()
    for key, value in needles.items():
        automaton.add_word(key, value)
    automaton.make_automaton()
    return automaton


class _Quotes:
    """Finds words again in the original title and summary."""

    def __init__(self, *texts: str) -> None:
        self._texts = texts
        self._offsets = tuple(fold_offsets(text) for text in texts)

    def hit(self, find: Find) -> Hit:
        use, field, start, end = find
        offsets = self._offsets[field]
        return Hit(use.part, use.term, FIELDS[field], self._texts[field][offsets[start] : offsets[end]].strip())
