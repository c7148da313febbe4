"""Our check against the RELAX NG grammar of RFC 4287 (appendix B): whatever we pass, the grammar takes too."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from digest.feeds.check import check_feed

SCHEMA = Path(__file__).parents[2] / "../shared/schemas/atom.rng"

ENTRY = """<entry xml:lang="ar"><id>tag:b.example,2026:1</id><title type="text">Boats</title>
<updated>2026-03-02T17:00:00.000001+00:00</updated><published>2026-03-02T16:00:00Z</published>
<author><name>Desk</name><uri>https://b.example/</uri><email>desk@b.example</email></author>
<contributor><name>Ana</name></contributor><rights>CC0</rights>
<link href="https://b.example/1" rel="alternate" type="text/html" hreflang="en" title="Read"/>
<link href="https://b.example/1.png" rel="enclosure" length="9" type="image/png"/><summary type="text">Home.</summary>
<content type="html">&lt;img src="https://b.example/1.png" alt="Boats"&gt;</content>
<category term="x" scheme="https://b.example/topic" label="X"/>
<media:content url="https://b.example/1.png" medium="image"><media:credit>Ana</media:credit></media:content></entry>"""

FEED = f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"
xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en"><id>tag:b.example,2026:feeds/all</id><title>All</title>
<subtitle type="html">&lt;b&gt;All&lt;/b&gt;</subtitle><updated>2026-03-02T17:00:01Z</updated>
<author><name>Desk</name></author>
<link rel="self" href="https://b.example/all.atom" type="application/atom+xml"/><link href="https://b.example/"/>
<link rel="prev-archive" href="https://b.example/archive/all-2026-02.atom"/>
<link rel="hub" href="https://hub.example/"/>
<generator uri="https://b.example/digest" version="1">digest</generator><icon>https://b.example/i</icon>
<logo>https://b.example/l</logo>
<rights type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">CC <b>0</b></div></rights>
<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="tag:b.example,2026:1"
when="2026-03-02T17:00:00Z"><at:comment>Gone.</at:comment></at:deleted-entry>
{ENTRY}
<entry><id>tag:b.example,2026:2</id><title>Two</title><updated>2026-03-01T17:00:00Z</updated>
<published>2026-03-01T17:00:00Z</published><author><name>Desk</name></author><link href="https://b.example/2"/>
<content>Plain.</content></entry></feed>"""

PIECES = [
    'type="html"', 'type="text"', 'type="xhtml"', 'rel="self"', 'length="9"', "<author>", "</author>",
    "<name>Desk</name>", "<id>tag:b.example,2026:1</id>", "<updated>2026-03-01T17:00:00Z</updated>", "<b/>", "loose",
    "<summary>x</summary>",
    '<link href="https://b.example/3"/>', '<link rel="related" href="x"/>', '<category term="x"/>', "<icon>x</icon>",
    "<title>T</title>", "<content>c</content>", "<source/>", "<entry/>", "<generator/>", 'xml:lang="??"', 'version="1"',
    '<x xmlns=""/>', "<media:x/>", "<media:title xmlns:media='urn:x'/>", "<fh:archive/>", "<published>x</published>",
]  # fmt: skip

BROKEN: dict[str, Callable[[str], str]] = {
    "no id": lambda feed: feed.replace("<id>tag:b.example,2026:feeds/all</id>", ""),
    "entry without title": lambda feed: feed.replace("<title>Two</title>", ""),
    "two contents": lambda feed: feed.replace("<content>Plain.", "<content>More.</content><content>Plain."),
    "no author's name": lambda feed: feed.replace("<author><name>Desk</name></author>", "<author/>"),
    "no address": lambda feed: feed.replace(' href="https://b.example/2"', ""),
    "no term": lambda feed: feed.replace(' term="x"', ""),
    "no such month": lambda feed: feed.replace("2026-03-02T17:00:01Z", "2026-13-02T17:00:01Z"),
    "text type": lambda feed: feed.replace('<title type="text">', '<title type="text/plain">'),
    "div missing": lambda feed: feed.replace('<div xmlns="http://www.w3.org/1999/xhtml">', "").replace("</div>", ""),
    "head after entries": lambda feed: feed.replace("</feed>", "<icon>https://b.example/i</icon></feed>"),
    "language": lambda feed: feed.replace('xml:lang="ar"', 'xml:lang="arabic language"'),
    "unknown attribute": lambda feed: feed.replace("<entry>", '<entry version="1">'),
    "entry in an entry": lambda feed: feed.replace("<content>Plain.", f"{ENTRY}<content>Plain."),
    "mail address": lambda feed: feed.replace("desk@b.example", "the desk"),
}


@pytest.fixture(scope="module")
def schema() -> etree.RelaxNG:
    """Return the grammar; where it does not stand beside the project, its tests are skipped."""
    if not SCHEMA.is_file():
        pytest.skip(f"there is no {SCHEMA.name} beside the project")
    return etree.RelaxNG(etree.parse(SCHEMA))


def test_a_sound_feed_is_sound_to_both(schema: etree.RelaxNG) -> None:
    """A feed with nearly all that Atom knows passes our check and the grammar."""
    assert check_feed(FEED.encode()) == ()
    assert schema.validate(etree.fromstring(FEED.encode())), schema.error_log


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN)
def test_what_the_grammar_refuses_we_refuse(schema: etree.RelaxNG, spoil: Callable[[str], str]) -> None:
    """Documents that the grammar does not take do not pass our check either."""
    broken = spoil(FEED)
    assert broken != FEED
    assert not schema.validate(etree.fromstring(broken.encode()))
    assert check_feed(broken.encode())


@given(st.sampled_from(PIECES), st.integers(0, len(FEED)), st.sampled_from([0, 0, 10, 40]))
def test_whatever_we_pass_the_grammar_takes(schema: etree.RelaxNG, piece: str, place: int, gone: int) -> None:
    """A feed that was spoiled anywhere and still passes our check is one that the grammar takes."""
    place = max(FEED.rfind("<", 0, place), FEED.rfind(" ", 0, place), FEED.rfind(">", 0, place) + 1, 0)
    data = (FEED[:place] + piece + " " * piece.endswith('"') + FEED[place + gone :]).encode()
    if check_feed(data) == ():
        assert schema.validate(etree.fromstring(data)), schema.error_log
