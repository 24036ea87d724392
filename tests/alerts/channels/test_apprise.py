"""A note reaches a real server through Apprise, and what goes wrong is told without the service's passwords."""

import json
import logging
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import apprise
import pytest

from alerts.channels.apprise import Apprise, _service
from alerts.outbox import Deferred, Paused, Sent
from news.model import Message

NOTE = {"title": "Tuần tra: 2 tin mới", "body": "1. Đối thoại quốc phòng\nhttps://vov.vn/a.vov", "url": "https://vov.vn/a.vov"}
TOKEN = "T0k3nOfTheDesk"


@contextmanager
def serving(status=200, *, drop=False):
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if not drop:
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"json://news:p4ssw0rd@127.0.0.1:{server.server_port}/{TOKEN}", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def message(note=NOTE, recipient="duty"):
    return Message(message_id="<one@localhost>", channel="apprise", recipient=recipient, payload=json.dumps(note).encode())


@pytest.fixture
def logged():
    """What reaches the program's log. Not caplog, which listens to loggers that are meant to be silent, too."""
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(f"{record.name}: {record.getMessage()}")
    logging.getLogger().addHandler(handler)
    yield records
    logging.getLogger().removeHandler(handler)


def outcome_of(url, note=NOTE, recipient="duty"):
    with Apprise(targets={"duty": url}).session() as send:
        return send(message(note, recipient))


def test_a_note_arrives():
    with serving() as (url, received):
        assert outcome_of(url) == Sent(reply="taken by JSON")
    [note] = received
    assert (note["title"], note["message"]) == (NOTE["title"], NOTE["body"])


def test_a_link_that_the_text_does_not_hold_is_added():
    with serving() as (url, received):
        outcome_of(url, NOTE | {"body": "tin"})
    assert received[0]["message"] == "tin\n\nhttps://vov.vn/a.vov"


def test_hostile_words_arrive_as_harmless_ones():
    title = "Tin\x00 \x1b[31mđỏ\r\nBcc: x \ud800 ]]> <script>alert(1)</script> \u202eevil"
    body = "@everyone <!channel> gọi @here\x07\n<b>đậm</b> ]]> \udfff\na@example.org"
    with serving() as (url, received):
        assert isinstance(outcome_of(url, {"title": title, "body": body}), Sent)
    [note] = received
    assert note["title"] == "Tin [31mđỏ Bcc: x ]]> <script>alert(1)</script> evil"
    assert note["message"].split("\n")[1:] == ["<b>đậm</b> ]]>", "a@example.org"]
    for call in ("@everyone", "@here", "<!channel>"):
        assert call not in note["message"]


def test_a_refusal_says_why_and_no_password():
    with serving(401) as (url, _):
        outcome = outcome_of(url)
    assert isinstance(outcome, Deferred)
    assert not outcome.ambiguous
    assert outcome.reply.startswith("JSON: Failed to send JSON")
    assert "error=401" in outcome.reply
    for secret in (TOKEN, "p4ssw0rd"):
        assert secret not in outcome.reply


def test_a_service_that_is_missing_defers():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = outcome_of(f"json://127.0.0.1:{port}/{TOKEN}")
    assert isinstance(outcome, Deferred)
    assert not outcome.ambiguous
    assert TOKEN not in outcome.reply


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_service_that_hangs_up_after_the_note_is_ambiguous():
    with serving(drop=True) as (url, received):
        outcome = outcome_of(url)
    assert received
    assert isinstance(outcome, Deferred)
    assert outcome.ambiguous


def test_a_redirect_is_not_taken_for_success():
    with serving(301) as (url, received):
        assert isinstance(outcome_of(url), Deferred)
    assert len(received) == 1


def test_an_optional_service_that_fails_has_failed():
    with serving(500) as (url, _):
        assert isinstance(outcome_of(f"{url}?optional=yes"), Deferred)


def test_a_note_too_long_for_its_service_comes_in_parts(monkeypatch):
    with serving() as (url, received):
        monkeypatch.setattr(type(_service(url)), "body_maxlen", 200)
        assert isinstance(outcome_of(url, {"title": "t", "body": "\n".join(f"dòng {n}" for n in range(60))}), Sent)
    assert len(received) > 1
    assert "dòng 59" in received[-1]["message"]


@pytest.mark.parametrize("url", [f"nosuch://{TOKEN}", f"tgram://{TOKEN}", TOKEN, "", f"json://[{TOKEN}"])
def test_an_address_that_apprise_cannot_read_is_told_by_its_name(url, logged, capfd):
    outcome = outcome_of(url)
    assert outcome == Paused(reply="targets.duty: Apprise cannot read this address", target=True)
    assert TOKEN not in f"{logged}{capfd.readouterr().err}"


def test_an_unknown_target_is_told():
    assert outcome_of("json://127.0.0.1", recipient="dury") == Paused(
        reply="[apprise.targets] has no 'dury'; it has duty", target=True
    )


def test_a_fault_inside_a_service_is_told_without_its_address(monkeypatch):
    def fails(*_arguments, **_more):
        raise RuntimeError(f"no good: {TOKEN}")

    with serving() as (url, _):
        monkeypatch.setattr(apprise.Apprise, "notify", fails)
        assert outcome_of(url) == Deferred(reply="fault: RuntimeError: no good: ***", ambiguous=True)


def test_nothing_of_it_is_printed_or_logged(logged, capfd):
    channel = Apprise(targets={"duty": f"json://127.0.0.1:1/{TOKEN}"})
    with channel.session() as send:
        send(message())
    assert [line for line in logged if line.startswith("apprise")] == []
    assert TOKEN not in repr(channel) + capfd.readouterr().err


def test_our_own_mails_are_encoded_as_before():
    code = (
        "from email.mime.text import MIMEText; from alerts.channels.apprise import _service; mail = lambda: bytes(MIMEText('Đ', 'plain', 'utf-8')); "
        "before = mail(); assert _service('mailto://a:b@example.org'); assert mail() == before"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_who_does_not_use_apprise_does_not_load_it():
    code = (
        "import sys, alerts.channels; from alerts.channels.apprise import Apprise; Apprise(targets={'a': 'x://'}); "
        "sys.exit(bool({'apprise', 'requests'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_target_at_all_is_a_mistake():
    with pytest.raises(ValueError, match=r"^targets: "):
        Apprise(targets={})
