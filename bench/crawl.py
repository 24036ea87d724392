"""What a full crawl of a generated world costs, against a bare Scrapy spider that fetches the same addresses and does nothing.

    python bench/crawl.py ../shared/world --seed 1 [--repeat 3] [--keep FOLDER]

Both run in one go, in turns, as children of the process that batches are forked from, with the same delay and concurrency. Then the
real daemon crawls the world once more while its memory is watched. Exits with 1 when a target is missed.
"""

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import quote

import world

from crawler import jobs, logs
from crawler.catalogue import all_sites
from crawler.config import Config, Fetch, StoreConfig, Watch, sites
from crawler.crawling.batch import Batch, warm_up
from crawler.crawling.plan import Plan
from news.store import open_store
from news.store.watch import RobotsFile

MOST_TIMES, MOST_MEGABYTES = 2.5, 300
DELAY, TIMEOUT = timedelta(milliseconds=1), timedelta(seconds=3)
# What a spider needs to know before it can fetch at all, for the line "with start-up".
BARE_IMPORTS = "import scrapy.crawler, twisted.internet.asyncioreactor, crawler.fetch.via"


def main() -> None:
    arguments = parse()
    logs.configure(level="critical", as_json=False)
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        made = folder / f"world-{arguments.seed}"
        if not made.exists():
            world.tool(arguments.tools, "generate.py", "--out", made, "--seed", arguments.seed)
        replay = Replay(tools=arguments.tools, world=made, folder=folder)
        times = compare(replay, arguments.repeat)
        peak, shared = memory(replay)
    missed = (times > MOST_TIMES) + (peak > MOST_MEGABYTES)
    print(f"ratio {times:.2f} (target {MOST_TIMES}), memory {peak:.0f} MB (target {MOST_MEGABYTES}; PSS {shared:.0f})")
    sys.exit(1 if missed else 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", type=Path, help="the folder of generate.py and serve.py")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="keep the world and what was fetched in this folder")
    return parser.parse_args()


# ---- the world at its last moment


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A world that every run finds as new: a fresh server, whose faults go by the number of the try, and a fresh store."""

    tools: Path
    world: Path
    folder: Path

    @contextlib.contextmanager
    def served(self) -> Iterator[tuple[str, datetime]]:
        """Serve the world's last moment; its address and that moment."""
        log = self.folder / "requests.jsonl"
        log.unlink(missing_ok=True)
        with world.served(self.tools, self.world, log) as address:
            end = datetime.fromisoformat(json.loads(world.ask(f"{address}/__clock"))["end"])
            world.ask(f"{address}/__clock?set={quote(end.isoformat())}")
            yield address, end

    def asked(self) -> list[str]:
        """The addresses of the server's log, in their order, with repetitions."""
        return [json.loads(line)["url"] for line in (self.folder / "requests.jsonl").read_text(encoding="utf-8").splitlines()]

    def config(self, address: str, end: datetime) -> Config:
        """Watch the world's papers with a fresh store."""
        for old in self.folder.glob("watch.db*"):
            old.unlink()
        config = Config(
            watch=Watch(sites=papers(self.world)),
            fetch=Fetch(via=f"{address}/", delay=DELAY, timeout=TIMEOUT),
            store=StoreConfig(database=f"sqlite:///{self.folder / 'watch.db'}"),
            folder=self.folder,
        )
        forget_pauses(config, address, end)
        return config


def forget_pauses(config: Config, address: str, now: datetime) -> None:
    """Give the store robots.txt of those papers that ask for pauses, without that line: waiting is all that they would cost."""
    with contextlib.closing(open_store(config.store.database)) as store:
        for site in sites(config):
            lines = world.ask(f"{address}/https://{site.domains[0]}/robots.txt").decode(errors="replace").splitlines()
            kept = [line for line in lines if not line.casefold().startswith("crawl-delay")]
            if len(kept) < len(lines):
                rules = "\n".join(kept).encode()
                store.watch.robots_fetched(RobotsFile(host=site.domains[0], status=200, body=rules, fetched_at=now))


def papers(made: Path) -> tuple[str, ...]:
    """The keys of the papers that a world holds."""
    hosts = json.loads((made / "world.json").read_text(encoding="utf-8"))["hosts"]
    return tuple(key for key, site in all_sites().items() if site.domains[0] in hosts)


# ---- time


def compare(replay: Replay, repeat: int) -> float:
    """Crawl and fetch in turns; print both and return how many times as much the crawl costs."""
    warm_up()
    forks = forkserver()
    startup = settled_cpu(forks)
    bare_startup = cpu_of([sys.executable, "-c", BARE_IMPORTS])
    addresses, ours, bare = [], [], []
    _, addresses = crawled(replay, forks)  # what is measured begins warm, for both
    for turn in range(repeat):
        runs = [lambda: ours.append(crawled(replay, forks)[0]), lambda: bare.append(fetched(replay, forks, addresses))]
        for run in runs if turn % 2 == 0 else reversed(runs):
            run()
        print(
            f"turn {turn + 1}: {len(addresses)} addresses, crawl {ours[-1]:.2f} s CPU, bare spider {bare[-1]:.2f} s CPU",
            flush=True,
        )
    mine, theirs = statistics.median(ours), statistics.median(bare)
    print(f"median: crawl {mine:.2f} s, bare {theirs:.2f} s, {mine / theirs:.2f} times as much")
    whole, their_whole = mine + startup, theirs + bare_startup
    print(
        f"with start-up ({startup:.2f} and {bare_startup:.2f} s): {whole:.2f} and {their_whole:.2f} s, {whole / their_whole:.2f} times"
    )
    return mine / theirs


def crawled(replay: Replay, forks: int) -> tuple[float, list[str]]:
    """One crawl of everything: CPU seconds of its child, and what it asked for."""
    with replay.served() as (address, end):
        batch = Batch(replace(jobs.plan(replay.config(address, end)), now=end), log_level="critical")
        before = len(log_after_flush(replay, address))
        seconds = cost(forks, batch.run)
        unfinished = [key for key, report in batch.reports.items() if not report.done]
        assert not unfinished, unfinished
        return seconds, log_after_flush(replay, address)[before:]


def fetched(replay: Replay, forks: int, addresses: list[str]) -> float:
    """The same addresses by the bare spider: CPU seconds of its child."""
    with replay.served() as (address, end):
        config = replay.config(address, end)
        before = len(log_after_flush(replay, address))
        child = get_context("forkserver").Process(target=fetch, args=(Plan(config=config), addresses))

        def run() -> None:
            child.start()
            child.join()

        seconds = cost(forks, run)
        missing = Counter(addresses) - Counter(log_after_flush(replay, address)[before:])
        assert child.exitcode == 0
        assert not missing, missing
        return seconds


def log_after_flush(replay: Replay, address: str) -> list[str]:
    world.ask(f"{address}/__flush")
    return replay.asked()


def fetch(plan: Plan, addresses: list[str]) -> None:
    """The bare spider, in a process of its own: Scrapy as it is, with our delay, concurrency and replay."""
    import scrapy  # noqa: PLC0415 - only the child knows Scrapy
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415

    class BareSpider(scrapy.Spider):
        name = "bare"

        async def start(self) -> AsyncIterator[scrapy.Request]:
            for url in addresses:
                yield scrapy.Request(url, dont_filter=True)

        def parse(self, response: Any) -> None:
            pass

    limits = plan.config.fetch
    process = AsyncCrawlerProcess(
        {
            "VIA": limits.via,
            "DOWNLOAD_HANDLERS": {"http": "crawler.fetch.via.ViaHandler", "https": "crawler.fetch.via.ViaHandler"},
            "CONCURRENT_REQUESTS": limits.concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": limits.delay.total_seconds(),
            "DOWNLOAD_TIMEOUT": limits.timeout.total_seconds(),
            # The log of the crawl holds every redirect and every second try as an address of its own.
            "REDIRECT_ENABLED": False,
            "RETRY_ENABLED": False,
            "ROBOTSTXT_OBEY": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_ENABLED": False,
        }
    )
    process.crawl(BareSpider)
    process.start(install_signal_handlers=False)


def cost(forks: int, run: Callable[[], object]) -> float:
    """CPU seconds, user and system, of the children that ended meanwhile."""
    before = cpu(forks)[1]
    run()
    return cpu(forks)[1] - before


def cpu_of(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def settled_cpu(pid: int) -> float:
    """CPU seconds of a process once it has nothing more to do."""
    spent = -1.0
    while cpu(pid)[0] > spent:
        spent = cpu(pid)[0]
        time.sleep(1)
    return spent


def cpu(pid: int) -> tuple[float, float]:
    """CPU seconds of a process and of its children that have ended."""
    times = [int(ticks) / os.sysconf("SC_CLK_TCK") for ticks in stat(pid)[11:15]]
    return times[0] + times[1], times[2] + times[3]


# ---- memory


def memory(replay: Replay) -> tuple[float, float]:
    """Let the daemon crawl the world; megabytes of all its processes together at their peak: resident, and shared pages once."""
    with replay.served() as (address, end):
        watching = replay.config(address, end).watch.sites
        settings = replay.folder / "tuantra.toml"
        settings.write_text(
            f'[watch]\nsites = {list(watching)}\n[fetch]\nvia = "{address}/"\ndelay = "{DELAY.total_seconds()}s"\ntimeout = "{TIMEOUT.total_seconds():.0f}s"\n'
            f'[store]\ndatabase = "sqlite:///{replay.folder / "watch.db"}"\n',
            encoding="utf-8",
        )
        log = replay.folder / "daemon.jsonl"
        command = [sys.executable, "-m", "crawler", "run", "--config", str(settings)]
        with log.open("w") as out, watched(command, out, end) as daemon:
            resident, shared, of_each = 0.0, 0.0, {}
            while log.read_text(encoding="utf-8").count('"site_polled"') < len(watching):
                assert daemon.poll() is None, log.read_text(encoding="utf-8")
                now = {process: kilobytes(process, "Rss:", "Pss:") for process in family(daemon.pid)}
                sum_now = sum(rss for rss, _ in now.values()) / 1024
                if sum_now > resident:
                    resident, of_each = sum_now, {name(pid): rss / 1024 for pid, (rss, _) in now.items()}
                shared = max(shared, sum(pss for _, pss in now.values()) / 1024)
                time.sleep(0.05)
    parts = ", ".join(f"{what} {megabytes:.0f}" for what, megabytes in of_each.items())
    print(f"peak memory: {resident:.0f} MB resident ({parts}); {shared:.0f} MB with shared pages counted once")
    return resident, shared


@contextlib.contextmanager
def watched(command: list[str], log: Any, now: datetime) -> Iterator[subprocess.Popen[bytes]]:
    daemon = subprocess.Popen(command, stderr=log, env={**os.environ, "TUANTRA_NOW": now.isoformat()})
    try:
        yield daemon
    finally:
        daemon.terminate()
        daemon.wait(20)


def family(pid: int) -> list[int]:
    """The process, its children and theirs."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int(stat(int(entry.name))[1])
    found = [pid]
    for one in found:
        found.extend(child for child, parent in parents.items() if parent == one)
    return found


def kilobytes(pid: int, *wanted: str) -> tuple[float, ...]:
    """Fields of smaps_rollup; 0 for a process that has ended."""
    try:
        lines = (Path("/proc") / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return tuple(0.0 for _ in wanted)
    values = {line.split()[0]: float(line.split()[1]) for line in lines if line.endswith("kB")}
    return tuple(values.get(key, 0.0) for key in wanted)


def name(pid: int) -> str:
    """What the process is to the daemon."""
    command = " ".join(command_line(pid))
    if "resource_tracker" in command:
        return "tracker"
    if "forkserver" not in command:
        return "daemon"
    with contextlib.suppress(OSError):
        if "forkserver" in " ".join(command_line(int(stat(pid)[1]))):
            return "crawl"
    return "forkserver"


def forkserver() -> int:
    """The process that this one's batches are forked from."""
    return next(pid for pid in family(os.getpid()) if name(pid) == "forkserver")


def command_line(pid: int) -> Iterable[str]:
    with contextlib.suppress(OSError):
        return (Path("/proc") / str(pid) / "cmdline").read_text(encoding="utf-8", errors="replace").split("\0")
    return ()


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on: parent 1, CPU ticks 11 to 14."""
    return (Path("/proc") / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


if __name__ == "__main__":
    main()
