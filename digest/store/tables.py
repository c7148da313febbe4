"""The tables, one definition for SQLite and PostgreSQL; migrations/ builds them, a test holds the two together.

Instants are whole seconds since the epoch, UTC; dates are ISO 8601 text; small structures are JSON text. SQLite
tables are STRICT, which takes only INTEGER and TEXT.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text, TypeDecorator, text
from sqlalchemy.engine import Dialect

Big = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as whole seconds since the epoch."""

    impl = Big
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return seconds since the epoch; naive datetimes are refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime never enters the store")
        return int(value.timestamp())

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the aware datetime."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


class IsoDate(TypeDecorator[date]):
    """A calendar date, kept as YYYY-MM-DD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Return the ISO text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Return the date."""
        return None if value is None else date.fromisoformat(value)


metadata = MetaData(naming_convention={"ix": "%(table_name)s_%(column_0_N_name)s", "pk": "%(table_name)s_pkey"})


def _table(name: str, *parts: Any, **options: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, **options)


meta = _table("meta", Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

source = _table(
    "source",
    Column("id", Text, primary_key=True),
    Column("validators", Text),
    Column("first_read_at", Instant),
    Column("read_at", Instant),
    Column("due_at", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("problem", Text),
    Column("status", Integer),
    Column("moved_to", Text),
    Column("history", Text, nullable=False, server_default="[]"),
    Column("last_new_at", Instant),
)

robots = _table(
    "robots",
    Column("origin", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("read_at", Instant, nullable=False),
)

quarantine = _table(
    "quarantine",
    Column("source", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

_PENDING = text("status = 'pending'")
_HELD = text("status = 'held'")
IS_HELD = text("item.status = 'held'")
"""Spelled as in the partial index, so that SQLite sees it serves."""

_STALE = text("stale > 0")
IS_STALE = text("archive.stale > 0")
"""Spelled as in the partial index, so that SQLite sees it serves."""

item = _table(
    "item",
    Column("id", Big, primary_key=True),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("truncated", Integer, nullable=False),
    Column("kind", Text),
    Column("published_on", IsoDate, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("date_only", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("link", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("image", Text),
    Column("content_html", Text),
    Column("author", Text),
    Column("status", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("corrected_at", Instant),
    Column("note", Text),
    Column("topics", Text, nullable=False),
    Column("regions", Text, nullable=False),
    Column("link_key", Text),
    Column("title_key", Text),
    Column("pinned", Text, nullable=False, server_default="[]"),
    Column("embargo_at", Instant),
    Index("item_source_key", "source", "key", unique=True),
    Index("item_entry_id", "entry_id", unique=True),
    Index("item_published_at", "published_at"),
    Index("item_source_published_on", "source", "published_on"),
    Index("item_link_key", "link_key"),
    Index("item_title_key", "title_key", "published_on"),
    Index("item_pending", "source", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("item_held", "source", sqlite_where=_HELD, postgresql_where=_HELD),
)

alias = _table(
    "alias",
    Column("source", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("item_id", Big, ForeignKey("item.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Index("alias_item_id", "item_id"),
)

gone = _table(
    "gone",
    Column("item_id", Big, ForeignKey("item.id"), primary_key=True),
    Column("status", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)

revision = _table(
    "revision",
    Column("item_id", Big, ForeignKey("item.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", Text, nullable=False),
)

placement = _table(
    "placement",
    Column("seq", Big, primary_key=True, autoincrement=True),
    Column("topic", Text, nullable=False),
    Column("item_id", Big, ForeignKey("item.id"), nullable=False),
    Column("action", Text, nullable=False),
    Column("backlog_days", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Index("placement_item_id", "item_id"),
    sqlite_autoincrement=True,
)

item_topic = _table(
    "item_topic",
    Column("topic", Text, primary_key=True),
    Column("item_id", Big, ForeignKey("item.id"), primary_key=True),
    Column("seq", Big, nullable=False),
    Column("rank", Instant, nullable=False),
    Index("item_topic_newest", "topic", "rank", "seq"),
    Index("item_topic_item_id", "item_id"),
)

feed = _table(
    "feed",
    Column("name", Text, primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("problem", Text),
    Column("left_out", Text, nullable=False, server_default="[]"),
    Column("recent", Integer, nullable=False, server_default="0"),
    Column("oldest_at", Instant),
    Column("newest_at", Instant),
    Column("unpinged", Integer, nullable=False, server_default="0"),
    Column("owed", Integer, nullable=False, server_default="0"),
)

archive = _table(
    "archive",
    Column("topic", Text, primary_key=True),
    Column("until_rank", Instant, primary_key=True),
    Column("until_seq", Big, primary_key=True),
    Column("block", Text, nullable=False),
    Column("stale", Integer, nullable=False, server_default="0"),
    Index("archive_block", "topic", "block", unique=True),
    Index("archive_stale", "stale", "topic", sqlite_where=_STALE, postgresql_where=_STALE),
)

correction = _table(
    "correction",
    Column("seq", Big, primary_key=True, autoincrement=False),
    Column("item_id", Big, ForeignKey("item.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    Index("correction_item_id", "item_id"),
)

mailing_list = _table(
    "list",
    Column("id", Text, primary_key=True),
    Column("held", Text),
)

calendar = _table(
    "calendar",
    Column("list_id", Text, primary_key=True),
    Column("cadence", Text, primary_key=True),
    Column("timezone", Text, primary_key=True),
    Column("since_at", Instant, nullable=False),
)

offer = _table(
    "offer",
    Column("list_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("after", Big, primary_key=True),
    Column("until", Big),
)

subscriber = _table(
    "subscriber",
    Column("id", Big, primary_key=True),
    Column("address", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("subscriber_address", "address", unique=True),
)

choices = _table(
    "choices",
    Column("id", Big, primary_key=True),
    Column("body", Text, nullable=False),
    Index("choices_body", "body", unique=True),
)

subscription = _table(
    "subscription",
    Column("id", Big, primary_key=True),
    Column("subscriber_id", Big, ForeignKey("subscriber.id"), nullable=False),
    Column("list_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("mark", Big, nullable=False),
    Column("choices_id", Big, ForeignKey("choices.id"), nullable=False),
    Index("subscription_subscriber_list", "subscriber_id", "list_id", unique=True),
    Index(
        "subscription_audience", "list_id", "status", "cadence", "timezone", "choices_id", "mark", "language", "format"
    ),
    # A token to unsubscribe carries this id: nobody gets the number of somebody who was forgotten.
    sqlite_autoincrement=True,
)

edition = _table(
    "edition",
    Column("id", Big, primary_key=True),
    Column("list_id", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("slot_at", Instant, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("to_seq", Big, nullable=False),
    Column("assembled_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("audience", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Index("edition_key", "list_id", "cadence", "slot", "timezone", unique=True),
)

variant = _table(
    "variant",
    Column("id", Big, primary_key=True),
    Column("edition_id", Big, ForeignKey("edition.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Index("variant_edition_id", "edition_id"),
)

_OPEN = text("state IN ('queued', 'claimed', 'in_doubt')")
IS_OPEN = text("delivery.state IN ('queued', 'claimed', 'in_doubt')")
"""Spelled as in the partial indexes, so that SQLite sees they serve."""

delivery = _table(
    "delivery",
    Column("edition_id", Big, ForeignKey("edition.id"), primary_key=True),
    Column("subscription_id", Big, primary_key=True),
    Column("variant_id", Big, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("owner", Text),
    Column("lease_until", Instant),
    Column("settled", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    Column("code", Integer),
    Column("queue_id", Text),
    Column("changed_at", Instant, nullable=False),
    Index("delivery_open", "subscription_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index(
        "delivery_claim",
        "edition_id",
        "shard",
        "state",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    sqlite_with_rowid=False,
)

suppression = _table(
    "suppression",
    Column("address_hash", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
