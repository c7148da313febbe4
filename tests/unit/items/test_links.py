"""Which links survive, and how they are written."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items import links
from digest.items.links import clean_link

BASE = "https://news.example.org/stories/index.html"


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://example.org/a?b=1&c=%20#d", "https://example.org/a?b=1&c=%20#d"),
        (" HTTP://Example.ORG:8080/A ", "http://example.org:8080/A"),
        ("17", "https://news.example.org/stories/17"),
        ("/17?x", "https://news.example.org/17?x"),
        ("//cdn.example.net/a.png", "https://cdn.example.net/a.png"),
        ("https://münchen.example/grün", "https://xn--mnchen-3ya.example/gr%C3%BCn"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://example.org/a?t[]=ü&q=\"<'>", "https://example.org/a?t[]=%C3%BC&q=%22%3C'%3E"),
        ("http://[2001:db8::1]:8000/", "http://[2001:db8::1]:8000/"),
    ],
)
def test_good_links(url: str, cleaned: str) -> None:
    """A link comes out absolute, its host in lower case and IDNA 2008, the rest percent-encoded."""
    assert clean_link(url, BASE) == cleaned


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        " ",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "mailto:reader@example.org",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "//user@example.org/",
        "https://example.org/a b",
        "https://example.org/a\tb",
        "https://example.org/\u202egnp.exe",
        "https://exa\u200bmple.org/",
        "https://example.org/\u2066a",
        "https://example.org/\x00",
        "https://example.org/\ud800",
        "https:\\\\evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https:///evil.example",
        "https://",
        "https://a..b/",
        "https://exa%6dple.org/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "https://" + "a" * 64 + ".org/",
        "https://example.org\uff0fevil/",
    ],
)
def test_a17_dropped_links(url: str | None) -> None:
    """Other schemes, credentials, hidden characters and addresses that readers disagree about are no links."""
    assert clean_link(url, BASE) is None


@pytest.mark.parametrize("url", ["17", "/17", "//evil.example/17", "?q", "#top"])
@pytest.mark.parametrize("base", [None, "", "stories/", "file:///srv/page.html", "https:///x", "http://[::1/"])
def test_relative_links_need_a_page(url: str, base: str | None) -> None:
    """Without a page on the web that it counts from, a relative link is none; `//host` is no exception."""
    assert clean_link(url, base) is None


def test_credentials_of_the_page_do_not_leak() -> None:
    """A relative link on a page that was read with a password does not carry it."""
    assert clean_link("17", "https://user:secret@example.org/a/") == "https://example.org/a/17"


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("mailto:press@example.org", "mailto:press@example.org"),
        ("MAILTO:press@example.org?bcc=x@example.net&body=y", "mailto:press@example.org"),
        ("mailto:", None),
        ("mailto:a@b@c", None),
        ("mailto:press@example.org%0ABcc:x@example.net", None),
        ("javascript:x", None),
    ],
)
def test_mail_addresses(url: str, cleaned: str | None) -> None:
    """In content a mail address is a link too, without the header fields that somebody put into it."""
    assert clean_link(url, BASE, mailto=True) == cleaned


@given(data=st.data(), base=st.sampled_from([BASE, None]))
def test_a17_whatever_comes_out(any_url: st.SearchStrategy[str], data: st.DataObject, base: str | None) -> None:
    """What comes out is plain ASCII of a web address with a host and no credentials, and cleaning keeps it."""
    link = clean_link(data.draw(any_url), base)
    if link is not None:
        assert re.fullmatch(r"https?://[a-z0-9._:\[\]-]+([/?#][!-~]*)?", link)
        assert not set(link) & set('<>"\\^`{|}')
        assert "@" not in urlsplit(link).netloc
        assert clean_link(link, None) == link


@given(st.from_regex(links._PLAIN, fullmatch=True))
def test_the_short_way_for_ordinary_links_gives_what_the_long_way_gives(url: str) -> None:
    """A link of the ordinary shape is one that cleaning leaves exactly as it is."""
    assert links._clean_web(url, None) == url == clean_link(url, None)
