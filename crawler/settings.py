"""Scrapy settings that differ from the default, each with its reason."""

from collections.abc import Iterable
from typing import Any

from crawler.crawling.plan import Plan
from crawler.site import Site

BOT_NAME = "tuantra"
SPIDER_MODULES = ["crawler.crawling.spider"]
# One honest name; [fetch] contact is added to it.
USER_AGENT = "tuantra/0.1 (news watch)"

# --- security -------------------------------------------------------------------------------------------------------------------
# Scrapy does not verify certificates by default.
DOWNLOAD_VERIFY_CERTIFICATES = True
# Both listen on a port and run Python code that they are sent.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# The default allows 1 GiB.
DOWNLOAD_MAXSIZE = 4 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 20
REDIRECT_MAX_TIMES = 5
# Only the web, and that through the replay handler.
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetch.via.ViaHandler",
    "https": "crawler.fetch.via.ViaHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
# No name resolves to an inner address.
TWISTED_DNS_RESOLVER = "crawler.fetch.guard.PublicResolver"
# A proxy from the environment would go round the resolver.
HTTPPROXY_ENABLED = False
# Switched on only for a crawl that has a site with `cookies`, and then for that site alone.
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
# A refresh tag could lead anywhere.
METAREFRESH_ENABLED = False

# --- manners --------------------------------------------------------------------------------------------------------------------
ROBOTSTXT_OBEY = True
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    # No paper asks for a password.
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.fetch.home.HomeMiddleware": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.fetch.robots.RobotsMiddleware": 100,
    # Below the decompression at 590.
    "crawler.fetch.whole.WholeMiddleware": 595,
}
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.25
# One quick second try for a dropped line; everything else waits for its time in the store, and a host that hangs is not asked twice.
RETRY_TIMES = 1
RETRY_HTTP_CODES = [500, 502, 504]
RETRY_EXCEPTIONS = [
    "twisted.internet.error.ConnectionLost",
    "twisted.internet.error.ConnectionDone",
    "twisted.web.client.ResponseFailed",
]

# --- ours -----------------------------------------------------------------------------------------------------------------------
ITEM_PIPELINES = {"pipelines.item_pipeline.ItemPipeline": 100}
# The spider judges every status itself: an error is an outcome to remember.
HTTPERROR_ALLOW_ALL = True
# Redirects need the middleware for referrers, if only to send none.
REFERRER_POLICY = "no-referrer"
# Each of these would look at every answer for nothing: all statuses are wanted, nothing is followed by depth.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}
DOWNLOADER_STATS = False
# What is dropped is counted by reason; a log line for each would drown the rest.
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
LOG_LEVEL = "WARNING"
LOGSTATS_INTERVAL = 0
# Pages are taken in one after the other anyway; the default starts a hundred tasks for every answer.
CONCURRENT_ITEMS = 1
# The prefix put before every address ([fetch] via), and how many seconds one page may take.
VIA = ""
PAGE_SECONDS = 0.0


def overrides(**values: Any) -> dict[str, Any]:
    """These settings as a mapping, with some of them replaced."""
    own = {name: value for name, value in globals().items() if name.isupper()}
    return {**own, **values}


def of_plan(plan: Plan, sites: Iterable[Site]) -> dict[str, Any]:
    """The settings that a plan's configuration and its sites decide."""
    fetch, chosen = plan.config.fetch, tuple(sites)
    slots = {
        host: {"delay": site.delay.total_seconds(), "concurrency": 1}
        for site in chosen
        if site.delay is not None
        for host in site.domains
    }
    return {
        "USER_AGENT": f"tuantra/0.1 (+{fetch.contact})" if fetch.contact else "tuantra/0.1 (news watch)",
        "DOWNLOAD_DELAY": fetch.delay.total_seconds(),
        "DOWNLOAD_TIMEOUT": fetch.timeout.total_seconds(),
        "DOWNLOAD_MAXSIZE": fetch.page_bytes,
        "CONCURRENT_REQUESTS": fetch.concurrency,
        "DOWNLOAD_SLOTS": slots,
        "COOKIES_ENABLED": any(site.cookies for site in chosen),
        "VIA": fetch.via,
    }
