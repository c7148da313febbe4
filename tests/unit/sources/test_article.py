"""An item's own page → what it adds: by selectors, JSON-LD, or the head of the page."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.config.settings import DetailSettings, HtmlSettings, SourceSettings
from digest.errors import SourceError
from digest.model.item import Detail, Image
from digest.sources.article import parse_article, read_body
from digest.sources.page import Page

SAMPLE = Path(__file__).parent / "samples" / "article.html"
URL = "https://news.ruritania.example/2026/bridge/"


def _page(
    text: str | bytes, *, detail: DetailSettings | None = None, enrich: tuple[str, ...] = (), url: str | None = URL
) -> Page:
    html = HtmlSettings(items="article", title="h2", detail=detail) if detail else None
    source = SourceSettings(
        id="river", type="html", url=URL, html=html, enrich=enrich, timezone="Europe/Paris", kinds={"Bridges": "bridge"}
    )
    data = text.encode() if isinstance(text, str) else text
    return Page(data=data, source=source, url=url, kinds=("Press Release",))


def _linked(json: str, rest: str = "") -> Detail:
    return parse_article(_page(f'<html><head><script type="application/ld+json">{json}</script>{rest}</head></html>'))


def test_json_ld_is_read_before_the_head() -> None:
    """References inside it are resolved, entities read, and a kind is one of the known labels, as it is printed."""
    detail = parse_article(_page(SAMPLE.read_bytes()))
    assert detail == Detail(
        title="The bridge of Strelsau opens – at last",
        summary="Linked data: the bridge opens.",
        kind="Bridges",
        published=datetime(2026, 5, 1, 6, tzinfo=UTC),
        language="en",
        image=Image(
            url="https://news.ruritania.example/pictures/bridge.jpg", caption="The bridge in May.", credit="Bea Stone"
        ),
        author="Ada Brook, Carl Reed",
    )


def test_the_head_is_read_where_there_is_no_json_ld() -> None:
    """Open Graph first; the site's name is no part of the title, a profile's address no name of an author."""
    text = SAMPLE.read_text("utf-8").replace("application/ld+json", "text/plain")
    assert parse_article(_page(text)) == Detail(
        title="The bridge of Strelsau opens",
        summary="Graph: the bridge opens & closes.",
        kind="Bridges",
        published=datetime(2026, 5, 2, 6, tzinfo=UTC),
        language="en-GB",
        image=Image(url="https://news.ruritania.example/pictures/bridge-large.jpg", alt="Graph: a bridge"),
        author="Ada Brook",
    )


def test_the_selectors_of_the_settings_win() -> None:
    """What an operator points at is what counts; pictures are absolute, and only the same picture lends its words."""
    selectors = DetailSettings(
        content=".body",
        summary=".lead",
        date=".when",
        author=".by",
        kind=".kind",
        picture="figure img@src",
        caption="figcaption",
    )
    detail = parse_article(_page(SAMPLE.read_bytes(), detail=selectors))
    assert (detail.summary, detail.author, detail.kind) == ("Selected: the bridge opens.", "Dora Hill", "Statement")
    assert detail.published == date(2026, 5, 3)
    assert detail.image == Image(
        url="https://news.ruritania.example/2026/pictures/bridge.jpg", caption="Selected caption."
    )
    assert detail.content_html is not None
    assert detail.content_html.startswith(
        '<p>It <a href="https://news.ruritania.example/2026/bridge/opening">opened</a>'
    )
    assert detail.content_html.endswith("</p>")


def test_a_caption_alone_joins_the_picture_of_the_head() -> None:
    """A selector for the words needs none for the picture."""
    detail = parse_article(_page(SAMPLE.read_bytes(), detail=DetailSettings(caption="figcaption")))
    assert detail.image == Image(
        url="https://news.ruritania.example/pictures/bridge.jpg", caption="Selected caption.", credit="Bea Stone"
    )


def test_a_selector_that_finds_nothing_leaves_the_rest() -> None:
    """A page that looks different gives what its data says."""
    detail = parse_article(_page(SAMPLE.read_bytes(), detail=DetailSettings(summary=".none", content=".none")))
    assert detail.summary == "Linked data: the bridge opens."
    assert detail.content_html is None


def test_a_date_that_could_be_two_days_is_an_error() -> None:
    """An ambiguous date is told, not guessed."""
    with pytest.raises(SourceError, match="date"):
        parse_article(_page("<p class=d>11/12/2026</p>", detail=DetailSettings(date=".d")))


@pytest.mark.parametrize(
    ("json", "published"),
    [
        pytest.param('{"@type": "Article", "datePublished": "2026-05-01"}', date(2026, 5, 1), id="date"),
        pytest.param(
            '{"@type": "Article", "datePublished": "2026-05-01T10:00"}', datetime(2026, 5, 1, 8, tzinfo=UTC), id="local"
        ),
        pytest.param('{"@type": "Article", "dateModified": "2026-05-01"}', None, id="never-the-change"),
        pytest.param('{"@type": "Article", "datePublished": "yesterday"}', None, id="words"),
        pytest.param('{"@type": "Article", "datePublished": 1777629600}', None, id="number"),
        pytest.param('{"@type": "Report", "datePublished": "2026-05-01"}', date(2026, 5, 1), id="report"),
        pytest.param('{"@type": "BlogPosting", "datePublished": "2026-05-01"}', date(2026, 5, 1), id="blog"),
        pytest.param(
            '{"@type": "http://schema.org/NewsArticle", "datePublished": "2026-05-01"}',
            date(2026, 5, 1),
            id="long-type",
        ),
        pytest.param('[{"@type": "WebPage", "datePublished": "2026-05-01"}]', date(2026, 5, 1), id="page"),
        pytest.param(
            '[{"@type": "WebPage", "datePublished": "2025-01-01"},{"@type": "Article", "datePublished": "2026-05-01"}]',
            date(2026, 5, 1),
            id="article-before-page",
        ),
        pytest.param(
            '{"@type": "WebPage", "mainEntity": {"@type": "Article", "datePublished": "2026-05-01"}}',
            date(2026, 5, 1),
            id="main-entity",
        ),
        pytest.param('{"@type": "Organization", "datePublished": "2026-05-01"}', None, id="organisation"),
        pytest.param(
            '{"@type": "ItemList", "itemListElement": [{"@type": "Article", "datePublished": "2026-05-01"}]}',
            None,
            id="list-of-others",
        ),
        pytest.param(
            '[{"@type": "Article", "url": "https://news.ruritania.example/other", "datePublished": "2025-01-01"},'
            f'{{"@type": "Article", "mainEntityOfPage": {{"@id": "{URL}#x"}}, "datePublished": "2026-05-01"}}]',
            date(2026, 5, 1),
            id="the-one-of-this-page",
        ),
        pytest.param('{"@type": "Article", "datePublished": "2026-05-01"};', date(2026, 5, 1), id="semicolon"),
        pytest.param('{"@type": "Article", "datePublished": "2026', None, id="broken"),
    ],
)
def test_the_date_of_publication_is_that_of_the_pages_own_article(json: str, published: date | None) -> None:
    """The date of a change, of a list's entries or of another article is none of this one."""
    assert _linked(json).published == published


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ('"Ada Brook"', "Ada Brook"),
        ('{"name": "Ada &amp; Bea"}', "Ada & Bea"),
        ('[{"name": "Ada"}, "Bea", {"name": "Ada"}, {"name": 7}, null]', "Ada, Bea"),
        ('"https://social.example/ada"', None),
        ("[[[]]]", None),
    ],
    ids=["text", "node", "list", "profile", "nothing"],
)
def test_authors_are_names(author: str, expected: str | None) -> None:
    """Several are one line, each once; an address is no name."""
    assert _linked(f'{{"@type": "Article", "author": {author}}}').author == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ('"/a.jpg"', Image(url="https://news.ruritania.example/a.jpg")),
        ('["/a.jpg", "/b.jpg"]', Image(url="https://news.ruritania.example/a.jpg")),
        (
            '{"contentUrl": "/a.jpg", "creator": {"name": "Bea"}}',
            Image(url="https://news.ruritania.example/a.jpg", credit="Bea"),
        ),
        (
            '{"url": "/a.jpg", "copyrightNotice": "© Ruritania"}',
            Image(url="https://news.ruritania.example/a.jpg", credit="© Ruritania"),
        ),
        ('{"url": {"url": 7}}', None),
        ('"http://["', None),
    ],
    ids=["text", "list", "creator", "notice", "nothing", "broken"],
)
def test_pictures_come_in_many_shapes(image: str, expected: Image | None) -> None:
    """A URL, a list, or a node with its words."""
    assert _linked(f'{{"@type": "Article", "image": {image}}}').image == expected


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>A bridge | News</title><meta property=og:site_name content=News>", "A bridge"),
        ("<title>News</title><meta property=og:site_name content=News>", "News"),
        ("<title>Good News</title><meta property=og:site_name content=News>", "Good News"),
        ("<title>A - News</title><h1>A bridge</h1>", "A bridge"),
        ("<title>A bridge</title><h1>One</h1><h1>Two</h1>", "A bridge"),
        ("<p>Nothing</p>", None),
    ],
    ids=["suffix", "the-site-itself", "a-word", "heading", "two-headings", "none"],
)
def test_a_page_without_data_has_the_title_it_shows(html: str, title: str | None) -> None:
    """Its only heading of the first rank, else its title without the site's name."""
    assert parse_article(_page(html)).title == title


def test_relative_addresses_count_from_the_base_of_the_page() -> None:
    """`<base href>` moves all of them."""
    html = "<base href='/en/'><meta property=og:image content=a.jpg><div id=x><img src=b.jpg><a href=c>c</a></div>"
    detail = parse_article(_page(html, detail=DetailSettings(content="#x")))
    site = "https://news.ruritania.example/en"
    assert detail.image == Image(url=f"{site}/a.jpg")
    assert detail.content_html == f'<img src="{site}/b.jpg"><a href="{site}/c">c</a>'


def test_a_page_is_decoded_as_it_says() -> None:
    """The bytes of an old page become its words."""
    html = "<meta charset=windows-1252><meta name=author content='Zoë'>".encode("cp1252")
    assert parse_article(_page(html)).author == "Zoë"


def test_an_empty_page_is_refused() -> None:
    """Nothing came, and that is what is told."""
    with pytest.raises(SourceError, match="an empty page"):
        parse_article(_page(b" \n"))


def test_the_body_of_a_page_is_its_article() -> None:
    """Header and footer are left out, and so is the heading that repeats the title."""
    body = read_body(_page(SAMPLE.read_bytes())) or ""
    assert body.startswith('<p class="lead">')
    assert "Contact us" not in body
    assert f'href="{URL}opening"' in body


class TestFullText:
    """Full text by trafilatura, where the settings want it."""

    @pytest.fixture(autouse=True)
    def _needs_trafilatura(self) -> None:
        pytest.importorskip("trafilatura")

    def test_it_is_found_without_a_selector(self) -> None:
        """The words of the article with their links, and nothing of header and footer."""
        content = parse_article(_page(SAMPLE.read_bytes(), enrich=("text",))).content_html or ""
        assert "Everybody crossed it twice" in content
        assert f'<a href="{URL}opening">opened</a>' in content
        assert "Contact us" not in content
        assert "alert" not in content
        assert "<body" not in content
        assert "<h1" not in content

    def test_a_selector_is_preferred(self) -> None:
        """Where an operator points at the text, nothing is searched for."""
        page = _page(SAMPLE.read_bytes(), enrich=("text",), detail=DetailSettings(content=".lead"))
        assert parse_article(page).content_html == "Selected: the bridge opens."

    @pytest.mark.parametrize("free", ["false", '"False"', '"http://schema.org/False"'])
    def test_a_page_that_is_not_free_has_no_full_text(self, free: str) -> None:
        """What stands before a paywall is not the text."""
        text = SAMPLE.read_text("utf-8").replace('"inLanguage"', f'"isAccessibleForFree": {free}, "inLanguage"')
        assert parse_article(_page(text, enrich=("text",))).content_html is None

    def test_a_page_without_text_has_none(self) -> None:
        """No text is no error."""
        assert parse_article(_page("<p></p>", enrich=("text",))).content_html is None


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence is the command."""
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(SourceError, match=r"full text needs: pip install 'digest\[fulltext\]'"):
        parse_article(_page(SAMPLE.read_bytes(), enrich=("text",)))
