"""Section pages: the article links that an editor put there."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from cssselect import HTMLTranslator
from lxml import etree, html

from crawler.listings.xml import Unreadable
from news.model import Entry
from pipelines.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A page of links at an address; `links` are CSS selectors of those that lead to articles, or none for every link."""

    url: str
    links: tuple[str, ...] = ()

    def entries(self, body: bytes) -> tuple[Entry, ...]:
        """The links in page order, each address once, with the longest of its link texts. Raises Unreadable on an empty page.

        When no selector finds anything (a redesign), every link of the page is given: the site's address pattern sorts them.
        """
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

    def _anchors(self, root: html.HtmlElement) -> list[html.HtmlElement]:
        found = [anchor for selector in self.links for anchor in _compiled(selector)(root)]
        return [anchor for anchor in found if anchor.get("href")]


@lru_cache(maxsize=256)
def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector))


def _tree(body: bytes) -> html.HtmlElement:
    try:
        return html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Unreadable("empty") from error
