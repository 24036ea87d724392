"""The one spider: listings → entries → pages."""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

import scrapy
import structlog
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler import settings
from crawler.asking import listing_request, page_request
from crawler.clock import Clock, clock
from crawler.config import database_url, site_of, sites, topics
from crawler.fetch.responses import charset, header, kind, why
from crawler.ledger import Ledger
from crawler.listings import Listing, Section, Sitemap, Unreadable
from crawler.matchers import matcher_of
from crawler.paging import MOST_PAGES_BACK, MOST_PAGES_FOR_A_GAP, further, gap
from crawler.plan import Plan, plan_from_arguments
from crawler.rounds import Attempt, Failed, Round, SiteReport
from crawler.schedule import worth_asking
from news.model import Entry, FetchedPage, Rejected, StoredArticle
from news.store import DatabaseError, Store, open_store
from news.store.watch import Address, ListingState
from pipelines.extract import layout_holds
from pipelines.process import Desk, process

_WINDOW = 2  # requests of one site under way at once: the next is ready when the delay has passed
_AUDIT = timedelta(hours=2)  # how often a listing is fetched whole, to catch servers whose tags lie
_MOST_CRASHES = 2
_SAMPLE = 1  # pages of a site whose layout is tried in one round
_MOST_WAITING = 400  # old failures of one site in one round; the rest comes in the next

log = structlog.get_logger()


class NewsSpider(scrapy.Spider):
    """Polls the listings of the planned sites, fetches what is new, and remembers what became of every address.

    `scrapy crawl news -a sites=vov,tienphong -a since=2d` runs it by hand; arguments are those of `plan_from_arguments`.
    """

    name = "news"

    def __init__(
        self, plan: Plan, store: Store, now: Clock, tell: Callable[[SiteReport | Attempt | Failed], None], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.store = store
        self.clock = now
        self.tell = tell
        self.desk = Desk(
            matcher=matcher_of(tuple(topics(plan.config).values())), store=store, attempting=lambda url: tell(Attempt(url))
        )
        chosen = (
            sites(plan.config, plan.sites) if not plan.urls else {site.key: site for site in map(site_of, plan.urls)}.values()
        )
        self.rounds = {site.key: Round(site, now()) for site in chosen}
        self.ledger = Ledger(plan, store, now, tell)
        self.allowed_domains = sorted({host for site in chosen for host in site.domains})

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_args: Any, **kwargs: Any) -> Self:
        """Build from a Plan in the setting PLAN (a batch), or from the command line's arguments (`scrapy crawl`)."""
        plan = crawler.settings.get("PLAN") or plan_from_arguments(**kwargs)
        tell = crawler.settings.get("TELL") or (lambda _report: None)
        spider = cls(plan, open_store(database_url(plan.config)), clock(plan.now), tell)
        spider._set_crawler(crawler)
        for key, value in settings.of_plan(plan, (one.site for one in spider.rounds.values())).items():
            crawler.settings.set(key, value, priority="spider")
        crawler.signals.connect(spider._page_taken, signals.item_scraped)
        crawler.signals.connect(spider._page_rejected, signals.item_dropped)
        crawler.signals.connect(spider._page_failed, signals.item_error)
        crawler.signals.connect(spider._callback_failed, signals.spider_error)
        crawler.signals.connect(spider._closed, signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The first requests of every site."""
        for one in self.rounds.values():
            self._fill(one)
            for request in self._next(one):
                yield request
            self.ledger.finish_if_done(one)

    def take_in(self, page: FetchedPage) -> StoredArticle:
        """What the item pipeline does with a page. Raises Rejected."""
        known = self.store.watch.address(page.asked)
        self._try_layouts(self.rounds[page.site], page)
        return process(
            page,
            self.rounds[page.site].site.paper,
            self.desk,
            first_seen=known.listed_at if known else page.fetched,
            oldest=None if self.plan.urls else self.clock() - self.plan.horizon,
            again=self.plan.force or page.asked in self.rounds[page.site].reread,
        )

    # ---- what to fetch

    def _fill(self, one: Round) -> None:
        now, watch = self.clock(), self.store.watch
        if self.plan.urls:
            for url in self.plan.urls:
                if one.site.owns(url):
                    self._ask_for(one, one.site.canonical(url))
            return
        if self.plan.since:
            watch.reopen(one.site.key, "too_old", now - self.plan.since)
        states = {state.url: state for state in watch.listings(one.site.key)}
        listings = one.site.dated_listings(now, now - self.plan.since if self.plan.since else None)
        for listing in listings:
            if self.plan.force or self.plan.since or worth_asking(listing, listings, states, now):
                one.add(listing)
        for waiting in watch.pending(one.site.key, now, None if self.plan.since else _MOST_WAITING):
            self._queue_page(one, waiting)

    def _ask_for(self, one: Round, url: str) -> None:
        """An address that the operator names is fetched whatever is remembered of it, unless its article is stored."""
        self.store.watch.announce(one.site.key, "by hand", {url: Entry(url=url)}, self.clock())
        known = self.store.watch.address(url)
        assert known is not None
        if known.article_id is None or self.plan.force:
            one.add(replace(known, crashes=0))

    def _queue_page(self, one: Round, waiting: Address) -> None:
        if waiting.crashes >= _MOST_CRASHES:
            self.store.watch.quarantine(waiting.url, self.clock())
            log.error("page_set_aside", site=one.site.key, url=waiting.url, crashes=waiting.crashes)
        else:
            one.add(waiting)

    def _next(self, one: Round) -> Iterator[Request]:
        while one.queue and one.open < _WINDOW:
            item = one.queue.popleft()
            one.open += 1
            yield self._page_request(one, item) if isinstance(item, Address) else self._listing_request(one, item)

    def _listing_request(self, one: Round, listing: Listing) -> Request:
        state = self.store.watch.listing(listing.url) or ListingState(url=listing.url, site=one.site.key)
        audited = state.full_at is not None and self.clock() - state.full_at < _AUDIT
        cautious = state.trusted and audited and not self.plan.force and not self.plan.since
        return listing_request(
            one, listing, state, only_if_changed=cautious, callback=self.parse_listing, errback=self._no_answer
        )

    def _page_request(self, one: Round, waiting: Address) -> Request:
        return page_request(one, waiting, callback=self.parse_page, errback=self._no_answer)

    # ---- what came back

    def parse_listing(self, response: Response, one: Round, listing: Listing, state: ListingState) -> Iterator[Request]:
        """Remember what a listing announces, and go on with what is new."""
        one.answered()
        outcome, now = kind(response), self.clock()
        state = replace(state, detail="")
        if outcome == "ok":
            try:
                state = self._read_listing(response, one, listing, state)
                outcome = "ok"
            except Unreadable as verdict:
                outcome = verdict.reason
        elif outcome == "not_modified":
            one.saw(state.newest_at, now)
        self.ledger.listing(one, replace(state, state=outcome))
        yield from self._go_on(one)

    def _read_listing(self, response: Response, one: Round, listing: Listing, state: ListingState) -> ListingState:
        now = self.clock()
        entries = listing.entries(response.body)
        wanted = {one.site.canonical(entry.url): entry for entry in entries if one.site.wants(entry.url)}
        for entry in wanted.values():
            one.saw(entry.published, now)
        self._go_back(one, listing, response.body, wanted, state.newest_at)
        oldest = now - self.plan.horizon
        recent = {url: entry for url, entry in wanted.items() if entry.published is None or entry.published >= oldest}
        fresh = self.store.watch.announce(one.site.key, listing.url, recent, now)
        one.count("listed", len(recent))
        one.count("new", len(fresh))
        for url, entry in recent.items():
            if url in fresh or self.plan.force:
                self._queue_page(one, Address(url=url, site=one.site.key, listed_at=now, title=entry.title))
        # The links of a section page are worded now one way, now another, as its boxes have room.
        retitled = [] if isinstance(listing, Section) else self.store.watch.retitled(listing.url, recent)
        for changed in retitled:
            one.reread.add(changed.url)
            self._queue_page(one, changed)
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

    def _go_back(
        self, one: Round, listing: Listing, body: bytes, wanted: Mapping[str, Entry], newest_known: datetime | None
    ) -> None:
        """Queue what closes a gap in a feed, or leads further back in a back-filling crawl."""
        missed = gap(listing, wanted.values(), newest_known)
        if missed is not None and one.gap is None:
            one.gap = missed
            log.warning("gap_found", site=one.site.key, url=listing.url, since=missed.isoformat())
            for other in one.site.dated_listings(self.clock()):
                one.add(other)
        target = self.clock() - self.plan.since if self.plan.since else one.gap
        unseen = isinstance(listing, Section) and one.show(listing.first or listing.url, wanted)
        if target is None and not isinstance(listing, Sitemap):
            return
        more = further(
            listing,
            body,
            wanted.values(),
            target=target or self.clock() - self.plan.horizon,
            unseen=unseen,
            most_pages=MOST_PAGES_BACK if self.plan.since else MOST_PAGES_FOR_A_GAP,
        )
        for page in more:
            one.add(page, extra=True)

    def parse_page(self, response: Response, one: Round, waiting: Address) -> Iterator[Request | FetchedPage]:
        """Hand a page on to the pipeline, or remember why not."""
        one.answered()
        one.count("fetched")
        outcome = kind(response)
        if response.url != waiting.url and not one.site.wants(response.url):
            home = urlsplit(response.url).path in {"", "/"}
            self.ledger.failed(one, waiting.url, "redirected_home" if home else "redirected_away", response.url)
        elif outcome != "ok":
            self.ledger.failed(one, waiting.url, outcome, f"{response.status} for {response.url}")
        else:
            one.in_hand += 1
            yield FetchedPage(
                site=one.site.key,
                asked=waiting.url,
                url=response.url,
                body=response.body,
                fetched=self.clock(),
                encoding=charset(response),
                entry=waiting.entry,
            )
        yield from self._go_on(one)

    def _try_layouts(self, one: Round, page: FetchedPage) -> None:
        """Few pages are about a topic and read in full: a redesign is noticed on a sample of the others."""
        if one.site.paper.layouts and one.layouts_tried < _SAMPLE:
            one.layouts_tried += 1
            self.tell(Attempt(page.asked))
            with suppress(Rejected):
                one.layouts_held += layout_holds(page, one.site.paper)

    def _no_answer(self, failure: Failure) -> Iterator[Request]:
        """No response: the network, robots.txt, or a limit."""
        request: Request = failure.request  # type: ignore[attr-defined]
        one, item = request.meta["one"], request.meta["item"]
        outcome = why(failure)
        if outcome not in {"robots", "robots_silent", "too_large"}:
            one.unreachable()
        if isinstance(item, Address):
            self.ledger.failed(one, item.url, outcome, failure.getErrorMessage())
        else:
            state = self.store.watch.listing(item.url) or ListingState(url=item.url, site=one.site.key)
            self.ledger.listing(one, replace(state, state=outcome, detail=failure.getErrorMessage()))
        yield from self._go_on(one)

    def _go_on(self, one: Round) -> Iterator[Request]:
        one.open -= 1
        yield from self._next(one)
        self.ledger.finish_if_done(one)

    # ---- what became of a page

    def _page_taken(self, item: StoredArticle) -> None:
        one = self.rounds[item.article.site]
        self.ledger.taken(one, item)
        self._page_done(one)

    def _page_rejected(self, item: FetchedPage, exception: Exception) -> None:
        one = self.rounds[item.site]
        assert isinstance(exception.__cause__, Rejected)
        self.ledger.rejected(one, item, exception.__cause__)
        self._page_done(one)

    def _page_failed(self, item: FetchedPage, failure: Failure) -> None:
        one = self.rounds[item.site]
        if isinstance(failure.value, DatabaseError):
            self._stop(failure.value)
        else:
            log.error("page_failed", site=one.site.key, url=item.asked, error=failure.getTraceback())
            self.ledger.failed(one, item.asked, "error", failure.getErrorMessage())
        self._page_done(one)

    def _page_done(self, one: Round) -> None:
        one.in_hand -= 1
        self.tell(one.report(self.clock()))
        self.ledger.finish_if_done(one)

    # ---- the end

    def _callback_failed(self, failure: Failure) -> None:
        if isinstance(failure.value, DatabaseError):
            self._stop(failure.value)

    def _stop(self, error: DatabaseError) -> None:
        """The store takes nothing in: fetching on would only lose time. The parent ends this process, every page stays pending."""
        for one in self.rounds.values():
            one.queue.clear()
        self.tell(Failed(str(error)))

    def _closed(self, reason: str) -> None:
        if reason == "finished":
            try:
                for one in self.rounds.values():
                    self.ledger.end_lost(one)
            except DatabaseError as error:
                self._stop(error)
        self.store.close()
