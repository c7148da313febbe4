"""Dumps built from random items are read back exactly; broken bytes raise nothing but SourceError."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.model.item import Image, ParsedItem
from digest.sources.text import parse_text

KINDS = ["Press Release", "Report", "Update", "Statement", "Letter", "Case Update", "Sheet of paper Report", None]
WORDS = st.sampled_from(
    [
        "ferry",
        "river",
        "İdil",
        "Kılıç",
        "“bridge”",
        "quay-side",
        "U.S.",
        "COVID-19",
        "ferry’s",
        "3,000",
        "(H.R.7120)",
        "–",
        "naïve",
    ]
)
NAMES = st.sampled_from(["Ada Brook", "JO REED", "-", "Raquel Maria Quay"])
CREDITS = st.builds(
    lambda form, name: form.format(name),
    st.sampled_from(
        ["Photo by {}/AFP via Getty Images", "Photo by {}/Getty Images", "Photo credit should read {}/AFP"]
    ),
    NAMES,
)
HEADERS = [
    "Newsroom\n\nWe report from rivers.\n\nWrite to [email\u00a0protected]\n\n",
    "Write to ada@quay.example\n\n",
    "",
]
SPACES = st.sampled_from([" ", "\u00a0", "  ", " \u00a0 ", "\t"])


def _sentence(words: list[str], end: str) -> str:
    return " ".join(words).capitalize() + end


def _words(fewest: int, most: int, *ends: str) -> st.SearchStrategy[str]:
    return st.builds(_sentence, st.lists(WORDS, min_size=fewest, max_size=most), st.sampled_from(ends))


TITLES = st.builds("{} {}".format, st.just("Open"), _words(3, 20, "", ": yes", "?", " (6-24-2020)", "’"))
EXCERPTS = st.one_of(
    _words(4, 60, ".", "…", ":", ".”"),
    st.builds("1 Quay Road Strelsau June 9, 2020 Dear {}".format, _words(4, 60, "…", ".")),
)
ALTS = st.builds("Boats {}".format, st.sampled_from(["at night", "on a river in rain", "seen from above by a child"]))
CAPTIONS = st.builds("STRELSAU, RURITANIA - JUNE 1: {}".format, _words(3, 90, ".", " and", " on May 3, 2020."))
PICTURES = st.one_of(
    st.none(),
    st.builds(Image, alt=ALTS),
    st.builds(Image, credit=CREDITS),
    st.builds(Image, caption=CAPTIONS),
    st.builds(Image, caption=CAPTIONS, credit=CREDITS),
    st.builds(Image, alt=ALTS, credit=CREDITS),
    st.builds(Image, alt=ALTS, caption=CAPTIONS),
    st.builds(Image, alt=ALTS, caption=CAPTIONS, credit=CREDITS),
)


@dataclass(frozen=True)
class Printed:
    """An item, and the kind line as the page prints it."""

    item: ParsedItem
    line: str | None


@st.composite
def printed(draw: st.DrawFn) -> Printed:
    """Draw an item of any shape that real pages have."""
    line = draw(st.sampled_from(KINDS))
    summary = draw(EXCERPTS if line is None else st.one_of(EXCERPTS, st.just("")))
    item = ParsedItem(
        title=draw(TITLES),
        summary=summary,
        truncated=summary.endswith("…"),
        kind=line and line.removeprefix("Sheet of paper "),
        published=draw(st.dates(date(1961, 5, 28), date(2100, 1, 1))),
        image=draw(PICTURES),
    )
    return Printed(item, line)


def _print_item(one: Printed, gap: str) -> str:
    image = one.item.image or Image()
    below = image.caption
    if image.credit:
        below = f"{image.caption} ({image.credit})" if image.caption else image.credit
    picture = "\n".join(line for line in (image.alt, below) if line)
    when = one.item.published
    assert when is not None
    # A page without a kind leaves its line empty: that is the wider gap above the title.
    title = one.item.title if one.line else f"\n{one.item.title}"
    parts = (picture, one.line, title, one.item.summary, f"{when:%B} {when.day}, {when.year}")
    return gap.join(part for part in parts if part)


def _print_page(items: list[Printed], header: str, gap: str, end: str) -> str:
    return header + gap.join(_print_item(one, gap) for one in items) + end


@given(
    st.lists(printed(), min_size=1, max_size=8), st.sampled_from(HEADERS), st.sampled_from(["\n\n", "\n\n\n"]), SPACES
)
def test_a_printed_page_is_read_back_exactly(items: list[Printed], header: str, gap: str, space: str) -> None:
    """Whatever the mixture of shapes, every field of every item comes back as it was printed."""
    page = _print_page(items, header, gap, "").replace(" ", space)
    parsed = parse_text(page.encode())
    assert parsed.quarantined == ()
    assert list(parsed.items) == [one.item for one in items]


@given(st.lists(printed(), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_line_ends_and_marks_change_nothing(items: list[Printed], end: str, mark: bool) -> None:
    """CRLF, CR, a byte order mark and a final newline leave the items as they are."""
    page = _print_page(items, HEADERS[0], "\n\n", "\n").replace("\n", end)
    data = page.encode("utf-8-sig" if mark else "utf-8")
    assert list(parse_text(data).items) == [one.item for one in items]


@given(st.lists(printed(), min_size=2, max_size=5), st.data())
def test_a_cut_page_keeps_its_complete_items(items: list[Printed], data: st.DataObject) -> None:
    """Wherever a page is cut, the items before are whole and the rest is named, never guessed."""
    starts = [0]
    for one in items:
        starts.append(starts[-1] + len((_print_item(one, "\n\n") + "\n\n").encode()))
    page = _print_page(items, "", "\n\n", "\n\n").encode()
    (first, last) = data.draw(st.sampled_from(list(pairwise(starts))[1:]))
    parsed = parse_text(page[: data.draw(st.integers(first, last - 4))])
    complete = starts.index(first)
    assert list(parsed.items[:complete]) == [one.item for one in items[:complete]]
    assert len(parsed.items) <= complete + 1


@given(st.lists(printed(), min_size=1, max_size=4), st.data())
def test_changed_bytes_raise_nothing_but_source_errors(items: list[Printed], data: st.DataObject) -> None:
    """A page with bytes changed, cut out or put in gives items or a SourceError."""
    page = bytearray(_print_page(items, HEADERS[0], "\n\n", "").encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(page)))
        page[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    _parse_or_refuse(bytes(page))


@given(st.binary(max_size=2000))
@example(b"June 5, 2020")
@example(b"June 5, 2020\n" * 3)
@example(b"Update\n\nJune 5, 2020")
@example(b"\n(\n\nUpdate\n\n()\n\nJune 5, 0000")
@example(b"x\n\nJune 5, 2020\n\n" + b"\n".join(b"line" for _ in range(99)))
def test_any_bytes_raise_nothing_but_source_errors(data: bytes) -> None:
    """No bytes whatever raise anything else."""
    _parse_or_refuse(data)


@given(st.lists(st.sampled_from(["Update", "A b.", "(c", "Photo by D/AFP", "June 5, 2020", "", "Newsroom", "e…"])))
def test_lines_in_any_order_raise_nothing_but_source_errors(lines: list[str]) -> None:
    """Lines as a page has them, in any order, are items, quarantined stories or a refusal."""
    _parse_or_refuse("\n".join(lines).encode())


def _parse_or_refuse(data: bytes) -> None:
    try:
        parsed = parse_text(data)
    except SourceError:
        return
    assert all(item.title and item.published for item in parsed.items)
