"""What reading any newsroom remembers: health, robots, other names of an item, pages that are gone."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    """Add columns and tables; what is stored keeps its values."""
    op.add_column("source", sa.Column("status", sa.Integer(), nullable=True))
    op.add_column("source", sa.Column("moved_to", sa.Text(), nullable=True))
    op.add_column("source", sa.Column("history", sa.Text(), server_default="[]", nullable=False))
    op.add_column("source", sa.Column("last_new_at", BIG, nullable=True))
    op.execute("UPDATE source SET last_new_at = (SELECT max(first_seen_at) FROM item WHERE item.source = source.id)")
    op.add_column("item", sa.Column("link_key", sa.Text(), nullable=True))
    op.add_column("item", sa.Column("title_key", sa.Text(), nullable=True))
    op.add_column("item", sa.Column("pinned", sa.Text(), server_default="[]", nullable=False))
    op.create_index("item_link_key", "item", ["link_key"])
    op.create_index("item_title_key", "item", ["title_key", "published_on"])
    op.create_index("item_pending", "item", ["source"], sqlite_where=_PENDING, postgresql_where=_PENDING)
    op.create_table(
        "alias",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("alias_pkey")),
        sqlite_strict=True,
    )
    op.create_index("alias_item_id", "alias", ["item_id"])
    op.create_table(
        "gone",
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id", name=op.f("gone_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("read_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("robots_pkey")),
        sqlite_strict=True,
    )
