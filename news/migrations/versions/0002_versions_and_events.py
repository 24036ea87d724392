"""Versions, second looks, evidence, events and the history of stories."""

import sqlalchemy as sa
from alembic import op

from news.tables import Utc

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the new tables; stories learn their event and origin."""
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("fetched", Utc(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
        sa.UniqueConstraint("file", "offset", name="uq_capture_file_offset"),
    )
    with op.batch_alter_table("capture", schema=None) as batch_op:
        batch_op.create_index("ix_capture_url_fetched", ["url", "fetched"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_table(
        "story_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_change")),
    )
    with op.batch_alter_table("story_change", schema=None) as batch_op:
        batch_op.create_index("ix_story_change_other_id", ["other_id"], unique=False)
        batch_op.create_index("ix_story_change_story_id", ["story_id"], unique=False)

    op.create_table(
        "recheck",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("ended", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looked_at", Utc(), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("gone", sa.String(), nullable=True),
        sa.Column("gone_at", Utc(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_recheck_article_id_article")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_recheck")),
    )
    with op.batch_alter_table("recheck", schema=None) as batch_op:
        batch_op.create_index("ix_recheck_ended_due_at", ["ended", "due_at"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("seen", Utc(), nullable=False),
        sa.Column("replaced", Utc(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("version", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_revision_article_id_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index("ix_revision_article_id", ["article_id"], unique=False)

    op.create_index("ix_article_published", "article", ["published"], unique=False)
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("origin", sa.JSON(), server_default="{}", nullable=False))
        batch_op.create_index("ix_story_event_id", ["event_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_story_event_id_event"), "event", ["event_id"], ["id"])
