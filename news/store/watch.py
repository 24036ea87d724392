"""What the crawler remembers: sites, listings, robots files, polls, and every address with its outcome."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import Entry, SiteCoverage
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
class Address:
    """One announced address and what became of it."""

    url: str
    site: str
    listed_at: datetime
    listing: str = ""
    title: str = ""
    published: datetime | None = None
    state: str = "pending"
    outcome: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    crashes: int = 0
    next_attempt_at: datetime | None = None
    fetched_at: datetime | None = None
    article_id: int | None = None

    @property
    def entry(self) -> Entry:
        """The address as the paper announced it."""
        return Entry(url=self.url, title=self.title, published=self.published)


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


def _missed(looks: Iterable[datetime], every: timedelta, since: datetime, until: datetime) -> timedelta:
    """For how long nobody looked, beyond the interval; an interval that was missed once is no more than a late look."""
    missed, last = timedelta(), since
    for at in (*looks, until):
        if at - last > 2 * every:
            missed += at - last - every
        last = max(last, at)
    return missed


class WatchStore:
    """The crawler's memory."""

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

    def announce(self, site_key: str, listing_url: str, entries: Mapping[str, Entry], now: datetime) -> set[str]:
        """Remember the addresses of a listing (canonical address → entry); returns those never heard of before."""
        if not entries:
            return set()
        with self._database.read() as db:
            known = set(db.execute(select(address.c.url).where(address.c.url.in_(list(entries)))).scalars())
        fresh = {url: entry for url, entry in entries.items() if url not in known}
        if not fresh:
            return set()
        rows: list[dict[str, Any]] = [
            {"url": url, "site": site_key, "listing": listing_url, "title": entry.title, "published": entry.published,
             "listed_at": now, "detail": {}}
            for url, entry in fresh.items()
        ]  # fmt: skip
        with self._database.write() as db:
            db.execute(upsert(address).on_conflict_do_nothing(), rows)
        return set(fresh)

    def retitled(self, listing_url: str, entries: Mapping[str, Entry]) -> list[Address]:
        """Addresses with a stored article to which the listing that first announced them now gives another headline.

        The new headline is noted, so that each change is seen once.
        """
        query = select(address).where(
            address.c.url.in_(list(entries)), address.c.listing == listing_url, address.c.article_id.is_not(None)
        )
        with self._database.read() as db:
            known = [Address(**row) for row in db.execute(query).mappings()]
        changed = [item for item in known if item.title and entries[item.url].title not in ("", item.title)]
        if changed:
            with self._database.write() as db:
                for item in changed:
                    db.execute(update(address).where(address.c.url == item.url).values(title=entries[item.url].title))
        return changed

    def pending(self, site_key: str, now: datetime, limit: int | None) -> list[Address]:
        """Addresses of a site that wait to be fetched (new ones, and failures whose time has come), newest first."""
        query = (
            select(address)
            .where(address.c.site == site_key, address.c.state == "pending")
            .where(or_(address.c.next_attempt_at.is_(None), address.c.next_attempt_at <= now))
            .order_by(func.coalesce(address.c.published, address.c.listed_at).desc())
            .limit(limit)
        )
        with self._database.read() as db:
            return [Address(**row) for row in db.execute(query).mappings()]

    def address(self, url: str) -> Address | None:
        """What is known of one canonical address."""
        with self._database.read() as db:
            row = db.execute(select(address).where(address.c.url == url)).mappings().first()
        return Address(**row) if row else None

    def attempting(self, url: str) -> None:
        """Committed before a page is taken apart: a page that kills its batch leaves this mark."""
        with self._database.write() as db:
            db.execute(update(address).where(address.c.url == url).values(crashes=address.c.crashes + 1))

    def settled(self, rows: Iterable[tuple[str, str, str, datetime]]) -> None:
        """The addresses are dealt with for good and will not be fetched again: (address, outcome, why, when) of each."""
        values = [{"key": url, "outcome": outcome, "detail": {"why": why}, "fetched_at": at} for url, outcome, why, at in rows]
        if values:
            fixed = {"state": "done", "next_attempt_at": None, "crashes": 0}
            changed: dict[str, Any] = {name: bindparam(name) for name in ("outcome", "detail", "fetched_at")}
            with self._database.write() as db:
                db.execute(update(address).where(address.c.url == bindparam("key")).values(**fixed, **changed), values)

    def failed(self, url: str, outcome: str, detail: str, *, retry_at: datetime | None, now: datetime) -> None:
        """The address could not be fetched or read: try again at `retry_at`, or never if None."""
        self._update(
            url,
            state="pending" if retry_at else "failed",
            outcome=outcome,
            detail={"error": detail},
            fetched_at=now,
            next_attempt_at=retry_at,
            attempts=address.c.attempts + 1,
            crashes=0,
        )

    def reopen(self, site_key: str, outcome: str, since: datetime) -> None:
        """Addresses that were settled with this outcome wait to be fetched again, unless announced as published before."""
        with self._database.write() as db:
            db.execute(
                update(address)
                .where(address.c.site == site_key, address.c.outcome == outcome)
                .where(or_(address.c.published >= since, address.c.published.is_(None)))
                .values(state="pending", outcome="", next_attempt_at=None)
            )

    def quarantine(self, url: str, now: datetime) -> None:
        """The address crashed its batch too often: set it aside, where `tuantra sites` shows it."""
        self._update(url, state="quarantined", outcome="crashed", fetched_at=now, next_attempt_at=None)

    def quarantined(self) -> tuple[Address, ...]:
        """Every address that was set aside."""
        with self._database.read() as db:
            rows = db.execute(select(address).where(address.c.state == "quarantined").order_by(address.c.url)).mappings()
            return tuple(Address(**row) for row in rows)

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
        states = self.sites()
        return tuple(
            SiteCoverage(
                site=key,
                polls=counts.get(key, (0, 0))[0],
                failed=int(counts.get(key, (0, 0))[1] or 0),
                state=states[key].state if key in states else "never polled",
                detail=states[key].detail if key in states else "",
                last_success=states[key].succeeded_at if key in states else None,
                missed=_missed(looks.get(key, []), interval, max(since, began or until), until),
            )
            for key, interval in every.items()
        )

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

    def _update(self, url: str, **values: Any) -> None:
        with self._database.write() as db:
            db.execute(update(address).where(address.c.url == url).values(**values))
