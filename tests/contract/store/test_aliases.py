"""Other names of items, and by what items are found again."""

from datetime import date, datetime, timedelta
from typing import Any

from digest.model.item import ItemStatus
from digest.store import aliases, items
from digest.store.engine import Store

DAY = timedelta(days=1)


def test_an_alias_belongs_to_its_source(store: Store, log: Any, now: datetime) -> None:
    """A name leads to its item in the source that uses it, and in no other; many are found at once."""
    ids = log.add_items(700)
    with store.write() as connection:
        aliases.save_aliases(connection, "wire", {f"w{n}": item_id for n, item_id in enumerate(ids)}, now)
    with store.read() as connection:
        found = aliases.find_aliases(connection, "wire", [f"w{n}" for n in range(2_000)])
        assert found == {f"w{n}": item_id for n, item_id in enumerate(ids)}
        assert aliases.find_aliases(connection, "newsroom", ["w1"]) == {}
        assert aliases.find_aliases(connection, "wire", []) == {}


def test_an_alias_is_written_once(store: Store, log: Any, now: datetime) -> None:
    """A name that has an item keeps it."""
    one, other = log.add_items(2)
    with store.write() as connection:
        aliases.save_aliases(connection, "wire", {"w": one}, now)
        aliases.save_aliases(connection, "wire", {"w": other, "v": other}, now + DAY)
        aliases.save_aliases(connection, "wire", {}, now)
        assert aliases.find_aliases(connection, "wire", ["w", "v"]) == {"w": one, "v": other}


def test_the_first_source_to_name_an_item_comes_first(store: Store, log: Any, now: datetime) -> None:
    """Sources come by when they named an item first, then by id, each once; an item without aliases is not there."""
    one, other, bare = log.add_items(3)
    with store.write() as connection:
        aliases.save_aliases(connection, "late", {"a": one}, now + DAY)
        aliases.save_aliases(connection, "wire", {"a": one, "b": one, "c": other}, now)
        aliases.save_aliases(connection, "early", {"c": other}, now)
        found = aliases.load_alias_sources(connection, [one, other, bare])
    assert found == {one: ["wire", "late"], other: ["early", "wire"]}


def test_find_by_links(store: Store, log: Any) -> None:
    """Items of any source are found by their link keys, oldest first; one without is never found."""
    first = log.add_items(1, first=1, link_key="L1")
    second = log.add_items(1, first=2, link_key="L1", source="wire")
    third = log.add_items(1, first=3, link_key="L3")
    log.add_items(1, first=4)
    with store.read() as connection:
        found = items.find_by_links(connection, {"L1", "L3", *(f"x{n}" for n in range(600))})
        assert [one.id for one in found] in ([*first, *second, *third], [*third, *first, *second])
        assert items.find_by_links(connection, set()) == []


def test_find_by_titles(store: Store, log: Any) -> None:
    """Items of any source are found by their title keys within a span of dates, both ends included."""
    on = date(2020, 7, 3)
    ids = [log.add_items(1, first=n, title_key="T", published_on=on + n * DAY)[0] for n in range(5)]
    log.add_items(1, first=9, title_key="U", published_on=on)
    with store.read() as connection:
        found = items.find_by_titles(connection, {"T", "V"}, on + DAY, on + 3 * DAY)
        assert [one.id for one in found] == ids[1:4]
        assert len(items.find_by_titles(connection, {"T"}, date.min, date.max)) == 5


def test_save_names(store: Store, log: Any) -> None:
    """Keys by which items are found are written for many at once, and nothing else is touched."""
    one, other, third = log.add_items(3)
    with store.write() as connection:
        before = items.load_items(connection, [one, other, third])
        items.save_names(connection, [(one, "L", "T"), (other, None, "U")])
        items.save_names(connection, [])
        after = items.load_items(connection, [one, other, third])
    assert [(after[n].link_key, after[n].title_key) for n in (one, other, third)] == [
        ("L", "T"),
        (None, "U"),
        (None, None),
    ]
    assert {n: after[n].title for n in after} == {n: before[n].title for n in before}


def test_load_hashes(store: Store, log: Any) -> None:
    """Content hashes come by item."""
    one, other = log.add_items(2)
    with store.read() as connection:
        assert items.load_hashes(connection, [one, other]) == {one: "hash of key-1", other: "hash of key-2"}


def test_count_since(store: Store, log: Any) -> None:
    """Items of a source are counted by day in a span; what waits for approval does not count, embargoed ones do."""
    on = date(2020, 7, 3)
    log.add_items(2, first=1)
    log.add_items(1, first=3, published_on=on + DAY, status=ItemStatus.HELD)
    log.add_items(1, first=4, status=ItemStatus.PENDING)
    log.add_items(1, first=5, source="elsewhere")
    log.add_items(1, first=6, published_on=on + 9 * DAY)
    with store.read() as connection:
        assert items.count_since(connection, "newsroom", on, on + DAY) == {on: 2, on + DAY: 1}
