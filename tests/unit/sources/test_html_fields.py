"""The fields of one block of a listing page, wherever it hides them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from digest.config.settings import HtmlSettings, SourceSettings
from digest.model.item import Parsed
from digest.sources.html import parse_html
from digest.sources.page import Page

URL = "https://harbour.example.org/newsroom/"


def read(text: str, **selectors: str) -> Parsed:
    """Read a page whose items are articles, with more selectors."""
    given: Any = {"items": "article", "title": "h2", **selectors}
    source = SourceSettings(id="harbour", type="html", url=URL, html=HtmlSettings(**given))
    return parse_html(Page(data=text.encode(), source=source, url=URL))


def test_no_block_takes_the_date_of_another() -> None:
    """Where blocks have dates of their own, one without a date has none: neither its neighbour's nor the page's."""
    page = """<p class=d>1 January 2001</p><article><h2>A</h2><i class=d>2 May 2026</i></article>
    <article><h2>B</h2></article>"""
    assert [item.published for item in read(page, date=".d").items] == [date(2026, 5, 2), None]


@pytest.mark.parametrize(
    ("picture", "url"),
    [
        pytest.param("img@data-big", "/i/big.jpg", id="the attribute asked for"),
        pytest.param("img@data-none", "/i/small.jpg", id="an attribute that is missing"),
        pytest.param("img@srcset", "/i/m.jpg", id="a set asked for"),
        pytest.param("div@style", "/i/bg.jpg", id="a style asked for"),
        pytest.param("@data-picture", "/i/own.jpg", id="the block itself"),
        pytest.param("div", "/i/bg.jpg", id="an element's background"),
        pytest.param("b", None, id="nothing"),
    ],
)
def test_a_picture_is_found_where_it_is_asked_for(picture: str, url: str | None) -> None:
    """A selector of a picture names an element or any of its attributes."""
    page = """<article data-picture="/i/own.jpg"><h2>A</h2><img src="/i/small.jpg" data-big="/i/big.jpg"
    srcset="/i/s.jpg 300w, /i/m.jpg 900w"><div style="color:red;background:url( &quot;/i/bg.jpg&quot; )">x</div>"""
    [item] = read(page, picture=picture).items
    assert (item.image.url if item.image else None) == (f"https://harbour.example.org{url}" if url else None)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        pytest.param(None, "/title", id="none: the title's"),
        pytest.param("a", "/kind", id="an element"),
        pytest.param(".more@href", "/more", id="an attribute"),
        pytest.param("p", "/more", id="what holds a link"),
        pytest.param("em", "/title", id="what stands in a link"),
        pytest.param("@data-url", "/block", id="the block"),
        pytest.param(".none", None, id="nothing"),
        pytest.param("h2@href", None, id="an attribute that is missing"),
    ],
)
def test_a_link_is_found_where_it_is_asked_for(link: str | None, found: str | None) -> None:
    """Without a selector the title's link comes first."""
    page = """<article data-url="/block"><a href="/kind">Report</a><h2><a href="/title"><em>A</em></a></h2>
    <p><a class="more" href="/more">More</a></p></article>"""
    [item] = read(page, **({"link": link} if link else {})).items
    assert item.link == (f"https://harbour.example.org{found}" if found else None)


def test_a_link_around_the_block() -> None:
    """A block in a link leads where the link does; one without any has no link."""
    page = '<a href="/a"><article><h2>A</h2></article></a><article><h2>B</h2></article>'
    assert [item.link for item in read(page).items] == ["https://harbour.example.org/a", None]


@pytest.mark.parametrize(
    ("html", "date_selector", "found"),
    [
        pytest.param(
            '<time datetime="2026-05-03T10:00:00+02:00">x</time>',
            "time",
            datetime(2026, 5, 3, 8, 0, tzinfo=UTC),
            id="attribute",
        ),
        pytest.param(
            '<time datetime="2026-05">3 May 2026</time>', "time", date(2026, 5, 3), id="words when unreadable"
        ),
        pytest.param("<time>3 May 2026</time>", "time@datetime", date(2026, 5, 3), id="words of a time without one"),
        pytest.param('<p class=d>On <time datetime="2026-05-03">May</time>', ".d", date(2026, 5, 3), id="time within"),
        pytest.param('<meta class=d content="2026-05-03">', ".d", date(2026, 5, 3), id="content of a meta"),
        pytest.param('<abbr title="2026-05-03">3 days ago</abbr>', "abbr", date(2026, 5, 3), id="title"),
        pytest.param('<i data-at="3 May 2026"></i>', "i@data-at", date(2026, 5, 3), id="any attribute"),
        pytest.param("<i></i>", "i@data-at", None, id="no attribute"),
        pytest.param("<i> </i>", "i", None, id="no words"),
        pytest.param('<time datetime="2026-05-03T00:00:00Z">later</time>', "time", date(2026, 5, 3), id="midnight"),
        pytest.param(
            '<time datetime="2026-05-03T00:00:00Z">May 2, 2026</time>',
            "time",
            datetime(2026, 5, 3, 0, 0, tzinfo=UTC),
            id="another day",
        ),
        pytest.param(
            '<time datetime="2026-05-03T00:00Z">May 3, 2026, 0:00</time>',
            "time",
            datetime(2026, 5, 3, 0, 0, tzinfo=UTC),
            id="with a time",
        ),
    ],
)
def test_where_a_date_is_found(html: str, date_selector: str, found: date | datetime | None) -> None:
    """What machines read comes first where an element is asked for, its words where that says nothing."""
    [item] = read(f"<article><h2>A</h2>{html}</article>", date=date_selector).items
    assert item.published == found
    assert isinstance(item.published, datetime) == isinstance(found, datetime)


@pytest.mark.parametrize(
    ("href", "followed"),
    [
        pytest.param("?page=2", URL + "?page=2", id="relative"),
        pytest.param("/older#list", "https://harbour.example.org/older", id="without fragment"),
        pytest.param("https://harbour.example.org:443/2", "https://harbour.example.org:443/2", id="same port"),
        pytest.param("https://other.example.org/2", None, id="another host"),
        pytest.param("https://harbour.example.org:8443/2", None, id="another port"),
        pytest.param("http://harbour.example.org/2", None, id="another scheme"),
        pytest.param("#", None, id="nowhere"),
        pytest.param("", None, id="empty"),
        pytest.param(URL + "#x", None, id="itself"),
        pytest.param("javascript:next()", None, id="a script"),
        pytest.param("https://[x", None, id="broken"),
        pytest.param("https://harbour.example.org:99999/", None, id="no such port"),
    ],
)
def test_the_next_page_is_on_the_same_origin(href: str, followed: str | None) -> None:
    """A listing goes on where it is; it leads nowhere else."""
    page = f'<article><h2>A</h2></article><a rel="next" href="{href}">Older</a>'
    assert read(page, next="a[rel=next]").follow == ((followed,) if followed else ())
    assert read(page, next="a[rel=next]@href").follow == ((followed,) if followed else ())


@pytest.mark.parametrize(
    ("written", "summary", "cut"),
    [
        pytest.param("It goes on…", "It goes on…", True, id="ellipsis"),
        pytest.param("It goes on ...", "It goes on ...", True, id="dots"),
        pytest.param("It goes on [...]", "It goes on [...]", True, id="brackets"),
        pytest.param("It goes on [&hellip;] Read more »", "It goes on […]", True, id="read more"),
        pytest.param("On… <a>Continue reading Ferries return</a>", "On…", True, id="continue reading"),
        pytest.param("It ends. <a>Learn more →</a>", "It ends.", False, id="a sentence before the link"),
        pytest.param("It goes on… and ends.", "It goes on… and ends.", False, id="in the middle"),
        pytest.param("We all should read more", "We all should read more", False, id="words of its own"),
        pytest.param("It ends.", "It ends.", False, id="none"),
    ],
)
def test_a_cut_summary_is_seen(written: str, summary: str, cut: bool) -> None:
    """An ellipsis at the end says that the summary is cut; the words of a link to the rest are no part of it."""
    [item] = read(f"<article><h2>A</h2><p>{written}</p></article>", summary="p").items
    assert (item.summary, item.truncated) == (summary, cut)


@pytest.mark.parametrize(
    ("written", "author"),
    [
        pytest.param("By Ada Brook", "Ada Brook", id="English"),
        pytest.param("Por Élida Ríos", "Élida Ríos", id="Spanish"),
        pytest.param("by the river team", "by the river team", id="not a name"),
        pytest.param("Byron Brook", "Byron Brook", id="part of a name"),
    ],
)
def test_a_byline_gives_the_name(written: str, author: str) -> None:
    """The word before a name is no part of it."""
    [item] = read(f"<article><h2>A</h2><i>{written}</i></article>", author="i").items
    assert item.author == author
