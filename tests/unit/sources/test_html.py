"""Listing pages of many shapes → items."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from digest.config.settings import HtmlSettings, SourceSettings
from digest.errors import SourceError
from digest.model.item import Image, Parsed, Quarantined
from digest.sources.html import parse_html
from digest.sources.page import Page

SAMPLES = Path(__file__).parent / "html"
URL = "https://harbour.example.org/newsroom/"
ZONE = ZoneInfo("America/New_York")


def read(data: str | bytes, *, language: str = "en", url: str | None = URL, **selectors: str) -> Parsed:
    """Read a page with selectors; `date_format` is the source's."""
    formats = tuple(filter(None, [selectors.pop("date_format", None)]))
    given: Any = {"items": "article", "title": "h2", **selectors}
    source = SourceSettings(
        id="harbour",
        type="html",
        url=url,
        timezone="America/New_York",
        language=language,
        date_formats=formats,
        html=HtmlSettings(**given),
    )
    return parse_html(Page(data=data.encode() if isinstance(data, str) else data, source=source, url=url))


def sample(name: str, **selectors: str) -> Parsed:
    """Read one of the sample pages."""
    return read((SAMPLES / f"{name}.html").read_bytes(), **selectors)


CARDS = {
    "items": "article.card", "title": ".card__title", "summary": ".card__text", "date": "time", "kind": ".label",
    "author": ".byline", "picture": "img@src", "caption": "figcaption", "credit": ".credit", "next": "link[rel=next]",
}  # fmt: skip


def test_a_card_gives_every_field() -> None:
    """White space, icons, words for screen readers and bylines' "By" are none of the item's words."""
    item = sample("cards", **CARDS).items[0]
    assert item.title == "Ferries return to the harbour"
    assert item.summary == "After three years the boats are back. Here is what changes…"
    assert item.truncated
    assert item.kind == "Press Release"
    assert item.author == "Ada Brook"
    assert item.link == "https://harbour.example.org/news/ferries-return#top"
    assert item.published == datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
    assert item.language == "en-GB"
    assert not item.markup
    assert item.image == Image(
        "https://harbour.example.org/i/ferry.jpg",
        "A ferry at the quay",
        "Strelsau, 9 March 2026. © Ada Brook",
        "© Ada Brook",
    )


def test_one_bad_card_stops_no_other() -> None:
    """A card without title and one with a date that moves are quarantined by name; the others are items."""
    parsed = sample("cards", **CARDS)
    assert [item.title for item in parsed.items] == [
        "Ferries return to the harbour",
        "Fields under water",
        "Le prix du pain",
    ]
    first, second = parsed.quarantined
    assert first == Quarantined(
        "Update A card without a title says where the ferries stop 9", 'it has no title (".card__title")'
    )
    assert second.name == "Bread prices"
    assert second.reason.startswith('"2 hours ago" moves with every day')
    assert parsed.markers == ()


def test_midnight_of_a_program_is_a_day() -> None:
    """A `datetime` of midnight next to the same day in words is that day, in whatever zone the reader is."""
    fields = sample("cards", **CARDS).items[1]
    assert fields.published == date(2026, 3, 10)
    assert not isinstance(fields.published, datetime)
    assert fields.link == "https://reports.example.org/fields?id=7&lang=en"
    assert fields.summary == "What the flood left."


def test_a_part_in_another_language_says_so() -> None:
    """The nearest `lang` counts; without a date, picture or kind these stay open; what is hidden is read if asked."""
    last = sample("cards", **CARDS).items[2]
    assert (last.language, last.published, last.image, last.kind) == ("fr", None, None, None)
    assert last.link == "https://harbour.example.org/pain"
    assert sample("cards", **CARDS).follow == ("https://harbour.example.org/newsroom?page=2",)


def test_a_table() -> None:
    """Cells are found by their place; a header without a title cell is no item; a month 13 is told by name."""
    parsed = sample(
        "table",
        items="#releases tbody tr",
        title="a",
        date="td:first-child",
        kind="td:nth-child(3)",
        next="a.older",
        date_format="%m/%d/%Y",
    )
    assert [(item.published, item.title, item.kind) for item in parsed.items] == [
        (date(2026, 3, 11), "Ferries return", "Statement"),
        (date(2026, 3, 25), "Fields under water", "Report"),
    ]
    assert parsed.items[0].link == URL + "releases/41.html"
    assert parsed.quarantined[0].name == "Bread prices"
    assert '"%m/%d/%Y"' in parsed.quarantined[0].reason
    assert parsed.follow == (URL + "?page=2",)


def test_a_list_of_terms_has_its_dates_above() -> None:
    """A date that stands above several items counts for each of them."""
    parsed = sample("terms", items="dl.news dd", title="a", date="dt")
    assert [item.published for item in parsed.items] == [date(2026, 3, 11), date(2026, 3, 11), date(2026, 3, 9)]


def test_headings_of_days_and_kinds() -> None:
    """Dates and kinds that head groups count for their groups, the nearest above."""
    parsed = sample("headings", items="li.story", title="strong", date=".day", kind=".section", summary="p")
    assert [(item.title, item.published, item.kind) for item in parsed.items] == [
        ("Ferries return", date(2026, 3, 11), "Press releases"),
        ("Fields under water", date(2026, 3, 11), "Press releases"),
        ("Bread prices", date(2026, 3, 9), "Press releases"),
        ("A winter at sea", date(2026, 3, 2), "Reports"),
    ]


def test_a_wordpress_loop() -> None:
    """Entities are words, the first of two times is the publication, the excerpt's cut is seen behind its link."""
    parsed = sample(
        "wordpress",
        items="article.post",
        title=".entry-title",
        date="time.published",
        summary=".entry-summary",
        kind=".cat-links",
        author=".author",
        next="a.next@href",
    )
    first, second = parsed.items
    assert first.title == "Ferries “return” & stay"
    assert first.published == datetime(2026, 3, 11, 14, 5, tzinfo=timezone(-timedelta(hours=4)))
    assert (first.kind, first.author, first.language) == ("Update", "Ada Brook", "en-US")
    assert first.summary == "The boats are back."
    assert (second.summary, second.truncated) == ("What the flood left […]", True)
    assert parsed.follow == ("https://harbour.example.org/blog/page/2/",)


def test_drupal_views() -> None:
    """The title's link is the item's, not that of the kind above it; a date in numbers is read by the format."""
    parsed = sample(
        "drupal",
        items=".views-row",
        title=".views-field-title",
        date=".views-field-created",
        kind=".views-field-field-type",
        picture="picture",
        date_format="%m/%d/%Y - %H:%M",
        next=".pager-next a",
    )
    first, second = parsed.items
    assert (first.link, first.kind) == ("https://harbour.example.org/node/41", "Statement")
    assert first.published == datetime(2026, 3, 11, 12, tzinfo=UTC)
    assert first.image == Image("https://harbour.example.org/styles/small/ferry.jpg", "The quay")
    assert second.published == datetime(2026, 3, 9, 8, tzinfo=ZONE)
    assert parsed.follow == (URL + "?page=1",)


def test_a_page_in_arabic() -> None:
    """Words from right to left, digits and two names of a month are read as they are."""
    parsed = sample("arabic", items=".item", title="h2", date=".date", kind=".kind", summary="p", language="ar")
    assert [(item.title, item.kind, item.published, item.truncated) for item in parsed.items] == [
        ("عودة العبّارات إلى الميناء", "بيان صحفي", date(2026, 3, 11), False),
        ("الحقول تحت الماء", "تقرير", date(2026, 3, 9), True),
    ]
    assert parsed.items[0].language == "ar"


def test_a_page_in_french() -> None:
    """A block that is a link is the item's link; labels before dates, `1er`, `14 h 30` and `Par` are understood."""
    parsed = sample(
        "french",
        items="a.bloc",
        title=".titre",
        date=".date",
        kind=".type",
        summary=".resume",
        author=".auteur",
        language="fr",
    )
    first, second = parsed.items
    assert (first.title, first.kind) == ("Les bacs reviennent au port", "Communiqué de presse")
    assert (first.link, first.author) == (URL + "communiques/bacs", "Aude Ruisseau")
    assert (first.published, first.truncated) == (date(2026, 4, 1), True)
    assert second.published == datetime(2026, 2, 28, 14, 30, tzinfo=ZONE)


def test_pictures_that_scripts_would_load() -> None:
    """Behind a stand-in is the picture: in data attributes, sets, noscript or a background; nothing is fetched."""
    site = "https://harbour.example.org"
    found = {item.title: item.image for item in sample("lazy", items=".tile", title="h2", picture="img, .img").items}
    assert found == {
        "Placeholder, address later": Image(f"{site}/i/a.jpg", "A"),
        "Only a set": Image(f"{site}/i/b-1200.jpg", "B"),
        "Without scripts": Image(f"{site}/i/c.jpg", "C"),
        "Background": Image(f"{site}/i/d,1.jpg", "D"),
        "No picture": None,
        "Densities": Image(f"{site}/i/e2.jpg"),
    }


def test_relative_links_count_from_the_first_base() -> None:
    """The first `<base href>` counts; what leads to no page is no link; the next page must be the newsroom's own."""
    parsed = sample("base", items=".n", title="a", date="b", next=".more")
    assert [item.link for item in parsed.items] == [
        "https://harbour.example.org/en/news/one.html",
        "https://cdn.example.org/two",
        None,
        None,
        None,
        "https://harbour.example.org/en/news/?id=6",
    ]
    assert parsed.follow == ("https://harbour.example.org/en/news/page2.html",)


def test_a_file_counts_links_from_its_sources_address() -> None:
    """A saved page has no address of its own: its source's counts, and nothing is followed."""
    page = '<article><h2><a href="/a">A</a></h2></article><a rel=next href="/2">2</a>'
    source = SourceSettings(id="s", type="html", url=URL, html=HtmlSettings(items="article", title="h2", next="a[rel]"))
    parsed = parse_html(Page(data=page.encode(), source=source, name="saved.html"))
    assert (parsed.items[0].link, parsed.follow) == ("https://harbour.example.org/a", ())
    bare = parse_html(Page(data=page.encode(), source=replace(source, url=None), name="saved.html"))
    assert bare.items[0].link == "/a"


def test_a_page_in_windows_1251() -> None:
    """A page is decoded as it says itself, and Russian dates are read in every form."""
    data = (SAMPLES / "russian.html").read_text().encode("windows-1251")
    parsed = read(data, items="p.n", title="a", date="i", language="ru")
    assert [(item.title, item.published) for item in parsed.items] == [
        ("Паромы вернулись в порт", date(2026, 3, 11)),
        ("Поля под водой", datetime(2026, 3, 9, 14, 30, tzinfo=ZONE)),
        ("Цены на хлеб", date(2026, 3, 5)),
    ]


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        pytest.param(b"", "an empty page", id="empty"),
        pytest.param(b" \r\n\x00", "an empty page", id="blank"),
        pytest.param(b"%PDF-1.7\n\x00", "a PDF document", id="PDF"),
        pytest.param(b"PK\x03\x04word/document.xml", "a ZIP archive", id="zip"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "a picture", id="png"),
        pytest.param(b"\x1f\x8b\x08\x00", "compressed data", id="gzip"),
        pytest.param(b'{"items": []}', "JSON, not an HTML page", id="JSON object"),
        pytest.param(b'\n[{"id": 1}]', "JSON, not an HTML page", id="JSON list"),
        pytest.param(b"[]", "JSON, not an HTML page", id="empty JSON list"),
        pytest.param(b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1.1"}', "use type: feed", id="JSON Feed"),
        pytest.param(b'<?xml version="1.0"?>\n<!-- x -->\n<rss version="2.0">', "an RSS feed, not a page", id="RSS"),
        pytest.param(b"\xef\xbb\xbf<rss><channel>", "an RSS feed, not a page: use type: feed", id="RSS with BOM"),
        pytest.param('<?xml version="1.0" encoding="utf-16"?><rss>'.encode("utf-16"), "an RSS feed", id="in UTF-16"),
        pytest.param(b'<rdf:RDF xmlns:rdf="x">', "an RSS feed", id="RDF"),
        pytest.param(b'<feed xmlns="http://www.w3.org/2005/Atom">', "an Atom feed, not a page", id="Atom"),
        pytest.param(b"<?xml version='1.0'?><urlset>", "a sitemap, not a page: use type: sitemap", id="sitemap"),
        pytest.param(b"<?xml version='1.0'?><news>", "XML (<news>), not an HTML page", id="XML"),
        pytest.param(b"x" * (10 * 1024 * 1024 + 1), "more than the 10 MB", id="too large"),
    ],
)
def test_what_is_no_page_is_named(data: bytes, seen: str) -> None:
    """Bytes that are no HTML page are refused in words, with the type that reads them where there is one."""
    with pytest.raises(SourceError, match=seen.replace("(", r"\(").replace(")", r"\)")):
        read(data)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param('<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x"><html>', id="XHTML"),
        pytest.param("<!-- cached --><!doctype html>", id="a comment first"),
        pytest.param("[Menu] ", id="words in brackets first"),
        pytest.param("<br>", id="no html element"),
    ],
)
def test_odd_starts_are_pages(start: str) -> None:
    """A page may begin in many ways."""
    assert [item.title for item in read(f"{start}<article><h2>A</h2></article>").items] == ["A"]


def test_a_selector_that_finds_everything_is_refused() -> None:
    """More blocks than any listing has are a mistake in the selector, told as one."""
    with pytest.raises(SourceError, match="finds 5,001 blocks"):
        read("<p>x</p>" * 5_001, items="p")


def test_a_title_that_is_a_whole_page_is_quarantined() -> None:
    """A selector that takes everything for the title is told by name, shortly."""
    [story] = read(f"<article><h2>{'x' * 1_001}</h2></article><article><h2>{'y' * 1_000}</h2></article>").quarantined
    assert (len(story.name), story.reason) == (100, 'it has a title of 1,001 letters ("h2")')


def test_selectors_are_needed() -> None:
    """A source without selectors, or with one that cannot be read, is refused in words."""
    with pytest.raises(SourceError, match="no selectors"):
        parse_html(Page(data=b"<p>", source=SourceSettings(id="s", type="html")))
    with pytest.raises(SourceError, match=r"the selector a\[\[ cannot be read"):
        read("<article><h2>A</h2></article>", title="a[[")
