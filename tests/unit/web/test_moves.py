"""What a path asks for, where a moved name leads, and how long copies may be kept."""

from pathlib import Path

import pytest

from digest.config.load import parse_config
from digest.feeds.spec import resolve_moves
from digest.web.answers import ascii_url
from digest.web.names import find_wanted
from digest.web.reading import base_path, keep_s

PATHS = [
    ("", "index.html", None),
    ("all.atom", "all.atom", "all"),
    ("region-usa.json", "region-usa.json", "region-usa"),
    (f"kind-{'k' * 63}.html", f"kind-{'k' * 63}.html", f"kind-{'k' * 63}"),
    ("favicon.ico", "icon.png", None),
    ("archive/sea-2026-03.atom", "archive/sea-2026-03.atom", "sea"),
    ("archive/sea-2026-03-12.atom", "archive/sea-2026-03-12.atom", "sea"),
    ("archive/sea-2026-2026-03.atom", "archive/sea-2026-2026-03.atom", "sea-2026"),
]


@pytest.mark.parametrize(("path", "file", "feed"), PATHS, ids=[row[0] for row in PATHS])
def test_a_path_asks_for_a_file(path: str, file: str, feed: str | None) -> None:
    """Each sort of published file is known by its name, and whose feed it is."""
    found = find_wanted(path)
    assert found is not None
    assert (found.file, found.feed) == (file, feed)
    assert feed is None or found.pattern.format(feed) == file


@pytest.mark.parametrize(
    ("moved", "found"),
    [
        ({}, {}),
        ({"a": "b"}, {"a": "b"}),
        ({"a": "b", "b": "c", "c": "d"}, {"a": "d", "b": "d", "c": "d"}),
        ({"a": "b", "b": "a", "x": "a", "y": "z"}, {"y": "z"}),
        ({"a": "a"}, {}),
    ],
)
def test_a_chain_of_moves_is_one_hop(moved: dict[str, str], found: dict[str, str]) -> None:
    """Every old name leads to the last one; a circle, which the configuration refuses, leads nowhere."""
    assert resolve_moves(moved) == found


@pytest.mark.parametrize(
    ("every", "seconds"),
    [([], 900), (["15 min"], 900), (["2 h", "20 min"], 1200), (["10 s"], 60), (["2 days"], 3600)],
)
def test_a_copy_is_kept_as_long_as_sources_wait(every: list[str], seconds: int) -> None:
    """The shortest interval of a source, at least a minute and at most an hour."""
    sources = "".join(f"  s{at}: {{type: text, path: p, every: {one}}}\n" for at, one in enumerate(every))
    config = "site: {title: T, url: https://t.example.org/}\n" + (f"sources:\n{sources}" if sources else "")
    assert keep_s(parse_config(config.encode(), Path("/x/config.yaml"))) == seconds


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://t.example.org/feeds/", "/feeds/"),
        ("https://t.example.org/", "/"),
        ("https://t.example.org/a/b/", "/a/b/"),
        ("https://t.example.org/nyhéter/", "/nyh%C3%A9ter/"),
        ("https://t.example.org/nyh%C3%A9ter/", "/nyh%C3%A9ter/"),
    ],
)
def test_the_path_of_the_public_address(url: str, path: str) -> None:
    """The folder is served where its public address says, as requests write it."""
    assert base_path(url) == path


def test_an_address_in_a_header_is_ascii() -> None:
    """What is not ASCII is percent-encoded, and no line of a header can be ended."""
    assert ascii_url("https://t.example.org/é%20/\r\nx: y") == b"https://t.example.org/%C3%A9%20/%0D%0Ax:%20y"
