"""Watches a generated world through its simulated days, poll after poll, and scores what was found.

    python bench/world.py ../shared/world --seed 1 [--hours 72] [--every 30] [--keep FOLDER]

Needs the world tools beside the checkout; generates and serves the world itself, on loopback.
"""

import argparse
import contextlib
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from alerts.channels.file import File
from alerts.coverage import complete, trouble
from alerts.send import send_due
from alerts.subscription import Immediate, Subscription
from crawler import jobs, logs
from crawler.catalogue import site_of
from crawler.config import Config, Fetch, StoreConfig, Watch
from crawler.crawling.batch import Batch, warm_up
from crawler.views import rows
from news.model import Digest, StoredArticle
from news.store.stories import StoryFacts

GONE = {"404": "deleted", "410": "deleted", "redirect_home": "redirected_home", "soft404": "soft_404"}


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
            watch=Watch(sites=papers(world), every=timedelta(minutes=arguments.every)),
            fetch=Fetch(via=f"{address}/", delay=timedelta(milliseconds=20), timeout=timedelta(seconds=3)),
            store=StoreConfig(database=f"sqlite:///{folder / 'watch.db'}"),
            subscriptions=(
                Subscription(name="digest", empty=True),
                Subscription(name="alerts", immediate=Immediate(minimum_score=0.0, per_hour=60)),
            ),
            file=File(folder=folder / "mail"),
            folder=folder,
        )
        watch(config, address, hours=arguments.hours, every=timedelta(minutes=arguments.every))
        export = folder / "export.jsonl"
        with jobs.opened(config) as program, export.open("w", encoding="utf-8") as out:
            facts = program.store.stories.facts()
            for stored in program.store.articles.export(everything=arguments.all):
                out.write(
                    json.dumps(rows.export_row(stored, facts.get(stored.story_id, StoryFacts())), ensure_ascii=False) + "\n"
                )
            aftermath(program, world)
        ask(f"{address}/__flush")
        tool(arguments.tools, "score.py", world, export, "--log", log)


def papers(world: Path) -> tuple[str, ...]:
    """The papers that the world replays."""
    lines = (world / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(sorted({site_of(json.loads(line)["url"]).key for line in lines}))


def tellings(program: jobs.Program, told: list[tuple[str, Digest]], started: datetime) -> None:
    """Whether every story was told once to each subscription, how soon, and what the digests said of the coverage."""
    relevant = {story.id for story in program.store.stories.relevant()}
    for name in ("digest", "alerts"):
        digests = [digest for subscription, digest in told if subscription == name]
        now = Counter(
            found.id for digest in digests for one in digest.stories if (found := program.store.stories.by_number(one.id))
        )
        missing, twice = relevant - now.keys(), [story for story, times in now.items() if times > 1]
        print(f"{name}: {len(now)} stories in {len(digests)} messages; relevant but untold {sorted(missing)}, told twice {twice}")
    times = [
        (min(published), digest.created)
        for subscription, digest in told
        if digest.kind == "immediate"
        for story in digest.stories
        if (published := [copy.article.published for copy in story.articles if copy.article.published])
    ]
    # What was out before the first poll says nothing of how soon the watch is.
    waits = [(at - published).total_seconds() / 60 for published, at in times if published > started]
    if waits:
        print(
            f"published to alerted, in minutes: median {statistics.median(waits):.1f}, worst {max(waits):.0f} of {len(waits)}; "
            f"besides {len(times) - len(waits)} that were published before the watch began"
        )
    for digest in (digest for subscription, digest in told if subscription == "digest"):
        blind = {one.site: why for one in digest.coverage if (why := trouble(one))}
        gaps = {one.site: round(one.missed.total_seconds() / 60) for one in digest.coverage if one.missed}
        verdict = "complete" if complete(digest.coverage) else "degraded"
        corrected = sum(len(story.articles) > 0 for story in digest.corrected)
        print(
            f"  {digest.slot}: {verdict} {blind or ''} minutes missed {gaps or 'none'}; {len(digest.stories)} stories, {corrected} corrected"
        )


def aftermath(program: jobs.Program, world: Path) -> None:
    """What became of relevant articles after they were stored: edits, deletions, writers, and what was taken for one by mistake."""
    lines = (world / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    facts, looks = program.store.stories.facts(), []
    counts: Counter[str] = Counter()
    for truth in map(json.loads, lines):
        stored = program.store.articles.by_url(site_of(truth["url"]).canonical(truth["url"]))
        look = program.store.rechecks.of(stored.id) if stored else None
        if stored is None or look is None:
            continue
        looks.append(look.looks)
        counts["articles"] += 1
        edited = truth["edited_at"] and datetime.fromisoformat(truth["edited_at"])
        if edited and stored.first_seen < edited and look.looked_at and edited < look.looked_at:
            counts["edited"] += 1
            counts["edits found"] += bool(stored.revisions)
            counts["graded right"] += graded(truth["edit"]["kind"], stored)
            print(
                f"  edit {truth['edit']['kind']}: {[(c.part, c.grade, c.before, c.after) for r in stored.revisions for c in r.changes]}"
            )
            if stored.revisions:
                delay = min(past.replaced for past in stored.revisions if past.replaced >= edited) - edited
                print(f"    seen {delay} after the edit, {edited - stored.article.published} after publication")
        elif stored.revisions and not edited:
            counts["false edits"] += 1
            print(
                "  false edit:",
                stored.article.url,
                [(c.part, c.grade, c.before, c.after) for r in stored.revisions for c in r.changes],
            )
        gone = truth["deleted_at"] and datetime.fromisoformat(truth["deleted_at"])
        if gone and look.looked_at and gone < look.looked_at:
            counts["deleted"] += 1
            counts["deletions found"] += stored.gone == GONE[truth["deletion"]]
        elif stored.gone:
            counts["false deletions"] += 1
            print("  false deletion:", stored.article.url, stored.gone)
        origin = facts[stored.story_id].origin if stored.story_id in facts else None
        if origin and truth["original"]:
            counts["stories"] += 1
            counts["origin right"] += origin.writer == (truth["agency"] or site_of(truth["url"]).key)
    print(
        "aftermath:", dict(counts), f"looks an article: at most {max(looks, default=0)}, mean {statistics.mean(looks or [0]):.1f}"
    )


def graded(kind: str, stored: StoredArticle) -> bool:
    """Whether the gravest grade of an edit, or its place, is what the world did."""
    changes = [change for past in stored.revisions for change in past.changes]
    if kind == "headline":
        return any(change.part == "title" for change in changes)
    return {change.grade for change in changes} == {"wording" if kind == "typo" else kind}


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
    started, end = now, now + timedelta(hours=hours)
    told: list[tuple[str, Digest]] = []
    with jobs.opened(config) as program:
        while now <= end:
            ask(f"{address}/__clock?set={now.isoformat().replace('+', '%2B')}")
            jobs.crawl(Batch(replace(jobs.plan(config), now=now), log_level="critical"))
            here = replace(program, clock=lambda: now)  # noqa: B023 - called before the clock moves on
            decided = (*jobs.alert_now(here), *jobs.tell_due(here, started))
            told += [(one.digest.subscription, one.digest) for one in decided if one.digest]
            send_due(program.store.outbox, jobs.channels(config), here.clock)
            now, polls = now + every, polls + 1
        tellings(program, told, started)
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
