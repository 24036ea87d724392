"""Posts each digest as JSON to a web address, signed, and says for each what became of it."""

import hmac
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from threading import Event, Timer
from typing import ClassVar
from urllib.parse import SplitResult, unquote, urlsplit

from alerts.channels.form import Form
from alerts.channels.veil import veiled
from alerts.outbox import Deferred, Outcome, Paused, Refused, Sent
from alerts.safe import web_link
from news.model import Message
from news.problem import BadValueError, nearest

_GONE = 410
# The receiver has read this message and does not want it.
_REFUSED = frozenset((400, 409, _GONE, 413, 415, 422))
# "Not so fast": the target's other messages would hear the same.
_BUSY = frozenset((429, 503))
# A wrong address or a wrong secret, which somebody has to mend. All else that is not 2xx may pass by itself, and is tried again for as
# long as mails are.
_TO_MEND = frozenset((301, 302, 303, 307, 308, 401, 403, 404, 405, 407))


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Addresses by name. With `secret`, or one of the target's own in `secrets`, every request is signed; `allow_http` lets requests go beyond this machine unencrypted."""

    name: ClassVar[str] = "webhook"
    form: ClassVar[Form] = "json"
    targets: Mapping[str, str] = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: timedelta = timedelta(seconds=30)
    allow_http: bool = False

    def __post_init__(self) -> None:
        if not self.targets:
            raise BadValueError("targets: none is named; write [webhook.targets] and below it NAME = 'env:VARIABLE'")
        if self.secret is not None and not self.secret:
            raise BadValueError("secret: is empty; set it or remove the key")
        for name, secret in self.secrets.items():
            if name not in self.targets:
                raise BadValueError("secrets.{name}: no such target; {remedy}", name=name, remedy=nearest(name, self.targets))
            if not secret:
                raise BadValueError("secrets.{name}: is empty; set it or remove the key", name=name)
        if self.timeout <= timedelta():
            raise BadValueError("timeout: must be longer than nothing; write '30s'")
        # The addresses themselves are not told: they may hold a token.
        for name, url in self.targets.items():
            if not _is_whole(url):
                raise BadValueError(
                    "targets.{name}: is not a plain web address; write 'https://host/path', other letters percent-encoded",
                    name=name,
                )
            if url.startswith("http:") and not self.allow_http and not _is_here(urlsplit(url).hostname or ""):
                raise BadValueError(
                    "targets.{name}: would be sent unencrypted; write 'https://…' or set allow_http = true", name=name
                )

    @contextmanager
    def session(self) -> Iterator[Callable[[Message], Outcome]]:
        """Yield what posts one message. A target that is down is not knocked at again within the session.

        One target's trouble is never a reason to pause the channel, and so all others: only the target is.
        """
        down: dict[str, str] = {}

        def send(message: Message) -> Outcome:
            name = message.recipient
            url = self.targets.get(name)
            if url is None:
                return Paused(reply=f"[webhook.targets] has no {name!r}; it has {', '.join(sorted(self.targets))}", target=True)
            if name in down:
                return Deferred(reply=f"not tried: a moment ago this target said: {down[name]}")
            outcome, is_down = _Post(self, urlsplit(url), self.secrets.get(name) or self.secret).send(message)
            if is_down:
                down[name] = outcome.reply
            return outcome

        yield send


class _Post:
    """One request to one target, on a connection of its own, its phases seen one by one. No redirect is followed."""

    def __init__(self, hook: Webhook, target: SplitResult, secret: str | None) -> None:
        self._hook = hook
        self._target = target
        self._secret = secret
        user = unquote(f"{target.username or ''}:{target.password or ''}")
        self._login = b64encode(user.encode()).decode() if target.username else ""

    def send(self, message: Message) -> tuple[Outcome, bool]:
        """Also tells whether the target is down."""
        connection = self._connection()
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:
            return _unconnected(error, self._words), True
        try:
            with _within(self._hook.timeout, connection.sock) as late:
                return self._exchange(connection, message, late)
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        host, timeout = self._target.hostname or "", self._hook.timeout.total_seconds()
        if self._target.scheme == "https":
            return HTTPSConnection(host, self._target.port or 443, timeout=timeout, context=ssl.create_default_context())
        return HTTPConnection(host, self._target.port or 80, timeout=timeout)

    def _exchange(self, connection: HTTPConnection, message: Message, late: Event) -> tuple[Outcome, bool]:
        path = (self._target.path or "/") + (f"?{self._target.query}" if self._target.query else "")
        lost: OSError | None = None
        try:
            connection.request("POST", path, message.payload, self._headers(message))
        except OSError as error:
            # Not all of it was sent, so nothing can have been taken. A server that has answered early may have said why.
            lost = error
        try:
            answer = connection.getresponse()
        except (OSError, HTTPException) as error:
            slow = late.is_set() or isinstance(lost or error, TimeoutError)
            said = TimeoutError(f"nothing within {self._hook.timeout.total_seconds():g} s") if slow else lost or error
            if lost is not None:
                return Deferred(reply=self._words("the request was not sent whole", said)), slow
            return Deferred(reply=self._words("no answer to the request", said), ambiguous=True), slow
        return self._verdict(answer), answer.status in _BUSY

    def _headers(self, message: Message) -> dict[str, str]:
        # The receiver's clock is the real one, so this is too, also while another day is replayed.
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "tuantra",
            "Connection": "close",
            "X-Tuantra-Delivery": message.message_id,
            "X-Tuantra-Timestamp": stamp,
        }
        if self._login:
            headers["Authorization"] = f"Basic {self._login}"
        if self._secret is not None:
            # Signed with identity and time: a request that was overheard passes neither as another one nor much later.
            signed = f"{message.message_id}.{stamp}.".encode() + message.payload
            headers["X-Tuantra-Signature"] = f"sha256={hmac.new(self._secret.encode(), signed, 'sha256').hexdigest()}"
        return headers

    def _verdict(self, answer: HTTPResponse) -> Outcome:
        words = [f"{answer.status} {answer.reason}".strip()]
        if 200 <= answer.status < 300:  # noqa: PLR2004 - the statuses that mean "taken"
            return Sent(reply=self._veiled(words[0]))
        words.extend(f"{name}: {value}" for name in ("Retry-After",) if (value := answer.getheader(name)))
        with suppress(OSError, HTTPException):
            words.append(answer.read(1000).decode("utf-8", "replace"))
        reply = self._veiled(", ".join(filter(None, words)))
        if answer.status in _REFUSED:
            return Refused(reply=reply, recipient=answer.status == _GONE)
        return Paused(reply=reply, target=True) if answer.status in _TO_MEND else Deferred(reply=reply)

    def _words(self, phase: str, error: Exception) -> str:
        return self._veiled(f"{phase}: {str(error) or type(error).__name__}")

    def _veiled(self, text: str) -> str:
        target = self._target
        secrets = (target.path, target.query, target.username, target.password, self._login, self._secret)
        return veiled(text, *filter(None, secrets))


@contextmanager
def _within(timeout: timedelta, connection: socket.socket) -> Iterator[Event]:
    """End the connection after `timeout`, however slowly bytes still come, and tell by the event."""
    late = Event()

    def end() -> None:
        late.set()
        with suppress(OSError):
            # Of the socket below TLS: that one is in use by the other thread.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = Timer(timeout.total_seconds(), end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _unconnected(error: Exception, words: Callable[[str, Exception], str]) -> Outcome:
    """A certificate or a server without TLS is for somebody to mend; all else will pass by itself."""
    passing = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
    if isinstance(error, ssl.SSLError) and not isinstance(error, passing):
        return Paused(reply=words("TLS", error), target=True)
    return Deferred(reply=words("connection", error))


def _is_whole(url: str) -> bool:
    try:
        return web_link(url) == url != "" and url.isascii() and urlsplit(url).port != 0
    except ValueError:
        return False


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
