"""Keys that outlive redesigns, and entry ids that are minted once."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.clean import clean_item
from digest.items.identity import canonical_link, dedupe_parsed, identity_of, mint_entry_id
from digest.model.item import ParsedItem, Quarantined

Story = Callable[..., ParsedItem]
LINK = "https://example.org/stories/17?lang=en"
SITE = "https://news.example.org/"


@pytest.mark.parametrize(
    "url",
    [
        LINK,
        "http://example.org/stories/17?lang=en",
        "HTTPS://WWW.Example.ORG:443/stories/17/?lang=en",
        "http://example.org:80/stories/17?lang=en#comments",
        "https://example.org./stories/17?utm_source=feed&lang=en&utm_medium=rss",
        "https://example.org/stories/17?lang=en&fbclid=a&gclid=b&mc_cid=c&mc_eid=d&UTM_Campaign=e",
    ],
)
def test_one_link_in_many_spellings(story: Story, url: str) -> None:
    """https, `www.`, port, slash, fragment and tracking parameters do not make another item."""
    assert canonical_link(url) == LINK
    assert identity_of(clean_item(story(link=url), base_url=None)) == LINK


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/?p=17", "https://example.org/?p=18"),
        ("https://example.org/?a=1&b=2", "https://example.org/?b=2&a=1"),
        ("https://example.org/?ref=17", "https://example.org/?ref=18"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "https://news.example.org/a"),
        ("https://example.org/a", "https://example.org:8443/a"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
        ("https://www.example/a", "https://example/a"),
    ],
)
def test_different_links(one: str, other: str) -> None:
    """Query, case of the path, host, port and page fragments tell pages apart."""
    assert canonical_link(one) != canonical_link(other)


@given(data=st.data())
def test_canonical_twice(any_url: st.SearchStrategy[str], data: st.DataObject) -> None:
    """The canonical link of a canonical link is itself, whatever the text."""
    once = canonical_link(data.draw(any_url))
    assert canonical_link(once) == once


@pytest.mark.parametrize(
    ("explicit_id", "key"),
    [
        ("17", "17"),
        ("tag:example.org,2026:17", "tag:example.org,2026:17"),
        ("http://www.example.org/?p=17", "https://example.org/?p=17"),
        ("https://example.org/day#17", "https://example.org/day#17"),
        ("https://example.org/caf%c3%a9/", "https://example.org/caf%C3%A9/"),
    ],
)
def test_explicit_id_first(story: Story, explicit_id: str, key: str) -> None:
    """An item's own id is its key; one that is a URL survives a move to https, and keeps its fragment."""
    assert identity_of(story(explicit_id=explicit_id, link=LINK)) == key


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"title": "“Harbour” clinic — reopens…"},
        {"title": '<b>"harbour"</b> Clinic&nbsp;- reopens...', "markup": True},
        {"kind": "press  release"},
        {"summary": "Other words."},
        {"image": None, "content_html": "<p>x</p>", "author": "A. Writer", "language": "tr"},
        {"published": datetime(2026, 3, 4, 23, 0, tzinfo=timezone(timedelta(hours=-1)))},
    ],
    ids=str,
)
def test_hash_key_stays(story: Story, changed: dict[str, object]) -> None:
    """Typography, case, markup and everything but kind, title and date leave a minted key as it is."""
    first = {"title": '"Harbour" clinic - reopens...', "kind": "Press Release", "published": date(2026, 3, 5)}
    key = identity_of(clean_item(story(**first), base_url=None))
    assert re.fullmatch("hash:[0-9a-f]{32}", key)
    assert identity_of(clean_item(story(**{**first, **changed}), base_url=None)) == key


def test_hash_key_is_pinned(story: Story) -> None:
    """The key of an item without id and link is the same in every release: stored keys depend on it."""
    assert identity_of(story(kind="Report", published=date(2026, 3, 5))) == "hash:d461b4e97343969e7a3c51e69dea78a0"


def test_hash_keys_differ(story: Story) -> None:
    """Kind, title and date each make another item, and none can be mistaken for its neighbour."""
    items = [
        story(title="A", kind="B"),
        story(title="B", kind="A"),
        story(title="A B"),
        story(title="B", kind="A", published=date(2026, 3, 5)),
        story(title="B2026-03-05", kind="A"),
        story(title='A", "B'),
    ]
    assert len({identity_of(item) for item in items}) == len(items)


@given(data=st.data())
def test_key_of_anything(any_parsed: st.SearchStrategy[ParsedItem], data: st.DataObject) -> None:
    """Every cleaned item has a key of one line, and an entry id can be minted for it."""
    item = clean_item(data.draw(any_parsed), base_url=SITE)
    key = identity_of(item)
    assert key == " ".join(key.split())
    entry_id = mint_entry_id(SITE, "newsroom", key, date(2026, 3, 5))
    assert re.fullmatch(r"tag:news\.example\.org,2026:newsroom/[0-9a-f]{16}", entry_id)


@pytest.mark.parametrize(
    ("site", "start"),
    [
        ("https://News.Example.ORG:8443/room/?a", "tag:news.example.org,0987:a%20b%25/"),
        ("http://münchen.example", "tag:xn--mnchen-3ya.example,0987:a%20b%25/"),
        ("http://127.0.0.1:8000/", "tag:127.0.0.1,0987:a%20b%25/"),
    ],
)
def test_minted_ids(site: str, start: str) -> None:
    """An entry id is a tag: URI (RFC 4151): host, year, and only characters that may stand there."""
    entry_id = mint_entry_id(site, "a b%", "key", date(987, 1, 1))
    assert entry_id.startswith(start)
    # RFC 4151 §2.1: specific = *( pchar / "/" / "?" ).
    assert re.fullmatch(r"tag:[a-z0-9.-]+,[0-9]{4}:(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})+", entry_id)


def test_minting_again() -> None:
    """A store built anew mints the same ids; another source, key or year another one."""
    ids = [
        mint_entry_id(SITE, source, key, on)
        for source, key, on in [
            ("a", "1", date(2026, 1, 1)),
            ("a", "1", date(2026, 12, 31)),
            ("b", "1", date(2026, 1, 1)),
            ("a", "2", date(2026, 1, 1)),
            ("a", "1", date(2025, 1, 1)),
        ]
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


@pytest.mark.parametrize(
    "site", ["", "news", "ftp://example.org", "http://[::1]/", "https://a_b.example/", "https://a-/"]
)
def test_no_host_to_mint_with(site: str) -> None:
    """Without a DNS name no id can be minted, and the sentence says for what."""
    with pytest.raises(ValueError, match="no entry id can be minted"):
        mint_entry_id(site, "newsroom", "key", date(2026, 1, 1))


def test_f30_same_id_twice(story: Story) -> None:
    """Of items with one key in one reading the first stays; the others are named, and whether they look like it."""
    first, other = story(explicit_id="17"), story(explicit_id="18")
    again, reused = story(explicit_id="17", summary="x"), story(explicit_id="17", title="Ferry strike ends")
    parsed = dedupe_parsed((first, again, other, reused))
    assert parsed.items == (first, other)
    assert parsed.quarantined == (
        Quarantined("Harbour clinic reopens after repairs", "twice on the page"),
        Quarantined(
            "Ferry strike ends", "has the id or link of “Harbour clinic reopens after repairs”, which stands above it"
        ),
    )


def test_same_words_read_twice(story: Story) -> None:
    """One and the same value twice on a page is dropped once as well."""
    one = story()
    assert len(dedupe_parsed((one, one)).items) == 1
    assert dedupe_parsed((one, one)).quarantined == (Quarantined(one.title, "twice on the page"),)


@pytest.mark.parametrize(
    "published",
    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), date.min, datetime(1970, 1, 1, tzinfo=UTC)],
    ids=str,
)
def test_dates_that_are_none(story: Story, published: date) -> None:
    """What programs write for "no date" is no date in a key either."""
    assert identity_of(story(published=published)) == identity_of(story())
