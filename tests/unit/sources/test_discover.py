"""What an answer is, where it leads, and how the ways on it compare."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.config.settings import SourceSettings
from digest.model.item import Parsed, ParsedItem, Quarantined
from digest.sources.discovery.discover import Findings, analyse_page
from digest.sources.discovery.judge import is_usable, judge_way
from digest.sources.discovery.ways import Way, settings_of
from digest.sources.page import Page

SITES = Path(__file__).parents[2] / "samples/sites"
NOW = datetime(2026, 3, 20, tzinfo=UTC)
URL = "https://newsroom.example.org/news/"


def analyse(text: str | bytes, **known: Any) -> Findings:
    """Analyse an answer of a server."""
    data = text.encode() if isinstance(text, str) else text
    return analyse_page(Page(data=data, source=SourceSettings(id="x", type="html"), **{"url": URL, **known}))


@pytest.mark.parametrize(
    ("data", "form"),
    [
        ("<!doctype html><title>x</title>", "page"),
        ("<div><a href=/a>x</a></div>", "page"),
        ('<?xml version="1.0"?>\n<!-- by us -->\n<rss version="2.0"><channel/></rss>', "feed"),
        ('\ufeff<feed xmlns="http://www.w3.org/2005/Atom"/>', "feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        ('[{"id": 1}]', "json"),
        ('<urlset xmlns="x"/>', "sitemap"),
        ("Report\n\nA title\n\nMarch 5, 2026", "text"),
        (b"%PDF-1.7", "other"),
        (b"\x00\x01\x02", "other"),
        ("", "other"),
    ],
    ids=["html", "bare html", "rss", "atom", "json feed", "api", "sitemap", "text", "pdf", "binary", "empty"],
)
def test_forms(data: str | bytes, form: str) -> None:
    """An answer is known by what it holds, whatever its header says."""
    assert analyse(data).form == form


def test_leads_of_a_page() -> None:
    """Feeds, the API, language and title are read of the head; a feed of comments is told apart."""
    page = """<html lang="pt_BR"><head><title>Sala</title><base href="https://cdn.example.org/x/">
      <link rel="alternate" type="application/rss+xml; charset=utf-8" title="Notícias" href="feed.rss">
      <link rel="ALTERNATE" type="application/atom+xml" title="Comments" href="/c.atom">
      <link rel="alternate" hreflang="en" href="/en/"><link rel="https://api.w.org/" href="/blog/wp-json/">
      </head><body><a href="a#top">A</a><a href="mailto:x@y.example">B</a></body></html>"""
    leads = analyse(page).leads
    assert [(feed.url, feed.comments) for feed in leads.feeds] == [
        ("https://cdn.example.org/x/feed.rss", False),
        ("https://cdn.example.org/c.atom", True),
    ]
    assert leads.wordpress == "https://cdn.example.org/blog/"
    assert (leads.language, leads.title, leads.links) == ("pt-BR", "Sala", ("cdn.example.org/x/a",))


@pytest.mark.parametrize(
    ("page", "headers", "expected"),
    [
        ("<meta name=generator content='WordPress 6.5'>", {}, "https://newsroom.example.org/"),
        ("<p>x", {"link": '<https://a.example/wp-json/>; rel="https://api.w.org/"'}, "https://a.example/"),
        ('<link rel="https://api.w.org/" href="/?rest_route=/">', {}, "https://newsroom.example.org/?rest_route=/"),
        ("<meta name=generator content=Drupal>", {}, None),
    ],
    ids=["generator", "header", "no permalinks", "another"],
)
def test_wordpress_is_known(page: str, headers: dict[str, str], expected: str | None) -> None:
    """WordPress says so in its head, in a header, or by its generator."""
    assert analyse(f"<html><head>{page}", headers=headers).leads.wordpress == expected


def rows(*dates: str, language: str = "en") -> str:
    """Return a page of rows with these dates."""
    each = "".join(f"<li><a href=/{n}>The ferry number {n} sails</a> <i>{on}</i></li>" for n, on in enumerate(dates))
    return f"<html lang={language}><body><ul>{each}</ul>"


@pytest.mark.parametrize(
    ("page", "date_format", "days", "problem"),
    [
        (rows("25/03/2026", "04/03/2026", "01/03/2026"), "%d/%m/%Y", [25, 4, 1], False),
        (rows("03/25/2026", "03/04/2026", "03/01/2026"), "%m/%d/%Y", [25, 4, 1], False),
        (rows("05/03/2026", "04/03/2026", "12/02/2026"), "%d/%m/%Y", [5, 4, 12], True),
        (rows("5.3.2026", "4.3.2026", language="de"), None, [5, 4], False),
        (rows("5 March 2026", "4 March 2026"), None, [5, 4], False),
    ],
    ids=["day first", "month first", "guessed by their order", "german dots", "names"],
)
def test_dates_in_numbers(page: str, date_format: str | None, days: list[int], problem: bool) -> None:
    """A date format is given where it is needed, and called a guess where only the order of the page speaks for it."""
    (way, *_) = analyse(page).ways
    assert way.source.get("date_format") == date_format
    assert [item.published.day for item in way.parsed.items if item.published] == days
    assert any("is a guess" in one for one in way.problems) == problem


def test_a_definition_list_without_wrappers() -> None:
    """Where dates stand above the blocks and not inside them, their selector is found as well."""
    pairs = "".join(f"<dt>{n} May 2026</dt><dd><a href=/{n}>The ferry {n} sails again</a></dd>" for n in (9, 7, 5))
    way = analyse(f"<html><body><main><dl>{pairs}</dl></main>").ways[0]
    assert way.source["date"] == "dt"
    assert [item.published for item in way.parsed.items] == [date(2026, 5, 9), date(2026, 5, 7), date(2026, 5, 5)]


def way_of(*items: ParsedItem, type_: str = "html", **more: Any) -> Way:
    """Return a way that gave these items."""
    return Way(source={"type": type_}, name="a way", parsed=Parsed(items), **more)


def item(number: int, on: date | None = date(2026, 3, 1), **more: Any) -> ParsedItem:
    """Return an item with a link of its own."""
    return ParsedItem(title=f"Ferry {number}", published=on, link=f"https://newsroom.example.org/{number}", **more)


GOOD = tuple(item(number, summary="It sails.") for number in range(5))
LINKS = tuple(f"newsroom.example.org/{number}" for number in range(9))


@pytest.mark.parametrize(
    ("worse", "reason"),
    [
        (way_of(*(item(n, None, summary="It sails.") for n in range(5))), "no dates"),
        (way_of(*(item(n, date(2024, 1, 1), summary="It sails.") for n in range(5))), "nothing new since 2024-01-01"),
        (way_of(*(item(n, date(2027, 1, 1), summary="It sails.") for n in range(5))), "5 of 5 lie in the future"),
        (way_of(*(item(0, summary="It sails.") for _ in range(5))), "4 of 5 titles occur twice"),
        (way_of(*GOOD, aside=True), "they stand in a menu, a footer or a sidebar"),
        (way_of(*GOOD, forbidden="no"), "robots.txt asks programs not to read the page"),
        (way_of(*(ParsedItem(title=f"F {n}", summary="x", published=date(2026, 3, 1)) for n in range(5))),
         "5 of 5 have no link of their own"),
        (way_of(*(item(n + 90, summary="It sails.") for n in range(5)), type_="feed"),
         "none of its items stands on this page"),
    ],
    ids=["undated", "stale", "future", "repeated", "menu", "robots", "unlinked", "another section"],
)  # fmt: skip
def test_what_speaks_against_a_way(worse: Way, reason: str) -> None:
    """Each flaw costs a way its place before one without it, and is told in words."""
    judged = judge_way(worse, NOW, LINKS)
    assert reason in judged.reasons
    assert judged.score < judge_way(way_of(*GOOD), NOW, LINKS).score


def test_a_feed_of_the_same_items_is_better_than_the_page() -> None:
    """Of two ways to the same items the one made for programs wins, and says why."""
    feed = judge_way(way_of(*GOOD, type_="feed"), NOW, LINKS)
    assert feed.score > judge_way(way_of(*GOOD), NOW, LINKS).score
    assert "outlives a new design" in feed.reasons[0]


def test_what_is_left_out_is_told() -> None:
    """Blocks that are no items are counted with the first reason; a way without items is not shown."""
    parsed = Parsed(GOOD, (Quarantined("x", "it has no title"),))
    assert judge_way(Way(source={"type": "html"}, name="x", parsed=parsed), NOW).problems == (
        "1 of 6 are left out: it has no title",
    )
    assert not is_usable(judge_way(way_of(), NOW))


def test_a_listing_without_dates_names_the_cure() -> None:
    """Where only the items' own pages can say their dates, the way says how to ask them."""
    undated = judge_way(way_of(*(item(n, None) for n in range(5))), NOW)
    assert "enrich: [date]" in undated.problems[0]
    assert judge_way(way_of(*GOOD), NOW).problems == ()


def test_settings_of_a_way() -> None:
    """The keys of config.yaml become the settings that they mean."""
    made = settings_of({"type": "html", "url": URL, "items": "li", "title": "a", "date_format": "%d/%m/%Y"})
    assert made.html is not None
    assert (made.html.items, made.date_formats, made.url) == ("li", ("%d/%m/%Y",), URL)
