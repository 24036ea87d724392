"""The process of one crawl batch: the only place where Scrapy runs."""

import faulthandler
import os
import resource
import sys
import threading
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from crawler import logs
from crawler.catalogue import site_of
from crawler.config import data_folder, sites
from crawler.crawling.plan import Plan
from crawler.crawling.rounds import Failed, SiteReport
from crawler.toml import ConfigError
from news.problem import Problem, Words
from news.store import DatabaseError

if TYPE_CHECKING:
    from crawler.crawling.replay_steps import Task

DONE, CRASHED = 0, 1


def crawl(plan: Plan, parent: Connection, log_level: str, log_json: bool) -> None:
    """Run the plan and send a SiteReport to the parent after every step; ends with the parent."""
    os.setsid()
    _limit(plan)
    logs.configure(level=log_level, as_json=log_json)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        _crawl_free_sites(plan, parent)
        parent.send(None)
    except (ConfigError, DatabaseError) as error:
        parent.send(Failed(error))
    parent.close()
    # Twisted's threads and the watching thread have nothing left to do.
    os._exit(DONE)


def _crawl_free_sites(plan: Plan, parent: Connection) -> None:
    keys = plan.sites or tuple(site.key for site in sites(plan.config))
    if plan.urls:
        keys = tuple({site_of(url).key for url in plan.urls})
    with ExitStack() as held:
        free = tuple(key for key in keys if _lease(plan, key, held))
        for key in set(keys) - set(free):
            parent.send(SiteReport(site=key, state="busy", detail="another crawl of this site is running", done=True))
        if free:
            # Scrapy deep-copies its settings: a copied connection would close the pipe, a function is left alone.
            _run(replace(plan, sites=free), lambda report: parent.send(report))  # noqa: PLW0108


def _run(plan: Plan, tell: Any) -> None:
    # Imported here, so that the daemon, which knows this module by name, never loads Scrapy.
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415

    from crawler import settings  # noqa: PLC0415
    from crawler.crawling.spider import NewsSpider  # noqa: PLC0415

    process = AsyncCrawlerProcess(
        settings.overrides(PLAN=plan, TELL=tell, PAGE_SECONDS=plan.config.batch.page.total_seconds(), LOG_ENABLED=False)
    )
    crawling = process.crawl(NewsSpider)
    # Signals end this process at once: every step is committed, and what was under way is done again.
    process.start(install_signal_handlers=False)
    if error := crawling.exception():
        raise error


def fetch(plan: Plan, parent: Connection) -> None:
    """Fetch the plan's addresses and send what `PageSpider` tells, then None."""
    _limit(plan)
    logs.configure(level="critical", as_json=False)
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415 - as above

    from crawler import settings  # noqa: PLC0415
    from crawler.crawling.page import PageSpider  # noqa: PLC0415

    told = settings.overrides(PLAN=plan, TELL=lambda page: parent.send(page), LOG_ENABLED=False, ITEM_PIPELINES={})  # noqa: PLW0108
    process = AsyncCrawlerProcess(told)
    fetching = process.crawl(PageSpider)
    process.start(install_signal_handlers=False)
    error = fetching.exception()
    parent.send(Failed(Problem("the fetch failed: {error}", error=Words(error))) if error else None)


def replay(task: "Task", parent: Connection) -> None:
    """Take in the pages of the task's WARC files and tell of every step; a step that takes longer than a page may ends this process."""
    os.setsid()
    _limit(task.plan)
    logs.configure(level="critical", as_json=False)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    from crawler.crawling.replay_steps import steps  # noqa: PLC0415 - as above

    seconds = task.plan.config.batch.page.total_seconds()
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - the parent says which page it was
        sys.stderr = nowhere
        try:
            for step in steps(task):
                faulthandler.cancel_dump_traceback_later()
                parent.send(step)
                faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        except (ConfigError, DatabaseError) as error:
            parent.send(Failed(error))
        parent.close()
        os._exit(DONE)


def _limit(plan: Plan) -> None:
    limits = plan.config.batch
    memory, cpu = limits.memory_mb * 1024 * 1024, int(limits.cpu.total_seconds())
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))


def _lease(plan: Plan, key: str, held: ExitStack) -> bool:
    """Two crawls of one site at once are impossible; the lock is the kernel's, so a crash cannot leave it locked."""
    folder = data_folder(plan.config) / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            "{folder}: cannot be made: {reason}; correct [store] database, or the permissions there",
            folder=folder,
            reason=Words(error.strerror),
        ) from error
    try:
        held.enter_context(FileLock(folder / f"{key}.lock", blocking=False))
    except Timeout:
        return False
    return True


def _end_with(parent: Connection) -> None:
    """The parent never sends anything: the end of its side means that it is gone."""
    try:
        parent.recv()
    except (EOFError, OSError):
        os._exit(CRASHED)
