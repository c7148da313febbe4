"""Editions: one of each key, and one delivery for everybody they are for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from digest.model.delivery import DeliveryState
from digest.model.edition import Audience, Group, Rendered, Slot
from digest.model.mailing import Cadence
from digest.model.subscriber import Choice, Format, SubscriptionStatus
from digest.store import editions
from digest.store.editions import SHARD_SIZE
from digest.store.engine import Store
from digest.store.tables import delivery

SENT, QUEUED, IN_DOUBT = DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.IN_DOUBT


def test_edition_key_is_unique(store: Store, office: Any) -> None:
    """A second edition of the same list, cadence, slot and zone is refused; another zone is another edition."""
    one = office.edition(7)
    with store.write() as connection:
        edition_id = editions.insert_edition(connection, one, "a note")
        assert edition_id is not None
        assert editions.insert_edition(connection, replace(one, to_seq=9), "") is None
        other = replace(one, slot=replace(one.slot, timezone="Asia/Tokyo"))
        assert editions.insert_edition(connection, other, "") is not None
        assert editions.load_edition(connection, edition_id) == replace(one, id=edition_id)


def test_edition_key_is_unique_at_once(
    store: Store, office: Any, run_all: Callable[[list[Callable[[], Any]]], list[Any]]
) -> None:
    """F49: of several who assemble the same edition at the same time, one does."""
    one = office.edition(7)

    def assemble() -> int | None:
        with store.write() as connection:
            return editions.insert_edition(connection, one, "")

    made = run_all([assemble] * 6)
    assert len([edition_id for edition_id in made if edition_id is not None]) == 1


def test_load_editions(store: Store, office: Any, now: datetime) -> None:
    """The last editions come newest first, with note and audience; a slot keeps what it stands for."""
    older = replace(office.edition(7), slot=Slot("2020-07-01", "UTC", now, missed=2))
    newer = replace(office.edition(9), assembled_at=now + timedelta(days=1))
    with store.write() as connection:
        ids = [editions.insert_edition(connection, one, note) for one, note in ((newer, "newer"), (older, ""))]
        rows = [replace(newer, id=ids[0]), replace(older, id=ids[1])]
        assert editions.load_editions(connection) == [(rows[0], "newer", 0), (rows[1], "", 0)]
        assert editions.load_editions(connection, 1) == [(rows[0], "newer", 0)]


def test_variant_round_trip(store: Store, office: Any) -> None:
    """A variant comes back as it was rendered, with or without HTML."""
    with store.write() as connection:
        edition_id = editions.insert_edition(connection, office.edition(7), "") or 0
        for content in (Rendered("Größe", "text\n", "<p>ü</p>"), Rendered("s", "t", None)):
            variant_id = editions.insert_variant(connection, edition_id, content)
            assert editions.load_variant(connection, variant_id) == content


def test_last_slot_and_seqs(store: Store, office: Any) -> None:
    """The last slot is that of a cadence and zone; the last seq that of the immediate cadence, or of all."""
    base = office.edition(0)
    rows = [
        (Cadence.DAILY, "2020-07-09", "UTC", 3),
        (Cadence.DAILY, "2020-07-10", "UTC", 5),
        (Cadence.DAILY, "2020-07-11", "Asia/Tokyo", 6),
        (Cadence.WEEKLY, "2020-07-12", "UTC", 9),
        (Cadence.IMMEDIATE, "7", "UTC", 7),
    ]
    with store.write() as connection:
        assert editions.load_last_slot(connection, "morning", Cadence.DAILY, "UTC") is None
        assert editions.load_last_seq(connection, "morning", "UTC") == 0
        assert editions.load_last_edition_seq(connection, "morning") == 0
        for cadence, key, zone, seq in rows:
            slot = Slot(key, zone, base.slot.at)
            editions.insert_edition(connection, replace(base, cadence=cadence, slot=slot, to_seq=seq), "")
        assert editions.load_last_slot(connection, "morning", Cadence.DAILY, "UTC") == "2020-07-10"
        assert editions.load_last_slot(connection, "other", Cadence.DAILY, "UTC") is None
        assert editions.load_last_seq(connection, "morning", "UTC") == 7
        assert editions.load_last_edition_seq(connection, "morning") == 9


def test_start_seq(store: Store, office: Any, log: Any, now: datetime) -> None:
    """Before a list's first edition people begin one period back, afterwards at the log's end."""
    (x,) = log.add_items()
    day = timedelta(days=1)
    log.append(("all", x), at=now - 2 * day)
    log.append(("health", x), at=now - day / 2)
    with store.write() as connection:
        assert editions.start_seq(connection, "morning", day, now) == 1
        editions.insert_edition(connection, office.edition(2), "")
        assert editions.start_seq(connection, "morning", day, now) == 2
        assert editions.start_seq(connection, "weekly", day, now) == 1


def test_cadences_and_groups(store: Store, office: Any) -> None:
    """Active people are counted by cadence and zone, and grouped by all that makes a digest differ."""
    office.subscribe(2)
    office.subscribe(1, first=3, cadence=Cadence.WEEKLY, timezone="Asia/Tokyo")
    office.subscribe(1, first=4, status=SubscriptionStatus.PAUSED)
    office.subscribe(1, first=5, format=Format.TEXT, mark=7, language="fr", choices=(Choice("a"),))
    with store.read() as connection:
        assert editions.load_cadences(connection, "morning") == [
            (Cadence.DAILY, "UTC", 3),
            (Cadence.WEEKLY, "Asia/Tokyo", 1),
        ]
        groups = editions.load_groups(connection, Audience("morning"))
        shared, own = groups[0].choices_id, groups[1].choices_id
        assert groups == [Group(shared, 0, "en", Format.HTML, 3), Group(own, 7, "fr", Format.TEXT, 1)]
        weekly = editions.load_groups(connection, Audience("morning", Cadence.WEEKLY))
        assert weekly == [Group(shared, 0, "en", Format.HTML, 1)]
        assert editions.load_groups(connection, Audience("morning", Cadence.WEEKLY, "UTC")) == []
        assert editions.load_groups(connection, Audience("other")) == []


def test_enrol_gives_everybody_one_delivery(store: Store, office: Any) -> None:
    """Everybody active of the groups gets one delivery, in shards; others get none."""
    office.subscribe(SHARD_SIZE + 1)
    office.subscribe(1, first=9001, status=SubscriptionStatus.PAUSED)
    office.subscribe(1, first=9002, status=SubscriptionStatus.UNSUBSCRIBED)
    office.subscribe(1, first=9003, cadence=Cadence.WEEKLY)
    edition_id = office.assemble(7, Audience("morning", Cadence.DAILY, "UTC"))
    assert office.audience(edition_id) == SHARD_SIZE + 1
    assert office.books(edition_id) == {"queued": SHARD_SIZE + 1}
    with store.read() as connection:
        shards = list(connection.execute(select(delivery.c.shard).order_by(delivery.c.subscription_id)).scalars())
    assert shards == [0] * SHARD_SIZE + [1]


def test_enrol_nobody(store: Store, office: Any, now: datetime) -> None:
    """An edition with nothing for anybody has an audience of nobody."""
    office.subscribe(1)
    with store.write() as connection:
        edition_id = editions.insert_edition(connection, office.edition(7), "") or 0
        assert editions.enrol(connection, edition_id, Audience("morning"), {}, now) == 0
    assert office.books(edition_id) == {}


def test_enrol_gives_each_group_its_variant(store: Store, office: Any, now: datetime) -> None:
    """People get the variant of their own group, and who is in no group gets no delivery."""
    office.subscribe(2)
    office.subscribe(1, first=3, language="fr")
    office.subscribe(1, first=4, mark=5)
    audience = Audience("morning")
    with store.write() as connection:
        edition_id = editions.insert_edition(connection, office.edition(7), "") or 0
        made = {
            language: editions.insert_variant(connection, edition_id, Rendered(language, "t", None))
            for language in ("en", "fr")
        }
        groups = [group for group in editions.load_groups(connection, audience) if group.mark == 0]
        variants = {group: made[group.language] for group in groups}
        assert editions.enrol(connection, edition_id, audience, variants, now) == 3
        rows = connection.execute(select(delivery.c.variant_id).order_by(delivery.c.subscription_id)).scalars()
        assert list(rows) == [made["en"], made["en"], made["fr"]]


def test_a_later_edition_expires_what_is_open(office: Any) -> None:
    """Queued and claimed deliveries expire when a later edition holds their items; a claimed one is not fenced then."""
    office.subscribe(2)
    first = office.assemble(7)
    claimed = office.claim()
    second = office.assemble(8)
    assert office.books(first) == {"expired": 2}
    assert office.books(second) == {"queued": 2}
    assert not office.fence(claimed[0])


def test_a_later_edition_leaves_others_alone(office: Any) -> None:
    """An edition for one cadence expires nothing of people of another."""
    office.subscribe(1)
    office.subscribe(1, first=2, cadence=Cadence.WEEKLY)
    first = office.assemble(7)
    office.assemble(8, Audience("morning", Cadence.WEEKLY))
    assert office.books(first) == {"queued": 1, "expired": 1}


def test_who_is_in_doubt_is_left_out(office: Any) -> None:
    """A person in doubt has no part in a later edition until the doubt is settled."""
    office.subscribe(2)
    first = office.assemble(7)
    one, other = office.claim()
    assert office.fence(one)
    second = office.assemble(8)
    assert office.books(first) == {"in_doubt": 1, "expired": 1}
    assert (office.books(second), office.audience(second)) == ({"queued": 1}, 1)
    office.settle(one)
    third = office.assemble(9)
    assert office.books(third) == {"queued": 2}
    assert office.books(first) == {"in_doubt": 1, "expired": 1}
    assert other.subscription_id != one.subscription_id


def test_idle_marks(store: Store, office: Any, log: Any) -> None:
    """Marks of groups for whom there was nothing move on, except where a delivery is still under way."""
    office.subscribe(3)
    office.assemble(7)
    one, other, _ = office.claim()
    assert office.fence(one)
    assert office.fence(other)
    office.record(other, DeliveryState.FAILED)
    with store.write() as connection:
        groups = editions.load_groups(connection, Audience("morning"))
        editions.move_idle_marks(connection, Audience("morning"), groups, 9000)
    assert office.marks() == [0, 9000, 0]


@pytest.mark.parametrize("state", [SENT, QUEUED, DeliveryState.FAILED], ids=str)
def test_only_what_was_handed_over_is_behind_a_mark(office: Any, state: DeliveryState) -> None:
    """Somebody whose digest was not handed over is in the same group as before, so its items are in the next one."""
    office.subscribe(1)
    office.assemble(7)
    (one,) = office.claim()
    assert office.fence(one)
    office.record(one, state)
    assert office.marks() == [7 if state is SENT else 0]
