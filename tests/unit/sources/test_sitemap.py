"""Sitemaps → items, and what is refused in them."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Image, Parsed
from digest.sources.limits import MAX_BYTES
from digest.sources.page import Page
from digest.sources.sitemap import parse_sitemap

SAMPLE = Path(__file__).parent / "samples" / "news_sitemap.xml"
SITE = "https://news.ruritania.example"
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def _parse(data: bytes, *, url: str = f"{SITE}/sitemap.xml", pages: int | None = None) -> Parsed:
    source = SourceSettings(id="river", type="sitemap", url=url, timezone="Europe/Paris", pages=pages)
    return parse_sitemap(Page(data=data, source=source, url=url, kinds=("Press Release",)))


def _urlset(*entries: str) -> bytes:
    return f"<urlset {NAMESPACE}>{''.join(f'<url>{one}</url>' for one in entries)}</urlset>".encode()


def _index(*entries: str) -> bytes:
    return (
        f"<sitemapindex {NAMESPACE}>{''.join(f'<sitemap>{one}</sitemap>' for one in entries)}</sitemapindex>".encode()
    )


def test_a_news_sitemap_gives_items_newest_first() -> None:
    """Their titles, languages and dates of publication are in it; `lastmod` is none of them."""
    parsed = _parse(SAMPLE.read_bytes())
    ferry, bridge = parsed.items
    assert (ferry.title, ferry.language, ferry.published) == ("Le bac de Strelsau", "fr", date(2026, 5, 1))
    assert bridge.title == "A bridge & its keeper"
    assert bridge.published == datetime(2026, 4, 28, 5, 30, tzinfo=UTC)
    assert bridge.link == f"{SITE}/2026/bridge"
    assert bridge.kind == "Press Release"
    assert parsed.complete


def test_the_first_picture_of_an_entry_is_its_own() -> None:
    """Words of the second picture never stand under the first."""
    assert _parse(SAMPLE.read_bytes()).items[0].image == Image(url=f"{SITE}/pictures/ferry.jpg", alt="A ferry")


def test_an_entry_of_a_plain_sitemap_is_only_a_link() -> None:
    """`lastmod` is when a program wrote the page anew: title and date are left to the page itself."""
    item = _parse(_urlset(f"<loc>{SITE}/a</loc><lastmod>2026-05-01T10:00:00Z</lastmod>")).items[0]
    assert (item.title, item.published, item.link) == ("", None, f"{SITE}/a")


def test_a_local_time_counts_in_the_zone_of_the_source() -> None:
    """A news sitemap without zones is read as the newsroom's wall time."""
    news = "<n:news><n:title>A</n:title><n:publication_date>2026-05-01T10:00:00</n:publication_date></n:news>"
    inner = f"<loc>{SITE}/a</loc>{news}"
    data = _urlset(inner).replace(b"<urlset ", b'<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" ')
    assert _parse(data).items[0].published == datetime(2026, 5, 1, 8, tzinfo=UTC)


def test_only_the_newest_hundred_become_items() -> None:
    """Entries without a date come last, in their order; what was left out may still be there."""
    stamps = [f"<loc>{SITE}/{n}</loc><lastmod>2026-01-01T00:{n // 60:02}:{n % 60:02}Z</lastmod>" for n in range(150)]
    parsed = _parse(_urlset(f"<loc>{SITE}/undated</loc>", *stamps))
    assert [item.link for item in parsed.items] == [f"{SITE}/{n}" for n in range(149, 49, -1)]
    assert not parsed.complete


def test_an_entry_without_address_is_named() -> None:
    """It is left out, and the others stay."""
    parsed = _parse(_urlset("<lastmod>2026-05-01</lastmod>", f"<loc>{SITE}/a</loc>"))
    assert [one.reason for one in parsed.quarantined] == ["it has no address"]
    assert len(parsed.items) == 1


def test_an_index_leads_to_the_sitemaps_of_its_own_site() -> None:
    """Newest first, each once, with `www.` or without, and none on another host or scheme."""
    parsed = _parse(
        _index(
            f"<loc>{SITE}/old.xml</loc><lastmod>2020-01-01</lastmod>",
            "<loc>https://www.news.ruritania.example/new.xml</loc><lastmod>2026-05-01T10:00:00+02:00</lastmod>",
            "<loc>https://evil.example/x.xml</loc><lastmod>2026-05-02</lastmod>",
            "<loc>http://news.ruritania.example/plain.xml</loc>",
            "<loc>file:///etc/passwd</loc>",
            f"<loc>{SITE}/undated.xml</loc>",
            f"<loc>{SITE}/old.xml</loc>",
        )
    )
    assert parsed.follow == (
        "https://www.news.ruritania.example/new.xml",
        f"{SITE}/old.xml",
        f"{SITE}/undated.xml",
    )
    assert parsed.items == ()


@pytest.mark.parametrize(
    ("children", "pages", "followed", "complete"),
    [(9, None, 9, True), (10, None, 9, False), (3, 3, 2, False)],
    ids=["all", "one-too-many", "as-configured"],
)
def test_an_index_is_followed_within_bounds(children: int, pages: int | None, followed: int, complete: bool) -> None:
    """The index itself is one of the pages that are read; a part of it tells nothing about what is missing."""
    parsed = _parse(_index(*(f"<loc>{SITE}/{n}.xml</loc>" for n in range(children))), pages=pages)
    assert (len(parsed.follow), parsed.complete) == (followed, complete)


def test_a_packed_sitemap_is_unpacked() -> None:
    """`sitemap.xml.gz` holds gzip whatever the server's headers say."""
    assert len(_parse(gzip.compress(SAMPLE.read_bytes())).items) == 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(gzip.compress(b"\0" * (MAX_BYTES + 1)), "more than 10 MB", id="bomb"),
        pytest.param(gzip.compress(_urlset())[:-9], "breaks off", id="cut-gzip"),
        pytest.param(b"\x1f\x8b" + b"x" * 40, "gzip is broken", id="no-gzip"),
        pytest.param(_urlset(f"<loc>{SITE}/a</loc>")[:-12], "ends in the middle", id="cut"),
        pytest.param(b"", "ends in the middle", id="empty"),
        pytest.param(b"<!DOCTYPE html><html><body>", "an HTML page", id="html"),
        pytest.param(b'<rss version="2.0"><channel/></rss>', "use type: feed", id="feed"),
        pytest.param(b"<notes/>", "not a sitemap", id="other"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x "y">]><urlset>&x;</urlset>', "DOCTYPE", id="entities"),
        pytest.param(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><urlset/>', "DOCTYPE", id="external"),
        pytest.param(b"<urlset>" + b"<url>" * 50, "elements deep", id="deep"),
        pytest.param(b"<urlset>" + b"<url/>" * 50_001 + b"</urlset>", "more than 50,000 entries", id="many"),
    ],
)
def test_what_is_no_sitemap_is_refused(data: bytes, expected: str) -> None:
    """Each refusal says what was seen; no DTD is read, and nothing is unpacked beyond the limit (A7, A8, A9)."""
    with pytest.raises(SourceError) as refused:
        _parse(data)
    assert expected in refused.value.seen


_LINK = st.sampled_from(["https://r.example/a", "http://[", "//", "a b", "\ud7ff", "&amp;", ""])
_DATE = st.sampled_from(["2026-05-01", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "soon", ""])
_CHILD = (
    st.builds("<loc>{}</loc>".format, _LINK)
    | st.builds("<lastmod>{}</lastmod>".format, _DATE)
    | st.builds(
        "<n:news><n:title>{}</n:title><n:publication_date>{}</n:publication_date></n:news>".format, _LINK, _DATE
    )
    | st.builds("<image:image><image:loc>{}</image:loc></image:image>".format, _LINK)
    | st.sampled_from(["</url>", "<url>", "<![CDATA[", "]]>", "<a:b:c/>", "<sitemap>"])
)
_MARKUP = st.lists(st.builds("<url>{}</url>".format, st.lists(_CHILD, max_size=4).map("".join)), max_size=5)


@given(_MARKUP, st.sampled_from(["urlset", "sitemapindex"]))
def test_any_markup_gives_a_sitemap_or_a_refusal(parts: list[str], root: str) -> None:
    """Whatever stands in it, the answer is items, links, or a sentence."""
    refused, parsed = "", Parsed(())
    try:
        parsed = _parse(f"<{root}>{''.join(parts)}</{root}>".encode())
    except SourceError as error:
        refused = error.seen
    assert refused or all(item.link for item in parsed.items)
