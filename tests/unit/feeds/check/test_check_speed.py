"""What a check costs, as computing time of this process."""

import time

from digest.feeds.check import Passed, check_feed


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


def checked_in_s(data: bytes, previous: bytes | None, passed: Passed | None) -> float:
    """Return how long a check takes that finds nothing, the best of several."""
    best = 1.0
    for _ in range(10):
        started = time.process_time()
        assert check_feed(data, previous, passed=passed) == ()
        best = min(best, time.process_time() - started)
    return best


def test_fast_enough_for_every_publication(feed: str, entry: str) -> None:
    """Fifty entries nobody has seen take a few milliseconds; known ones, against their past, a twentieth of that."""
    data, passed = feed_of_fifty(feed, entry), Passed()
    unknown_s = checked_in_s(data, None, None)
    assert unknown_s < 0.030  # 6 ms where it was measured
    check_feed(data, passed=passed)
    known_s = checked_in_s(data.replace(b"<title>All", b"<title>More"), data, passed)
    assert known_s < 0.003  # 0.5 ms where it was measured
    assert known_s * 4 < unknown_s
