"""What the commands that watch and tell do; the daemon starts the same jobs on schedule."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import structlog

from alerts.channels import Channel
from alerts.deliver import Coverage, Decision, Letterhead, alert, preview, show, tell
from alerts.glossary import Glossary
from alerts.notice import notify
from alerts.send import SendReport, send_due
from alerts.subscription import Subscription, due_slot
from crawler.catalogue import all_sites, site_of
from crawler.clock import Clock, clock, replayed
from crawler.config import Config, check_topics, data_folder, database_url, glossary, sites, topics
from crawler.crawling.batch import Batch
from crawler.crawling.plan import Plan
from crawler.crawling.rounds import SiteReport
from crawler.toml import ConfigError
from crawler.troubles import GRACE, Facts, wrong_now
from news.problem import nearest
from news.store import DatabaseError, Store, open_store

# A mail is given up about five days after its digest was decided.
_GIVEN_UP_LATELY = timedelta(days=12)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """An open store, a configuration and a clock: what every job works with."""

    config: Config
    store: Store
    clock: Clock

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """All subscriptions, their topics filled in."""
        return check_topics(topics(self.config), self.config.subscriptions)


@contextmanager
def opened(config: Config) -> Iterator[Program]:
    """Open the store for the length of the block. Raises DatabaseError."""
    store = open_store(database_url(config))
    try:
        yield Program(config=config, store=store, clock=clock())
    finally:
        store.close()


# ---- crawl


def crawl(whole: Batch, on_report: Callable[[SiteReport], None] = lambda _report: None) -> tuple[SiteReport, ...]:
    """Run a batch to its end; the reports of all its sites, in the plan's order. Raises BatchError."""
    found = whole.run(on_report)
    return tuple(found.values())


def plan(
    config: Config,
    *,
    keys: Iterable[str] = (),
    urls: Iterable[str] = (),
    since: timedelta | None = None,
    force: bool = False,
    recheck: bool = False,
    via: str = "",
) -> Plan:
    """A checked plan; `recheck` only looks again at what was found. Raises ConfigError for an unknown site or an address of no known paper."""
    if via:
        config = replace(config, fetch=replace(config.fetch, via=via))
    topics(config)
    addresses = tuple(urls)
    for url in addresses:
        site_of(url)
    chosen = () if addresses else tuple(site.key for site in sites(config, keys))
    looks: Literal["due", "all"] = "all" if recheck else "due"
    return Plan(config=config, sites=chosen, urls=addresses, since=since, force=force, now=replayed(), looks=looks)


# ---- digests


def channels(config: Config) -> tuple[Channel, ...]:
    """The channels that the configuration provides."""
    feed = replace(config.feed, folder=config.folder / config.feed.folder)
    file = replace(config.file, folder=config.folder / config.file.folder)
    return (feed, file, *(channel for channel in (config.apprise, config.mail, config.webhook) if channel))


def channel_names(config: Config, subscription: Subscription) -> tuple[str, ...]:
    """How a subscription's digests travel."""
    return tuple(dict.fromkeys(name for name, _ in subscription.routes(mail=config.mail is not None)))


def letterhead(config: Config, language: str) -> Letterhead:
    """What all mails in a language share."""
    watched = topics(config)
    names = {key: topic.name.get(language) or key for key, topic in watched.items()}
    tags = {key: tuple(tag.text for tag in topic.tags.values()) for key, topic in watched.items()}
    papers = {key: site.name for key, site in all_sites().items()}
    sender = {"sender": config.mail.sender} if config.mail else {}
    return Letterhead(
        contact=config.fetch.contact,
        topic_names=names,
        paper_names=papers,
        tag_texts=tags,
        glossary=glossary(config) if language == "en" else Glossary(),
        archive=config.archive.link,
        **sender,
    )


def tell_due(program: Program, started: datetime) -> tuple[Decision, ...]:
    """Decide every subscription's slot that has come due; slots before `started` count only if one was decided before."""

    def due(subscription: Subscription) -> Decision | None:
        last = program.store.alerts.last_slot(subscription.name)
        slot = due_slot(subscription, last.slot if last else None, started, program.clock())
        return None if slot is None else tell_slot(program, subscription, slot)

    return _each(program.subscriptions, due)


def tell_slot(program: Program, subscription: Subscription, slot: str, since: datetime | None = None) -> Decision:
    """Decide one slot of one subscription."""
    return tell(
        program.store.alerts,
        subscription,
        program.clock(),
        slot=slot,
        coverage=coverage(program),
        letterhead=letterhead(program.config, subscription.language),
        channels=channels(program.config),
        suspended=program.store.outbox.suspended,
        since=since,
    )


def alert_now(program: Program) -> tuple[Decision, ...]:
    """Tell every subscription what does not wait for its next slot."""

    def at_once(subscription: Subscription) -> Decision | None:
        return alert(
            program.store.alerts,
            subscription,
            program.clock(),
            slot=slot_now(program, subscription),
            letterhead=letterhead(program.config, subscription.language),
            channels=channels(program.config),
            suspended=program.store.outbox.suspended,
        )

    return _each((one for one in program.subscriptions if one.immediate is not None), at_once)


def _each(subscriptions: Iterable[Subscription], decided: Callable[[Subscription], Decision | None]) -> tuple[Decision, ...]:
    """What is decided for each; a fault in one keeps no other from being told. Raises DatabaseError, which is a fault in all."""
    decisions = []
    for subscription in subscriptions:
        try:
            decisions.append(decided(subscription))
        except DatabaseError:
            raise
        except Exception as error:
            log.exception("telling_failed", subscription=subscription.name, error=repr(error))
    return tuple(decision for decision in decisions if decision is not None)


def notice(program: Program) -> Decision | None:
    """Look whether anything is wrong, and tell the operator what is new about it; does nothing where nobody is named."""
    operator, store, now = program.config.operator, program.store, program.clock()
    if not operator.to:
        return None
    store.troubles.now_wrong(wrong_now(facts(program, now), now), now)
    return notify(
        store.troubles,
        operator,
        now,
        letterhead=letterhead(program.config, operator.language),
        channels=channels(program.config),
        suspended=store.outbox.suspended,
    )


def facts(program: Program, now: datetime) -> Facts:
    """What the operator's notices are judged from."""
    watch, troubles = program.store.watch, program.store.troubles
    watched = {site.key for site in sites(program.config)}
    return Facts(
        sites=[state for key, state in watch.sites().items() if key in watched],
        since=troubles.sites_since(),
        held=troubles.held(now, longer=GRACE),
        given_up=troubles.given_up(now - _GIVEN_UP_LATELY),
        bounces=program.store.outbox.bounces(),
        set_aside=program.store.addresses.quarantined(),
        free=_free(data_folder(program.config)),
        least=program.config.operator.disk_mb,
    )


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free // 1024**2
    except OSError:
        return None


def coverage(program: Program) -> Coverage:
    """How well the watched papers were covered between two times."""
    every = {site.key: site.every or program.config.watch.every for site in sites(program.config)}
    return lambda since, until: program.store.watch.coverage(every, since, until)


def slot_now(program: Program, subscription: Subscription) -> str:
    """The name of a slot made up by hand."""
    return program.clock().astimezone(ZoneInfo(subscription.timezone)).isoformat(timespec="milliseconds")


def subscriptions(program: Program, name: str | None) -> tuple[Subscription, ...]:
    """The subscription of that name, or all. Raises ConfigError."""
    known = {subscription.name: subscription for subscription in program.subscriptions}
    if name is None:
        return tuple(known.values())
    if name not in known:
        raise ConfigError("subscription {name!r}: unknown; {remedy}", name=name, remedy=nearest(name, known))
    return (known[name],)


def digest_preview(program: Program, subscription: Subscription, since: datetime | None, form: str) -> str | None:
    """A digest as it would be sent now, in one format; None when nothing is new."""
    digest = preview(
        program.store.alerts,
        subscription,
        program.clock(),
        slot=slot_now(program, subscription),
        coverage=coverage(program),
        since=since,
    )
    if digest is None:
        return None
    return str(getattr(show(digest, subscription, letterhead(program.config, subscription.language)), form))


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNow:
    """What sending by hand achieved; `places` are the files written, where the channel is a folder."""

    digests: int
    report: SendReport
    places: tuple[str, ...]


def send_now(program: Program, chosen: Iterable[Subscription], since: datetime | None) -> SentNow:
    """Decide a digest of each subscription for a slot made up now, and send all that is due."""
    decided = [tell_slot(program, one, slot_now(program, one), since) for one in chosen]
    report = send_due(program.store.outbox, channels(program.config), program.clock)
    slots = {decision.slot for decision in decided if decision.digest and decision.done}
    rows = [row for row in program.store.outbox.rows(states=("sent",)) if row.slot in slots and row.channel == "file"]
    return SentNow(digests=len(slots), report=report, places=tuple(row.last_reply for row in rows))
