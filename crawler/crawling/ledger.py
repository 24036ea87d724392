"""Writes down what became of every listing, page and round; the crawl's only hand on the store besides the pipeline."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from crawler.clock import Clock
from crawler.crawling.plan import Plan
from crawler.crawling.rounds import COUNTS, Round, SiteReport
from crawler.health import silent_after, site_state
from crawler.schedule import next_check, next_look, retry_at
from news.model import FetchedPage, Gone, Rejected, StoredArticle
from news.store import Store
from news.store.rechecks import Recheck
from news.store.watch import ListingState, Poll

_GOOD_STATES = {"ok", "partial", "silent"}
# Walls and broken answers are not the article's fault: it is tried again.
_PASSING = {"challenge", "consent_wall", "empty", "truncated", "soft_404", "not_html"}

# What tells that a stored article's page is not there any more; everything else may be our trouble, or passing.
_GONE: dict[str, Gone] = {
    "http_402": "paywalled",
    "http_404": "deleted",
    "http_410": "deleted",
    "not_article": "soft_404",
    "paywalled": "paywalled",
    "redirected_away": "redirected_away",
    "redirected_home": "redirected_home",
    "soft_404": "soft_404",
}
_MOST_UNWRITTEN = 25
_PUT_OFF = timedelta(minutes=15)
_WEEK = timedelta(days=7)
log = structlog.get_logger()


class Ledger:
    """The records of one crawl."""

    def __init__(self, plan: Plan, store: Store, clock: Clock, tell: Callable[[SiteReport], None]) -> None:
        self._plan = plan
        self._store = store
        self._clock = clock
        self._tell = tell
        self._settled: list[tuple[str, str, str, datetime]] = []

    def listing(self, one: Round, state: ListingState) -> None:
        """A listing was asked for; `state.state` says how that went."""
        if state.url not in one.extra:
            one.listings[state.url] = state.state
        if state.state not in {"ok", "not_modified"}:
            log.warning("listing_failed", site=one.site.key, url=state.url, outcome=state.state, error=state.detail)
        if state.url not in one.extra:
            self._store.watch.listing_fetched(replace(state, fetched_at=self._clock()))

    def taken(self, one: Round, item: StoredArticle) -> None:
        """The article is stored, for a topic or as a near miss, or was looked at again."""
        look = next((look for look in one.looks.values() if look.article_id == item.id), None)
        if look is not None:
            self.looked(one, look, "ok")
            return
        if known := self._store.rechecks.of(item.id):
            now = self._clock()
            if one.reread & {item.article.url, item.article.canonical_url}:
                # Read again for its new headline: a look as any other, or a feed that cannot decide would cost a request a poll.
                self._store.rechecks.found(item.id, now, next_look(known, now), None)
            else:
                self._store.rechecks.scheduled(item.id, next_look(known, now))
        relevant = any(verdict.relevant for verdict in item.matches)
        if relevant:
            one.count("matched")
        else:
            one.reject("off_topic")
        log.info("article_stored", site=one.site.key, url=item.article.canonical_url, relevant=relevant, story=item.story_id)

    def rejected(self, one: Round, page: FetchedPage, verdict: Rejected) -> None:
        """The page is no news of ours, or does not show the article that it showed before."""
        if look := one.looks.get(page.asked):
            self.looked(one, look, verdict.reason, verdict.detail)
            return
        one.reject(verdict.reason)
        if verdict.reason in _PASSING:
            self.failed(one, page.asked, verdict.reason, verdict.detail)
        elif verdict.reason != "same_address":  # that the store has settled itself
            # A kill costs no more than fetching these again; a transaction for each would cost more than reading the page.
            self._settled.append((page.asked, verdict.reason, verdict.detail, page.fetched))
            if len(self._settled) >= _MOST_UNWRITTEN:
                self.write()

    def looked(self, one: Round, look: Recheck, outcome: str, detail: str = "") -> None:
        """A stored article's page was asked for again; only a page that is known to be missing makes the article gone."""
        now, rechecks = self._clock(), self._store.rechecks
        one.looks.pop(look.url, None)
        one.count("rechecked")
        if outcome in {"ok", "not_modified"}:
            tags = (look.etag, look.last_modified) if outcome == "ok" else None
            rechecks.found(look.article_id, now, next_look(look, now), tags)
            if look.gone:
                log.info("article_back", site=one.site.key, url=look.url, was=look.gone)
        elif gone := _GONE.get(outcome):
            rechecks.missed(look.article_id, now, next_look(look, now, gone=True), gone=gone, detail=detail)
            if look.gone is None:
                one.count("gone")
                log.warning("article_gone", site=one.site.key, url=look.url, how=gone, detail=detail)
        else:
            rechecks.failed(
                look.article_id, now, next_look(look, now, failed=True), f"{outcome}: {detail}" if detail else outcome
            )

    def put_off(self, one: Round) -> None:
        """What the round did not come to, since the host fell silent, waits a while instead of being asked for at every tick."""
        for look in one.looks.values():
            self._store.rechecks.scheduled(look.article_id, self._clock() + _PUT_OFF)
        one.looks.clear()

    def write(self) -> None:
        """Commit the rejections that are only remembered so far."""
        rows, self._settled = self._settled, []
        self._store.addresses.settled(rows)

    def failed(self, one: Round, url: str, outcome: str, detail: str) -> None:
        """The page could not be fetched or read: it is tried again, or given up, as `retry_at` decides."""
        now = self._clock()
        known = self._store.addresses.by_url(url)
        again = retry_at(outcome, (known.attempts if known else 0) + 1, now)
        self._store.addresses.failed(url, outcome, detail, retry_at=again, now=now)
        if outcome == "robots":
            one.reject(outcome)
            return
        one.count("failed")
        log.warning("fetch_failed", site=one.site.key, url=url, outcome=outcome, retry_at=again and again.isoformat())

    def finish_if_done(self, one: Round) -> None:
        """Close the round when nothing is left or under way."""
        if one.finished or not one.idle:
            return
        one.finished = True
        self.write()
        self.put_off(one)
        now = self._clock()
        if self._plan.urls or self._plan.looks != "due":
            self._tell(one.report(now, "ok"))
            return
        patience = silent_after(self._store.watch.rhythm(one.site.key, now - _WEEK, now))
        state, detail = site_state(one.listings, one.newest, now, patience, self._others(one, now))
        report = one.report(now, state, detail)
        good = state in _GOOD_STATES
        before = self._store.watch.sites().get(one.site.key)
        failures = 0 if good else (before.failures if before else 0) + 1
        counts = {name: getattr(report, name) for name in (*COUNTS, "rejected")}
        counts |= {"layouts_tried": one.layouts_tried, "layouts_held": one.layouts_held}
        self._store.watch.polled(
            Poll(site=one.site.key, started_at=one.started, finished_at=now, state=state, detail=detail, counts=counts),
            due_at=next_check(now, every=one.site.every or self._plan.config.watch.every, failures=failures),
            succeeded=good,
        )
        log.info("site_polled", site=one.site.key, state=state, detail=detail, seconds=report.seconds, **counts)
        self._tell(report)

    def _others(self, one: Round, now: datetime) -> list[ListingState]:
        """What is remembered of the paper's present listings that were not asked for in this round."""
        left = {listing.url for listing in one.site.dated_listings(now)} - one.listings.keys()
        return [known for known in self._store.watch.listings(one.site.key) if known.url in left]

    def end_lost(self, one: Round) -> None:
        """A request that vanished without an answer must not leave its site unfinished: its page is still pending."""
        if not one.finished:
            log.error("requests_lost", site=one.site.key, number=one.open)
            one.open = one.in_hand = 0
            one.queue.clear()
            self.finish_if_done(one)
