"""What is wrong, as the operator is told it: once when it begins, and once when it is well over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from news.model import Digest, Message
from news.store.alerts import keep
from news.store.database import Database
from news.tables import digest, listing, outbox, poll, site, trouble

# These happened and nothing recovers from them: they end without a word.
_EVENTS = ("mail:", "page:")
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong, named by `key` ("site:vov", "disk"), since when, and when it was told and ended, if it was."""

    key: str
    detail: str
    since: datetime
    told_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Mails that do not get out through a channel: how many, since when the oldest waits, and what was answered to it last."""

    channel: str
    mails: int
    oldest: datetime
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """Mails to a recipient that were given up: how many, when the last was written, and what was answered to it."""

    channel: str
    recipient: str
    mails: int
    newest: datetime
    reply: str


@dataclass(frozen=True, slots=True)
class _Steps:
    """What tells the table from what is wrong now."""

    begun: tuple[Trouble, ...]
    altered: tuple[Trouble, ...]  # they came back before their end was told, or are known better
    over: tuple[str, ...]
    forgotten: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.begun or self.altered or self.over or self.forgotten)


class TroubleStore:
    """The memory of what is wrong: a trouble that flaps stays one and the same until its end was told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self) -> dict[str, Trouble]:
        """Every trouble whose beginning or end is not told yet, or that goes on, by its key."""
        with self._database.read() as db:
            return _known(db)

    def now_wrong(self, found: Iterable[Trouble], now: datetime) -> None:
        """Begin what is new, end what is no longer found, go on with what came back. What passes untold is forgotten."""
        wrong = {one.key: one for one in found}
        # Asked every minute and nearly always without news: nothing is written then.
        if not _steps(self.known(), wrong):
            return
        with self._database.write() as db:
            steps = _steps(_known(db), wrong)
            if steps.begun:
                db.execute(insert(trouble), [{name: getattr(one, name) for name in one.__slots__} for one in steps.begun])
            for one in steps.altered:
                db.execute(update(trouble).where(trouble.c.key == one.key).values(detail=one.detail, ended_at=None))
            _each(db, update(trouble).values(ended_at=now), steps.over)
            _each(db, delete(trouble), steps.forgotten)

    def untold(self, ended_before: datetime) -> tuple[Trouble, ...]:
        """What the operator does not know: troubles that began, and told ones that ended by then; the oldest first."""
        return tuple(
            sorted(
                (
                    one
                    for one in self.known().values()
                    if (one.told_at is None if one.ended_at is None else one.ended_at <= ended_before)
                ),
                key=lambda one: (one.since, one.key),
            )
        )

    def told(self, keys: Iterable[str], now: datetime) -> None:
        """The operator knows of these: remember it of those that go on, forget those that have ended."""
        with self._database.write() as db:
            _told(db, keys, now)

    def decide(self, notice: Digest, untold: Iterable[Trouble], messages: Iterable[Message], *, every: timedelta) -> bool:
        """Store the notice and its mails and that its troubles are told, all in one transaction.

        False, and nothing stored, when there was a notice within `every`, or when one of the troubles was meanwhile told, came back
        or passed: then compose again. `messages` is read inside the transaction.
        """
        composed = {one.key: one for one in untold}
        with self._database.write() as db:
            known = _known(db)
            if any(key not in known or _standing(known[key]) != _standing(one) for key, one in composed.items()):
                return False
            if _last_notice(db, notice.subscription, notice.created) > notice.created - every:
                return False
            keep(db, notice, messages)
            _told(db, composed, notice.created)
        return True

    def last_notice(self, subscription: str, now: datetime) -> datetime | None:
        """When the operator was last told something, up to now: a clock that once ran ahead silences nobody."""
        with self._database.read() as db:
            last = _last_notice(db, subscription, now)
        return None if last == _NEVER else last

    def sites_since(self) -> dict[str, datetime]:
        """Since when each paper that fails has failed without a break, and each silent one has said nothing."""
        first = (
            select(func.min(poll.c.started_at))
            .where(poll.c.site == site.c.key, poll.c.started_at > func.coalesce(site.c.succeeded_at, bindparam("never", _NEVER)))
            .scalar_subquery()
        )
        newest = select(func.max(listing.c.newest_at)).where(listing.c.site == site.c.key).scalar_subquery()
        with self._database.read() as db:
            failing = db.execute(select(site.c.key, first).where(site.c.failures > 0)).all()
            silent = db.execute(select(site.c.key, newest).where(site.c.state == "silent")).all()
        return {key: since for key, since in (*failing, *silent) if since is not None}

    def held(self, now: datetime, *, longer: timedelta) -> tuple[Held, ...]:
        """The channels whose mails wait for longer than that: put off, or due and not taken by anybody."""
        # SQLite takes the other columns of a group from the row of its min().
        query = (
            select(
                outbox.c.channel, func.count().label("mails"), func.min(digest.c.created_at).label("oldest"), outbox.c.last_reply
            )
            .join(digest, digest.c.id == outbox.c.digest_id)
            .where(outbox.c.state.in_(("pending", "deferred", "sending")), digest.c.created_at <= now - longer)
            .where(or_(outbox.c.next_attempt_at > now, outbox.c.next_attempt_at <= now - longer))
            .group_by(outbox.c.channel)
        )
        with self._database.read() as db:
            return tuple(
                Held(channel=row.channel, mails=row.mails, oldest=row.oldest, reply=row.last_reply) for row in db.execute(query)
            )

    def given_up(self, since: datetime) -> tuple[GivenUp, ...]:
        """The recipients to whom a mail of a digest decided since then was given up, but not by hand."""
        query = (
            select(
                outbox.c.channel,
                outbox.c.recipient,
                func.count().label("mails"),
                digest.c.created_at,
                outbox.c.last_reply,
                func.max(outbox.c.id),
            )
            .join(digest, digest.c.id == outbox.c.digest_id)
            .where(outbox.c.state == "dead", digest.c.created_at > since, ~outbox.c.last_reply.startswith("dropped by hand"))
            .group_by(outbox.c.channel, outbox.c.recipient)
        )
        with self._database.read() as db:
            return tuple(
                GivenUp(
                    channel=row.channel, recipient=row.recipient, mails=row.mails, newest=row.created_at, reply=row.last_reply
                )
                for row in db.execute(query)
            )


def _known(db: Connection) -> dict[str, Trouble]:
    return {row["key"]: Trouble(**row) for row in db.execute(select(trouble)).mappings()}


def _steps(known: Mapping[str, Trouble], wrong: Mapping[str, Trouble]) -> _Steps:
    gone = [one for key, one in known.items() if key not in wrong]
    passed = {one.key for one in gone if one.told_at is None or one.key.startswith(_EVENTS)}
    return _Steps(
        begun=tuple(one for key, one in wrong.items() if key not in known),
        altered=tuple(
            one
            for key, one in wrong.items()
            if key in known
            and (known[key].ended_at is not None or (known[key].told_at is None and known[key].detail != one.detail))
        ),
        over=tuple(one.key for one in gone if one.key not in passed and one.ended_at is None),
        forgotten=tuple(passed),
    )


def _standing(one: Trouble) -> tuple[bool, bool]:
    return one.told_at is not None, one.ended_at is not None


def _told(db: Connection, keys: Iterable[str], now: datetime) -> None:
    known = _known(db)
    told = [known[key] for key in keys if key in known]
    _each(db, update(trouble).values(told_at=now), [one.key for one in told if one.ended_at is None])
    _each(db, delete(trouble), [one.key for one in told if one.ended_at is not None])


def _each(db: Connection, statement: Any, keys: Iterable[str]) -> None:
    rows = [{"one": key} for key in keys]
    if rows:
        db.execute(statement.where(trouble.c.key == bindparam("one")), rows)


def _last_notice(db: Connection, subscription: str, now: datetime) -> datetime:
    query = select(func.max(digest.c.created_at)).where(
        digest.c.subscription == subscription, digest.c.kind == "notice", digest.c.created_at <= now
    )
    last: datetime | None = db.execute(query).scalar()
    return last or _NEVER
