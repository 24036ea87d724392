"""Sitemaps and news sitemaps, and indexes of them."""

import re
from dataclasses import dataclass
from datetime import datetime

from crawler.listings.feed import plain
from crawler.listings.xml import Unreadable, child_text, name_of, parse
from news.model import Entry
from pipelines.dates import parse_time

_MOST_ENTRIES = 5000
_MOST_PARTS = 100
_MONTH = re.compile(r"\b(20\d{2})[-/_](\d{1,2})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap at an address."""

    url: str

    def entries(self, body: bytes) -> tuple[Entry, ...]:
        """The addresses with their publication times. Raises Unreadable when it is no sitemap.

        A `lastmod` says when the page changed, not when it was published: it only stands in where nothing else is given.
        """
        root = parse(body)
        if name_of(root) == "sitemapindex":
            return ()
        if name_of(root) != "urlset":
            raise Unreadable("html" if name_of(root) == "html" else "not_a_sitemap")
        entries: list[Entry] = []
        for element in root:
            if name_of(element) != "url" or len(entries) >= _MOST_ENTRIES:
                continue
            news = next((child for child in element if name_of(child) == "news"), None)
            published = child_text(news, "publication_date") if news is not None else ""
            title = child_text(news, "title") if news is not None else ""
            entries.append(
                Entry(
                    url=child_text(element, "loc"),
                    title=plain(title),
                    published=parse_time(published or child_text(element, "lastmod")),
                )
            )
        return tuple(entry for entry in entries if entry.url)

    def parts(self, body: bytes, since: datetime) -> tuple["Sitemap", ...]:
        """The sitemaps that an index names and that may hold articles since then; none when this is no index.

        A part without a time and without a month in its name is left out: such parts list sections, tags and pictures.
        """
        root = parse(body)
        if name_of(root) != "sitemapindex":
            return ()
        found = []
        for element in root:
            url, changed = child_text(element, "loc"), parse_time(child_text(element, "lastmod"))
            month = _MONTH.search(url)
            named = month is not None and (int(month[1]), int(month[2])) >= (since.year, since.month)
            if url and (named or (month is None and changed is not None and changed >= since)):
                found.append(Sitemap(url=url))
        return tuple(found[:_MOST_PARTS])
