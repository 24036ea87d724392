"""What a site file and a family file may hold, and what a site makes of an address."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit

from crawler.listings import Feed, Listing, Section, Sitemap
from crawler.toml import INTERNAL
from news.problem import BadValueError, Words
from news.urls import canonical, host_of
from pipelines.dates import HOME
from pipelines.extract import Layout, Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What the sites of one CMS share: the shape of an article address, listing links, paging and page layouts (newest first).

    `pages` is the address of a section's further pages (see `Section`; {host} is the main host without www), `zone` a regex whose
    first group is the section's number where it stands on the page.
    """

    name: str
    articles: str = ""
    links: tuple[str, ...] = ()
    pages: str = ""
    zone: str = ""
    layouts: tuple[Layout, ...] = ()

    def __post_init__(self) -> None:
        _check_regex("articles", self.articles)
        _check_regex("zone", self.zone)


@dataclass(frozen=True, kw_only=True)
class Site:
    """One paper: where it announces its articles, what their addresses look like, how to fetch and read them.

    The first of `domains` is the canonical host, the others are older or parallel names of the same paper. `articles` is a
    regex that the path (and query) of an article address contains; what it does not match, or what `deny` matches, is never
    fetched.  Listing addresses may hold {year} and {month}.  `zones` gives the numbers of sections whose pages do not show them.
    With `cookies` the site's cookies are kept for the length of a crawl, for papers that set one and redirect to themselves;
    `user_agent` replaces the program's own name where a paper turns that away.
    """

    name: str
    domains: tuple[str, ...]
    key: str = field(default="", metadata=INTERNAL)
    family: str = ""
    publisher: str = ""
    language: str = "vi"
    feeds: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    articles: str = ""
    deny: str = ""
    links: tuple[str, ...] = ()
    pages: str = ""
    zones: dict[str, str] = field(default_factory=dict)
    layouts: tuple[Layout, ...] = ()
    names: tuple[str, ...] = ()
    delay: timedelta | None = None
    every: timedelta | None = None
    user_agent: str = ""
    cookies: bool = False
    unverified: bool = False
    cms: Family = field(default_factory=lambda: Family(name=""), metadata=INTERNAL)

    def __post_init__(self) -> None:
        if not self.domains:
            raise BadValueError("domains: name at least the paper's main host, such as domains = ['vov.vn']")
        if not (self.feeds or self.sections or self.sitemaps):
            raise BadValueError("feeds, sections, sitemaps: give at least one listing")
        _check_regex("articles", self.articles)
        _check_regex("deny", self.deny)

    @cached_property
    def hosts(self) -> dict[str, str]:
        """Every host name of the paper → its canonical one."""
        return dict.fromkeys(self.domains, self.domains[0])

    @cached_property
    def listings(self) -> tuple[Listing, ...]:
        """Every place where the site announces articles, the most telling first."""
        links = self.links or self.cms.links
        pages = (self.pages or self.cms.pages).replace("{host}", self.domains[0].removeprefix("www."))
        return (
            *(Feed(url=url) for url in self.feeds),
            *(
                Section(url=url, links=links, pages=pages, zone=self.zones.get(url, ""), zone_at=self.cms.zone)
                for url in self.sections
            ),
            *(Sitemap(url=url) for url in self.sitemaps),
        )

    def dated_listings(self, now: datetime, since: datetime | None = None) -> tuple[Listing, ...]:
        """The listings, with {year} and {month} filled in as the paper's calendar has them: this month's, or all since then."""
        months = _months((since or now).astimezone(HOME), now.astimezone(HOME))
        return tuple(
            replace(listing, url=listing.url.format(year=year, month=month))
            for listing in self.listings
            for year, month in (months if "{" in listing.url else months[:1])
        )

    @cached_property
    def paper(self) -> Paper:
        """What extraction must know of the site."""
        return Paper(
            key=self.key,
            name=self.name,
            domains=self.domains,
            language=self.language,
            layouts=(*self.layouts, *self.cms.layouts),
            names=self.names,
        )

    def canonical(self, url: str) -> str:
        """The address under which an article of this site is remembered."""
        return canonical(url, hosts=self.hosts)

    def owns(self, url: str) -> bool:
        """Whether the address lies on one of the paper's hosts, its `m.` and `amp.` hosts included."""
        return host_of(self.canonical(url)) == self.domains[0]

    def wants(self, url: str) -> bool:
        """Whether this is the address of one of the site's articles."""
        parts = urlsplit(self.canonical(url))
        if (parts.hostname or "") != self.domains[0] or parts.path == "/":
            return False
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        if self._deny and self._deny.search(target):
            return False
        return bool(self._articles.search(target))

    @cached_property
    def _articles(self) -> re.Pattern[str]:
        return re.compile(self.articles or self.cms.articles or r"\d{5,}|[^/]+-[^/]+-[^/]+")

    @cached_property
    def _deny(self) -> re.Pattern[str] | None:
        return re.compile(self.deny) if self.deny else None


def _months(first: datetime, last: datetime) -> list[tuple[int, int]]:
    """Every (year, month) from the last back to the first."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [((last.year * 12 + last.month - 1 - back) // 12, (last.month - 1 - back) % 12 + 1) for back in range(count + 1)]


def _check_regex(key: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise BadValueError("{key}: not a regular expression: {error}", key=key, error=Words(error)) from error
