"""The whole job on one machine: a small web, a crawl, a mail server, a digest."""

from crawler.demo.show import demonstrate

__all__ = ["demonstrate"]
