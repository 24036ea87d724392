"""A day of the program's health, with a real database and a real mail server: the operator hears of it, and rarely."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from alerts.channels.email import Email
from alerts.operator import Operator
from alerts.send import send_due
from crawler import jobs
from crawler.config import Config, StoreConfig, Watch, load_config
from crawler.daemon import Daemon
from crawler.demo.postbox import Postbox, part, postbox
from crawler.schedule import next_check
from crawler.toml import ConfigError
from news.model import Entry
from news.store import DatabaseError, TroubleStore, open_store
from news.store.watch import Poll
from tests.builders import NOON

EVERY = timedelta(hours=4)
SUBJECT = "Tuần tra: {}"


@dataclass
class Day:
    """A program whose papers are polled as we say, on a clock that we turn."""

    program: jobs.Program
    box: Postbox
    now: datetime = NOON
    due: dict[str, datetime] = field(default_factory=dict)
    sent: list[tuple[timedelta, str]] = field(default_factory=list)

    def run(
        self, hours: float, state: Callable[[timedelta], str] = lambda _: "ok", step: timedelta = timedelta(minutes=15)
    ) -> None:
        """Let time pass: VOV is polled when it is due and answers with `state(hours since noon)`; notices are looked for and sent."""
        end = self.now + timedelta(hours=hours)
        while self.now < end:
            self.poll("vov", state(self.now - NOON))
            jobs.notice(self.program)
            self.send()
            self.now += step

    def poll(self, key: str, state: str) -> None:
        if self.due.get(key, self.now) > self.now:
            return
        known = self.program.store.watch.sites().get(key)
        good = state in ("ok", "partial", "silent")
        failures = 0 if good else (known.failures if known else 0) + 1
        self.due[key] = next_check(self.now, every=timedelta(minutes=15), failures=failures)
        done = Poll(site=key, started_at=self.now, finished_at=self.now, state=state, detail="timeout")
        self.program.store.watch.polled(done, due_at=self.due[key], succeeded=good)

    def send(self) -> None:
        before = len(self.box.arrived)
        send_due(self.program.store.outbox, jobs.channels(self.program.config), self.program.clock)
        self.sent += [(self.now - NOON, str(one.mail["Subject"])) for one in self.box.arrived[before:]]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with postbox(tmp_path / "mail") as box:
        config = Config(
            watch=Watch(sites=("vov",)),
            store=StoreConfig(database="sqlite:///watch.db"),
            mail=Email(host="127.0.0.1", port=box.port, sender="Tuần tra <news@example.org>", tls="none"),
            operator=Operator(to=("op@example.org",), disk_mb=0),
            folder=tmp_path,
        )
        with jobs.opened(config) as program:
            made = Day(program=program, box=box)
            made.program = jobs.Program(config=config, store=program.store, clock=lambda: made.now)
            yield made


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_paper_that_breaks_for_half_a_day_makes_two_mails(day: Day) -> None:
    day.run(24, lambda at: "failed" if hours(2) <= at < hours(12) else "ok")
    [broken, recovered] = day.sent
    # Polled at 2:00, 2:15, 2:45: the third failure, and an hour since the first.
    assert broken == (hours(3), SUBJECT.format("VOV không đọc được"))
    assert recovered[1] == SUBJECT.format("đã khắc phục – VOV không đọc được")
    assert "VOV" in part(day.box.arrived[0].mail, "plain")
    assert day.program.store.troubles.known() == {}


@pytest.mark.parametrize(("period", "most"), [(20 / 60, 1), (1, 1), (3, 1), (6, 4)])
def test_a_paper_that_comes_and_goes_makes_few_mails_and_never_two_within_the_time(day: Day, period: float, most: int) -> None:
    day.run(30, lambda at: "failed" if at // hours(period) % 2 else "ok")
    times = [at for at, _ in day.sent]
    assert len(times) <= most
    assert all(later - earlier >= EVERY for earlier, later in pairwise(times))


def test_one_challenge_is_nothing_and_silence_is_told(day: Day) -> None:
    day.run(3, lambda at: "challenge" if at == hours(1) else "ok")
    assert day.sent == []
    day.run(6, lambda _: "silent")
    assert [subject for _, subject in day.sent] == [SUBJECT.format("VOV im lặng bất thường")]
    assert "im lặng bất thường" in part(day.box.arrived[0].mail, "plain")


def test_a_paper_that_is_not_watched_is_no_trouble(day: Day) -> None:
    for _ in range(24):
        day.poll("plo", "failed")
        day.now += timedelta(hours=1)
    day.run(1)
    assert day.sent == []


def test_a_page_that_crashed_its_batch_twice_is_told_once(day: Day) -> None:
    url, addresses = "https://vov.vn/x-post1.vov", day.program.store.addresses
    addresses.announce("vov", "https://vov.vn/rss.xml", {url: Entry(url=url)}, day.now)
    addresses.quarantine(url, day.now)
    day.run(12)
    assert [subject for _, subject in day.sent] == [SUBJECT.format("Một trang làm hỏng lượt đọc hai lần và đã được gác lại")]
    assert url in part(day.box.arrived[0].mail, "plain")


def test_a_full_disk_is_told(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    day.program = jobs.Program(
        config=Config(
            watch=Watch(sites=("vov",)), store=StoreConfig(database="sqlite:///watch.db"), mail=day.program.config.mail,
            operator=Operator(to=("op@example.org",), language="en"), folder=day.program.config.folder,
        ),
        store=day.program.store, clock=day.program.clock,
    )  # fmt: skip
    monkeypatch.setattr(jobs, "_free", lambda folder: 499 if folder == day.program.config.folder else None)
    day.run(5)
    assert [subject for _, subject in day.sent] == [SUBJECT.format("The disk is nearly full: 499 MB are left of at least 500 MB")]
    assert "499 MB are left of at least 500 MB" in part(day.box.arrived[0].mail, "plain")
    monkeypatch.undo()
    assert jobs._free(day.program.config.folder) > 0
    assert jobs._free(day.program.config.folder / "missing") is None


def test_a_notice_that_was_decided_survives_a_restart_and_is_not_decided_again(day: Day, tmp_path: Path) -> None:
    for _ in range(30):
        day.poll("vov", "failed")
        day.now += timedelta(minutes=5)
    assert jobs.notice(day.program) is not None
    again = open_store(f"sqlite:///{tmp_path / 'watch.db'}")
    restarted = jobs.Program(config=day.program.config, store=again, clock=day.program.clock)
    assert jobs.notice(restarted) is None
    assert len(again.outbox.rows()) == 1
    again.close()
    day.send()
    assert len(day.sent) == 1


def test_a_kill_while_a_notice_is_decided_neither_loses_nor_doubles_it(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(30):
        day.poll("vov", "failed")
        day.now += timedelta(minutes=5)
    with monkeypatch.context() as patch:
        patch.setattr("news.store.troubles._told", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            jobs.notice(day.program)
    assert day.program.store.outbox.rows() == ()
    day.run(12, lambda _: "failed")
    assert [subject for _, subject in day.sent] == [SUBJECT.format("VOV không đọc được")]


def test_the_daemon_tells_and_goes_on_when_the_database_fails(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DatabaseError("the disk is full")

    for _ in range(30):
        day.poll("vov", "failed")
        day.now += timedelta(minutes=5)
    daemon, said = Daemon(day.program), []
    monkeypatch.setattr(
        "crawler.daemon.log", SimpleNamespace(error=lambda event, **fields: said.append((event, fields["error"])))
    )
    with monkeypatch.context() as patch:
        patch.setattr(TroubleStore, "known", full)
        daemon._notice_tick()
    assert said == [("database_failed", "the disk is full")]
    assert day.program.store.outbox.rows() == ()
    daemon._notice_tick()
    assert [row.subscription for row in day.program.store.outbox.rows()] == ["operator"]


def test_no_subscription_takes_the_operators_name(tmp_path: Path) -> None:
    path = tmp_path / "tuantra.toml"
    path.write_text('[[subscriptions]]\nname = "operator"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="'operator' is the name of the notices"):
        load_config(str(path))


def test_the_operator_is_read_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tuantra.toml"
    path.write_text('[operator]\nto = ["op@example.org"]\nlanguage = "en"\nevery = "6h"\ndisk_mb = 900\n', encoding="utf-8")
    assert load_config(str(path)).operator == Operator(to=("op@example.org",), language="en", every=hours(6), disk_mb=900)
    path.write_text('[operator]\nto = ["nobody"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="to: 'nobody' is not an e-mail address"):
        load_config(str(path))
