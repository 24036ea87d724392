"""`tuantra outbox`, `mail test`, `digest --resend` and `subscriptions` on a real store and a real mail server."""

import json
import os
import pty
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from alerts.outbox import Deferred, Paused, Refused
from alerts.subscription import Subscription, next_slot
from crawler.cli.subscription_text import schedule_words
from crawler.trials.mail_trial import diagnosis
from news.model import Digest, Message
from news.store import Store, open_store
from tests.builders import NOON, article, stored

SLOT, EARLIER = "2026-11-22T07:00+07:00", "2026-11-21T17:00+07:00"
READERS = ("a@example.org", "b@example.org")
MAIL = (
    b"Message-ID: <%s>\r\nTo: a@example.org\r\nFrom: watch@example.org\r\nDate: Sun, 22 Nov 2026 00:00:05 +0000\r\n"
    b"Subject: =?utf-8?q?Tu=E1=BA=A7n_tra?=\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    b"\xc4\x90\xe1\xbb\x91i tho\xe1\xba\xa1i \x1b[31m\r\n.\r\n"
)
NOTE = b'{"title": "Tin", "language": "vi", "updated": "2026-11-22T00:00:05Z", "entries": []}'


class Inbox:
    """A mail server's memory; `refuse` says what it answers to a recipient instead of 250."""

    def __init__(self, **refuse: str) -> None:
        self.refuse = refuse
        self.received: list[tuple[str, bytes]] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = self.refuse.get(address[0], "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append((envelope.rcpt_tos[0], envelope.original_content))
        return "250 taken"


@contextmanager
def serving(inbox: Inbox, **options: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), 1, datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1)
    )
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    signed = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*plain) + signed.public_bytes(serialization.Encoding.PEM))
    return file  # fmt: skip


@pytest.fixture
def encrypted(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def configure(home: Path, port: int = 1, **mail: str) -> None:
    told = {"tls": "none", **mail}
    (home / "tuantra.toml").write_text(
        f'[operator]\nto = ["b@example.org", "o@example.org"]\n[mail]\nhost = "127.0.0.1"\nport = {port}\nsender = "watch@example.org"\n'
        + "".join(f'{key} = "{value}"\n' for key, value in told.items())
        + f'[[subscriptions]]\nname = "analysts"\nto = {json.dumps(READERS)}\nchannels = ["email", "feed"]\nquiet = "11:00-13:00"\n'
        + '[[subscriptions]]\nname = "chiefs"\nto = ["A@example.org", "c@example.org"]\nschedule = "*/7 8 * * *"\n',
        encoding="utf-8",
    )


def owed(store: Store, slot: str, *recipients: str) -> None:
    letters = [
        Message(message_id=f"<{slot}-{to}>", channel="email", recipient=to, payload=MAIL % f"{slot[:10]}-{to}".encode())
        for to in recipients
    ]
    note = Message(message_id=f"<{slot}-feed>", channel="feed", recipient="analysts", payload=NOTE)
    assert store.alerts.decide(
        Digest(subscription="analysts", slot=slot, created=NOON, since=NOON, stories=()), [*letters, *([note] if len(letters) > 1 else [])]
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Five mails: 1 sent, 2 given up, whose reader is written to no more, 3 a feed's, 4 deferred, 5 pending."""
    configure(tmp_path)
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'tuantra.db'}")
    owed(store, EARLIER, *READERS)
    for settle in (
        lambda claim: store.outbox.sent(claim, NOON, "250 taken"),
        lambda claim: store.outbox.dead(claim, "RCPT TO: 550 no such user"),
    ):
        claim = store.outbox.claim("email", NOON)
        assert claim
        settle(claim)
    for days in (0, 1, 2):
        store.outbox.bounced("email", "b@example.org", NOON + timedelta(days=days), "550 no such user")
    owed(store, SLOT, "a@example.org")
    claim = store.outbox.claim("email", NOON)
    assert claim
    store.outbox.deferred(claim, NOON + timedelta(hours=1), "450 later", ambiguous=True)
    owed(store, "2026-11-22T12:00+07:00", "c@example.org")
    stored(store, article())
    store.close()
    return tmp_path


@pytest.fixture
def mails(home: Path) -> Callable[[], dict[int, str]]:
    def look() -> dict[int, str]:
        store = open_store(f"sqlite:///{home / 'data' / 'tuantra.db'}")
        found = {row.id: row.state for row in store.outbox.rows()}
        store.close()
        return found

    return look


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUANTRA", "LANG", "LC_"))}
    return {**kept, "PYTHONPATH": str(Path.cwd()), "TUANTRA_NOW": NOON.isoformat(), **more}


def tuantra(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler", *arguments]
    return subprocess.run(
        command,
        cwd=home,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def typed(home: Path, answer: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command whose standard input is a terminal on which somebody types."""
    master, terminal = pty.openpty()
    os.write(master, answer.encode() + b"\n")
    try:
        command = [sys.executable, "-m", "crawler", *arguments]
        return subprocess.run(command, cwd=home, env=environment(), stdin=terminal, capture_output=True, timeout=60, check=False)
    finally:
        os.close(master)
        os.close(terminal)


# ---- what there is


def test_the_mails_are_listed_with_their_states_and_who_is_written_to_no_more(home: Path) -> None:
    shown = tuantra(home, "outbox")
    assert shown.returncode == 0
    first, *lines, _, suspended, remedy = shown.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["5", "pending"], ["4", "deferred"], ["3", "pending"], ["2", "given"]]
    assert "2026-11-22 13:00" in lines[1]
    assert first.startswith("mail")
    assert suspended.startswith("b@example.org (email) is written to no more: refused 3 times since 2026-11-22 12:00")
    assert remedy.strip() == "tuantra outbox retry --dead --to b@example.org"
    few = json.loads(tuantra(home, "outbox", "list", "--state", "dead", "--state", "deferred", "--limit", "1", "--json").stdout)
    assert [(row["number"], row["ambiguous"]) for row in few["mails"]] == [(4, 1)]
    vietnamese = tuantra(home, "outbox", "--state", "dead", TUANTRA_LANGUAGE="vi").stdout
    assert "bỏ hẳn" in vietnamese
    assert "không còn được gửi thư: bị từ chối 3 lần" in vietnamese
    assert tuantra(home, "outbox", "--state", "sending").returncode == 3


def test_options_before_a_command_hold_for_it(home: Path) -> None:
    told = tuantra(home, "outbox", "--config", "/nowhere", "drop", "5")
    assert (told.returncode, "/nowhere" in told.stderr) == (2, True)


def test_a_mail_is_shown_as_its_reader_gets_it(home: Path) -> None:
    shown = tuantra(home, "outbox", "show", "1").stdout
    for line in ("mail 1: sent", "last reply: 250 taken", "To: a@example.org", "Subject: Tuần tra", "Đối thoại  [31m"):
        assert line in shown.splitlines()
    command = [sys.executable, "-m", "crawler", "outbox", "show", "1", "--raw"]
    raw = subprocess.run(command, cwd=home, env=environment(), capture_output=True, check=True).stdout
    assert raw == MAIL % b"2026-11-21-a@example.org"
    assert json.loads(tuantra(home, "outbox", "show", "3", "--json").stdout)["document"]["title"] == "Tin"
    unknown = tuantra(home, "outbox", "show", "99")
    assert (unknown.returncode, unknown.stdout) == (3, "")
    assert unknown.stderr == "There is no mail 99; `tuantra outbox` lists them.\n"


# ---- what is done by hand


def test_mails_are_tried_again_but_never_one_that_was_sent(home: Path, mails: Callable[[], dict[int, str]]) -> None:
    again = tuantra(home, "outbox", "retry", "1", "2", "4", "99")
    assert (again.returncode, again.stdout) == (0, "2 of 4 mails are due again.\n")
    assert mails() == {1: "sent", 2: "pending", 3: "pending", 4: "pending", 5: "pending"}
    assert tuantra(home, "outbox", "retry", "1").returncode == 3
    assert tuantra(home, "outbox", "retry", "1", "--dead").returncode == 2


def test_of_mails_that_are_left_alone_the_reason_is_told(home: Path) -> None:
    again = tuantra(home, "outbox", "retry", "1", "99")
    assert (again.returncode, again.stdout) == (3, "0 of 2 mails are due again.\n")
    sent, none = again.stderr.splitlines()
    remedy = "tuantra digest analysts --resend 2026-11-21T17:00+07:00 --to a@example.org"
    assert sent == f"mail 1: sent already; to send it once more: {remedy}"
    assert none == "mail 99: there is no such mail; `tuantra outbox` lists them"
    dropped = tuantra(home, "outbox", "drop", "2", TUANTRA_LANGUAGE="vi", PYTHONUTF8="1")
    assert dropped.stdout == "0/1 thư đã bỏ hẳn.\n"
    assert dropped.stderr == "thư 2: đã bỏ hẳn từ trước; `tuantra outbox retry 2` gửi lại được\n"


def test_what_was_dropped_by_hand_is_told_in_the_readers_words_and_time(home: Path) -> None:
    assert tuantra(home, "outbox", "drop", "5").returncode == 0
    assert "dropped by hand 2026-11-22 12:00" in tuantra(home, "outbox").stdout
    spoken = tuantra(home, "outbox", "show", "5", TUANTRA_LANGUAGE="vi", PYTHONUTF8="1").stdout
    assert "do người bỏ 2026-11-22 12:00" in spoken
    assert "bản tin: analysts" in spoken
    kept = json.loads(tuantra(home, "outbox", "show", "5", "--json").stdout)
    assert kept["last_reply"] == "dropped by hand 2026-11-22 05:00 UTC"


def test_a_reader_who_was_refused_is_forgiven_and_written_to_at_once(home: Path, mails: Callable[[], dict[int, str]]) -> None:
    with serving(inbox := Inbox()) as port:
        configure(home, port)
        again = tuantra(home, "outbox", "retry", "--dead", "--to", "B@example.org", "--now")
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines() == [
        "B@example.org is written to again.",
        "1 of 1 mail is due again.",
        # Sending sends what is due: the feed's message and the mail that waits, too.
        "mails: 3 sent, 0 deferred, 0 given up",
    ]
    assert sorted(recipient for recipient, _ in inbox.received) == ["b@example.org", "c@example.org"]
    assert mails()[2] == "sent"
    assert json.loads(tuantra(home, "outbox", "--json").stdout)["refused"] == []


def test_mails_are_dropped_after_a_question_on_a_terminal(home: Path, mails: Callable[[], dict[int, str]]) -> None:
    asked = typed(home, "n", "outbox", "drop", "1", "5")
    assert (asked.returncode, mails()[5]) == (3, "pending")
    assert b"Give up those of them that wait?" in asked.stdout
    assert typed(home, "y", "outbox", "drop", "1", "5").stdout.endswith(b"1 of 2 mails are given up.\n")
    assert (mails()[1], mails()[5]) == ("sent", "dead")
    assert typed(home, "", "outbox", "drop", "4", "--yes").returncode == 0
    assert tuantra(home, "outbox", "drop", "3").returncode == 0
    assert tuantra(home, "outbox", "drop", "1", "99").returncode == 3
    # What somebody has dropped comes back by its number only.
    assert tuantra(home, "outbox", "retry", "--dead").stdout == "1 of 1 mail is due again.\n"
    assert tuantra(home, "outbox", "retry", "5").returncode == 0


def test_nothing_by_hand_touches_a_mail_that_is_being_sent(store: Store) -> None:
    owed(store, SLOT, "a@example.org")
    assert store.outbox.claim("email", NOON)
    assert (store.outbox.retry([1], NOON), store.outbox.drop([1], NOON), store.outbox.again(None, SLOT, NOON)) == (0, 0, ())
    [row] = store.outbox.rows()
    assert row.state == "sending"


def test_a_slot_is_sent_once_more_with_the_same_bytes(home: Path, mails: Callable[[], dict[int, str]]) -> None:
    with serving(inbox := Inbox(b="550 no such user")) as port:
        configure(home, port)
        assert tuantra(home, "digest", "--resend", SLOT, "--to", "a@example.org").returncode == 0
        told = tuantra(home, "digest", "analysts", "--resend", "2026-11-22 07:0")
        assert told.returncode == 0
        assert told.stdout.splitlines() == ["1 mail is sent once more.", "mails: 1 sent, 0 deferred, 0 given up"]
        first, second = [mail for mail in inbox.received if mail[0] == "a@example.org"]
        assert first == second == ("a@example.org", MAIL % b"2026-11-22-a@example.org")
        assert message_from_bytes(first[1])["Message-ID"] == "<2026-11-22-a@example.org>"
        # One that was sent and one that was given up, to all who had them.
        whole = tuantra(home, "digest", "--resend", "2026-11-21")
    assert (whole.returncode, "mails: 2 sent, 0 deferred, 1 given up" in whole.stdout) == (1, True)
    assert whole.stdout.splitlines()[-1].endswith("data/feeds/analysts.atom")
    assert inbox.received[-1] == ("a@example.org", MAIL % b"2026-11-21-a@example.org")
    assert mails() == {1: "sent", 2: "dead", 3: "sent", 4: "sent", 5: "sent"}


def test_what_was_dropped_by_hand_is_sent_once_more_only_to_whom_it_is_named_for(store: Store) -> None:
    owed(store, SLOT, "a@example.org", "b@example.org")
    store.outbox.drop([1], NOON)
    assert store.outbox.again(None, SLOT, NOON) == (2, 3)
    assert store.outbox.again(None, SLOT, NOON, recipient="a@example.org") == (1,)


def test_while_another_process_sends_it_takes_the_mails(home: Path) -> None:
    store = open_store(f"sqlite:///{home / 'data' / 'tuantra.db'}")
    with store.outbox.sender():
        told = tuantra(home, "digest", "--resend", SLOT)
    store.close()
    assert (told.returncode, "Another process is sending" in told.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--resend", "2025"), f"slot '2025': no mail was written for it; the last ones are 2026-11-22T12:00+07:00, {SLOT}, {EARLIER}"),
        (("--resend", "2026-11-22"), "slot '2026-11-22': 2 slots begin so; write more of it: 2026-11-22T12:00+07:00, 2026-11-22T07:00"),
        (("--resend", "2026-11-2%"), "no mail was written for it"),
        (("chiefs", "--resend", SLOT), "no mail of subscription 'chiefs' was written for it; no mail was written yet"),
        (("--resend", SLOT, "--to", "x@example.org"), "nothing of slot 2026-11-22T07:00+07:00 was for them; did you mean 'a@example.org'?"),
        (("--resend", SLOT, "--dry-run"), "--resend goes with --to and a subscription only"),
        (("--to", "a@example.org"), "--to goes with --resend SLOT"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_once_more_is_told(home: Path, arguments: tuple[str, ...], said: str) -> None:
    told = tuantra(home, "digest", *arguments)
    assert (told.returncode, said in told.stderr) == (2, True), told.stderr


# ---- a test mail


def test_a_test_mail_tells_for_each_reader_what_the_server_answers(home: Path, mails: Callable[[], dict[int, str]]) -> None:
    before = mails()
    with serving(inbox := Inbox(b="550 5.1.1 no such user", c="450 4.2.0 later")) as port:
        configure(home, port)
        told = tuantra(home, "mail", "test")
        alone = tuantra(home, "mail", "test", "d@example.org", TUANTRA_LANGUAGE="vi")
    assert told.returncode == 1
    lines = told.stdout.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "A@example.org: accepted",
        "b@example.org: the recipient is refused",
        "c@example.org: refused for now",
        "o@example.org: accepted",
    ]
    assert lines[3] == "    RCPT TO: 550 5.1.1 no such user"
    assert lines[4].startswith("    → Correct the address")
    assert (alone.returncode, alone.stdout.splitlines()[0]) == (0, "d@example.org: đã nhận")
    assert mails() == before
    mail = message_from_bytes(inbox.received[-1][1])
    html_and_text = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert html_and_text == ["text/plain", "text/html"]
    assert "thư thử".encode() in (next(mail.walk()).get_payload(0).get_payload(decode=True))  # type: ignore[union-attr]


def attempts(home: Path, *arguments: str, **more: str) -> list[str]:
    return [
        json.loads(line)["diagnosis"] for line in tuantra(home, "mail", "test", *arguments, "--json", **more).stdout.splitlines()
    ]


def test_a_wrong_password_a_certificate_and_a_missing_starttls_are_told_apart(
    home: Path, encrypted: ssl.SSLContext, certificate: Path
) -> None:
    (home / "password").write_text("wrong")
    login = {"user": "watch", "password": f"file:{home / 'password'}"}

    def check(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False, message="535 5.7.8 wrong")

    with serving(Inbox(), tls_context=encrypted, authenticator=check) as port:
        configure(home, port, tls="starttls", **login)
        assert attempts(home, "a@example.org") == ["certificate"]
        told = tuantra(home, "mail", "test", "a@example.org", SSL_CERT_FILE=str(certificate))
        assert told.returncode == 1
        assert told.stdout.splitlines()[0] == "a@example.org: wrong user or password"
        assert "wrong" not in told.stdout.splitlines()[2]
        configure(home, port, tls="tls")
        assert attempts(home, "a@example.org") == ["encryption"]
    with serving(Inbox()) as port:
        configure(home, port, tls="starttls")
        assert attempts(home, "a@example.org") == ["starttls"]


def test_without_a_server_nothing_is_reached_and_without_a_setting_the_key_is_named(home: Path) -> None:
    assert attempts(home) == ["unreachable"] * 4
    told = tuantra(home, "mail", "test", "nobody")
    assert (told.returncode, "is not an e-mail address" in told.stderr) == (2, True)
    (home / "tuantra.toml").unlink()
    told = tuantra(home, "mail", "test", "a@example.org")
    assert (told.returncode, "mail: no mail server is set; write [mail]" in told.stderr) == (2, True)


def test_other_channels_are_tried_too(home: Path) -> None:
    assert attempts(home, "--channel", "file") == ["accepted"]
    (page,) = (home / "data" / "mail").glob("*.html")
    assert "thư thử" in page.read_text(encoding="utf-8")
    assert attempts(home, "--channel", "feed") == ["accepted"]
    assert "thư thử" in (home / "data" / "feeds" / "test.atom").read_text(encoding="utf-8")
    with (home / "tuantra.toml").open("a") as file, socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        file.write(f'[webhook.targets]\ndesk = "file:{home / "hook"}"\n')
        (home / "hook").write_text(f"http://127.0.0.1:{port}/")
    assert attempts(home, "--channel", "webhook") == ["unreachable"]
    for channel, said in (("webhook:dsk", "did you mean 'desk'?"), ("apprise", "apprise: is not set"), ("fax", "unknown")):
        told = tuantra(home, "mail", "test", "--channel", channel)
        assert (told.returncode, said in told.stderr) == (2, True), told.stderr


@pytest.mark.parametrize(
    ("outcome", "channel", "found"),
    [
        (Paused(reply="MAIL FROM: 530 5.7.0 Authentication required"), "email", "login"),
        (Paused(reply="MAIL FROM: 550 not yours"), "email", "sender"),
        (Paused(reply="connection: 554 go away"), "email", "server"),
        (Paused(reply="connection: SMTP AUTH extension not supported by server."), "email", "no_login"),
        (Deferred(reply="connection: 421 busy"), "email", "temporary"),
        (Deferred(reply="connection: timed out"), "email", "unreachable"),
        (Deferred(reply="no reply after the final dot: timed out", ambiguous=True), "email", "unknown"),
        (Refused(reply="end of DATA: 554 spam"), "email", "mail"),
        (Paused(reply="/data: cannot write: Permission denied"), "file", "disk"),
        (Deferred(reply="401 Unauthorized"), "webhook", "not_taken"),
        (Deferred(reply="TLS: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"), "webhook", "certificate"),
    ],
)
def test_what_stands_in_the_way_is_read_from_the_reply(outcome: Any, channel: str, found: str) -> None:
    assert diagnosis(outcome, channel) == found


# ---- the subscriptions


def test_each_subscription_tells_what_it_is_and_what_waits(home: Path) -> None:
    analysts, chiefs = json.loads(tuantra(home, "subscriptions", "--json").stdout)
    assert [(route["recipient"], route["suspended"]) for route in analysts["routes"]] == [
        ("a@example.org", False),
        ("b@example.org", True),
        ("analysts", False),
    ]
    assert (analysts["last_slot"], analysts["next_slot"]) == ("2026-11-22T12:00+07:00", "2026-11-22T17:00+07:00")
    assert analysts["last_mail"]["slot"] == "2026-11-22T12:00+07:00"
    assert (analysts["waiting"], analysts["mails"]) == (1, {"sent": 1, "dead": 1, "pending": 2, "deferred": 1})
    assert (chiefs["last_slot"], chiefs["next_slot"], chiefs["mails"]) == (None, "2026-11-23T08:00+07:00", {})
    shown = tuantra(home, "subscriptions").stdout
    assert "when: daily at 7:00, 12:00, 17:00 (Asia/Ho_Chi_Minh); quiet 11:00-13:00" in shown
    assert "when: */7 8 * * * (Asia/Ho_Chi_Minh)" in shown
    assert "mails: 3 waiting, 1 given up" in shown
    vietnamese = tuantra(home, "subscriptions", TUANTRA_LANGUAGE="vi").stdout
    assert "lịch gửi: hằng ngày lúc 7:00, 12:00, 17:00" in vietnamese
    assert "b@example.org (email) (không còn được gửi thư)" in vietnamese


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("0 7,12 * * *", "daily at 7:00, 12:00"),
        ("30 8 * * mon-fri; 5 9 * * 6,7", "Monday to Friday at 8:30; Saturday, Sunday at 9:05"),
        ("*/15 * * * *", "every 15 minutes"),
        ("* * * * *", "every minute"),
        ("0 */2 * * *", "0 */2 * * *"),
        ("0 7 1 * *; 0 7 * * mon", "0 7 1 * *; 0 7 * * mon"),
    ],
)
def test_a_simple_schedule_is_put_into_words(schedule: str, words: str) -> None:
    assert schedule_words(schedule) == words


@pytest.mark.parametrize(
    ("changes", "following"),
    [
        ({}, "2026-11-22T17:00+07:00"),
        ({"schedule": "* * * * *", "quiet": "10:00-22:30"}, "2026-11-22T22:30+07:00"),
        ({"schedule": "* * * * *", "quiet": "11:00-02:00"}, "2026-11-23T02:00+07:00"),
        ({"schedule": "0 3 * * *", "quiet": "22:00-06:00"}, None),
        ({"schedule": "0 7 * * mon; 0 6 1 * *"}, "2026-11-23T07:00+07:00"),
    ],
)
def test_the_next_slot_is_known(changes: dict[str, Any], following: str | None) -> None:
    assert next_slot(Subscription(name="analysts", **changes), NOON) == following
