"""Sends a test message through one channel and finds out what stands in its way; the outbox knows nothing of it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.channels import NAMES, TARGETED, Channel
from alerts.deliver import Letterhead
from alerts.mail import Envelope, messages
from alerts.outbox import Deferred, Outcome, Paused, Refused, Sent
from alerts.render import Rendered
from alerts.safe import is_address
from crawler.config import Config
from crawler.jobs import channels
from crawler.toml import ConfigError
from news.problem import nearest

Diagnosis = Literal[
    "accepted",
    "certificate",
    "disk",
    "encryption",
    "login",
    "mail",
    "no_login",
    "not_taken",
    "recipient",
    "sender",
    "server",
    "starttls",
    "temporary",
    "unknown",
    "unreachable",
]
_NAME = "test"
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_SUBJECT = "Tuần tra: thư thử"
_TEXTS = (
    "Đây là thư thử của Tuần tra, gửi lúc {time} (giờ Việt Nam).",
    "Đọc được dòng này đủ dấu – Việt Nam, Campuchia, biên giới, quốc phòng – thì bản tin cũng đến được đây. Không cần trả lời.",
    "This is a test of Tuần tra. If you can read it, digests can reach you, too. No answer is needed.",
)
# What alerts/channels/email.py puts before the server's code, and the codes that ask for a login.
_SAID = re.compile(r"(connection|MAIL FROM|RCPT TO|DATA|end of DATA): (\d{3}) ")
_LOG_IN = frozenset(("530", "534", "535", "538"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of the test for one recipient, and the reply in the server's own words."""

    recipient: str
    diagnosis: Diagnosis
    reply: str


def tried(config: Config, channel: str, recipient: str | None, now: datetime) -> Iterator[Attempt]:
    """Send a test message to each recipient, at once, and say what became of it. Raises ConfigError before the first is sent."""
    name, _, target = channel.partition(":")
    way = _channel(config, name)
    wanted = _recipients(config, way, target, recipient)
    return _sent(config, way, wanted, now)


def diagnosis(outcome: Outcome, channel: str = "email") -> Diagnosis:
    """What stands in the way, from what the channel replied."""
    match outcome:
        case Sent():
            return "accepted"
        case Deferred(ambiguous=True):
            return "unknown"
        case Deferred(reply=reply) | Paused(reply=reply) | Refused(reply=reply) if reply.startswith("TLS:"):
            return "certificate" if "CERTIFICATE_VERIFY_FAILED" in reply else "encryption"
    if channel == "email":
        said = _SAID.match(outcome.reply)
        return _from_code(outcome, said[1], said[2]) if said else _from_words(outcome.reply)
    if channel in {"feed", "file"}:
        return "disk"
    return "unreachable" if outcome.reply.startswith("connection:") else "not_taken"


def _from_code(outcome: Outcome, phase: str, code: str) -> Diagnosis:
    match outcome:
        case _ if code in _LOG_IN:
            return "login"
        case Deferred():
            return "temporary"
        case Refused(recipient=True):
            return "recipient"
        case Paused() if phase == "MAIL FROM":
            return "sender"
        case Paused():
            return "server"
    return "mail"


def _from_words(reply: str) -> Diagnosis:
    if "STARTTLS" in reply:
        return "starttls"
    if "AUTH" in reply or "authentication method" in reply:
        return "no_login"
    if "ASCII" in reply:
        return "login"
    return "unreachable" if reply.startswith("connection:") else "temporary"


def _sent(config: Config, way: Channel, recipients: tuple[str, ...], now: datetime) -> Iterator[Attempt]:
    sender = config.mail.sender if config.mail else Letterhead().sender
    slot = now.astimezone(_ZONE).isoformat(timespec="milliseconds")
    envelope = Envelope(subscription=_NAME, slot=slot, sender=sender, date=now, contact=config.fetch.contact)
    with way.session() as send:
        for message in messages(_letter(now, slot), envelope, [(way.form, way.name, each) for each in recipients]):
            outcome = send(message)
            yield Attempt(recipient=message.recipient, diagnosis=diagnosis(outcome, way.name), reply=outcome.reply)


def _letter(now: datetime, slot: str) -> Rendered:
    """The message in every form, built like a digest without stories."""
    paragraphs = [text.format(time=f"{now.astimezone(_ZONE):%H:%M %d/%m/%Y}") for text in _TEXTS]
    text, time = "\n\n".join(paragraphs), now.isoformat()
    page = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    empty = {"stories": [], "corrected": [], "coverage": {"complete": True, "papers": []}}
    digest = {"subscription": _NAME, "slot": slot, "subject": _SUBJECT, "created": time, "since": time, "kind": _NAME, **empty}
    entry = {"id": f"urn:tuantra:test:{slot}", "title": _SUBJECT, "url": "", "summary": text, "html": page, "published": time}
    feed = {"subscription": _NAME, "title": _SUBJECT, "language": "vi", "updated": time, "entries": [{**entry, "updated": time}]}
    return Rendered(
        subject=_SUBJECT,
        html=f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{_SUBJECT}</title></head><body>{page}</body></html>',
        text=f"{text}\n",
        json=json.dumps(digest, ensure_ascii=False),
        note=json.dumps({"title": _SUBJECT, "body": text}, ensure_ascii=False),
        feed=json.dumps(feed, ensure_ascii=False),
    )


def _channel(config: Config, name: str) -> Channel:
    if name not in NAMES:
        raise ConfigError("--channel {name!r}: unknown; {remedy}", name=name, remedy=nearest(name, NAMES))
    for way in channels(config):
        if way.name == name:
            return way
    if name == "email":
        raise ConfigError(
            "{source}: mail: no mail server is set; write [mail] and below it host = 'smtp.example.org' and sender = 'Tuần tra <watch@example.org>'",
            source=config.source,
        )
    raise ConfigError(
        "{source}: {name}: is not set; write [{name}.targets] and below it NAME = 'env:VARIABLE'", source=config.source, name=name
    )


def _recipients(config: Config, way: Channel, target: str, address: str | None) -> tuple[str, ...]:
    if way.name != "email" and address:
        raise ConfigError("--channel {name}: goes to no address; write {name!r} or '{name}:TARGET' alone", name=way.name)
    if way.name == "email":
        return _addresses(config, address or target)
    known: tuple[str, ...] = tuple(getattr(way, "targets", ()))
    if way.name in TARGETED and target and target not in known:
        raise ConfigError(
            "--channel {name}:{target}: no such target; {remedy}", name=way.name, target=target, remedy=nearest(target, known)
        )
    return (target,) if target else known or (_NAME,)


def _addresses(config: Config, address: str) -> tuple[str, ...]:
    if address:
        if not is_address(address):
            raise ConfigError("{address!r} is not an e-mail address; write name@example.org", address=address)
        return (address,)
    readers = [reader for subscription in config.subscriptions for reader in subscription.to]
    found = {each.casefold(): each for each in (*readers, *config.operator.to)}
    if not found:
        raise ConfigError("{source}: subscriptions.to: nobody is named; write: tuantra mail test ADDRESS", source=config.source)
    return tuple(found.values())
