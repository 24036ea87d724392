"""RSS and Atom feeds."""

import re
from dataclasses import dataclass

from lxml import etree

from crawler.listings.xml import Unreadable, child_text, name_of, parse
from news.model import Entry
from pipelines.dates import parse_time
from pipelines.text import clean, unescape

_MOST_ENTRIES = 1500  # vietnamnet.vn serves about 1,000
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed at an address."""

    url: str

    def entries(self, body: bytes) -> tuple[Entry, ...]:
        """What the feed announces, in its order. Raises Unreadable when it is no feed."""
        root = parse(body)
        if name_of(root) not in {"rss", "feed", "rdf"}:
            raise Unreadable("html" if name_of(root) == "html" else "not_a_feed")
        items = [element for element in root.iter() if name_of(element) in {"item", "entry"}][:_MOST_ENTRIES]
        return tuple(entry for entry in map(_entry, items) if entry.url)


def _entry(item: etree._Element) -> Entry:
    return Entry(
        url=_link(item),
        title=plain(child_text(item, "title")),
        summary=plain(child_text(item, "description", "summary", "encoded", "content")),
        published=parse_time(child_text(item, "pubdate", "published", "date", "updated")),
    )


def _link(item: etree._Element) -> str:
    for child in item:
        if name_of(child) == "link":
            target = (child.text or "").strip() or (child.get("href") or "").strip()
            if target and child.get("rel", "alternate") == "alternate":
                return _undoubled(target)
    guid = child_text(item, "guid", "id")
    return _undoubled(guid) if guid.startswith("http") else ""


def _undoubled(url: str) -> str:
    """Some feeds print the host twice: `https://vnanet.vnhttps://vnanet.vn/…`."""
    last = max(url.rfind("https://"), url.rfind("http://"))
    return url[last:] if last > 0 and "?" not in url[:last] else url


def plain(markup: str) -> str:
    """Text without markup. Titles come escaped once or twice, some with a literal CDATA mark inside; summaries hold an image and a link."""
    return clean(_TAG.sub(" ", _CDATA.sub("", unescape(_CDATA.sub("", markup)))))
