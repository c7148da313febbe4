"""Listing pages that nobody meant well with: bounded time, no crash, nothing fetched."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from digest.config.settings import HtmlSettings, SourceSettings
from digest.errors import SourceError
from digest.model.item import Parsed
from digest.sources.html import parse_html
from digest.sources.markup.select import open_document
from digest.sources.page import Page
from tests.costs import assert_cheap, assert_gentle_growth

SAMPLES = sorted((Path(__file__).parent / "html").glob("*.html"))
SELECTORS: dict[str, str] = {
    "items": "article, .item, .tile, tr, dd, .views-row, .bloc, .n, .story", "title": "h2, h3, a, strong",
    "summary": "p", "date": "time, .date, .day, td, dt, b, i", "kind": ".label, .kind, .type, .section",
    "author": ".author", "picture": "img@src", "caption": "figcaption", "credit": ".credit", "next": "a[rel], .more",
}  # fmt: skip
JUNK = [
    b"<div>", b"</div>", b"<article>", b"</article>", b"<a href='", b"\"", b">", b"<", b"&#x110000;", b"&", b"<!--",
    b"-->", b"<script>", b"<style>", b"<table>", b"<select>", b"<template>", b"<svg>", b"<math>", b"<![CDATA[", b"\x00",
    b"\xff\xfe", b"\x0b", b"<base href='http://[::1'>", b"<time datetime='2026-99-99'>", b"<p>11/12/2026</p>",
    b"<img srcset=', , a 1w,'>", b"<meta charset=utf-16>", b"<frameset>", b"<plaintext>", b"<html lang=''>",
    b"\xed\xa0\x80",
]  # fmt: skip


def read(data: bytes, url: str | None = "https://harbour.example.org/", **selectors: Any) -> Parsed:
    """Read a page with selectors that fit all samples."""
    settings = HtmlSettings(**(selectors or SELECTORS))
    return parse_html(Page(data=data, source=SourceSettings(id="s", type="html", html=settings), url=url))


def read_or_refuse(data: bytes, *arguments: Any, **selectors: Any) -> tuple[Parsed, str]:
    """Read a page; return what it gave, and the words of its refusal."""
    try:
        return read(data, *arguments, **selectors), ""
    except SourceError as error:
        return Parsed(()), error.seen


def listing(blocks: int, filling: int) -> bytes:
    """Make a page of blocks with as many bytes of filling each."""
    words = "river and harbour " * (filling // 18)
    block = """<article class="card"><a href="/n/{0}"><img src="data:," data-src="/i/{0}.jpg" alt="Picture {0}"></a>
    <p class="label">Report</p><h3><a href="/n/{0}">Story {0}</a></h3><p>{1}</p><div class=author>By Ada Brook</div>
    <time datetime="2026-03-{2:02}T10:00:00Z">{2} March 2026</time></article>"""
    body = "".join(block.format(number, words, number % 28 + 1) for number in range(blocks))
    return f"<!doctype html><html lang=en><title>Newsroom</title><main>{body}</main>".encode()


def _picture(attribute: bytes) -> bytes:
    return b"<article><h2>x</h2><img " + attribute + b"'>"


def _summary(words: bytes) -> bytes:
    return b"<article><h2>x</h2><p>" + words


@given(st.sampled_from(SAMPLES), st.integers(0, 2**32), st.integers(1, 30))
def test_a_broken_page_gives_items_or_a_sentence(sample: Path, seed: int, cuts: int) -> None:
    """Pages cut, doubled and strewn with junk give items, quarantined ones or a refusal, at once."""
    chance = random.Random(seed)
    data = bytearray(sample.read_bytes())
    for _ in range(cuts):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.randrange(60))
        data[at:to] = chance.choice([chance.choice(JUNK), b"", bytes(data[at:to]) * 3, chance.randbytes(3)])
    parsed, refused = read_or_refuse(bytes(data))
    assert "\n" not in refused
    assert all(item.title for item in parsed.items)
    assert all(story.name and "\n" not in story.name + story.reason for story in parsed.quarantined)
    assert all(url.startswith("https://harbour.example.org/") for url in parsed.follow)
    repr(parsed).encode()
    sound = sample.read_bytes() * (1 + len(data) // len(sample.read_bytes()))
    assert_cheap(lambda: read_or_refuse(bytes(data)), lambda: read_or_refuse(sound), below=10)


@given(st.binary(max_size=2_000), st.none() | st.just("https://harbour.example.org/"))
def test_any_bytes_give_items_or_a_sentence(data: bytes, url: str | None) -> None:
    """Whatever the bytes, nothing but a refusal in words is raised."""
    parsed, refused = read_or_refuse(data, url)
    assert parsed.items or parsed.markers or parsed.quarantined or refused


@given(st.dictionaries(st.sampled_from(sorted(set(SELECTORS) - {"items", "title"})), st.text(max_size=20)))
def test_any_selectors_give_items_or_a_sentence(given_ones: dict[str, str]) -> None:
    """Selectors that nobody checked are used or refused in words."""
    parsed, refused = read_or_refuse((SAMPLES[0].parent / "cards.html").read_bytes(), **{**SELECTORS, **given_ones})
    assert parsed.items or parsed.quarantined or "cannot be read" in refused


@pytest.mark.parametrize(
    ("make", "size"),
    [
        pytest.param(lambda n: b"<article>" + b"<div>" * n + b"<h2>x", 100_000, id="100,000 within one another"),
        pytest.param(lambda n: b"<article><h2>x</h2>" + b"<p>" * n, 300_000, id="300,000 paragraphs"),
        pytest.param(lambda n: b"<article><h2 " + b"a=1 " * n + b">x</h2>", 100_000, id="an attribute 100,000 times"),
        pytest.param(lambda n: b"<article><h2>" + b"x" * n + b"</h2>", 1_000_000, id="a title of 1 MB"),
        pytest.param(lambda n: _picture(b"srcset='" + b"a, " * n), 400_000, id="a set of 400,000"),
        pytest.param(lambda n: _picture(b"srcset='" + b"," * n), 1_000_000, id="a set of commas"),
        pytest.param(lambda n: _picture(b"style='" + b"url(" * n), 200_000, id="a style without end"),
        pytest.param(lambda n: b"<article><h2>x</h2><time>" + b"1 March " * n, 100_000, id="a date of 800 KB"),
        pytest.param(lambda n: _summary(b"It ends. " + b"read more " * n), 200_000, id="a summary of links"),
        pytest.param(lambda n: _summary(b"." * n + b" "), 1_000_000, id="a summary of dots"),
        pytest.param(lambda n: b"<article><h2>x</h2>" + b"<i class='sr-only'>" * n, 4_000, id="hidden in hidden"),
        pytest.param(lambda n: b"<?x" * n, 200_000, id="instructions without end"),
        pytest.param(lambda n: b"<!--" * n, 200_000, id="comments without end"),
        pytest.param(lambda n: b"<!DOCTYPE " * n, 100_000, id="types without end"),
        pytest.param(lambda n: b"<title>" + b"error " * n + b"</title>", 200_000, id="a title of errors"),
    ],
)
def test_a_page_that_wants_time_gets_little(make: Callable[[int], bytes], size: int) -> None:
    """Pages built to cost time are read or refused, and twice as much of it costs no more than twice the time."""
    _, refused = read_or_refuse(make(size))
    assert len(refused) < 300
    assert_gentle_growth(lambda half: lambda page=make(half): read_or_refuse(page), size // 2)


def test_nothing_that_a_page_names_is_fetched(httpserver: HTTPServer) -> None:
    """A6: pictures, styles, frames, scripts and links of a page are words to us: its server is never asked."""
    at = httpserver.url_for
    page = f"""<link rel=stylesheet href="{at("/a")}"><script src="{at("/b")}"></script>
    <iframe src="{at("/c")}"></iframe>
    <base href="{at("/d/")}"><article><h2><a href="e">Story</a></h2><img src="{at("/f")}" srcset="{at("/g")} 2x">
    <video src="{at("/h")}"></video><time>11 March 2026</time></article><a rel=next href="{at("/i")}">2</a>"""
    parsed = read(page.encode(), at("/"))
    assert parsed.items[0].image is not None
    assert parsed.follow == (at("/i"),)
    assert httpserver.log == []


def test_a_usual_page_is_read_at_once() -> None:
    """A page of 500 KB with a hundred blocks costs a small multiple of opening it."""
    data = listing(100, 4_700)
    assert 490_000 < len(data) < 560_000
    selectors = {**SELECTORS, "title": "h3"}
    assert len(read(data, **selectors).items) == 100
    assert_cheap(lambda: read(data, **selectors), lambda: open_document(data.decode()), below=40)
