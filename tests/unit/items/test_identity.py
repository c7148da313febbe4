"""Keys that outlive redesigns, and entry ids that are minted once."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.clean import clean_item
from digest.items.identity import (
    canonical_link,
    canonical_pages,
    dedupe_parsed,
    identity_of,
    is_given,
    link_key,
    mint_entry_id,
    own_link_keys,
    title_key,
)
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


def test_another_text_under_one_title_and_day_is_told(story: Story) -> None:
    """Where nothing but title and date names a story, another text is left out by name; a longer one is the same."""
    one = replace(story(), explicit_id=None, link=None, summary="It sails")
    (other,) = dedupe_parsed([one, replace(one, summary="It sank.")]).quarantined
    assert "neither id nor link" in other.reason
    (longer,) = dedupe_parsed([one, replace(one, summary="It sails again.")]).quarantined
    assert longer.reason == "twice on the page"


@pytest.mark.parametrize("hours", [(None, 1), (1, None), (1, 2), (2, 1), (1, 1), (None, None)])
def test_of_one_that_stands_there_twice_the_latest_embargo_counts(
    story: Story, hours: tuple[int | None, int | None]
) -> None:
    """Wherever it stands, what holds an item longest holds it."""
    times = [hour and datetime(2026, 3, 12, hour, tzinfo=UTC) for hour in hours]
    (kept,) = dedupe_parsed([replace(story(), embargo=at or None) for at in times]).items
    assert kept.embargo == max((at for at in times if at), default=None)


@pytest.mark.parametrize(
    "published",
    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), date.min, datetime(1970, 1, 1, tzinfo=UTC)],
    ids=str,
)
def test_dates_that_are_none(story: Story, published: date) -> None:
    """What programs write for "no date" is no date in a key either."""
    assert identity_of(story(published=published)) == identity_of(story())


@given(
    st.from_regex(r"https?://(www\.)?[a-z0-9-]{1,9}(\.[a-z0-9-]{1,9}){0,2}(/[A-Za-z0-9._~-]{0,5}){0,4}", fullmatch=True)
)
def test_plain_links_take_a_short_way(url: str) -> None:
    """An ordinary link comes out as it would on the long way, which a fragment makes it take."""
    assert canonical_link(url) == canonical_link(f"{url}#x")


PAGES = canonical_pages(["http://www.example.org/news/", None, "https://example.org"])


@pytest.mark.parametrize("url", [None, "", "https://example.org/news#top", "http://example.org", "https://else.org/"])
def test_links_that_are_no_items_own(story: Story, url: str | None) -> None:
    """No link, one to the listing or the site, and one to any front page name no item: its words do."""
    assert link_key(url, PAGES) is None
    assert identity_of(story(link=url), PAGES) == identity_of(story())


def test_links_that_are_an_items_own() -> None:
    """Any other link has a key, the same in every spelling; without pages that of the listing has one too."""
    assert link_key("http://www.example.org/news/1/", PAGES) == link_key("https://example.org/news/1")
    assert link_key("https://example.org/?p=1", PAGES) is not None
    assert link_key("https://example.org/news") is not None


def test_link_keys_of_one_reading() -> None:
    """A link that several items of a reading have, in any spelling, is nobody's own."""
    links = ["https://a.org/1", "https://a.org/2", None, "http://www.a.org/1?utm_source=x", "https://a.org/news"]
    keys = own_link_keys(links, canonical_pages(["https://a.org/news"]))
    assert keys == [None, link_key("https://a.org/2"), None, None, None]


def test_items_that_link_to_the_listing_are_not_one(story: Story) -> None:
    """Where links are the listing's own, items of one reading are told apart by their words."""
    items = [story(title=title, link="https://example.org/news#top") for title in ("A", "B", "A")]
    assert [one.title for one in dedupe_parsed(items, PAGES).items] == ["A", "B"]


@pytest.mark.parametrize(
    ("key", "given"), [("17", True), ("https://a.org/?p=1", True), ("https://a.org/1", False), ("hash:00", False)]
)
def test_keys_that_a_source_gave(key: str, given: bool) -> None:
    """A key made of the item's words or own link was not given by its source."""
    assert is_given(key, link_key("https://a.org/1")) is given


@pytest.mark.parametrize(
    "title",
    [
        "Harbour “clinic” reopens – after repairs…",
        "harbour CLINIC reopens: after repairs",
        "  Harbour\xa0clinic / reopens, after repairs!",
        "„Harbour clinic“ reopens after repairs",
    ],
)
def test_one_title_in_many_ways(title: str) -> None:
    """Case, white space, typography and punctuation make no other title, nor does the region of a language."""
    assert title_key(title, "en-GB") == title_key("Harbour clinic reopens after repairs", "EN")


@pytest.mark.parametrize(
    ("title", "language"),
    [
        pytest.param("Harbour clinic reopens after repairs", "fr", id="another language"),
        pytest.param("Harbour clinics reopen after repairs", "en", id="other words"),
        pytest.param("Harbour clínic reopens after repairs", "en", id="an accent"),
        pytest.param("Harbour clinic reopens after 2 repairs", "en", id="a number"),
    ],
)
def test_other_titles(title: str, language: str) -> None:
    """Letters, digits, accents and the language tell titles apart."""
    assert title_key(title, language) != title_key("Harbour clinic reopens after repairs", "en")


@pytest.mark.parametrize(
    ("title", "tells"),
    [
        pytest.param("", False, id="none"),
        pytest.param("Weekly update", False, id="two words"),
        pytest.param("Notes from the day", False, id="18 characters"),
        pytest.param("Extraordinarily intergovernmental proceedings", False, id="three long words"),
        pytest.param("News - from - the - old - pier", True, id="five words, 22 characters"),
        pytest.param("港口诊所", False, id="four wide letters"),
        pytest.param("港口诊所重新开放", True, id="eight wide letters"),
        pytest.param("बंदरगाह क्लिनिक फिर से खुला", True, id="vowel signs"),
    ],
)
def test_titles_too_short_to_tell(title: str, tells: bool) -> None:
    """A title names a story from four words and twenty characters on; a wide letter says as much as three."""
    assert (title_key(title, "en") is not None) is tells


def test_vowel_signs_count() -> None:
    """Marks that are vowels in their script tell words apart."""
    assert title_key("बंदरगाह क्लिनिक फिर से खुला", "hi") != title_key("बंदरगाह क्लिनिक फिर सा खुला", "hi")


@given(data=st.data())
def test_keys_of_anything(
    any_text: st.SearchStrategy[str], any_url: st.SearchStrategy[str], data: st.DataObject
) -> None:
    """Any text and any link has a key of 32 letters, or none."""
    for key in (title_key(data.draw(any_text), data.draw(any_text)), link_key(data.draw(any_url))):
        assert key is None or re.fullmatch("[0-9a-f]{32}", key)
