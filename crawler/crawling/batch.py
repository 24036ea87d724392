"""Runs one crawl batch in a child process, within limits, and starts it again where a page brought it down."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import structlog

from crawler.config import database_url
from crawler.crawling.child import crawl, fetch
from crawler.crawling.plan import Plan
from crawler.crawling.rounds import Attempt, Failed, SiteReport
from news.model import Rejected
from news.problem import Problem
from news.store import open_store


class BatchError(Problem):
    """The batch could not work at all; the message says why and what to do."""


class StartError(BatchError):
    """No process can be started from here any more; a new program could."""


_MOST_STARTS = 5  # a page is set aside after two crashes, so a batch gets past two such pages
log = structlog.get_logger()


@dataclass(slots=True)
class Batch:
    """A crawl that runs elsewhere; `stop()` may be called from any thread."""

    plan: Plan
    log_level: str = "info"
    log_json: bool = True
    reports: dict[str, SiteReport] = field(default_factory=dict)
    _child: BaseProcess | None = None
    _attempt: str = ""  # the page that the child is taking apart
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self, on_report: Callable[[SiteReport], None] = lambda _report: None) -> dict[str, SiteReport]:
        """Crawl to the end; returns the last report of each site. Sites that a crash left unfinished have done=False."""
        plan, end = self.plan, time.monotonic() + self.plan.config.batch.deadline.total_seconds()
        for start in range(1, _MOST_STARTS + 1):
            finished, code = self._once(plan, end, on_report)
            if finished or self._stopped.is_set():
                break
            if time.monotonic() >= end:
                log.error("batch_overran", seconds=plan.config.batch.deadline.total_seconds())
                return self.reports
            log.error("batch_crashed", exit_code=code, start=start, url=self._attempt)
            self._blame()
            left = tuple(key for key in plan.sites if key not in self.reports or not self.reports[key].done)
            if plan.sites and not left:
                break
            plan = replace(plan, sites=left)
        if not self.reports and not self._stopped.is_set():
            raise BatchError("the crawl ended before it had begun; `tuantra crawl -v` shows why")
        return self.reports

    def stop(self) -> None:
        """End the batch now; what was under way is done again by the next one."""
        self._stopped.set()
        _kill(self._child)

    def _blame(self) -> None:
        """Mark the page that brought the child down: after two crashes it is set aside."""
        if self._attempt:
            with closing(open_store(database_url(self.plan.config))) as store:
                store.addresses.attempting(self._attempt)
            self._attempt = ""

    def _once(self, plan: Plan, end: float, on_report: Callable[[SiteReport], None]) -> tuple[bool, int | None]:
        context = _context()
        ours, theirs = context.Pipe()
        child = context.Process(target=crawl, args=(plan, theirs, self.log_level, self.log_json), daemon=False)
        with ours:
            _start(child)
            self._child = child
            theirs.close()
            finished = False
            try:
                finished = self._listen(ours, end, on_report)
            finally:
                if not finished:
                    _kill(child)
                child.join(10)
        return finished, child.exitcode

    def _listen(self, ours: Connection, end: float, on_report: Callable[[SiteReport], None]) -> bool:
        while not self._stopped.is_set():
            left = end - time.monotonic()
            if left <= 0:
                return False
            try:
                report = ours.recv() if ours.poll(min(left, 1.0)) else ...
            except (EOFError, OSError):
                return False
            if report is None:
                return True
            if isinstance(report, Failed):
                raise BatchError.all([report.problem])
            if isinstance(report, Attempt):
                self._attempt = report.url
            if isinstance(report, SiteReport):
                self._attempt = ""
                self.reports[report.site] = report
                on_report(report)
        return False


Page = tuple[bytes, str]  # body, address after redirects


def fetch_pages(plan: Plan) -> dict[str, Page | Rejected]:
    """Fetch the plan's addresses in a child. An address without an answer by the deadline is missing."""
    context = _context()
    ours, theirs = context.Pipe()
    child = context.Process(target=fetch, args=(plan, theirs))
    found: dict[str, Page | Rejected] = {}
    with ours:
        _start(child)
        theirs.close()
        try:
            while ours.poll(plan.config.batch.deadline.total_seconds()) and (told := ours.recv()) is not None:
                if isinstance(told, Failed):
                    raise BatchError.all([told.problem])
                found[told[0]] = told[1]
        except EOFError:
            pass
        finally:
            _kill(child)
            child.join(10)
    return found


def fetch_page(plan: Plan) -> Page:
    """Fetch the plan's one address in a child. Raises Rejected, BatchError."""
    answer = fetch_pages(plan).get(plan.urls[0])
    if isinstance(answer, Rejected):
        raise answer
    if answer is None:
        raise BatchError("{url}: the fetch ended without an answer; `tuantra crawl -v --url …` shows more", url=plan.urls[0])
    return answer


def heard(work: Callable[..., None], *arguments: object, patience: timedelta) -> Iterator[Any]:
    """What a child that does this work tells, until it ends, dies or is silent for so long. Raises BatchError."""
    ours, theirs = _context().Pipe()
    child = _context().Process(target=work, args=(*arguments, theirs))
    with ours:
        _start(child)
        theirs.close()
        try:
            while ours.poll(patience.total_seconds()):
                told = ours.recv()
                if isinstance(told, Failed):
                    raise BatchError.all([told.problem])
                yield told
        except (EOFError, ConnectionResetError):
            pass
        finally:
            _kill(child)
            child.join(10)


def warm_up() -> None:
    """Start the process that batches are forked from, with everything imported, before the daemon gets busy."""
    from multiprocessing.forkserver import ensure_running  # noqa: PLC0415

    _context()
    ensure_running()


def _context() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crawler.crawling.child", "crawler.crawling.warm"])
    return context


def _start(child: BaseProcess) -> None:
    try:
        child.start()
    except FileNotFoundError as error:
        # The door to the process that batches are forked from lies in the folder of temporary files, which some machines sweep.
        raise StartError("cannot start a crawl: {reason}; start the program again", reason=str(error)) from error
    except (OSError, EOFError) as error:
        # That process has just died; the next start finds it missing and makes a new one.
        raise BatchError("cannot start a crawl now: {reason}", reason=str(error) or type(error).__name__) from error


def _kill(child: BaseProcess | None) -> None:
    """The child leads a process group of its own."""
    if child is None or child.pid is None or not child.is_alive():
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)
