"""FAULTS.md A17, from the store to the feeds: an address that misleads is in no format, and its neighbours are."""

import shutil
import unicodedata
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.store.engine import open_store
from tests.examples import examples
from tests.hostile_rooms import HostileRoom, found_harm, hostile_item

URLS = [
    "javascript:canary()",
    "JaVaScRiPt:canary()",
    "java\tscript:canary()",
    "vbscript:canary()",
    "data:text/html,canary",
    "blob:https://canary.example/1",
    "file:///etc/canary",
    "feed:https://canary.example/",
    "//canary.example/",
    "https://news.example.org@canary.example/",
    "https://user:canary@news.example.org/",
    "https://news.example.org/\u202ecanary",
    "https://news.example.org\u200b.canary.example/",
    "https://news.example.org/\u2066canary\u2069",
    "https://news.example.org/\xadcanary",
    "https://\\canary.example",
    "\\\\canary.example\\share",
    "/\\canary.example",
    "stories/canary",
    "https:canary.example",
    "https://[canary",
    "https://news.example.org/ canary",
    "https://news.example.org/\ncanary",
    'https://news.example.org/"onclick="canary()',
    "https://news.example.org/<canary>",
    "",
]


@pytest.fixture
def room(tmp_path: Path, empty_store: Path) -> Iterator[HostileRoom]:
    """A store into which anything can be put."""
    store = open_store(f"sqlite:///{shutil.copy(empty_store, tmp_path / 'digest.db')}")
    yield HostileRoom(tmp_path, store)
    store.close()


@pytest.mark.parametrize("url", URLS)
def test_an_address_that_misleads_is_in_no_file(room: HostileRoom, url: str) -> None:
    """As the link of an item, of its picture and inside of its text: dropped, or the item is left out by name."""
    quoted = escape(url)
    room.place(
        hostile_item(1, link=url),
        hostile_item(2, picture=url),
        hostile_item(3, content_html=f'<p><a href="{quoted}">x</a><img src="{quoted}" alt="y"></p>'),
        hostile_item(4, summary=f"See {url}", author=url, alt=url, credit=url),
        hostile_item(5, title="Ferry number 5 is harmless"),
    )
    feeds = room.publish()
    assert found_harm(feeds) == []
    assert feeds.problems() == []
    assert feeds.formats_differ() == []
    titles = [one.title for one in feeds.entries("all")]
    assert titles[0] == "Ferry number 5 is harmless"
    assert "Ferry number 1" not in titles
    assert "Ferry number 2" in titles, "news is lost over a picture"
    seen = not any(unicodedata.category(letter) == "Cf" for letter in url)
    assert "Ferry number 4" in titles or not seen


def test_a_harmless_address_is_kept_as_it_is(room: HostileRoom) -> None:
    """Query, fragment, port, encoded letters and mail addresses stand in each format as they were written."""
    link = "https://news.example.org:8443/a%20b/?q=1&r=%C3%A9#top"
    text = f'<p><a href="{escape(link)}">x</a> <a href="mailto:desk@news.example.org">y</a></p>'
    room.place(hostile_item(1, link=link, content_html=text))
    feeds = room.publish()
    (entry,) = feeds.entries("all")
    (item,) = feeds.json("all")["items"]
    assert entry.link == item["url"] == link
    assert link in [node.get("href") for node in feeds.page("all").iter("a")]
    assert "mailto:desk@news.example.org" in entry.html
    assert found_harm(feeds) == []


SEEN = r"https: http: // / @ : \ javascript: data: user news.example.org canary.example ? # %00 %0a [ ] .. é 。"
ADDRESSES = st.lists(st.sampled_from([*SEEN.split(), "\u202e", "\u200b", "\t", "\n", " ", '"', "<"]), max_size=10)


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(url=ADDRESSES.map("".join).filter(lambda url: "canary.example" not in url.partition("/canary")[0]))
def test_an_address_of_any_shape_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, url: str
) -> None:
    """Whatever stands in the place of an address: what is published leads to a plain web address, or nowhere."""
    folder = tmp_path_factory.mktemp("addresses")
    store = open_store(f"sqlite:///{shutil.copy(empty_store, folder / 'digest.db')}")
    try:
        room = HostileRoom(folder, store)
        quoted = escape(url)
        room.place(
            hostile_item(1, link=url, picture=url, content_html=f'<a href="{quoted}">x</a>'),
            hostile_item(2, picture=url),
        )
        feeds = room.publish()
        assert [one for one in found_harm(feeds) if "canary.example" not in one] == []
        assert feeds.problems() == []
        assert len(feeds.entries("all")) >= 1
    finally:
        store.close()
