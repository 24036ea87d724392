"""Reading and matching by hand: one page, or a collection of texts, without store or schedule."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.catalogue import all_sites
from crawler.clock import clock, replayed
from crawler.config import Config, load_config, load_topic, sites, topics
from crawler.crawling import batch
from crawler.crawling.plan import Plan
from crawler.site import Site
from crawler.toml import ConfigError
from crawler.trials.check import Finding, judge_articles, judge_listings, look, sample
from crawler.views.rows import verdict_row
from news.model import Article, FetchedPage, Rejected
from news.problem import Words
from pipelines.extract import Paper, extract
from pipelines.match import Matcher


def paper_for(url: str, site_key: str) -> Paper:
    """The paper named, or the one that owns the address, or an unknown paper, read by the generic rules."""
    if site_key:
        known = all_sites()
        return known[site_key].paper if site_key in known else sites(Config(), [site_key])[0].paper
    for site in all_sites().values():
        if site.owns(url):
            return site.paper
    host = url.split("/")[2] if "//" in url else ""
    return Paper(key=host or "unknown", name=host, domains=(host,))


def fetch_page(url: str, config_path: str | None, via: str) -> tuple[bytes, str]:
    """Fetch one page as a crawl would; (body, address after redirects). Raises Rejected, BatchError, ConfigError."""
    return batch.fetch_page(plan_for((url,), config_path, via))


def plan_for(urls: tuple[str, ...], config_path: str | None, via: str) -> Plan:
    """A plan to fetch single addresses. Raises ConfigError."""
    config = load_config(config_path)
    if via:
        config = replace(config, fetch=replace(config.fetch, via=via))
    return Plan(config=config, urls=urls, now=replayed())


def check_site(site: Site, number: int, *, config_path: str | None, via: str) -> list[Finding]:
    """Fetch a site's listings and some of its articles, and judge them. Raises ConfigError."""
    now = clock()()
    listings = site.dated_listings(now)
    told = batch.fetch_pages(plan_for(tuple(listing.url for listing in listings), config_path, via))
    looks = [look(site, listing, told.get(listing.url)) for listing in listings]
    urls = tuple(sample(looks, number))
    pages = batch.fetch_pages(plan_for(urls, config_path, via)) if urls else {}
    articles = {url: _read(site, url, page, now) for url, page in pages.items()}
    return judge_listings(looks, now) + judge_articles(site, articles)


def _read(site: Site, url: str, page: batch.Page | Rejected, now: datetime) -> Article | Rejected:
    if isinstance(page, Rejected):
        return page
    try:
        return extract(FetchedPage(site=site.key, asked=url, url=page[1], body=page[0], fetched=now), site.paper)
    except Rejected as verdict:
        return verdict


def read_page(body: bytes, url: str, site_key: str, now: datetime) -> Article:
    """Extract the article of a page that lies at hand. Raises Rejected, ConfigError."""
    paper = paper_for(url, site_key)
    return extract(FetchedPage(site=paper.key, asked=url, url=url, body=body, fetched=now), paper)


def matcher(config: Config, topic_file: str = "") -> Matcher:
    """The compiled topics: those of the configuration, or one file. Raises ConfigError."""
    return Matcher([load_topic(Path(topic_file))] if topic_file else list(topics(config).values()))


def match_lines(lines: Iterable[str], with_matcher: Matcher, source: str) -> Iterator[dict[str, Any]]:
    """JSON lines of {"id" or "url", "title", "lead", "text"} in, verdicts out. Raises ConfigError naming the line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise ConfigError(
                "{source}: line {number}: not JSON: {error}", source=source, number=number, error=Words(error)
            ) from error
        if not isinstance(record, dict):
            raise ConfigError(
                '{source}: line {number}: not an object; write {{"id": …, "title": …, "lead": …, "text": …}}',
                source=source,
                number=number,
            )
        parts = {name: str(record.get(name) or "") for name in ("title", "lead", "text")}
        # What `tuantra export` writes has no number, its address names it.
        yield {
            "id": record.get("id", record.get("url")),
            "topics": [verdict_row(verdict) for verdict in with_matcher.match(**parts)],
        }
