"""What is wrong with a feed, in sentences: RFC 4287, and what readers need beyond it. Pure; nothing is fetched."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from lxml import etree

from digest.feeds.links import control_character, html_faults, is_entry_id, is_web_url

_ATOM = "{http://www.w3.org/2005/Atom}"
_ADDRESSED = (
    *(f"{_ATOM}{name}" for name in ("link", "category", "icon", "logo", "uri")),
    "{http://search.yahoo.com/mrss/}*",
)
# RFC 3339 §5.6, with the capital letters that RFC 4287 §3.3 asks for.
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*", re.ASCII)
_ONCE = ("id", "title", "updated")
_FEED_AT_MOST_ONCE = ("generator", "icon", "logo", "rights", "subtitle")
_ENTRY_AT_MOST_ONCE = ("content", "published", "rights", "source", "summary")
_ONE_SECOND = timedelta(seconds=1)


_Fields = Mapping[str, Sequence[etree._Element]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry is among others."""

    name: str
    id: str
    link: str | None
    published: datetime | None
    updated: datetime | None

    @property
    def story(self) -> tuple[str | None, str, datetime | None]:
        """What surely is the same story: one link alone may serve two."""
        return self.link, self.name, self.published


class Passed:
    """Remembers entries that had nothing wrong with them, by a hash of their octets, so that feeds may share one look.

    What an entry is among others (its id, its time) is looked at in every feed all the same.
    """

    def __init__(self, limit: int = 250_000) -> None:
        self._limit = limit
        self._entries: dict[bytes, _Entry] = {}

    def find(self, raw: bytes) -> _Entry | None:
        """Return what was noted of an entry with these octets, None where it did not pass yet."""
        return self._entries.get(_hash(raw))

    def add(self, raw: bytes, entry: _Entry) -> None:
        """Note an entry that passed; beyond the limit all are forgotten, which costs a look and nothing else."""
        if len(self._entries) >= self._limit:
            self._entries.clear()
        self._entries[_hash(raw)] = entry


def _hash(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=16).digest()


def check_feed(data: bytes, previous: bytes | None = None, *, passed: Passed | None = None) -> tuple[str, ...]:
    """Return what is wrong with an Atom feed, nothing if it may be published.

    `previous` is what was published under the same name; it is not used if it cannot be read itself. `passed` spares
    a look at entries that passed before.
    """
    passed = Passed() if passed is None else passed
    feed = _parsed(data)
    if isinstance(feed, str):
        return (feed,)
    fields = _fields(feed)
    problems = [*_feed_problems(fields)]
    entries: list[_Entry] = []
    for element, raw in zip(fields.get("entry", ()), _raw_entries(data, len(fields.get("entry", ()))), strict=True):
        entry, found = _looked_at(element, raw, passed)
        entries.append(entry)
        problems += (f"{entry.name}: {problem}" for problem in found)
    problems += _problems_among(entries)
    if previous is not None:
        problems += _problems_since(*_summed_up(previous, passed), fields, entries)
    return tuple(problems)


def _looked_at(element: etree._Element, raw: bytes, passed: Passed) -> tuple[_Entry, Sequence[str]]:
    known = passed.find(raw)
    if known is not None:
        return known, ()
    fields = _fields(element)
    entry = _entry(fields)
    found = tuple(_entry_problems(element, fields, entry))
    if raw and not found:
        passed.add(raw, entry)
    return entry, found


def _raw_entries(data: bytes, count: int | None = None) -> Sequence[bytes]:
    """Return the octets of each entry; empty ones where the text between tags pretends to be another."""
    raw = [part.partition(b"</entry>")[0] for part in data.split(b"<entry")[1:]]
    return raw if count in (None, len(raw)) else [b""] * (count or 0)


def _summed_up(previous: bytes, passed: Passed) -> tuple[str | None, Sequence[_Entry]]:
    """Return the id and the entries of what was published; None and none where it cannot be read."""
    noted = [passed.find(raw) for raw in _raw_entries(previous)]
    known = [entry for entry in noted if entry is not None]
    if len(known) == len(noted):
        head = previous.partition(b"<entry")[0].removesuffix(b"</feed>\n") + b"</feed>"
        feed = _parsed(head)
        return (None, ()) if isinstance(feed, str) else (_text(_fields(feed), "id"), known)
    feed = _parsed(previous)
    if isinstance(feed, str):
        return None, ()
    fields = _fields(feed)
    return _text(fields, "id"), [_entry(_fields(element)) for element in fields.get("entry", ())]


def _parsed(data: bytes) -> etree._Element | str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"the feed is not UTF-8 at byte {error.start}"
    if "<!DOCTYPE" in text:
        return "the feed has a document type, which readers refuse for what it can do"
    found = control_character(text)
    if found:
        return f"the feed holds the control character {found}"
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        feed = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return f"the feed is not well-formed XML: {error.msg}"
    return feed if feed.tag == f"{_ATOM}feed" else "the document is no Atom feed (RFC 4287 §4.1.1)"


def _fields(parent: etree._Element) -> _Fields:
    fields: dict[str, list[etree._Element]] = {}
    for child in parent.iterchildren(etree.Element):
        fields.setdefault(child.tag.removeprefix(_ATOM), []).append(child)
    return fields


def _entry(fields: _Fields) -> _Entry:
    links = _links(fields, "alternate")
    id_ = _text(fields, "id")
    name = f"“{_text(fields, 'title').strip() or id_}”"
    link = links[0].get("href") if links else None
    return _Entry(name, id_, link, _date(fields, "published"), _date(fields, "updated"))


def _feed_problems(feed: _Fields) -> Iterator[str]:
    yield from _problems_of_both(feed, "the feed", _FEED_AT_MOST_ONCE)
    if len(_links(feed, "self")) != 1:
        yield f"the feed must have one self link, not {len(_links(feed, 'self'))} (RFC 4287 §4.1.1)"
    for name, children in feed.items():
        if name != "entry":
            yield from (problem for child in children for problem in _address_problems(child))


def _entry_problems(element: etree._Element, fields: _Fields, entry: _Entry) -> Iterator[str]:
    yield from _problems_of_both(fields, "it", _ENTRY_AT_MOST_ONCE)
    if "published" not in fields:
        yield "it has no published, by which readers sort"
    if entry.published and entry.updated and entry.published > entry.updated:
        yield "it was published after it was updated"
    yield from _content_problems(fields)
    yield from _address_problems(element)


def _problems_of_both(fields: _Fields, who: str, at_most_once: Iterable[str]) -> Iterator[str]:
    """Look for what RFC 4287 asks of feeds (§4.1.1) and entries (§4.1.2) alike."""
    for name in (*_ONCE, *at_most_once):
        times = len(fields.get(name, ()))
        if times > 1 or (times == 0 and name in _ONCE):
            yield f"{who} must have one {name}, not {times} (RFC 4287 §4.1.1, §4.1.2)"
    if "id" in fields and not is_entry_id(_text(fields, "id")):
        yield f"{who} has an id that is no absolute address: {_text(fields, 'id')!r} (RFC 4287 §4.2.6)"
    if "title" in fields and not _text(fields, "title").strip():
        yield f"{who} has an empty title (RFC 4287 §4.2.14)"
    for name in ("published", "updated"):
        if name in fields and _date(fields, name) is None:
            yield f"{who} needs a date with time and zone as {name} (RFC 4287 §3.3)"
    # Many readers do not inherit the author of the feed.
    authors = fields.get("author", ())
    if not authors or not all(_text(_fields(author), "name").strip() for author in authors):
        yield f"{who} has no author with a name (RFC 4287 §3.2.1, §4.2.1)"
    if len(_links(fields, "alternate")) != 1:
        yield f"{who} must have one alternate link, not {len(_links(fields, 'alternate'))} (RFC 4287 §4.2.7.2)"


def _content_problems(entry: _Fields) -> Iterator[str]:
    text = _text(entry, "content")
    if not text.strip():
        yield "it has no content (RFC 4287 §4.1.3)"
        return
    if text == _text(entry, "summary"):
        yield "its summary repeats its content (RFC 4287 §4.2.13)"
    if entry["content"][0].get("type") == "html":
        yield from html_faults(text)


def _address_problems(parent: etree._Element) -> Iterator[str]:
    """Look at every address in an element, its own and those of what it holds."""
    for element in parent.iter(*_ADDRESSED):
        match element.tag.removeprefix(_ATOM):
            case "link":
                yield from _link_problems(element)
            case "category":
                if not element.get("term"):
                    yield "a category has no term (RFC 4287 §4.2.2.1)"
                yield from _no_web_url(element, element.get("scheme"))
            case "icon" | "logo" | "uri":
                yield from _no_web_url(element, element.text or "")
            case _:
                yield from _no_web_url(element, element.get("url"))


def _link_problems(link: etree._Element) -> Iterator[str]:
    yield from _no_web_url(link, link.get("href", ""))
    if link.get("rel") == "enclosure":
        if not re.fullmatch(r"[1-9][0-9]*", link.get("length", "")):
            yield "an enclosure has no length in bytes (RFC 4287 §4.2.7.6)"
        if not _MEDIA_TYPE.fullmatch(link.get("type", "")):
            yield "an enclosure has no media type (RFC 4287 §4.2.7.3)"


def _no_web_url(element: etree._Element, url: str | None) -> Iterator[str]:
    if url is not None and not is_web_url(url):
        yield f"<{etree.QName(element).localname}> holds {url!r}, which is no http(s) address"


def _problems_among(entries: Sequence[_Entry]) -> Iterator[str]:
    for id_, times in Counter(entry.id for entry in entries).items():
        if times > 1:
            yield f"the id {id_} stands on {times} entries (RFC 4287 §4.1.1)"
    for updated, times in Counter(entry.updated for entry in entries if entry.updated).items():
        if times > 1:
            yield f"{times} entries were updated at the same instant {updated.isoformat()}, so readers mix their order"


def _problems_since(
    feed_id: str | None, old: Sequence[_Entry], feed: _Fields, entries: Sequence[_Entry]
) -> Iterator[str]:
    if feed_id is not None and feed_id != _text(feed, "id"):
        yield f"the feed's id was {feed_id} and must not change (RFC 4287 §4.2.6)"
    by_id = {entry.id: entry for entry in old}
    by_story = {entry.story: entry.id for entry in old}
    ids = {entry.id for entry in entries}
    for entry in entries:
        same = by_id.get(entry.id)
        # The fraction of a second only keeps entries apart, it says nothing about time.
        if same and same.updated and entry.updated and entry.updated <= same.updated - _ONE_SECOND:
            yield f"{entry.name}: its updated goes back from {same.updated.isoformat()} to {entry.updated.isoformat()}"
        known = by_story.get(entry.story, entry.id)
        if known != entry.id and known not in ids:
            yield f"{entry.name}: its id was {known} and must not change (RFC 4287 §4.2.6)"


def _links(fields: _Fields, rel: str) -> list[etree._Element]:
    # RFC 4287 §4.2.7.2: a link without rel is an alternate.
    return [link for link in fields.get("link", ()) if link.get("rel", "alternate") == rel]


def _text(fields: _Fields, name: str) -> str:
    return (fields[name][0].text or "") if name in fields else ""


def _date(fields: _Fields, name: str) -> datetime | None:
    text = _text(fields, name)
    try:
        return datetime.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
