"""subscribe: one person comes, changes what they take, leaves, is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.config.settings import Settings
from digest.errors import UsageError
from digest.mail.address import canonical_address
from digest.mail.tokens import address_hash, verify_unsubscribe
from digest.model.mailing import SUBSCRIBER_ZONE, Cadence, MailingList
from digest.model.subscriber import (
    OFFER,
    Choice,
    Format,
    Subscription,
    SubscriptionStatus,
    change_choices,
    close_choices,
)
from digest.model.topic import ALL
from digest.pipelines.deliver import find_list
from digest.pipelines.offers import sync_lists
from digest.store import subscribers as rows
from digest.store.deliveries import load_handed, stop_open
from digest.store.editions import start_seq
from digest.store.engine import Connection, Store
from digest.store.placements import last_seq


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks of a list; None or empty means the list's own way."""

    list_id: str
    topics: tuple[str, ...] = ()
    cadence: Cadence | None = None
    timezone: str | None = None
    language: str | None = None
    format: Format = Format.HTML


def subscribe(settings: Settings, store: Store, key: bytes, address: str, wish: Wish, now: datetime) -> str:
    """Subscribe an address, or change its subscription to the wish; return what was done, as a sentence.

    Raises: AddressError, UsageError.
    """
    canonical = canonical_address(address)
    mailing = find_list(settings, wish.list_id)
    topics = check_topics(mailing, settings, wish.topics)
    with store.append() as connection:
        if address_hash(key, canonical) in rows.load_suppressed(connection):
            raise UsageError("this address asked never to be mailed again, or bounced; it stays off every list")
        sync_lists(connection, settings.lists, now)
        old = next((one for one in rows.find_subscriptions(connection, canonical) if one.list_id == mailing.id), None)
        if old is None:
            _begin(connection, canonical, mailing, topics, wish, settings.site.timezone, now)
            return f"subscribed to {mailing.title}"
        if old.status is SubscriptionStatus.UNSUBSCRIBED:
            old = _come_back(old, load_handed(connection, old), last_seq(connection))
        rows.save_subscription(connection, _changed(old, topics, wish, last_seq(connection)), now)
        return f"subscription to {mailing.title} changed"


def _begin(
    connection: Connection,
    address: str,
    mailing: MailingList,
    topics: Sequence[str],
    wish: Wish,
    site_zone: str,
    now: datetime,
) -> None:
    seq = start_seq(connection, mailing.id, timedelta(days=mailing.schedule.cadence.period_days), now)
    one = Subscription(
        id=0,
        subscriber_id=rows.add_subscriber(connection, address, now),
        list_id=mailing.id,
        address=address,
        cadence=wish.cadence or mailing.schedule.cadence,
        timezone=wish.timezone or list_zone(mailing, site_zone),
        language=wish.language or mailing.language,
        format=wish.format,
        mark=seq,
        choices=tuple(Choice(topic, seq) for topic in topics),
    )
    rows.add_subscription(connection, one, now)


def _come_back(old: Subscription, handed: int, seq: int) -> Subscription:
    """Begin anew at the log's end: the earlier choices end where the last digest did that may have been read.

    Not when somebody leaves: a digest may be in doubt then, and only its answer says what they were shown.
    """
    return replace(old, mark=seq, choices=close_choices(old.choices, handed))


def _changed(old: Subscription, topics: Sequence[str], wish: Wish, seq: int) -> Subscription:
    return replace(
        old,
        status=SubscriptionStatus.ACTIVE,
        choices=change_choices(old.choices, topics, seq),
        cadence=wish.cadence or old.cadence,
        timezone=wish.timezone or old.timezone,
        language=wish.language or old.language,
        format=wish.format,
    )


def unsubscribe(store: Store, address: str, list_id: str | None, now: datetime) -> list[str]:
    """End an address' subscription to a list, or to all; return the lists that were left.

    What is not handed over yet will not be.
    """
    canonical = canonical_address(address)
    left = []
    with store.write() as connection:
        for one in rows.find_subscriptions(connection, canonical):
            if one.status is SubscriptionStatus.UNSUBSCRIBED or list_id not in (None, one.list_id):
                continue
            rows.save_subscription(connection, replace(one, status=SubscriptionStatus.UNSUBSCRIBED), now)
            stop_open(connection, one.id, now)
            left.append(one.list_id)
    return left


def unsubscribe_by_token(store: Store, key: bytes, token: str, now: datetime) -> list[str]:
    """End the one subscription that a token from a digest's foot names; return its list, or nothing if it is no token.

    Who sent the token does not matter (FAULTS A57): it proves that they had the digest.
    """
    number = verify_unsubscribe(key, token)
    with store.read() as connection:
        one = None if number is None else rows.load_subscription(connection, number)
    return unsubscribe(store, one.address, one.list_id, now) if one else []


def forget(store: Store, key: bytes, address: str, now: datetime, *, block: bool = False) -> bool:
    """Erase everything about an address; with `block` its keyed hash stays, so that no import brings it back."""
    canonical = canonical_address(address)
    with store.write() as connection:
        if block:
            rows.suppress(connection, address_hash(key, canonical), "forgotten on request", now)
        return rows.forget_subscriber(connection, canonical)


def check_topics(mailing: MailingList, settings: Settings, topics: Sequence[str]) -> tuple[str, ...]:
    """Return the topics of a choice, `*` for none named.

    Raises: UsageError for one that does not exist or that the list does not offer.
    """
    if not topics or ALL in topics or OFFER in topics:
        return (OFFER,)
    known = {topic.id for topic in settings.topics}
    offered = known if ALL in mailing.topics else set(mailing.topics)
    for topic in topics:
        if topic not in known:
            raise UsageError(f"there is no topic '{topic}'")
        if topic not in offered:
            raise UsageError(f"the list '{mailing.id}' does not offer the topic '{topic}'")
    return tuple(sorted(set(topics)))


def list_zone(mailing: MailingList, site_zone: str) -> str:
    """Return the zone of people who name none: the list's own, or the newsroom's where the list has none."""
    return site_zone if mailing.timezone == SUBSCRIBER_ZONE else mailing.timezone
