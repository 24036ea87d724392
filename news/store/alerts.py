"""What each subscription was told, and what is owed to whom."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal

from filelock import FileLock, Timeout
from sqlalchemy import ColumnElement, Connection, Select, exists, func, insert, select, update

from news.model import Digest, Message, Story
from news.store.database import Database
from news.store.values import stories
from news.tables import article, digest, match, outbox, story, told

State = Literal["pending", "sending", "sent", "deferred", "dead"]
_WAITING = ("pending", "deferred")
_HISTORY = timedelta(days=14)
_CHUNK = 100  # mails held in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot that was decided: its name and when that was."""

    slot: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A mail that this process has taken to send; `attempts` counts the earlier ones that ended in a reply."""

    id: int
    subscription: str
    slot: str
    state: State
    attempts: int
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One mail to one recipient and what became of it, without its bytes.

    `ambiguous` counts the attempts of which nobody knows whether they arrived; the same bytes were sent again after each.
    """

    id: int
    subscription: str
    slot: str
    message_id: str
    channel: str
    recipient: str
    state: State
    attempts: int
    ambiguous: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    last_reply: str


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
            return stories(db, db.execute(query.distinct().order_by(article.c.story_id)).scalars().all())

    def last_slot(self, subscription: str, *, mailed: bool = False) -> Slot | None:
        """Find the slot decided last; with `mailed` the last one of which a mail was written."""
        query = select(digest.c.slot, digest.c.created_at).where(digest.c.subscription == subscription)
        if mailed:
            query = query.where(exists().where(outbox.c.digest_id == digest.c.id))
        with self._database.read() as db:
            row = db.execute(query.order_by(digest.c.id.desc()).limit(1)).first()
        return Slot(slot=row.slot, created=row.created_at) if row else None

    def decide(self, new: Digest, messages: Iterable[Message]) -> bool:
        """Store the digest, what it tells and its mails, all in one transaction.

        False, and nothing stored, when the slot was decided before or one of its stories was meanwhile told or merged away:
        then compose again.  `messages` is read inside the transaction, a few at a time.
        """
        ids = [tale.id for tale in new.stories]
        with self._database.write() as db:
            if _overtaken(db, new, ids):
                return False
            row = {"subscription": new.subscription, "slot": new.slot, "created_at": new.created, "story_count": len(ids)}
            inserted = db.execute(insert(digest).values(row)).inserted_primary_key
            assert inserted is not None
            digest_id = inserted[0]
            if ids:
                tellings = [{"subscription": new.subscription, "story_id": key, "digest_id": digest_id} for key in ids]
                db.execute(insert(told), tellings)
            remaining = iter(messages)
            while chunk := list(islice(remaining, _CHUNK)):
                db.execute(insert(outbox), [_owed(message, digest_id, new.created) for message in chunk])
        return True

    @contextmanager
    def sender(self) -> Iterator[int | None]:
        """Hold the right to send, which one process has at a time; yields None where another has it.

        Else yields how many mails a dead sender left half sent; they are due again, counted as ambiguous.  The right is a file lock
        and not a lease: the operating system gives it back however its owner dies, so that nobody waits for a lease to run out.
        """
        with self._database.read() as db:
            path = db.engine.url.database
        lock = FileLock(f"{path}.sender.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            yield None
            return
        try:
            left = update(outbox).where(outbox.c.state == "sending")
            with self._database.write() as db:
                count = db.execute(left.values(state="pending", ambiguous=outbox.c.ambiguous + 1)).rowcount
            yield count
        finally:
            lock.release()

    def due_channels(self, now: datetime) -> tuple[str, ...]:
        """Name the channels for which mails are due."""
        query = select(outbox.c.channel).where(*_due(now)).distinct().order_by(outbox.c.channel)
        with self._database.read() as db:
            return tuple(db.execute(query).scalars())

    def claim(self, channel: str, now: datetime) -> Claim | None:
        """Take the mail that is longest due, committed as `sending` before anyone connects; None when there is none."""
        # The first due one is found by its number alone, or the sort would carry the bytes of all the others.
        first = (
            select(outbox.c.id)
            .where(outbox.c.channel == channel, *_due(now))
            .order_by(outbox.c.next_attempt_at, outbox.c.id)
            .limit(1)
            .scalar_subquery()
        )
        query = select(outbox, digest.c.subscription, digest.c.slot).join(digest).where(outbox.c.id == first)
        with self._database.write() as db:
            row = db.execute(query).first()
            if row is None:
                return None
            db.execute(update(outbox).where(outbox.c.id == row.id).values(state="sending"))
        message = Message(message_id=row.message_id, channel=row.channel, recipient=row.recipient, payload=row.payload)
        return Claim(
            id=row.id, subscription=row.subscription, slot=row.slot, state=row.state, attempts=row.attempts, message=message
        )

    def sent(self, claim: Claim, now: datetime, reply: str) -> None:
        """Remember that the server has taken the mail."""
        self._settle(claim, state="sent", attempts=claim.attempts + 1, sent_at=now, next_attempt_at=None, last_reply=reply)

    def deferred(self, claim: Claim, until: datetime, reply: str, *, ambiguous: bool = False) -> None:
        """Try again at `until`. `ambiguous`: the mail may have arrived all the same."""
        self._settle(
            claim,
            state="deferred",
            attempts=claim.attempts + 1,
            ambiguous=outbox.c.ambiguous + int(ambiguous),
            next_attempt_at=until,
            last_reply=reply,
        )

    def dead(self, claim: Claim, reply: str) -> None:
        """Give the mail up; the row stays for the operator to see."""
        self._settle(claim, state="dead", attempts=claim.attempts + 1, next_attempt_at=None, last_reply=reply)

    def unclaimed(self, claim: Claim) -> None:
        """Put the mail back as it was before it was claimed: nothing was tried."""
        self._settle(claim, state=claim.state)

    def paused(self, channel: str, until: datetime, reply: str) -> int:
        """Try nothing of this channel before `until`, without using up attempts; returns how many mails wait."""
        waiting = update(outbox).where(
            outbox.c.channel == channel,
            outbox.c.state.in_(_WAITING),
            outbox.c.next_attempt_at < until,
        )
        with self._database.write() as db:
            return db.execute(waiting.values(next_attempt_at=until, last_reply=reply)).rowcount

    def outbox(self, *, states: Iterable[State] = (), limit: int | None = None) -> tuple[OutboxRow, ...]:
        """List the mails, the newest first; in these states only, if any are named."""
        query = _ROWS.order_by(outbox.c.id.desc()).limit(limit)
        wanted = list(states)
        with self._database.read() as db:
            return _rows(db, query.where(outbox.c.state.in_(wanted)) if wanted else query)

    def told_to(self, story_id: int) -> tuple[OutboxRow, ...]:
        """List the mails that told a story, the first one first."""
        query = _ROWS.join(told, told.c.digest_id == digest.c.id).where(told.c.story_id == story_id).order_by(outbox.c.id)
        with self._database.read() as db:
            return _rows(db, query)

    def hushed(self, story_id: int) -> tuple[str, ...]:
        """Name the subscriptions for which a story counts as told though no digest told it."""
        query = select(told.c.subscription).where(told.c.story_id == story_id, told.c.digest_id.is_(None))
        with self._database.read() as db:
            return tuple(db.execute(query.order_by(told.c.subscription)).scalars())

    def _settle(self, claim: Claim, **values: Any) -> None:
        with self._database.write() as db:
            db.execute(update(outbox).where(outbox.c.id == claim.id, outbox.c.state == "sending").values(**values))


_ROWS = select(
    *(outbox.c[name] for name in OutboxRow.__slots__ if name not in {"subscription", "slot"}),
    digest.c.subscription,
    digest.c.slot,
).join(digest, outbox.c.digest_id == digest.c.id)


def _rows(db: Connection, query: Select[Any]) -> tuple[OutboxRow, ...]:
    return tuple(OutboxRow(**row) for row in db.execute(query).mappings())


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return outbox.c.state.in_(_WAITING), outbox.c.next_attempt_at <= now


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
