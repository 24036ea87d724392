"""Compose, render, store the intent; send what is due, remember what became of it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from alerts.channels import Channel
from alerts.digest import compose
from alerts.mail import Envelope, messages
from alerts.outbox import PAUSE, Deferred, Outcome, Paused, Refused, Sent, next_attempt
from alerts.render import Rendered, render
from alerts.subscription import Subscription
from news.model import Digest, Message, SiteCoverage
from news.store import AlertStore
from news.store.alerts import Claim

# How far back the first digest of a subscription reaches.
_FIRST = timedelta(days=7)
# Articles are looked for from this long before the last slot: a crawl may have stored one after that slot was decided that it saw
# before. What was told is remembered by story, so nothing is told again.
_OVERLAP = timedelta(days=2)

Coverage = Callable[[datetime, datetime], Iterable[SiteCoverage]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What all mails of this program share: who sends them, whom to write to, and how topics and papers are called."""

    sender: str = "Tuần tra <tuantra@localhost>"
    contact: str = ""
    topic_names: Mapping[str, str] = field(default_factory=dict)
    paper_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided for a slot: the digest (None: nothing to say) and to how many it goes; `done` False: decided elsewhere."""

    slot: str
    digest: Digest | None
    recipients: int = 0
    done: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """What one run of the sender achieved. `busy`: another process is sending; `paused` names channels with the reason."""

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    ambiguous: int = 0
    paused: Mapping[str, str] = field(default_factory=dict)
    busy: bool = False


def preview(
    store: AlertStore,
    subscription: Subscription,
    now: datetime,
    *,
    slot: str,
    coverage: Coverage,
    since: datetime | None = None,
) -> Digest | None:
    """Compose what a slot would tell, and store nothing. `since` overrides how far back it looks."""
    last, mailed = store.last_slot(subscription.name), store.last_slot(subscription.name, mailed=True)
    # The reader's period begins with the last mail, however many slots had nothing to say.
    begin = since or (mailed.created if mailed else now - _FIRST)
    seen = since or (last.created - _OVERLAP if last else now - _FIRST)
    stories = store.untold(subscription.name, topics=subscription.topics, minimum_score=subscription.minimum_score, since=seen)
    return compose(subscription, slot, stories, coverage(begin, now), since=begin, now=now)


def show(digest: Digest, subscription: Subscription, letterhead: Letterhead) -> Rendered:
    """Render a digest as its subscriber would get it."""
    return render(
        digest,
        language=subscription.language,
        topic_names=letterhead.topic_names,
        paper_names=letterhead.paper_names,
    )


def tell(
    store: AlertStore,
    subscription: Subscription,
    now: datetime,
    *,
    slot: str,
    coverage: Coverage,
    letterhead: Letterhead,
    channels: Iterable[Channel],
    since: datetime | None = None,
) -> Decision:
    """Decide a slot (an ISO local time): what it tells and the mails that say so are stored together, or nothing is."""
    digest = preview(store, subscription, now, slot=slot, coverage=coverage, since=since)
    channel = channel_of(subscription, channels)
    recipients = (subscription.to or (subscription.name,)) if digest else ()
    mails: Iterable[Message] = ()
    if digest:
        rendered = show(digest, subscription, letterhead)
        envelope = Envelope(
            subscription=subscription.name, slot=slot, sender=letterhead.sender, date=now, contact=letterhead.contact
        )
        mails = messages(rendered, envelope, channel=channel, recipients=recipients)
    # A slot with nothing to say is done all the same; else the next story would be sent for a slot long past.
    quiet = Digest(subscription=subscription.name, slot=slot, created=now, since=now, stories=())
    done = store.decide(digest or quiet, mails)
    if done:
        stories = len(digest.stories) if digest else 0
        _log().info(
            "digest_decided",
            subscription=subscription.name,
            slot=slot,
            stories=stories,
            recipients=len(recipients),
            channel=channel,
        )
    return Decision(slot=slot, digest=digest, recipients=len(recipients), done=done)


def channel_of(subscription: Subscription, channels: Iterable[Channel]) -> str:
    """Name the channel of a subscription: its own, else email where a server is set and somebody to write to, else file."""
    mail = subscription.to and any(channel.name == "email" for channel in channels)
    return subscription.channel or ("email" if mail else "file")


def send_due(
    store: AlertStore,
    channels: Iterable[Channel],
    clock: Callable[[], datetime],
    *,
    keep_going: Callable[[], bool] = lambda: True,
) -> SendReport:
    """Send what is due; one mail's failure never touches another's. Asks `keep_going` between mails, so that it can be stopped."""
    started = clock()
    named = {channel.name: channel for channel in channels}
    with store.sender() as left:
        if left is None:
            return SendReport(busy=True)
        run = _Run(store, clock, left)
        for name in store.due_channels(started):
            if name not in named:
                run.pause(name, f"no channel {name!r} is configured, but mails wait for it")
                continue
            with named[name].session() as send:
                while keep_going() and name not in run.paused and (claim := store.claim(name, started)):
                    run.settle(claim, _tried(send, claim))
    return run.report()


def _tried(send: Callable[[Message], Outcome], claim: Claim) -> Outcome:
    try:
        return send(claim.message)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one mail must not hold up all others for ever
        return Deferred(reply=f"fault: {type(error).__name__}: {error}", ambiguous=True)


class _Run:
    """Remembers what became of each mail, counts it, and says it once in the log."""

    def __init__(self, store: AlertStore, clock: Callable[[], datetime], left: int) -> None:
        self._store = store
        self._clock = clock
        self._counts = Counter(ambiguous=left)
        self.paused: dict[str, str] = {}

    def settle(self, claim: Claim, outcome: Outcome) -> None:
        now = self._clock()
        match outcome:
            case Sent(reply=reply):
                self._store.sent(claim, now, reply)
                self._note("sent", claim, reply)
            case Paused(reply=reply):
                self._store.unclaimed(claim)
                self.pause(claim.message.channel, reply)
            case Deferred(reply=reply, ambiguous=ambiguous) if until := next_attempt(claim.attempts + 1, now):
                self._store.deferred(claim, until, reply, ambiguous=ambiguous)
                self._counts["ambiguous"] += ambiguous
                self._note("deferred", claim, reply, until=until.isoformat(), ambiguous=ambiguous)
            case Deferred(reply=reply) | Refused(reply=reply):
                self._store.dead(claim, reply)
                self._note("dead", claim, reply)

    def pause(self, channel: str, reply: str) -> None:
        until = self._clock() + PAUSE
        waiting = self._store.paused(channel, until, reply)
        self.paused[channel] = reply
        _log().error("queue_paused", channel=channel, reply=reply, until=until.isoformat(), waiting=waiting)

    def report(self) -> SendReport:
        counts = self._counts
        return SendReport(
            sent=counts["sent"],
            deferred=counts["deferred"],
            dead=counts["dead"],
            ambiguous=counts["ambiguous"],
            paused=self.paused,
        )

    def _note(self, state: str, claim: Claim, reply: str, **more: Any) -> None:
        self._counts[state] += 1
        level = logging.INFO if state == "sent" else logging.WARNING
        _log().log(
            level,
            f"mail_{state}",
            subscription=claim.subscription,
            slot=claim.slot,
            recipient=claim.message.recipient,
            message_id=claim.message.message_id,
            attempt=claim.attempts + 1,
            reply=reply,
            **more,
        )


def _log() -> Any:
    return structlog.get_logger("alerts")
