"""What is wrong enough to tell the operator: pure, from plain facts; what passes by itself is nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from news.store.addresses import Address
from news.store.outbox import Bounce
from news.store.troubles import GivenUp, Held, Trouble
from news.store.watch import SiteState

# A paper that stumbles for less is nothing to write about, nor is a mail that a server puts off for a while.
GRACE = timedelta(hours=1)
_POLLS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of the program's health; sizes are in MB.

    `sites` are the papers watched, `since` tells since when one fails or is silent; `given_up` are mails of the last days, `held`
    those that wait for longer than the grace; `free` is None where the disk does not say.
    """

    sites: Iterable[SiteState] = ()
    since: Mapping[str, datetime] = field(default_factory=dict)
    held: Iterable[Held] = ()
    given_up: Iterable[GivenUp] = ()
    bounces: Iterable[Bounce] = ()
    set_aside: Iterable[Address] = ()
    free: int | None = None
    least: int = 0


def wrong_now(facts: Facts, now: datetime) -> tuple[Trouble, ...]:
    """Name what is wrong, each thing by a key that stays the same as long as it lasts.

    A detail begins with what the advice depends on: "failed: timeout".  Keys: "site:KEY", "queue:CHANNEL", "mail:CHANNEL:RECIPIENT",
    "recipient:CHANNEL:RECIPIENT", "page:ADDRESS", "disk".
    """
    return (
        *_papers(facts, now),
        *(Trouble(key=f"queue:{one.channel}", detail=f"{one.mails}: {one.reply}", since=one.oldest) for one in facts.held),
        *(
            Trouble(key=f"mail:{one.channel}:{one.recipient}", detail=f"{one.mails}: {one.reply}", since=one.newest)
            for one in facts.given_up
        ),
        *(
            Trouble(key=f"recipient:{one.channel}:{one.recipient}", detail=f"{one.score}: {one.reply}", since=one.first_at)
            for one in facts.bounces
            if one.suspended
        ),
        *(
            Trouble(key=f"page:{one.url}", detail=f"{one.crashes}: {one.site}", since=one.fetched_at or now)
            for one in facts.set_aside
        ),
        *_disk(facts, now),
    )


def _papers(facts: Facts, now: datetime) -> Iterator[Trouble]:
    """A paper is broken when it has failed for an hour and three polls; a silent one has said nothing for longer than it is used to."""
    for site in facts.sites:
        since = min(facts.since.get(site.key, now), now)
        broken = site.failures >= _POLLS and now - since >= GRACE
        if broken or site.state == "silent":
            yield Trouble(key=f"site:{site.key}", detail=f"{site.state}: {site.detail}", since=since)


def _disk(facts: Facts, now: datetime) -> Iterator[Trouble]:
    if facts.free is not None and facts.free < facts.least:
        yield Trouble(key="disk", detail=f"{facts.free}: {facts.least}", since=now)
