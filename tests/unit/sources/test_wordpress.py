"""One answer of WordPress' API → items, and what is said when there is none."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Image, Parsed
from digest.sources.page import Page
from digest.sources.wordpress import parse_wordpress

SAMPLE = Path(__file__).parent / "samples" / "wordpress_posts.json"
ZONE = "Europe/Paris"


def _parse(data: bytes, *, kinds: tuple[str, ...] = ("Q&A", "Press Release")) -> Parsed:
    source = SourceSettings(
        id="river",
        type="wordpress",
        url="https://news.ruritania.example/",
        timezone=ZONE,
        kinds={"Song": "song"},
    )
    return parse_wordpress(Page(data=data, source=source, kinds=kinds, url="https://news.ruritania.example/wp-json/"))


def _parse_post(**fields: object) -> Parsed:
    return _parse(json.dumps([{"id": 1, "title": {"rendered": "A title"}, **fields}]).encode())


def test_a_post_gives_everything_it_says() -> None:
    """Title and excerpt keep their markup for cleaning; all other words are plain, entities read once."""
    item = _parse(SAMPLE.read_bytes()).items[0]
    assert item.title == "The ferry to Strelsau &#8211; and &amp; back"
    assert item.markup
    assert item.summary.startswith("<p>The ferry sails again, said Ada Brook [&hellip;]</p>")
    assert "Continue reading" not in item.summary
    assert item.truncated
    assert item.published == datetime(2026, 5, 1, 9, tzinfo=UTC)
    assert item.link == "https://news.ruritania.example/2026/ferry-to-strelsau/"
    assert item.kind == "Q&A"
    assert item.author == "Ada Brook & friends"
    assert item.language == "en"
    assert item.content_html == '<p>The <a href="/ferry">ferry</a> sails again.</p>'
    assert item.image == Image(
        url="https://news.ruritania.example/wp-content/uploads/ferry.jpg",
        alt="A ferry on a river",
        caption="The ferry in May.",
        credit="Bea Stone",
    )


def test_a_post_is_known_by_its_guid() -> None:
    """It is written once and stays through new permalinks, and it is the id of the post in the site's feed."""
    assert _parse(SAMPLE.read_bytes()).items[0].explicit_id == "http://old.ruritania.example/?post_type=song&p=4711"


def test_a_post_without_guid_is_known_by_its_number() -> None:
    """Some sites hide it; the number of the post is as lasting as the site's database."""
    assert _parse(SAMPLE.read_bytes()).items[1].explicit_id == "wordpress:4712"


def test_a_local_date_counts_in_the_zone_of_the_source() -> None:
    """`date_gmt` may be missing: then the site's wall time is all there is."""
    item = _parse(SAMPLE.read_bytes()).items[1]
    assert item.published == datetime(2026, 4, 30, 20, 15, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize("in_utc", [None, "0000-00-00T00:00:00", "0001-01-01T00:00:00", "", 7, "soon"])
def test_a_date_of_zeros_is_none(in_utc: object) -> None:
    """A draft that was published by a program has zeros where its UTC date belongs."""
    item = _parse_post(date_gmt=in_utc, date="2026-05-01T10:00:00").items[0]
    assert item.published == datetime(2026, 5, 1, 10, tzinfo=ZoneInfo(ZONE))


def test_an_undated_post_has_no_date() -> None:
    """No date is ever invented."""
    assert _parse_post().items[0].published is None


def test_errors_in_the_place_of_author_and_picture_are_nothing() -> None:
    """WordPress embeds its refusals: the item has no author, and the picture that another plug-in names."""
    item = _parse(SAMPLE.read_bytes()).items[1]
    assert item.author is None
    assert item.image == Image(url="https://pictures.ruritania.example/song.jpg")


def test_the_type_of_a_post_can_be_its_kind() -> None:
    """A label of the source counts as one of the newsroom's, and a site of songs needs no categories."""
    assert _parse(SAMPLE.read_bytes()).items[1].kind == "Song"


def test_a_category_that_is_no_kind_is_none() -> None:
    """`Uncategorised` is no kind: only labels that somebody configured are."""
    assert _parse(SAMPLE.read_bytes(), kinds=()).items[0].kind is None


def test_what_cannot_be_used_is_named() -> None:
    """A protected post, one without a title and what is no post are left out by name; the others stay."""
    parsed = _parse(SAMPLE.read_bytes())
    assert [(one.name, one.reason) for one in parsed.quarantined] == [
        ("Protected: for members", "it is protected by a password"),
        ("https://news.ruritania.example/4714/", "it has no title"),
        ("post 5 of the page", "it is no post"),
    ]
    assert len(parsed.items) == 2


@pytest.mark.parametrize(
    ("excerpt", "truncated"),
    [
        pytest.param("<p>Cut here [&hellip;]</p>\n", True, id="brackets"),
        pytest.param("<p>Cut here [&#8230;]</p>", True, id="number"),
        pytest.param("<p>Cut here…</p>", True, id="letter"),
        pytest.param("<p>Cut here...</p>", True, id="dots"),
        pytest.param('<p>Cut &hellip; <a href="/x" class="a more-link">More</a></p>', True, id="read-more"),
        pytest.param("<p>Well… it sails.</p>", False, id="in-the-middle"),
        pytest.param("<p>Whole.</p>", False, id="whole"),
        pytest.param("", False, id="none"),
    ],
)
def test_an_excerpt_that_is_cut_says_so(excerpt: str, truncated: bool) -> None:
    """The readers are told that there is more."""
    assert _parse_post(excerpt={"rendered": excerpt}).items[0].truncated is truncated


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            b'{"code":"rest_no_route","message":"No route was found.","data":{"status":404}}',
            "its API knows no posts; is post_type right? Else try type: feed or html",
            id="no-route",
        ),
        pytest.param(
            b'{"code":"rest_forbidden","message":"Sorry, you are not allowed to do that."}',
            "its API is closed: try type: feed or html",
            id="forbidden",
        ),
        pytest.param(
            b'{"code":"rest_cannot_access","message":"DRA: Only authenticated users can access the REST API."}',
            "its API is closed: try type: feed or html",
            id="plug-in",
        ),
        pytest.param(
            b'{"code":"rest_invalid_param","message":"Invalid parameter(s): per_page"}',
            "WordPress says",
            id="parameter",
        ),
        pytest.param(b'{"routes":{}}', "no posts of WordPress", id="root-of-the-api"),
        pytest.param(b"7", "no posts of WordPress", id="number"),
        pytest.param(b"<!doctype html><title>News</title>", "an HTML page, not WordPress' API", id="html"),
        pytest.param(b'[{"id":1', "broken or ends in the middle", id="cut"),
        pytest.param(b"", "broken or ends in the middle", id="empty"),
        pytest.param(b"[" * 100_000, "broken or ends in the middle", id="deep"),
    ],
)
def test_a_refusal_says_what_to_try(body: bytes, expected: str) -> None:
    """A site whose API is closed is read by its feed or its pages: the sentence says so."""
    with pytest.raises(SourceError) as refused:
        _parse(body)
    assert expected in refused.value.seen


def test_a_page_that_is_gone_is_empty() -> None:
    """A post that was deleted between two pages makes the last page vanish: that is no error."""
    parsed = _parse(b'{"code":"rest_post_invalid_page_number","message":"The page number is larger."}')
    assert parsed.items == ()
    assert not parsed.complete


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["rendered", "name", "source_url", "x"]), inner),
    max_leaves=12,
)
_KEYS = ["id", "guid", "title", "link", "date", "date_gmt", "modified_gmt", "excerpt", "content", "lang", "type"]
_EMBEDDED = st.dictionaries(st.sampled_from(["author", "wp:term", "wp:featuredmedia"]), _JSON)
_POST = st.dictionaries(st.sampled_from(_KEYS), _JSON)
_NAMED = st.fixed_dictionaries({"title": st.just({"rendered": "A title"}), "_embedded": _EMBEDDED})


@given(st.lists(_POST | _NAMED | _JSON))
def test_any_json_gives_items_or_reasons(posts: list[object]) -> None:
    """Whatever types stand where, each post is an item with a title or is named with a reason."""
    parsed = _parse(json.dumps(posts).encode())
    assert len(parsed.items) + len(parsed.quarantined) == len(posts)
    assert all(item.title for item in parsed.items)
