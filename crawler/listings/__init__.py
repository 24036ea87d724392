"""How a site announces its articles: one file a kind, all with `url` and `entries(body)`."""

from crawler.listings.feed import Feed
from crawler.listings.section import Section
from crawler.listings.sitemap import Sitemap
from crawler.listings.xml import Unreadable

__all__ = ["Feed", "Listing", "Section", "Sitemap", "Unreadable"]

Listing = Feed | Section | Sitemap
