"""Builds the bytes of a message: one body for all recipients, and for a mail a head for each."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.charset import BASE64, SHORTEST, Charset
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message as Mime
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

from alerts.channels.form import Form
from alerts.render import Rendered
from alerts.safe import is_address, one_line, sender_of
from news.model import Message

_IDS = UUID("6f1b0c53-6f0f-5b8e-9a55-0d5a7b6a2f11")  # our own name space; changing it would repeat mails
# Our own: the registry of charsets belongs to the whole process, and libraries change how it encodes.
_UTF8 = Charset("utf-8")
_UTF8.header_encoding, _UTF8.body_encoding = SHORTEST, BASE64
_POLICY = compat32.clone(linesep="\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What every mail of a subscription carries outside its text.

    `sender` is an address, with or without a display name; `contact` takes unsubscriptions if it is an address;
    a web page that tells who we are does not.
    """

    subscription: str
    slot: str
    sender: str
    date: datetime
    contact: str = ""

    def __post_init__(self) -> None:
        sender_of(self.sender)


def messages(rendered: Rendered, envelope: Envelope, routes: Iterable[tuple[Form, str, str]]) -> Iterator[Message]:
    """One message for each (form, channel, recipient), built as they are asked for.

    A recipient that is no address gets a mail addressed to nobody.  The same arguments always give the same bytes and Message-IDs.
    """
    domain = sender_of(envelope.sender)[1].rpartition("@")[2]
    shared: bytes | None = None
    for form, channel, recipient in routes:
        # By channel too: a folder is addressed by the subscription's name, which may be written like an address.
        own = f"<{uuid5(_IDS, f'{envelope.subscription}|{envelope.slot}|{channel}|{recipient}')}@{domain}>"
        if form == "mail":
            shared = shared or _shared(rendered, envelope)
            to = recipient if is_address(recipient) else "undisclosed-recipients:;"
            payload = f"Message-ID: {own}\r\nTo: {to}\r\n".encode("ascii") + shared
        else:
            payload = {"json": rendered.json, "note": rendered.note, "feed": rendered.feed}[form].encode()
        yield Message(message_id=own, channel=channel, recipient=recipient, payload=payload)


def _shared(rendered: Rendered, envelope: Envelope) -> bytes:
    """Everything but the recipient's own two lines.

    Not EmailMessage: it loses spaces of Vietnamese subjects when it folds them, and one odd title would raise.
    """
    boundary = f"=_{uuid5(_IDS, f'{envelope.subscription}|{envelope.slot}').hex}"
    mail: Mime[Any, Any] = MIMEMultipart("alternative", boundary=boundary)
    # The stubs forget that MIMEText takes a Charset as well as its name.
    mail.attach(MIMEText(rendered.text, "plain", _UTF8))  # type: ignore[arg-type]
    mail.attach(MIMEText(rendered.html, "html", _UTF8))  # type: ignore[arg-type]
    mail["Subject"] = _header(rendered.subject, "Subject")
    name, address = sender_of(envelope.sender)
    mail["From"] = formataddr((_header(one_line(name, 60), "From").encode(), address)) if name else address
    mail["Date"] = format_datetime(envelope.date)
    mail["List-Id"] = _list_id(envelope.subscription, address.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail["Precedence"] = "bulk"
    mail["X-Tuantra-Slot"] = one_line(envelope.slot)
    if is_address(envelope.contact):
        mail["List-Unsubscribe"] = f"<mailto:{envelope.contact}?subject=unsubscribe>"
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, policy=_POLICY).flatten(mail)
    return out.getvalue()


def _header(text: str, name: str) -> Header:
    return Header(one_line(text), _UTF8, maxlinelen=75, header_name=name)


def _list_id(subscription: str, domain: str) -> str:
    plain = unicodedata.normalize("NFKD", subscription.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return f"<{re.sub(r'[^a-z0-9]+', '-', plain).strip('-') or 'digest'}.tuantra.{domain}>"
