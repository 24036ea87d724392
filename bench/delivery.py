"""Whether mails arrive when servers, disks, processes and titles misbehave, and what many recipients cost.

    python -m bench.delivery smtp [--count 500] [--seed 1]      scripted mail servers, each until the queue is quiet
    python -m bench.delivery sweep                              every database and SMTP operation fails, or is the last of its process
    python -m bench.delivery hostile [--count 100000]           titles that want to be headers, markup, links and log lines
    python -m bench.delivery many [--recipients 10000]          one digest to many: decide, then send over reused connections

Everything is on loopback and in a temporary folder. Exits with 1 when something is wrong.
"""

import argparse
import contextlib
import itertools
import os
import random
import resource
import shutil
import smtplib
import socket
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from alerts.channels.email import Email
from alerts.deliver import Letterhead, alert, tell
from alerts.send import SendReport, send_due
from alerts.subscription import Immediate, Subscription
from bench import hostile
from bench.moods import ACTIONS, OF_ONE_MAIL, ORDERED, Fault, Mood, Server
from crawler import logs
from news.store import DatabaseError, Store, open_store
from news.store.outbox import OutboxRow
from tests.builders import NOON, article, stored

SENDER = "Tuần tra <news@example.org>"
SLOT = "2026-11-22T12:00+07:00"
DESK = Subscription(name="desk", to=tuple(f"desk-{number}@example.org" for number in range(4)))
EMBASSY = Subscription(name="embassy", to=("first@embassy.example", "second@embassy.example"), language="en")


def main() -> None:
    arguments = parse()
    logs.configure(level="critical", as_json=False)
    with tempfile.TemporaryDirectory() as folder:
        wrong = arguments.measure(arguments, Path(folder))
    for line in wrong[:50]:
        print(f"WRONG: {line}")
    print(f"{len(wrong)} violations")
    sys.exit(1 if wrong else 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for measure, option, default in (
        (measure_smtp, "--count", 500),
        (measure_sweep, "", 0),
        (measure_hostile, "--count", 100_000),
        (measure_many, "--recipients", 10_000),
    ):
        command = commands.add_parser(measure.__name__.removeprefix("measure_"))
        command.set_defaults(measure=measure)
        command.add_argument("--seed", type=int, default=1)
        if option:
            command.add_argument(option, type=int, default=default)
    return parser.parse_args()


# ---- a watch with something to tell


def with_news(path: Path) -> Store:
    """Open a store that holds one relevant story."""
    store = open_store(f"sqlite:///{path}")
    stored(store, article())
    return store


def decide(store: Store, *subscriptions: Subscription, now: datetime = NOON) -> None:
    """Decide a slot of each, or alert where that is what it wants."""
    more: dict[str, Any] = {"letterhead": Letterhead(sender=SENDER), "channels": (Email(host="localhost", sender=SENDER),)}
    for one in subscriptions:
        if one.immediate:
            alert(store.alerts, one, now, slot=now.isoformat(), **more)
        else:
            tell(store.alerts, one, now, slot=SLOT, coverage=lambda _since, _until: (), **more)


# ---- smtp: every behaviour until the queue is quiet

ADDRESSES = (*DESK.to, *EMBASSY.to)
TIMEOUT = timedelta(seconds=0.25)
# The server is healed after so many runs; a queue that is not quiet after so many is stuck.
SICK_RUNS, MOST_RUNS = 3, 12


def moods(count: int, chance: random.Random) -> Iterator[Mood]:
    """Every verb with every fault, for all mails and for some; what is wrong with a whole server; then mixtures."""
    first, second, half = (frozenset(one) for one in ((0,), (1,), range(0, 1000, 2)))
    systematic = [
        Mood(faults=(Fault(verb=verb, action=action, mails=mails),), secure=verb in ("STARTTLS", "AUTH"))
        for verb in ORDERED
        for action in ACTIONS
        for mails in ((None, first, second, half) if verb in OF_ONE_MAIL else (None, first))
    ]
    # Nobody resets a connection but after a refusal.
    refusal = Fault(verb="RCPT", action="4xx", mails=half)
    systematic = [replace(mood, faults=(*mood.faults, refusal)) if mood.faults[0].verb == "RSET" else mood for mood in systematic]
    systematic += [Mood(secure=True, certified=False), Mood(secure=True, starttls=False), Mood(secure=True, password="another")]
    yield from systematic[:count]
    for _ in range(count - len(systematic)):
        faults = tuple(
            Fault(
                verb=chance.choice(ORDERED),
                action=chance.choice(ACTIONS),
                mails=chance.choice((None, first, second, half, frozenset(chance.choices(range(12), k=3)))),
            )
            for _ in range(chance.randint(2, 5))
        )
        yield Mood(faults=faults, secure=chance.random() < 0.5)


def expected(mood: Mood) -> frozenset[str]:
    """What may become of the mails that meet the only fault; empty: whatever is right in itself."""
    if not mood.faults:
        return frozenset(("paused",))
    if len(mood.faults) > 1:
        return frozenset()
    [fault] = mood.faults
    if fault.verb in ("RSET", "QUIT"):
        return frozenset(("sent",))
    if fault.action == "5xx":
        return frozenset(("dead",) if fault.verb in OF_ONE_MAIL[1:] else ("paused", *(("sent",) if fault.verb == "EHLO" else ())))
    if fault.verb in ("body", "dot") and fault.action in ("garbage", "drop", "reset", "tarpit"):
        return frozenset(("repeated",) if fault.verb == "dot" else ("deferred", "repeated"))
    # A connection lost at MAIL is opened anew at once, and who does not understand EHLO is asked again with HELO.
    return frozenset(("deferred", "sent") if fault.verb in ("MAIL", "EHLO") else ("deferred",))


def measure_smtp(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """Let every server be wrong, then right; print what became of the mails."""
    began, longest = time.monotonic(), 0.0
    with contextlib.closing(with_news(folder / "told.db")) as store:
        decide(store, DESK, EMBASSY)
    server, wrong, classes = Server(folder), [], Counter[str]()
    for number, mood in enumerate(moods(arguments.count, random.Random(arguments.seed))):
        shutil.copyfile(folder / "told.db", folder / "queue.db")
        with contextlib.closing(open_store(f"sqlite:///{folder / 'queue.db'}")) as store:
            server.mood, start = mood, time.monotonic()
            queue = Queue(store=store, mood=mood, port=server.port)
            queue.empty()
            longest = max(longest, time.monotonic() - start)
            classes[queue.became] += 1
            wrong += [f"{number} ({mood.name}{', TLS' * mood.secure}): {what}" for what in queue.examined()]
        for left in folder.glob("queue.db*"):
            left.unlink()
    print(f"{arguments.count} behaviours in {time.monotonic() - began:.0f} s, the longest {longest:.1f} s")
    print("\n".join(f"  {number:4} {what}" for what, number in sorted(classes.items())))
    return wrong


@dataclass(kw_only=True)
class Queue:
    """A queue that is emptied over simulated time by a server of some mood."""

    store: Store
    mood: Mood
    port: int
    reports: list[SendReport] = field(default_factory=list)
    rows: list[dict[str, OutboxRow]] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)

    def empty(self) -> None:
        """Send again and again, whenever something is due."""
        more = {"tls": "starttls", "user": "news", "password": "right"} if self.mood.secure else {"tls": "none"}
        # Who waits for nothing is given time: a busy machine is no silent server.
        patience = TIMEOUT if any(fault.action == "tarpit" for fault in self.mood.faults) else 20 * TIMEOUT
        channel = Email(host="127.0.0.1", port=self.port, sender=SENDER, timeout=patience, final_reply=patience, **more)  # type: ignore[arg-type]
        now = NOON
        for run in range(MOST_RUNS):
            self.mood.healed = run >= SICK_RUNS
            due, start = len(self.waiting(now)), time.monotonic()
            self.reports.append(send_due(self.store.outbox, (channel,), partial(_same, now)))
            # At most two waits for each mail, where a connection is opened anew, and one to take leave; the rest is for a busy machine.
            if time.monotonic() - start > (2 * due + 2) * TIMEOUT.total_seconds() + 5:
                self.slow.append(f"run {run} took {time.monotonic() - start:.1f} s for {due} mails")
            self.rows.append({row.recipient: row for row in self.store.outbox.rows()})
            times = [row.next_attempt_at for row in self.rows[-1].values() if row.next_attempt_at]
            if not times:
                return
            now = min(times)

    def waiting(self, now: datetime) -> list[OutboxRow]:
        """What is due."""
        return [row for row in self.store.outbox.rows() if row.next_attempt_at and row.next_attempt_at <= now]

    @property
    def became(self) -> str:
        """What the fault did to the mails, in a word for each kind."""
        first, last = self.rows[0].values(), self.rows[-1].values()
        found = {
            "paused": any(report.paused for report in self.reports),
            "deferred": any(row.attempts - row.ambiguous > 1 and row.state == "sent" for row in last),
            "repeated": any(row.ambiguous for row in last),
            "dead": any(row.state == "dead" for row in last),
        }
        return " and ".join(word for word, true in found.items() if true) or ("sent" if first else "nothing")

    def examined(self) -> list[str]:
        """A line for everything that is not as it must be."""
        last, wrong = self.rows[-1], list(self.slow)
        payloads = {row.recipient: self.store.outbox.payload(row.id) for row in last.values()}
        copies = Counter(recipient for recipient, _ in self.mood.taken)
        for to, row in last.items():
            right = "dead" if to in self.mood.refused else "sent"
            if row.state != right:
                wrong.append(f"{to} is {row.state} instead of {right}: {row.last_reply}")
            if row.state == "sent" and not copies[to]:
                wrong.append(f"{to} is lost")
            if copies[to] > 1 + row.ambiguous:
                wrong.append(f"{to} has {copies[to]} copies, {row.ambiguous} of them accounted for")
        wrong += [f"{to} received other bytes" for to, raw in self.mood.taken if raw != payloads[to]]
        wrong += [f"{row.recipient} was left half sent" for rows in self.rows for row in rows.values() if row.state == "sending"]
        if expected(self.mood) and not expected(self.mood) >= set(self.became.split(" and ")):
            wrong.append(f"{self.became} instead of {'/'.join(expected(self.mood))}")
        if expected(self.mood) == {"paused"}:
            used = [row.recipient for row in last.values() if row.attempts != 1]
            wrong += [f"a pause used up attempts of {used}"] if used else []
            states = {row.state for row in self.rows[0].values()}
            wrong += [] if states <= {"pending", "sent"} else [f"the queue did not wait: {states}"]
        return wrong + self._unserved()

    def _unserved(self) -> list[str]:
        """Where only some recipients were in trouble, all others have their mails at once."""
        if any(fault.verb not in OF_ONE_MAIL[1:] or fault.mails is None for fault in self.mood.faults) or not self.mood.faults:
            return []
        struck = {number for fault in self.mood.faults for number in fault.mails or ()}
        others = [self.rows[0][to] for number, to in enumerate(ADDRESSES) if number not in struck]
        return [
            f"{row.recipient} was not served at once: {row.last_reply}"
            for row in others
            if (row.state, row.attempts) != ("sent", 1)
        ]


def _same(now: datetime) -> datetime:
    return now


# ---- sweep: fail at the n-th operation

URGENT = replace(DESK, immediate=Immediate(minimum_score=0.5))
STRUCK = 9
STRIKES: Mapping[str, tuple[str, bool]] = {
    "a failing statement": ("disk I/O error", False),
    "a disk that is full from then on": ("database or disk is full", True),
    "a killed process": ("", False),
}


class Nth:
    """Counts every statement and commit, and in a process that is to be killed every step of SMTP; strikes at one of them."""

    def __init__(self, number: int, words: str, *, lasting: bool) -> None:
        self.number, self.words, self.lasting, self.count = number, words, lasting, 0

    def __call__(self, *_event: object, **_more: object) -> None:
        """Count one operation."""
        self.count += 1
        if self.count != self.number and not (self.lasting and self.count > self.number):
            return
        if not self.words:
            os._exit(STRUCK)
        raise OperationalError("as the sweep wants", {}, Exception(self.words))

    def watch(self) -> None:
        """Count from now on, for the rest of this process."""
        for point in ("before_cursor_execute", "commit"):
            event.listen(Engine, point, self)
        if self.words:
            return
        send, reply = smtplib.SMTP.send, smtplib.SMTP.getreply

        def send_counted(smtp: smtplib.SMTP, said: bytes | str) -> None:
            self()
            send(smtp, said)

        def hear_counted(smtp: smtplib.SMTP) -> tuple[int, bytes]:
            heard = reply(smtp)
            self()
            return heard

        smtplib.SMTP.send, smtplib.SMTP.getreply = send_counted, hear_counted  # type: ignore[method-assign, assignment]


def measure_sweep(_arguments: argparse.Namespace, folder: Path) -> list[str]:
    """Strike one operation further each time, until the work gets through; a healthy run afterwards must deliver."""
    with_news(folder / "news.db").close()
    server, wrong = Server(folder), []
    for (what, (words, lasting)), subscriptions in itertools.product(STRIKES.items(), ((DESK, EMBASSY), (URGENT,))):
        began, repeats = time.monotonic(), 0
        for number in itertools.count(1):
            shutil.copyfile(folder / "news.db", folder / "sweep.db")
            server.mood = Mood()
            work = partial(tell_and_send, folder / "sweep.db", server.port, subscriptions)
            struck = suffered(Nth(number, words, lasting=lasting), work)
            work()
            found, repeated = delivered(folder / "sweep.db", server.mood, subscriptions)
            wrong += [
                f"{what}, operation {number}, {(subscriptions[0].immediate and 'alert') or 'digests'}: {one}" for one in found
            ]
            repeats += repeated
            for left in folder.glob("sweep.db*"):
                left.unlink()
            if not struck:
                break
        kind = "an alert" if subscriptions[0].immediate else "two digests"
        print(f"{what}, {kind}: {number - 1} operations, {repeats} repeats, {time.monotonic() - began:.0f} s", flush=True)
    return wrong


def tell_and_send(path: Path, port: int, subscriptions: Iterable[Subscription]) -> None:
    """What a tick of the daemon does; then what its later ticks do, until the queue is quiet."""
    channel = Email(host="127.0.0.1", port=port, sender=SENDER, tls="none")
    with contextlib.closing(open_store(f"sqlite:///{path}")) as store:
        decide(store, *subscriptions)
        for minutes in (0, 2, 10):
            send_due(store.outbox, (channel,), partial(_same, NOON + timedelta(minutes=minutes)))


def suffered(strike: Nth, work: Callable[[], None]) -> bool:
    """Whether the strike fell, in a process of its own."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            strike.watch()
            with contextlib.suppress(DatabaseError):
                work()
            code = STRUCK if strike.count >= strike.number else 0
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, STRUCK), code
    return code == STRUCK


def delivered(path: Path, mood: Mood, subscriptions: Iterable[Subscription]) -> tuple[list[str], int]:
    """What is wrong with what arrived, and how many mails came twice."""
    wanted = Counter(to for one in subscriptions for to in one.to)
    with contextlib.closing(open_store(f"sqlite:///{path}")) as store:
        rows = store.outbox.rows()
        payloads = {row.recipient: store.outbox.payload(row.id) for row in rows}
    arrived = defaultdict(list)
    for to, raw in mood.taken:
        arrived[to].append(raw)
    wrong = [f"{row.recipient} is {row.state}: {row.last_reply}" for row in rows if row.state != "sent"]
    wrong += [f"owed {dict(owed)}"] if (owed := Counter(row.recipient for row in rows)) != wanted else []
    wrong += [f"{to} was lost" for to in wanted if not arrived[to]]
    wrong += [f"{to} received other bytes" for to, copies in arrived.items() if {*copies} != {payloads.get(to)}]
    repeats = sum(len(copies) - 1 for copies in arrived.values())
    if repeats > min(1, sum(row.ambiguous for row in rows)):
        wrong.append(f"{repeats} repeats, {sum(row.ambiguous for row in rows)} ambiguous")
    return wrong, repeats


def measure_hostile(arguments: argparse.Namespace, _folder: Path) -> list[str]:
    """See hostile.py."""
    return hostile.measure(arguments.count, arguments.seed)


# ---- many: one digest to many recipients

MOST_SECONDS, MOST_MEGABYTES = 2.0, 200


def measure_many(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """Decide in one process, send in another, and count what the server sees."""
    path = folder / "many.db"
    with_news(path).close()
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        crowd = replace(DESK, to=tuple(f"reader-{number}@example.org" for number in range(arguments.recipients)))
        deciding, decided = alone(decide_at, path, crowd)
        sending, sent = alone(send_at, path, controller.port)
    finally:
        controller.stop()
    print(
        f"{arguments.recipients} recipients: decided in {deciding:.2f} s at {decided:.0f} MB (targets {MOST_SECONDS:.0f} s, {MOST_MEGABYTES} MB)"
    )
    print(
        f"sent in {sending:.0f} s at {sent:.0f} MB, {len(box.arrived) / sending:.0f} mails a second over {box.connections} connections"
    )
    wrong = [f"{len(set(box.arrived))} of {arguments.recipients} were reached"] if set(box.arrived) != set(crowd.to) else []
    wrong += [f"{len(box.arrived)} mails arrived"] if len(box.arrived) != arguments.recipients else []
    wrong += [f"deciding took {deciding:.2f} s"] if deciding > MOST_SECONDS else []
    return wrong + [f"{most:.0f} MB" for most in (decided, sent) if most > MOST_MEGABYTES]


@dataclass(kw_only=True)
class Box:
    """Counts what arrives."""

    connections: int = 0
    arrived: list[str] = field(default_factory=list)

    async def handle_EHLO(self, _server: SMTP, session: Session, _envelope: Envelope, host: str, said: list[str]) -> list[str]:  # noqa: N802
        """A connection is opened."""
        session.host_name = host
        self.connections += 1
        return said

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """A mail arrives."""
        self.arrived += envelope.rcpt_tos
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def alone(work: Callable[..., None], *given: object) -> tuple[float, float]:
    """Run in a process of its own: seconds that it worked, megabytes at its peak."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_measured, args=(theirs, work, given))
    process.start()
    theirs.close()
    seconds, megabytes = ours.recv()
    process.join()
    return float(seconds), float(megabytes)


def _measured(report: Any, work: Callable[..., None], given: tuple[object, ...]) -> None:
    logs.configure(level="critical", as_json=False)
    began = time.monotonic()
    work(*given)
    report.send((time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def decide_at(path: Path, crowd: Subscription) -> None:
    with contextlib.closing(open_store(f"sqlite:///{path}")) as store:
        decide(store, crowd)


def send_at(path: Path, port: int) -> None:
    with contextlib.closing(open_store(f"sqlite:///{path}")) as store:
        send_due(store.outbox, (Email(host="127.0.0.1", port=port, sender=SENDER, tls="none"),), partial(_same, NOON))


if __name__ == "__main__":
    main()
