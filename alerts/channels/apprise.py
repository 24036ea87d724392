"""Hands short notes to the hundred services that Apprise knows: chats, telephones, desktops."""

import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.charset import CHARSETS
from typing import TYPE_CHECKING, ClassVar

from alerts.channels.form import Form
from alerts.channels.veil import veiled
from alerts.outbox import Deferred, Outcome, Paused, Sent
from alerts.safe import harmless, one_line, web_link
from news.model import Message
from news.problem import BadValueError

if TYPE_CHECKING:
    import apprise

# Also goes into a header of HTTP, which takes plain letters only.
_APP = "Tuan tra"
# The service has said no, or was never reached. Of all other failures nobody knows whether the note had arrived by then.
_NOT_TAKEN = re.compile(r"error=\d|NewConnectionError|NameResolutionError|ConnectTimeout|ConnectionRefused|SSLError|gaierror")
_PASSED = re.compile(r"Sent\b")
# "@everyone" and Slack's "<!channel>": a headline shall not ring every telephone of a group.
_CALLS = re.compile(r"(?<!\w)@(?=(?:all|channel|everyone|here)\b)|<(?=[!@#&])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apprise:
    """Services by name, each an Apprise URL, which holds the passwords of its service."""

    name: ClassVar[str] = "apprise"
    form: ClassVar[Form] = "note"
    targets: Mapping[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.targets:
            raise BadValueError("targets: none is named; write [apprise.targets] and below it NAME = 'env:VARIABLE'")

    @contextmanager
    def session(self) -> Iterator[Callable[[Message], Outcome]]:
        """Yield what hands over one note.

        One target's trouble is never a reason to pause the channel, and so all others: only the target is.
        """
        yield self._send

    def _send(self, message: Message) -> Outcome:
        url = self.targets.get(message.recipient)
        if url is None:
            known = ", ".join(sorted(self.targets))
            return Paused(reply=f"[apprise.targets] has no {message.recipient!r}; it has {known}", target=True)
        try:
            service = _service(url)
            if service is None:
                return Paused(reply=f"targets.{message.recipient}: Apprise cannot read this address", target=True)
            outcome: Deferred | Sent = _notify(service, json.loads(message.payload))
        except Exception as error:  # noqa: BLE001 - a hundred services, of which any may raise anything, with its address in the words
            outcome = Deferred(reply=f"fault: {type(error).__name__}: {error}", ambiguous=True)
        return replace(outcome, reply=veiled(outcome.reply, url.partition("://")[2]))


def _service(url: str) -> "apprise.NotifyBase | None":
    with _contained():
        # Importing Apprise and looking for a service takes half a second and 40 MB, which nobody pays who does not use it.
        import apprise  # noqa: PLC0415

        # A POST that is redirected becomes a GET, whose answer would pass for success.
        asset = apprise.AppriseAsset(app_id=_APP, app_desc=_APP, app_url="", http_redirects=False, storage_mode="memory")
        service = apprise.Apprise.instantiate(url, asset=asset)
    if isinstance(service, apprise.NotifyBase):
        # What is too long for a service comes in parts, where it would have been refused.
        service.overflow_mode = apprise.OverflowMode.SPLIT
        return service
    return None


@contextmanager
def _contained() -> Iterator[None]:
    """Let its hundred services be loaded without a trace in the rest of the program."""
    # It logs addresses, and what is worth telling stands in its results: on the finest level whether a service was reached at all.
    log = logging.getLogger("apprise")
    log.propagate = False
    log.setLevel(logging.DEBUG)
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    # One of them changes how all mails of the process are encoded, ours too.
    usual = dict(CHARSETS)
    with warnings.catch_warnings():
        # Another one stands on what Python has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            yield
        finally:
            CHARSETS.update(usual)


def _notify(service: "apprise.NotifyBase", note: Mapping[str, str]) -> Sent | Deferred:
    import apprise  # noqa: PLC0415

    title, body, link = one_line(note["title"]), _plain(note["body"]), web_link(note.get("url") or "")
    if link and link not in body:
        body = f"{body}\n\n{link}"
    hub = apprise.Apprise()
    hub.add(service)
    with hub.notify(
        title=_CALLS.sub(_apart, title),
        body=_CALLS.sub(_apart, body),
        body_format=apprise.NotifyFormat.TEXT,
        log_level=logging.DEBUG,
    ) as result:
        # Not the result's own word: a service marked optional reports a failure as success.
        if any(attempt for tried in result for attempt in tried):
            return Sent(reply=f"taken by {service.service_name}")
        logged = list(result.logs())
    why = "; ".join(entry.message for entry in logged if entry.level in {"WARNING", "ERROR", "CRITICAL"})
    # Of a note in parts, the first ones may have passed before one was refused.
    known = any(_NOT_TAKEN.search(entry.message) for entry in logged) and not any(
        _PASSED.match(entry.message) for entry in logged
    )
    return Deferred(reply=f"{service.service_name}: {why or 'refused without a reason'}", ambiguous=not known)


def _plain(text: str) -> str:
    return "\n".join(harmless(line).rstrip() for line in text.splitlines())


def _apart(call: re.Match[str]) -> str:
    return f"{call[0]}\u2060"
