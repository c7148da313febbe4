"""The first schema: items, the log of placements, feeds, lists, subscribers, editions and the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table; upgrades only go forward, a backup is the way back."""
    op.create_table(
        "calendar",
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("since_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("list_id", "cadence", "timezone", name=op.f("calendar_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "choices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("choices_pkey")),
        sqlite_strict=True,
    )
    op.create_index("choices_body", "choices", ["body"], unique=True)
    op.create_table(
        "edition",
        sa.Column("id", BIG, nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("slot_at", BIG, nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("to_seq", BIG, nullable=False),
        sa.Column("assembled_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("audience", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("edition_pkey")),
        sqlite_strict=True,
    )
    op.create_index("edition_key", "edition", ["list_id", "cadence", "slot", "timezone"], unique=True)
    op.create_table(
        "feed",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("published_at", BIG, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("feed_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "item",
        sa.Column("id", BIG, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("truncated", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Text(), nullable=False),
        sa.Column("published_at", BIG, nullable=False),
        sa.Column("date_only", sa.Integer(), nullable=False),
        sa.Column("updated_at", BIG, nullable=False),
        sa.Column("first_seen_at", BIG, nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("content_html", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("corrected_at", BIG, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("regions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("item_pkey")),
        sqlite_strict=True,
    )
    op.create_index("item_entry_id", "item", ["entry_id"], unique=True)
    op.create_index("item_published_at", "item", ["published_at"], unique=False)
    op.create_index("item_source_key", "item", ["source", "key"], unique=True)
    op.create_index("item_source_published_on", "item", ["source", "published_on"], unique=False)
    op.create_table(
        "list",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("list_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("meta_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "offer",
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("after", BIG, nullable=False),
        sa.Column("until", BIG, nullable=True),
        sa.PrimaryKeyConstraint("list_id", "topic", "after", name=op.f("offer_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "quarantine",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("source", "name", name=op.f("quarantine_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("validators", sa.Text(), nullable=True),
        sa.Column("first_read_at", BIG, nullable=True),
        sa.Column("read_at", BIG, nullable=True),
        sa.Column("due_at", BIG, nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("source_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "subscriber",
        sa.Column("id", BIG, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("subscriber_pkey")),
        sqlite_strict=True,
    )
    op.create_index("subscriber_address", "subscriber", ["address"], unique=True)
    op.create_table(
        "suppression",
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("suppression_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "delivery",
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("subscription_id", BIG, nullable=False),
        sa.Column("variant_id", BIG, nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", BIG, nullable=True),
        sa.Column("settled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("queue_id", sa.Text(), nullable=True),
        sa.Column("changed_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
        ),
        sa.PrimaryKeyConstraint("edition_id", "subscription_id", name=op.f("delivery_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "delivery_claim",
        "delivery",
        ["edition_id", "shard", "state"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'claimed', 'in_doubt')"),
        postgresql_where=sa.text("state IN ('queued', 'claimed', 'in_doubt')"),
    )
    op.create_index(
        "delivery_open",
        "delivery",
        ["subscription_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'claimed', 'in_doubt')"),
        postgresql_where=sa.text("state IN ('queued', 'claimed', 'in_doubt')"),
    )
    op.create_table(
        "item_topic",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("rank", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["item.id"],
        ),
        sa.PrimaryKeyConstraint("topic", "item_id", name=op.f("item_topic_pkey")),
        sqlite_strict=True,
    )
    op.create_index("item_topic_item_id", "item_topic", ["item_id"], unique=False)
    op.create_index("item_topic_newest", "item_topic", ["topic", "rank", "seq"], unique=False)
    op.create_table(
        "placement",
        sa.Column("seq", BIG, autoincrement=True, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("backlog_days", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["item.id"],
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("placement_pkey")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("placement_item_id", "placement", ["item_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["item.id"],
        ),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("revision_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "subscription",
        sa.Column("id", BIG, nullable=False),
        sa.Column("subscriber_id", BIG, nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("mark", BIG, nullable=False),
        sa.Column("choices_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["choices_id"],
            ["choices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("subscription_pkey")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "subscription_audience",
        "subscription",
        ["list_id", "status", "cadence", "timezone", "choices_id", "mark", "language", "format"],
        unique=False,
    )
    op.create_index("subscription_subscriber_list", "subscription", ["subscriber_id", "list_id"], unique=True)
    op.create_table(
        "variant",
        sa.Column("id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("variant_pkey")),
        sqlite_strict=True,
    )
    op.create_index("variant_edition_id", "variant", ["edition_id"], unique=False)
