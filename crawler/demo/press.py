"""What the small press of the demonstration has printed, read from news.toml and dated back from now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from crawler.catalogue import all_sites
from crawler.listings import Listing, Sitemap
from crawler.site import Site
from crawler.toml import load
from pipelines.dates import HOME

NEWS = Path(str(files("crawler.demo") / "news.toml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a paper prints: its template, the shape of its addresses, its house mark, and the manners of its feeds."""

    page: str
    address: str
    feed_time: str
    titles: Literal["plain", "cdata", "wrapped"]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One article as news.toml describes it; the keys are explained there."""

    paper: str
    hours: float
    section: str
    slug: str
    number: int
    title: str
    lead: str
    byline: str
    text: str = ""
    wire: str = ""
    cuts: tuple[int, ...] = ()
    respelt: dict[str, str] = field(default_factory=dict)
    tells: str = ""
    only: Literal["", "section", "sitemap"] = ""
    beside: tuple[str, ...] = ()
    caption: str = ""
    credit: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    papers: dict[str, Style]
    wires: dict[str, str]
    articles: dict[str, Draft]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An article as its page shows it; `beside` stands in a box between the paragraphs, `tells` names its story or nothing."""

    paper: str
    url: str
    path: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    published: datetime
    section: str
    number: int
    byline: str
    caption: str
    credit: str
    place: str
    tells: str
    only: str
    beside: tuple["Printed", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Press:
    """The papers with their styles and all articles by key, the newest first."""

    sites: Mapping[str, Site]
    styles: Mapping[str, Style]
    articles: Mapping[str, Printed]

    @cached_property
    def stories(self) -> dict[str, frozenset[str]]:
        """What a digest must tell: each story with the addresses of its copies."""
        told = dict.fromkeys(article.tells for article in self.articles.values() if article.tells)
        return {story: frozenset(each.url for each in self.articles.values() if each.tells == story) for story in told}

    def of(self, paper: str) -> tuple[Printed, ...]:
        """What one paper printed, the newest first."""
        return tuple(article for article in self.articles.values() if article.paper == paper)

    def listed(self, paper: str, listing: Listing) -> tuple[Printed, ...]:
        """What a listing announces: a paper's last feed and its sitemap everything, any other its own part of the paper."""
        everything = isinstance(listing, Sitemap) or listing.url == self.sites[paper].feeds[-1]
        part = listing.url.replace("/rss/", "/")
        kind = type(listing).__name__.lower()
        return tuple(
            article for article in self.of(paper) if (everything or article.section in part) and article.only in ("", kind)
        )


def press(now: datetime) -> Press:
    """Print everything, the newest an hour before `now`."""
    news = load(NEWS, _News)
    sites = {key: all_sites()[key] for key in news.papers}
    dated = dict(sorted(news.articles.items(), key=lambda named: named[1].hours))
    plain = {key: _printed(news, draft, _dates(news, now), sites[draft.paper]) for key, draft in dated.items()}
    articles = {key: replace(plain[key], beside=tuple(plain[other] for other in draft.beside)) for key, draft in dated.items()}
    return Press(sites=sites, styles=news.papers, articles=articles)


def _dates(news: _News, now: datetime) -> Callable[[Draft], tuple[datetime, str]]:
    """Tell when an article came out and the day of its event, which all copies of a story call the same."""
    minute = now.astimezone(HOME).replace(second=0, microsecond=0)

    def dates(draft: Draft) -> tuple[datetime, str]:
        copies = [other.hours for other in news.articles.values() if draft.tells and other.tells == draft.tells]
        event = minute - timedelta(hours=max(copies, default=draft.hours))
        return minute - timedelta(hours=draft.hours), f"{event.day}/{event.month}"

    return dates


def _printed(news: _News, draft: Draft, dates: Callable[[Draft], tuple[datetime, str]], site: Site) -> Printed:
    published, day = dates(draft)
    path = news.papers[draft.paper].address.format(slug=draft.slug, section=draft.section, number=draft.number, stamp=published)
    taken: Mapping[str, Any] = {
        name: getattr(draft, name)
        for name in ("paper", "title", "lead", "section", "number", "byline", "caption", "credit", "place", "tells", "only")
    }
    return Printed(
        **taken,
        url=f"https://{site.domains[0]}{path}",
        path=path,
        paragraphs=tuple(paragraph.replace("{day}", day) for paragraph in _paragraphs(news, draft)),
        published=published,
    )


def _paragraphs(news: _News, draft: Draft) -> list[str]:
    """The agency's paragraphs, less what was cut, in the paper's spelling; then the paper's own."""
    wire = news.wires[draft.wire].strip().splitlines() if draft.wire else []
    kept = [paragraph for number, paragraph in enumerate(wire, 1) if number not in draft.cuts]
    for word, spelling in draft.respelt.items():
        kept = [paragraph.replace(word, spelling) for paragraph in kept]
    return kept + draft.text.strip().splitlines()
