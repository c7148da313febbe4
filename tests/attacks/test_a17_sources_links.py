"""FAULTS.md A17, from a source to an item: a link that does not lead where it says is no link."""

import json
import unicodedata
from html import escape
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.clean import clean_item
from digest.model.item import ParsedItem
from digest.sources.feed import parse_feed

BASE = "https://river.example/news/feed"


def _read(url: str, kind: str) -> ParsedItem:
    """Return the cleaned item of a feed that has a URL in each place for one."""
    words = escape(url)
    if kind == "rss":
        data = f"""<rss version="2.0"><channel><item><title>Ferry</title><link>{words}</link>
          <enclosure type="image/jpeg" url="{words}"/><description>Words</description></item></channel></rss>"""
    elif kind == "atom":
        data = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Ferry</title><link href="{words}"/>
          <link rel="enclosure" type="image/jpeg" href="{words}"/>
          <content type="html">&lt;a href="{escape(words)}"&gt;x&lt;/a&gt;</content></entry></feed>"""
    else:
        entry = {"id": 1, "title": "Ferry", "url": url, "image": url, "content_html": f'<a href="{words}">x</a>'}
        data = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [entry]})
    (item,) = parse_feed(data.encode(errors="replace"), base=BASE).items
    return clean_item(item, base_url=BASE)


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
@pytest.mark.parametrize(
    "url",
    [
        "javascript:canary()",
        "JaVaScRiPt:canary()",
        "java\tscript:canary()",
        "vbscript:canary()",
        "data:text/html,canary",
        "file:///etc/canary",
        "feed:javascript:canary()",
        "view-source:https://canary.example/",
        "https://river.example@canary.example/",
        "https://user:canary@river.example/",
        "//user@canary.example/",
        "https://river.example/\u202ecanary",
        "https://river\u200b.canary.example/",
        "https://river.example/\u2066canary\u2069",
        "https://river.example/\ufeffcanary",
        "https://river.example/\xadcanary",
        "https:canary.example",
        "https://[canary",
        "https://canary.example:99999/",
        "https://\\canary.example",
        "\\\\canary.example\\share",
        "/\\canary.example",
    ],
)
def test_a_link_that_misleads_is_dropped(url: str, kind: str) -> None:
    """Other schemes, credentials, and what a reader cannot see: the item stays, with words in place of the link."""
    item = _read(url, kind)
    assert item.title == "Ferry"
    assert "canary" not in (item.link or "")
    assert item.image is None or "canary" not in (item.image.url or "")
    # What cannot be seen is taken out of HTML before its links are looked at: what is left leads where it says.
    hidden = any(unicodedata.category(letter) == "Cf" for letter in url)
    assert "canary" not in (item.content_html or "") or hidden
    assert not any(unicodedata.category(letter) == "Cf" for letter in item.content_html or "")


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_a_link_without_a_scheme_says_where_it_leads(kind: str) -> None:
    """`//host/` comes out as what it is, an absolute link to that host, so that no reader's page decides."""
    assert _read("//other.example/a", kind).link == "https://other.example/a"


SEEN = r"https: http: // / @ : \ javascript: data: user river.example ? # %00 %0a [ ] .. é 。"
UNSEEN = ["\u202e", "\u200b", "\u2028", "\x00", "\t", "\n", " "]
URLS = st.lists(st.sampled_from(SEEN.split() + UNSEEN), max_size=12).map("".join)


@given(st.one_of(URLS, st.text(max_size=30)), st.sampled_from(["rss", "atom", "json"]))
def test_a_link_is_a_plain_web_address_or_none(url: str, kind: str) -> None:
    """Whatever stands there: http or https, a host, no credentials, nothing but visible ASCII."""
    item = _read(url, kind)
    for link in (item.link, item.image and item.image.url):
        if link is not None:
            parts = urlsplit(link)
            assert parts.scheme in ("http", "https")
            assert parts.hostname
            assert "@" not in parts.netloc
            assert link.isascii()
            assert not any(unicodedata.category(letter)[0] in "CZ" for letter in link)
