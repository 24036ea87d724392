"""The one spider: listings → entries → pages."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlsplit

import scrapy
import structlog
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler import settings
from crawler.catalogue import site_of
from crawler.clock import Clock, clock
from crawler.config import archive_folder, database_url, sites, topics
from crawler.crawling.agenda import Agenda
from crawler.crawling.announcements import Announcements
from crawler.crawling.asking import listing_request, look_request, page_request
from crawler.crawling.ledger import Ledger
from crawler.crawling.matchers import matcher_of
from crawler.crawling.plan import Plan, plan_from_arguments
from crawler.crawling.rounds import Attempt, Failed, Round, SiteReport
from crawler.fetch.responses import all_headers, charset, kind, why
from crawler.listings import Listing, Unreadable
from news.archive import Archive, ArchiveError
from news.model import FetchedPage, Rejected, StoredArticle
from news.store import DatabaseError, Store, open_store
from news.store.addresses import Address
from news.store.rechecks import Recheck
from news.store.watch import ListingState
from pipelines.extract import layout_holds
from pipelines.process import Desk, process, reread

_WINDOW = 2  # requests of one site under way at once: the next is ready when the delay has passed
_AUDIT = timedelta(hours=2)  # how often a listing is fetched whole, to catch servers whose tags lie
_SAMPLE = 1  # pages of a site whose layout is tried in one round
_ARRIVED = frozenset(("ok", "not_modified", "http_404", "http_410"))  # a redirect that ends so has led there

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
        archive = Archive(archive_folder(plan.config))
        self.desk = Desk(
            matcher=matcher_of(tuple(topics(plan.config).values())),
            store=store,
            attempting=lambda url: tell(Attempt(url)),
            keep=archive.keep if plan.config.archive.warc else lambda _page: None,
        )
        chosen = (
            sites(plan.config, plan.sites) if not plan.urls else {site.key: site for site in map(site_of, plan.urls)}.values()
        )
        self.rounds = {site.key: Round(site, now()) for site in chosen}
        self.ledger = Ledger(plan, store, now, tell)
        self._agenda = Agenda(plan, store, now)
        self._announcements = Announcements(plan, store, now, self._agenda)
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
            self._agenda.fill(one)
            for request in self._next(one):
                yield request
            self.ledger.finish_if_done(one)

    def take_in(self, page: FetchedPage) -> StoredArticle:
        """What the item pipeline does with a page. Raises Rejected."""
        one = self.rounds[page.site]
        self._try_layouts(one, page)
        if self.plan.force or page.asked in one.reread or page.asked in one.looks:
            stored = self.store.articles.by_url(page.asked)
            if stored is not None:
                return self._take_in_again(one, page, stored)
        known = self.store.addresses.by_url(page.asked)
        return process(
            page,
            one.site.paper,
            self.desk,
            first_seen=known.listed_at if known else page.fetched,
            oldest=None if self.plan.urls else self.clock() - self.plan.horizon,
        )

    def _take_in_again(self, one: Round, page: FetchedPage, before: StoredArticle) -> StoredArticle:
        after = reread(page, one.site.paper, self.desk, before, anew=self.plan.force)
        if len(after.revisions) > len(before.revisions):
            one.count("changed")
            grades = sorted({change.grade for change in after.revisions[-1].changes})
            log.info("article_changed", site=one.site.key, url=after.article.canonical_url, grades=grades)
        return after

    # ---- what to ask for

    def _next(self, one: Round) -> Iterator[Request]:
        while one.queue and one.open < _WINDOW:
            item = one.queue.popleft()
            one.open += 1
            yield self._request(one, item)

    def _request(self, one: Round, item: Listing | Address | Recheck) -> Request:
        match item:
            case Recheck():
                return look_request(one, item, callback=self.parse_look, errback=self._no_answer)
            case Address():
                return page_request(one, item, callback=self.parse_page, errback=self._no_answer)
            case _:
                return self._listing_request(one, item)

    def _listing_request(self, one: Round, listing: Listing) -> Request:
        state = self.store.watch.listing(listing.url) or ListingState(url=listing.url, site=one.site.key)
        audited = state.full_at is not None and self.clock() - state.full_at < _AUDIT
        cautious = state.trusted and audited and not self.plan.force and not self.plan.since
        return listing_request(
            one, listing, state, only_if_changed=cautious, callback=self.parse_listing, errback=self._no_answer
        )

    # ---- what came back

    def parse_listing(self, response: Response, one: Round, listing: Listing, state: ListingState) -> Iterator[Request]:
        """Remember what a listing announces, and go on with what is new."""
        one.answered()
        outcome, now = kind(response), self.clock()
        state = replace(state, detail="")
        if outcome == "ok":
            try:
                state = self._announcements.read(response, one, listing, state)
                outcome = "ok"
            except Unreadable as verdict:
                outcome = verdict.reason
        elif outcome == "not_modified":
            one.saw(state.newest_at, now)
        self.ledger.listing(one, replace(state, state=outcome))
        yield from self._go_on(one)

    def parse_page(self, response: Response, one: Round, waiting: Address) -> Iterator[Request | FetchedPage]:
        """Hand a page on to the pipeline, or remember why not."""
        one.answered()
        one.count("fetched")
        outcome, detail = self._outcome(one, response, waiting.url)
        if outcome == "ok":
            one.in_hand += 1
            yield replace(self._page(one, response, waiting.url), entry=waiting.entry)
        else:
            self.ledger.failed(one, waiting.url, outcome, detail)
        yield from self._go_on(one)

    def parse_look(self, response: Response, one: Round, look: Recheck) -> Iterator[Request | FetchedPage]:
        """Hand the page of a stored article on to the pipeline, or remember how it was found."""
        one.answered()
        outcome, detail = self._outcome(one, response, look.url)
        page = self._page(one, response, look.url)
        if outcome == "ok":
            one.looks[look.url] = replace(look, etag=page.header("ETag"), last_modified=page.header("Last-Modified"))
            one.in_hand += 1
            yield page
        else:
            if outcome != "not_modified" and (capture := self.desk.keep(page)):
                self.store.captures.add(capture)
            self.ledger.looked(one, look, outcome, detail)
        yield from self._go_on(one)

    def _outcome(self, one: Round, response: Response, asked: str) -> tuple[str, str]:
        outcome = kind(response)
        # What stumbles at the end of a redirect says nothing of where the article has gone.
        if outcome in _ARRIVED and response.url != asked and not one.site.wants(response.url):
            home = urlsplit(response.url).path in {"", "/"}
            return "redirected_home" if home else "redirected_away", response.url
        return outcome, f"{response.status} for {response.url}"

    def _page(self, one: Round, response: Response, asked: str) -> FetchedPage:
        return FetchedPage(
            site=one.site.key,
            asked=asked,
            url=response.url,
            body=response.body,
            fetched=self.clock(),
            encoding=charset(response),
            status=response.status,
            headers=all_headers(response),
        )

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
        if isinstance(item, Recheck):
            self.ledger.looked(one, item, outcome, failure.getErrorMessage())
        elif isinstance(item, Address):
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
        if isinstance(failure.value, (ArchiveError, DatabaseError)):
            self._stop(failure.value)
        else:
            log.error("page_failed", site=one.site.key, url=item.asked, error=failure.getTraceback())
            if look := one.looks.get(item.asked):
                self.ledger.looked(one, look, "error", failure.getErrorMessage())
            else:
                self.ledger.failed(one, item.asked, "error", failure.getErrorMessage())
        self._page_done(one)

    def _page_done(self, one: Round) -> None:
        one.in_hand -= 1
        self.tell(one.report(self.clock()))
        self.ledger.finish_if_done(one)

    # ---- the end

    def _callback_failed(self, failure: Failure) -> None:
        if isinstance(failure.value, (ArchiveError, DatabaseError)):
            self._stop(failure.value)

    def _stop(self, error: ArchiveError | DatabaseError) -> None:
        """The store or the archive takes nothing in: fetching on would only lose time. The parent ends this process, every page stays pending."""
        for one in self.rounds.values():
            one.queue.clear()
        self.tell(Failed(error))

    def _closed(self, reason: str) -> None:
        if reason == "finished":
            try:
                for one in self.rounds.values():
                    self.ledger.end_lost(one)
            except DatabaseError as error:
                self._stop(error)
        self.store.close()
