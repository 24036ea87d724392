"""Imported once by the process that batches are forked from: what they all need is loaded and compiled already."""

import scrapy.crawler
import trafilatura

import crawler.spider
from crawler.config import Config, topics
from crawler.matchers import matcher_of

# Compiling the shipped topics takes as long as reading twenty pages.
matcher_of(tuple(topics(Config()).values()))

__all__ = ["crawler", "scrapy", "trafilatura"]
