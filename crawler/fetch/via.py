"""Fetches through a prefix: address U is asked for as PREFIX + U while the rest of the program sees U (a web archive's replay)."""

from typing import Self

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.fetch.guard import PublicResolver
from news.urls import host_of


class ViaHandler:
    """The stock HTTP/1.1 handler; with the setting VIA it asks the replay instead of the paper.

    It sits below every middleware, so that robots.txt, redirects, delays and cookies go by the real addresses.
    """

    lazy = False

    def __init__(self, handler: HTTP11DownloadHandler, prefix: str) -> None:
        self._handler = handler
        self._prefix = prefix

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from the crawl's settings."""
        prefix = crawler.settings.get("VIA") or ""
        PublicResolver.exempt = host_of(prefix)
        return cls(HTTP11DownloadHandler(crawler), prefix)

    async def download_request(self, request: Request) -> Response:
        """Fetch one page."""
        if not self._prefix:
            return await self._handler.download_request(request)
        response = await self._handler.download_request(request.replace(url=self._prefix + request.url))
        return self._restored(response, request)

    async def close(self) -> None:
        """Give the connections back."""
        await self._handler.close()

    def _restored(self, response: Response, request: Request) -> Response:
        headers = response.headers.copy()
        target = headers.get("Location", b"")
        if target and target.startswith(self._prefix.encode()):
            headers["Location"] = target[len(self._prefix) :]
        return response.replace(url=request.url, headers=headers)
