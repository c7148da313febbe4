"""What is wrong with a feed, in sentences: RFC 4287, and what readers need beyond it. Pure; nothing is fetched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.feeds.check_document import Fresh, read_document
from digest.feeds.check_entry import Noted, check_entry, note_entry
from digest.feeds.check_fields import Fields, fields_of, text_of
from digest.feeds.check_head import ONE_SECOND, check_against_head, check_head


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `entry_id` is the entry to blame, without which the feed may be published; None where
    it is the feed. `entry` is that entry's name, its title in quotes, which `str` puts before the sentence."""

    sentence: str
    entry_id: str | None = None
    entry: str | None = None

    def __str__(self) -> str:
        return self.sentence if self.entry is None else f"{self.entry}: {self.sentence}"


class Passed:
    """Remembers entries that had nothing wrong with them, by a hash of their octets, so that feeds may share one look.

    What an entry is among others (its id, its time) is looked at in every feed all the same.
    """

    def __init__(self, limit: int = 250_000) -> None:
        self._limit = limit
        self._entries: dict[bytes, Noted] = {}

    def find(self, key: bytes) -> Noted | None:
        """Return what was noted of an entry under this key, None where it did not pass yet."""
        return self._entries.get(key)

    def add(self, key: bytes, entry: Noted) -> None:
        """Note an entry that passed; beyond the limit all are forgotten, which costs a look and nothing else."""
        if len(self._entries) >= self._limit:
            self._entries.clear()
        self._entries[key] = entry


def check_feed(data: bytes, previous: bytes | None = None, *, passed: Passed | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with an Atom feed, nothing if it may be published.

    `previous` is what was published under the same name; it is not used if it cannot be read itself. `passed` spares
    a look at entries that passed before: the answer is the same with and without it.
    """
    passed = Passed() if passed is None else passed
    document = read_document(data, passed.find)
    if isinstance(document, str):
        return (Problem(document),)
    feed = fields_of(document.root)
    problems = [Problem(sentence) for sentence in check_head(document.root, feed)]
    entries: list[Noted] = []
    for one in document.entries:
        noted, sentences = _looked_at(one, passed)
        entries.append(noted)
        problems += (_of(noted, sentence) for sentence in sentences)
    problems += (_of(noted, sentence) for noted, sentence in check_against_head(feed, entries))
    problems += _problems_among(entries)
    if previous is not None:
        problems += _problems_since(previous, passed, feed, entries)
    return tuple(problems)


def _of(noted: Noted | None, sentence: str) -> Problem:
    return Problem(sentence) if noted is None else Problem(sentence, noted.id, noted.name)


def _looked_at(entry: Fresh | Noted, passed: Passed) -> tuple[Noted, Sequence[str]]:
    if isinstance(entry, Noted):
        return entry, ()
    fields = fields_of(entry.element)
    noted = note_entry(fields)
    found = tuple(check_entry(entry.element, fields, noted))
    if entry.key is not None and not found:
        passed.add(entry.key, noted)
    return noted, found


def _problems_among(entries: Sequence[Noted]) -> Iterator[Problem]:
    ids: set[str] = set()
    first: dict[datetime, str] = {}
    for entry in entries:
        if entry.id in ids:
            yield _of(entry, f"the id {entry.id} stands on another entry too (RFC 4287 §4.1.1)")
        if entry.updated in first:
            same, name = entry.updated.isoformat(), first[entry.updated]
            yield _of(entry, f"it was updated at the same instant {same} as {name}, so readers mix their order")
        ids.add(entry.id)
        if entry.updated:
            first.setdefault(entry.updated, entry.name)


def _problems_since(previous: bytes, passed: Passed, feed: Fields, entries: Sequence[Noted]) -> Iterator[Problem]:
    document = read_document(previous, passed.find)
    if isinstance(document, str):
        return
    feed_id = text_of(fields_of(document.root), "id")
    if feed_id and feed_id != text_of(feed, "id"):
        yield Problem(f"the feed's id was {feed_id} and must not change (RFC 4287 §4.2.6)")
    old = [one if isinstance(one, Noted) else note_entry(fields_of(one.element)) for one in document.entries]
    by_id = {entry.id: entry for entry in old}
    by_story = {entry.story: entry.id for entry in old}
    ids = {entry.id for entry in entries}
    for entry in entries:
        same = by_id.get(entry.id)
        if same and same.updated and entry.updated and same.updated - entry.updated >= ONE_SECOND:
            before, now = same.updated.isoformat(), entry.updated.isoformat()
            yield _of(entry, f"its updated goes back from {before} to {now}")
        known = by_story.get(entry.story, entry.id)
        if known != entry.id and known not in ids:
            yield _of(entry, f"its id was {known} and must not change (RFC 4287 §4.2.6)")
