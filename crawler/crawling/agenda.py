"""What a round is to fetch: listings that are due, pages that wait, stored articles to look at again."""

from dataclasses import replace
from datetime import datetime

import structlog

from crawler.clock import Clock
from crawler.crawling.plan import Plan
from crawler.crawling.rounds import Round
from crawler.schedule import next_look, worth_asking
from news.model import Entry
from news.store import Store
from news.store.addresses import Address
from news.store.rechecks import Recheck

_MOST_CRASHES = 2
_MOST_WAITING = 400  # old failures of one site in one round; the rest comes in the next

log = structlog.get_logger()


class Agenda:
    """Fills the queues of a crawl's rounds from the plan and from what is remembered."""

    def __init__(self, plan: Plan, store: Store, clock: Clock) -> None:
        self._plan = plan
        self._store = store
        self._clock = clock

    def fill(self, one: Round) -> None:
        """Queue a round's first items."""
        now, addresses = self._clock(), self._store.addresses
        if self._plan.urls:
            for url in self._plan.urls:
                if one.site.owns(url):
                    self._ask_for(one, one.site.canonical(url))
            return
        if self._plan.since:
            addresses.reopen(one.site.key, "too_old", now - self._plan.since)
        self._looks(one, now)
        if self._plan.looks != "due":
            return
        states = {state.url: state for state in self._store.watch.listings(one.site.key)}
        listings = one.site.dated_listings(now, now - self._plan.since if self._plan.since else None)
        for listing in listings:
            if self._plan.force or self._plan.since or worth_asking(listing, listings, states, now):
                one.add(listing)
        for waiting in addresses.pending(one.site.key, now, None if self._plan.since else _MOST_WAITING):
            self.page(one, waiting)

    def _ask_for(self, one: Round, url: str) -> None:
        """An address that the operator names is fetched whatever is remembered of it; a stored article is looked at again."""
        self._store.addresses.announce(one.site.key, "by hand", {url: Entry(url=url)}, self._clock())
        known = self._store.addresses.by_url(url)
        assert known is not None
        if known.article_id is not None:
            look = self._store.rechecks.of(known.article_id)
            if look is not None:
                # With its own address and without tags: a stored reading may be wrong though the page has not changed.
                self._look(one, replace(look, etag=None, last_modified=None))
                return
            one.reread.add(url)
        one.add(replace(known, crashes=0))

    def _looks(self, one: Round, now: datetime) -> None:
        """Queue the stored articles to look at again; those whose schedule was not asked yet only get their time."""
        rechecks = self._store.rechecks
        for look in rechecks.open(one.site.key) if self._plan.looks == "all" else rechecks.due(one.site.key, now):
            address = self._store.addresses.by_url(look.url)
            if address is not None and address.crashes >= _MOST_CRASHES:
                rechecks.scheduled(look.article_id, None)
                self.page(one, address)
            elif look.due_at is None and self._plan.looks != "all":
                rechecks.scheduled(look.article_id, next_look(look, now))
            else:
                self._look(one, look)

    def _look(self, one: Round, look: Recheck) -> None:
        one.looks[look.url] = look
        one.add(look)

    def page(self, one: Round, waiting: Address) -> None:
        """Queue a page, unless it has brought its batch down too often."""
        if waiting.crashes >= _MOST_CRASHES:
            self._store.addresses.quarantine(waiting.url, self._clock())
            log.error("page_set_aside", site=one.site.key, url=waiting.url, crashes=waiting.crashes)
        else:
            one.add(waiting)
