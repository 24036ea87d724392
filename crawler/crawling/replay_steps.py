"""Reads the pages of WARC files as a crawl would have; this runs in a child process, with a crawl's limits."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from crawler.catalogue import all_sites
from crawler.config import database_url, topics
from crawler.crawling.matchers import matcher_of
from crawler.crawling.plan import Plan
from crawler.fetch.answers import kind_of_answer
from crawler.site import Site
from news.archive import ArchiveError, records
from news.model import Entry, FetchedPage, Rejected, StoredArticle
from news.store import DatabaseError, open_store
from news.urls import host_of
from pipelines.process import Desk, process, reread

LISTING = "replay"  # stands as the listing of addresses that nothing but an archive has named
TAKEN_IN = {"matched", "off_topic", "changed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one child is to do: read these files, from the record at `offset` of file `number` on, or `after` it.

    `taken` are the addresses whose articles this replay has taken in itself: a further page of theirs is a later version.
    """

    plan: Plan
    files: tuple[Path, ...]
    number: int = 0
    offset: int = 0
    after: bool = False
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of the page at `offset` of a file; without `outcome` it is about to be read.

    `outcome` is "matched", "changed" or "known", or the reason why not.  With `whole` nothing more comes from this file, and `outcome`
    is "read", or what was wrong with it.
    """

    number: int
    offset: int
    url: str = ""
    site: str = ""
    outcome: str = ""
    detail: str = ""
    whole: bool = False


def steps(task: Task) -> Iterator[Step]:
    """Read the files; ends early, after a page, when half of the CPU time is used that this process may use."""
    config = task.plan.config
    with closing(open_store(database_url(config))) as store:
        desk, taken = Desk(matcher=matcher_of(tuple(topics(config).values())), store=store), set(task.taken)
        for number in range(task.number, len(task.files)):
            for step in _file(task, number, desk, taken):
                if step.outcome in TAKEN_IN:
                    taken.add(step.url)
                yield step
                if step.outcome and time.process_time() > config.batch.cpu.total_seconds() / 2:
                    return


def _file(task: Task, number: int, desk: Desk, taken: set[str]) -> Iterator[Step]:
    path, first = task.files[number], number == task.number
    begun = Step(number=number, offset=task.offset if first else 0)
    yield begun
    try:
        pages = records(path, begun.offset)
        if first and task.after:
            next(pages, None)
        for offset, page in pages:
            place = replace(begun, offset=offset)
            if isinstance(page, Rejected):
                yield replace(place, url=str(path), outcome=page.reason, detail=page.detail)
            else:
                yield from _page(page, place, desk, taken, force=task.plan.force)
    except ArchiveError as error:
        yield replace(begun, url=str(path), outcome=error.state, detail=str(error), whole=True)
    else:
        yield replace(begun, outcome="read", whole=True)


def _page(page: FetchedPage, place: Step, desk: Desk, taken: set[str], *, force: bool) -> Iterator[Step]:
    site = _site_of(page.url)
    if site is None:
        yield replace(place, url=page.url, outcome="unknown_paper")
        return
    page = replace(page, site=site.key, asked=site.canonical(page.asked))
    place = replace(place, site=site.key, url=page.asked)
    headers = {name.lower(): value for name, value in page.headers}
    kind = kind_of_answer(page.status, headers, page.body) if site.wants(page.url) else "other_page"
    if kind != "ok":
        yield replace(place, outcome=kind)
        return
    known = desk.store.articles.by_url(page.asked)
    if known is not None and not force and not (page.asked in taken and page.fetched > known.fetched):
        yield replace(place, outcome="known")
        return
    yield place
    outcome, detail = _read(page, site, desk, known, anew=force)
    yield replace(place, outcome=outcome, detail=detail)


def _read(page: FetchedPage, site: Site, desk: Desk, known: StoredArticle | None, *, anew: bool) -> tuple[str, str]:
    """The outcome of a page and its detail. A page that no topic could match leaves no trace in the store."""
    addresses, fresh = desk.store.addresses, set[str]()

    def announce(url: str) -> None:
        fresh.update(addresses.announce(site.key, LISTING, {url: Entry(url=url)}, page.fetched))

    at_hand = replace(desk, attempting=announce)
    try:
        if known is not None:
            after = reread(page, site.paper, at_hand, known, anew=anew)
            return "changed" if len(after.revisions) > len(known.revisions) else "known", ""
        listed = addresses.by_url(page.asked)
        first_seen = listed.listed_at if listed else page.fetched
        stored = process(page, site.paper, at_hand, first_seen=first_seen, oldest=None)
    except Rejected as verdict:
        if fresh and verdict.reason != "same_address":  # that the store has settled itself
            addresses.settled([(page.asked, verdict.reason, verdict.detail, page.fetched)])
        return verdict.reason, verdict.detail
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - one page must not hold up the others
        if fresh:
            addresses.failed(page.asked, "error", repr(error), retry_at=None, now=page.fetched)
        return "error", repr(error)
    return "matched" if stored.relevant else "off_topic", ""


def _site_of(url: str) -> Site | None:
    try:
        return _site_with(host_of(url))
    except ValueError:
        return None


@lru_cache(maxsize=1000)
def _site_with(host: str) -> Site | None:
    return next((site for site in all_sites().values() if site.owns(f"https://{host}/")), None)
