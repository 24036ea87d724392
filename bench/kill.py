"""Kills the daemon again and again while it crawls a generated world and mails; then looks for what was lost or told twice.

    python bench/kill.py ../shared/world --seed 1 [--kills 100] [--keep FOLDER]

SIGKILL hits the daemon, which decides, alerts and mails, alone or together with its children, or first one of these: the child that
crawls, matches and stores, or the server that it is forked from. The world's clock goes on at every restart, so that every life of the
daemon finds news. One subscription is told at once, the others at their slots. Exits with 1 when anything is lost.
"""

import argparse
import asyncio
import contextlib
import email
import email.policy
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from urllib.parse import quote

import crawl
import world
from aiosmtpd.smtp import SMTP, Envelope, Session

from crawler import jobs, logs
from crawler.config import Config, StoreConfig, database_url, load_config
from crawler.crawling.batch import Batch
from crawler.demo.check import told

# A life lasts as long as it takes to send what the last one found and to crawl; some as long as to send again. Both are counted in the
# time that the daemon took to start, so that a busy machine does not kill it before it has done anything; one life in ten ends even then.
LIFE, LONG_LIFE = 4, 8
# Some kills wait for one of these in the log, to hit the moments between two steps more often than chance would.
TURNS = ("article_stored", "digest_decided", '"kind": "immediate"', "mail_sent", "site_polled")
# How long the server keeps silent after the final dot: the time in which a kill sends a mail twice.
LONGEST_SILENCE = 0.15
# Enough of them that sending takes a good part of a life.
READERS = {
    name: tuple(f"{name}-{number}@example.org" for number in range(count))
    for name, count in {"analysts": 6, "duty": 4, "embassy": 2}.items()
}
GOOD = {"ok", "partial", "silent"}
# When both the daemon and the quiet crawl look at the world for the last times: what failed once is tried again meanwhile.
LAST_LOOKS = (timedelta(), timedelta(minutes=25), timedelta(minutes=100))


def main() -> None:
    arguments = parse()
    logs.configure(level="critical", as_json=False)
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        made = folder / f"world-{arguments.seed}"
        if not made.exists():
            world.tool(arguments.tools, "generate.py", "--out", made, "--seed", arguments.seed)
        for old in (*folder.glob("*.db*"), *folder.glob("life-*.jsonl")):
            old.unlink()
        address = stack.enter_context(world.served(arguments.tools, made, folder / "requests.jsonl"))
        box = stack.enter_context(taking_mail(random.Random(arguments.seed)))
        config = settle(folder, made, address, box.port)
        patrol = Patrol(config=config, address=address, box=box, chance=random.Random(arguments.seed))
        crawl.forget_pauses(config, address, patrol.end + timedelta(days=10))
        began = time.monotonic()
        patrol.be_killed(arguments.kills)
        print(f"{sum(patrol.kills.values())} kills in {time.monotonic() - began:.0f} s: {dict(patrol.kills)}", flush=True)
        patrol.finish()
        wrong = patrol.examine(quiet_crawl(patrol))
    for line in wrong:
        print(f"WRONG: {line}")
    sys.exit(1 if wrong else 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", type=Path, help="the folder of generate.py and serve.py")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--keep", type=Path, help="keep the world, the database and the daemon's logs in this folder")
    return parser.parse_args()


def settle(folder: Path, made: Path, address: str, port: int) -> Config:
    """Write the daemon's configuration and read it."""
    path = folder / "tuantra.toml"
    path.write_text(
        f"""[watch]
sites = {list(crawl.papers(made))}
every = "1m"
horizon = "4d"
[fetch]
via = "{address}/"
delay = "0.02s"
timeout = "3s"
[store]
database = "sqlite:///{folder.resolve() / "watch.db"}"
[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "Tuần tra <tuantra@example.org>"
[[subscriptions]]
name = "analysts"
to = {list(READERS["analysts"])}
schedule = "* * * * *"
[[subscriptions]]
name = "duty"
to = {list(READERS["duty"])}
schedule = "0 7 * * *"
immediate = {{ minimum_score = 0.0, per_hour = 1000 }}
[[subscriptions]]
name = "embassy"
to = {list(READERS["embassy"])}
schedule = "*/2 * * * *"
language = "en"
""",
        encoding="utf-8",
    )
    return load_config(str(path))


# ---- the mail server


@dataclass(kw_only=True)
class Box:
    """What arrived, in order: (Message-ID, recipient, bytes)."""

    chance: random.Random
    port: int = 0
    arrived: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail, and think about it for a moment."""
        raw = envelope.original_content or b""
        self.arrived.extend((read(raw)["Message-ID"], recipient, raw) for recipient in envelope.rcpt_tos)
        await asyncio.sleep(self.chance.uniform(0, LONGEST_SILENCE))
        return "250 OK"


@contextlib.contextmanager
def taking_mail(chance: random.Random) -> Iterator[Box]:
    box, loop = Box(chance=chance), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(box, loop=loop, enable_SMTPUTF8=True), "127.0.0.1", 0))
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)


# ---- the daemon


@dataclass(kw_only=True)
class Patrol:
    """The daemon through all its lives."""

    config: Config
    address: str
    box: Box
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    lives: int = 0
    starting: float = 0.8
    start: datetime = field(init=False)
    end: datetime = field(init=False)

    def __post_init__(self) -> None:
        known = json.loads(world.ask(f"{self.address}/__clock"))
        self.start, self.end = (datetime.fromisoformat(known[name]) for name in ("start", "end"))

    @contextlib.contextmanager
    def life(self, now: datetime) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
        """Start the daemon with both clocks at about `now`, a little before digests are due; never earlier than the last life."""
        now = now.replace(second=57, microsecond=0)
        world.ask(f"{self.address}/__clock?set={quote(now.isoformat())}&rate=1")
        self.lives += 1
        log = self.config.folder / f"life-{self.lives:03}.jsonl"
        command = [sys.executable, "-m", "crawler", "run", "--config", str(self.config.folder / "tuantra.toml")]
        with log.open("wb") as out:
            daemon = subprocess.Popen(command, stderr=out, env={**os.environ, "TUANTRA_NOW": now.isoformat()})
        try:
            yield daemon, log
        finally:
            if daemon.poll() is None:
                daemon.terminate()
            daemon.wait(30)

    def be_killed(self, number: int) -> None:
        """Die that many times, the world's three days spread over all lives."""
        step = (self.end - self.start) / number
        while (done := sum(self.kills.values())) < number:
            with self.life(self.start + step * done) as (daemon, log):
                self._await_moment(daemon, log)
                self._kill(daemon)
            if done // 10 < sum(self.kills.values()) // 10:
                print(f"{sum(self.kills.values())} kills, {len(self.box.arrived)} mails", file=sys.stderr, flush=True)

    def _await_moment(self, daemon: subprocess.Popen[bytes], log: Path) -> None:
        """Let the daemon live to a random moment, or to one just after a turn in its work."""
        kind = self.chance.choices(("starting", "turn", "long", "any"), weights=(10, 30, 10, 50))[0]
        if kind == "starting":
            time.sleep(self.chance.uniform(0, self.starting))
            return
        began = time.monotonic()
        self._await(daemon, log, lambda: b'"started"' in log.read_bytes(), seconds=30, every=0.005)
        self.starting = time.monotonic() - began
        turn = self.chance.choice(TURNS).encode() if kind == "turn" else b""
        length = LIFE if turn else self.chance.uniform(0, LONG_LIFE if kind == "long" else LIFE)
        self._await(daemon, log, lambda: bool(turn) and turn in log.read_bytes(), seconds=length * self.starting, every=0.005)
        time.sleep(self.chance.uniform(0, 0.1))

    def _kill(self, daemon: subprocess.Popen[bytes]) -> None:
        """Kill the daemon, alone or with its children, or first one of these."""
        others = {crawl.name(pid): pid for pid in crawl.family(daemon.pid)[1:]}
        what = self.chance.choices(("daemon", "all", "crawl", "forkserver"), weights=(55, 25, 12, 8))[0]
        if what in others:
            self._end(what, others[what])
            time.sleep(self.chance.uniform(0, 1.5))
            others.pop(what)
        if what == "all":
            for pid in others.values():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._end("daemon and all" if what == "all" else "daemon", daemon.pid)
        daemon.wait()
        # The first kill may come before the tables are made.
        with contextlib.closing(self.database()) as db, contextlib.suppress(sqlite3.OperationalError):
            left = dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())
            self.caught["a mail half sent"] += left.get("sending", 0)
            self.caught["mails waiting"] += bool(left.get("pending", 0) + left.get("deferred", 0))
            self.caught["stories to tell"] += any(db.execute(UNTOLD, (name,)).fetchone()[0] for name in READERS)

    def _end(self, what: str, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.kills[what] += 1

    def finish(self) -> None:
        """Live undisturbed at the world's last moment and when what had failed may be tried again; then until all is told."""
        for later in LAST_LOOKS:
            with self.life(self.end + later) as (daemon, log):
                self._await(daemon, log, partial(self._polled, log), seconds=120)
        with self.life(self.end + LAST_LOOKS[-1] + timedelta(minutes=30)) as (daemon, log):
            self._await(daemon, log, lambda: self._polled(log) and self._all_told(), seconds=330)

    def _await(
        self, daemon: subprocess.Popen[bytes], log: Path, done: Callable[[], bool], *, seconds: float, every: float = 0.2
    ) -> None:
        limit = time.monotonic() + seconds
        while not done() and time.monotonic() < limit:
            assert daemon.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(every)

    def _polled(self, log: Path) -> bool:
        return {row["site"] for row in rows(log) if row["event"] == "site_polled"} == set(self.config.watch.sites)

    def _all_told(self) -> bool:
        with contextlib.closing(self.database()) as db:
            return not db.execute(UNSENT).fetchone()[0] and not any(db.execute(UNTOLD, (name,)).fetchone()[0] for name in READERS)

    def database(self) -> sqlite3.Connection:
        """The daemon's database, to look into."""
        return sqlite3.connect(database_url(self.config).removeprefix("sqlite:///"), timeout=30)

    # ---- what is left

    def examine(self, quiet: dict[str, str]) -> list[str]:
        """Compare with what a quiet crawl found (address → title) and print the figures; a line for everything wrong."""
        wrong = []
        with contextlib.closing(self.database()) as db:
            intact = db.execute("PRAGMA integrity_check").fetchone()[0]
            relevant = {url for (url,) in db.execute(f"SELECT canonical_url FROM article WHERE id IN ({RELEVANT})")}
            outbox = {
                key: (to, state, raw)
                for key, to, state, raw in db.execute("SELECT message_id, recipient, state, payload FROM outbox")
            }
            untold = sum(db.execute(UNTOLD, (name,)).fetchone()[0] for name in READERS)
            stories = dict(db.execute(f"SELECT canonical_url, story_id FROM article WHERE id IN ({RELEVANT})"))
            states = Counter(db.execute("SELECT state, outcome FROM address").fetchall())
            doubled = db.execute("SELECT * FROM outbox GROUP BY digest_id, channel, recipient HAVING count(*) > 1").fetchall()
            kinds = dict(db.execute("SELECT kind, count(*) FROM digest WHERE story_count > 0 GROUP BY kind").fetchall())
            lost = [f"not stored: {url} {title!r}: {self._fate(db, url)}" for url, title in quiet.items() if url not in relevant]
            lost += [f"set aside: {url}" for (url,) in db.execute("SELECT url FROM address WHERE state = 'quarantined'")]
        wrong += lost
        if intact != "ok":
            wrong.append(f"the database is damaged: {intact}")
        if untold:
            wrong.append(f"{untold} stories were told to nobody")
        received = defaultdict(list)
        for key, to, raw in self.box.arrived:
            received[key].append((to, raw))
        wrong += [f"{key}: {state}, never sent" for key, (_, state, _) in outbox.items() if state != "sent"]
        wrong += [f"{key}: sent, but never received" for key in outbox if key not in received]
        wrong += [f"{key}: received, but not in the outbox" for key in received if key not in outbox]
        wrong += [f"{key}: owed twice" for key in doubled]
        wrong += [f"{key}: arrived changed" for key, (to, _, raw) in outbox.items() if set(received[key]) - {(to, raw)}]
        repeats = sum(len(copies) - 1 for copies in received.values())
        if repeats > self.caught["a mail half sent"]:
            wrong.append(f"{repeats} repeats after {self.caught['a mail half sent']} kills of a mail half sent")
        wrong += self._told_wrongly(received, stories)
        wrong += self._next_crawl()
        found = Counter(row["event"] for path in self.config.folder.glob("life-*.jsonl") for row in rows(path) if is_error(row))
        print(
            f"{self.lives} lives, {len(relevant)} relevant articles in {len(set(stories.values()))} stories; a quiet crawl: {len(quiet)}"
        )
        print(f"kills that found {dict(self.caught)}")
        print(f"digests {kinds}, {len(outbox)} mails in the outbox, {len(self.box.arrived)} received, {repeats} of them repeats")
        print(f"lost: {len(lost)} articles, {untold} tellings; integrity {intact}; errors in the logs: {dict(found)}")
        print(
            "addresses: " + ", ".join(f"{state}/{outcome or '-'} {number}" for (state, outcome), number in states.most_common())
        )
        return wrong

    def _fate(self, db: sqlite3.Connection, url: str) -> str:
        row = db.execute("SELECT state, outcome, attempts, crashes, detail FROM address WHERE url = ?", (url,)).fetchone()
        return f"state {row[0]}, outcome {row[1]}, {row[2]} attempts, {row[3]} crashes, {row[4]}" if row else "never announced"

    def _told_wrongly(self, received: dict[str, list[tuple[str, bytes]]], stories: dict[str, int]) -> list[str]:
        """A reader finds no article in two mails, and something of every story in one."""
        wrong = []
        for reader in [one for group in READERS.values() for one in group]:
            mails = [read(copies[0][1]) for copies in received.values() if copies[0][0] == reader]
            articles = Counter(url for mail in mails for url in {url for copies in told(mail) for url in copies})
            wrong += [f"{reader}: told in {number} mails: {url}" for url, number in articles.items() if number > 1]
            missing = set(stories.values()) - {stories[url] for url in articles if url in stories}
            wrong += [f"{reader}: story {number} is in no mail" for number in sorted(missing)]
        return wrong

    def _next_crawl(self) -> list[str]:
        """No paper is locked, forgotten or broken."""
        now = self.end + timedelta(hours=3)
        world.ask(f"{self.address}/__clock?set={quote(now.isoformat())}")
        reports = Batch(replace(jobs.plan(self.config), now=now), log_level="critical").run()
        left = set(self.config.watch.sites) - set(reports)
        return [f"{key}: not crawled" for key in sorted(left)] + [
            f"{key}: {report.state} {report.detail}"
            for key, report in reports.items()
            if not report.done or report.state not in GOOD
        ]


RELEVANT = "SELECT article_id FROM match WHERE relevant"
UNSENT = "SELECT count(*) FROM outbox WHERE state <> 'sent'"
UNTOLD = f"""SELECT count(DISTINCT story_id) FROM article WHERE id IN ({RELEVANT})
    AND story_id NOT IN (SELECT story_id FROM told WHERE subscription = ?)"""


def rows(log: Path) -> list[dict[str, str]]:
    """The events of a life; a line that the kill cut off, or that is no JSON, is an event "unreadable"."""
    found = []
    for line in log.read_bytes().split(b"\n")[:-1]:
        try:
            found.append(json.loads(line))
        except ValueError:
            found.append({"event": f"unreadable: {line[:80]!r}", "level": "error"})
    return found


def is_error(row: dict[str, str]) -> bool:
    return row.get("level") in {"error", "critical"}


def quiet_crawl(patrol: Patrol) -> dict[str, str]:
    """What a crawl finds that nobody disturbs, at the same last moments: relevant articles, address → title."""
    config = replace(patrol.config, store=StoreConfig(database=f"sqlite:///{patrol.config.folder / 'quiet.db'}"))
    crawl.forget_pauses(config, patrol.address, patrol.end + timedelta(days=10))
    for later in LAST_LOOKS:
        now = patrol.end + later
        world.ask(f"{patrol.address}/__clock?set={quote(now.isoformat())}&rate=0")
        Batch(replace(jobs.plan(config), now=now), log_level="critical").run()
    with jobs.opened(config) as program:
        return {
            stored.article.canonical_url: stored.article.title
            for stored in program.store.articles.export()
            if any(verdict.relevant for verdict in stored.matches)
        }


if __name__ == "__main__":
    main()
