"""The check before publishing: a table of broken feeds, each with its sentence."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.build import FeedSpec, Labels, build_feed
from digest.feeds.check import check_feed
from digest.model.item import Item
from digest.model.site import Site

MakeItem = Callable[..., Item]
Feed = Callable[..., bytes]

ENTRY = """<entry><id>tag:a.example,2026:1</id><title>One</title><updated>2026-03-02T17:00:00Z</updated>
<published>2026-03-02T16:00:00+00:00</published><author><name>Open Harbour</name></author>
<link href="https://a.example/1"/><summary>Short.</summary>
<content type="html">&lt;p&gt;Long.&lt;/p&gt;</content><category term="x" scheme="https://a.example/s"/></entry>"""
OTHER = ENTRY.replace("2026:1", "2026:2").replace("17:00:00Z", "17:00:01Z").replace("a.example/1", "a.example/2")
FEED = f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<id>tag:a.example,2026:feeds/all</id><title>All</title><updated>2026-03-02T17:00:00Z</updated>
<author><name>Open Harbour</name><uri>https://a.example/</uri></author><logo>https://a.example/l.png</logo>
<link rel="self" href="https://a.example/all.atom"/><link rel="alternate" href="https://a.example/"/>
{ENTRY}
{OTHER}
</feed>"""
ENCLOSURE = '<link rel="enclosure" href="https://a.example/x.png" length="17" type="image/png"/><summary>'
TIE = "2 entries were updated at the same instant 2026-03-02T17:00:01+00:00, so readers mix their order"


def test_sound_feed_has_no_problems() -> None:
    """A feed that keeps every rule passes, also against itself."""
    assert check_feed(FEED.encode()) == ()
    assert check_feed(FEED.encode(), FEED.encode()) == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<id>tag:a.example,2026:feeds/all</id>", "", "the feed must have one id, not 0"),
        ("<title>All</title>", "<title>All</title><title>B</title>", "the feed must have one title, not 2"),
        ("<title>All</title>", "<title> </title>", "the feed has an empty title"),
        ("<logo>", "<logo>https://a.example/2</logo><logo>", "the feed must have one logo, not 2"),
        ("feeds/all", "feeds/<!-- x -->", None),
        ("tag:a.example,2026:feeds/all", "17", "the feed has an id that is no absolute address: '17'"),
        ("17:00:00Z</updated>\n<author>", "</updated><author>", "the feed needs a date with time and zone as updated"),
        ("<author><name>Open Harbour</name><uri>", "<author><name> </name><uri>", "the feed has no author with a name"),
        ("<uri>https://a.example/", "<uri>", "<uri> holds '', which is no http(s) address"),
        ('rel="self"', 'rel="related"', "the feed must have one self link, not 0"),
        ('rel="alternate"', 'rel="related"', "the feed must have one alternate link, not 0"),
        ("https://a.example/l.png", "l.png", "<logo> holds 'l.png', which is no http(s) address"),
        ("https://a.example/all.atom", "all.atom", "<link> holds 'all.atom', which is no http(s) address"),
        ("<title>One</title>", "", "“tag:a.example,2026:1”: it must have one title, not 0"),
        ("<summary>", "<summary>x</summary><summary>", "“One”: it must have one summary, not 2"),
        ("<published>2026-03-02T16:00:00+00:00</published>", "", "“One”: it has no published, by which readers sort"),
        ("16:00:00+00:00", "16:00:00", "“One”: it needs a date with time and zone as published"),
        ("T16:00:00+00:00", "T25:00:00Z", "“One”: it needs a date with time and zone as published"),
        ("T16:00:00+00:00", "T13:00:00.5-05:00", "“One”: it was published after it was updated"),
        ("<author><name>Open Harbour</name></author>\n<link href", "<link href", "“One”: it has no author with a name"),
        ("<author><name>Open Harbour</name></author>", "<author/>", "“One”: it has no author with a name"),
        ('<link href="https://a.example/1"/>', "", "“One”: it must have one alternate link, not 0"),
        ("https://a.example/1", "javascript:x", "“One”: <link> holds 'javascript:x', which is no http(s) address"),
        ("https://a.example/1", "//a.example/1", "“One”: <link> holds '//a.example/1', which is no http(s) address"),
        ("&lt;p&gt;Long.&lt;/p&gt;", "", "“One”: it has no content"),
        ("&lt;p&gt;Long.&lt;/p&gt;", "Short.", "“One”: its summary repeats its content"),
        ("Long.", "&lt;script&gt;", "“One”: <script> in the content"),
        ('type="html">&lt;p&gt;', 'type="text">&lt;script&gt;', None),
        ('term="x"', 'term=""', "“One”: a category has no term"),
        ('scheme="https://a.example/s"', "", None),
        ('scheme="https://a.example/s"', 'scheme="s"', "“One”: <category> holds 's', which is no http(s) address"),
        ("<summary>", '<media:x url="data:x"/><summary>', "“One”: <x> holds 'data:x', which is no http(s) address"),
        ("<summary>", "<media:credit>x</media:credit><summary>", None),
        ("<summary>", ENCLOSURE, None),
        ("<summary>", ENCLOSURE.replace("17", "0"), "“One”: an enclosure has no length in bytes"),
        ("<summary>", ENCLOSURE.replace("image/", ""), "“One”: an enclosure has no media type"),
        ("2026:1", "2026:2", "the id tag:a.example,2026:2 stands on 2 entries"),
        ("00Z</updated>\n<published>", "01Z</updated><published>", TIE),
    ],
)  # fmt: skip
def test_each_broken_rule_has_its_sentence(old: str, new: str, problem: str | None) -> None:
    """One rule broken gives one sentence that names the entry and the fault, and cites the rule if RFC 4287 has it."""
    broken = FEED.replace(old, new, 1)
    assert broken != FEED
    told = [sentence.partition(" (RFC 4287 §")[0] for sentence in check_feed(broken.encode())]
    assert told == ([] if problem is None else [problem])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff" + FEED.encode(), "the feed is not UTF-8 at byte 0"),
        (FEED.encode("utf-16"), "the feed is not UTF-8 at byte 0"),
        (FEED[:-20].encode(), "the feed is not well-formed XML"),
        (b"", "the feed is not well-formed XML"),
        (b"<html/>", "the document is no Atom feed (RFC 4287 §4.1.1)"),
        (FEED.replace("Short.", "&undefined;").encode(), "the feed is not well-formed XML"),
        (FEED.replace("Short.", "\x0b").encode(), "the feed is not well-formed XML"),
        (FEED.replace("Short.", "\x85").encode(), "the feed holds the control character U+0085"),
        (
            b'<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + FEED.encode().partition(b"?>")[2],
            "the feed has a document type, which readers refuse for what it can do",
        ),
    ],
    ids=["bytes", "utf-16", "cut off", "empty", "html", "entity", "control", "C1", "doctype"],
)
def test_what_is_no_document_is_told_first(data: bytes, problem: str) -> None:
    """Bytes that are not a plain UTF-8 Atom document give one sentence and nothing else is looked at."""
    (told,) = check_feed(data)
    assert told.startswith(problem)


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("2026-03-02T17:00:00Z</updated>\n<published>", "2026-03-02T18:00:00Z</updated><published>",
         ("“One”: its updated goes back from 2026-03-02T18:00:00+00:00 to 2026-03-02T17:00:00+00:00",)),
        ("2026-03-02T17:00:00Z</updated>\n<published>", "2026-03-02T17:00:00.9Z</updated><published>", ()),
        ("2026-03-02T17:00:00Z</updated>\n<published>", "2026-03-02T17:00:01Z</updated><published>",
         ("“One”: its updated goes back from 2026-03-02T17:00:01+00:00 to 2026-03-02T17:00:00+00:00",)),
        ("2026-03-02T17:00:00Z</updated>\n<published>", "2026-03-02T16:30:00Z</updated><published>", ()),
        ("2026-03-02T17:00:00Z</updated>\n<published>", "never</updated><published>", ()),
        ("tag:a.example,2026:1<", "tag:a.example,2020:1<",
         ("“One”: its id was tag:a.example,2020:1 and must not change (RFC 4287 §4.2.6)",)),
        ("feeds/all", "feeds/everything",
         ("the feed's id was tag:a.example,2026:feeds/everything and must not change (RFC 4287 §4.2.6)",)),
        (ENTRY, "", ()),
    ],
    ids=["back", "by a fraction", "by a second", "forward", "no date", "other id", "other feed id", "new entry"],
)  # fmt: skip
def test_the_past_is_kept(old: str, new: str, problems: tuple[str, ...]) -> None:
    """Against what was published before: ids stay, and no entry's updated goes back by a second or more."""
    previous = FEED.replace(old, new, 1)
    assert previous != FEED
    assert check_feed(FEED.encode(), previous.encode()) == problems


def test_one_link_may_serve_two_stories() -> None:
    """A new id under a known link is another story unless title and time are the same too; both may stand there."""
    renewed = FEED.replace("tag:a.example,2026:1<", "tag:a.example,2026:9<").replace("<title>One", "<title>Nine", 1)
    assert check_feed(renewed.encode(), FEED.encode()) == ()
    twin = ENTRY.replace("2026:1<", "2026:3<").replace("17:00:00Z", "17:00:09Z")
    assert check_feed(FEED.replace(ENTRY, ENTRY + twin).encode(), FEED.encode()) == ()


@pytest.mark.parametrize("previous", [b"", b"<html/>", FEED[:200].encode(), b"\xff"])
def test_an_unreadable_past_blocks_nothing(previous: bytes) -> None:
    """What was damaged on disk is no reason to keep a sound feed back."""
    assert check_feed(FEED.encode(), previous) == ()


def test_entry_without_a_link_is_compared_too() -> None:
    """An entry that lost its link is told once, and comparing it with the past does not fail."""
    broken = FEED.replace('<link href="https://a.example/1"/>', "")
    assert len(check_feed(broken.encode(), FEED.encode())) == 1


@given(st.binary(max_size=80), st.integers(0, len(FEED)))
def test_any_bytes_get_an_answer(noise: bytes, place: int) -> None:
    """Whatever the bytes, the check answers with sentences and never raises."""
    data = FEED.encode()
    for hostile in (noise, data[:place] + noise + data[place:]):
        assert all(isinstance(problem, str) for problem in check_feed(hostile, data))


def test_fast_enough_for_every_publication(make_item: MakeItem, spec: FeedSpec, site: Site, labels: Labels) -> None:
    """A feed of 50 entries is checked against its past in a few milliseconds of computing time."""
    items = [make_item(number, updated_at=datetime(2026, 3, 9, tzinfo=UTC)) for number in range(50, 0, -1)]
    data = build_feed(spec, items, site, labels).data
    later = [replace(items[0], updated_at=items[0].updated_at + timedelta(days=1)), *items[1:]]
    changed = build_feed(spec, later, site, labels).data
    assert min(_checked_in_s(changed, data) for _ in range(5)) < 0.015


def _checked_in_s(data: bytes, previous: bytes) -> float:
    started = time.process_time()
    assert check_feed(data, previous) == ()
    return time.process_time() - started
