"""A small vov.vn on loopback, and crawls of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.config import Batch as Limits
from crawler.config import Config, Fetch, StoreConfig, Watch
from crawler.crawling.batch import Batch
from crawler.crawling.plan import Plan
from crawler.crawling.rounds import SiteReport
from news.store import Store, open_store
from tests.builders import NOON
from tests.vov import DIALOGUE, FEED, LISTINGS, MATCH, VOV
from tests.web import FOOTBALL, RELEVANT, Web, rss, vov_page


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as served:
        for listing in LISTINGS:
            served[listing] = rss()
        for section in VOV.sections:
            served[section] = f'<html><body><a href="{DIALOGUE}">x</a></body></html>'
        for sitemap in VOV.sitemaps:
            served[sitemap.format(year=2026, month=11)] = "<urlset></urlset>"
        served[FEED] = rss((DIALOGUE, "Đối thoại"), (MATCH, "Trận đấu"))
        served[DIALOGUE] = vov_page(DIALOGUE, "Đối thoại quốc phòng Việt Nam - Campuchia", RELEVANT[0], RELEVANT[1:])
        served[MATCH] = vov_page(MATCH, "Việt Nam gặp Campuchia", FOOTBALL[0], FOOTBALL[1:])
        yield served


@pytest.fixture
def plan(web: Web, tmp_path: Path) -> Plan:
    config = Config(
        watch=Watch(sites=("vov",)),
        fetch=Fetch(via=web.prefix, delay=timedelta(milliseconds=1), timeout=timedelta(seconds=2)),
        store=StoreConfig(database=f"sqlite:///{tmp_path / 'watch.db'}"),
        batch=Limits(page=timedelta(seconds=5)),
        folder=tmp_path,
    )
    return Plan(config=config, sites=("vov",), now=NOON)


@pytest.fixture
def crawl(plan: Plan) -> Callable[..., SiteReport]:
    def run(**changes: Any) -> SiteReport:
        reports = Batch(replace(plan, **changes), log_level="critical").run()
        return reports["vov"]

    return run


@pytest.fixture
def watched(plan: Plan) -> Iterator[Store]:
    store = open_store(plan.config.store.database)
    yield store
    store.close()
