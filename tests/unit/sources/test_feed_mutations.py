"""Feeds that were damaged on the way: items or a refusal, within bounds of time and memory."""

import tracemalloc

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.model.item import Parsed
from digest.sources.feed import parse_feed
from tests.costs import assert_cheap
from tests.examples import examples

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Rivers</title>
<link>https://river.example/</link><atom:link href="https://river.example/feed" rel="self"/><language>en-GB</language>
<item><title>Ferry &amp; bridge – both open</title><link>https://river.example/ferry</link>
<dc:creator>Ada Brook</dc:creator>
<pubDate>Fri, 05 Jun 2020 10:00:00 -0400</pubDate><category><![CDATA[Press Release]]></category>
<guid isPermaLink="false">tag:river.example,2020:1</guid><description>&lt;p&gt;Both open…&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Both <em>open</em> again.</p>]]></content:encoded>
<media:content url="https://river.example/a.jpg" medium="image"><media:title>Boats</media:title></media:content></item>
<item><title>Second</title><guid>https://river.example/2</guid><enclosure url="/b.png" type="image/png"/></item>
</channel></rss>""".encode()
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Flüsse</title>
<id>urn:x:feed</id><updated>2020-06-05T10:00:00Z</updated>
<entry><id>urn:x:1</id><title type="html">F&amp;auml;hre</title>
<link rel="alternate" href="/a"/><published>2020-06-05T10:00:00+02:00</published><summary type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>Wieder <b>offen</b></p></div></summary><author><name>Ada</name></author>
<content type="html">&lt;p&gt;Offen&lt;/p&gt;</content>
<category term="report" label="Report"/></entry></feed>""".encode()
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://river.example/"><title>Rivers</title></channel>
<item rdf:about="https://river.example/1"><title>Ferry</title><link>https://river.example/1</link>
<dc:date>2020-06-05</dc:date><description>Words</description></item></rdf:RDF>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Rivers", "items": [{"id": "1", "title": "Fähre",
 "url": "https://river.example/1", "content_html": "<p>Offen</p>", "date_published": "2020-06-05T10:00:00Z",
 "tags": ["report"], "authors": [{"name": "Ada"}]}, {"id": 2, "summary": "Words"}]}""".encode()
FEEDS = (RSS, ATOM, RDF, JSON)
STORY = b"<item><title>Ferry</title><link>https://river.example/1</link><description>Words</description></item>"
INSERTED = rb"""
&nbsp; &x; &#0; &#xD800; &#99999999999; <!ENTITY|a|'b'> <!DOCTYPE|a|[ ]> ]]> <![CDATA[ <!-- --> <?x ?> < & <a:b|c:d=''>
" </item> <item> <content|type='xhtml'> <content|mode='base64'> xml:base='x' { [
"""
PIECES = [*(piece.replace(b"|", b" ") for piece in INSERTED.split()), b"\x00", b"\xff", b"\x0b"]


@st.composite
def damage(draw: st.DrawFn) -> bytes:
    """A feed with bytes flipped, cut, repeated, and things inserted."""
    data = draw(st.sampled_from(FEEDS))
    for _ in range(draw(st.integers(1, 6))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 80))
        span = data[at : at + length]
        data = draw(
            st.sampled_from(
                (
                    data[:at] + data[at + length :],
                    data[:at] + span * draw(st.integers(2, 40)) + data[at + length :],
                    data[:at] + draw(st.sampled_from(PIECES)) + data[at:],
                    data[:at] + draw(st.binary(max_size=8)) + data[at + length :],
                    data[:at] + bytes(byte ^ draw(st.sampled_from((1, 32, 128))) for byte in span[:4]) + data[at + 4 :],
                )
            )
        )
    return data


def _read(data: bytes, content_type: str | None = None) -> Parsed | None:
    try:
        return parse_feed(data, content_type=content_type, base="https://river.example/feed", kinds=("Report",))
    except SourceError:
        return None


@settings(max_examples=examples(300), suppress_health_check=[HealthCheck.too_slow])
@given(damage(), st.sampled_from([None, "text/xml", "application/json; charset=utf-16", "x; charset=iso-8859-1"]))
def test_a_damaged_feed_gives_items_or_a_refusal(data: bytes, content_type: str | None) -> None:
    """No other error, and a small multiple of the time for a sound feed of its size."""
    parsed = _read(data, content_type)
    sound = b"<rss version='2.0'><channel>%b</channel></rss>" % (STORY * (1 + len(data) // len(STORY)))
    assert_cheap(lambda: _read(data, content_type), lambda: _read(sound), below=20)
    for item in parsed.items if parsed else ():
        assert item.title.strip()
        assert item.link is None or item.link.startswith(("http://", "https://")) or data.lstrip()[:1] == b"{"


@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.too_slow])
@given(damage(), st.integers(20, 60))
def test_damage_that_is_repeated_takes_bounded_memory(data: bytes, times: int) -> None:
    """A large feed of damaged entries needs some thirty times its size at most, as a sound one does."""
    entry = data[data.find(b"<item") : data.rfind(b"</item")] or data
    large = RSS.replace(b"</channel>", entry * times + b"</channel>")
    tracemalloc.start()
    try:
        _read(large)
        assert tracemalloc.get_traced_memory()[1] < 30 * len(large) + 4_000_000
    finally:
        tracemalloc.stop()


def test_the_feeds_are_sound_before_they_are_damaged() -> None:
    """Each gives the items that stand in it."""
    assert [len(parsed.items) if (parsed := _read(data)) else 0 for data in FEEDS] == [2, 1, 1, 1]
