"""The schema. Only the store and the migrations import it; rows never leave the store."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Utc(TypeDecorator[datetime]):
    """An aware UTC datetime; naive values are refused rather than guessed at."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware → UTC without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a naive datetime reached the store: {value!r}"
            raise ValueError(msg)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """UTC without zone → aware."""
        return None if value is None else value.replace(tzinfo=UTC)


# Names are given to every constraint, or SQLite's batch migrations cannot drop them later.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

site = Table(
    "site",
    metadata,
    Column("key", String, primary_key=True),
    Column("due_at", Utc, nullable=True),
    Column("polled_at", Utc, nullable=True),
    Column("succeeded_at", Utc, nullable=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("state", String, nullable=False, default="new"),
    Column("detail", Text, nullable=False, default=""),
)

listing = Table(
    "listing",
    metadata,
    Column("url", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("etag", String, nullable=True),
    Column("last_modified", String, nullable=True),
    Column("body_sha256", String, nullable=True),
    Column("trusted", Boolean, nullable=False, default=True),
    Column("fetched_at", Utc, nullable=True),
    Column("full_at", Utc, nullable=True),
    Column("entries", Integer, nullable=False, default=0),
    Column("newest_at", Utc, nullable=True),
    Column("state", String, nullable=False, default="new"),
    Column("detail", Text, nullable=False, default=""),
)

robots = Table(
    "robots",
    metadata,
    Column("host", String, primary_key=True),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("fetched_at", Utc, nullable=False),
)

# Every address that a paper announced, with what became of it: otherwise rejected pages are fetched again on every pass.
address = Table(
    "address",
    metadata,
    Column("url", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("listing", String, nullable=False, default=""),
    Column("title", Text, nullable=False, default=""),
    Column("published", Utc, nullable=True),
    Column("listed_at", Utc, nullable=False),
    Column("state", String, nullable=False, default="pending"),
    Column("outcome", String, nullable=False, default=""),
    Column("detail", JSON, nullable=False, default=dict),
    Column("attempts", Integer, nullable=False, default=0),
    Column("crashes", Integer, nullable=False, default=0),
    Column("next_attempt_at", Utc, nullable=True),
    Column("fetched_at", Utc, nullable=True),
    Column("article_id", Integer, ForeignKey("article.id"), nullable=True),
    Index("ix_address_site_state", "site", "state"),
    Index("ix_address_site_published", "site", "published"),
)

# Different texts on one happening: stories that point to the same event.
event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created_at", Utc, nullable=False),
)

story = Table(
    "story",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created_at", Utc, nullable=False),
    Column("event_id", Integer, ForeignKey("event.id"), nullable=True),
    Column("origin", JSON, nullable=False, server_default="{}"),
    Index("ix_story_event_id", "event_id"),
)

# How stories were joined, taken apart and linked; an old number still leads to its story.  `other_id` may be a story that is gone.
story_change = Table(
    "story_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("kind", String, nullable=False),
    Column("story_id", Integer, nullable=False),
    Column("other_id", Integer, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Index("ix_story_change_story_id", "story_id"),
    Index("ix_story_change_other_id", "other_id"),
)

article = Table(
    "article",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", String, nullable=False),
    Column("url", String, nullable=False),
    Column("canonical_url", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("captions", JSON, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("agency", String, nullable=True),
    Column("credit_line", String, nullable=True),
    Column("published", Utc, nullable=True),
    Column("modified", Utc, nullable=True),
    Column("language", String, nullable=False),
    Column("how", JSON, nullable=False),
    Column("first_seen", Utc, nullable=False),
    Column("fetched", Utc, nullable=False),
    Column("story_id", Integer, ForeignKey("story.id"), nullable=False),
    Column("joined", Text, nullable=False, default=""),
    UniqueConstraint("canonical_url"),
    Index("ix_article_story_id", "story_id"),
    Index("ix_article_first_seen", "first_seen"),
    Index("ix_article_published", "published"),
    Index("ix_article_fetched", "fetched"),
)

# A version of an article that was replaced; the current one is the article itself.
revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, ForeignKey("article.id"), nullable=False),
    Column("seen", Utc, nullable=False),
    Column("replaced", Utc, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("version", JSON, nullable=False),
    Index("ix_revision_article_id", "article_id"),
)

# When a relevant article is looked at again, and how its page was last found.  Without `due_at` the schedule was not asked yet;
# `ended` when the last look of its week is done.  `misses` counts the looks that found it missing in the same way since it was there.
recheck = Table(
    "recheck",
    metadata,
    Column("article_id", Integer, ForeignKey("article.id"), primary_key=True),
    Column("site", String, nullable=False),
    Column("due_at", Utc, nullable=True),
    Column("ended", Boolean, nullable=False, server_default="0"),
    Column("looks", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("looked_at", Utc, nullable=True),
    Column("etag", String, nullable=True),
    Column("last_modified", String, nullable=True),
    Column("gone", String, nullable=True),
    Column("gone_at", Utc, nullable=True),
    Column("detail", Text, nullable=False, server_default=""),
    Column("misses", Integer, nullable=False, server_default="0"),
    Index("ix_recheck_ended_due_at", "ended", "due_at"),
)

# Pages kept as evidence: the bytes lie in WARC files, what proves them here.
capture = Table(
    "capture",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", String, nullable=False),
    Column("fetched", Utc, nullable=False),
    Column("status", Integer, nullable=False),
    Column("sha256", String, nullable=False),
    Column("file", String, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    UniqueConstraint("file", "offset", name="uq_capture_file_offset"),
    Index("ix_capture_url_fetched", "url", "fetched"),
)

match = Table(
    "match",
    metadata,
    Column("article_id", Integer, ForeignKey("article.id"), primary_key=True),
    Column("topic", String, primary_key=True),
    Column("score", Float, nullable=False),
    Column("relevant", Boolean, nullable=False),
    Column("borderline", Boolean, nullable=False),
    Column("explanation", JSON, nullable=False),
)

# What an analyst said of an article, by its canonical address: it outlives a new reading and may come before the article.
label = Table(
    "label",
    metadata,
    Column("url", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("label", String, nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("marked_at", Utc, nullable=False),
)

# One row a MinHash band: texts that share a band are compared word by word, all others never meet.
signature = Table(
    "signature",
    metadata,
    Column("band", BigInteger, primary_key=True),
    Column("article_id", Integer, ForeignKey("article.id"), primary_key=True),
    sqlite_with_rowid=False,
)

poll = Table(
    "poll",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", String, nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc, nullable=False),
    Column("state", String, nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("counts", JSON, nullable=False),
    Index("ix_poll_site_started_at", "site", "started_at"),
)

digest = Table(
    "digest",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscription", String, nullable=False),
    Column("slot", String, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("story_count", Integer, nullable=False),
    Column("kind", String, nullable=False, server_default="slot"),
    UniqueConstraint("subscription", "slot", name="uq_digest_subscription_slot"),
)

# What a subscription has been told: a story is told once, however many copies arrive later.  Without a digest the story counts as
# told though no mail was written: a changed topic found it among old articles.
told = Table(
    "told",
    metadata,
    Column("subscription", String, primary_key=True),
    Column("story_id", Integer, ForeignKey("story.id"), primary_key=True),
    Column("digest_id", Integer, ForeignKey("digest.id"), nullable=True),
    Index("ix_told_story_id", "story_id"),
)

# What a subscription has been told of a copy, or could read in it when its story was told: its edits up to this revision, and how
# its page was missing.  By copy, since copies move when stories are merged and taken apart.  Without a row: nothing yet.
told_copy = Table(
    "told_copy",
    metadata,
    Column("subscription", String, primary_key=True),
    Column("article_id", Integer, ForeignKey("article.id"), primary_key=True),
    Column("revision_id", Integer, nullable=False, server_default="0"),
    Column("gone", String, nullable=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest_id", Integer, ForeignKey("digest.id"), nullable=False),
    Column("message_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("state", String, nullable=False, default="pending"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("ambiguous", Integer, nullable=False, default=0),
    Column("next_attempt_at", Utc, nullable=True),
    Column("sent_at", Utc, nullable=True),
    Column("last_reply", Text, nullable=False, default=""),
    # Last, because SQLite walks through a large value to reach the columns behind it.
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("message_id"),
    Index("ix_outbox_state_next_attempt_at", "state", "next_attempt_at"),
    Index("ix_outbox_digest_id", "digest_id"),
)

# Recipients whose server has refused them for good, and how often in a row; those suspended are written to no more.
bounce = Table(
    "bounce",
    metadata,
    Column("channel", String, primary_key=True),
    Column("recipient", String, primary_key=True),
    Column("score", Integer, nullable=False),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("suspended", Boolean, nullable=False, server_default="0"),
    Column("reply", Text, nullable=False, server_default=""),
)

# What is wrong now, for the operator: told once when it begins and once when it is over.
trouble = Table(
    "trouble",
    metadata,
    Column("key", String, primary_key=True),
    Column("detail", Text, nullable=False),
    Column("since", Utc, nullable=False),
    Column("told_at", Utc, nullable=True),
    Column("ended_at", Utc, nullable=True),
)
