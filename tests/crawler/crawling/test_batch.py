"""A batch is a process of its own: what brings it down, what ends it, and what it keeps away from the daemon."""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.catalogue import all_sites
from crawler.config import Batch as Limits
from crawler.config import Config, Fetch, StoreConfig, Watch
from crawler.crawling.batch import Batch, BatchError, StartError, _start
from crawler.crawling.plan import Plan
from crawler.daemon import Daemon
from crawler.jobs import Program
from news.store import Store, open_store
from tests.builders import NOON
from tests.web import RELEVANT, Answer, Web, rss, vov_page

FEED = "https://vov.vn/rss.xml"
DIALOGUE = "https://vov.vn/quan-su-quoc-phong/doi-thoai-quoc-phong-post1300001.vov"
HOSTILE = "https://vov.vn/quan-su-quoc-phong/trang-doc-hai-post1300002.vov"
# A parent that can be killed without harm to the tests.
PARENT = """
import pickle, sys
from crawler.crawling.batch import Batch
Batch(pickle.loads(bytes.fromhex(sys.argv[1])), log_level="critical").run()
"""


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as served:
        for listing in all_sites()["vov"].dated_listings(NOON):
            served[listing.url] = rss()
        served[FEED] = rss((HOSTILE, "Đối thoại quốc phòng"), (DIALOGUE, "Đối thoại"))
        served[DIALOGUE] = vov_page(DIALOGUE, "Đối thoại quốc phòng Việt Nam - Campuchia", RELEVANT[0], RELEVANT[1:])
        served[HOSTILE] = served.pages[DIALOGUE]
        yield served


@pytest.fixture
def plan(web: Web, tmp_path: Path) -> Plan:
    config = Config(
        watch=Watch(sites=("vov",)),
        fetch=Fetch(via=web.prefix, delay=timedelta(milliseconds=1), timeout=timedelta(seconds=60)),
        store=StoreConfig(database=f"sqlite:///{tmp_path / 'watch.db'}"),
        folder=tmp_path,
    )
    return Plan(config=config, sites=("vov",), now=NOON)


@pytest.fixture
def watched(plan: Plan) -> Iterator[Store]:
    store = open_store(plan.config.store.database)
    yield store
    store.close()


@pytest.fixture
def hanging(plan: Plan, web: Web) -> Iterator[Batch]:
    """A batch that waits for an answer that does not come."""
    web[FEED] = Answer(hang=60)
    plan = replace(plan, config=replace(plan.config, batch=Limits(memory_mb=1234, cpu=timedelta(seconds=77))))
    batch = Batch(plan, log_level="critical")
    crawling = threading.Thread(target=batch.run)
    crawling.start()
    until(lambda: FEED in web.urls())
    yield batch
    batch.stop()
    crawling.join(10)
    assert not crawling.is_alive()


def until(condition: Callable[[], Any], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def pid_of(batch: Batch) -> int:
    assert batch._child is not None
    assert batch._child.pid is not None
    return batch._child.pid


def descendants(pid: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_page_that_brings_its_batch_down_twice_is_set_aside_and_the_rest_goes_on(plan: Plan, web: Web, watched: Store) -> None:
    endless = tuple(f"{RELEVANT[number % 4]} {number}" for number in range(14_000))
    web[HOSTILE] = vov_page(HOSTILE, "Đối thoại quốc phòng Việt Nam - Campuchia", RELEVANT[0], endless)
    limited = replace(plan, config=replace(plan.config, batch=Limits(page=timedelta(seconds=1.5))))
    report = Batch(limited, log_level="critical").run()["vov"]
    assert (report.done, report.matched) == (True, 1)
    assert [stored.article.canonical_url for stored in watched.articles.export()] == [DIALOGUE]
    assert [(aside.url, aside.crashes) for aside in watched.addresses.quarantined()] == [(HOSTILE, 2)]
    assert web.urls().count(HOSTILE) == 2


def test_a_batch_that_is_killed_begins_again_where_it_was(plan: Plan, web: Web, watched: Store) -> None:
    page, batch = web.pages[DIALOGUE], Batch(plan, log_level="critical")

    def deadly(_headers: dict[str, str]) -> Any:
        if web.urls().count(DIALOGUE) == 1:
            os.kill(pid_of(batch), signal.SIGKILL)
        return page

    web[HOSTILE], web[DIALOGUE] = Answer(status=404), deadly
    report = batch.run()["vov"]
    assert (report.done, report.matched) == (True, 1)
    assert len(list(watched.articles.export())) == 1
    assert watched.addresses.quarantined() == ()


def test_a_batch_can_be_stopped_from_another_thread(hanging: Batch) -> None:
    pid, began = pid_of(hanging), time.monotonic()
    hanging.stop()
    until(lambda: not is_alive(pid))
    assert time.monotonic() - began < 2


def test_a_stopped_batch_leaves_nothing_locked(hanging: Batch, plan: Plan, web: Web) -> None:
    pid = pid_of(hanging)
    hanging.stop()
    until(lambda: not is_alive(pid))
    web[FEED] = rss((DIALOGUE, "Đối thoại"))
    report = Batch(plan, log_level="critical").run()["vov"]
    assert report.state != "busy"
    assert report.matched == 1


def test_memory_and_cpu_of_a_batch_are_limited(hanging: Batch) -> None:
    limits = Path(f"/proc/{pid_of(hanging)}/limits").read_text()
    found = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert (found["Max address space"], found["Max cpu time"]) == (str(1234 * 1024 * 1024), "77")


def test_the_batch_listens_on_no_port(hanging: Batch) -> None:
    process = Path(f"/proc/{pid_of(hanging)}")
    sockets = set()
    for descriptor in (process / "fd").iterdir():
        with contextlib.suppress(OSError):
            sockets.add(str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]"))
    rows = [line.split() for table in ("tcp", "tcp6") for line in (process / "net" / table).read_text().splitlines()[1:]]
    own = [(row[3], row[1]) for row in rows if row[9] in sockets]
    assert [state for state, _ in own] == ["01"], "one established connection, to the web, is all there is"


def test_the_batch_ends_with_its_parent(plan: Plan, web: Web) -> None:
    web[FEED] = Answer(hang=60)
    with subprocess.Popen([sys.executable, "-c", PARENT, pickle.dumps(plan).hex()]) as parent:
        until(lambda: FEED in web.urls())
        children = descendants(parent.pid)
        assert len(children) >= 2
        parent.kill()
    until(lambda: not any(map(is_alive, children)), seconds=5)


def test_the_daemon_knows_neither_scrapy_nor_trafilatura() -> None:
    heavy = "sorted({'scrapy', 'trafilatura'} & {name.partition('.')[0] for name in sys.modules})"
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, crawler.cli, crawler.daemon, crawler.crawling.batch; print({heavy})"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "[]"


def test_a_wrong_configuration_is_told_in_its_own_words(plan: Plan) -> None:
    wrong = replace(plan, config=replace(plan.config, watch=Watch(sites=("vov",), topics=("vietnam-cambodia-defense",))))
    with pytest.raises(BatchError, match="did you mean 'vietnam-cambodia-defence'"):
        Batch(wrong, log_level="critical").run()


def test_a_file_that_is_no_database_is_told(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "watch.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(BatchError, match="not a database"):
        Batch(plan, log_level="critical").run()


def test_the_deadline_ends_a_batch_for_good(plan: Plan, web: Web) -> None:
    web[FEED] = Answer(hang=60)
    limited = replace(plan, config=replace(plan.config, batch=Limits(deadline=timedelta(seconds=2))))
    batch, began = Batch(limited, log_level="critical"), time.monotonic()
    assert not any(report.done for report in batch.run().values())
    assert time.monotonic() - began < 4
    assert not is_alive(pid_of(batch))


def test_a_paper_that_had_not_answered_before_the_crash_is_not_forgotten(plan: Plan, web: Web) -> None:
    for listing in all_sites()["plo"].dated_listings(NOON):
        web[listing.url] = rss()
    web[HOSTILE] = Answer(status=404)
    batch, slow = Batch(replace(plan, sites=("vov", "plo")), log_level="critical"), all_sites()["plo"].feeds[0]

    def deadly(_headers: dict[str, str]) -> Answer:
        if web.urls().count(slow) == 1:
            until(lambda: "vov" in batch.reports and batch.reports["vov"].done)
            os.kill(pid_of(batch), signal.SIGKILL)
        return Answer(rss())

    web[slow] = deadly
    assert {key: report.done for key, report in batch.run().items()} == {"vov": True, "plo": True}


def test_a_machine_that_sweeps_our_files_away_is_told_to_start_us_again() -> None:
    class Swept:
        def start(self) -> None:
            raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(StartError, match="start the program again"):
        _start(Swept())


@pytest.mark.parametrize("error", [EOFError("unexpected EOF"), ConnectionRefusedError(111, "refused")])
def test_a_start_that_meets_a_dying_process_can_be_tried_again(error: Exception) -> None:
    class Dying:
        def start(self) -> None:
            raise error

    with pytest.raises(BatchError, match="cannot start a crawl now") as told:
        _start(Dying())
    assert not isinstance(told.value, StartError)


def test_a_daemon_that_cannot_crawl_any_more_ends_to_be_started_anew(plan: Plan, watched: Store) -> None:
    class Swept(Batch):
        def run(self, on_report: Any = None) -> Any:
            raise StartError("cannot start a crawl")

    daemon = Daemon(Program(config=plan.config, store=watched, clock=lambda: NOON))
    daemon._crawl(Swept(plan))
    assert daemon._wait() == 1
