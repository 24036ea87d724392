"""Fetches one page for `tuantra extract URL`, with the same manners and guards as a crawl."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler import settings
from crawler.answers import kind_of_answer
from crawler.clock import Clock, clock
from crawler.config import database_url
from crawler.plan import Plan
from crawler.responses import headers_of
from news.model import Rejected
from news.store import Store, open_store


class PageSpider(scrapy.Spider):
    """Asks for the plan's one address and tells (body, address after redirects), or the Rejected that says why not."""

    name = "page"
    url: str
    tell: Callable[[object], None]
    clock: Clock
    store: Store

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build from the settings PLAN and TELL."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        plan: Plan = crawler.settings["PLAN"]
        spider.url = plan.urls[0]
        spider.tell = crawler.settings["TELL"]
        spider.clock = clock(plan.now)
        spider.store = open_store(database_url(plan.config))
        for key, value in settings.of_plan(plan, ()).items():
            crawler.settings.set(key, value, priority="spider")
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The one request."""
        yield Request(self.url, callback=self.parse, errback=self._no_answer, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Tell what came."""
        kind = kind_of_answer(response.status, headers_of(response), response.body)
        self.tell((response.body, response.url) if kind == "ok" else Rejected(kind, response.url))

    def _no_answer(self, failure: Failure) -> None:
        self.tell(Rejected("no_answer", failure.getErrorMessage()))
