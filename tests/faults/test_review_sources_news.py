"""What was there before us is no news, and what is new is not missed: found by reading the rooms with fresh eyes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pytest_httpserver import HTTPServer

from digest.config.settings import SourceSettings
from digest.model.item import Detail, ParsedItem
from digest.model.topic import Rule, Term, Topic
from digest.pipelines.rematch import rematch
from digest.sources.fetch import Client
from digest.sources.parser import Parser
from digest.sources.reading import Reader, read_source
from digest.sources.robots import Robots
from digest.store.items import each_item
from digest.topics.match import build_matcher
from tests.desks import HOME, NOON, TODAY, SavingDesk, entry, make_source
from tests.webservers import reply, serve

HOUR = timedelta(hours=1)
PARTIAL: dict[str, Any] = {"complete": False, "validators": None, "notes": ("page 2 was left out",)}


def test_a_first_reading_that_was_cut_short_is_not_the_whole_past(saving: SavingDesk) -> None:
    """Pages that failed at the first reading hold no news when they come, and what is new between them is news."""
    saving.save(*(entry(n) for n in range(9, 5, -1)), at=NOON, **PARTIAL)
    saving.save(*(entry(n) for n in range(10, 4, -1)), at=NOON + HOUR, **PARTIAL)
    whole = saving.save(*(entry(n) for n in range(11, -20, -1)), at=NOON + 2 * HOUR)
    assert whole.pending == 0
    assert [title.split()[2] for title in saving.news()] == ["9", "10", "11"]
    saving.save(entry(-30), *(entry(n) for n in range(11, -20, -1)), at=NOON + 3 * HOUR)
    assert "Ferry number -30 returns to the old harbour" in saving.news()


def test_undated_news_is_not_lost_where_a_page_never_comes(saving: SavingDesk) -> None:
    """Where every reading is cut short, an undated story that comes later is news all the same."""
    saving.save(entry(1, published=None), **PARTIAL)
    saving.save(entry(2, published=None), entry(1, published=None), at=NOON + HOUR, **PARTIAL)
    assert [title.split()[2] for title in saving.news()] == ["2"]


def listed(numbers: Sequence[int], read: range) -> list[ParsedItem]:
    """Return the entries of a plain sitemap, those of `read` with what their pages say; number 50 is of today."""
    return [ParsedItem(title="", link=f"{HOME}stories/{n}", detail=_detail(n) if n in read else None) for n in numbers]


def _detail(number: int) -> Detail:
    title = f"Ferry number {number} returns to the old harbour"
    return Detail(title=title, published=TODAY - timedelta(days=50 - number))


def test_a_plain_sitemap_is_read_over_many_readings(saving: SavingDesk) -> None:
    """Old pages that the budget reaches later are no news; until all are read no "not modified" is asked for."""
    saving.configure(make_source(type="sitemap"))
    saving.save(*listed(range(40, 0, -1), range(21, 41)))
    assert saving.state().validators is None
    saving.save(*listed(range(50, 0, -1), range(11, 51)), at=NOON + HOUR)
    assert [title.split()[2] for title in saving.news()] == ["49", "50"]
    assert saving.state().validators is None
    saving.save(*listed(range(50, 0, -1), range(1, 11)), at=NOON + 2 * HOUR)
    assert saving.state().validators is not None
    assert len(saving.items()) == 50


def test_a_page_that_fails_is_asked_once_more(saving: SavingDesk) -> None:
    """A new story whose page is in trouble is not forgotten until the sitemap changes, nor asked for without end."""
    saving.configure(make_source(type="sitemap"))
    saving.save(*listed(range(3, 0, -1), range(1, 4)))
    assert saving.state().validators is not None
    saving.save(*listed([50, 3, 2, 1], range(0)), at=NOON + HOUR)
    assert saving.state().validators is None
    saving.save(*listed([50, 3, 2, 1], range(0)), at=NOON + 2 * HOUR)
    assert saving.state().validators is not None


SITEMAP = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)
STORY = (
    "<url><loc>{base}/s/{name}</loc><news:news><news:title>Story {name}</news:title>"
    "<news:publication_date>2026-03-10</news:publication_date></news:news></url>"
)


async def test_an_index_that_never_changes_hides_no_story() -> None:
    """A sitemap index that is "not modified" says nothing about its sitemaps: they are read each time."""
    stories = ["a"]

    async def answer(head: str, writer: asyncio.StreamWriter) -> None:
        path, base = head.split(" ")[1], web.url("").rstrip("/")
        if path == "/robots.txt":
            return await reply("404 Not Found")(head, writer)
        if path == "/index.xml" and "if-none-match" in head.lower():
            return await reply("304 Not Modified")(head, writer)
        rows = "".join(STORY.format(base=base, name=name) for name in stories)
        index = f"<sitemapindex {SITEMAP}><sitemap><loc>{base}/news.xml</loc></sitemap></sitemapindex>"
        body = index if path == "/index.xml" else f"<urlset {SITEMAP}>{rows}</urlset>"
        return await reply("200 OK", 'ETag: "x"', "Content-Type: text/xml", body=body.encode())(head, writer)

    async with serve(answer) as web, Client() as client, Parser(children=1) as parser:
        reader = Reader(client, parser, Robots(client, lambda _: None, lambda *_: None, NOON))
        source = SourceSettings(id="map", type="sitemap", url=web.url("/index.xml"), allow_private=True)
        first = await read_source(reader, source, kinds=[], validators=None)
        stories.append("b")
        later = await read_source(reader, source, kinds=[], validators=first.validators)
    assert [one.title for one in later.parsed.items] == ["Story a", "Story b"]


def test_f29_a_source_that_never_lists_everything_has_bursts_too(saving: SavingDesk) -> None:
    """Of a source that is asked for what changed only, forty stories at once wait for the operator as well."""
    saving.configure(make_source(type="wordpress"))
    saving.save(*(entry(n) for n in range(10, 0, -1)), complete=False)
    done = saving.save(*(entry(n, published=TODAY) for n in range(60, 20, -1)), at=NOON + HOUR, complete=False)
    assert (done.new, done.pending) == (0, 40)


def test_new_rules_make_no_news_of_undated_stories_that_were_there_before_us(saving: SavingDesk) -> None:
    """A topic that is added the day after the first reading gets its old undated stories, and mail does not."""
    saving.save(entry(1, title="Fields are under water again", published=None), entry(2, published=None))
    rematch(saving.desk, NOON)
    desk = saving.desk
    land = Topic("land", "The land", Rule(any_=(Term("field*"),)))
    settings = replace(desk.settings, topics=(*desk.settings.topics, land))
    rematch(replace(desk, settings=settings, matcher=build_matcher(settings.topics, ())), NOON + HOUR)
    (placed,) = [row for row in saving.rows() if row.topic == "land"]
    assert placed.backlog_days > 365


ROW = '<li><a href="{href}"><h3>{title}</h3></a><time datetime="2026-03-0{day}">{day} March</time></li>'
SELECTORS = "items: li, title: h3, link: a@href, date: time@datetime"


async def test_a_page_for_many_stories_adds_nothing_to_any_of_them(newsroom: Any, httpserver: HTTPServer) -> None:
    """What stands on a landing page, or on the listing, is of no story that leads there, and is not asked for."""
    hrefs = ["/press", "/press", "/press", "/", "/stories/5"]
    rows = [ROW.format(href=href, title=f"Ferry {n} returns to the harbour", day=n) for n, href in enumerate(hrefs, 1)]
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(f"<ul>{''.join(rows)}</ul>", content_type="text/html")
    page = '<meta name="description" content="What stands on that page."><p>A page.</p>'
    for path in ("/press", "/stories/5"):
        httpserver.expect_request(path).respond_with_data(page, content_type="text/html")
    source = f"type: html, url: '{httpserver.url_for('/')}', allow_private: true, {SELECTORS}, enrich: [summary]"
    newsroom.configure(
        site=f"site: {{title: Harbour, url: 'https://n.example.org/', timezone: UTC}}\nsources:\n  page: {{{source}}}\n"
    )
    await newsroom.read(NOON)
    with newsroom.app().store.read() as connection:
        summaries = {one.title[:7]: one.summary for one in each_item(connection)}
    assert summaries == {f"Ferry {n}": "" for n in range(1, 5)} | {"Ferry 5": "What stands on that page."}
    assert "/press" not in [request.path for request, _ in httpserver.log]
