"""Scrapy's door into `process`; the only module here that knows Scrapy."""

import faulthandler
from collections.abc import Callable
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured

from news.model import FetchedPage, Rejected, StoredArticle


class ItemPipeline:
    """Hands each page to the spider's desk and turns a rejection into Scrapy's DropItem, with the Rejected as its cause."""

    def __init__(self, take_in: Callable[[FetchedPage], StoredArticle], page_seconds: float) -> None:
        self._take_in = take_in
        self._page_seconds = page_seconds

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for the spider of this crawl."""
        take_in = getattr(crawler.spider, "take_in", None)
        if take_in is None:
            raise NotConfigured("a spider that is not ours, as `scrapy shell` has one, takes nothing in")
        return cls(take_in, crawler.settings.getfloat("PAGE_SECONDS"))

    def process_item(self, item: FetchedPage) -> StoredArticle:
        """Process one page, or end this process when the page takes longer than it may."""
        if self._page_seconds:
            # The watchdog is a C thread: it fires even while a parser holds the interpreter.
            faulthandler.dump_traceback_later(self._page_seconds, exit=True)
        try:
            return self._take_in(item)
        except Rejected as verdict:
            raise DropItem(str(verdict)) from verdict
        finally:
            if self._page_seconds:
                faulthandler.cancel_dump_traceback_later()
