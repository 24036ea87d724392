"""What is owed to whom, and what became of it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from filelock import FileLock, Timeout
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import Message
from news.store.database import Database
from news.tables import bounce, digest, outbox

State = Literal["pending", "sending", "sent", "deferred", "dead"]
_WAITING = ("pending", "deferred")
# A mailbox that was full for a day is none that is gone: so many refusals in a row, over so long, before nobody writes to it.
_MOST_BOUNCES = 3
_LEAST_TIME = timedelta(days=2)
_DROPPED = "dropped by hand"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A recipient whose server refuses him for good: how often in a row, since when; `suspended`: he is written to no more."""

    channel: str
    recipient: str
    score: int
    first_at: datetime
    last_at: datetime
    suspended: bool
    reply: str


class OutboxStore:
    """The mails: one process sends at a time, and every step is on the disk before the next is taken."""

    def __init__(self, database: Database) -> None:
        self._database = database

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

    def paused(self, channel: str, until: datetime, reply: str, *, recipient: str | None = None) -> int:
        """Try nothing of this channel, or of its one recipient, before `until`, without using up attempts; returns how many mails wait."""
        waiting = update(outbox).where(
            outbox.c.channel == channel,
            outbox.c.state.in_(_WAITING),
            outbox.c.next_attempt_at < until,
            *_to(recipient),
        )
        with self._database.write() as db:
            return db.execute(waiting.values(next_attempt_at=until, last_reply=reply)).rowcount

    def rows(self, *, states: Iterable[State] = (), limit: int | None = None) -> tuple[OutboxRow, ...]:
        """List the mails, the newest first; in these states only, if any are named."""
        query = OUTBOX.order_by(outbox.c.id.desc()).limit(limit)
        wanted = list(states)
        with self._database.read() as db:
            return outbox_rows(db, query.where(outbox.c.state.in_(wanted)) if wanted else query)

    def row(self, number: int) -> OutboxRow | None:
        """One mail, None if there is no such mail."""
        with self._database.read() as db:
            return next(iter(outbox_rows(db, OUTBOX.where(outbox.c.id == number))), None)

    def counts(self) -> Mapping[str, Mapping[State, int]]:
        """How many mails of each subscription are in which state; no entry means none."""
        here = digest.c.subscription, outbox.c.state
        query = select(*here, func.count().label("number")).join_from(outbox, digest).group_by(*here)
        found: dict[str, dict[State, int]] = {}
        with self._database.read() as db:
            for row in db.execute(query):
                found.setdefault(row.subscription, {})[row.state] = row.number
        return found

    def slots(self, *, subscription: str | None = None, beginning: str = "", limit: int | None = None) -> tuple[str, ...]:
        """Name the slots of which mails were written, the newest first; only those that begin so."""
        mailed = select(digest.c.slot).join(outbox, outbox.c.digest_id == digest.c.id)
        query = mailed.where(digest.c.slot.startswith(beginning, autoescape=True), *_of(subscription))
        with self._database.read() as db:
            return tuple(db.execute(query.group_by(digest.c.slot).order_by(func.max(digest.c.id).desc()).limit(limit)).scalars())

    def payload(self, number: int) -> bytes | None:
        """The bytes of one mail, None if there is no such mail."""
        with self._database.read() as db:
            return db.execute(select(outbox.c.payload).where(outbox.c.id == number)).scalar()

    def retry(self, numbers: Iterable[int], now: datetime) -> int:
        """Let mails that wait or were given up be tried again at once, with all their attempts; how many there were."""
        again = update(outbox).where(outbox.c.id.in_(list(numbers)), outbox.c.state.in_((*_WAITING, "dead")))
        with self._database.write() as db:
            return db.execute(again.values(state="pending", attempts=0, next_attempt_at=now)).rowcount

    def given_up(self, recipient: str | None = None) -> tuple[int, ...]:
        """The numbers of the mails that were given up, for a recipient or all of them, but by nobody's hand."""
        query = select(outbox.c.id).where(outbox.c.state == "dead", ~outbox.c.last_reply.startswith(_DROPPED), *_to(recipient))
        with self._database.read() as db:
            return tuple(db.execute(query.order_by(outbox.c.id)).scalars())

    def again(self, subscription: str | None, slot: str, now: datetime, *, recipient: str | None = None) -> tuple[int, ...]:
        """Let the mails of a slot be sent once more, also those that were sent: the same bytes, with all their attempts; their numbers.

        A mail that is being sent right now is left alone, and so is one that was dropped by hand, unless its recipient is named.
        """
        wanted = select(outbox.c.id).join(digest, digest.c.id == outbox.c.digest_id)
        query = wanted.where(digest.c.slot == slot, outbox.c.state != "sending", *_of(subscription), *_to(recipient))
        if recipient is None:
            query = query.where(~and_(outbox.c.state == "dead", outbox.c.last_reply.startswith(_DROPPED)))
        with self._database.write() as db:
            numbers = tuple(db.execute(query.order_by(outbox.c.id)).scalars())
            due = {"state": "pending", "attempts": 0, "next_attempt_at": now}
            db.execute(update(outbox).where(outbox.c.id.in_(numbers)).values(due))
        return numbers

    def drop(self, numbers: Iterable[int], now: datetime) -> int:
        """Give mails up that are not sent yet; the rows stay. How many there were."""
        gone = update(outbox).where(outbox.c.id.in_(list(numbers)), outbox.c.state.in_(_WAITING))
        with self._database.write() as db:
            return db.execute(
                gone.values(state="dead", next_attempt_at=None, last_reply=f"{_DROPPED} {now:%Y-%m-%d %H:%M} UTC")
            ).rowcount

    def bounces(self) -> tuple[Bounce, ...]:
        """Every recipient who was refused and not yet reached again."""
        with self._database.read() as db:
            rows = db.execute(select(bounce).order_by(bounce.c.channel, bounce.c.recipient)).mappings()
            return tuple(Bounce(**row) for row in rows)

    def suspended(self, channel: str) -> frozenset[str]:
        """Whom nobody writes to any more."""
        query = select(bounce.c.recipient).where(bounce.c.channel == channel, bounce.c.suspended)
        with self._database.read() as db:
            return frozenset(db.execute(query).scalars())

    def bounced(self, channel: str, recipient: str, now: datetime, reply: str) -> bool:
        """The recipient himself was refused for good; whether he is suspended now."""
        with self._database.write() as db:
            known = db.execute(select(bounce).where(bounce.c.channel == channel, bounce.c.recipient == recipient)).first()
            score, first = (known.score + 1, known.first_at) if known else (1, now)
            suspended = score >= _MOST_BOUNCES and now - first >= _LEAST_TIME
            values = {"score": score, "first_at": first, "last_at": now, "suspended": suspended, "reply": reply}
            row = upsert(bounce).values(channel=channel, recipient=recipient, **values)
            db.execute(row.on_conflict_do_update(index_elements=["channel", "recipient"], set_=values))
        return suspended

    def reached(self, channel: str, recipient: str) -> None:
        """The recipient's server takes his mail: whatever was held against him is forgotten."""
        with self._database.write() as db:
            db.execute(delete(bounce).where(bounce.c.channel == channel, bounce.c.recipient == recipient))

    def _settle(self, claim: Claim, **values: Any) -> None:
        with self._database.write() as db:
            db.execute(update(outbox).where(outbox.c.id == claim.id, outbox.c.state == "sending").values(**values))


OUTBOX = select(
    *(outbox.c[name] for name in OutboxRow.__slots__ if name not in {"subscription", "slot"}),
    digest.c.subscription,
    digest.c.slot,
).join(digest, outbox.c.digest_id == digest.c.id)


def outbox_rows(db: Connection, query: Select[Any]) -> tuple[OutboxRow, ...]:
    """What a query built on OUTBOX finds."""
    return tuple(OutboxRow(**row) for row in db.execute(query).mappings())


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return outbox.c.state.in_(_WAITING), outbox.c.next_attempt_at <= now


def _of(subscription: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if subscription is None else (digest.c.subscription == subscription,)


def _to(recipient: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if recipient is None else (func.lower(outbox.c.recipient) == recipient.lower(),)
