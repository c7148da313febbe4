"""F23 to F26 as an operator meets them: `status` says what is wrong, and the last good items and feeds stay."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
USUAL = range(76, 101)
LOGIN = "<!DOCTYPE html><html><body><h1>Sign in</h1><form>Password</form></body></html>"


async def settle(wire: Any, noon: datetime) -> str:
    """Read a full page and return the feed that came of it."""
    wire.show(*USUAL)
    await wire.read(noon)
    return str(wire.newsroom.feed("all"))


def troubles(lines: list[str]) -> list[str]:
    """Return the lines from the first trouble on."""
    first = next(number for number, line in enumerate(lines) if line.startswith("SOURCE"))
    return lines[first:]


def even(line: str) -> str:
    """Return a line with its white space evened out."""
    return " ".join(line.split())


async def test_f25_a_new_layout_is_told_and_nothing_is_withdrawn(wire: Any, noon: datetime) -> None:
    """Where 25 items were usual and none is found, the source is broken; items and feeds stay, no page is asked."""
    feed = await settle(wire, noon)
    wire.show()
    await wire.read(noon + HOUR)
    said = " ".join(even(line) for line in troubles(wire.tell(noon + HOUR)))
    assert said.startswith("SOURCE wire: 0 of the usual 25 items: has the layout changed? Keeps the last good items; ")
    assert re.search(r"; next reading 13:15\. \./run sources try http\S+ --allow-private looks at it anew$", said)
    assert wire.newsroom.feed("all") == feed
    assert {item.status.value for item in wire.items().values()} == {"live"}
    assert wire.asked == []
    for hours in range(2, 6):
        wire.body += " "
        await wire.read(noon + hours * HOUR)
    assert "SOURCE wire: 0 of the usual 25 items: has the layout changed?" in wire.tell(noon + 6 * HOUR)
    wire.show(*USUAL)
    await wire.read(noon + 6 * HOUR)
    assert wire.tell(noon + 6 * HOUR)[-1] == "No troubles."


async def test_f25_half_of_the_usual_is_told(wire: Any, noon: datetime) -> None:
    """A page with half of its items is worth a look, and no more than that."""
    await settle(wire, noon)
    wire.show(*USUAL[-12:])
    await wire.read(noon + HOUR)
    assert troubles(wire.tell(noon + HOUR))[0] == "SOURCE wire: 12 of the usual 25 items"


async def test_f26_a_page_that_was_always_empty_is_no_trouble(wire: Any, noon: datetime) -> None:
    """A source that lists nothing, and never has, is called empty."""
    await wire.read(noon)
    lines = wire.tell(noon)
    assert even(lines[1]) == "source wire empty · read 2026-03-11 12:00, next 2026-03-11 12:15"
    assert lines[-1] == "No troubles."
    assert wire.newsroom.check_feeds() == []


async def test_f24_a_login_page_with_a_200_is_suspect(wire: Any, noon: datetime) -> None:
    """An HTML page in place of the feed: what was seen, since when, and that the last good state stays."""
    feed = await settle(wire, noon)
    wire.body, wire.headers = LOGIN, {"Content-Type": "text/html"}
    await wire.read(noon + HOUR)
    [source] = wire.health(noon + HOUR)["sources"]
    assert (source["health"], source["failures"]) == ("suspect", 1)
    said = " ".join(troubles(wire.tell(noon + HOUR)))
    assert said.startswith("SOURCE wire: it answers with something else, stale since 12:00: ")
    assert "Keeps the last good items and feeds; next try 13:1" in said
    assert wire.newsroom.feed("all") == feed
    wire.headers = {}
    wire.show(*USUAL)
    assert (await wire.read(noon + 2 * HOUR)).problem is None
    assert wire.tell(noon + 2 * HOUR)[-1] == "No troubles."


@pytest.mark.parametrize(
    ("status", "word", "said"),
    [
        (503, "unreachable", "SOURCE wire: stale since 12:00: the server answered 503"),
        (410, "gone", "SOURCE wire: its page is gone for good (410), stale since 12:00"),
        (404, "unreachable", "SOURCE wire: stale since 12:00: the server answered 404"),
    ],
)
async def test_f23_a_server_that_refuses(status: int, word: str, said: str, wire: Any, noon: datetime) -> None:
    """What the server answered is told with what comes next, how often it did in a row, and everything stays."""
    feed = await settle(wire, noon)
    wire.status = status
    await wire.read(noon + HOUR)
    await wire.read(noon + 2 * HOUR)
    [source] = wire.health(noon + 2 * HOUR)["sources"]
    assert (source["health"], source["failures"], source["http_status"]) == (word, 2, status)
    first, *others = troubles(wire.tell(noon + 2 * HOUR))
    assert first.startswith(said)
    assert all(len(line) <= 80 for line in (first, *others))
    assert wire.newsroom.feed("all") == feed
    assert len(wire.items()) == 25


async def test_f23_a_source_that_moved_for_good(wire: Any, noon: datetime) -> None:
    """A 301 is followed, and told until config.yaml names the new address, which then changes nothing else."""
    wire.configure(f"{wire.base}/old")
    await settle(wire, noon)
    first, *others = troubles(wire.tell(noon))
    assert first == f"SOURCE wire: it moved for good to {wire.base}/feed"
    assert even(" ".join(others)).startswith("Write it into config.yaml, line 3; until then")
    wire.configure(f"{wire.base}/feed")
    assert wire.tell(noon)[-1] == "No troubles."
    read = await wire.read(noon + HOUR)
    assert (read.new, read.changed) == (0, 0)


async def test_f23_a_silence_is_told_by_what_is_usual(wire: Any, noon: datetime) -> None:
    """After four days with something new each day, a silence of three is none yet, and one of four is told."""
    for days in range(5):
        wire.show(*range(50, 71 + days))
        await wire.read(noon + days * DAY)
    last = noon + 4 * DAY
    lines = wire.tell(last + HOUR)
    assert even(lines[2]) == "usually 23 items, something new every 24 h"
    await wire.read(last + 3 * DAY)
    assert wire.tell(last + 3 * DAY)[-1] == "No troubles."
    await wire.read(last + 4 * DAY)
    told = troubles(wire.tell(last + 4 * DAY))
    assert told[0] == "SOURCE wire: nothing new for 4 days, usually every 24 h"
    assert re.fullmatch(r"  Is there something new on its page\? Next reading 12:\d\d\.", told[1])


async def test_nobody_reads_any_more(wire: Any, noon: datetime) -> None:
    """When every source has been due for a day, that is told: the program that should read them does not run."""
    await settle(wire, noon)
    assert wire.tell(noon + DAY)[-1] == "No troubles."
    assert "NOTHING IS READ: every source has been due for 2 days" in " ".join(wire.tell(noon + 2 * DAY + HOUR))


async def test_one_source_that_is_never_due_again_is_no_standstill(wire: Any, noon: datetime) -> None:
    """As long as any source is read, the program runs."""
    config = wire.newsroom.config
    config.write_text(config.read_text().replace("topics:", "  page: {type: text, path: page.txt}\ntopics:", 1))
    await settle(wire, noon)
    await wire.newsroom.app().ingest(noon + 3 * DAY, only=["wire"])
    assert not [line for line in wire.tell(noon + 3 * DAY) if "NOTHING IS READ" in line]


async def test_of_many_sources_only_those_in_trouble_are_listed(wire: Any, noon: datetime) -> None:
    """With 2,000 sources the status fits a screen: how many are how, and a sentence for those in trouble."""
    await settle(wire, noon)
    wire.status = 503
    await wire.read(noon + HOUR)
    more = "\n".join(f"  s{number}: {{type: feed, url: '{wire.base}/none'}}" for number in range(1999))
    config = wire.newsroom.config
    config.write_text(config.read_text().replace("topics:", f"{more}\ntopics:", 1))
    lines = wire.tell(noon + HOUR)
    assert even(lines[1]) == "2,000 sources 1,999 new, 1 unreachable"
    assert len(lines) < 12
    assert all(len(line) <= 80 for line in lines)
    assert troubles(lines)[0].startswith("SOURCE wire: stale since 12:00")
