"""Keeps the crawler on the planned papers' own hosts, redirects included."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from news.urls import host_of


class HomeMiddleware:
    """Refuses every host that is not of a planned paper.

    Scrapy's own middleware lets pass whatever skips the duplicate filter, as all our requests do, and drops the rest at a
    point where nobody is told.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for this crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest, which the request's errback gets, for a foreign host."""
        homes = getattr(self._crawler.spider, "allowed_domains", ())
        host = host_of(request.url)
        if homes and not any(host == home or host.endswith(f".{home}") for home in homes):
            raise IgnoreRequest(f"offsite: {request.url}")
