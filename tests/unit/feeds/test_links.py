"""Addresses and HTML that a feed may or may not carry (A14, A17)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.links import (
    control_character,
    has_open_isolate,
    html_faults,
    is_entry_id,
    is_language,
    is_media_type,
    is_web_url,
    look_at_html,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "HTTP://a.example/",
        "https://a.example:8443/x?y=z#w",
        "https://[2001:db8::1]/",
        "https://bücher.example/ä",
        "https://a.example/@person",
    ],
)
def test_web_addresses_are_taken(url: str) -> None:
    """Absolute http(s) addresses are taken, international ones too (RFC 3987)."""
    assert is_web_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/news/1",
        "news/1",
        "//evil.example/x",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example/",
        "https://",
        "https:///x",
        "https://[a.example/",
        "https://a.example:port/",
        "https://:80/",
        "https://user:secret@a.example/",
        "https://a.example@evil.example/",
        "https://a.example\\@evil.example/",
        "https://a.example/ x",
        "https://a.example/\u202etxt",
        "https://a.exa\u200bmple/",
        'https://a.example/"onclick="x',
        "https://a.example/<b>",
        "https://a.example/\n",
        "https://a.example/\x85",
    ],
)
def test_other_addresses_are_not(url: str) -> None:
    """A17: what is relative, runs, carries credentials or hides its target is no web address."""
    assert not is_web_url(url)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("tag:a.example,2026:x", True),
        ("urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a", True),
        ("https://a.example/1", True),
        ("", False),
        ("17", False),
        ("tag:", False),
        ("javascript:x", False),
        ("DATA:x", False),
        ("tag:a b", False),
        ("tag:a.example,2026-03:item/1#x", True),
        ("tag:desk@a.example,2026-03-02:caf%C3%A9", True),
        ("tag:a.example,2026-13:x", False),
        ("tag:A.example,2026:x", False),
        ("tag:a.example:x", False),
        ("tag:a.example,2026:café", False),
        ("urn:ietf:rfc:4287", True),
        ("urn:uuid:1225c695", False),
        ("urn:x", False),
    ],
)
def test_ids_are_absolute(text: str, good: bool) -> None:
    """An id is an absolute address and none that could run (RFC 4287 §4.2.6)."""
    assert is_entry_id(text) is good


@pytest.mark.parametrize(
    ("html", "faults"),
    [
        ("", ()),
        ("  ", ()),
        ("<!-- nothing -->", ()),
        ('<p>text <a href="https://a.example/">x</a> <a href="mailto:a@b.example">y</a></p>', ()),
        ("&lt;a href=/x&gt; is only text, and so is href=/y", ()),
        ("<script>x</script>", ("<script> in the content",)),
        ('<p onclick="x">y</p>', ("the event handler onclick in the content",)),
        ('<a href="/x">y</a>', ("the address '/x' in the content, not http(s) or mailto",)),
        ('<a href="java&#115;cript:x">y</a>', ("the address 'javascript:x' in the content, not http(s) or mailto",)),
        ('<img src="data:x" alt="y">', ("the address 'data:x' in the content, not http(s) or mailto",)),
        ('<?xml version="1.0" encoding="latin1"?><p>x</p>', ()),
        ('<p lang="ar" dir="rtl">x</p><!-- y --><ruby>a<rt>b</rt></ruby>', ()),
        ("<title>x</title>", ("<title> in the content",)),
        ("<svg><a>x</a></svg>", ("<svg> in the content",)),
        ('<p style="x">y</p>', ("the attribute style in the content",)),
        ('<p ping="https://a.example/">y</p>', ("the attribute ping in the content",)),
        ('<q cite="/x">y</q>', ("the address '/x' in the content, not http(s) or mailto",)),
        ('<img alt="x">', ("a picture without an address in the content",)),
        (
            '<img src="https://a.example/x">',
            ("the picture 'https://a.example/x' without alternative text in the content",),
        ),
        ("x&#8238;y", ("the control character U+202E in the content",)),
        ('<b title="&#8238;">y</b>', ("the control character U+202E in the content",)),
        ("x&#233;y", ()),
    ],
)
def test_html_faults_are_named(html: str, faults: tuple[str, ...]) -> None:
    """A14: active elements, event handlers and strange addresses are found in tags, and only there."""
    assert html_faults(html) == faults


@pytest.mark.parametrize(
    ("text", "found"),
    [("plain\n\ttext", None), ("déjà", None), ("a\x7fb", "U+007F"), ("é\x85", "U+0085"), ("\u202e", "U+202E")],
)
def test_control_characters_are_named(text: str, found: str | None) -> None:
    """The control characters that XML allows and readers choke on are found and named."""
    assert control_character(text) == found


@pytest.mark.parametrize(
    ("text", "is_open"),
    [("plain", False), ("é", False), ("\u2068x\u2069", False), ("\u2067\u2068x\u2069\u2069", False),
     ("\u2067x", True), ("x\u2069", True), ("\u2069\u2068", True)],
)  # fmt: skip
def test_isolates_come_in_pairs(text: str, is_open: bool) -> None:
    """An isolate that is not closed, or a closing of none, would turn what readers show after the text."""
    assert has_open_isolate(text) is is_open


@pytest.mark.parametrize(
    ("text", "good"),
    [("en", True), ("pt-BR", True), ("zh-Hant-TW", True), ("x-harbour", True), ("i-klingon", True),
     ("", False), ("e", False), ("x", False), ("en_GB", False), ("in English", False), ("en-", False)],
)  # fmt: skip
def test_languages_have_their_form(text: str, good: bool) -> None:
    """A language is told as RFC 5646 has it, a subtag of two letters or more first."""
    assert is_language(text) is good


@pytest.mark.parametrize(
    ("text", "good"),
    [("image/png", True), ("image/svg+xml", True), ('text/html; charset="utf-8"; x=y', True),
     ("", False), ("image", False), ("image/", False), ("image/png;", False), ("a b/c", False)],
)  # fmt: skip
def test_media_types_have_their_form(text: str, good: bool) -> None:
    """A media type is two words and perhaps parameters."""
    assert is_media_type(text) is good


def test_pictures_are_found_by_their_addresses() -> None:
    """What HTML shows is told in its order, as an address reads when its references are resolved."""
    html = '<figure><img src="https://a.example/1?a=1&amp;b=2" alt="x"></figure><img src="https://a.example/2" alt="y">'
    assert look_at_html(html).pictures == ("https://a.example/1?a=1&b=2", "https://a.example/2")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_html_is_read(html: str) -> None:
    """Whatever text stands for HTML, looking for faults gives an answer."""
    assert isinstance(html_faults(html), tuple)


@given(st.text(max_size=30))
def test_only_web_addresses_pass(tail: str) -> None:
    """Nothing but http(s) is ever a web address, whatever stands around it."""
    assert not is_web_url(f"javascript:{tail}")
    assert not is_web_url(f" https://a.example/{tail}")
