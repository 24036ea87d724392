"""What the crawler remembers of papers: when they were polled and how that went, their listings, robots files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import SiteCoverage
from news.store.database import Database
from news.tables import address, listing, poll, robots, site


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteState:
    """When a site was last looked at, how that went, and when to look again."""

    key: str
    due_at: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    state: str = "new"
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingState:
    """What is needed to ask for a listing only if it has changed, and to notice that a server's tags lie."""

    url: str
    site: str
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    trusted: bool = True
    fetched_at: datetime | None = None
    full_at: datetime | None = None
    entries: int = 0
    newest_at: datetime | None = None
    state: str = "new"
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """A host's robots.txt as it was answered; `status` 0 stands for no answer."""

    host: str
    status: int
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One look at one site: what was found and how it went."""

    site: str
    started_at: datetime
    finished_at: datetime
    state: str
    detail: str = ""
    counts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a paper published in a period: how many dated items, from the first to the last, and the longest pause between two."""

    items: int = 0
    span: timedelta = timedelta()
    longest_pause: timedelta = timedelta()


_GOOD = ("ok", "partial", "silent")


def _gaps(looks: Iterable[datetime], every: timedelta, since: datetime, until: datetime) -> tuple[timedelta, bool]:
    """For how long nobody looked, beyond the interval, and whether that still goes on; a single late look is no gap."""
    missed, gap, last = timedelta(), timedelta(), since
    for at in (*looks, until):
        gap = at - last - every if at - last > 2 * every else timedelta()
        missed += gap
        last = max(last, at)
    return missed, gap > timedelta()


class WatchStore:
    """The crawler's memory of papers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sites(self) -> dict[str, SiteState]:
        """The state of every site that was ever polled, by key."""
        with self._database.read() as db:
            return {row["key"]: SiteState(**row) for row in db.execute(select(site)).mappings()}

    def due(self, keys: Iterable[str], now: datetime) -> list[str]:
        """Those of the sites that are to be looked at now, the longest overdue first; sites never polled lead."""
        keys = tuple(keys)
        states = self.sites()
        waiting = [(state.due_at, key) for key in keys if (state := states.get(key)) and state.due_at and state.due_at <= now]
        fresh = [key for key in keys if key not in states or states[key].due_at is None]
        return fresh + [key for _, key in sorted(waiting)]

    def polled(self, done: Poll, *, due_at: datetime, succeeded: bool) -> None:
        """Note a finished poll and when the site is due again."""
        values: dict[str, Any] = {
            "polled_at": done.finished_at,
            "due_at": due_at,
            "state": done.state,
            "detail": done.detail,
            "failures": 0 if succeeded else site.c.failures + 1,
        }
        if succeeded:
            values["succeeded_at"] = done.finished_at
        first = {**values, "key": done.site, "failures": 0 if succeeded else 1}
        with self._database.write() as db:
            db.execute(upsert(site).values(first).on_conflict_do_update(index_elements=["key"], set_=values))
            db.execute(upsert(poll).values(**{name: getattr(done, name) for name in done.__slots__}))

    def listing(self, url: str) -> ListingState | None:
        """What is remembered of a listing."""
        with self._database.read() as db:
            row = db.execute(select(listing).where(listing.c.url == url)).mappings().first()
        return ListingState(**row) if row else None

    def listings(self, site_key: str) -> tuple[ListingState, ...]:
        """All listings of a site that were ever fetched."""
        with self._database.read() as db:
            rows = db.execute(select(listing).where(listing.c.site == site_key).order_by(listing.c.url)).mappings()
            return tuple(ListingState(**row) for row in rows)

    def listing_fetched(self, state: ListingState) -> None:
        """Remember a listing's new state."""
        values = {name: getattr(state, name) for name in state.__slots__}
        with self._database.write() as db:
            db.execute(upsert(listing).values(values).on_conflict_do_update(index_elements=["url"], set_=values))

    def robots(self, host: str) -> RobotsFile | None:
        """The robots.txt last answered by a host."""
        with self._database.read() as db:
            row = db.execute(select(robots).where(robots.c.host == host)).mappings().first()
        return RobotsFile(**row) if row else None

    def robots_fetched(self, answer: RobotsFile) -> None:
        """Remember a host's robots.txt, for all crawls of the next day."""
        values = {name: getattr(answer, name) for name in answer.__slots__}
        with self._database.write() as db:
            db.execute(upsert(robots).values(values).on_conflict_do_update(index_elements=["host"], set_=values))

    def coverage(self, every: Mapping[str, timedelta], since: datetime, until: datetime) -> tuple[SiteCoverage, ...]:
        """How well each site was watched between two times, given how often it should be looked at.

        A silent paper was watched: it had nothing to say.
        """
        failed = func.sum(poll.c.state.not_in(_GOOD))
        query = select(poll.c.site, func.count(), failed).where(poll.c.finished_at > since, poll.c.finished_at <= until)
        good = select(poll.c.site, poll.c.finished_at).where(poll.c.state.in_(_GOOD), poll.c.finished_at <= until)
        longest = 2 * max(every.values(), default=timedelta())
        with self._database.read() as db:
            counts = {key: (total, bad) for key, total, bad in db.execute(query.group_by(poll.c.site))}
            looks: dict[str, list[datetime]] = {}
            for key, at in db.execute(good.where(poll.c.finished_at > since - longest).order_by(poll.c.finished_at)):
                looks.setdefault(key, []).append(at)
            # Before the first poll of all there was no watch that could have missed anything.
            began = db.execute(select(func.min(poll.c.started_at))).scalar()
        states, found = self.sites(), []
        for key, interval in every.items():
            known = states.get(key, SiteState(key=key, state="never polled"))
            missed, still = _gaps(looks.get(key, ()), interval, max(since, began or until), until)
            total, bad = counts.get(key, (0, 0))
            found.append(
                SiteCoverage(
                    site=key,
                    polls=total,
                    failed=int(bad or 0),
                    state=known.state,
                    detail=known.detail,
                    last_success=known.succeeded_at,
                    missed=missed,
                    unread_since=max(looks.get(key, ()), default=known.succeeded_at) if still else None,
                    watched_since=began if began and since < began <= until else None,
                )
            )
        return tuple(found)

    def rhythm(self, site_key: str, since: datetime, until: datetime) -> Rhythm:
        """How the paper published between two times, as its listings told."""
        query = select(address.c.published).where(address.c.site == site_key, address.c.published.between(since, until))
        with self._database.read() as db:
            times = list(db.execute(query.order_by(address.c.published)).scalars())
        pauses = [later - earlier for earlier, later in pairwise(times)]
        return Rhythm(
            items=len(times), span=times[-1] - times[0] if times else timedelta(), longest_pause=max(pauses, default=timedelta())
        )

    def layouts(self, since: datetime) -> dict[str, tuple[int, int]]:
        """On how many sampled pages of each site a layout was tried since then, and on how many it held."""
        found: dict[str, tuple[int, int]] = {}
        with self._database.read() as db:
            for key, counts in db.execute(select(poll.c.site, poll.c.counts).where(poll.c.finished_at >= since)):
                tried, held = found.get(key, (0, 0))
                found[key] = (tried + counts.get("layouts_tried", 0), held + counts.get("layouts_held", 0))
        return found
