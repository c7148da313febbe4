"""Lists: since when anybody waits for them, what they offered from which place in the log, and why one is held."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from digest.model.mailing import Cadence
from digest.model.subscriber import Choice, SubscriptionStatus
from digest.store.meta import insert_for
from digest.store.tables import calendar, mailing_list, offer, subscription


def add_list(connection: Connection, list_id: str) -> None:
    """Note that there is a list; one that is known stays as it is."""
    connection.execute(insert_for(connection, mailing_list).values(id=list_id).on_conflict_do_nothing())


def move_cadence(connection: Connection, list_id: str, before: str, after: Cadence) -> list[str]:
    """Give the people of a list who have one cadence another one; return their zones."""
    mine = (subscription.c.list_id == list_id, subscription.c.cadence == before)
    zones = list(connection.execute(select(subscription.c.timezone).where(*mine).distinct()).scalars())
    connection.execute(update(subscription).where(*mine).values(cadence=after.value))
    return zones


def load_offer(connection: Connection, list_id: str) -> tuple[Choice, ...]:
    """Return what a list offers and offered, as intervals of seq."""
    rows = connection.execute(select(offer).where(offer.c.list_id == list_id).order_by(offer.c.topic, offer.c.after))
    return tuple(Choice(row.topic, row.after, row.until) for row in rows)


def save_offer(connection: Connection, list_id: str, choices: Sequence[Choice]) -> None:
    """Replace what a list offers and offered."""
    connection.execute(delete(offer).where(offer.c.list_id == list_id))
    rows = [{"list_id": list_id, "topic": c.topic, "after": c.after, "until": c.until} for c in choices]
    connection.execute(insert(offer), rows)


def register_slots(connection: Connection, list_id: str, cadence: Cadence, timezone: str, now: datetime) -> None:
    """Note from when a list has somebody of this cadence and zone: no slot before that is due."""
    row = {"list_id": list_id, "cadence": cadence.value, "timezone": timezone, "since_at": now}
    connection.execute(insert_for(connection, calendar).values(row).on_conflict_do_nothing())


def forget_idle_slots(connection: Connection) -> None:
    """Forget since when there was somebody of a cadence and zone where there is nobody now: who comes next begins anew.

    To be called before somebody is saved; otherwise their first edition would make up for all the time before them.
    """
    mine = (subscription.c.list_id == calendar.c.list_id, subscription.c.status == SubscriptionStatus.ACTIVE)
    same = (subscription.c.cadence == calendar.c.cadence, subscription.c.timezone == calendar.c.timezone)
    connection.execute(delete(calendar).where(~select(subscription.c.id).where(*mine, *same).exists()))


def load_since(connection: Connection, list_id: str, cadence: Cadence, timezone: str | None) -> datetime | None:
    """Return from when a list has somebody of this cadence and zone (None: any zone)."""
    query = select(calendar.c.since_at).where(calendar.c.list_id == list_id, calendar.c.cadence == cadence)
    if timezone is not None:
        query = query.where(calendar.c.timezone == timezone)
    since: datetime | None = connection.execute(query.order_by(calendar.c.since_at).limit(1)).scalar()
    return since


def load_held(connection: Connection) -> dict[str, str]:
    """Return the lists that are held, each with the reason."""
    rows = connection.execute(select(mailing_list.c.id, mailing_list.c.held).where(mailing_list.c.held.is_not(None)))
    return {row.id: row.held for row in rows}


def save_held(connection: Connection, list_id: str, reason: str | None) -> None:
    """Hold a list with a reason, or let it go with None."""
    connection.execute(update(mailing_list).where(mailing_list.c.id == list_id).values(held=reason))
