"""Dumps of an invented newsroom in every shape that real ones were seen in, or could be."""

from datetime import date
from pathlib import Path

import pytest

from digest.errors import SourceError
from digest.model.item import Image, ParsedItem
from digest.sources.limits import MAX_BYTES
from digest.sources.text import load_bytes, parse_text, read_text


def _only(text: str, *, kinds: tuple[str, ...] = ()) -> ParsedItem:
    parsed = parse_text(text.encode(), kinds=kinds)
    assert parsed.quarantined == ()
    (item,) = parsed.items
    return item


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Press Release", "Press Release"),
        ("Press\u00a0Release ", "Press Release"),
        ("PRESS RELEASE", "PRESS RELEASE"),
        ("• Statement", "Statement"),
        ("Letter", "Letter"),
        ("Campaign", "Campaign"),
        ("Case Update", "Case Update"),
        ("Victory", "Victory"),
        ("News", "News"),
        ("Blog", "Blog"),
        ("Op-Ed", "Op-Ed"),
        ("Joint Statement", "Joint Statement"),
        ("Coalition Press Release", "Coalition Press Release"),
        ("Sheet of paper Report", "Report"),
        ("Megaphone Campaign", "Campaign"),
        ("Speech bubble icon Media Advisory", "Media Advisory"),
    ],
)
@pytest.mark.parametrize("picture", ["", "Boats at a quay\n\n", "Boats\nPhoto by Ada Brook/AFP via Getty Images\n\n"])
def test_a_known_kind_is_read_as_printed(line: str, kind: str, picture: str, header: str, excerpt: str) -> None:
    """A kind of the vocabulary is found with and without a picture, an icon's alt text before it is dropped."""
    item = _only(f"{header}{picture}{line}\n\nFerry: closed (June 1, 2020)\n\n{excerpt}\n\nJune 5, 2020")
    assert (item.kind, item.title, item.summary) == (kind, "Ferry: closed (June 1, 2020)", excerpt)
    assert (item.image is None) == (picture == "")


def test_a_label_from_the_configuration_is_a_kind(excerpt: str) -> None:
    """Labels that only this newsroom has are given as an argument."""
    text = f"River Gauge\n\nThe Elfen rises\n\n{excerpt}\n\nMay 2, 2020"
    assert _only(text, kinds=("River  gauge",)).kind == "River Gauge"
    assert _only(text).kind is None


def test_a_label_below_a_picture_is_a_kind_wherever_it_recurs(header: str, excerpt: str) -> None:
    """A short line in the place of a kind is one, though in no vocabulary, once it stands below a picture."""
    block = f"River Walk\n\nAlong the Elfen\n\n{excerpt}\n\nMay 2, 2020\n\n"
    parsed = parse_text(f"{header}{block}Boats\nPhoto by Ada Brook/AFP\n\n{block}".encode())
    assert [item.kind for item in parsed.items] == ["River Walk", "River Walk"]
    assert [item.image for item in parsed.items] == [None, Image(alt="Boats", credit="Photo by Ada Brook/AFP")]


def test_a_recurring_alt_text_is_no_kind(header: str, excerpt: str) -> None:
    """The page leaves a wide gap where a kind is missing, so a short alt text above it stays alt text."""
    block = f"Ada Brook\n\n\nLetter on ferries\n\n{excerpt}\n\nMay 2, 2020\n\n"
    parsed = parse_text((header + block * 4).encode())
    assert {(item.kind, item.title, item.image) for item in parsed.items} == {
        (None, "Letter on ferries", Image(alt="Ada Brook"))
    }


@pytest.mark.parametrize(
    ("block", "title", "summary", "image"),
    [
        ("\n\nOpen ferries\n\nE.\n\n", "Open ferries", "E.", None),
        ("\n\nOpen ferries\n\n", "Open ferries", "", None),
        ("Boats\n\n\nOpen ferries\n\n", "Open ferries", "", Image(alt="Boats")),
        ("Boats\nBy night\n\n\nOpen\n\nE.\n\n", "Open", "E.", Image(alt="Boats", caption="By night")),
        ("Photo by A. Brook/AFP\n\n\nOpen ferries\n\n", "Open ferries", "", Image(credit="Photo by A. Brook/AFP")),
        ("\n\nVictory\n\nE.\n\n", "Victory", "E.", None),
        ("\n\nOur Annual Report\n\nIt has 90 pages.\n\n", "Our Annual Report", "It has 90 pages.", None),
    ],
    ids=["plain", "no excerpt", "alt, no excerpt", "caption", "credit, no excerpt", "kind as title", "kind in title"],
)
def test_a_missing_kind_is_not_guessed(
    block: str, title: str, summary: str, image: Image | None, header: str, excerpt: str
) -> None:
    """Letters and statements have no kind line; what stands there is title, excerpt and picture all the same."""
    first = f"Update\n\nRivers\n\n{excerpt}\n\nJune 6, 2020\n\n"
    item = parse_text(f"{header}{first}{block}June 5, 2020\n\n".encode()).items[1]
    assert (item.kind, item.title, item.summary, item.image) == (None, title, summary, image)


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\n\n", "\n\n\n\n", "\r\n\r\n", "\r\r", "\n\u00a0\n", "\n \u2003\n"])
def test_the_number_of_blank_lines_matters_little(gap: str, excerpt: str) -> None:
    """With a kind, none to three blank lines of any white space between lines give the same item."""
    lines = ["Boats", "Press Release", "Ferry\u00a0 \tclosed", excerpt, "June\u00a05,  2020"]
    item = _only(gap.join([*lines, "Boats", "Update", "Second", "June 4, 2020"]).partition("Boats" + gap + "Update")[0])
    assert (item.kind, item.title, item.published) == ("Press Release", "Ferry closed", date(2020, 6, 5))
    assert item.image == Image(alt="Boats")


@pytest.mark.parametrize(
    "keep", ["", "Newsroom", "We report", "For members", "Acme Rivers\n\nAll about rivers\n\nNewsroom"]
)
@pytest.mark.parametrize("kind", ["Press Release\n\n", "\n"])
def test_a_header_whole_or_partial_is_dropped(keep: str, kind: str, header: str, excerpt: str) -> None:
    """However much of the header is there, it becomes part of no item."""
    kept = "\n\n".join(line for line in header.split("\n\n") if line.startswith(keep))
    item = _only(f"{kept or keep}\n\n{kind}Ferry closed\n\n{excerpt}\n\nJune 5, 2020")
    assert (item.title, item.summary, item.image) == ("Ferry closed", excerpt, None)


def test_dumps_in_one_file_keep_their_headers_apart(header: str, excerpt: str) -> None:
    """A header in the middle, where two pages were joined, is no picture of the item after it."""
    page = f"{header}Boats\n\nUpdate\n\nFerry closed\n\n{excerpt}\n\nJune 5, 2020\n"
    parsed = parse_text((page * 3).encode())
    assert [item.image for item in parsed.items] == [Image(alt="Boats")] * 3
    assert parsed.quarantined == ()


def test_words_of_a_header_below_the_first_item_are_a_picture(excerpt: str) -> None:
    """A placard that speaks like a tagline is alt text all the same."""
    block = f"We are the river\n\nUpdate\n\nFerry closed\n\n{excerpt}\n\nJune 5, 2020\n\n"
    assert parse_text((block * 2).encode()).items[1].image == Image(alt="We are the river")


def test_only_a_line_that_is_nothing_but_a_date_ends_an_item() -> None:
    """An excerpt may begin with an address and another date, and may be cut."""
    item = _only("Update\n\nA letter\n\n1 Quay Road Strelsau June 1, 2020 Dear Ferryman, we…\n\nJune 5, 2020")
    assert (item.summary[:11], item.truncated, item.published) == ("1 Quay Road", True, date(2020, 6, 5))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Update\n\nA\n\nE.\n\nJune 5, 2020\n\nUpdate\n\nB of the end", ["B of the end"]),
        ("Update\n\nA\n\nE.\n\nJune 5, 2020\n\nUpdate\n\nB\n\nE.\n\nJune 5, 20", ["B"]),
        ("Update\n\nA\n\nE.\n\nJune 5, 2020\n\nUpdate\n\nJune 4, 2020", ["item 2 of the page"]),
        (
            "Update\n\nA\n\nE.\n\nJune 5, 2020\n\nUpdate\n\nWords that were cut…\n\nJune 4, 2020",
            ["Words that were cut…"],
        ),
        ("Update\n\nA\n\nE.\n\nJune 5, 2020\n\nUpdate\n\nB\n\nE.\n\nFebruary 30, 2020", ["B"]),
        ("Update\n\nB\n\nE.\n\nUpdate\n\nA\n\nE.\n\nJune 5, 2020", ["B"]),
        ("Update\n\nA\n\nE.\n\nJune 5, 2020\n\nLoad More\n\nNext »\n\n1 2 … 9", []),
    ],
    ids=[
        "cut in a title",
        "cut in a date",
        "no title",
        "no title but excerpt",
        "no such day",
        "date lost",
        "navigation",
    ],
)
def test_what_has_no_title_or_date_is_quarantined_by_name(text: str, names: list[str]) -> None:
    """The rest of the page goes on."""
    parsed = parse_text(text.encode())
    assert [item.title for item in parsed.items] == ["A"]
    assert [story.name for story in parsed.quarantined] == names
    assert all(story.reason for story in parsed.quarantined)


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", "an empty text"),
        (b" \r\n\n", "blank lines"),
        (bytes(range(256)) * 9, "binary data"),
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><p>June 5, 2020", "an HTML page"),
        (b"<?xml version='1.0'?><rss/>", "an XML document"),
        (b"Some words\nand more", "none of which is a date"),
        (b"\n".join(b"Some words %d" % n for n in range(99)), "a text of 99 lines"),
        (b"a" * (MAX_BYTES + 1), "more than the 10 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_dump_is_refused_in_one_sentence(data: bytes, seen: str) -> None:
    """An operator is told what was seen."""
    with pytest.raises(SourceError) as caught:
        parse_text(data)
    assert seen in caught.value.seen
    assert "\n" not in caught.value.seen


def test_a_listing_with_nothing_on_it_is_empty(header: str) -> None:
    """FAULTS.md F26: a page that has its header and no item is no error."""
    parsed = parse_text(header.encode())
    assert (parsed.items, parsed.quarantined) == ((), ())


def test_a_dump_cut_in_its_first_item_has_only_that(header: str) -> None:
    """Half a file with no complete item is still recognised as a dump."""
    parsed = parse_text(f"{header}Press Release\n\nFerry clo".encode())
    assert [story.name for story in parsed.quarantined] == ["Ferry clo"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_bytes_are_decoded_by_their_mark(encoding: str) -> None:
    """A byte order mark decides; without one it is UTF-8."""
    data = "Update\n\nFähre “zu”\n\nE.\n\nJune 5, 2020".encode(encoding)
    assert parse_text(data).items[0].title == "Fähre “zu”"


def test_wrong_bytes_and_controls_leave_a_usable_item() -> None:
    """FAULTS.md F28: invalid bytes are replaced, NUL and controls removed, vertical tabs are white space."""
    item = parse_text(b"Update\n\nF\x00er\xffry\x0bcl\x07osed\n\nE.\n\nJune 5, 2020").items[0]
    assert item.title == "Fer\ufffdry closed"


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is asked first, so 100 MB cost nothing."""
    file = tmp_path / "page.txt"
    with file.open("wb") as sparse:
        sparse.truncate(100 * 1024 * 1024)
    monkeypatch.setattr(type(file), "open", lambda *_, **__: pytest.fail("the file was opened"))
    with pytest.raises(SourceError, match="105 MB, more than the 10 MB"):
        read_text(file)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    """Both are told as what they are."""
    with pytest.raises(SourceError, match="does not exist"):
        load_bytes(tmp_path / "none.txt")
    with pytest.raises(SourceError, match="is no file"):
        load_bytes(tmp_path)
