"""Items that a listing misses, what their pages answered; and items that wait for approval."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from digest.model.item import ItemStatus
from digest.model.source import Asked, Known
from digest.store import gone, pending
from digest.store.engine import Store

HOUR = timedelta(hours=1)
DAY = date(2020, 7, 3)


def key_of(number: int) -> str:
    """Return the link by which an item is compared."""
    return f"https://openharbour.example/news/{number}"


def test_recent_items(store: Store, log: Any) -> None:
    """Newest first come the live items of a source that have a link of their own and are newer than a date."""
    kept = [
        log.add_items(first=number, link_key=key_of(number), published_on=DAY + timedelta(days=number))[0]
        for number in (3, 1, 2)
    ]
    log.add_items(first=4, link_key=key_of(4), published_on=DAY)
    log.add_items(first=5, published_on=DAY + timedelta(days=9))
    log.add_items(first=6, link_key=key_of(6), published_on=DAY + timedelta(days=9), status=ItemStatus.WITHDRAWN)
    log.add_items(first=7, link_key=key_of(7), published_on=DAY + timedelta(days=9), source="elsewhere")
    with store.read() as connection:
        found = gone.load_recent(connection, "newsroom", DAY, 10)
        assert [one.id for one in found] == [kept[0], kept[2], kept[1]]
        assert found[0] == Known(kept[0], "key-3", key_of(3), "Headline 3", "https://www.openharbour.example/news/3/")
        assert gone.load_recent(connection, "newsroom", DAY, 1) == found[:1]


def test_answers_of_pages(store: Store, log: Any, now: datetime) -> None:
    """What a page answered is kept by item, found by source, overwritten, and forgotten."""
    first, second = log.add_items(2)
    [other] = log.add_items(first=3, source="elsewhere")
    with store.write() as connection:
        gone.save_asked(connection, first, Asked(404, now))
        gone.save_asked(connection, first, Asked(410, now))
        gone.save_asked(connection, second, Asked(200, now - HOUR))
        gone.save_asked(connection, other, Asked(0, now))
        assert gone.load_asked(connection, "newsroom") == {first: Asked(410, now), second: Asked(200, now - HOUR)}
        gone.forget_asked(connection, [first, other, 4711])
        assert gone.load_asked(connection, "newsroom") == {second: Asked(200, now - HOUR)}
        assert gone.load_asked(connection, "elsewhere") == {}


def test_doubtful_items(store: Store, log: Any, now: datetime) -> None:
    """In doubt is what was gone by an instant, the longest ago first; not what was there or gave no answer."""
    ids = log.add_items(5)
    answers = [(404, 1), (410, 2), (200, 3), (0, 3), (404, 0)]
    with store.write() as connection:
        for item_id, (status, hours) in zip(ids, answers, strict=True):
            gone.save_asked(connection, item_id, Asked(status, now - hours * HOUR))
        found = gone.load_doubtful(connection, now - HOUR)
    assert list(found.items()) == [(ids[1], Asked(410, now - 2 * HOUR)), (ids[0], Asked(404, now - HOUR))]


def test_items_that_wait(store: Store, log: Any, make_item: Any) -> None:
    """What waits for approval is counted by source and listed newest first, and nothing else is."""
    with store.read() as connection:
        assert (pending.count_pending(connection), pending.load_pending(connection)) == ({}, [])
    log.add_items(2, status=ItemStatus.PENDING)
    log.add_items(first=3, status=ItemStatus.PENDING, source="elsewhere")
    log.add_items(first=4)
    log.add_items(first=5, status=ItemStatus.HELD)
    with store.read() as connection:
        assert pending.count_pending(connection) == {"newsroom": 2, "elsewhere": 1}
        found = pending.load_pending(connection)
    assert [one.title for one in found] == ["Headline 3", "Headline 2", "Headline 1"]
    assert found[1] == replace(make_item(2, status=ItemStatus.PENDING), id=found[1].id)
