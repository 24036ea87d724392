"""Mail goes out to a real server on loopback, and whatever that does ends in the right state."""

import socket
import threading
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from alerts.channels.email import Email
from alerts.deliver import Letterhead, show, tell
from alerts.outbox import Deferred, Paused, Refused, Sent
from alerts.send import send_due
from alerts.subscription import Subscription
from news.model import Message

SENDER = "Tuần tra <news@example.org>"
PAYLOAD = b"Message-ID: <one@example.org>\r\nSubject: x\r\n\r\n.a line with a dot\r\n..two\r\nend\r\n"


class Mailbox:
    """An SMTP server's memory and moods: `replies` says what to answer at which verb."""

    def __init__(self, **replies):
        self.replies = replies
        self.received = []
        self.connections = 0

    def reply(self, verb, recipient="", default="250 OK"):
        answer = self.replies.get(verb, default)
        return answer(recipient) if callable(answer) else answer

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += not session.host_name
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.reply("MAIL")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.reply("RCPT", address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self.reply("DATA", envelope.rcpt_tos[0])
        if answer.startswith("250"):
            self.received.append((envelope.rcpt_tos[0], envelope.original_content))
        return answer


@contextmanager
def serving(mailbox, **options):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def scripted(*script, repeat=1):
    """A server that says each line of the script after each command of the client, then hangs up; "" hangs up at once."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        for _ in range(repeat):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as commands:
                for line in script:
                    if not line:
                        break
                    if line == "…":
                        while commands.readline() not in (b".\r\n", b""):
                            pass
                        continue
                    connection.sendall(line.encode() + b"\r\n")
                    if not line.startswith("354") and line != script[-1]:
                        commands.readline()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join(5)
        listener.close()


def email(port, **changes):
    return Email(
        **{"host": "127.0.0.1", "port": port, "sender": SENDER, "tls": "none", "timeout": timedelta(seconds=5)} | changes
    )


def message(recipient="a@mod.gov.vn"):
    return Message(message_id=f"<{recipient}>", channel="email", recipient=recipient, payload=PAYLOAD)


def outcomes(channel, *recipients):
    with channel.session() as send:
        return [send(message(recipient)) for recipient in recipients or ("a@mod.gov.vn",)]


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))


def told(store, build, *recipients):
    build.put(store, build.copy(1))
    subscription = Subscription(name="analysts", to=recipients)
    letterhead = Letterhead(sender=SENDER, topic_names={"vietnam-cambodia-defence": "Hợp tác quốc phòng"})
    return tell(
        store.alerts,
        subscription,
        build.NOW,
        slot="2026-11-22T07:00+07:00",
        coverage=lambda _since, _until: (build.watched("vov"),),
        letterhead=letterhead,
        channels=(email(25),),
    )


def test_a_digest_arrives_as_the_vietnamese_that_was_written(store, build):
    decision, mailbox = told(store, build, "a@mod.gov.vn", "b@mod.gov.vn"), Mailbox()
    with serving(mailbox) as port:
        assert send_due(store.outbox, (email(port),), lambda: build.NOW).sent == 2
    said = show(
        decision.digest, Subscription(name="analysts"), Letterhead(topic_names={"vietnam-cambodia-defence": "Hợp tác quốc phòng"})
    )
    for recipient, payload in mailbox.received:
        parsed = message_from_bytes(payload, policy=policy.default)
        assert parsed["To"] == recipient
        assert parsed["Subject"] == said.subject == f"Tuần tra 07:00 22/11: 1 tin mới – {build.TITLE}"
        assert parsed.get_body(("plain",)).get_content() == said.text
        assert parsed.get_body(("html",)).get_content() == said.html


def test_a_mail_lost_after_the_final_dot_is_sent_again_the_same(store, build):
    told(store, build, "a@mod.gov.vn")
    [owed] = [row.message_id for row in store.outbox.rows()]
    with scripted("220 hi", "250 hi", "250 ok", "250 ok", "354 go", "…", "") as port:
        assert send_due(store.outbox, (email(port),), lambda: build.NOW).ambiguous == 1
    mailbox, later = Mailbox(), build.NOW + timedelta(minutes=1)
    with serving(mailbox) as port:
        assert send_due(store.outbox, (email(port),), lambda: later).sent == 1
    [(_, payload)] = mailbox.received
    assert message_from_bytes(payload)["Message-ID"] == owed
    [row] = store.outbox.rows()
    assert (row.state, row.attempts, row.ambiguous) == ("sent", 2, 1)


def test_a_missing_server_loses_nothing(store, build):
    told(store, build, "a@mod.gov.vn", "b@mod.gov.vn")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert send_due(store.outbox, (email(port),), lambda: build.NOW).deferred == 2
    mailbox, later = Mailbox(), build.NOW + timedelta(minutes=1)
    with serving(mailbox) as port:
        assert send_due(store.outbox, (email(port),), lambda: later).sent == 2


def test_a_mail_arrives_byte_for_byte():
    mailbox = Mailbox()
    with serving(mailbox) as port:
        assert outcomes(email(port)) == [Sent(reply="250 OK")]
    assert mailbox.received == [("a@mod.gov.vn", PAYLOAD)]


def test_several_mails_share_a_connection():
    mailbox = Mailbox()
    with serving(mailbox) as port:
        outcomes(email(port), "a@b.vn", "c@d.vn", "e@f.vn")
    assert [recipient for recipient, _ in mailbox.received] == ["a@b.vn", "c@d.vn", "e@f.vn"]
    assert mailbox.connections == 1


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
@pytest.mark.parametrize(("reply", "kind"), [("451 4.3.0 try later", Deferred), ("550 5.1.1 nobody here", Refused)])
def test_one_recipient_refused_leaves_the_others_served(verb, reply, kind):
    mailbox = Mailbox(**{verb: lambda recipient: reply if recipient == "c@d.vn" else "250 OK"})
    with serving(mailbox) as port:
        first, second, third = outcomes(email(port), "a@b.vn", "c@d.vn", "e@f.vn")
    assert isinstance(first, Sent)
    assert isinstance(third, Sent)
    assert isinstance(second, kind)
    assert reply in second.reply
    assert not getattr(second, "ambiguous", False)
    assert mailbox.connections == 1


def test_a_login_that_one_recipient_needs_pauses_nobody_else():
    mailbox = Mailbox(RCPT=lambda recipient: "530 5.7.0 log in" if recipient == "a@b.vn" else "250 OK")
    with serving(mailbox) as port:
        first, second = outcomes(email(port), "a@b.vn", "c@d.vn")
    assert first == Paused(reply="RCPT TO: 530 5.7.0 log in", target=True)
    assert isinstance(second, Sent)


def test_a_sender_that_is_refused_pauses_the_queue_but_a_size_does_not():
    with serving(Mailbox(MAIL="550 5.7.1 sender not allowed")) as port:
        assert outcomes(email(port)) == [Paused(reply="MAIL FROM: 550 5.7.1 sender not allowed")]
    with serving(Mailbox(MAIL="552 5.3.4 too big")) as port:
        assert outcomes(email(port)) == [Refused(reply="MAIL FROM: 552 5.3.4 too big")]
    with serving(Mailbox(MAIL="452 4.3.1 later")) as port:
        assert outcomes(email(port)) == [Deferred(reply="MAIL FROM: 452 4.3.1 later")]


def test_a_server_that_is_missing_defers_without_knocking_again():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    first, second = outcomes(email(port), "a@b.vn", "c@d.vn")
    assert isinstance(first, Deferred)
    assert not first.ambiguous
    assert first == second


def test_a_server_without_starttls_pauses_the_queue_and_sees_no_mail():
    mailbox = Mailbox()
    with serving(mailbox) as port:
        [outcome] = outcomes(email(port, tls="starttls"))
    assert isinstance(outcome, Paused)
    assert "STARTTLS" in outcome.reply
    assert mailbox.received == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_pauses_the_queue(context, tls):
    mailbox = Mailbox()
    with serving(mailbox, **{"tls_context" if tls == "starttls" else "ssl_context": context}) as port:
        [outcome] = outcomes(email(port, tls=tls))
    assert isinstance(outcome, Paused)
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.reply
    assert mailbox.received == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_mail_travels_encrypted(context, trusted, tls):
    mailbox = Mailbox()
    with serving(mailbox, **{"tls_context" if tls == "starttls" else "ssl_context": context}) as port:
        assert outcomes(email(port, tls=tls)) == [Sent(reply="250 OK")]
    assert mailbox.received == [("a@mod.gov.vn", PAYLOAD)]


@pytest.mark.parametrize(("password", "kind"), [("right", Sent), ("wrong", Paused), ("sai mật khẩu", Paused)])
def test_a_wrong_password_pauses_the_queue_and_is_not_repeated(context, trusted, password, kind):
    def check(server, session, envelope, mechanism, login):
        return AuthResult(success=login.password == b"right", handled=False)

    mailbox = Mailbox()
    with serving(mailbox, tls_context=context, auth_required=True, authenticator=check) as port:
        [outcome] = outcomes(email(port, tls="starttls", user="news", password=password))
    assert isinstance(outcome, kind)
    assert len(mailbox.received) == (1 if kind is Sent else 0)
    assert "sai" not in outcome.reply
    assert "wrong" not in outcome.reply


def test_a_server_that_wants_a_password_pauses_the_queue(context, trusted):
    with serving(Mailbox(), tls_context=context, auth_required=True, authenticator=lambda *_: AuthResult(success=True)) as port:
        [outcome] = outcomes(email(port, tls="starttls"))
    assert isinstance(outcome, Paused)
    assert "530" in outcome.reply


@pytest.mark.parametrize(
    "script",
    [
        ("",),
        ("220 hi", ""),
        ("421 too busy",),
        ("220 hi", "250 hi", ""),
        ("220 hi", "250 hi", "421 closing"),
        ("220 hi", "250 hi", "250 ok", ""),
        ("220 hi", "250 hi", "250 ok", "250 ok", ""),
        ("220 hi", "250 hi", "nonsense"),
    ],
)
def test_a_connection_lost_before_the_final_dot_is_tried_later(script):
    with scripted(*script) as port:
        [outcome] = outcomes(email(port))
    assert isinstance(outcome, Deferred)
    assert not outcome.ambiguous


def test_a_connection_lost_after_the_final_dot_is_ambiguous():
    with scripted("220 hi", "250 hi", "250 ok", "250 ok", "354 go", "…", "") as port:
        [outcome] = outcomes(email(port))
    assert isinstance(outcome, Deferred)
    assert outcome.ambiguous


def test_a_server_that_says_nothing_after_the_final_dot_is_ambiguous():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=silent_after_the_dot, args=[listener])
        thread.start()
        [outcome] = outcomes(email(listener.getsockname()[1], final_reply=timedelta(seconds=0.2)))
        thread.join(5)
    assert isinstance(outcome, Deferred)
    assert outcome.ambiguous
    assert "timed out" in outcome.reply


def silent_after_the_dot(listener):
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as commands:
        for reply in ("220 hi", "250 hi", "250 ok", "250 ok", "354 go"):
            connection.sendall(f"{reply}\r\n".encode())
            commands.readline()
        commands.read()


def test_a_server_that_hangs_is_left_after_the_timeout():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        [outcome] = outcomes(email(listener.getsockname()[1], timeout=timedelta(seconds=0.2)))
    assert isinstance(outcome, Deferred)
    assert "timed out" in outcome.reply


def test_a_greeting_that_refuses_us_pauses_the_queue():
    with scripted("554 go away") as port:
        assert outcomes(email(port)) == [Paused(reply="connection: 554 go away")]


def test_a_connection_that_has_carried_enough_is_opened_anew():
    once = ("220 hi", "250 hi", "250 ok", "250 ok", "354 go", "…", "250 taken", "")
    with scripted(*once, repeat=2) as port:
        assert outcomes(email(port), "a@b.vn", "c@d.vn") == [Sent(reply="250 taken")] * 2


def test_a_reply_cannot_write_lines_into_the_log():
    with serving(Mailbox(RCPT="550-first\r\n550 \x1b[31msecond")) as port:
        [outcome] = outcomes(email(port))
    assert outcome == Refused(reply="RCPT TO: 550 first [31msecond", recipient=True)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"tls": "ssl"}, "tls"),
        ({"sender": "nobody"}, "sender"),
        ({"tls": "starttls", "user": "news"}, "user, password"),
        ({"user": "news", "password": "x"}, "tls"),
    ],
)
def test_a_wrong_setting_is_named(changes, key):
    with pytest.raises(ValueError) as error:
        email(25, **changes)
    assert str(error.value).startswith(f"{key}: ")


def test_the_password_is_not_shown():
    assert "secret" not in repr(email(587, tls="starttls", user="news", password="secret"))


def test_a_reply_after_the_final_dot_that_is_none_is_ambiguous():
    with scripted("220 hi", "250 hi", "250 ok", "250 ok", "354 go", "…", "<html>busy</html>") as port:
        [outcome] = outcomes(email(port))
    assert isinstance(outcome, Deferred)
    assert outcome.ambiguous
