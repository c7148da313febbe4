"""Repeated blocks of a page that nobody described, and selectors for them that will hold."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.sources.discovery.blocks import find_blocks
from tests.examples import examples

SITES = Path(__file__).parents[2] / "samples/sites"
MADE_UP = re.compile(r"nth-|css-|sc-|:[a-z-]*\(\d|mt-|line-clamp|flex|slate|views-row-\d|post-\d")


def best_of(name: str) -> Mapping[str, str]:
    """Return the selectors that are found first on an invented site."""
    return find_blocks((SITES / name / "index.html").read_text())[0].selectors


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cards", {"items": "article.card", "title": "h3", "link": "h3 a@href", "date": "time@datetime",
                   "kind": ".card__label", "picture": "img@src", "summary": ".card__text", "next": "a.next@href"}),
        ("table", {"items": "tr:has(a)", "title": "a", "link": "a@href", "date": "td", "kind": "td + td"}),
        ("definitions", {"items": ".bulletins > div", "date": "dt", "title": "a", "summary": "span"}),
        ("drupal-views", {"items": "div.views-row", "date": "time@datetime", "next": "a[rel=next]@href",
                          "link": ".views-field-title a@href"}),
        ("block-theme", {"items": "li.post", "title": "h2", "summary": ".wp-block-post-excerpt__excerpt",
                         "next": "a.wp-block-query-pagination-next@href"}),
        ("hashed", {"items": "main > div > div", "title": "a", "summary": "a + div", "picture": "img@data-src"}),
        ("date-headings", {"items": "li:has(a)", "title": "a", "date": "h3"}),
        ("large-menus", {"items": "div.teaser", "title": "h2", "date": ".teaser__date"}),
        ("arabic", {"items": "div.news-item", "date": ".news-date", "next": "a.pages-next@href"}),
        ("french", {"items": "li.article-resume", "date": ".info-publi", "author": ".auteur"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_selectors_say_what_things_are(name: str, expected: dict[str, str]) -> None:
    """Meaning comes before names, names before places, and each field is found where it stands."""
    assert best_of(name).items() >= expected.items()


@pytest.mark.parametrize("name", sorted(site.name for site in SITES.iterdir()))
def test_no_selector_leans_on_what_changes(name: str) -> None:
    """No selector counts children, nor names what a tool made up or how a thing looks."""
    for blocks in find_blocks((SITES / name / "index.html").read_text()):
        if not blocks.aside:
            assert not [text for text in blocks.selectors.values() if MADE_UP.search(text)]


def listing(block: str, count: int = 4) -> str:
    """Return a page with a menu and blocks, in each of which {n} is its number."""
    menu = "<nav><ul>" + "".join(f"<li><a href=/m{n}>Menu entry number {n}</a></li>" for n in range(9)) + "</ul></nav>"
    return f"<html><body>{menu}<main>{''.join(block.replace('{n}', str(n)) for n in range(1, count + 1))}</main>"


@pytest.mark.parametrize(
    ("block", "field", "selector"),
    [
        ('<a class="box" href="/{n}"><h2>Ferry number {n} sails</h2></a>', "link", "a@href"),
        ('<article><h2><a href="/{n}">Ferry {n} sails again</a></h2><span class="date">{n}/5/2026</span></article>',
         "date", ".date"),
        ('<article><h2><a href="/{n}">Ferry {n} sails again</a></h2><p itemprop="datePublished">2026-05-0{n}</p>'
         "</article>", "date", '[itemprop="datePublished"]'),
        ('<article><h2><a href="/{n}">Ferry {n} sails again</a></h2><em>By Ana Writer</em></article>',
         "author", "em"),
        ('<article><h2 class="Card_title__2dF3a{n}"><a href="/{n}">Ferry {n} sails again</a></h2></article>',
         "title", "h2"),
        ('<article><div class="Card_title__2dF3a"><a href="/{n}">Ferry {n} sails again</a></div>'
         "<div>No. {n}</div></article>", "items", "article:has(a)"),
        ('<section><h4><a href="/{n}">Ferry {n} sails again</a></h4><b class="type">Report</b></section>',
         "kind", ".type"),
        ('<section><h4><a href="/{n}">Ferry {n} sails again</a></h4><img data-src="/{n}.jpg" src="data:x"></section>',
         "picture", "img@data-src"),
    ],
    ids=["block is a link", "numbers", "microdata", "byline", "css modules", "bare block", "kind", "late picture"],
)  # fmt: skip
def test_fields(block: str, field: str, selector: str) -> None:
    """Each field is found by what it looks like, in markup of every taste."""
    assert find_blocks(listing(block))[0].selectors[field] == selector


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>Nothing here.</p>",
        "<ul><li>One</li><li>Two</li><li>Three</li></ul>",
        listing("", 0),
        "<p>See <a href=/a>our page</a> and <a href=/b>the other page</a>.</p>",
    ],
    ids=["empty", "a sentence", "no links", "a menu", "links in a sentence"],
)
def test_where_nothing_repeats_nothing_is_claimed(page: str) -> None:
    """A page without a listing gives no blocks but those beside its content."""
    assert all(blocks.aside for blocks in find_blocks(page))


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_no_page_breaks_it(data: st.DataObject) -> None:
    """Whatever is cut out of a page or put into it, the blocks are found or they are not."""
    name = data.draw(st.sampled_from(["cards", "hashed", "table", "block-theme"]))
    page = (SITES / name / "index.html").read_text()
    start = data.draw(st.integers(0, len(page)))
    end = data.draw(st.integers(start, min(len(page), start + 400)))
    odd = st.sampled_from(
        ['<o:p class="a\\b">', "</div>", '<a aria-label="x\\">Next</a>', "<svg>", "\x00", "🦭", '"', "<"]
    )
    found = find_blocks(page[:start] + "".join(data.draw(st.lists(odd, max_size=5))) + page[end:])
    assert all(blocks.count >= 2 for blocks in found)
