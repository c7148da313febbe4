"""Plain-text dumps of a newsroom's listing page → items.

bytes | decode | lines | blocks that end in a date | picture, kind, title, excerpt | items, newest first as on the page
"""

import re
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from digest.errors import SourceError
from digest.model.item import Parsed, ParsedItem, Quarantined
from digest.sources.dump.layout import Line, Page, Story, drop_header, split_block, survey_page
from digest.sources.dump.picture import read_picture
from digest.sources.kinds import build_vocabulary, match_kind
from digest.sources.limits import MAX_BYTES
from digest.sources.page import Page as SourcePage

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE_LINE = re.compile(
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.? (\d{1,2}) ?, ?(\d{4})",
    re.I,
)
_LONGEST_DATE = 24
_NAVIGATION = re.compile(
    r"(?:page )?\d[\d\s.…]*(?:of \d+)?|[«‹←<\s]*(?:previous|prev|newer)(?: page| posts)?"
    r"|(?:next|older|load more|show more|view more|see more|back to top)(?: page| posts| news)?[»›→>\s]*|[«‹←»›→…]+",
    re.I,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_NAME_WORDS = 12
_MAGIC = {
    b"%PDF": "a PDF file", b"\x1f\x8b": "a gzip file", b"PK\x03\x04": "a zip file (or an office document)",
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture",
}  # fmt: skip


def read_text(path: Path, *, kinds: Collection[str] = ()) -> Parsed:
    """Read one dump from a file, whose size is checked before the first byte. Raises SourceError."""
    return parse_text(load_bytes(path), kinds=kinds)


def load_bytes(path: Path) -> bytes:
    """Return a file's bytes; never more than MAX_BYTES are read, even of one that grows. Raises SourceError."""
    try:
        if not path.is_file():
            raise SourceError(f"{path} is no file" if path.exists() else f"{path} does not exist")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(_too_large(size))
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error


def parse_page(page: SourcePage) -> Parsed:
    """Return the items of a dump. Raises: SourceError."""
    return parse_text(page.data, kinds=page.kinds)


def parse_text(data: bytes, *, kinds: Collection[str] = ()) -> Parsed:
    """Return the items of a dump in page order; what cannot be used is quarantined by name.

    `kinds` are the newsroom's own labels as it prints them, beside the built-in ones. Raises: SourceError when the
    bytes are no such dump.
    """
    vocabulary = build_vocabulary(kinds)
    text = _decode(data)
    blocks, dates, tail = _split_at_dates(_read_lines(text))
    if not dates:
        return _parse_undated(text, tail, vocabulary)
    page = survey_page(blocks, [line.gap for line in dates], vocabulary)
    items: list[ParsedItem] = []
    quarantined: list[Quarantined] = []
    for number, (block, dated) in enumerate(zip(blocks, dates, strict=True)):
        split = split_block(block, page, first=number == 0)
        quarantined += [_quarantine_undated(story) for story in split.undated]
        made = _make_item(split.story, dated.text, number + 1)
        if isinstance(made, ParsedItem):
            items.append(made)
        else:
            quarantined.append(made)
    return Parsed(tuple(items), (*quarantined, *_quarantine_tail(tail, page)))


def _make_item(story: Story, dated: str, number: int) -> ParsedItem | Quarantined:
    published = _parse_date(dated)
    if not story.title:
        name = _first_words(story.excerpt) or f"item {number} of the page"
        return Quarantined(name, f"there is no title above its date {dated}")
    if published is None:
        return Quarantined(story.title, f"its date {dated} is not in the calendar")
    return ParsedItem(
        title=story.title,
        summary=story.excerpt,
        truncated=story.excerpt.endswith(("…", "…]", "[...]")),
        kind=story.kind,
        published=published,
        image=read_picture(story.picture),
    )


def _quarantine_undated(story: Story) -> Quarantined:
    return Quarantined(_name(story), "it has no date")


def _quarantine_tail(tail: list[Line], page: Page) -> Iterator[Quarantined]:
    if tail:
        split = split_block(tail, page, first=False)
        yield from (_quarantine_undated(story) for story in split.undated)
        yield Quarantined(_name(split.story), "it has no date: the text ends in the middle of it")


def _name(story: Story) -> str:
    return story.title or _first_words(story.excerpt) or _first_words(" ".join(story.picture)) or story.kind or "?"


def _first_words(text: str) -> str:
    return " ".join(text.split(" ", _NAME_WORDS)[:_NAME_WORDS])


def _parse_undated(text: str, tail: list[Line], vocabulary: frozenset[str]) -> Parsed:
    """A dump without any date: an empty listing, one cut off in its first item, or something else altogether."""
    _refuse_markup(text)
    rest = drop_header(tail, vocabulary)
    page = Page(vocabulary, frozenset(), 1)
    if len(rest) < len(tail) or any(match_kind(line.text, vocabulary) for line in rest):
        return Parsed((), tuple(_quarantine_tail(rest, page)))
    raise SourceError(f"a text of {len(tail)} lines, none of which is a date such as “June 1, 2020”")


def _split_at_dates(lines: list[Line]) -> tuple[list[list[Line]], list[Line], list[Line]]:
    """Return the blocks of lines before each date, the dates, and the lines after the last one but page navigation."""
    blocks: list[list[Line]] = []
    dates: list[Line] = []
    block: list[Line] = []
    for line in lines:
        if len(line.text) <= _LONGEST_DATE and _DATE_LINE.fullmatch(line.text):
            blocks.append(block)
            dates.append(line)
            block = []
        else:
            block.append(line)
    return blocks, dates, [line for line in block if not _NAVIGATION.fullmatch(line.text[:60])]


def _parse_date(text: str) -> date | None:
    if (found := _DATE_LINE.fullmatch(text)) is None:
        return None
    month, day, year = found.groups()
    try:
        return date(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day))
    except ValueError:
        return None


def _read_lines(text: str) -> list[Line]:
    """Return the lines that are not blank; white space of any kind is one space, ends are trimmed."""
    lines: list[Line] = []
    gap = 0
    for raw in re.split(r"\r\n|\n|\r", text):
        words = " ".join(raw.split()).strip(_INVISIBLE + " ")
        if words:
            lines.append(Line(words, gap))
            gap = 0
        else:
            gap += 1
    return lines


def _decode(data: bytes) -> str:
    _refuse_bytes(data)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    else:
        text = data.decode("utf-8-sig", errors="replace")
    controls = len(_CONTROLS.findall(text))
    if controls + text.count("\ufffd") > max(8, len(text) // 10):
        raise SourceError(f"binary data, not text ({len(data):,} bytes)")
    return _CONTROLS.sub("", text) if controls else text


def _refuse_bytes(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise SourceError(_too_large(len(data)))
    if not data.strip():
        raise SourceError("an empty text" if not data else "a text with nothing but blank lines")
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise SourceError(f"{what}, not a text dump")
    _refuse_markup(data[:1000].decode("utf-8", errors="replace"))


def _refuse_markup(text: str) -> None:
    head = text[:1000].lstrip("\ufeff \t\r\n").lower()
    if head.startswith(("<!doctype html", "<html", "<head", "<body", "<div", "<script", "<!--")):
        raise SourceError("an HTML page, not a text dump")
    if head.startswith("<?xml") or re.match(r"<(?:rss|feed|rdf:rdf|urlset)\b", head):
        raise SourceError("an XML document such as a feed, not a text dump")


def _too_large(size: int) -> str:
    return f"{size / 1e6:,.0f} MB, more than the {MAX_BYTES // 1024 // 1024} MB that are read of one source"
