"""offers: the lists of config.yaml | what each offers from which place in the log on | people follow its cadence."""

from collections.abc import Sequence
from datetime import datetime

from digest.model.mailing import MailingList
from digest.model.subscriber import change_choices
from digest.store import lists as rows
from digest.store.engine import Connection, lock_log
from digest.store.meta import load_fact, save_fact
from digest.store.placements import last_seq


def sync_lists(connection: Connection, lists: Sequence[MailingList], now: datetime) -> None:
    """Bring lists, offers and cadences in line with the configuration; a new offer counts from the log's end.

    The first offer of a list counts from the beginning: a subscriber's own mark decides what is new to them.
    """
    # What changes at the log's end needs the log to stand still: a row that commits later has a higher seq.
    lock_log(connection)
    seq = last_seq(connection)
    for one in lists:
        rows.add_list(connection, one.id)
        old = rows.load_offer(connection, one.id)
        new = change_choices(old, one.topics, seq if old else 0)
        if new != old:
            rows.save_offer(connection, one.id, new)
        _follow_cadence(connection, one, now)


def _follow_cadence(connection: Connection, one: MailingList, now: datetime) -> None:
    """Move people along when a list's own cadence changes; who has another one than the list's keeps it."""
    fact, cadence = f"list.cadence.{one.id}", one.schedule.cadence
    before = load_fact(connection, fact)
    if before == cadence:
        return
    save_fact(connection, fact, cadence.value)
    # Before anybody is moved: since when there was somebody of the new cadence is forgotten where nobody is left.
    rows.forget_idle_slots(connection)
    for zone in rows.move_cadence(connection, one.id, before or "", cadence):
        rows.register_slots(connection, one.id, cadence, zone, now)
