"""The timer: starts crawls and digests when they are due, and stops cleanly."""

import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from alerts.send import send_due
from crawler.clock import replayed
from crawler.config import sites
from crawler.crawling.batch import Batch, BatchError, StartError, warm_up
from crawler.jobs import Program, alert_now, channels, crawl, notice, plan, tell_due
from crawler.reload import Reloading
from news.store import DatabaseError

_TICK = timedelta(seconds=5)
_STALLED = 12 * _TICK  # no tick for so long: the timer is dead, and a supervisor should start us anew
_PATIENCE = timedelta(seconds=8)
_FIRST_LOOK = timedelta(minutes=5)  # how long digests wait after a start for the papers to be read
_NOTICES = timedelta(minutes=1)  # how often it is looked whether the operator is to be told something

log = structlog.get_logger()


class Daemon:
    """Polls and mails until it is told to stop.

    APScheduler is only the clock: what is due stands in the store, so a restart neither bursts nor forgets.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._settings = Reloading(program.config)
        self._stop = threading.Event()
        self._started = program.clock()
        self._began = self._ticked = time.monotonic()
        self._looked = False
        self._batch: Batch | None = None
        self._crawling: threading.Thread | None = None
        self._code = 0

    def run(self) -> int:
        """Work until SIGTERM, SIGINT or `stop()`; 0 after a clean stop, 1 when only a new start helps."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        warm_up()
        # A late tick is as good as one in time; two at once would only wait for each other.
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for tick in (self._crawl_tick, self._alert_tick):
            scheduler.add_job(tick, "interval", seconds=_TICK.total_seconds(), next_run_time=datetime.now(UTC))
        # Not at once: what was wrong before the start may be well after the first poll.
        scheduler.add_job(self._notice_tick, "interval", seconds=_NOTICES.total_seconds())
        scheduler.start()
        log.info("started", papers=len(sites(self._program.config)), subscriptions=len(self._program.subscriptions))
        try:
            return self._wait()
        finally:
            scheduler.shutdown(wait=False)
            self._end_crawl()
            log.info("stopped")

    def stop(self) -> None:
        """Ask for a clean stop, from any thread."""
        self._stop.set()

    def _wait(self) -> int:
        while not self._stop.wait(1.0):
            if time.monotonic() - self._ticked > _STALLED.total_seconds():
                log.critical("timer_stalled", seconds=_STALLED.total_seconds())
                return 1
        return self._code

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        self._stop.set()

    def _crawl_tick(self) -> None:
        self._ticked = time.monotonic()
        if self._stop.is_set() or (self._crawling and self._crawling.is_alive()):
            return
        try:
            keys, now = [site.key for site in sites(self._program.config)], self._program.clock()
            due = self._program.store.watch.due(keys, now)
            # Between the polls of a paper its articles are looked at again, so that a correction is seen within minutes.
            looks = [] if due else self._program.store.rechecks.due_sites(keys, now)
        except DatabaseError as error:
            log.error("database_failed", error=str(error))
            return
        # Nothing was left to read, or the first batch has read it.
        self._looked = self._looked or not due or self._crawling is not None
        if due or looks:
            whole = plan(self._program.config, keys=due or looks)
            # A replayed clock has run on since the program started.
            self._batch = Batch(replace(whole, now=now if replayed() else None, looks="due" if due else "only"))
            self._crawling = threading.Thread(target=self._crawl, args=(self._batch,), name="crawl", daemon=True)
            self._crawling.start()

    def _crawl(self, batch: Batch) -> None:
        try:
            crawl(batch)
        except StartError as error:
            log.critical("crawl_impossible", error=str(error))
            self._code = 1
            self._stop.set()
        except BatchError as error:
            log.error("crawl_failed", error=str(error))
            self._stop.wait(30)

    def _alert_tick(self) -> None:
        self._ticked = time.monotonic()
        if self._settings.changed():
            self._program = replace(self._program, config=self._settings.config)
        try:
            # A slot that was missed while nobody looked tells what has come since, and not that nothing has.
            if self._looked or time.monotonic() - self._began > _FIRST_LOOK.total_seconds():
                tell_due(self._program, self._started)
            alert_now(self._program)
            send_due(
                self._program.store.outbox,
                channels(self._program.config),
                self._program.clock,
                keep_going=lambda: not self._stop.is_set(),
            )
        except DatabaseError as error:
            log.error("database_failed", error=str(error))

    def _notice_tick(self) -> None:
        if self._stop.is_set():
            return
        try:
            notice(self._program)
        except DatabaseError as error:
            log.error("database_failed", error=str(error))

    def _end_crawl(self) -> None:
        """What was under way is done again: every page that was taken in is committed, every other is still pending."""
        if self._batch is not None:
            self._batch.stop()
        if self._crawling is not None:
            self._crawling.join(_PATIENCE.total_seconds())
