"""What each subscription was told: decided once, together with the mails that say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, exists, func, insert, select

from news.model import Digest, Message, Story
from news.store.corrections import confirmed, corrections, remember, told_meanwhile
from news.store.database import Database
from news.store.outbox import OUTBOX, OutboxRow, outbox_rows
from news.store.values import key_of, stories
from news.tables import article, digest, match, outbox, story, told

_HISTORY = timedelta(days=14)
_CHUNK = 100  # mails held in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot that was decided: its name and when that was."""

    slot: str
    created: datetime


class AlertStore:
    """The memory of the alerts: a story is told once, a mail intent is stored with the decision that caused it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def untold(
        self, subscription: str, *, topics: Iterable[str] = (), minimum_score: float = 0.0, since: datetime
    ) -> tuple[Story, ...]:
        """Find stories with a relevant article taken in since then that the subscription was not told; no topics: any.

        When it was taken in counts, not when it was first announced: a page may be behind a wall for days. What was published long
        before is history that somebody back-filled, and no news.
        """
        known = exists().where(told.c.subscription == subscription, told.c.story_id == article.c.story_id)
        query = (
            select(article.c.story_id)
            .join(match, match.c.article_id == article.c.id)
            .where(match.c.relevant, match.c.score >= minimum_score, ~known)
            .where(article.c.fetched >= since)
            .where(func.coalesce(article.c.published, article.c.first_seen) >= since - _HISTORY)
        )
        wanted = list(topics)
        if wanted:
            query = query.where(match.c.topic.in_(wanted))
        with self._database.read() as db:
            found = stories(db, db.execute(query.distinct().order_by(article.c.story_id)).scalars().all())
            return confirmed(db, found)

    def last_slot(self, subscription: str, *, mailed: bool = False) -> Slot | None:
        """Find the slot decided last; with `mailed` the last digest of any kind of which a mail was written."""
        query = select(digest.c.slot, digest.c.created_at).where(digest.c.subscription == subscription)
        if not mailed:
            query = query.where(digest.c.kind == "slot")
        if mailed:
            query = query.where(exists().where(outbox.c.digest_id == digest.c.id))
        with self._database.read() as db:
            row = db.execute(query.order_by(digest.c.id.desc()).limit(1)).first()
        return Slot(slot=row.slot, created=row.created_at) if row else None

    def corrected(self, subscription: str) -> tuple[Story, ...]:
        """Find what the subscription was not told yet of stories that it was told: the stories hold that of each copy, and nothing else."""
        with self._database.read() as db:
            return corrections(db, subscription)

    def alerted(self, subscription: str, since: datetime) -> tuple[datetime, ...]:
        """When the subscription was alerted between its slots since then, the oldest first."""
        query = select(digest.c.created_at).where(
            digest.c.subscription == subscription, digest.c.kind == "immediate", digest.c.created_at > since
        )
        with self._database.read() as db:
            return tuple(db.execute(query.order_by(digest.c.created_at)).scalars())

    def decide(self, new: Digest, messages: Iterable[Message]) -> bool:
        """Store the digest, what it tells and its mails, all in one transaction.

        False, and nothing stored, when the slot was decided before, or one of its stories or corrections was meanwhile told or merged
        away: then compose again.  `messages` is read inside the transaction, a few at a time.
        """
        ids = [tale.id for tale in new.stories]
        with self._database.write() as db:
            if _overtaken(db, new, ids) or told_meanwhile(db, new):
                return False
            digest_id = keep(db, new, messages)
            if ids:
                tellings = [{"subscription": new.subscription, "story_id": key, "digest_id": digest_id} for key in ids]
                db.execute(insert(told), tellings)
            remember(db, new)
        return True

    def told_to(self, story_id: int) -> tuple[OutboxRow, ...]:
        """List the mails that told a story, the first one first."""
        query = OUTBOX.join(told, told.c.digest_id == digest.c.id).where(told.c.story_id == story_id).order_by(outbox.c.id)
        with self._database.read() as db:
            return outbox_rows(db, query)

    def hushed(self, story_id: int) -> tuple[str, ...]:
        """Name the subscriptions for which a story counts as told though no digest told it."""
        query = select(told.c.subscription).where(told.c.story_id == story_id, told.c.digest_id.is_(None))
        with self._database.read() as db:
            return tuple(db.execute(query.order_by(told.c.subscription)).scalars())


def keep(db: Connection, new: Digest, messages: Iterable[Message]) -> int:
    """Store a digest and its mails, a few at a time, within a transaction; returns its number."""
    row = {
        "subscription": new.subscription, "slot": new.slot, "created_at": new.created,
        "story_count": len(new.stories), "kind": new.kind,
    }  # fmt: skip
    digest_id = key_of(db.execute(insert(digest).values(row)).inserted_primary_key)
    remaining = iter(messages)
    while chunk := list(islice(remaining, _CHUNK)):
        db.execute(insert(outbox), [_owed(message, digest_id, new.created) for message in chunk])
    return digest_id


def _owed(message: Message, digest_id: int, now: datetime) -> dict[str, Any]:
    row = {name: getattr(message, name) for name in message.__slots__}
    return {**row, "digest_id": digest_id, "next_attempt_at": now}


def _overtaken(db: Connection, new: Digest, ids: list[int]) -> bool:
    """Whether another process was faster, or a crawl has merged a story since it was read."""
    here = digest.c.subscription == new.subscription
    if db.execute(select(digest.c.id).where(here, digest.c.slot == new.slot)).first():
        return True
    known = select(func.count()).select_from(told).where(told.c.subscription == new.subscription)
    return any(
        db.execute(select(func.count()).select_from(story).where(story.c.id.in_(part))).scalar() != len(part)
        or db.execute(known.where(told.c.story_id.in_(part))).scalar()
        for part in (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
    )
