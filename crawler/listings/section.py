"""Section pages: the article links that an editor put there, page after page."""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from cssselect import HTMLTranslator
from lxml import etree, html

from crawler.listings.xml import Unreadable
from news.model import Entry
from pipelines.text import clean, unescape


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A page of links at an address; `links` are CSS selectors of those that lead to articles, or none for every link.

    `pages` is the address of its further pages, with {section} (the section's address without .htm, .html and end slash), {page}
    (2, 3, …), {page0} (1, 2, …) and {zone} (the section's number: `zone`, or what is found on the page at `zone_at`, a regex).
    Without `pages`, the page's own link rel=next leads on.
    """

    url: str
    links: tuple[str, ...] = ()
    pages: str = ""
    zone: str = ""
    zone_at: str = ""
    number: int = 1
    first: str = ""

    def entries(self, body: bytes) -> tuple[Entry, ...]:
        """The links in page order, each address once, with the longest of its link texts. Raises Unreadable on an empty page.

        When no selector finds anything (a redesign), every link of the page is given: the site's address pattern sorts them.
        """
        if body.lstrip()[:1] == b"{":
            return _from_json(body)
        root = _tree(body)
        anchors = self._anchors(root) or root.xpath("//a[@href]")
        titles: dict[str, str] = {}
        for anchor in anchors:
            url = urljoin(self.url, (anchor.get("href") or "").strip()).partition("#")[0]
            if not url.startswith(("http://", "https://")):
                continue
            title = clean(anchor.text_content()) or clean(anchor.get("title") or "")
            if len(title) > len(titles.get(url, "")) or url not in titles:
                titles[url] = title
        if not titles:
            raise Unreadable("no_links")
        return tuple(Entry(url=url, title=title) for url, title in titles.items())

    def following(self, body: bytes) -> "Section | None":
        """The next page of the same section, as far as it can be told from this one; None when there is none."""
        first = self.first or self.url
        zone = self.zone or self._zone_on(body)
        if self.pages and ("{zone}" not in self.pages or zone):
            stem = re.sub(r"(?:\.html?|/)$", "", first)
            url = self.pages.format(section=stem, page=self.number + 1, page0=self.number, zone=zone)
        elif self.pages or not (url := self._next_on(body)):
            return None
        return replace(self, url=urljoin(first, url), zone=zone, number=self.number + 1, first=first)

    def _zone_on(self, body: bytes) -> str:
        found = re.search(self.zone_at.encode(), body) if self.zone_at else None
        return found[1].decode("ascii", "replace") if found else ""

    def _next_on(self, body: bytes) -> str:
        if body.lstrip()[:1] == b"{":
            return ""
        hits = _tree(body).xpath("//*[self::a or self::link][contains(concat(' ', @rel, ' '), ' next ')]/@href")
        return str(hits[0]).strip() if hits else ""

    def _anchors(self, root: html.HtmlElement) -> list[html.HtmlElement]:
        found = [anchor for selector in self.links for anchor in _compiled(selector)(root)]
        return [anchor for anchor in found if anchor.get("href")]


def _from_json(body: bytes) -> tuple[Entry, ...]:
    """What "more news" interfaces answer: {"data": {"contents": [{"title", "url", "description", "date": seconds}]}}."""
    try:
        rows = json.loads(body)["data"]["contents"]
        return tuple(_row(row) for row in rows if str(row.get("url", "")).startswith("http"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable("not_json") from error


def _row(row: dict[str, Any]) -> Entry:
    date = row.get("date")
    return Entry(
        url=row["url"],
        title=clean(unescape(str(row.get("title") or ""))),
        summary=clean(unescape(str(row.get("description") or ""))),
        published=datetime.fromtimestamp(date, UTC) if isinstance(date, int) else None,
    )


@lru_cache(maxsize=256)
def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector))


def _tree(body: bytes) -> html.HtmlElement:
    try:
        return html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Unreadable("empty") from error
