"""FAULTS.md A14, from a source to an item: scripts come out as nothing, or as words, wherever they stood."""

import json
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.clean import clean_item
from digest.model.item import ParsedItem
from digest.sources.feed import parse_feed

BASE = "https://river.example/feed"
SCRIPTS = [
    "<script>canary()</script>",
    "<SCRIPT SRC=//evil.example/s.js></SCRIPT>",
    "<scr<script>ipt>canary()</scr</script>ipt>",
    "<img src=x onerror=canary()>",
    "<img src='x' onerror='canary()'/ >",
    "<svg onload=canary()><script>canary()</script></svg>",
    "<svg><style><img src=x onerror=canary()></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=canary()>",
    "<a href='javascript:canary()'>x</a>",
    "<a href=' java&#10;script:canary()'>x</a>",
    "<a href='data:text/html,<script>canary()</script>'>x</a>",
    "<iframe srcdoc='<script>canary()</script>'></iframe>",
    "<object data='javascript:canary()'></object><embed src='javascript:canary()'>",
    "<form action='javascript:canary()'><button formaction='javascript:canary()'>x</button></form>",
    "<meta http-equiv=refresh content='0;url=javascript:canary()'><base href='//evil.example/'>",
    "<style>*{background:url('javascript:canary()')}</style><p style='width:expression(canary())'>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=canary()>'>",
    "<!--><script>canary()</script>-->",
    "<![CDATA[<script>canary()</script>]]>",
    "<template><script>canary()</script></template>",
    "\x00<scr\x00ipt>canary()</scr\x00ipt>",
    "</title></textarea><script>canary()</script>",
    "&lt;script&gt;canary()&lt;/script&gt;",
]


class _Markup(HTMLParser):
    """Tags and attributes as a reader's program would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def _check(item: ParsedItem) -> None:
    found = _Markup(item.content_html or "")
    assert not found.tags & {
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "meta",
        "base",
        "svg",
        "math",
        "template",
    }
    for name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in ("style", "srcdoc", "formaction")
        assert name not in ("href", "src") or value.startswith(("http://", "https://", "mailto:"))
    for url in (item.link, item.image and item.image.url):
        assert url is None or url.startswith(("http://", "https://"))
    assert not item.markup


def _feeds(text: str) -> dict[str, bytes]:
    """Return feeds of each format with a text in every place that it could stand in."""
    words, twice = escape(text.replace("\x00", "")), escape(escape(text.replace("\x00", "")))
    cdata = text.replace("]]>", "]] >").replace("\x00", "")
    rss = f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
      xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
      <item><title>Ferry {words}</title><description>{words}</description><link>{words}</link><guid>{words}</guid>
      <dc:creator>{words}</dc:creator><category>{words}</category><content:encoded><![CDATA[{cdata}]]></content:encoded>
      <media:content url="{words}" medium="image"><media:title>{words}</media:title>
      <media:description>{twice}</media:description><media:credit>{words}</media:credit></media:content></item>
      <item><title>Ferry {twice}</title><description>{twice}</description></item></channel></rss>"""
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>{words}</id><title type="html">Ferry {words}</title>
      <summary type="html">{words}</summary><content type="html">{words}</content><link href="{words}"/>
      <author><name>{words}</name></author></entry><entry><id>b</id><title>Ferry {words}</title>
      <content type="html" xml:base="javascript:canary()">{twice}</content></entry></feed>"""
    entry = dict.fromkeys(("summary", "url", "image", "content_html", "content_text", "language"), text)
    entry |= {"id": text, "title": f"Ferry {text}", "authors": [{"name": text}], "tags": [text]}
    return {
        "rss": rss.encode(errors="replace"),
        "atom": atom.encode(errors="replace"),
        "json": json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [entry]}).encode(),
    }


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_of_a_feed_survives_cleaning(script: str, kind: str) -> None:
    """In whatever element and however often escaped: HTML has no script, links are web links, the title is words."""
    for item in parse_feed(_feeds(script)[kind], base=BASE).items:
        cleaned = clean_item(item, base_url=BASE)
        _check(cleaned)
        assert cleaned.title.startswith("Ferry")


PIECES = """< > / script img onerror= canary() ' " ` javascript: &lt; &#60; & <!-- --> <svg> <math> <style> </ = a"""
LISTS = st.lists(st.sampled_from([*PIECES.split(), " src=x ", "\n", "\x00"]), max_size=25)


@given(LISTS.map("".join), st.sampled_from(["rss", "atom", "json"]))
def test_nothing_made_of_their_pieces_survives_either(text: str, kind: str) -> None:
    """Whatever the pieces of such attacks add up to."""
    for item in parse_feed(_feeds(text)[kind], base=BASE).items:
        _check(clean_item(item, base_url=BASE))
