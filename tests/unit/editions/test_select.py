"""What is new to somebody, rule by rule."""

from dataclasses import dataclass

import pytest

from digest.editions.select import effective_choices, group_by_item, select
from digest.model.edition import Selected, Selection
from digest.model.placement import Action, Placement
from digest.model.subscriber import OFFER, Choice
from digest.model.topic import ALL

NOTHING = Selection()
HEALTH, WOMEN = Choice("health"), Choice("women")
EVERYTHING = Choice(ALL)
X, Y = 1, 2


def placed(seq: int, topic: str = "health", item_id: int = X, backlog_days: int = 0) -> Placement:
    return Placement(seq, topic, item_id, Action.PLACED, backlog_days)


def corrected(seq: int, topic: str = "health") -> Placement:
    return Placement(seq, topic, X, Action.CORRECTED)


def revised(seq: int, topic: str = "health") -> Placement:
    return Placement(seq, topic, X, Action.REVISED)


def withdrawn(seq: int, topic: str = "health") -> Placement:
    return Placement(seq, topic, X, Action.WITHDRAWN)


def removed(seq: int, topic: str = "health") -> Placement:
    return Placement(seq, topic, X, Action.REMOVED)


def new(*entries: tuple[int, tuple[str, ...], int]) -> Selection:
    return Selection(new=tuple(Selected(*entry) for entry in entries))


@dataclass(frozen=True)
class Case:
    """Rows of the log, what is chosen, which part of the log an edition covers, and what it shows."""

    rows: tuple[Placement, ...]
    choices: tuple[Choice, ...] = (HEALTH,)
    mark: int = 0
    to_seq: int = 100
    backlog_days: int = 1
    shows: Selection = NOTHING


CASES = {
    "an item that matches no topic reaches who takes everything": Case(
        rows=(placed(1, ALL),), choices=(EVERYTHING,), shows=new((X, (), 1))
    ),
    "an item that matches no topic does not reach who takes a topic": Case(rows=(placed(1, ALL),)),
    "who takes everything has all of an item's topics as labels": Case(
        rows=(placed(1, ALL), placed(2, "women"), placed(3, "health")),
        choices=(EVERYTHING,),
        shows=new((X, ("health", "women"), 1)),
    ),
    "regions and kinds are no labels": Case(
        rows=(placed(1, ALL), placed(2, "region:usa"), placed(3, "kind:report"), placed(4, "health")),
        choices=(EVERYTHING,),
        shows=new((X, ("health",), 1)),
    ),
    "a region can be chosen too": Case(
        rows=(placed(1, "region:usa"),), choices=(Choice("region:usa"),), shows=new((X, (), 1))
    ),
    "an item under embargo has no rows, so it is nowhere": Case(rows=()),
    "an item whose embargo lifts after the edition was frozen is in the next one": Case(rows=(placed(5),), to_seq=4),
    "an item whose embargo lifted is new": Case(rows=(placed(5),), mark=4, shows=new((X, ("health",), 5))),
    "an item in several chosen topics appears once, labelled with all of them": Case(
        rows=(placed(1, "women"), placed(2, "health")),
        choices=(HEALTH, WOMEN),
        shows=new((X, ("health", "women"), 1)),
    ),
    "a topic that was not chosen is no label": Case(
        rows=(placed(1, "women"), placed(2, "health")), shows=new((X, ("health",), 2))
    ),
    "an item shown before is not new again in one more topic": Case(
        rows=(placed(1), placed(9, "women")), choices=(HEALTH, WOMEN), mark=5
    ),
    "an item shown before is not new again in a topic taken up later": Case(
        rows=(placed(1), placed(9, "women")), choices=(HEALTH, Choice("women", 7)), mark=5
    ),
    "an item shown in a topic that was dropped is not new again when the topic is taken up again": Case(
        rows=(placed(3), placed(30, "women")),
        choices=(Choice("health", 0, 10), Choice("health", 20), Choice("women", 20)),
        mark=25,
    ),
    "an item placed while its topic was dropped is not shown when it is taken up again": Case(
        rows=(placed(15),), choices=(Choice("health", 0, 10), Choice("health", 20)), mark=5
    ),
    "an item placed while nobody wanted it is new when it is placed in a chosen topic": Case(
        rows=(placed(15), placed(30, "women")),
        choices=(Choice("health", 0, 10), Choice("health", 20), WOMEN),
        mark=25,
        shows=new((X, ("women",), 30)),
    ),
    "an item placed before its topic was dropped still comes": Case(
        rows=(placed(9),), choices=(Choice("health", 0, 10),), mark=5, shows=new((X, ("health",), 9))
    ),
    "the last row before a topic was dropped is still chosen": Case(
        rows=(placed(10),), choices=(Choice("health", 0, 10),), mark=5, shows=new((X, ("health",), 10))
    ),
    "the row at which a topic was taken up is not chosen": Case(rows=(placed(10),), choices=(Choice("health", 10),)),
    "an item corrected after it was shown is a correction": Case(
        rows=(placed(1), corrected(7)),
        mark=5,
        shows=Selection(corrected=(Selected(X, ("health",), 7),)),
    ),
    "of several corrections only the latest counts": Case(
        rows=(placed(1), corrected(7), corrected(8)),
        mark=5,
        shows=Selection(corrected=(Selected(X, ("health",), 8),)),
    ),
    "a correction was told once": Case(rows=(placed(1), corrected(7)), mark=7),
    "a correction after the edition was frozen is for the next one": Case(
        rows=(placed(1), corrected(7)), mark=5, to_seq=6
    ),
    "an item corrected before it was shown is just new": Case(
        rows=(placed(6), corrected(7)), mark=5, shows=new((X, ("health",), 6))
    ),
    "a correction of an item that never was for them is not told": Case(
        rows=(placed(1, "women"), corrected(7)), mark=5
    ),
    "a correction in a topic that was dropped since is told to who was shown the item": Case(
        rows=(placed(1), corrected(17)),
        choices=(Choice("health", 0, 10),),
        mark=12,
        shows=Selection(corrected=(Selected(X, ("health",), 17),)),
    ),
    "a correction that moves an item into another chosen topic is one correction and nothing new": Case(
        rows=(placed(1), corrected(7), placed(8, "women")),
        choices=(HEALTH, WOMEN),
        mark=5,
        shows=Selection(corrected=(Selected(X, ("health", "women"), 7),)),
    ),
    "a revision is told to nobody": Case(rows=(placed(1), revised(7)), mark=5),
    "an item withdrawn before it was shown is never seen": Case(rows=(placed(6), withdrawn(7)), mark=5),
    "an item withdrawn after the edition was frozen is still new in it": Case(
        rows=(placed(6), withdrawn(7)), mark=5, to_seq=6, shows=new((X, ("health",), 6))
    ),
    "an item withdrawn after it was shown is told": Case(
        rows=(placed(1), withdrawn(7)),
        mark=5,
        shows=Selection(withdrawn=(Selected(X, ("health",), 7),)),
    ),
    "a withdrawal was told once": Case(rows=(placed(1), withdrawn(7), withdrawn(8, "women")), mark=7),
    "a withdrawal of an item that never was for them is not told": Case(
        rows=(placed(1, "women"), withdrawn(7)), mark=5
    ),
    "an item corrected and then withdrawn is only withdrawn": Case(
        rows=(placed(1), corrected(6), withdrawn(7)),
        mark=5,
        shows=Selection(withdrawn=(Selected(X, ("health",), 7),)),
    ),
    "a withdrawal is final": Case(rows=(placed(1), withdrawn(7), corrected(8), placed(9, "women")), mark=7),
    "a removal is told to nobody": Case(rows=(placed(1), removed(7)), mark=5),
    "an item removed before it was shown still comes": Case(
        rows=(placed(6), removed(7)), mark=5, shows=new((X, ("health",), 6))
    ),
    "an item removed and placed again is not new again": Case(rows=(placed(1), removed(7), placed(8)), mark=5),
    "an item that was called back is nowhere": Case(rows=(placed(1, ALL), placed(2), removed(3, ALL), removed(4))),
    "an item that was called back after the edition was frozen is still new in it": Case(
        rows=(placed(1, ALL), placed(2), removed(3, ALL)), to_seq=2, shows=new((X, ("health",), 2))
    ),
    "of an item that was called back nothing is told": Case(
        rows=(placed(1, ALL), placed(2), corrected(7), removed(8, ALL), removed(9)), mark=5
    ),
    "an item that was let go again is new to who was not shown it": Case(
        rows=(placed(1, ALL), placed(2), removed(3, ALL), removed(4), placed(8, ALL), placed(9)),
        choices=(Choice("health", 0, 1), Choice("health", 2)),
        mark=5,
        shows=new((X, ("health",), 9)),
    ),
    "an item that was let go again is not new to who was shown it": Case(
        rows=(placed(1, ALL), placed(2), removed(3, ALL), removed(4), placed(8, ALL), placed(9)), mark=5
    ),
    "what was corrected before it was called back is told to who was shown it when it is let go": Case(
        rows=(placed(1, ALL), placed(2), corrected(6), removed(7, ALL), removed(8), placed(9, ALL), placed(10)),
        mark=5,
        shows=Selection(corrected=(Selected(X, ("health",), 6),)),
    ),
    "what a failed digest held is in the next one, with what came since": Case(
        rows=(placed(6), placed(9, item_id=Y)), mark=5, shows=new((Y, ("health",), 9), (X, ("health",), 6))
    ),
    "new items come newest first, by the row that brought them": Case(
        rows=(placed(6, item_id=Y), placed(7), placed(8, "women", Y)),
        choices=(HEALTH, WOMEN),
        mark=5,
        shows=new((X, ("health",), 7), (Y, ("health", "women"), 6)),
    ),
    "a first reading's item within one period is mailed": Case(
        rows=(placed(1, backlog_days=7),), backlog_days=7, shows=new((X, ("health",), 1))
    ),
    "a first reading's item older than one period is not mailed": Case(rows=(placed(1, backlog_days=2),)),
    "an old item placed in one more topic as news is new to who never had it": Case(
        rows=(placed(1, backlog_days=9), placed(6, "women")),
        choices=(HEALTH, WOMEN),
        mark=5,
        shows=new((X, ("women",), 6)),
    ),
    "an edition that ends before a mark shows nothing": Case(rows=(placed(1), corrected(6)), mark=8, to_seq=7),
    "who chose nothing gets nothing": Case(rows=(placed(1, ALL), placed(2)), choices=()),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_select(case: Case) -> None:
    """An edition shows exactly what the rule named by the test's id says."""
    log = group_by_item(case.rows)
    assert select(log, case.mark, case.to_seq, case.choices, backlog_days=case.backlog_days) == case.shows


def test_group_by_item_orders_rows() -> None:
    """Rows come in the order of seq, whatever order they were read in."""
    rows = (placed(9, "women"), placed(3, item_id=Y), placed(1))
    assert group_by_item(rows) == {X: [placed(1), placed(9, "women")], Y: [placed(3, item_id=Y)]}


@pytest.mark.parametrize(
    ("cuts", "why"),
    [
        ((100,), "three days asleep give one digest"),
        ((10, 100), "weekly"),
        ((2, 5, 6, 6, 40, 100), "daily, with a day without news"),
        (tuple(range(1, 101)), "immediate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_cadence_neither_loses_nor_repeats(cuts: tuple[int, ...], why: str) -> None:
    """However a log is cut into editions, everybody is shown each item once."""
    rows = [placed(seq, ("health", "women")[seq % 2], item_id=seq * 7 % 20) for seq in range(1, 41)]
    log = group_by_item(rows)
    shown = []
    for mark, to_seq in zip((0, *cuts), cuts, strict=False):
        shown += [one.item_id for one in select(log, mark, to_seq, (HEALTH, WOMEN)).new]
    assert sorted(shown) == sorted(log)


OFFERS = {
    "who takes whatever is offered takes a topic": ((Choice(OFFER),), (HEALTH,), (HEALTH,)),
    "who takes whatever is offered takes everything": ((Choice(OFFER),), (EVERYTHING,), (EVERYTHING,)),
    "a chosen topic that is offered": ((HEALTH,), (HEALTH, WOMEN), (HEALTH,)),
    "a chosen topic of a list that offers everything": ((HEALTH,), (EVERYTHING,), (HEALTH,)),
    "a chosen topic that is not offered": ((HEALTH,), (WOMEN,), ()),
    "a topic offered later than it was chosen": ((HEALTH,), (Choice("health", 5),), (Choice("health", 5),)),
    "a topic chosen later than it was offered": ((Choice("health", 7),), (HEALTH,), (Choice("health", 7),)),
    "a topic taken away from the list": ((HEALTH,), (Choice("health", 0, 9),), (Choice("health", 0, 9),)),
    "a topic dropped by the subscriber": ((Choice("health", 0, 9),), (HEALTH,), (Choice("health", 0, 9),)),
    "the earlier end counts": ((Choice("health", 0, 9),), (Choice("health", 0, 8),), (Choice("health", 0, 8),)),
    "chosen only after it was taken away": ((Choice("health", 9),), (Choice("health", 0, 9),), ()),
    "an offer that changed": (
        (Choice(OFFER, 3),),
        (Choice(ALL, 0, 5), Choice("health", 5)),
        (Choice(ALL, 3, 5), Choice("health", 5)),
    ),
    "chosen by name and as offered at once": ((Choice(OFFER), HEALTH), (HEALTH,), (HEALTH,)),
    "a topic offered twice, for a time by its own name": (
        (HEALTH,),
        (Choice(ALL, 0, 5), Choice("health", 5)),
        (Choice("health", 0, 5), Choice("health", 5)),
    ),
}


@pytest.mark.parametrize(("chosen", "offered", "both"), OFFERS.values(), ids=OFFERS.keys())
def test_effective_choices(chosen: tuple[Choice, ...], offered: tuple[Choice, ...], both: tuple[Choice, ...]) -> None:
    """What counts is what was chosen and offered at once."""
    assert effective_choices(chosen, offered) == both
