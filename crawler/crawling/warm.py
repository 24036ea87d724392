"""Imported once by the process that batches are forked from: what they all need is loaded and compiled already."""

import scrapy.crawler
import trafilatura
from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

import crawler.crawling.spider
from crawler import settings
from crawler.config import Config, topics
from crawler.crawling.matchers import matcher_of

# Scrapy loads its parts by name when a crawl starts; loaded here, no batch pays for them again.
for part in (
    "scrapy.core.engine.ExecutionEngine",
    default_settings.DOWNLOADER,
    default_settings.DUPEFILTER_CLASS,
    default_settings.SCHEDULER,
    default_settings.SCHEDULER_MEMORY_QUEUE,
    default_settings.SCHEDULER_PRIORITY_QUEUE,
    *default_settings.DOWNLOADER_MIDDLEWARES_BASE,
    *default_settings.SPIDER_MIDDLEWARES_BASE,
    *settings.DOWNLOADER_MIDDLEWARES,
    *settings.ITEM_PIPELINES,
    "crawler.fetch.via.ViaHandler",
    settings.TWISTED_DNS_RESOLVER,
):
    load_object(part)

# Compiling the shipped topics takes as long as reading twenty pages.
matcher_of(tuple(topics(Config()).values()))

__all__ = ["crawler", "scrapy", "trafilatura"]
