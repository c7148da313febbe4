"""Cleaning of whole items: what may come out, whatever goes in."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from digest.items.clean import clean_item, fill_gaps
from digest.model.item import Detail, Image, ParsedItem

BASE = "https://news.example.org/stories/"
VOID = {"br", "hr", "img"}


def texts_of(item: ParsedItem) -> list[str]:
    """Return every text of an item that stands on one line."""
    image = item.image or Image()
    lines = [item.title, item.summary, item.kind, item.explicit_id, item.link, item.language, item.author]
    return [text for text in [*lines, image.url, image.alt, image.caption, image.credit] if text is not None]


class Outline(HTMLParser):
    """Collects what an HTML fragment holds, and whether every tag is closed in order."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.crossed = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.crossed = self.crossed or not self.open or self.open.pop() != tag


@given(data=st.data(), base=st.sampled_from([BASE, None]))
def test_idempotent(any_parsed: st.SearchStrategy[ParsedItem], data: st.DataObject, base: str | None) -> None:
    """Cleaning a clean item changes nothing."""
    once = clean_item(data.draw(any_parsed), base_url=base)
    assert clean_item(once, base_url=base) == once


@given(data=st.data())
def test_a14_no_text_breaks_a_feed(any_parsed: st.SearchStrategy[ParsedItem], data: st.DataObject) -> None:
    """Every text that comes out can stand in an XML document and comes back from it as it was."""
    cleaned = clean_item(data.draw(any_parsed), base_url=BASE)
    for text in [*texts_of(cleaned), cleaned.content_html or ""]:
        element = etree.Element("t")
        element.text = text
        assert (etree.fromstring(etree.tostring(element)).text or "") == text


@given(data=st.data())
def test_a18_no_text_breaks_a_header(any_parsed: st.SearchStrategy[ParsedItem], data: st.DataObject) -> None:
    """Every text is one line with single spaces inside: no CR, LF, NEL, U+2028 or NUL can reach a mail header."""
    for text in texts_of(clean_item(data.draw(any_parsed), base_url=BASE)):
        assert text.isprintable() or not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in text)
        assert text == " ".join(text.split())
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e")


@given(data=st.data())
def test_a14_html_is_safe_and_closed(any_parsed: st.SearchStrategy[ParsedItem], data: st.DataObject) -> None:
    """HTML that comes out closes every tag in order and holds no style, class, id, event or foreign scheme."""
    outline = Outline(clean_item(data.draw(any_parsed), base_url=BASE).content_html or "")
    assert not outline.crossed
    assert not outline.open
    for tag, name, value in outline.attributes:
        assert name in {"href", "src", "alt", "title", "lang", "dir", "rel", "colspan", "rowspan"}
        if name in {"href", "src"}:
            assert value.startswith(("https://", "http://", "mailto:") if tag == "a" else ("https://", "http://"))


def test_what_an_item_becomes() -> None:
    """Every field of an item is cleaned by its own rule."""
    cleaned = clean_item(
        ParsedItem(
            title="<p>Border\xa0wall &amp; rights</p><p>A report</p>",
            summary="One<br>two<script>x</script>",
            truncated=True,
            kind=" Press\nRelease ",
            explicit_id=" 17 ",
            link="../17",
            language="en_US",
            image=Image(url="/a.png", alt=" A\tboat ", caption="", credit=None),
            content_html='<p>See <a href="18" onclick="x">more</a></p>',
            author=" ",
            markup=True,
        ),
        base_url=BASE,
    )
    assert cleaned == ParsedItem(
        title="Border wall & rights A report",
        summary="One two",
        truncated=True,
        kind="Press Release",
        explicit_id="17",
        link="https://news.example.org/17",
        language="en-US",
        image=Image(url="https://news.example.org/a.png", alt="A boat"),
        content_html='<p>See <a href="https://news.example.org/stories/18" rel="noopener noreferrer">more</a></p>',
    )


def test_plain_text_is_not_read_as_html() -> None:
    """Without `markup`, what looks like HTML in a title are the newsroom's words."""
    assert clean_item(ParsedItem(title="If a < b &amp; c"), base_url=None).title == "If a < b &amp; c"


@pytest.mark.parametrize("image", [Image(), Image(url="javascript:x"), Image(alt=" ", caption="\x00")])
def test_nothing_left_of_a_picture(image: Image) -> None:
    """A picture of which nothing is left is none."""
    assert clean_item(ParsedItem(title="A", image=image), base_url=BASE).image is None


@pytest.mark.parametrize(
    ("given_tag", "cleaned"), [("pt_BR", "pt-BR"), ("tr", "tr"), ("english please", None), ("", None), ("e", None)]
)
def test_language(given_tag: str, cleaned: str | None) -> None:
    """A language is a BCP 47 tag or unknown."""
    assert clean_item(ParsedItem(title="A", language=given_tag), base_url=BASE).language == cleaned


def test_every_field_is_thought_of() -> None:
    """An item has no field that cleaning has not heard of."""
    known = {"title", "summary", "kind", "explicit_id", "link", "language", "image", "content_html", "author", "markup"}
    assert {field.name for field in fields(ParsedItem)} - known == {
        "truncated",
        "published",
        "detail",
        "content_hash",
        "embargo",
    }
    item = ParsedItem(title="A", truncated=True)
    assert clean_item(item, base_url=None) == replace(item)


DETAIL = Detail(
    title=" Border\xa0wall ",
    summary="One\ntwo",
    kind=" Report ",
    published=date(2026, 3, 5),
    language="en_US",
    image=Image(url="a.png"),
    content_html='<p>See <a href="18" onclick="x">more</a><script>x</script></p>',
    author=" ",
)


def test_a_detail_is_cleaned_as_well() -> None:
    """What an item's own page gave is cleaned by the same rules; its links count from that page."""
    given_item = ParsedItem(title="A", link="/deep/17", detail=DETAIL)
    assert clean_item(given_item, base_url=BASE).detail == Detail(
        title="Border wall",
        summary="One two",
        kind="Report",
        published=date(2026, 3, 5),
        language="en-US",
        image=Image(url="https://news.example.org/deep/a.png"),
        content_html='<p>See <a href="https://news.example.org/deep/18" rel="noopener noreferrer">more</a></p>',
    )


def test_every_field_of_a_detail_is_thought_of() -> None:
    """A detail has no field that an item has not: each fills the one of its name."""
    assert {field.name for field in fields(Detail)} <= {field.name for field in fields(ParsedItem)}


def test_a_detail_fills_gaps_alone() -> None:
    """What the listing gives stays; what it leaves open comes from the item's own page; nothing of it is left over."""
    bare = ParsedItem(title="", published=datetime(1970, 1, 1, tzinfo=UTC), link=BASE, detail=DETAIL)
    filled = fill_gaps(clean_item(bare, base_url=BASE))
    assert (filled.title, filled.summary, filled.published, filled.kind) == (
        "Border wall", "One two", date(2026, 3, 5), "Report",
    )  # fmt: skip
    assert (filled.link, filled.author, filled.detail) == (BASE, None, None)
    whole = replace(bare, title="A", summary="B", kind="C", published=date(2026, 1, 1), language="tr", author="D")
    kept = fill_gaps(whole)
    assert (kept.title, kept.summary, kept.kind, kept.published, kept.author) == ("A", "B", "C", date(2026, 1, 1), "D")
    plain = ParsedItem(title="A")
    assert fill_gaps(plain) is plain
    assert fill_gaps(replace(plain, title="", detail=Detail())) == replace(plain, title="")
