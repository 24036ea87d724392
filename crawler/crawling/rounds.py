"""One look at one site: what is left to fetch, and what was found so far."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from crawler.listings import Listing
from crawler.site import Site
from news.problem import Problem
from news.store.addresses import Address
from news.store.rechecks import Recheck

_PATIENCE = 3  # network failures in a row after which a host is left alone until the next poll


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What a crawl found on one site; the row of the table that `tuantra crawl` prints."""

    site: str
    listed: int = 0
    new: int = 0
    fetched: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    matched: int = 0
    rechecked: int = 0
    changed: int = 0
    gone: int = 0
    failed: int = 0
    seconds: float = 0.0
    state: str = ""
    detail: str = ""
    waiting: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """Told before a page is taken apart: if the process ends before its next report, this page brought it down."""

    url: str


@dataclass(frozen=True, slots=True)
class Failed:
    """What a batch tells instead when it cannot go on at all; the problem is for people."""

    problem: Problem


COUNTS = ("listed", "new", "fetched", "matched", "rechecked", "changed", "gone", "failed")


class Round:
    """The state of one site's round; the spider's notebook, written by nobody else."""

    def __init__(self, site: Site, started: datetime) -> None:
        self.site = site
        self.started = started
        self.queue: deque[Listing | Address | Recheck] = deque()
        self.open = 0  # requests under way
        self.in_hand = 0  # pages fetched, with the pipeline
        self.asked: set[str] = set()
        self.listings: dict[str, str] = {}
        self.reread: set[str] = set()  # stored articles whose headline the paper has changed, or that are named by hand
        self.looks: dict[str, Recheck] = {}  # stored articles to look at again, until it is known how they were found
        self.extra: set[str] = set()  # further pages of sections, parts of sitemap indexes
        self.gap: datetime | None = None
        self.layouts_tried = 0
        self.layouts_held = 0
        self._shown: dict[str, set[str]] = {}
        self.newest: datetime | None = None
        self.finished = False
        self._counts: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._failures_in_a_row = 0

    def add(self, item: Listing | Address | Recheck, *, extra: bool = False) -> None:
        """Queue something to fetch, once; `extra` for a listing that others led to: it goes first and its failure is not the site's."""
        if item.url in self.asked:
            return
        self.asked.add(item.url)
        if extra:
            self.extra.add(item.url)
            self.queue.appendleft(item)
        else:
            self.queue.append(item)

    def show(self, section: str, urls: Iterable[str]) -> bool:
        """Note the addresses on a page of a section; whether any of them was on none of its earlier pages."""
        shown = self._shown.setdefault(section, set())
        new = set(urls) - shown
        shown |= new
        return bool(new)

    @property
    def idle(self) -> bool:
        """Nothing is left to do or under way."""
        return not (self.queue or self.open or self.in_hand)

    def answered(self) -> None:
        """The host is alive."""
        self._failures_in_a_row = 0

    def unreachable(self) -> None:
        """The host did not answer; after a few times in a row the rest of the round is left for the next poll."""
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= _PATIENCE:
            self.queue.clear()

    def count(self, what: str, number: int = 1) -> None:
        """Count listed, new, fetched, matched, rechecked, changed, gone or failed."""
        self._counts[what] += number

    def reject(self, reason: str) -> None:
        """Count a rejected page by its reason."""
        self._rejected[reason] += 1

    def saw(self, published: datetime | None, now: datetime) -> None:
        """Note the newest publication time that a listing shows; times ahead of the clock are not believed."""
        if published and published <= now and (self.newest is None or published > self.newest):
            self.newest = published

    def report(self, now: datetime, state: str = "", detail: str = "") -> SiteReport:
        """The row for this site."""
        return SiteReport(
            site=self.site.key,
            **{name: self._counts[name] for name in COUNTS},
            rejected=dict(sorted(self._rejected.items())),
            seconds=round((now - self.started).total_seconds(), 1),
            state=state,
            detail=detail,
            waiting=len(self.queue) + self.open + self.in_hand,
            done=self.finished,
        )
