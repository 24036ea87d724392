"""Kinds of digests, refused recipients, and the operator's troubles."""

import sqlalchemy as sa
from alembic import op

from news.tables import Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the new tables; a digest learns whether it was a slot's."""
    op.create_table(
        "bounce",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("reply", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("channel", "recipient", name=op.f("pk_bounce")),
    )
    op.create_table(
        "trouble",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("told_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_trouble")),
    )
    op.create_index("ix_address_site_published", "address", ["site", "published"], unique=False)
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.create_index("ix_article_fetched", ["fetched"], unique=False)

    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), server_default="slot", nullable=False))
