"""Feeds of every make, whole and broken."""

import html
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.model.item import Image, Parsed, ParsedItem, Quarantined
from digest.sources.feed import parse_feed
from digest.sources.feeds.feed_dates import read_date, read_published
from tests.costs import assert_cheap

SPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def _rss(entries: str) -> bytes:
    channel = f"<channel><title>Rivers</title><language>en-GB</language>{entries}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {SPACES}>{channel}</rss>'.encode()


def _only(data: bytes, *, base: str | None = None, kinds: tuple[str, ...] = ()) -> ParsedItem:
    parsed = parse_feed(data, base=base, kinds=kinds)
    assert parsed.quarantined == ()
    (item,) = parsed.items
    return item


def test_an_rss_entry_gives_all_that_it_has() -> None:
    """Words, identity, link, date in UTC, picture, author, language, full text and kind, each from its element."""
    entry = """<item><title>Ferry &amp;amp; bridge</title><link>https://river.example/a</link>
      <guid isPermaLink="false">tag:river.example,2020:a</guid><pubDate>Fri, 05 Jun 2020 10:00:00 -0400</pubDate>
      <description>&lt;p&gt;Closed&lt;/p&gt;</description><category>press  release</category>
      <dc:creator>Ada Brook</dc:creator>
      <content:encoded><![CDATA[<p>Closed, all of it.</p>]]></content:encoded>
      <media:content url="/a.jpg" medium="image"><media:title>Boats</media:title>
      <media:description>Boats at night</media:description><media:credit>Ada/AFP</media:credit></media:content>
      </item>"""
    item = _only(_rss(entry), base="https://river.example/feed", kinds=("Press Release",))
    assert item == ParsedItem(
        title="Ferry &amp; bridge",
        summary="<p>Closed</p>",
        kind="Press Release",
        published=datetime(2020, 6, 5, 14, tzinfo=UTC),
        explicit_id="tag:river.example,2020:a",
        link="https://river.example/a",
        language="en-GB",
        image=Image("https://river.example/a.jpg", "Boats", "Boats at night", "Ada/AFP"),
        content_html="<p>Closed, all of it.</p>",
        author="Ada Brook",
        markup=True,
    )


def test_an_atom_entry_is_read_alike() -> None:
    """Atom says which text is HTML; the one that is not is written as HTML when the other is."""
    entry = """<entry><id>urn:x:1</id><title type="text">Ferry &amp; 1 &lt; 2</title><link href="b"/>
      <published>2020-06-05T10:00:00Z</published><updated>2020-06-06T10:00:00Z</updated>
      <summary type="html">&lt;i&gt;Closed&lt;/i&gt;…</summary><author><name>Ada Brook</name></author></entry>"""
    data = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">{entry}</feed>'.encode()
    item = _only(data, base="https://river.example/news/feed")
    assert (item.title, item.summary, item.markup) == ("Ferry &amp; 1 &lt; 2", "<i>Closed</i>…", True)
    assert (item.explicit_id, item.link, item.truncated) == ("urn:x:1", "https://river.example/news/b", True)
    assert item.published == datetime(2020, 6, 5, 10, tzinfo=UTC)


def test_plain_words_stay_plain() -> None:
    """Without any HTML nothing is escaped, and markup is not claimed."""
    item = _only(_rss("<item><title>AT&amp;T 1 &lt; 2</title><description>Plain</description></item>"))
    assert (item.title, item.summary, item.markup) == ("AT&T 1 < 2", "Plain", False)


def test_rdf_and_json_feeds_are_feeds() -> None:
    """RSS 1.0 and JSON Feed are read like the others."""
    rdf = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="https://river.example/a"><title>Ferry</title>
      <link>https://river.example/a</link><dc:date>2020-06-05</dc:date></item></rdf:RDF>"""
    json = b"""{"version": "https://jsonfeed.org/version/1.1", "language": "en", "items": [{"id": 7, "title": "Ferry",
      "url": "https://river.example/a", "date_published": "2020-06-05T10:00:00+02:00", "authors": [{"name": "Ada"}],
      "image": "https://river.example/a.jpg", "content_html": "<p>x</p>", "summary": "Closed"}, {"id": "8"}, 9]}"""
    assert _only(rdf).published == date(2020, 6, 5)
    parsed = parse_feed(json)
    (item,) = parsed.items
    assert (item.explicit_id, item.author, item.language) == ("7", "Ada", "en")
    assert item.published == datetime(2020, 6, 5, 8, tzinfo=UTC)
    assert parsed.quarantined == (Quarantined("8", "it has no title"),)


def test_an_id_does_not_depend_on_the_address_of_the_feed() -> None:
    """A bare guid stays as it is and is no link, whatever URL the feed came from (http becomes https one day)."""
    data = _rss("<item><title>Ferry</title><guid>a-17</guid></item>")
    both = [_only(data, base=base) for base in ("http://river.example/feed", "https://www.river.example/rss")]
    assert {(item.explicit_id, item.link) for item in both} == {("a-17", None)}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "http://[bad", ""])
def test_a_link_that_is_no_web_address_is_none(link: str) -> None:
    """Only http and https survive."""
    assert _only(_rss(f"<item><title>Ferry</title><link>{link}</link></item>")).link is None


def test_an_entry_without_title_is_quarantined_by_name() -> None:
    """Its first words are its name; the others go on."""
    entries = "<item><description>&lt;p&gt;Some words&lt;/p&gt;</description></item><item><title>B</title></item>"
    parsed = parse_feed(_rss(entries))
    assert [item.title for item in parsed.items] == ["B"]
    assert parsed.quarantined == (Quarantined("Some words", "it has no title"),)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Fri, 05 Jun 2020 10:00:00 GMT", datetime(2020, 6, 5, 10, tzinfo=UTC)),
        ("Fri, 5 Jun 2020 10:00 EST", datetime(2020, 6, 5, 15, tzinfo=UTC)),
        ("2020-06-05T10:00:00.123456789Z", datetime(2020, 6, 5, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2020-06-05t10:00:00z", datetime(2020, 6, 5, 10, tzinfo=UTC)),
        ("2020-06-05", date(2020, 6, 5)),
        ("2020-06-05T10:00:00", None),
        ("Fri, 05 Jun 2020 10:00:00", None),
        ("Fri, 05 Jun 2020 10:00:00 -0000", None),
        ("yesterday", None),
        ("2020-13-45", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("", None),
    ],
)
def test_dates_are_instants_days_or_nothing(text: str, when: date | datetime | None) -> None:
    """A time without zone is no date, and an unreadable one is never the present."""
    assert read_date(text) == when


def test_the_date_of_change_stands_in_for_an_unreadable_one() -> None:
    """The first readable of the two counts."""
    assert read_published("soon", "2020-06-05") == date(2020, 6, 5)
    assert read_published(None, "soon") is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_date(text: str) -> None:
    """Whatever a feed writes there, the answer is a date or None."""
    read_date(text)


WHOLE = _rss("<item><title>Ferry</title><description>Words</description></item>" * 3)


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b" \n", "an empty body"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><title>Log in</title>", "an HTML page, not a feed"),
        (b"<html><body>", "an HTML page, not a feed"),
        (b"Ferry closed", "neither RSS, Atom nor JSON Feed"),
        (b"/etc/hostname", "neither RSS, Atom nor JSON Feed"),
        (b"http://127.0.0.1:1/", "neither RSS, Atom nor JSON Feed"),
        (b'{"items": []}', "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "ends in the middle"),
        (WHOLE[: len(WHOLE) // 2], "ends in the middle"),
        (WHOLE[:-6], "ends in the middle"),
        (WHOLE.replace(b"Words", b"&nbsp;")[:-30], "ends in the middle"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]>' + WHOLE[38:], "declares entities"),
        (_rss("<item><title>x</title>" + "<a>" * 200_000 + "</a>" * 200_000 + "</item>"), "elements deep"),
        (_rss("<item><title>a</b></title></item>" * 70_000), "too large to repair"),
        (_rss("<item " + " ".join(f'a{n}=""' for n in range(501)) + "/>"), "more than 500 attributes"),
        (_rss("<item " + " ".join(f'xmlns:a{n}="{n}"' for n in range(501)) + "/>"), "more than 500 namespaces"),
        (b"<?xml version='1.0'?><!-- nothing -->", "ends in the middle"),
        (b"<!DOCTYPE rss [", "ends in the middle"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x' 'y'><html><body/></html>", "an HTML page, not a feed"),
        (b"\x00" * 100, "an empty body"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_whole_feed_is_refused(data: bytes, seen: str) -> None:
    """FAULTS.md F27, A7, A8: nothing partial is used, nothing is expanded, no file or URL is opened."""
    with pytest.raises(SourceError, match=seen):
        parse_feed(data)


def test_an_ill_formed_feed_that_is_whole_is_read() -> None:
    """An undeclared entity and a bare ampersand, as many feeds have, cost no item."""
    parsed = parse_feed(WHOLE.replace(b"Words", b"Words &nbsp; & more"))
    assert [item.title for item in parsed.items] == ["Ferry"] * 3


@pytest.mark.parametrize(
    ("fault", "title"),
    [
        ("a &#xD800; b", "a  b"),
        ("a &#0; &#x1F; b", "a   b"),
        ("a &#99999999999999999999999999; &#x110000; b", "a   b"),
        ("a &#8211; b", "a – b"),
        ("a &#8211 b", "a – b"),
        ("a \x0b\x00\ufffe b", "a  b"),
        ("a & b", "a & b"),
        ("a &nbsp;&eacute; b", "a \xa0é b"),
        ("a &noname; b", "a &noname; b"),
        ("a 1 < 2 b", "a 1 < 2 b"),
        ("a</title><x:y z:w='1'>q</x:y><title>", "a"),
        ("<![CDATA[a & < b]]> & c", "a & < b & c"),
        ("a <!-- & < --> & b", "a  & b"),
    ],
)
def test_what_xml_cannot_hold_costs_nobody_an_item(fault: str, title: str) -> None:
    """A wrong character, number, name or sign is mended or dropped: its item keeps its words, and the others come."""
    parsed = parse_feed(_rss(f"<item><title>{fault}</title></item><item><title>Ferry</title></item>"))
    words = html.unescape(parsed.items[0].title) if parsed.items[0].markup else parsed.items[0].title
    assert (words, parsed.items[1].title) == (title, "Ferry")


@pytest.mark.parametrize("fault", ["&nbsp;& bridge", " 1 < 2", "<x:y>z</x:y>", "&#xD800;"])
def test_large_feeds_are_mended_too(fault: str) -> None:
    """3 MB with one fault an entry are read in a small multiple of the time for well-formed ones."""
    filling = "x" * 2_700_000
    faulty, sound = (_rss(f"<item><title>Ferry{one}</title></item>" * 2_000 + filling) for one in (fault, ""))
    assert len(parse_feed(faulty).items) == 2_000
    assert_cheap(lambda: parse_feed(faulty), lambda: parse_feed(sound), below=4)


@pytest.mark.parametrize(
    "head",
    [
        b"\n\n<?xml version='1.0'?>",
        b"Warning: something on line 7\n<?xml version='1.0'?>",
        b"<!-- > <rss> --><?xml version='1.0' encoding='utf-8'?><?xml-stylesheet href='x'?>",
        b"<!DOCTYPE rss PUBLIC '-//Netscape' 'http://river.example/rss.dtd'>",
        b"<!doctype rss [<!ELEMENT rss ANY>]>",
        b"",
    ],
)
def test_what_stands_before_a_feed_does_not_matter(head: bytes) -> None:
    """Blank lines, warnings of a program, comments, style sheets and document types are passed over."""
    data = head + b"<rss version='2.0'><channel><item><title>Ferry &eacute;</title></item></channel></rss>"
    assert [item.title for item in parse_feed(data).items] == ["Ferry é"]


def test_words_about_entities_are_words() -> None:
    """Only a document type can declare entities: an article about them is read."""
    item = _only(_rss("<item><title>Ferry</title><description><![CDATA[<!ENTITY a 'b'>]]></description></item>"))
    assert item.title == "Ferry"


@pytest.mark.parametrize("title", ["&lt;img src='a.jpg'&gt;", "&lt;p&gt;&amp;nbsp;&lt;/p&gt;", "&lt;b&gt;&lt;/b&gt;"])
def test_a_title_of_nothing_but_markup_is_none(title: str) -> None:
    """What would be empty without its markup is quarantined with the item's other words as its name."""
    parsed = parse_feed(_rss(f"<item><title>{title}</title><description>Words</description></item>"))
    assert parsed == Parsed((), (Quarantined("Words", "it has no title"),))


def test_the_tags_of_a_json_feed_name_kinds() -> None:
    """As the categories of the others do."""
    data = b"""{"version": "https://jsonfeed.org/version/1.1", "items":
      [{"id": "a", "title": "Ferry", "tags": ["boats", 7, "press  release"]}, {"id": "b", "title": "B", "tags": 9}]}"""
    assert [item.kind for item in parse_feed(data, kinds=("Press Release",)).items] == ["Press Release", None]


@example(b"\x00", 30, 0)
@given(st.binary(max_size=300), st.integers(0, len(WHOLE)), st.integers(0, 60))
def test_no_bytes_raise_anything_but_source_errors(data: bytes, at: int, length: int) -> None:
    """A feed with bytes exchanged gives items or a SourceError."""
    for changed in (data, WHOLE[:at] + data + WHOLE[at + length :]):
        try:
            parsed = parse_feed(changed)
        except SourceError:
            continue
        assert all(item.title for item in parsed.items)
