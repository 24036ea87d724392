"""Kinds of digests, what was told of each copy, refused recipients, and the operator's troubles."""

import sqlalchemy as sa
from alembic import op

from news.tables import Utc

revision = "0003"
down_revision = "0002"

# Until now a slot told what had happened since the one before it: all that was there at the last one is known.
_TOLD = """
    INSERT INTO told_copy (subscription, article_id, revision_id, gone)
    SELECT told.subscription, article.id,
        COALESCE((SELECT MAX(id) FROM revision WHERE article_id = article.id AND replaced <= latest.at), 0),
        (SELECT gone FROM recheck WHERE article_id = article.id AND gone_at <= latest.at)
    FROM told JOIN article ON article.story_id = told.story_id
    JOIN (SELECT subscription, MAX(created_at) AS at FROM digest GROUP BY subscription) AS latest
        ON latest.subscription = told.subscription
    WHERE told.digest_id IS NOT NULL
"""


def upgrade() -> None:
    """Create the new tables; a digest learns whether it was a slot's, a second look how often a page was missing."""
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

    with op.batch_alter_table("recheck", schema=None) as batch_op:
        batch_op.add_column(sa.Column("misses", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE recheck SET misses = 1 + (looked_at > gone_at) WHERE gone IS NOT NULL")

    op.create_table(
        "told_copy",
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gone", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_told_copy_article_id_article")),
        sa.PrimaryKeyConstraint("subscription", "article_id", name=op.f("pk_told_copy")),
    )
    op.execute(_TOLD)
