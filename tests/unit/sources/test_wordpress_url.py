"""Which posts a WordPress site is asked for, and where its next page is."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.config.settings import SourceSettings
from digest.sources.page import Page
from digest.sources.wordpress import parse_wordpress, posts_url

SITE = "https://news.ruritania.example/"
API = f"{SITE}wp-json/wp/v2/posts"
NOON = "Fri, 01 May 2026 12:00:00 GMT"


def _source(url: str | None = SITE, post_type: str = "posts") -> SourceSettings:
    return SourceSettings(id="ferry", type="wordpress", url=url, post_type=post_type)


def _post(number: int, modified: str = "2026-05-01T10:00:00") -> dict[str, object]:
    return {
        "id": number,
        "guid": {"rendered": f"{SITE}?p={number}"},
        "title": {"rendered": f"Ferry {number} sails"},
        "date_gmt": "2026-05-01T09:00:00",
        "modified_gmt": modified,
        "link": f"{SITE}ferry-{number}/",
    }


def _page(posts: list[dict[str, object]], *, url: str = API, memory: str | None = None, **more: object) -> Page:
    headers = {"date": NOON, **{str(key).replace("_", "-"): str(value) for key, value in more.items()}}
    number = int(headers.pop("number", "1"))
    return Page(
        data=json.dumps(posts).encode(), source=_source(), url=url, memory=memory, headers=headers, number=number
    )


def _query(url: str | None) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url or "").query, keep_blank_values=True)


@pytest.mark.parametrize(
    ("url", "post_type", "expected"),
    [
        pytest.param("https://news.ruritania.example/", "posts", "/wp-json/wp/v2/posts", id="site"),
        pytest.param("https://news.ruritania.example", "posts", "/wp-json/wp/v2/posts", id="no-slash"),
        pytest.param("https://ruritania.example/press/", "posts", "/press/wp-json/wp/v2/posts", id="sub-path"),
        pytest.param("https://ruritania.example/wp-json/", "posts", "/wp-json/wp/v2/posts", id="root-of-the-api"),
        pytest.param("https://ruritania.example/wp-json/wp/v2", "posts", "/wp-json/wp/v2/posts", id="its-version"),
        pytest.param("https://ruritania.example/", "reports", "/wp-json/wp/v2/reports", id="post-type"),
        pytest.param("https://r.example/wp-json/wp/v2/songs/", "posts", "/wp-json/wp/v2/songs/", id="api-as-given"),
        pytest.param("https://a.example/wp/v2/sites/r.example/p", "posts", "/wp/v2/sites/r.example/p", id="hosted"),
    ],
)  # fmt: skip
def test_the_api_is_found_below_the_address_of_the_site(url: str, post_type: str, expected: str) -> None:
    """Whether an operator writes the site's address or the API's, the same posts are asked for."""
    assert urlsplit(posts_url(_source(url, post_type), None) or "").path == expected


@pytest.mark.parametrize(
    ("route", "expected"),
    [("/wp/v2/posts", "/wp/v2/posts"), ("/", "/wp/v2/posts"), ("/wp/v2", "/wp/v2/posts")],
    ids=["posts", "root", "version"],
)
def test_a_site_without_pretty_links_is_asked_by_rest_route(route: str, expected: str) -> None:
    """`?rest_route=` leads to the posts too, and the path stays as it is."""
    url = posts_url(_source(f"{SITE}index.php?rest_route={route}"), None)
    assert urlsplit(url or "").path == "/index.php"
    assert _query(url)["rest_route"] == [expected]


def test_the_query_of_the_operator_stays() -> None:
    """Categories, one parameter twice, and a smaller page size are asked for as written."""
    query = _query(posts_url(_source(f"{API}?categories[]=3&categories[]=4&per_page=10&lang=fr&orderby=title"), None))
    assert query["categories[]"] == ["3", "4"]
    assert query["per_page"] == ["10"]
    assert query["lang"] == ["fr"]
    assert query["orderby"] == ["date"]


def test_pictures_authors_and_terms_come_with_the_posts() -> None:
    """One request holds everything, and no more than that: comments and links are not embedded."""
    assert _query(posts_url(_source(), None))["_embed"] == ["wp:featuredmedia,author,wp:term"]


def test_a_source_of_files_has_no_url() -> None:
    """A saved answer of the API can be read from a file."""
    assert posts_url(_source(url=None), None) is None


@pytest.mark.parametrize(
    ("memory", "count"),
    [
        pytest.param(None, "100", id="first-reading"),
        pytest.param("2026-05-01T10:00:00Z 00", "20", id="later"),
        pytest.param("2026-05-01T10:00:00Z 20", "100", id="after-twenty"),
        pytest.param("nonsense", "100", id="unreadable"),
        pytest.param("2026-05-01T10:00:00Z", "100", id="no-count"),
    ],
)
def test_the_newest_posts_are_always_asked_for_by_date(memory: str | None, count: str) -> None:
    """Posts that were written for later go live without counting as edited: no reading asks for edits alone."""
    query = _query(posts_url(_source(), memory))
    assert query["orderby"] == ["date"]
    assert query["per_page"] == [count]
    assert "modified_after" not in query


def test_a_later_reading_asks_for_what_was_edited_since() -> None:
    """The second request begins a day before the newest edit that was seen: sites mix up zones."""
    parsed = parse_wordpress(_page([_post(1)], memory="2026-04-30T08:00:00Z 03"))
    assert len(parsed.follow) == 1
    query = _query(parsed.follow[0])
    assert query["modified_after"] == ["2026-04-29T08:00:00Z"]
    assert query["orderby"] == ["modified"]
    assert query["per_page"] == ["100"]
    assert not parsed.complete


def test_now_and_then_a_reading_is_complete() -> None:
    """After twenty readings a whole page is asked for and nothing else, so that missing posts can be seen."""
    memory: str | None = None
    seen = []
    for _ in range(23):
        parsed = parse_wordpress(_page([_post(1)], memory=memory, x_wp_totalpages=7))
        seen.append((parsed.complete, len(parsed.follow)))
        memory = parsed.memory
    assert [place for place, (complete, _) in enumerate(seen) if complete] == [0, 21]
    assert [follow for _, follow in seen] == [1] * 21 + [0] + [1]


def test_a_complete_reading_forgets_no_edit() -> None:
    """The newest posts do not tell what was edited further down: the next reading asks from where we were."""
    parsed = parse_wordpress(_page([_post(1, "2026-05-01T10:00:00")], memory="2026-04-01T00:00:00Z 20"))
    assert parsed.memory == "2026-04-01T00:00:00Z 00"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"x_wp_totalpages": "3"}, ["2"], id="total"),
        pytest.param({"x_wp_totalpages": "1"}, [], id="last"),
        pytest.param({"link": '<https://other.example/?page=9>; rel="next"'}, ["2"], id="link-header"),
        pytest.param({"link": '<https://other.example/?page=9>; rel="prev"'}, [], id="only-previous"),
        pytest.param({"x_wp_totalpages": "many"}, [], id="no-number"),
        pytest.param({}, [], id="no-headers"),
    ],
)
def test_the_next_page_is_on_the_same_site(headers: dict[str, str], expected: list[str]) -> None:
    """The headers tell that there is one; its address is made of ours, whatever host the server believes to be."""
    parsed = parse_wordpress(_page([_post(1)], url=f"{API}?per_page=100&page=1&categories[]=3", **headers))
    assert [_query(url)["page"][0] for url in parsed.follow] == expected
    assert all(url.startswith(f"{API}?") for url in parsed.follow)
    assert all(_query(url)["categories[]"] == ["3"] for url in parsed.follow)


def test_edited_posts_are_followed_until_they_are_old() -> None:
    """A server that knows no `modified_after` gives everything: the pages end where the last reading began."""
    asked = f"{API}?orderby=modified&modified_after=2026-04-29T00:00:00Z"
    known = "2026-04-30T00:00:00Z 01"
    fresh = parse_wordpress(_page([_post(1)], url=asked, memory=known, number=2, x_wp_totalpages=9))
    old = [_post(1), _post(2, "2026-04-01T00:00:00")]
    stale = parse_wordpress(_page(old, url=asked, memory=known, number=2, x_wp_totalpages=9))
    assert [_query(url)["page"] for url in fresh.follow] == [["2"]]
    assert stale.follow == ()


def test_further_pages_of_a_first_reading_are_not_complete() -> None:
    """Five pages of the past are no usual reading: what is usual is the first page alone."""
    assert not parse_wordpress(_page([_post(1)], number=2)).complete
    assert parse_wordpress(_page([_post(1)])).complete


@pytest.mark.parametrize(
    ("modified", "memory", "expected"),
    [
        pytest.param("2026-05-01T10:00:00", None, "2026-05-01T10:00:00Z 00", id="newest-edit"),
        pytest.param("2026-04-01T10:00:00", "2026-04-30T00:00:00Z 07", "2026-04-30T00:00:00Z 08", id="never-backwards"),
        pytest.param("2099-01-01T00:00:00", None, "2026-05-01T12:00:00Z 00", id="server-in-the-future"),
        pytest.param("0000-00-00T00:00:00", None, None, id="no-date"),
        pytest.param("0000-00-00T00:00:00", "2026-04-30T00:00:00Z 07", "2026-04-30T00:00:00Z 08", id="no-date-kept"),
    ],
)
def test_what_is_remembered_is_the_newest_edit(modified: str, memory: str | None, expected: str | None) -> None:
    """A post dated in 2099 by mistake does not hide every edit until then: the server's own clock is the limit."""
    assert parse_wordpress(_page([_post(1, modified)], memory=memory)).memory == expected
