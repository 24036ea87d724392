"""Watches a generated world through its simulated days, poll after poll, and scores what was found.

    python bench/world.py ../shared/world --seed 1 [--hours 72] [--every 30] [--keep FOLDER]

Needs the world tools beside the checkout; generates and serves the world itself, on loopback.
"""

import argparse
import contextlib
import json
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from crawler import jobs, logs, rows
from crawler.batch import Batch, warm_up
from crawler.config import Config, Fetch, StoreConfig


def main() -> None:
    arguments = parse()
    logs.configure(level="critical", as_json=False)
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        world = folder / f"world-{arguments.seed}"
        if not world.exists():
            tool(arguments.tools, "generate.py", "--out", world, "--seed", arguments.seed)
        log = folder / "requests.jsonl"
        log.unlink(missing_ok=True)
        address = stack.enter_context(served(arguments.tools, world, log))
        config = Config(
            fetch=Fetch(via=f"{address}/", delay=timedelta(milliseconds=20), timeout=timedelta(seconds=3)),
            store=StoreConfig(database=f"sqlite:///{folder / 'watch.db'}"),
            folder=folder,
        )
        watch(config, address, hours=arguments.hours, every=timedelta(minutes=arguments.every))
        export = folder / "export.jsonl"
        with jobs.opened(config) as program, export.open("w", encoding="utf-8") as out:
            topics = program.store.articles.story_topics()
            for stored in program.store.articles.export(everything=arguments.all):
                out.write(json.dumps(rows.export_row(stored, topics), ensure_ascii=False) + "\n")
        ask(f"{address}/__flush")
        tool(arguments.tools, "score.py", world, export, "--log", log)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", type=Path, help="the folder of generate.py, serve.py and score.py")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--hours", type=int, default=72)
    parser.add_argument("--every", type=int, default=30, help="simulated minutes between two polls")
    parser.add_argument("--keep", type=Path, help="keep world, database and export in this folder")
    parser.add_argument("--all", action="store_true", help="export the near misses too")
    return parser.parse_args()


def watch(config: Config, address: str, *, hours: int, every: timedelta) -> None:
    """Poll every paper at each step of the world's clock."""
    warm_up()
    now, polls, began = clock(address), 0, time.monotonic()
    end = now + timedelta(hours=hours)
    while now <= end:
        ask(f"{address}/__clock?set={now.isoformat().replace('+', '%2B')}")
        jobs.crawl(Batch(replace(jobs.plan(config), now=now), log_level="critical"))
        now, polls = now + every, polls + 1
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stderr.write(
        f"{polls} polls in {time.monotonic() - began:.0f} s, children {children.ru_utime + children.ru_stime:.0f} s CPU\n"
    )


@contextlib.contextmanager
def served(tools: Path, world: Path, log: Path) -> Iterator[str]:
    """The world's server on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, tools / "serve.py", world, "--port", str(port), "--log", log, "--stall", "4"], stdout=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with contextlib.suppress(OSError):
                ask(f"{address}/__clock")
                break
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def clock(address: str) -> datetime:
    return datetime.fromisoformat(json.loads(ask(f"{address}/__clock"))["now"])


def ask(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


def tool(tools: Path, name: str, *arguments: object) -> None:
    subprocess.run([sys.executable, str(tools / name), *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
