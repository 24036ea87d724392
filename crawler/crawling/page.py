"""Fetches single pages for `extract`, `save` and `sites check`, with the same manners and guards as a crawl."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler import settings
from crawler.clock import Clock, clock
from crawler.config import database_url
from crawler.crawling.plan import Plan
from crawler.fetch.answers import kind_of_answer
from crawler.fetch.responses import headers_of, why
from news.model import Rejected
from news.store import Store, open_store


class PageSpider(scrapy.Spider):
    """Asks for the plan's addresses and tells of each (address, (body, address after redirects) or the Rejected that says why not)."""

    name = "page"
    urls: tuple[str, ...]
    tell: Callable[[object], None]
    clock: Clock
    store: Store

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build from the settings PLAN and TELL."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        plan: Plan = crawler.settings["PLAN"]
        spider.urls = plan.urls
        spider.tell = crawler.settings["TELL"]
        spider.clock = clock(plan.now)
        spider.store = open_store(database_url(plan.config))
        for key, value in settings.of_plan(plan, ()).items():
            crawler.settings.set(key, value, priority="spider")
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """One request an address."""
        for url in self.urls:
            yield Request(url, callback=self.parse, errback=self._no_answer, dont_filter=True, meta={"asked": url})

    def parse(self, response: Response) -> None:
        """Tell what came."""
        kind = kind_of_answer(response.status, headers_of(response), response.body)
        self.tell((response.meta["asked"], (response.body, response.url) if kind == "ok" else Rejected(kind, response.url)))

    def _no_answer(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        self.tell((request.meta["asked"], Rejected(why(failure), failure.getErrorMessage())))
