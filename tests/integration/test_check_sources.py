"""`digest check` and CSS selectors: only the room that uses them knows whether they can be used."""

from pathlib import Path

import pytest

from digest.config.load import load_config
from digest.pipelines.check import check_sources

CONFIG = """\
site: {title: Open Harbour, url: "https://newsroom.example.org/"}
sources:
  good: {type: html, url: "https://newsroom.example.org/", items: article, title: h2, link: "h2 a@href"}
  listing:
    type: html
    url: "https://newsroom.example.org/news/"
    items: "article["
    title: h2
    link: a::attr(href)
    detail:
      content: "//div[@class='body']"
      date: time@datetime
"""


def test_every_bad_selector_is_told_at_its_place(tmp_path: Path) -> None:
    """A selector that cannot be used is an error with file, line, key and caret, and all are told at once."""
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)
    found = check_sources(load_config(file), file)
    assert [(one.line, one.column) for one in found] == [(7, 12), (9, 11), (11, 16)]
    assert [one.message.partition(":")[0] for one in found] == [
        "`sources.listing.items`",
        "`sources.listing.link`",
        "`sources.listing.detail.content`",
    ]
    assert str(found[0]).splitlines()[1:] == ['      items: "article["', "             ^"]


@pytest.mark.parametrize("more", ["", "  desk: {type: folder, path: desk}\n"])
def test_good_selectors(tmp_path: Path, more: str) -> None:
    """Selectors that can be used, and sources without any, are nothing to tell."""
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG.partition("  listing:")[0] + more)
    assert check_sources(load_config(file), file) == ()
