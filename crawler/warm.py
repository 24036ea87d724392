"""Imported once by the process that batches are forked from: what they all need is loaded and compiled already."""

import scrapy.crawler
import trafilatura

import crawler.spider

__all__ = ["crawler", "scrapy", "trafilatura"]
