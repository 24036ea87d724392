"""Writes a site's test fixture from its pages: a listing, its entries, one article page, and what is read on it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.crawling import batch
from crawler.listings import Feed, Listing, Unreadable
from crawler.site import Site
from crawler.trials.page_trial import plan_for
from crawler.views.rows import article_row, local_time
from news.model import Entry, FetchedPage, Rejected
from pipelines.extract import extract


def save(site: Site, url: str, folder: Path, *, config_path: str | None, via: str, now: datetime) -> list[Path]:
    """Fetch the article at `url` and the site's first listing that names it (else its first listing); write the fixture.

    Files: listing.xml or listing.html, entries.json, page.html, article.json, below `folder`/<site>/<date>.  What is written is a
    draft: a person reads it against the page and corrects it.  Raises Rejected, BatchError, ConfigError, OSError.
    """
    listings = site.dated_listings(now)
    found = batch.fetch_pages(plan_for((url, *(listing.url for listing in listings)), config_path, via))
    page = found.get(url) or Rejected("no_answer", url)
    if isinstance(page, Rejected):
        raise page
    body, final = page
    article = extract(FetchedPage(site=site.key, asked=url, url=final, body=body, fetched=now), site.paper)
    listing, told = _listing_of(site, article.canonical_url, listings, found)
    place = folder / site.key / f"{now:%Y-%m-%d}"
    place.mkdir(parents=True, exist_ok=True)
    suffix = "html" if told.lstrip()[:9].lower() in {b"<!doctype", b"<html>"} else "xml"
    files = {
        f"listing.{suffix}": told,
        "entries.json": _json({"url": listing.url, "entries": [_row(entry) for entry in _entries(listing, told)]}),
        "page.html": body,
        "article.json": _json({**article_row(article), "asked": url}),
    }
    for name, content in files.items():
        (place / name).write_bytes(content)
    return [place / name for name in files]


def _listing_of(
    site: Site, url: str, listings: tuple[Listing, ...], found: dict[str, batch.Page | Rejected]
) -> tuple[Listing, bytes]:
    readable = [(listing, page[0]) for listing in listings if isinstance(page := found.get(listing.url), tuple)]
    if not readable:
        raise Rejected("no_listing", f"none of the {len(listings)} listings of {site.key} could be fetched")
    for listing, body in readable:
        if any(site.canonical(entry.url) == url for entry in _entries(listing, body)):
            return listing, body
    return next(((listing, body) for listing, body in readable if isinstance(listing, Feed)), readable[0])


def _entries(listing: Listing, body: bytes) -> tuple[Entry, ...]:
    try:
        return listing.entries(body)
    except Unreadable:
        return ()


def _row(entry: Entry) -> dict[str, Any]:
    return {"url": entry.url, "title": entry.title, "published": local_time(entry.published)}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
