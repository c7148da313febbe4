"""FAULTS.md A6: nothing that a feed names is fetched: a server that counts has no visitor."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from digest.config.settings import SourceSettings
from digest.items.clean import clean_item
from digest.model.item import Parsed
from digest.sources.page import Page
from digest.sources.parser import Parser

READ = "digest.sources.feed:parse_page"
RSS = """<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="@/style.xsl"?>
<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "@/rss.dtd">
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:xi="http://www.w3.org/2001/XInclude"
  xmlns:atom="http://www.w3.org/2005/Atom" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="urn:x @/schema.xsd" xml:base="@/base/"><channel><title>Rivers</title><link>@/</link>
<atom:link rel="self" href="@/self"/><atom:link rel="next" href="@/next"/><atom:link rel="hub" href="@/hub"/>
<image><url>@/logo.png</url><link>@/logo</link></image><docs>@/docs</docs><textInput><link>@/in</link></textInput>
<cloud domain="localhost" port="80" path="/cloud" registerProcedure="x" protocol="http-post"/>
<item><title>Ferry {fault}</title><link>@/a</link><guid>@/guid</guid><comments>@/comments</comments>
<source url="@/source">s</source><enclosure url="@/a.mp3" type="audio/mpeg" length="1"/>
<enclosure url="@/a.jpg" type="image/jpeg" length="1"/><media:content url="@/b.jpg" medium="image"/>
<media:thumbnail url="@/c.jpg"/><media:player url="@/player"/><xi:include href="@/include.xml"/>
<description>&lt;img src="@/d.jpg" srcset="@/e.jpg 2x"&gt;&lt;script src="@/s.js"&gt;&lt;/script&gt;
&lt;link rel="stylesheet" href="@/s.css"&gt;&lt;iframe src="@/f"&gt;&lt;/iframe&gt;</description>
</item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="@/base/"><id>@/feed</id><title>Rivers</title>
<icon>@/icon</icon><logo>@/logo</logo><link rel="next" href="@/next"/><entry><id>@/1</id><title>Ferry {fault}</title>
<content type="text/html" src="@/content"/><link rel="enclosure" href="@/a.jpg" type="image/jpeg"/><link href="@/a"/>
<author><name>Ada</name><uri>@/ada</uri></author></entry></feed>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1", "feed_url": "@/feed", "next_url": "@/next", "icon": "@/icon",
    "hubs": [{"url": "@/hub"}],
    "items": [{"id": "@/1", "title": "Ferry", "url": "@/a", "image": "@/a.jpg", "banner_image": "@/b.jpg",
               "attachments": [{"url": "@/a.mp3"}], "content_html": "<img src='@/c.jpg'>"}],
}  # fmt: skip


@pytest.fixture
def counting(httpserver: HTTPServer) -> Iterator[HTTPServer]:
    """A server that would answer everything, and must never be asked."""
    httpserver.expect_request("/").respond_with_data("x")
    yield httpserver
    assert httpserver.log == []
    httpserver.clear()


@pytest.mark.parametrize(
    "feed",
    [
        pytest.param(RSS.format(fault=""), id="RSS"),
        pytest.param(RSS.format(fault="& &nbsp;"), id="RSS to be mended"),
        pytest.param(RSS.format(fault="</b>"), id="RSS beyond mending"),
        pytest.param(ATOM.format(fault=""), id="Atom"),
        pytest.param(ATOM.format(fault="</b>"), id="Atom beyond mending"),
        pytest.param(json.dumps(JSON), id="JSON Feed"),
    ],
)
async def test_reading_and_cleaning_ask_nobody(feed: str, counting: HTTPServer) -> None:
    """Pictures, enclosures, includes, style sheets, document types, schemas, hubs and next pages are but words."""
    here = counting.url_for("").rstrip("/")
    data = feed.replace("@", here).encode()
    page = Page(data=data, source=SourceSettings(id="river", type="feed"), url="https://river.example/feed")
    async with Parser(children=1) as parser:
        parsed: Parsed = await parser.call(READ, page, Parsed)
    (item,) = (clean_item(item, base_url=page.url) for item in parsed.items)
    assert item.title.startswith("Ferry")
    assert item.image is not None
    assert (item.image.url or "").startswith(here)
    assert parsed.follow == ()


async def test_no_word_of_a_feed_is_opened_as_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A body that is nothing but a path or a URL is a body, and a base that is a file is none."""
    secret = tmp_path_factory.mktemp("secret") / "feed.xml"
    secret.write_text(RSS.format(fault="canary"))
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'
    for body in (str(secret), f"file://{secret}", RSS.format(fault=include).replace("@", f"file://{secret}")):
        page = Page(data=body.encode(), source=SourceSettings(id="river", type="feed"), url=f"file://{secret}")
        async with Parser(children=1) as parser:
            # Items or a refusal: neither knows the other file's words.
            outcome = await asyncio.gather(parser.call(READ, page), return_exceptions=True)
        assert "canary" not in repr(outcome)
