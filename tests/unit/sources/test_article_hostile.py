"""Pages that mean harm, or are broken: an item's own page never stops the program (FAULTS.md A8)."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Detail
from digest.sources.article import parse_article
from digest.sources.page import Page
from tests.costs import assert_gentle_growth

URL = "https://news.ruritania.example/a"
SOURCE = SourceSettings(id="river", type="html", url=URL, kinds={"Song": "song"})

_TYPES = st.sampled_from(["NewsArticle", "WebPage", "Person", "http://schema.org/Report", "", "x"])
_WORDS = st.sampled_from(
    ["2026-05-01", "9999-12-31T23:59:59-23:59", "https://[", "#a", "Song", "<b>", "&#xD800;", "\ud800", "//r.example/"]
)
_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | _WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["@id", "@type", "@graph", "name", "url", "item", "mainEntity"]), inner)
    ),
    max_leaves=15,
)
_KEYS = (
    "@id @graph mainEntity mainEntityOfPage headline name description datePublished author image thumbnailUrl"
    " articleSection inLanguage isAccessibleForFree url creditText creator caption"
)
_NODE = st.builds(
    lambda kind, fields: {"@type": kind, **fields},
    _TYPES | _VALUE,
    st.dictionaries(st.sampled_from(_KEYS.split()), _VALUE | _WORDS),
)


def _parse(script: str, rest: str = "") -> Detail:
    text = f'<html><head><script type="application/ld+json">{script}</script>{rest}</head><body></body></html>'
    return parse_article(Page(data=text.encode("utf-8", "surrogatepass"), source=SOURCE, url=URL))


@given(_NODE | st.lists(_NODE | _VALUE, max_size=4) | _VALUE)
def test_any_linked_data_gives_a_detail(node: object) -> None:
    """Whatever types stand where, each part is a text, a date, or nothing."""
    detail = _parse(json.dumps(node).replace("<", "\\u003c"))
    texts = (detail.title, detail.summary, detail.kind, detail.language, detail.author)
    assert all(text is None or (isinstance(text, str) and text) for text in texts)
    assert detail.published is None or detail.published.year


_META_NAMES = st.sampled_from(["og:title", "og:image", "author", "article:published_time", "og:site_name"])


@given(st.lists(st.tuples(_META_NAMES, st.text() | _WORDS)))
def test_any_head_gives_a_detail(metas: list[tuple[str, str]]) -> None:
    """Whatever a page says of itself, it is read as words."""
    head = "".join(f'<meta property="{name}" content="{content}">' for name, content in metas)
    assert isinstance(_parse("{}", head), Detail)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_detail_or_a_refusal(data: bytes) -> None:
    """Noise is no article, and no crash."""
    with suppress(SourceError):
        assert isinstance(parse_article(Page(data=data, source=SOURCE, url=URL)), Detail)


@pytest.mark.parametrize(
    ("make", "size"),
    [
        pytest.param(lambda n: '{"@graph":' * n, 50_000, id="open-graphs"),
        pytest.param(lambda n: '{"@graph":' * n + "{}" + "}" * n, 500, id="nested-graphs"),
        pytest.param(lambda n: "[" * n + "]" * n, 900, id="nested-lists"),
        pytest.param(lambda n: '{"@type":' + "[" * n + "]" * n + "}", 900, id="nested-type"),
        pytest.param(lambda n: "[" + ",".join(["[]"] * n) + "]", 300_000, id="many-lists"),
        pytest.param(lambda n: '{"@graph":[' + ",".join(['{"@type":"Person"}'] * n) + "]}", 100_000, id="many-nodes"),
        pytest.param(
            lambda n: '{"@type":"Article","author":[' + ",".join(['{"name":"A"}'] * n) + "]}",
            100_000,
            id="many-authors",
        ),
        pytest.param(lambda n: '{"@type":"Article","headline":"' + "<" * n + '"}', 1_000_000, id="angles"),
        pytest.param(lambda n: '{"@type":"Article","datePublished":' + "9" * n + "}", 5_000, id="long-number"),
        pytest.param(lambda n: '{"@id":"#a","@type":"Article","author":{"@id":"#a"}}', 2, id="its-own-author"),
    ],
)
def test_large_and_deep_linked_data_is_bounded(make: Callable[[int], str], size: int) -> None:
    """What is deep or long is given up early, and twice as much of it costs no more than twice the time."""
    assert isinstance(_parse(make(size)), Detail)
    assert_gentle_growth(lambda half: lambda script=make(half): _parse(script), size // 2)


def test_a_page_of_elements_in_elements_is_refused() -> None:
    """A hundred thousand elements within one another would take a quarter of a minute to read."""
    with pytest.raises(SourceError, match="within one another"):
        parse_article(Page(data=b"<div>" * 100_000, source=SOURCE, url=URL))
