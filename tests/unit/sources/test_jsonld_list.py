"""JSON-LD of listing pages, as programs write it in several ways."""

import json
from datetime import UTC, date, datetime

import pytest

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Parsed
from digest.sources.jsonld_list import parse_jsonld
from digest.sources.page import Page

URL = "https://skerry.example/latest/"
A = {"@type": "NewsArticle", "headline": "The bridge opens", "url": "/a", "datePublished": "2026-05-04T08:00:00Z"}
B = {
    "@type": ["Article"],
    "name": "The ferry &amp; the sea",
    "url": "https://skerry.example/b",
    "datePublished": "2026-05-03",
}


def parse(*scripts: object) -> Parsed:
    """Read a page with these scripts; a text stands there as it is."""
    texts = (script if isinstance(script, str) else json.dumps(script) for script in scripts)
    body = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return parse_jsonld(Page(data=body.encode(), url=URL, source=SourceSettings(id="x", type="jsonld")))


def entry(position: int, **more: object) -> dict[str, object]:
    """Return an entry of a list."""
    return {"@type": "ListItem", "position": position, **more}


@pytest.mark.parametrize(
    "scripts",
    [
        [{"@type": "ItemList", "itemListElement": [entry(1, item=A), entry(2, item=B)]}],
        [{"@type": "ItemList", "itemListElement": [A, B]}],
        [{"@graph": [{"@type": "WebSite", "name": "Skerry", "url": "/"}, A, B]}],
        [[A, B]],
        [A, B],
        [{"@type": "Blog", "name": "Skerry", "blogPost": [A, B]}],
        [{"@type": "CollectionPage", "mainEntity": {"@type": "ItemList", "itemListElement": [A, B, A]}}],
        ["{broken", [A, B]],
    ],
    ids=["list of entries", "list of articles", "graph", "array", "scripts", "blog", "inside a page", "one is broken"],
)
def test_lists_in_every_shape(scripts: list[object]) -> None:
    """Articles are found wherever they stand, in order, each once."""
    items = parse(*scripts).items
    assert [(one.title, one.link, one.published) for one in items] == [
        ("The bridge opens", "https://skerry.example/a", datetime(2026, 5, 4, 8, tzinfo=UTC)),
        ("The ferry & the sea", "https://skerry.example/b", date(2026, 5, 3)),
    ]


def test_entries_that_are_only_links() -> None:
    """A list of names and links is a list of items; the trail of where the page stands is none."""
    trail = {"@type": "BreadcrumbList", "itemListElement": [entry(1, item={"@id": "/", "name": "Home"})]}
    found = parse(trail, {"@type": "ItemList", "itemListElement": [entry(1, name="The bridge opens", url="/a")]})
    assert [(one.title, one.link) for one in found.items] == [("The bridge opens", "https://skerry.example/a")]


def test_an_article_without_a_headline_is_named() -> None:
    """What has no headline is quarantined by its link."""
    found = parse({"@type": "NewsArticle", "url": "/c"})
    assert [(one.name, one.reason) for one in found.quarantined] == [
        ("https://skerry.example/c", "its JSON-LD gives no headline")
    ]


def test_a_page_without_any() -> None:
    """A page without JSON-LD is refused in words, and one without articles gives none."""
    with pytest.raises(SourceError, match="without JSON-LD"):
        parse()
    assert parse({"@type": "Organization", "name": "Skerry"}).items == ()


def test_depth_and_size_are_bounded() -> None:
    """A script that nests without end gives what stands near its top."""
    deep: dict[str, object] = dict(A)
    for _ in range(300):
        deep = {"x": deep}
    assert parse(deep).items == ()
