"""Tries a site's listings and layouts on its live pages and says what works, what is missing, stale or suspicious: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.listings import Feed, Listing, Sitemap, Unreadable
from crawler.site import Site
from news.model import Article, Entry, Rejected

_STALE = timedelta(days=2)
_ALIKE = 0.9
_ENOUGH = 5
FIELDS = ("title", "lead", "text", "authors", "published")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing tried: a listing or a field. `state` is "ok", "missing", "stale" or "suspicious"; `advice` says what to do."""

    what: str
    state: str
    detail: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one listing answered: its entries that lie on the site and look like articles, and how many there were in all."""

    listing: Listing
    entries: tuple[Entry, ...] = ()
    total: int = 0
    trouble: str = ""


def look(site: Site, listing: Listing, answer: tuple[bytes, str] | Rejected | None) -> Look:
    """Read one listing's answer."""
    if not isinstance(answer, tuple):
        return Look(listing=listing, trouble=answer.reason if answer else "no answer")
    try:
        entries = listing.entries(answer[0])
    except Unreadable as verdict:
        return Look(listing=listing, trouble=verdict.reason)
    wanted = tuple(entry for entry in entries if site.wants(entry.url))
    return Look(listing=listing, entries=wanted, total=len(entries))


def judge_listings(looks: Sequence[Look], now: datetime) -> list[Finding]:
    """One finding a listing, each judged beside its siblings."""
    newest = {seen.listing.url: _newest(seen, now) for seen in looks}
    best = max((time for time in newest.values() if time), default=None)
    return [_judge(seen, looks, newest[seen.listing.url], best) for seen in looks]


def judge_articles(site: Site, articles: Mapping[str, Article | Rejected]) -> list[Finding]:
    """One finding a field over the articles tried, and one on the layouts."""
    read = [article for article in articles.values() if isinstance(article, Article)]
    refused = [f"{url}: {verdict}" for url, verdict in articles.items() if isinstance(verdict, Rejected)]
    findings = [Finding(what="article", state="suspicious", detail=line, advice="open it in a browser") for line in refused]
    for name in FIELDS if read else ():
        filled = sum(bool(getattr(article, name)) for article in read)
        state = "ok" if filled == len(read) else "missing" if not filled else "suspicious"
        advice = "" if state == "ok" else f"add a `{name}` selector to the family's layout"
        findings.append(Finding(what=name, state=state, detail=f"{filled} of {len(read)}", advice=advice))
    if read and site.paper.layouts:
        by_shape = [article for article in read if article.how.get("body", "").startswith("generic:")]
        if by_shape:
            advice = "compare the page with the family's `body` selectors; put a new [[layouts]] first"
            findings.append(
                Finding(what="layout", state="missing", detail=f"{len(by_shape)} of {len(read)} read by shape", advice=advice)
            )
    return findings


def sample(looks: Sequence[Look], number: int) -> list[str]:
    """Addresses of the newest articles to try, spread over the listings."""
    urls: dict[str, None] = {}
    for depth in range(min(number, max((len(seen.entries) for seen in looks), default=0))):
        for seen in looks:
            if depth < len(seen.entries):
                urls.setdefault(seen.entries[depth].url)
    return list(urls)[:number]


def _judge(seen: Look, looks: Sequence[Look], newest: datetime | None, best: datetime | None) -> Finding:
    url = seen.listing.url
    if seen.trouble:
        return Finding(what=url, state="missing", detail=seen.trouble, advice=_ADVICE.get(seen.trouble, _DEFAULT_ADVICE))
    if not seen.entries:
        return Finding(
            what=url,
            state="missing",
            detail=f"none of {seen.total} links looks like an article",
            advice="compare them with the key `articles`; for a section page set `links`",
        )
    count = len(seen.entries)
    detail = ("1 article" if count == 1 else f"{count} articles") + (f", newest {newest:%Y-%m-%d %H:%M} UTC" if newest else "")
    if isinstance(seen.listing, Feed | Sitemap) and not any(entry.published for entry in seen.entries):
        return Finding(
            what=url,
            state="suspicious",
            detail=f"{detail}, no date was read",
            advice="its date format is new: see pipelines/dates.py",
        )
    if newest and best and best - newest > _STALE:
        return Finding(what=url, state="stale", detail=detail, advice="a sibling is newer: this address may be an abandoned form")
    twin = next((other for other in looks if other is not seen and _alike(seen, other)), None)
    if twin is not None and isinstance(seen.listing, Feed):
        return Finding(
            what=url,
            state="suspicious",
            detail=f"{detail}, the same as {twin.listing.url}",
            advice="a wrong feed number answers with the general feed",
        )
    return Finding(what=url, state="ok", detail=detail)


_DEFAULT_ADVICE = "open it in a browser; remove or replace the address"
_ADVICE = {
    "challenge": "the paper puts a wall before programs: it is reported, never passed",
    "html": "a web page in place of a feed or sitemap: read the right address from the page's link rel=alternate",
    "robots": "robots.txt forbids it or does not answer",
    "timeout": "try again later, or from a Vietnamese network",
}


def _newest(seen: Look, now: datetime) -> datetime | None:
    return max((entry.published for entry in seen.entries if entry.published and entry.published <= now), default=None)


def _alike(one: Look, other: Look) -> bool:
    if not (isinstance(one.listing, Feed) and isinstance(other.listing, Feed)) or len(one.entries) < _ENOUGH:
        return False
    first, second = ({entry.url for entry in seen.entries} for seen in (one, other))
    return len(first & second) >= _ALIKE * max(len(first), len(second))
