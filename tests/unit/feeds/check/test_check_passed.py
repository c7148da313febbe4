"""What a check remembers, and that it takes feeds apart, never changes a verdict (`check_document` says why).

The same feed with a comment in the place of its XML declaration, of the same length, is parsed as a whole.
"""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.check import Passed, Problem, check_feed
from digest.feeds.check_document import Fresh, read_document

DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>"
COMMENT = b"<!-- ... ..................... ... -->"
STARTS = [
    b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
    b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en">',
    b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="urn:ietf:x" xml:lang="en">',
]
HEAD = b"""
<id>tag:a.example,2026:feeds/all</id><title>All</title><updated>2026-03-02T18:00:00Z</updated>
<author><name>Open Harbour</name></author><link rel="self" href="https://a.example/all.atom"/>
<link href="https://a.example/"/>
"""
TOKENS = [
    b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x ", b"?>", b"<entry", b"<entry>", b"</entry>", b"<entry/>",
    b"</entry >", b"<entry xmlns=''>", b"<entryx>", b"</feed>", b"<feed>", b"<x>", b"</x>", b"<", b">", b"/>", b'"',
    b"'", b"&", b"&#x85;", b"\xc2\x85", b"\xff", b"\xc3", b"\xa9", b"<!DOCTYPE feed>", b" text ", b' xml:lang="?"',
    b' xmlns:x="y"', b" ", b"\n", b'<a:entry xmlns:a="http://www.w3.org/2005/Atom"/>', b"<title>", b"<icon/>",
    b'<x:y xmlns:x="urn:ietf:x"><entry></entry></x:y>', b"<![CDATA[</entry>]]>", b"<!-- </entry> -->",
    b"<!-- <entry> -->", b"<?x </entry>?>",
]  # fmt: skip


def entry(number: int, *, hour: int = 17, link: str = "https://a.example/", content: str = "Long.") -> bytes:
    """Return an entry; its number sets it apart from others."""
    return f"""<entry><id>tag:a.example,2026:{number}</id><title>T {number}</title>
<updated>2026-03-02T{hour}:00:0{number}Z</updated><published>2026-03-02T16:00:00Z</published>
<author><name>Open Harbour</name></author><link href="{link}{number}"/><summary>Short.</summary>
<content type="html">{content}</content></entry>""".encode()


def whole(data: bytes | None) -> bytes | None:
    """Return a feed that says the same and cannot be taken apart."""
    return None if data is None else data.replace(DECLARATION, COMMENT, 1)


@st.composite
def feeds(draw: st.DrawFn) -> bytes:
    """Draw a feed that is sound or nearly so, and then spoiled in a few places."""
    entries = draw(
        st.lists(
            st.builds(
                entry,
                st.integers(1, 4),
                hour=st.sampled_from([16, 17]),
                link=st.sampled_from(["https://a.example/", "https://a.example/", "javascript:"]),
                content=st.sampled_from(["Long.", "Long.", "Short.", "&lt;script&gt;x", "<![CDATA[</entry>]]>"]),
            ),
            max_size=4,
        )
    )
    between = draw(st.sampled_from([b"", b"\n", b"\n", b"<!-- x -->"]))
    body = draw(st.sampled_from(STARTS)) + HEAD + between.join(entries) + b"\n</feed>\n"
    for token in draw(st.lists(st.sampled_from(TOKENS), max_size=3)):
        place = draw(st.integers(0, len(body)))
        if draw(st.booleans()):  # Where it hurts: beside a tag.
            place = max(body.rfind(b"<", 0, place + 1), 0) + draw(st.sampled_from([0, 0, 6, 7]))
        gone = draw(st.sampled_from([0, 0, 0, 1, 8]))
        body = body[:place] + token + body[place + gone :]
    return DECLARATION + b"\n" + body


@given(st.lists(feeds(), min_size=1, max_size=6), st.sampled_from([1, 2, 100]))
def test_a_memory_changes_no_verdict(drawn: list[bytes], limit: int) -> None:
    """Feeds checked one after the other with one memory get the verdicts of a parser that sees each as a whole."""
    passed = Passed(limit)
    for entries in range(3):  # What is sound is known from here on.
        check_feed(sound(*(entry(number) for number in range(1, 2 + entries))), passed=passed)
    previous = None
    for data in drawn:
        assert check_feed(data, previous, passed=passed) == check_feed(whole(data) or b"", whole(previous))
        previous = data


def sound(*entries: bytes, start: bytes = STARTS[0]) -> bytes:
    """Return a feed of these entries."""
    return DECLARATION + b"\n" + start + HEAD + b"\n".join(entries) + b"\n</feed>\n"


def apart(data: bytes) -> bool:
    """Tell whether a feed is taken apart, so that what passes may be noted."""
    document = read_document(data, Passed().find)
    assert not isinstance(document, str)
    return all(isinstance(one, Fresh) and one.key is not None for one in document.entries)


@pytest.mark.parametrize(
    ("spoil", "is_taken_apart"),
    [
        (lambda data: data, True),
        (lambda data: whole(data), False),
        (lambda data: data.replace(b"Long.", b"<![CDATA[</entry>]]>"), False),
        (lambda data: data.replace(b"Long.", b"<![CDATA[x<!--<entry>-->]]>"), False),
        (lambda data: data.replace(b"<title>T", b"<!-- <entry --><title>T"), False),
        (lambda data: data.replace(b"</entry>", b"</entry >"), False),
        (lambda data: data.replace(b"</entry>", b"</entry>\n<!-- between -->", 1), True),
        (lambda data: data.replace(b"<entry>", b"<!-- <entry></entry> --><entry>", 1), False),
        (lambda data: data.replace(b"<feed", b'<feed xmlns:x="urn:ietf:x" x:y=">"'), False),
        (lambda data: data.replace(b"UTF-8", b"utf-8"), True),
    ],
    ids=["plain", "comment", "end in CDATA", "begin in CDATA", "begin in a comment", "space in the end", "between",
         "entry in a comment", "bracket in the start", "small letters"],
)  # fmt: skip
def test_only_what_is_plain_is_taken_apart(spoil: Callable[[bytes], bytes], is_taken_apart: bool) -> None:
    """Where entries cannot surely be told from text that looks like them, the feed is parsed as a whole."""
    data = spoil(sound(entry(1), entry(2)))
    assert apart(data) is is_taken_apart
    assert check_feed(data) == ()


@pytest.mark.parametrize(
    "more",
    [
        b'<a:entry xmlns:a="http://www.w3.org/2005/Atom"/>',
        b'<a:entry xmlns:a="http://www.w3.org/2005/Atom"><a:title>A</a:title></a:entry><!-- <entry></entry> -->',
        b'<entry xmlns="urn:ietf:x"></entry>',
        b"<icon/>",
        b"x",
    ],
    ids=["with a prefix", "and one in a comment", "of another vocabulary", "other element", "text"],
)
def test_nothing_beside_entries_is_overlooked(more: bytes) -> None:
    """What stands between entries that are known is looked at as if they were not."""
    passed = Passed()
    assert check_feed(sound(entry(1), entry(2)), passed=passed) == ()
    data = sound(entry(1), more, entry(2))
    told = check_feed(data, passed=passed)
    assert told
    assert told == check_feed(whole(data) or b"")


def test_an_end_in_cdata_is_no_end() -> None:
    """An entry that seems to end early leaves nothing behind that could vouch for what follows its seeming end."""
    tricky = entry(1, content="<![CDATA[</entry>]]>")
    passed = Passed()
    assert check_feed(sound(tricky), passed=passed) == ()
    (told,) = check_feed(sound(tricky.replace(b"]]>", b"]]>&lt;script>")), passed=passed)
    assert told == Problem("<script> in the content", "tag:a.example,2026:1", "“T 1”")


def test_namespaces_are_part_of_an_entry() -> None:
    """The same octets under another declaration are another entry, and are looked at again."""
    one = entry(1).replace(b"<summary>", b'<media:thumbnail url="https://a.example/1.png"/><summary>')
    one = one.replace(b"Long.", b'&lt;img src="https://a.example/1.png" alt="x">')
    passed = Passed()
    assert check_feed(sound(one, start=STARTS[1]), passed=passed) == ()
    (told,) = check_feed(sound(one, start=STARTS[2]), passed=passed)
    assert told.sentence == "<thumbnail> is of a vocabulary that no reader of news knows; leave it out"


def test_what_passed_is_known_by_its_octets_alone() -> None:
    """An entry that passed is known again, one that did not is not, and one octet makes another entry of it."""
    passed = Passed()
    check_feed(sound(entry(1), entry(2, link="javascript:")), passed=passed)
    document = read_document(sound(entry(1), entry(2), entry(1).replace(b"T 1", b"T  1")), passed.find)
    assert not isinstance(document, str)
    assert [isinstance(one, Fresh) for one in document.entries] == [False, True, True]


def test_known_entries_are_told_apart_all_the_same() -> None:
    """What an entry is among others is looked at every time: its id, its instant, its past."""
    passed = Passed()
    assert check_feed(sound(entry(1), entry(2)), passed=passed) == ()
    assert len(check_feed(sound(entry(1), entry(1)), passed=passed)) == 2
    (told,) = check_feed(sound(entry(1, hour=16)), sound(entry(1)), passed=passed)
    assert told.sentence.startswith("its updated goes back")


def test_a_full_memory_forgets_all_and_goes_on() -> None:
    """Beyond its limit the memory begins anew with the entry at hand."""
    passed = Passed(1)
    assert check_feed(sound(entry(1), entry(2)), passed=passed) == ()
    document = read_document(sound(entry(1), entry(2)), passed.find)
    assert not isinstance(document, str)
    assert [isinstance(one, Fresh) for one in document.entries] == [True, False]
