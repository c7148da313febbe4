"""Items that are called back under embargo: whose mail is stopped, and to whom they are new again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from digest.model.delivery import DeliveryState
from digest.model.item import UNKNOWN_EMBARGO, ItemStatus
from digest.model.placement import Action
from digest.pipelines import recall
from digest.store import items, recalls
from digest.store.engine import Store

PLACED, REMOVED, CORRECTED = Action.PLACED, Action.REMOVED, Action.CORRECTED
SENT, FAILED = DeliveryState.SENT, DeliveryState.FAILED
WHOLE = [("*", 0, None)]


def keep_apart(store: Store, item_id: int) -> None:
    """Keep apart who was handed an item and who was not."""
    with store.append() as connection:
        recalls.lock_lists(connection)
        recall.keep_apart(connection, item_id)


def choices(office: Any, number: int) -> list[tuple[str, int, int | None]]:
    """Return the choices of a reader."""
    return [(one.topic, one.after, one.until) for one in office.find(f"reader-{number:04}@inbox.example").choices]


def end(office: Any, *states: DeliveryState | None) -> None:
    """Hand over what is claimed, in the order of the readers; None stays in doubt."""
    for one, state in zip(office.claim(), states, strict=True):
        assert office.fence(one)
        if state is not None:
            office.record(one, state)


def test_who_was_not_handed_an_item_did_not_choose_its_rows(store: Store, log: Any, office: Any) -> None:
    """Sent and in doubt count as handed over, failed does not; rows of other items are chosen as before."""
    other, item_id = log.add_items(2)
    log.append(("all", other), ("all", item_id), ("a", item_id))
    office.subscribe(4)
    office.assemble(3)
    end(office, SENT, None, FAILED, SENT)
    office.subscribe(1, first=5)
    keep_apart(store, item_id)
    apart = [("*", 0, 1), ("*", 3, None)]
    assert [choices(office, number) for number in range(1, 6)] == [WHOLE, WHOLE, apart, WHOLE, apart]
    keep_apart(store, item_id)
    assert choices(office, 3) == apart


def test_each_row_is_judged_by_the_editions_that_could_show_it(store: Store, log: Any, office: Any) -> None:
    """Who was handed an edition between two rows of an item was shown it by the first one alone."""
    item_id, other = log.add_items(2)
    log.append(("all", item_id), ("all", other), ("a", item_id))
    office.subscribe(1)
    office.assemble(2)
    end(office, SENT)
    keep_apart(store, item_id)
    assert choices(office, 1) == [("*", 0, 2), ("*", 3, None)]


def test_who_comes_while_it_is_hidden_is_kept_apart_when_it_is_let_go(store: Store, log: Any, office: Any) -> None:
    """An edition that was assembled while an item was hidden shows nothing of it, whatever its place in the log."""
    (item_id,) = log.add_items()
    log.append(("all", item_id))
    keep_apart(store, item_id)
    log.append(("all", item_id, REMOVED))
    office.subscribe(1)
    office.assemble(2)
    end(office, SENT)
    keep_apart(store, item_id)
    assert choices(office, 1) == [("*", 1, None)]


def test_a_second_time_is_judged_by_itself(store: Store, log: Any, office: Any) -> None:
    """Of an item that was let go and is called back again, what it was the first time is settled."""
    (item_id,) = log.add_items()
    log.append(("all", item_id))
    log.append(("all", item_id, REMOVED))
    log.append(("all", item_id), ("a", item_id))
    office.subscribe(2)
    office.assemble(4)
    end(office, SENT, FAILED)
    keep_apart(store, item_id)
    assert [choices(office, 1), choices(office, 2)] == [WHOLE, [("*", 0, 2), ("*", 4, None)]]


@pytest.mark.parametrize(
    ("mark", "topic", "to_seq", "stopped"),
    [
        pytest.param(0, "*", 2, 1, id="new to them"),
        pytest.param(0, "a", 2, 1, id="new in their topic"),
        pytest.param(0, "b", 2, 0, id="in none of their topics"),
        pytest.param(2, "*", 3, 0, id="shown before"),
        pytest.param(2, "*", 4, 1, id="a correction of it"),
        pytest.param(0, "*", 0, 0, id="an edition of before"),
    ],
)
def test_mail_with_it_is_stopped(
    store: Store, log: Any, office: Any, now: datetime, mark: int, topic: str, to_seq: int, stopped: int
) -> None:
    """What is queued or claimed and may hold the item expires, with a reason that does not name it."""
    item_id, other = log.add_items(2)
    log.append(("all", item_id), ("a", item_id), ("all", other), ("all", item_id, CORRECTED))
    (one,) = office.subscribe(1)
    office.change(one, mark=mark, choices=(replace(one.choices[0], topic=topic),))
    edition_id = office.assemble(to_seq)
    with store.append() as connection:
        assert recall.stop_mail(connection, item_id, now) == stopped
    assert office.books(edition_id) == {"expired" if stopped else "queued": 1}
    assert len(office.claim()) == 1 - stopped


def test_what_is_handed_over_at_this_moment_stays_in_doubt(store: Store, log: Any, office: Any, now: datetime) -> None:
    """A claimed message is stopped before its fence; beyond it nobody can call it back."""
    (item_id,) = log.add_items()
    log.append(("all", item_id))
    office.subscribe(2)
    office.assemble(1)
    fenced, claimed = office.claim()
    assert office.fence(fenced)
    with store.append() as connection:
        assert recall.stop_mail(connection, item_id, now) == 1
    assert not office.fence(claimed)
    assert office.row(fenced).state == "in_doubt"


def test_what_is_called_back_and_what_was_never_seen(store: Store, log: Any, now: datetime) -> None:
    """Items under embargo are told apart by whether readers ever saw them."""
    held = {"status": ItemStatus.HELD, "embargo_at": now + timedelta(days=1)}
    back, fresh, live = log.add_items(1, **held) + log.add_items(1, 2, **held) + log.add_items(1, 3)
    log.append(("all", back), ("all", live), ("all", back, REMOVED))
    with store.read() as connection:
        assert recalls.load_called_back(connection) == {back}
        assert recalls.load_held_ids(connection, "newsroom") == {back, fresh}
        assert recalls.load_held_ids(connection, "elsewhere") == set()
        assert [recalls.was_placed(connection, one) for one in (back, fresh, live)] == [True, False, True]


def test_what_is_let_go_by_the_clock(store: Store, log: Any, now: datetime) -> None:
    """Embargo and date must both have come; where a date is a day alone, its embargo tells the time."""
    hour, today = timedelta(hours=1), now.date()
    cases = {
        "lifted this moment": ({"embargo_at": now}, True),
        "a second too early": ({"embargo_at": now + timedelta(seconds=1)}, False),
        "nobody can read it": ({"embargo_at": UNKNOWN_EMBARGO}, False),
        "no embargo any more": ({}, True),
        "a time of its own ahead": ({"embargo_at": now, "published_at": now + hour, "date_only": False}, False),
        "today at noon": ({"embargo_at": now, "published_at": now + hour, "published_on": today}, True),
        "tomorrow": ({"embargo_at": now, "published_at": now + hour, "published_on": today + timedelta(1)}, True),
        "the day after": ({"embargo_at": now, "published_at": now + hour, "published_on": today + timedelta(2)}, False),
        "today at noon, no embargo": ({"published_at": now + hour, "published_on": today}, False),
    }
    for number, (title, (changes, _)) in enumerate(cases.items(), 1):
        log.add_items(1, number, title=title, status=ItemStatus.HELD, **changes)
    with store.read() as connection:
        found = {one.title for one in items.load_held(connection, now)}
    assert found == {title for title, (_, is_out) in cases.items() if is_out}


@pytest.mark.parametrize(
    ("offered", "backlog_days", "stopped"),
    [
        pytest.param(("all",), 0, 1, id="everything is offered"),
        pytest.param(("a",), 0, 1, id="its topic is offered"),
        pytest.param(("b",), 0, 0, id="another topic is offered"),
        pytest.param(("all",), 8, 0, id="too old for any digest"),
    ],
)
def test_mail_without_it_goes_out(
    store: Store, log: Any, office: Any, now: datetime, offered: tuple[str, ...], backlog_days: int, stopped: int
) -> None:
    """Which digest has an item is told by the rule that makes digests: its list's offer and the item's age count."""
    office.mailing = replace(office.mailing, topics=offered)
    (item_id,) = log.add_items()
    log.append(("all", item_id, PLACED, backlog_days), ("a", item_id, PLACED, backlog_days))
    office.subscribe(2)
    edition_id = office.assemble(2)
    with store.append() as connection:
        assert recall.stop_mail(connection, item_id, now) == 2 * stopped
    assert office.books(edition_id) == {"expired" if stopped else "queued": 2}
