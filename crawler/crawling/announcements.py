"""What a listing announces: what is new, what has another headline, and what lies behind a gap."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import structlog
from scrapy.http import Response

from crawler.clock import Clock
from crawler.crawling.agenda import Agenda
from crawler.crawling.paging import MOST_PAGES_BACK, MOST_PAGES_FOR_A_GAP, further, gap
from crawler.crawling.plan import Plan
from crawler.crawling.rounds import Round
from crawler.fetch.responses import header
from crawler.listings import Listing, Section, Sitemap
from news.model import Entry
from news.store import Store
from news.store.addresses import Address
from news.store.watch import ListingState

log = structlog.get_logger()


class Announcements:
    """Reads listings for a crawl: remembers the addresses they name, and queues what is worth fetching."""

    def __init__(self, plan: Plan, store: Store, clock: Clock, agenda: Agenda) -> None:
        self._plan = plan
        self._store = store
        self._clock = clock
        self._agenda = agenda

    def read(self, response: Response, one: Round, listing: Listing, state: ListingState) -> ListingState:
        """Queue what is new in a listing; its new state. Raises Unreadable."""
        now = self._clock()
        entries = listing.entries(response.body)
        wanted = {one.site.canonical(entry.url): entry for entry in entries if one.site.wants(entry.url)}
        for entry in wanted.values():
            one.saw(entry.published, now)
        self._go_back(one, listing, response.body, wanted, state.newest_at)
        oldest = now - self._plan.horizon
        recent = {url: entry for url, entry in wanted.items() if entry.published is None or entry.published >= oldest}
        fresh = self._store.addresses.announce(one.site.key, listing.url, recent, now)
        one.count("listed", len(recent))
        one.count("new", len(fresh))
        for url, entry in recent.items():
            if url in fresh or self._plan.force:
                self._agenda.page(one, Address(url=url, site=one.site.key, listed_at=now, title=entry.title))
        # The links of a section page are worded now one way, now another, as its boxes have room.
        retitled = [] if isinstance(listing, Section) else self._store.addresses.retitled(listing.url, recent)
        for changed in retitled:
            if not self._spent(changed):
                one.reread.add(changed.url)
                self._agenda.page(one, changed)
        etag, modified = (header(response, name) for name in ("ETag", "Last-Modified"))
        # The tags of this answer are those of the last one, yet it announces new articles: the server's tags lie.
        lied = bool(fresh) and state.full_at is not None and bool(etag or modified)
        lied = lied and (etag, modified) == (state.etag, state.last_modified)
        times = [entry.published for entry in wanted.values() if entry.published and entry.published <= now]
        return replace(
            state,
            etag=etag,
            last_modified=modified,
            body_sha256=hashlib.sha256(response.body).hexdigest(),
            trusted=state.trusted and not lied,
            full_at=now,
            entries=len(wanted),
            newest_at=max(times, default=state.newest_at),
            detail="" if wanted or isinstance(listing, Sitemap) else "no link looks like an article",
        )

    def _spent(self, changed: Address) -> bool:
        """Whether the article's looks are used up."""
        look = self._store.rechecks.of(changed.article_id) if changed.article_id is not None else None
        return look is not None and look.ended

    def _go_back(
        self, one: Round, listing: Listing, body: bytes, wanted: Mapping[str, Entry], newest_known: datetime | None
    ) -> None:
        """Queue what closes a gap in a feed, or leads further back in a back-filling crawl."""
        missed = gap(listing, wanted.values(), newest_known)
        if missed is not None and one.gap is None:
            one.gap = missed
            log.warning("gap_found", site=one.site.key, url=listing.url, since=missed.isoformat())
            for other in one.site.dated_listings(self._clock()):
                one.add(other)
        target = self._clock() - self._plan.since if self._plan.since else one.gap
        unseen = isinstance(listing, Section) and one.show(listing.first or listing.url, wanted)
        if target is None and not isinstance(listing, Sitemap):
            return
        more = further(
            listing,
            body,
            wanted.values(),
            target=target or self._clock() - self._plan.horizon,
            unseen=unseen,
            most_pages=MOST_PAGES_BACK if self._plan.since else MOST_PAGES_FOR_A_GAP,
        )
        for page in more:
            one.add(page, extra=True)
