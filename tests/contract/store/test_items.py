"""Items come back as they went in, in the order that each question asks for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from digest.model.item import Image, Item, ItemStatus
from digest.model.placement import Action, Placement
from digest.store import items
from digest.store.engine import Store
from digest.store.placements import append_placements

MakeItem = Callable[..., Item]

SPECIMENS: dict[str, dict[str, Any]] = {
    "plain": {},
    "nothing that may be missing": {"kind": None, "summary": "", "link": ""},
    "everything": {
        "truncated": True,
        "date_only": False,
        "image": Image("https://www.openharbour.example/a.jpg", "A pier", "The pier at dawn", "M. Quay"),
        "content_html": "<p>Long</p>",
        "author": "Ines Orr",
        "status": ItemStatus.WITHDRAWN,
        "revision": 3,
        "corrected_at": datetime(2020, 7, 5, 1, 2, 3, tzinfo=UTC),
        "note": "The date was wrong.",
        "topics": ("health", "women"),
        "regions": ("usa",),
        "link_key": "L1",
        "title_key": "T1",
        "pinned": ("title", "kind"),
    },
    "half a picture": {"image": Image(alt="A pier")},
    "any letters": {"title": "“Größe” – 北京 🚢 'x' \\ % _", "summary": "\u2028tab\tline\nend"},
    "before 1970": {"published_on": date(1948, 12, 10), "published_at": datetime(1948, 12, 10, tzinfo=UTC)},
}


@pytest.mark.parametrize("changes", SPECIMENS.values(), ids=SPECIMENS.keys())
def test_round_trip(store: Store, make_item: MakeItem, changes: dict[str, Any]) -> None:
    """An item comes back exactly as it was saved, with its id and its hash."""
    saved = make_item(1, **changes)
    with store.write() as connection:
        (item_id,) = items.insert_items(connection, [saved], ["abc"])
    with store.read() as connection:
        assert items.load_by_keys(connection, "newsroom", ["key-1"]) == {"key-1": (replace(saved, id=item_id), "abc")}
        assert items.load_items(connection, [item_id]) == {item_id: replace(saved, id=item_id)}


def test_a_naive_instant_is_refused(store: Store, make_item: MakeItem) -> None:
    """An instant without a zone never enters the store."""
    naive = make_item(1).updated_at.replace(tzinfo=None)
    with store.write() as connection, pytest.raises(Exception, match="naive datetime"):
        items.insert_items(connection, [make_item(1, updated_at=naive)], ["abc"])


def test_insert_gives_ids_in_order(store: Store, log: Any) -> None:
    """Ids come back in the order of the items, however many."""
    ids = log.add_items(700)
    assert ids == sorted(ids)
    with store.read() as connection:
        found = items.load_items(connection, ids)
        assert [found[item_id].key for item_id in ids] == [f"key-{number}" for number in range(1, 701)]
        assert len(items.load_by_keys(connection, "newsroom", [f"key-{n}" for n in range(2000)])) == 700
        assert items.count_items(connection) == 700
    assert log.add_items(0) == []


def test_keys_belong_to_a_source(store: Store, log: Any) -> None:
    """The same key in another source is another item."""
    log.add_items()
    with store.read() as connection:
        assert items.load_by_keys(connection, "elsewhere", ["key-1"]) == {}


def test_count_by_date(store: Store, log: Any) -> None:
    """Date-only items are counted for each date of their source, others not."""
    log.add_items(2)
    log.add_items(1, first=3, published_on=date(2020, 7, 4))
    log.add_items(1, first=4, date_only=False)
    log.add_items(1, first=5, source="elsewhere")
    dates = {date(2020, 7, 3), date(2020, 7, 4), date(2020, 7, 5)}
    with store.read() as connection:
        found = items.count_by_date(connection, "newsroom", dates)
    assert found == {date(2020, 7, 3): 2, date(2020, 7, 4): 1}


def test_save_item_keeps_its_revisions(store: Store, log: Any, make_item: MakeItem, now: datetime) -> None:
    """A changed item is overwritten, and each revision is kept with its instant and reason."""
    (item_id,) = log.add_items()
    changed = make_item(1, id=item_id, title="Other words", revision=2)
    with store.write() as connection:
        items.save_item(connection, changed, "new hash", "its title changed", now)
        items.save_item(connection, replace(changed, revision=3), None, "embargo lifted", now)
        items.save_match(connection, item_id, ["health"], ["usa"])
    with store.read() as connection:
        found, content_hash = items.load_by_keys(connection, "newsroom", ["key-1"])["key-1"]
        assert found == replace(changed, revision=3, topics=("health",), regions=("usa",))
        assert content_hash == "new hash"
        first = make_item(1).first_seen_at
        assert items.load_revisions(connection, item_id) == [
            (1, first, "first seen"),
            (2, now, "its title changed"),
            (3, now, "embargo lifted"),
        ]


def test_load_held(store: Store, log: Any, now: datetime) -> None:
    """Held items are found when their time has come, oldest first; no listing and no count has what is hidden."""
    later = {"status": ItemStatus.HELD}
    log.add_items(1, first=1, published_at=now, **later)
    log.add_items(1, first=2, published_at=now - timedelta(seconds=1), **later)
    log.add_items(1, first=3, published_at=now + timedelta(seconds=1), **later)
    log.add_items(1, first=4)
    log.add_items(1, first=5, status=ItemStatus.PENDING, published_at=now)
    with store.read() as connection:
        assert [one.key for one in items.load_held(connection, now)] == ["key-2", "key-1"]
        assert [one.key for one in items.each_item(connection)] == ["key-4"]
        assert items.count_items(connection) == 1


def test_each_item_is_newest_first(store: Store, log: Any) -> None:
    """All items come newest first, more than fit into one batch too."""
    log.add_items(1200)
    with store.read() as connection:
        numbers = [int(one.key.removeprefix("key-")) for one in items.each_item(connection)]
    assert numbers == list(range(1200, 0, -1))


def test_load_after(store: Store, log: Any) -> None:
    """Going through all items in steps meets each once."""
    ids = log.add_items(5)
    with store.read() as connection:
        steps = [[one.id for one in items.load_after(connection, after, 2)] for after in (0, ids[1], ids[3], ids[4])]
    assert steps == [ids[:2], ids[2:4], ids[4:], []]


FINDS = {
    "by entry id": ("tag:openharbour.example,2020:2", [2]),
    "by key": ("key-3", [3]),
    "by words, newest first": ("harbour", [2, 1]),
    "by words in any case": ("HARBOUR", [2, 1]),
    "a percent sign is a percent sign": ("100%", [3]),
    "an underscore is an underscore": ("a_b", [4]),
    "a backslash is a backslash": ("c\\d", [5]),
    "a wildcard alone": ("%", [3]),
    "not there": ("lighthouse", []),
}


@pytest.mark.parametrize(("words", "found"), FINDS.values(), ids=FINDS.keys())
def test_find_items(store: Store, log: Any, words: str, found: list[int]) -> None:
    """Items are found by id, key or words of the title, and no sign in the words has a meaning."""
    titles = ["The harbour opens", "A harbour closes", "100% of it", "a_b", "c\\d", "1000 axb"]
    for number, title in enumerate(titles, 1):
        log.add_items(1, first=number, title=title)
    with store.read() as connection:
        assert [one.key for one in items.find_items(connection, words)] == [f"key-{number}" for number in found]


def test_find_items_gives_ten(store: Store, log: Any) -> None:
    """Of many items the ten newest are shown."""
    log.add_items(15)
    with store.read() as connection:
        assert [one.key for one in items.find_items(connection, "headline")] == [f"key-{n}" for n in range(15, 5, -1)]


def test_load_newest(store: Store, log: Any, now: datetime) -> None:
    """In a topic news stands by when it was placed, what was old at the first reading by its own date."""
    ids = log.add_items(5)
    with store.append() as connection:
        old = [Placement(0, "health", item_id, Action.PLACED, 9) for item_id in (ids[2], ids[0], ids[1])]
        append_placements(connection, old, now)
        append_placements(connection, [Placement(0, "health", ids[3])], now)
        append_placements(connection, [Placement(0, "health", ids[4])], now)
    with store.read() as connection:
        assert items.newest_ids(connection, "health", 10) == [ids[4], ids[3], ids[2], ids[1], ids[0]]
        assert [one.id for one in items.load_newest(connection, "health", 2)] == [ids[4], ids[3]]
        assert items.load_newest(connection, "women", 2) == []
