"""Obeys robots.txt: one copy a host for a day, shared by all crawls; a host that does not answer for it is left alone."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from crawler.clock import Clock
from news.store import WatchStore
from news.store.watch import RobotsFile

_VALID = timedelta(hours=24)  # RFC 9309, 2.4
_LONGEST_DELAY = 30.0
_NO_RULES = b""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware with a memory; Scrapy alone asks once a crawl and reads an error as permission."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._loading: dict[str, asyncio.Future[RobotParser | None]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the request's host."""
        if not hasattr(self.crawler.spider, "store"):  # `scrapy shell`, which has no memory
            return await super().robot_parser(request)
        host = urlsplit(request.url).netloc
        if host not in self._loading:
            self._loading[host] = asyncio.ensure_future(self._load(host, request))
        return await asyncio.shield(self._loading[host])

    async def _load(self, host: str, request: Request) -> RobotParser:
        watch, clock = self._memory()
        known = watch.robots(host)
        if known is None or not _answered(known) or clock() - known.fetched_at > _VALID:
            known = await self._fetch(host, request, known, clock)
            watch.robots_fetched(known)
        if not _answered(known):
            raise IgnoreRequest("robots.txt did not answer")
        body = rules(known)
        self._keep_distance(urlsplit(request.url).hostname or "", body)
        return ProtegoRobotParser(body, self.crawler.spider)

    async def _fetch(self, host: str, request: Request, known: RobotsFile | None, clock: Clock) -> RobotsFile:
        address = f"{urlsplit(request.url).scheme}://{host}/robots.txt"
        ask = Request(
            address,
            priority=self.DOWNLOAD_PRIORITY,
            callback=NO_CALLBACK,
            meta={"dont_obey_robotstxt": True, "allow_offsite": True},
        )
        try:
            assert self.crawler.engine is not None
            response = await self.crawler.engine.download_async(ask)
        except Exception:  # noqa: BLE001 - whatever went wrong, the host gave no rules
            return known or RobotsFile(host=host, status=0, body=b"", fetched_at=clock())
        if response.status >= 500 and known is not None and _answered(known):  # noqa: PLR2004
            return known
        return RobotsFile(host=host, status=response.status, body=response.body[: 500 * 1024], fetched_at=clock())

    def _memory(self) -> tuple[WatchStore, Clock]:
        spider = self.crawler.spider
        return spider.store.watch, spider.clock  # type: ignore[union-attr]

    def _keep_distance(self, host: str, body: bytes) -> None:
        """Take over the host's crawl delay where it asks for a longer one than ours."""
        wanted = Protego.parse(body.decode("utf-8", "replace")).crawl_delay(self._default_useragent)
        if wanted is None:
            return
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        delay = min(float(wanted), _LONGEST_DELAY)
        settings = downloader.per_slot_settings.setdefault(host, {})
        settings["delay"] = max(delay, float(settings.get("delay", downloader.settings.getfloat("DOWNLOAD_DELAY"))))
        if host in downloader.slots:
            downloader.slots[host].delay = settings["delay"]


def _answered(answer: RobotsFile) -> bool:
    """Errors of the server and silence are no answer: everything is forbidden until there is one (RFC 9309, 2.3.1.4)."""
    return 0 < answer.status < 500  # noqa: PLR2004


def rules(answer: RobotsFile) -> bytes:
    """The rules to obey: those of a good answer, none where there is no such file (RFC 9309, 2.3.1.3)."""
    return answer.body if 200 <= answer.status < 300 else _NO_RULES  # noqa: PLR2004
