"""recall: an item that is called back | stop the mail that has it | keep apart who was handed it and who was not.

Inside the transaction of whoever calls it back, or lets it go again. Which digest has an item is told by `select`,
the one rule by which digests are made.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from digest.editions.select import effective_choices, select
from digest.model.mailing import Cadence
from digest.model.placement import Action, Placement
from digest.model.subscriber import Choice, skip_seqs
from digest.model.topic import ALL
from digest.store import placements as log_rows
from digest.store import recalls
from digest.store.engine import Connection
from digest.store.lists import load_offer

LONGEST_PERIOD_DAYS = max(cadence.period_days for cadence in Cadence)
"""Of a first reading no digest has anything older, whatever its list's cadence was when it was made."""


def stop_mail(connection: Connection, item_id: int, now: datetime) -> int:
    """Stop what is to be handed over with an item in it; return how many messages.

    Their other items are in the next editions of those people, as with any digest that expired.
    """
    log = {item_id: log_rows.load_of_item(connection, item_id)}
    offers: dict[str, tuple[Choice, ...]] = {}
    stopped = 0
    for one in recalls.load_waiting(connection):
        if one.list_id not in offers:
            offers[one.list_id] = load_offer(connection, one.list_id)
        chosen = effective_choices(one.chosen, offers[one.list_id])
        if select(log, one.mark, one.to_seq, chosen, backlog_days=LONGEST_PERIOD_DAYS):
            stopped += recalls.stop_waiting(connection, one, "an item in it is under embargo now", now)
    return stopped


def keep_apart(connection: Connection, item_id: int) -> None:
    """Let an item that was called back be new again to all who were not handed it while it could be seen.

    Called when it is called back, and when it is let go, for those who came in between. Of an item that readers
    never saw nothing is kept. Who was handed an item is told by mark and choices (ARCHITECTURE 5), and a mark that
    rises while the item is hidden would say so of people who never got it. So their choices are kept apart: as if
    they had not chosen its rows so far.
    """
    rows, end = _last_stand(log_rows.load_of_item(connection, item_id))
    for first, last in _runs([row.seq for row in rows if row.action is Action.PLACED]):
        for id_, chosen in recalls.load_chosen(connection):
            if any(choice.covers(seq) for choice in chosen for seq in (first, last)):
                recalls.change_unhanded(connection, id_, skip_seqs(chosen, first, last), first, end)


def _last_stand(rows: Sequence[Placement]) -> tuple[list[Placement], int | None]:
    """Return the rows of the last time that readers could see an item, and the seq at which that ended."""
    ends = [row.seq for row in rows if row.topic == ALL and row.action is Action.REMOVED]
    back = bool(ends) and any(row.seq > ends[-1] and row.action is Action.PLACED for row in rows)
    closed = ends if back else ends[:-1]
    begin, end = (closed[-1] if closed else 0), (None if back or not ends else ends[-1])
    return [row for row in rows if begin < row.seq and (end is None or row.seq < end)], end


def _runs(seqs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of seqs without a gap."""
    breaks = [at for at, (one, other) in enumerate(pairwise(seqs), 1) if other != one + 1]
    for start, stop in pairwise([0, *breaks, len(seqs)]):
        if start < stop:
            yield seqs[start], seqs[stop - 1]
