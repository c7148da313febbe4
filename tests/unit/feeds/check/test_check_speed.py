"""What a check costs, beside what it cannot do without."""

from lxml import etree

from digest.feeds.check import Passed, check_feed
from tests.costs import Work, assert_cheap


def feed_of_fifty(feed: str, entry: str) -> bytes:
    """Return a feed of fifty entries of some 2 kB."""
    entries = [
        entry.replace("2026:1<", f"2026:9{n}<")
        .replace("17:00:00Z", f"15:59:{n:02}Z")
        .replace("16:00:00+00:00", "15:00:00Z")
        .replace("Long.", "Long words. " * 80)
        for n in range(50)
    ]
    return feed.replace(entry, "\n".join(entries)).encode()


def check(data: bytes, previous: bytes | None = None, passed: Passed | None = None) -> Work:
    """Return a check that finds nothing."""

    def work() -> None:
        assert check_feed(data, previous, passed=passed) == ()

    return work


def test_fast_enough_for_every_publication(feed: str, entry: str) -> None:
    """Fifty new entries cost some parsings of their feed to check; known ones, against their past, a few of those."""
    data, passed = feed_of_fifty(feed, entry), Passed()
    # 6 ms and 0.5 ms where it was measured, and 0.26 ms for the parsing alone.
    assert_cheap(check(data), lambda: etree.fromstring(data), below=60)
    check_feed(data, passed=passed)
    assert_cheap(check(data.replace(b"<title>All", b"<title>More"), data, passed), check(data), below=0.25)
