"""What the crawler remembers of addresses: each that a paper announced, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import Entry
from news.store.database import Database
from news.tables import address


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


class AddressStore:
    """The crawler's memory of addresses."""

    def __init__(self, database: Database) -> None:
        self._database = database

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

    def by_url(self, url: str) -> Address | None:
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

    def _update(self, url: str, **values: Any) -> None:
        with self._database.write() as db:
            db.execute(update(address).where(address.c.url == url).values(**values))
