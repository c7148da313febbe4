"""What feeds remember: embargoes, corrections, archives, how busy a feed is, whom the hub has still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STALE = sa.text("stale > 0")
_HELD = sa.text("status = 'held'")


def upgrade() -> None:
    """Add columns and tables; every correction so far is noted with the last note of its item."""
    op.add_column("item", sa.Column("embargo_at", BIG, nullable=True))
    op.create_index("item_held", "item", ["source"], sqlite_where=_HELD, postgresql_where=_HELD)
    op.add_column("feed", sa.Column("left_out", sa.Text(), server_default="[]", nullable=False))
    for name in ("recent", "unpinged", "owed"):
        op.add_column("feed", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("feed", sa.Column("oldest_at", BIG, nullable=True))
    op.add_column("feed", sa.Column("newest_at", BIG, nullable=True))
    op.create_table(
        "archive",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("until_rank", BIG, nullable=False),
        sa.Column("until_seq", BIG, nullable=False),
        sa.Column("block", sa.Text(), nullable=False),
        sa.Column("stale", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("topic", "until_rank", "until_seq", name=op.f("archive_pkey")),
        sqlite_strict=True,
    )
    op.create_index("archive_block", "archive", ["topic", "block"], unique=True)
    op.create_index("archive_stale", "archive", ["stale", "topic"], sqlite_where=_STALE, postgresql_where=_STALE)
    op.create_table(
        "correction",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("seq", name=op.f("correction_pkey")),
        sqlite_strict=True,
    )
    op.create_index("correction_item_id", "correction", ["item_id"])
    op.execute(
        "INSERT INTO correction (seq, item_id, at, note, withdrawn)"
        " SELECT p.seq, p.item_id, p.at, coalesce(i.note, ''), CASE p.action WHEN 'withdrawn' THEN 1 ELSE 0 END"
        " FROM placement p JOIN item i ON i.id = p.item_id"
        " WHERE p.topic = 'all' AND p.action IN ('corrected', 'withdrawn')"
    )


def downgrade() -> None:
    """Take them away again."""
    for name in ("correction", "archive"):
        op.drop_table(name)
    for name in ("left_out", "recent", "unpinged", "owed", "oldest_at", "newest_at"):
        op.drop_column("feed", name)
    op.drop_index("item_held", "item")
    op.drop_column("item", "embargo_at")
