"""The real daemon in a process of its own, before a web and a mail server on loopback: stopped, killed, doubled, left without mail."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from crawler.catalogue import all_sites
from crawler.demo.check import told
from crawler.demo.postbox import Postbox, postbox
from news.store import Store, open_store
from tests.builders import NOON
from tests.web import FOOTBALL, RELEVANT, Answer, Web, rss, vov_page

# Just before a full minute, when a digest is due: the daemon looks when it has started, and then every five seconds.
START = datetime.fromisoformat("2026-11-22T12:00:59.9+07:00")
HEAD_START = timedelta(seconds=12)  # to crawl in before the slot, on a machine that is busy
FEED = "https://vov.vn/rss.xml"
DIALOGUE = "https://vov.vn/quan-su-quoc-phong/doi-thoai-quoc-phong-post1300001.vov"
SALUTE = "https://vov.vn/quan-su-quoc-phong/hai-quan-tuan-tra-chung-post1300002.vov"
MATCH = "https://vov.vn/the-thao/tran-dau-post1300003.vov"
PATROL = (
    "Biên đội tàu Vùng 5 Hải quân Việt Nam và tàu Hải quân Hoàng gia Campuchia vừa kết thúc chuyến tuần tra chung trên biển.",
    "Trong hai ngày, các tàu cùng luyện tập tìm kiếm cứu nạn, trao đổi thông tin và chào xã giao tại cảng Ream.",
    "Chuẩn đô đốc chỉ huy biên đội cho biết đây là lần thứ bảy hải quân hai nước phối hợp tuần tra ở vùng nước lịch sử.",
)


@dataclass(kw_only=True)
class Daemon:
    """One life of `tuantra run`."""

    process: subprocess.Popen[bytes]
    log: Path
    out: Path

    def events(self, name: str = "") -> list[dict[str, Any]]:
        rows = [json.loads(line) for line in self.log.read_bytes().split(b"\n")[:-1]]
        return [row for row in rows if name in ("", row["event"])]

    def has(self, event: str) -> bool:
        return f'"{event}"' in self.log.read_text(encoding="utf-8")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """How long it took to end cleanly, once it can: a signal ends a program that still loads its modules at once."""
        until(lambda: self.has("started"))
        began = time.monotonic()
        self.process.send_signal(number)
        assert self.process.wait(15) == 0
        return time.monotonic() - began


@dataclass(kw_only=True)
class Place:
    """Where daemons live: a web, a mail server, a configuration and a database."""

    folder: Path
    lives: list[Daemon] = field(default_factory=list)

    @contextmanager
    def daemon(self, now: datetime = START) -> Iterator[Daemon]:
        stem = self.folder / f"life-{len(self.lives)}"
        log, out = stem.with_suffix(".err"), stem.with_suffix(".out")
        with log.open("wb") as errors, out.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "crawler", "run", "--config", str(self.folder / "tuantra.toml")],
                stdout=output, stderr=errors, env={**os.environ, "TUANTRA_NOW": now.isoformat()},
            )  # fmt: skip
        self.lives.append(Daemon(process=process, log=log, out=out))
        try:
            yield self.lives[-1]
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(10)

    @contextmanager
    def store(self) -> Iterator[Store]:
        opened = open_store(f"sqlite:///{self.folder / 'watch.db'}")
        try:
            yield opened
        finally:
            opened.close()


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as served:
        for listing in all_sites()["vov"].dated_listings(NOON):
            served[listing.url] = rss()
        served[FEED] = rss((DIALOGUE, "Đối thoại"), (SALUTE, "Tuần tra chung"), (MATCH, "Trận đấu"))
        served[DIALOGUE] = vov_page(DIALOGUE, "Đối thoại quốc phòng Việt Nam - Campuchia", RELEVANT[0], RELEVANT[1:])
        served[SALUTE] = vov_page(SALUTE, "Hải quân Việt Nam - Campuchia tuần tra chung", PATROL[0], PATROL[1:])
        served[MATCH] = vov_page(MATCH, "Việt Nam gặp Campuchia", FOOTBALL[0], FOOTBALL[1:])
        yield served


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Postbox]:
    with postbox(tmp_path / "mail") as taking:
        yield taking


@pytest.fixture
def settle(web: Web, tmp_path: Path) -> Callable[[int], Place]:
    """Write a configuration that mails to this port."""

    def settled(port: int) -> Place:
        (tmp_path / "tuantra.toml").write_text(
            f"""[watch]
sites = ["vov"]
every = "1m"
[fetch]
via = "{web.prefix}"
delay = "0.001s"
[store]
database = "sqlite:///watch.db"
[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "Tuần tra <tuantra@example.org>"
[[subscriptions]]
name = "analysts"
to = ["analyst@example.org", "colonel@example.org"]
schedule = "* * * * *"
""",
            encoding="utf-8",
        )
        return Place(folder=tmp_path)

    return settled


@pytest.fixture
def place(settle: Callable[[int], Place], box: Postbox) -> Place:
    return settle(box.port)


def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def all_sent(place: Place, mails: int) -> Callable[[], bool]:
    def sent() -> bool:
        with place.store() as store:
            return [row.state for row in store.outbox.rows()] == ["sent"] * mails

    return sent


def all_told(place: Place) -> Callable[[], bool]:
    """Both stories are decided and every mail is sent."""

    def done() -> bool:
        with place.store() as store:
            rows = store.outbox.rows()
            stories = [story.id for story in store.stories.relevant()]
            return (
                len(stories) == 2
                and all(store.alerts.told_to(story) for story in stories)
                and {row.state for row in rows} == {"sent"}
            )

    return done


def test_it_polls_tells_each_reader_once_and_stops_cleanly(place: Place, box: Postbox) -> None:
    with place.daemon(START - HEAD_START) as daemon:
        until(lambda: len(box.arrived) == 2 and len(daemon.events("mail_sent")) == 2)
        assert daemon.stop() < 10
    assert [row["event"] for row in daemon.events()][-2:] == ["stopping", "stopped"]
    assert {row["level"] for row in daemon.events()} <= {"info", "warning"}
    assert daemon.out.read_bytes() == b""
    assert sorted(arrived.recipients for arrived in box.arrived) == [("analyst@example.org",), ("colonel@example.org",)]
    assert [sorted(told(arrived.mail)) for arrived in box.arrived] == [[(DIALOGUE,), (SALUTE,)]] * 2
    with place.daemon(START + timedelta(minutes=2)) as later:
        until(lambda: later.has("digest_decided") and later.has("site_polled"))
    assert [row["stories"] for row in later.events("digest_decided")] == [0]
    assert len(box.arrived) == 2


def test_a_slot_that_was_missed_while_it_was_off_tells_what_has_come_since(place: Place, web: Web, box: Postbox) -> None:
    news, web[FEED] = web.pages[FEED], rss()
    with place.daemon(START) as daemon:
        until(lambda: daemon.has("digest_decided"))
        daemon.stop()
    web.pages[FEED] = news
    with place.daemon(START + timedelta(minutes=30)) as later:
        until(lambda: len(box.arrived) == 2)
        later.stop()
    assert next(row["stories"] for row in later.events("digest_decided")) == 2


def test_it_stops_in_the_middle_of_a_crawl(place: Place, web: Web) -> None:
    web[FEED] = Answer(hang=60)
    with place.daemon() as daemon:
        until(lambda: FEED in web.urls())
        assert daemon.stop(signal.SIGINT) < 10
    assert daemon.has("stopped")
    web[FEED] = rss((DIALOGUE, "Đối thoại"))
    with place.daemon() as daemon:
        until(lambda: daemon.has("site_polled"))
    assert daemon.has("article_stored")


def test_nothing_is_lost_or_told_twice_when_it_is_killed_at_every_turn(place: Place, web: Web, box: Postbox) -> None:
    def killed(when: Callable[[Daemon], Any], minutes: int) -> None:
        with place.daemon(START + timedelta(minutes=minutes)) as daemon:
            until(lambda: when(daemon))

    killed(lambda daemon: daemon.has("started"), 0)
    killed(lambda _daemon: DIALOGUE in web.urls(), 0)
    killed(lambda daemon: daemon.has("article_stored"), 0)
    killed(lambda daemon: daemon.has("site_polled"), 1)
    killed(lambda daemon: daemon.has("digest_decided"), 2)
    killed(lambda _daemon: box.arrived, 3)
    with place.daemon(START + timedelta(minutes=5)) as daemon:
        until(all_told(place))
        daemon.stop()
    with place.store() as store:
        assert sorted(stored.article.canonical_url for stored in store.articles.export()) == [DIALOGUE, SALUTE]
        assert store.addresses.quarantined() == ()
        owed = {row.message_id for row in store.outbox.rows()}
    # A kill between the two articles may spread them over two digests, but tells neither twice.
    copies = {(arrived.mail["Message-ID"], arrived.recipients): arrived for arrived in box.arrived}
    assert {message_id for message_id, _ in copies} == owed
    seen = {(arrived.mail["Message-ID"], arrived.recipients, arrived.eml.read_bytes()) for arrived in box.arrived}
    assert len(seen) == len(copies), "a repeat is the same mail, byte for byte"
    for reader in ("analyst@example.org", "colonel@example.org"):
        stories = [story for (_, to), arrived in copies.items() if to == (reader,) for story in told(arrived.mail)]
        assert sorted(stories) == [(DIALOGUE,), (SALUTE,)]
    assert len(box.arrived) <= len(copies) + 7


def test_a_second_daemon_beside_it_does_no_harm(place: Place, web: Web, box: Postbox) -> None:
    begin = START - HEAD_START
    with place.daemon(begin) as one, place.daemon(begin) as other:
        until(all_sent(place, mails=2))
        until(lambda: one.has("digest_decided") or other.has("digest_decided"))
        until(lambda: one.has("site_polled") or other.has("site_polled"))
        assert max(one.stop(), other.stop()) < 10
    assert sorted(arrived.recipients for arrived in box.arrived) == [("analyst@example.org",), ("colonel@example.org",)]
    assert {row["level"] for row in one.events() + other.events()} <= {"info", "warning"}
    assert len([url for url in web.urls() if url == DIALOGUE]) == 1


def test_mail_waits_for_a_server_that_is_missing(settle: Callable[[int], Place], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    place, late = settle(port), Postbox(folder=tmp_path / "mail")
    with place.daemon() as daemon:
        until(lambda: daemon.has("digest_decided") and daemon.has("site_polled"))
    with place.daemon(START + timedelta(minutes=2)) as daemon:
        until(lambda: len(daemon.events("mail_deferred")) == 2)
        daemon.stop()
    controller = Controller(late, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with place.daemon(START + timedelta(minutes=10)):
            until(all_sent(place, mails=2))
    finally:
        controller.stop()
    assert [told(arrived.mail) for arrived in late.arrived] == [told(late.arrived[0].mail)] * 2
    assert sorted(told(late.arrived[0].mail)) == [(DIALOGUE,), (SALUTE,)]


def test_a_changed_configuration_is_obeyed_and_what_is_urgent_does_not_wait(place: Place, box: Postbox) -> None:
    file = place.folder / "tuantra.toml"
    nightly = file.read_text(encoding="utf-8").replace("* * * * *", "0 23 * * *")
    file.write_text(nightly, encoding="utf-8")
    with place.daemon() as daemon:
        until(lambda: daemon.has("site_polled"))
        assert box.arrived == []
        file.write_text(f"{nightly}[subscriptions.immediate]\nminimum_score = 0.1\n", encoding="utf-8")
        until(lambda: len(box.arrived) == 2)
        assert daemon.stop() < 10
    assert daemon.has("config_taken")
    assert [row["kind"] for row in daemon.events("digest_decided")] == ["immediate"]
    assert [sorted(told(arrived.mail)) for arrived in box.arrived] == [[(DIALOGUE,), (SALUTE,)]] * 2
