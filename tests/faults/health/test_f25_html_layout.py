"""F24, F25 on a listing of HTML: the page is redesigned, or asks people to log in, and nobody loses an item."""

from datetime import datetime, timedelta
from typing import Any

import pytest

HOUR = timedelta(hours=1)
SITE = """\
site: {{title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}}
sources:
  wire:
    type: html
    url: "{url}"
    allow_private: true
    items: article.card
    title: h2
    link: h2 a@href
    date: time@datetime
"""
BEFORE = """\
<article class="card"><h2><a href="/news/{number}">Ferry number {number} returns to the harbour</a></h2>
<time datetime="2026-03-{day:02}">March {day}</time></article>
"""
AFTER = """\
<li class="teaser"><a href="/news/{number}"><b>Ferry number {number} returns to the harbour</b></a> {day} March</li>
"""
PAGE = "<!DOCTYPE html><html><head><title>News</title></head><body><main>{items}</main></body></html>"
LOGIN = """\
<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1>
<form action="/login" method="post"><input name="user"><input type="password" name="password"></form></body></html>
"""


def page(pattern: str) -> str:
    """Return a page of ten stories."""
    return PAGE.format(items="".join(pattern.format(number=90 + day, day=day) for day in range(10, 0, -1)))


@pytest.mark.parametrize(
    ("body", "word", "said"),
    [
        (page(AFTER), "broken", "SOURCE wire: 0 of the usual 10 items: has the layout changed?"),
        (LOGIN, "suspect", "SOURCE wire: it answers with something else"),
    ],
    ids=["another layout", "a login page"],
)
async def test_a_listing_without_its_items(body: str, word: str, said: str, wire: Any, noon: datetime) -> None:
    """`status` says what is to be seen; items and feeds stay, and when it heals nothing is new."""
    wire.newsroom.configure(site=SITE.format(url=f"{wire.base}/feed"))
    wire.headers = {"Content-Type": "text/html"}
    wire.body = page(BEFORE)
    assert (await wire.read(noon)).new == 10
    feed = wire.newsroom.feed("all")
    wire.body = body
    await wire.read(noon + HOUR)
    assert [one["health"] for one in wire.health(noon + HOUR)["sources"]] == [word]
    assert any(line.startswith(said) for line in wire.tell(noon + HOUR))
    assert (wire.newsroom.feed("all"), wire.asked) == (feed, [])
    assert {item.status.value for item in wire.items().values()} == {"live"}
    wire.body = page(BEFORE)
    healed = await wire.read(noon + 2 * HOUR)
    assert (healed.new, healed.changed, healed.same) == (0, 0, 10)
    assert wire.tell(noon + 2 * HOUR)[-1] == "No troubles."
