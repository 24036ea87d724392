"""Sitemaps and news sitemaps, and indexes of them."""

from dataclasses import dataclass

from crawler.listings.xml import Unreadable, child_text, name_of, parse
from news.model import Entry
from pipelines.dates import parse_time
from pipelines.text import clean, unescape

_MOST_ENTRIES = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap at an address."""

    url: str

    def entries(self, body: bytes) -> tuple[Entry, ...]:
        """The addresses with their publication times. Raises Unreadable when it is no sitemap.

        A `lastmod` says when the page changed, not when it was published: it only stands in where nothing else is given.
        """
        root = parse(body)
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
                    title=clean(unescape(title)),
                    published=parse_time(published or child_text(element, "lastmod")),
                )
            )
        return tuple(entry for entry in entries if entry.url)
