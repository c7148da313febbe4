"""What is new to somebody: the placements after their mark, in the topics they had chosen (ARCHITECTURE 5).

Pure, and the heart of the product. Everything rests on one invariant: whatever a subscriber changes at seq n touches
only placements after n. So what an edition up to `to_seq` shows is settled once `to_seq` is frozen, and what somebody
was shown before can be told from their mark and their choices alone, without a record of each edition.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from digest.model.edition import Selected, Selection
from digest.model.placement import Action, Placement
from digest.model.subscriber import OFFER, Choice
from digest.model.topic import ALL

Log = Mapping[int, Sequence[Placement]]
"""The rows of each item, by item id, in the order of seq."""


def group_by_item(placements: Iterable[Placement]) -> Log:
    """Return the log by item, each item's rows in the order of seq."""
    log: dict[int, list[Placement]] = defaultdict(list)
    for placement in sorted(placements, key=lambda row: row.seq):
        log[placement.item_id].append(placement)
    return log


def effective_choices(chosen: Sequence[Choice], offered: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return what is chosen and offered at once: the choice `*` follows the offer, the offer `all` admits any topic."""
    both = (_meet(choice, offer) for choice in chosen for offer in offered)
    return tuple(sorted({choice for choice in both if choice}, key=lambda choice: (choice.topic, choice.after)))


def _meet(choice: Choice, offer: Choice) -> Choice | None:
    if choice.topic not in (OFFER, offer.topic) and offer.topic != ALL:
        return None
    topic = offer.topic if choice.topic == OFFER else choice.topic
    after = max(choice.after, offer.after)
    ends = [end for end in (choice.until, offer.until) if end is not None]
    until = min(ends) if ends else None
    return Choice(topic, after, until) if until is None or after < until else None


def select(log: Log, mark: int, to_seq: int, choices: Sequence[Choice], *, backlog_days: int = 1) -> Selection:
    """Return what an edition up to `to_seq` shows to somebody who was handed everything up to `mark`.

    `log` holds every row of each item that has a row in `(mark, to_seq]`. Rows of a first reading older than
    `backlog_days` are never mailed, nor is anything of an item that was called back by then. New items come newest
    first (by seq, descending); so do the others.
    """
    intervals = _by_topic(choices)
    new: list[Selected] = []
    corrected: list[Selected] = []
    withdrawn: list[Selected] = []
    for item_id, rows in log.items():
        seen = [row for row in rows if row.seq <= to_seq]
        covered = [row for row in seen if _reaches(row, intervals, backlog_days)]
        if not covered or _is_called_back(seen):
            continue
        pulled = next((row.seq for row in seen if row.action is Action.WITHDRAWN), None)
        first = covered[0].seq
        target: list[Selected] | None = None
        if first > mark:
            target, seq = (new, first) if pulled is None else (None, first)
        elif pulled is not None:
            target, seq = (withdrawn, pulled) if pulled > mark else (None, first)
        else:
            seq = max((row.seq for row in seen if row.action is Action.CORRECTED), default=0)
            target = corrected if seq > mark else None
        if target is not None:
            target.append(Selected(item_id, _labels(seen, covered), seq))
    return Selection(_latest_first(new), _latest_first(corrected), _latest_first(withdrawn))


def _by_topic(choices: Sequence[Choice]) -> Mapping[str, Sequence[Choice]]:
    intervals: dict[str, list[Choice]] = defaultdict(list)
    for choice in choices:
        intervals[choice.topic].append(choice)
    return intervals


def _reaches(row: Placement, intervals: Mapping[str, Sequence[Choice]], backlog_days: int) -> bool:
    if row.action is not Action.PLACED or row.backlog_days > backlog_days:
        return False
    return any(choice.covers(row.seq) for choice in intervals.get(row.topic, ()))


def _is_called_back(seen: Sequence[Placement]) -> bool:
    """Tell whether an item was taken out of `all`, where every item stands: its newsroom put it under embargo."""
    last = next((row for row in reversed(seen) if row.topic == ALL), None)
    return last is not None and last.action is Action.REMOVED


def _labels(seen: Sequence[Placement], covered: Sequence[Placement]) -> tuple[str, ...]:
    """Return the topics of the item that the reader has; whoever takes everything has all of them."""
    everything = any(row.topic == ALL for row in covered)
    rows = [row for row in seen if row.action is Action.PLACED] if everything else covered
    return tuple(sorted({row.topic for row in rows if row.topic != ALL and ":" not in row.topic}))


def _latest_first(selected: list[Selected]) -> tuple[Selected, ...]:
    return tuple(sorted(selected, key=lambda one: -one.seq))
