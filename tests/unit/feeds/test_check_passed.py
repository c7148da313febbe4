"""What a check remembers of entries that passed never changes a verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.check import Passed, check_feed

HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:a.example,2026:feeds/all</id><title>All</title>
<updated>2026-03-02T17:00:00Z</updated><author><name>Open Harbour</name></author>
<link rel="self" href="https://a.example/all.atom"/><link rel="alternate" href="https://a.example/"/>
"""
END = "</feed>\n"


def entry(number: int, *, hour: int = 17, link: str = "https://a.example/", content: str = "Long.") -> str:
    """Return an entry; its number sets it apart from others."""
    return f"""<entry><id>tag:a.example,2026:{number}</id><title>T {number}</title>
<updated>2026-03-02T{hour}:00:0{number}Z</updated><published>2026-03-02T16:00:00Z</published>
<author><name>Open Harbour</name></author><link href="{link}{number}"/><summary>Short.</summary>
<content type="html">{content}</content></entry>
"""


def feed(*entries: str) -> bytes:
    """Return a feed of these entries."""
    return (HEAD + "".join(entries) + END).encode()


ENTRIES = st.builds(
    entry,
    st.integers(1, 4),
    hour=st.sampled_from([17, 18]),
    link=st.sampled_from(["https://a.example/", "javascript:"]),
    content=st.sampled_from(["Long.", "Short.", "&lt;script&gt;x", "<![CDATA[<entry></entry>]]>"]),
)
FEEDS = st.lists(ENTRIES, max_size=4).map(lambda entries: feed(*entries))


@given(st.lists(FEEDS, min_size=1, max_size=6), st.sampled_from([1, 2, 100]))
def test_a_memory_changes_no_verdict(feeds: list[bytes], limit: int) -> None:
    """Feeds checked one after the other with one memory get the verdicts that they get with none."""
    passed = Passed(limit)
    previous = None
    for data in feeds:
        assert check_feed(data, previous, passed=passed) == check_feed(data, previous)
        previous = data


def test_what_passed_is_known_by_its_octets_alone() -> None:
    """An entry that passed is known again, one that did not is not, and one octet makes another entry of it."""
    passed = Passed()
    check_feed(feed(entry(1), entry(2, link="javascript:")), passed=passed)
    inside = [one.removeprefix("<entry").partition("</entry>")[0].encode() for one in (entry(1), entry(2), entry(3))]
    assert [passed.find(raw) is not None for raw in inside] == [True, False, False]
    assert passed.find(inside[0] + b" ") is None


@pytest.mark.parametrize(
    "previous",
    [b"", b"no feed", b"<feed/>", feed(entry(1)).replace(b"<entry", b"<broken"), b"\xff"],
    ids=["empty", "text", "another-feed", "broken", "not-utf-8"],
)
def test_a_previous_that_cannot_be_read_is_not_used(previous: bytes) -> None:
    """What stands there and is no feed keeps no good one from being published."""
    assert check_feed(feed(entry(1)), previous) == ()


def test_a_previous_with_a_broken_entry_is_not_used() -> None:
    """Also where its entries begin like ours, but do not end."""
    broken = feed(entry(1), entry(2)).replace(b"</feed>", b"")
    assert check_feed(feed(entry(1)), broken) == ()


def test_a_full_memory_forgets_all_and_goes_on() -> None:
    """Beyond its limit the memory begins anew with the entry at hand."""
    passed = Passed(1)
    assert check_feed(feed(entry(1), entry(2)), passed=passed) == ()
    first, second = (one.removeprefix("<entry").partition("</entry>")[0].encode() for one in (entry(1), entry(2)))
    assert (passed.find(first), passed.find(second) is not None) == (None, True)
