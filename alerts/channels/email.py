"""Sends mail by SMTP, one transaction a recipient, and says for each what became of it."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Literal

from alerts.channels.form import Form
from alerts.outbox import Deferred, Outcome, Paused, Refused, Sent
from alerts.safe import one_line, sender_of
from news.model import Message
from news.problem import BadValueError

_ACCEPTED, _GO_AHEAD, _CLOSING, _TOO_LARGE = 250, 354, 421, 552
_TRANSIENT, _PERMANENT = 400, 500
# "Log in first", however it is said, concerns every mail and not this one.
_LOG_IN = frozenset((530, 534, 535, 538))
# A server may take this long after the final dot (RFC 5321, 4.5.3.2.6); hanging up earlier sends mails twice.
_FINAL_REPLY = timedelta(minutes=10)
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A mail server. `tls`: "starttls" (port 587), "tls" (port 465) or "none"; certificates are always verified."""

    name: ClassVar[str] = "email"
    form: ClassVar[Form] = "mail"
    host: str
    sender: str
    port: int = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=60)
    final_reply: timedelta = _FINAL_REPLY

    def __post_init__(self) -> None:
        if self.tls not in ("starttls", "tls", "none"):
            raise BadValueError("tls: {tls!r} is not known; write 'starttls', 'tls' or 'none'", tls=self.tls)
        if not self.host.strip():
            raise BadValueError("host: is empty; write the name of your mail server")
        if not 0 < self.port <= _LAST_PORT:
            raise BadValueError("port: {port} is no port; write 587, 465 or 25", port=self.port)
        sender_of(self.sender)
        if (self.user is None) != (self.password is None):
            raise BadValueError("user, password: one is set without the other; set both or neither")
        if self.tls == "none" and self.user is not None:
            raise BadValueError("tls: a password is never sent unencrypted; write 'starttls' or remove user and password")

    @contextmanager
    def session(self) -> Iterator[Callable[[Message], Outcome]]:
        """Yield what sends one mail; the mails of a session share a connection, which is opened for the first of them."""
        session = _Session(self)
        try:
            yield session.send
        finally:
            session.close()


class _Session:
    """One connection at a time, opened anew when the server has closed it."""

    def __init__(self, server: Email) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._unreachable: Outcome | None = None

    def send(self, message: Message) -> Outcome:
        # A server that could not be reached is not knocked at again for every recipient of a run.
        if self._unreachable is not None:
            return self._unreachable
        reused = self._smtp is not None
        outcome, begun = self._attempt(message)
        if not begun and reused:
            # Servers close connections that are old or have carried enough; at MAIL that costs nothing.
            outcome, _ = self._attempt(message)
        return outcome

    def close(self) -> None:
        """Take leave of the server."""
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.quit()
            self._hang_up()

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _attempt(self, message: Message) -> tuple[Outcome, bool]:
        """Run one transaction; also tells whether it got beyond a closed connection."""
        if self._smtp is None:
            try:
                self._smtp = _connect(self._server)
            except (OSError, UnicodeError) as error:
                self._unreachable = _diagnosis(error)
                return self._unreachable, True
        smtp = self._smtp
        size = [f"size={len(message.payload)}"] if smtp.has_extn("size") else []
        phase = "MAIL FROM"
        try:
            code, reply = smtp.mail(sender_of(self._server.sender)[1], size)
            if _accepted(code):
                phase = "RCPT TO"
                code, reply = smtp.rcpt(message.recipient)
            if _accepted(code):
                phase = "DATA"
                code, reply = smtp.docmd("DATA")
                if code == _GO_AHEAD:
                    # If this raises, the final dot was not sent: nothing can have arrived.
                    smtp.send(_dotted(message.payload))
                    return self._final(smtp), True
        except OSError as error:
            self._hang_up()
            return Deferred(reply=f"{phase}: {_words(error)}"), phase != "MAIL FROM"
        self._reset(smtp, code)
        return _verdict(phase, code, reply), not (phase == "MAIL FROM" and code == _CLOSING)

    def _final(self, smtp: smtplib.SMTP) -> Outcome:
        """Hear what the server says to the final dot. Silence is ambiguous (RFC 1047): it may have taken the mail."""
        assert smtp.sock is not None
        smtp.sock.settimeout(self._server.final_reply.total_seconds())
        try:
            code, reply = smtp.getreply()
        except OSError as error:
            self._hang_up()
            return Deferred(reply=f"no reply after the final dot: {_words(error)}", ambiguous=True)
        smtp.sock.settimeout(self._server.timeout.total_seconds())
        if _accepted(code):
            return Sent(reply=f"{code} {_words(reply)}")
        if code < _TRANSIENT:
            # Neither taken nor refused: whoever says this may have the mail all the same.
            self._hang_up()
            return Deferred(reply=f"no reply after the final dot, but: {_words(reply)}", ambiguous=True)
        self._reset(smtp, code)
        return _verdict("end of DATA", code, reply)

    def _reset(self, smtp: smtplib.SMTP, code: int) -> None:
        """Clear the server's mind for the next recipient, or hang up where that fails or replies no longer fit the commands."""
        try:
            if code == _CLOSING or code < _TRANSIENT or not _accepted(smtp.rset()[0]):
                self._hang_up()
        except OSError:
            self._hang_up()


def _connect(server: Email) -> smtplib.SMTP:
    timeout = server.timeout.total_seconds()
    context = ssl.create_default_context()
    if server.tls == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=timeout)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        if server.user is not None and server.password is not None:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _diagnosis(error: OSError | UnicodeError) -> Outcome:
    """Tell what will pass by itself from what somebody must mend."""
    match error:
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | smtplib.SMTPServerDisconnected():
            return Deferred(reply=f"connection: {_words(error)}")
        case ssl.SSLError():
            return Paused(reply=f"TLS: {_words(error)}")
        case smtplib.SMTPResponseException():
            reply = f"connection: {error.smtp_code} {_words(error.smtp_error)}"
            mend = error.smtp_code >= _PERMANENT
            return Paused(reply=reply) if mend else Deferred(reply=reply)
        case smtplib.SMTPException():
            return Paused(reply=f"connection: {_words(error)}")
        case UnicodeError():
            # Said without the error's own words, which may quote the password.
            return Paused(reply="connection: host, user and password must be plain ASCII")
    return Deferred(reply=f"connection: {_words(error)}")


def _verdict(phase: str, code: int, reply: bytes) -> Outcome:
    said = f"{phase}: {code} {_words(reply)}"
    if code < _PERMANENT:
        return Deferred(reply=said)
    # A sender that is refused is refused for every mail; only a size concerns this one. What is said of one recipient, even that a
    # login is needed for him, holds up nobody else.
    if code in _LOG_IN or (phase == "MAIL FROM" and code != _TOO_LARGE):
        return Paused(reply=said, target=phase == "RCPT TO")
    return Refused(reply=said, recipient=phase == "RCPT TO")


def _accepted(code: int) -> bool:
    return _ACCEPTED <= code < _GO_AHEAD


def _dotted(payload: bytes) -> bytes:
    """Double the dots that begin a line and end with the final one (RFC 5321, 4.5.2)."""
    ended = payload if payload.endswith(b"\r\n") else payload + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _words(said: bytes | str | BaseException) -> str:
    if isinstance(said, bytes):
        return one_line(said.decode("utf-8", "replace"))
    return one_line(str(said) or type(said).__name__)
