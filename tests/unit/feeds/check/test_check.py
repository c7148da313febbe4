"""The check before publishing: what is no feed, what is wrong among entries, and against what stood there before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.check import Problem, check_feed

UPDATED = "2026-03-02T17:00:00Z</updated>\n<published>"


def sentences(data: bytes, previous: bytes | None = None) -> list[str]:
    """Return what the check says, without the section that it cites."""
    return [str(problem).partition(" (RFC ")[0] for problem in check_feed(data, previous)]


def test_sound_feeds_have_no_problems(feed: str, archive: str) -> None:
    """A feed that keeps every rule passes, also against itself, and so does an archive."""
    assert check_feed(feed.encode()) == check_feed(archive.encode()) == ()
    assert check_feed(feed.encode(), feed.encode()) == ()


def test_a_problem_names_the_entry_to_blame(feed: str) -> None:
    """What an entry did wrong names it by id, so that the feed can go out without it; what the feed did names none."""
    (of_entry,) = check_feed(
        feed.replace("https://a.example/2", "/2").replace('"/2" hreflang', '"https://b.example/" hreflang').encode()
    )
    assert of_entry == Problem("<link> holds '/2', which is no http(s) address", "tag:a.example,2026:2", "“Two”")
    assert str(of_entry) == "“Two”: <link> holds '/2', which is no http(s) address"
    (of_feed,) = check_feed(feed.replace("https://a.example/l.png", "l.png").encode())
    assert (of_feed.entry_id, str(of_feed)) == (None, "<logo> holds 'l.png', which is no http(s) address")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("", "", None),
        ("UTF-8", "utf-8", None),
        ("<?xml version='1.0' encoding='UTF-8'?>\n", "", None),
        ("UTF-8", "ISO-8859-1", "the feed says it is written in ISO-8859-1, and must be written in UTF-8"),
        ("Short.", "&undefined;", "the feed is not well-formed XML: "),
        ("Short.", "\x0b", "the feed is not well-formed XML: "),
        ("</feed>", "", "the feed is not well-formed XML: "),
        ("<feed", "<!DOCTYPE feed><feed", "the feed has a document type, which readers refuse for what it can do"),
        ("<feed", "<!-- hello --><feed", None),
    ],
    ids=["as it is", "small letters", "no declaration", "latin", "entity", "control", "cut off", "doctype", "comment"],
)
def test_what_is_no_document_is_told(feed: str, old: str, new: str, problem: str | None) -> None:
    """A plain UTF-8 document without a document type is looked into, any other gives one sentence."""
    told = [sentence[: len(problem or "")] for sentence in sentences(feed.replace(old, new, 1).encode())]
    assert told == ([] if problem is None else [problem])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "the feed is not well-formed XML: "),
        (b"\xff<feed/>", "the feed is not UTF-8 at byte 0"),
        ("<feed/>".encode("utf-16"), "the feed is not UTF-8 at byte 0"),
        (b"<html/>", "the document is no Atom feed"),
        (b"<feed>\n</feed>", "the document is no Atom feed"),
    ],
    ids=["empty", "bytes", "utf-16", "html", "no namespace"],
)
def test_what_is_no_feed_is_told(data: bytes, problem: str) -> None:
    """Bytes that are no feed give one sentence and nothing else is looked at."""
    (told,) = sentences(data)
    assert told.startswith(problem)


def test_atom_with_a_prefix_is_refused(feed: str) -> None:
    """Prefixed elements are Atom all the same, and some readers do not see that: the entries are looked at too."""
    prefixed = '<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:lang="en"><a:entry/></a:feed>'
    told = sentences(prefixed.encode())
    assert "the feed writes the elements of Atom as <a:…>, which some readers do not understand" in told
    assert "“”: it must have one id, not 0" in told


@pytest.mark.parametrize(
    ("old", "new", "problem", "blamed"),
    [
        ("2026:2</id>", "2026:1</id>", "“Two”: the id tag:a.example,2026:1 stands on another entry too", 1),
        ("16:30:00Z</updated>\n<published>", "17:00:00Z</updated>\n<published>",
         "“Two”: it was updated at the same instant 2026-03-02T17:00:00+00:00 as “One”, so readers mix their order", 2),
    ],
    ids=["same id", "same instant"],
)  # fmt: skip
def test_entries_are_told_apart(feed: str, old: str, new: str, problem: str, blamed: int) -> None:
    """Entries of one feed differ in id and instant; the later of two is to blame."""
    (told,) = check_feed(feed.replace(old, new).encode())
    assert str(told).partition(" (RFC ")[0] == problem
    assert told.entry_id == f"tag:a.example,2026:{blamed}"


def test_two_dates_that_are_none_are_no_tie(feed: str) -> None:
    """Entries without a date are told for that, and not for having the same."""
    broken = feed.replace("2026-03-02T16:30:00Z</updated>", "</updated>").replace(UPDATED, "</updated><published>")
    assert sentences(broken.encode()) == [
        "“One”: it needs a date with time and zone as updated",
        "“Two”: it needs a date with time and zone as updated",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        (UPDATED, "2026-03-02T18:00:00Z</updated><published>",
         ["“One”: its updated goes back from 2026-03-02T18:00:00+00:00 to 2026-03-02T17:00:00+00:00"]),
        (UPDATED, "2026-03-02T17:00:00.9Z</updated><published>", []),
        (UPDATED, "2026-03-02T17:00:01Z</updated><published>",
         ["“One”: its updated goes back from 2026-03-02T17:00:01+00:00 to 2026-03-02T17:00:00+00:00"]),
        (UPDATED, "2026-03-02T16:30:00Z</updated><published>", []),
        (UPDATED, "never</updated><published>", []),
        ("tag:a.example,2026:1<", "tag:a.example,2020:1<",
         ["“One”: its id was tag:a.example,2020:1 and must not change"]),
        ("feeds/all", "feeds/any", ["the feed's id was tag:a.example,2026:feeds/any and must not change"]),
        ("<id>tag:a.example,2026:feeds/all</id>", "", []),
        ("<title>One</title>", "<title>Uno</title>", []),
    ],
    ids=["back", "by a fraction", "by a second", "forward", "no date", "other id", "other feed id", "no feed id",
         "title"],
)  # fmt: skip
def test_the_past_is_kept(feed: str, old: str, new: str, problems: list[str]) -> None:
    """Against what was published before: ids stay, and no entry's updated goes back by a second or more."""
    previous = feed.replace(old, new, 1)
    assert previous != feed
    assert sentences(feed.encode(), previous.encode()) == problems


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"], ids=["first", "last"])
def test_the_ends_of_the_calendar_are_dates(feed: str, date: str) -> None:
    """The earliest and the latest date that can be written are compared like others."""
    odd = feed.replace("2026-03-02T17:00:00Z", date).replace("2026-03-02T16:30:00Z", date)
    assert {problem.entry for problem in check_feed(feed.encode(), odd.encode())} <= {"“One”", "“Two”"}
    assert check_feed(odd.encode(), feed.encode())


def test_what_goes_back_names_its_entry(feed: str) -> None:
    """The entry that went back is to blame; an id of the feed is nobody's but the feed's."""
    (told,) = check_feed(feed.encode(), feed.replace(UPDATED, "2026-03-03T17:00:00Z</updated><published>").encode())
    assert (told.entry_id, told.entry) == ("tag:a.example,2026:1", "“One”")
    (told,) = check_feed(feed.encode(), feed.replace("feeds/all", "feeds/any").encode())
    assert told.entry_id is None


def test_one_link_may_serve_two_stories(feed: str, entry: str) -> None:
    """A new id under a known link is another story unless title and time are the same too; both may stand there."""
    renewed = feed.replace("tag:a.example,2026:1<", "tag:a.example,2026:9<").replace("<title>One", "<title>Nine", 1)
    assert check_feed(renewed.encode(), feed.encode()) == ()
    twin = entry.replace("2026:1<", "2026:9<").replace("17:00:00Z", "16:59:00Z")
    assert check_feed(feed.replace(entry, entry + twin).encode(), feed.encode()) == ()


@pytest.mark.parametrize("previous", [b"", b"<html/>", b"<feed>", b"\xff", b"<feed/>"])
def test_an_unreadable_past_blocks_nothing(feed: str, previous: bytes) -> None:
    """What was damaged on disk is no reason to keep a sound feed back."""
    assert check_feed(feed.encode(), previous) == ()


def test_a_past_that_is_cut_off_blocks_nothing(feed: str) -> None:
    """Also where its entries are whole, but not the feed."""
    assert check_feed(feed.encode(), feed.replace("feeds/all", "feeds/any").replace("</feed>", "").encode()) == ()


def test_entry_without_a_link_is_compared_too(feed: str) -> None:
    """An entry that lost its link is told once, and comparing it with the past does not fail."""
    broken = feed.replace('<link href="https://a.example/2"/>', "")
    assert len(check_feed(broken.encode(), feed.encode())) == 1


@given(noise=st.binary(max_size=80), place=st.integers(0, 4000))
def test_any_bytes_get_an_answer(feed: str, noise: bytes, place: int) -> None:
    """Whatever the bytes, the check answers with sentences and never raises."""
    data = feed.encode()
    for hostile in (noise, data[:place] + noise + data[place:]):
        assert all(str(problem) for problem in check_feed(hostile, data))
