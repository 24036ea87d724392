"""A digest is posted to a real server on loopback, signed, and whatever that answers ends in the right state."""

import hashlib
import hmac
import re
import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from alerts.channels.webhook import Webhook
from alerts.outbox import Deferred, Paused, Refused, Sent
from news.model import Message

PAYLOAD = '{"subject": "Tuần tra 07:00", "stories": []}'.encode()
TOKEN = "xoxT0k3nT0k3n"
OPERATING = Path(__file__).parents[3] / "docs" / "operating.md"


class Receiver:
    """A web server's memory and mood: `answer` is (status, headers, body) or a function from the path to that."""

    def __init__(self, status=200, headers=(), body=b"ok"):
        self.answer = lambda _path: (status, dict(headers), body)
        self.received = []


@contextmanager
def serving(receiver, context=None):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append((self.path, dict(self.headers.items()), body))
            status, headers, said = receiver.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_arguments: None
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def raw(behave):
    """A server that does what `behave` does with each connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    knocks = []

    def serve():
        while not ended.is_set():
            connection, _ = listener.accept()
            with connection:
                if not ended.is_set():
                    knocks.append(1)
                    behave(connection, ended)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], knocks
    finally:
        ended.set()
        with socket.create_connection(listener.getsockname()):
            pass
        thread.join(5)
        listener.close()


def read_request(connection):
    got = b""
    while not got.endswith(PAYLOAD) and (more := connection.recv(65536)):
        got += more
    return got


def hook(port, path=f"/hooks/{TOKEN}", **changes):
    return Webhook(**{"targets": {"desk": f"http://127.0.0.1:{port}{path}"}, "timeout": timedelta(seconds=5)} | changes)


def message(recipient="desk", message_id="<one@example.org>"):
    return Message(message_id=message_id, channel="webhook", recipient=recipient, payload=PAYLOAD)


def outcomes(channel, *recipients):
    with channel.session() as send:
        return [send(message(recipient)) for recipient in recipients or ("desk",)]


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


# ---- what is sent


def test_a_digest_arrives_byte_for_byte_with_its_identity():
    receiver = Receiver()
    with serving(receiver) as port:
        assert outcomes(hook(port, "/hook?a=1&b=2")) == [Sent(reply="200 OK")]
    [(path, headers, body)] = receiver.received
    assert path == "/hook?a=1&b=2"
    assert body == PAYLOAD
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Tuantra-Delivery"] == "<one@example.org>"
    assert abs(int(headers["X-Tuantra-Timestamp"]) - time.time()) < 10
    assert "X-Tuantra-Signature" not in headers


def test_three_repeats_carry_one_identity_and_the_same_bytes():
    receiver = Receiver()
    with serving(receiver) as port:
        assert len(outcomes(hook(port, secret="k"), "desk", "desk", "desk")) == 3
    assert len({(headers["X-Tuantra-Delivery"], body) for _, headers, body in receiver.received}) == 1


def test_a_receiver_can_verify_who_sent_it_when_and_which():
    receiver = Receiver()
    with serving(receiver) as port:
        outcomes(hook(port, secret="khóa bí mật"))
    [(_, headers, body)] = receiver.received

    def sign(secret, delivery, stamp, content):
        return "sha256=" + hmac.new(secret.encode(), f"{delivery}.{stamp}.".encode() + content, hashlib.sha256).hexdigest()

    delivery, stamp, signature = (headers[f"X-Tuantra-{name}"] for name in ("Delivery", "Timestamp", "Signature"))
    assert signature == sign("khóa bí mật", delivery, stamp, body)
    assert signature != sign("khóa khác", delivery, stamp, body)
    assert signature != sign("khóa bí mật", "<two@example.org>", stamp, body)
    assert signature != sign("khóa bí mật", delivery, str(int(stamp) + 1), body)


def test_the_documented_way_to_verify_works():
    block = re.search(r"```python\n(.+?)```", OPERATING.read_text(encoding="utf-8"), re.DOTALL)
    scope = {}
    exec(block[1], scope)
    genuine = scope["genuine"]
    receiver = Receiver()
    with serving(receiver) as port:
        outcomes(hook(port, secret="key"))
    [(_, headers, body)] = receiver.received
    assert genuine(headers, body, "key")
    assert not genuine(headers, body, "other")
    assert not genuine(headers, body + b" ", "key")
    assert not genuine(headers | {"X-Tuantra-Timestamp": str(int(time.time()) - 3600)}, body, "key")


def test_a_target_may_have_a_secret_of_its_own():
    desk, archive = Receiver(), Receiver()
    with serving(desk) as one, serving(archive) as other:
        targets = {"desk": f"http://127.0.0.1:{one}/", "archive": f"http://127.0.0.1:{other}/"}
        outcomes(Webhook(targets=targets, secret="shared", secrets={"archive": "own"}), "desk", "archive")
    for receiver, secret in ((desk, b"shared"), (archive, b"own")):
        [(_, headers, body)] = receiver.received
        signed = f"{headers['X-Tuantra-Delivery']}.{headers['X-Tuantra-Timestamp']}.".encode() + body
        assert headers["X-Tuantra-Signature"] == f"sha256={hmac.new(secret, signed, 'sha256').hexdigest()}"


def test_name_and_password_of_the_address_become_a_login():
    receiver = Receiver()
    with serving(receiver) as port:
        outcomes(Webhook(targets={"desk": f"http://news:b%C3%AD%20m%E1%BA%ADt@127.0.0.1:{port}/"}))
    [(path, headers, _)] = receiver.received
    assert path == "/"
    assert headers["Authorization"] == "Basic bmV3czpiw60gbeG6rXQ="
    assert "news" not in headers["Host"]


# ---- what is answered


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_is_taken(status):
    with serving(Receiver(status)) as port:
        assert isinstance(outcomes(hook(port))[0], Sent)


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 405, 407])
def test_a_wrong_address_or_secret_pauses_the_target_until_somebody_mends_it(status):
    with serving(Receiver(status, {"Location": "http://127.0.0.1:1/"})) as port:
        [outcome] = outcomes(hook(port))
    assert isinstance(outcome, Paused)
    assert outcome.target
    assert outcome.reply.startswith(str(status))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_passes_by_itself_is_tried_later(status):
    with serving(Receiver(status)) as port:
        [outcome] = outcomes(hook(port))
    assert isinstance(outcome, Deferred)
    assert not outcome.ambiguous
    assert outcome.reply.startswith(str(status))


@pytest.mark.parametrize("status", [400, 409, 410, 413, 415, 422])
def test_what_the_receiver_has_read_and_refused_is_given_up(status):
    with serving(Receiver(status, body=b'{"error": "no such field"}')) as port:
        [outcome] = outcomes(hook(port))
    assert isinstance(outcome, Refused)
    assert "no such field" in outcome.reply
    assert outcome.recipient == (status == 410)


def test_a_redirect_is_not_followed():
    elsewhere = Receiver()
    with serving(elsewhere) as other, serving(Receiver(307, {"Location": f"http://127.0.0.1:{other}/"})) as port:
        outcomes(hook(port))
    assert elsewhere.received == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_target_says_when_and_is_left_alone(status):
    receiver = Receiver(status, {"Retry-After": "120"})
    with serving(receiver) as port:
        first, second = outcomes(hook(port), "desk", "desk")
    assert "Retry-After: 120" in first.reply
    assert isinstance(second, Deferred)
    assert second.reply.startswith("not tried")
    assert len(receiver.received) == 1


# ---- what goes wrong


def test_a_missing_target_defers_without_knocking_again_and_the_others_are_served():
    receiver = Receiver()
    with serving(receiver) as port:
        channel = Webhook(targets={"gone": f"http://127.0.0.1:{closed_port()}/", "desk": f"http://127.0.0.1:{port}/"})
        first, second, third, fourth = outcomes(channel, "gone", "gone", "desk", "nobody")
    assert isinstance(first, Deferred)
    assert not first.ambiguous
    assert "refused" in first.reply
    assert second.reply.startswith("not tried")
    assert isinstance(third, Sent)
    assert fourth == Paused(reply="[webhook.targets] has no 'nobody'; it has desk, gone", target=True)


def test_a_connection_lost_after_the_request_is_ambiguous():
    with raw(lambda connection, _ended: read_request(connection)) as (port, _):
        [outcome] = outcomes(hook(port))
    assert isinstance(outcome, Deferred)
    assert outcome.ambiguous


def test_an_answer_that_is_no_http_is_ambiguous():
    def behave(connection, _ended):
        read_request(connection)
        connection.sendall(b"what?\r\n")

    with raw(behave) as (port, _):
        [outcome] = outcomes(hook(port))
    assert isinstance(outcome, Deferred)
    assert outcome.ambiguous


def test_silence_after_the_request_is_ambiguous_and_is_not_waited_for_twice():
    def behave(connection, ended):
        read_request(connection)
        ended.wait(10)

    with raw(behave) as (port, knocks):
        began = time.monotonic()
        first, second = outcomes(hook(port, timeout=timedelta(seconds=0.3)), "desk", "desk")
    assert time.monotonic() - began < 3
    assert first == Deferred(reply="no answer to the request: nothing within 0.3 s", ambiguous=True)
    assert not second.ambiguous
    assert len(knocks) == 1


def test_an_answer_that_drips_does_not_hold_up_the_others():
    def behave(connection, ended):
        read_request(connection)
        try:
            while not ended.wait(0.05):
                connection.sendall(b"H")
        except OSError:
            pass

    with raw(behave) as (port, _):
        began = time.monotonic()
        [outcome] = outcomes(hook(port, timeout=timedelta(seconds=0.4)))
    assert time.monotonic() - began < 3
    assert isinstance(outcome, Deferred)
    assert outcome.ambiguous


def test_a_refusal_before_all_was_sent_is_heard():
    def behave(connection, _ended):
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    big = Message(message_id="<b@c>", channel="webhook", recipient="desk", payload=b"[" + b" " * 5_000_000 + b"]")
    with raw(behave) as (port, _), hook(port).session() as send:
        outcome = send(big)
    assert outcome == Refused(reply="413 Too Large")


def test_a_request_that_was_cut_off_is_not_ambiguous():
    def behave(connection, _ended):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.recv(100)

    big = Message(message_id="<b@c>", channel="webhook", recipient="desk", payload=b"[" + b" " * 50_000_000 + b"]")
    with raw(behave) as (port, _), hook(port).session() as send:
        outcome = send(big)
    assert isinstance(outcome, Deferred)
    assert not outcome.ambiguous


# ---- TLS


def test_a_digest_travels_encrypted(certificate, context, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    receiver = Receiver()
    with serving(receiver, context) as port:
        assert outcomes(Webhook(targets={"desk": f"https://127.0.0.1:{port}/"})) == [Sent(reply="200 OK")]
    assert [body for _, _, body in receiver.received] == [PAYLOAD]


def test_a_certificate_that_nobody_vouches_for_gets_nothing_and_stops_no_other_target(context):
    receiver, other = Receiver(), Receiver()
    with serving(receiver, context) as port, serving(other) as plain:
        channel = Webhook(targets={"desk": f"https://127.0.0.1:{port}/", "other": f"http://127.0.0.1:{plain}/"})
        outcome, sent = outcomes(channel, "desk", "other")
    assert isinstance(outcome, Paused)
    assert outcome.target
    assert outcome.reply.startswith("TLS: ")
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.reply
    assert receiver.received == []
    assert isinstance(sent, Sent)


def test_a_server_without_tls_is_told():
    def behave(connection, _ended):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with raw(behave) as (port, _):
        [outcome] = outcomes(Webhook(targets={"desk": f"https://127.0.0.1:{port}/"}, timeout=timedelta(seconds=5)))
    assert isinstance(outcome, Paused)
    assert outcome.target
    assert outcome.reply.startswith("TLS: ")


# ---- secrets


def test_no_reply_and_no_print_holds_a_secret():
    def echo(path):
        return 401, {"Retry-After": path}, f"bad {path} and {TOKEN.lower()}, not {TOKEN[:4]}\u202e{TOKEN[4:]}, s3cr3t".encode()

    receiver = Receiver()
    receiver.answer = echo
    with serving(receiver) as port:
        channel = hook(port, f"/hooks/{TOKEN}?key=qu3ryk3y", secret="s3cr3t")
        [outcome] = outcomes(channel)
    told = f"{outcome} {channel!r}"
    assert "401" in told
    for secret in (TOKEN, TOKEN.lower(), "qu3ryk3y", "s3cr3t", "127.0.0.1"):
        assert secret not in told


def test_a_long_answer_does_not_end_in_half_a_secret():
    with serving(Receiver(500, body=b"x" * 270 + b" " + TOKEN.encode() * 3)) as port:
        [outcome] = outcomes(hook(port))
    assert TOKEN[:5] not in outcome.reply


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.org/T0k3n",
        "ftp://example.org/T0k3n",
        "https:///T0k3n",
        "https://example.org/T0k3n tail",
        "https://example.org/T0k3n\r\nX: y",
        "https://example.org/T0k3nđ",
        "https://example.org:99999/T0k3n",
        "https://[::1/T0k3n",
        "http://example.org/T0k3n",
        "http://192.0.2.1/T0k3n",
    ],
)
def test_an_address_that_cannot_be_is_told_by_its_name_only(url):
    with pytest.raises(ValueError, match=r"^targets\.desk: ") as caught:
        Webhook(targets={"desk": url})
    assert "T0k3n" not in str(caught.value)


def test_unencrypted_goes_to_this_machine_or_where_it_is_allowed():
    for url in ("http://127.0.0.1:8080/", "http://localhost/x", "http://[::1]:80/"):
        Webhook(targets={"desk": url})
    Webhook(targets={"desk": "http://hooks.lan/x"}, allow_http=True)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"targets": {}}, "targets"),
        ({"secret": ""}, "secret"),
        ({"secrets": {"desk": ""}}, r"secrets\.desk"),
        ({"secrets": {"dusk": "s"}}, r"secrets\.dusk"),
        ({"timeout": timedelta()}, "timeout"),
    ],
)
def test_a_setting_that_makes_no_sense_is_told(changes, problem):
    with pytest.raises(ValueError, match=rf"^{problem}: "):
        hook(1, **changes)
