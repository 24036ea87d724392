"""Compose, render, and store the intent to tell; `send` does the rest."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from alerts.channels import FORMS, Channel
from alerts.digest import compose, in_order
from alerts.glossary import Glossary
from alerts.mail import Envelope, messages
from alerts.render import Rendered, render
from alerts.subscription import Subscription
from alerts.tag_names import TagTexts
from news.model import Digest, Message, SiteCoverage, Story
from news.store import AlertStore

# How far back the first digest of a subscription reaches.
_FIRST = timedelta(days=7)
# Articles are looked for from this long before the last slot: a crawl may have stored one after that slot was decided that it saw
# before. What was told is remembered by story, so nothing is told again.
_OVERLAP = timedelta(days=2)

_HOUR = timedelta(hours=1)

Coverage = Callable[[datetime, datetime], Iterable[SiteCoverage]]
Suspended = Callable[[str], Collection[str]]
"""Whom of a channel nobody writes to any more, since his server refuses him for good."""


def nobody(_channel: str) -> Collection[str]:
    """Nobody is suspended."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What all mails of this program share: who sends them, whom to write to, and how topics, tags, papers and terms are called.

    `archive` is what stands before a page's address where kept pages are served.
    """

    sender: str = "Tuần tra <tuantra@localhost>"
    contact: str = ""
    topic_names: Mapping[str, str] = field(default_factory=dict)
    paper_names: Mapping[str, str] = field(default_factory=dict)
    tag_texts: Mapping[str, TagTexts] = field(default_factory=dict)
    glossary: Glossary = field(default_factory=Glossary)
    archive: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided for a slot: the digest (None: nothing to say) and to how many it goes; `done` False: decided elsewhere."""

    slot: str
    digest: Digest | None
    recipients: int = 0
    done: bool = True


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
    return compose(
        subscription,
        slot,
        _untold(store, subscription, seen),
        store.corrected(subscription.name),
        coverage(begin, now),
        since=begin,
        now=now,
        silent=now - mailed.created if mailed else None,
    )


def _untold(store: AlertStore, subscription: Subscription, since: datetime) -> tuple[Story, ...]:
    found = store.untold(subscription.name, topics=subscription.topics, minimum_score=subscription.minimum_score, since=since)
    return tuple(story for story in found if subscription.takes(story))


def show(digest: Digest, subscription: Subscription, letterhead: Letterhead) -> Rendered:
    """Render a digest as its subscriber would get it."""
    return render(
        digest,
        language=subscription.language,
        topic_names=letterhead.topic_names,
        paper_names=letterhead.paper_names,
        tag_texts=letterhead.tag_texts,
        glossary=letterhead.glossary,
        archive=letterhead.archive,
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
    suspended: Suspended = nobody,
    since: datetime | None = None,
) -> Decision:
    """Decide a slot (an ISO local time): what it tells and the mails that say so are stored together, or nothing is."""
    digest = preview(store, subscription, now, slot=slot, coverage=coverage, since=since)
    return _decide(store, subscription, digest, now, slot=slot, letterhead=letterhead, channels=channels, suspended=suspended)


def alert(
    store: AlertStore,
    subscription: Subscription,
    now: datetime,
    *,
    slot: str,
    letterhead: Letterhead,
    channels: Iterable[Channel],
    suspended: Suspended = nobody,
) -> Decision | None:
    """Tell at once what does not wait for a slot; None where there is nothing, or the hour has had its alerts."""
    if subscription.immediate is None or subscription.is_quiet(now):
        return None
    if len(store.alerted(subscription.name, now - _HOUR)) >= subscription.immediate.per_hour:
        return None
    stories = tuple(story for story in _untold(store, subscription, now - _OVERLAP) if subscription.takes_at_once(story))
    if not stories:
        return None
    digest = Digest(
        subscription=subscription.name, slot=slot, created=now, since=now, stories=in_order(stories), kind="immediate"
    )
    return _decide(store, subscription, digest, now, slot=slot, letterhead=letterhead, channels=channels, suspended=suspended)


def _decide(
    store: AlertStore,
    subscription: Subscription,
    digest: Digest | None,
    now: datetime,
    *,
    slot: str,
    letterhead: Letterhead,
    channels: Iterable[Channel],
    suspended: Suspended,
) -> Decision:
    named = {channel.name: channel for channel in channels}
    routes = [
        (channel, recipient)
        for channel, recipient in (subscription.routes(mail="email" in named) if digest else ())
        if recipient not in suspended(channel)
    ]
    mails: Iterable[Message] = ()
    if digest:
        envelope = Envelope(
            subscription=subscription.name, slot=slot, sender=letterhead.sender, date=now, contact=letterhead.contact
        )
        mails = messages(show(digest, subscription, letterhead), envelope, [(FORMS[name], name, to) for name, to in routes])
    # A slot with nothing to say is done all the same; else the next story would be sent for a slot long past.
    quiet = Digest(subscription=subscription.name, slot=slot, created=now, since=now, stories=())
    done = store.decide(digest or quiet, mails)
    if done:
        _log().info(
            "digest_decided",
            subscription=subscription.name,
            slot=slot,
            kind=digest.kind if digest else "slot",
            stories=len(digest.stories) if digest else 0,
            corrected=len(digest.corrected) if digest else 0,
            recipients=len(routes),
            channels=sorted({channel for channel, _ in routes}),
        )
    return Decision(slot=slot, digest=digest, recipients=len(routes), done=done)


def _log() -> Any:
    return structlog.get_logger("alerts")
