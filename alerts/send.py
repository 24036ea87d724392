"""Sends what is due, and remembers what became of it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from alerts.channels import Channel
from alerts.outbox import PAUSE, Deferred, Outcome, Paused, Refused, Sent, next_attempt
from news.model import Message
from news.store import OutboxStore
from news.store.outbox import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """What one run of the sender achieved.

    `busy`: another process is sending; `paused` names channels, or single
    targets ("webhook:desk"), with the reason.
    """

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    ambiguous: int = 0
    paused: Mapping[str, str] = field(default_factory=dict)
    busy: bool = False


def send_due(
    store: OutboxStore,
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

    def __init__(self, store: OutboxStore, clock: Callable[[], datetime], left: int) -> None:
        self._store = store
        self._clock = clock
        self._counts = Counter(ambiguous=left)
        self._bounces = {(bounce.channel, bounce.recipient) for bounce in store.bounces()}
        self.paused: dict[str, str] = {}

    def settle(self, claim: Claim, outcome: Outcome) -> None:
        now = self._clock()
        match outcome:
            case Sent(reply=reply):
                self._store.sent(claim, now, reply)
                if self._refused_before(claim):
                    self._store.reached(claim.message.channel, claim.message.recipient)
                self._note("sent", claim, reply)
            case Paused(reply=reply, target=target):
                self._store.unclaimed(claim)
                self.pause(claim.message.channel, reply, claim.message.recipient if target else None)
            case Deferred(reply=reply, ambiguous=ambiguous) if until := next_attempt(claim.attempts + 1, now):
                self._store.deferred(claim, until, reply, ambiguous=ambiguous)
                self._counts["ambiguous"] += ambiguous
                self._note("deferred", claim, reply, until=until.isoformat(), ambiguous=ambiguous)
            case Deferred(reply=reply) | Refused(reply=reply):
                self._store.dead(claim, reply)
                self._note("dead", claim, reply)
                if isinstance(outcome, Refused) and outcome.recipient:
                    self._bounced(claim, now, reply)

    def _refused_before(self, claim: Claim) -> bool:
        return (claim.message.channel, claim.message.recipient) in self._bounces

    def _bounced(self, claim: Claim, now: datetime, reply: str) -> None:
        channel, recipient = claim.message.channel, claim.message.recipient
        self._bounces.add((channel, recipient))
        if self._store.bounced(channel, recipient, now, reply):
            _log().error("recipient_suspended", channel=channel, recipient=recipient, reply=reply)

    def pause(self, channel: str, reply: str, target: str | None = None) -> None:
        until = self._clock() + PAUSE
        waiting = self._store.paused(channel, until, reply, recipient=target)
        name = f"{channel}:{target}" if target else channel
        self.paused[name] = reply
        _log().error("queue_paused", channel=name, reply=reply, until=until.isoformat(), waiting=waiting)

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
            channel=claim.message.channel,
            recipient=claim.message.recipient,
            message_id=claim.message.message_id,
            attempt=claim.attempts + 1,
            reply=reply,
            **more,
        )


def _log() -> Any:
    return structlog.get_logger("alerts")
