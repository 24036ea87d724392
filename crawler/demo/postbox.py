"""A mail server on loopback that keeps what arrives and lays it into a folder, to open in a mail program or a browser."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Thread

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One mail as the server took it, and the files that show it."""

    mail: EmailMessage
    recipients: tuple[str, ...]
    eml: Path
    page: Path


@dataclass(slots=True, kw_only=True)
class Postbox:
    """The mails that arrived, in their order; `port` is where the server listens."""

    folder: Path
    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one mail."""
        raw = envelope.original_content or b""
        mail = message_from_bytes(raw, _class=EmailMessage, policy=default)
        stem = self.folder / f"digest-{len(self.arrived) + 1}"
        self.folder.mkdir(parents=True, exist_ok=True)
        eml, page = stem.with_suffix(".eml"), stem.with_suffix(".html")
        eml.write_bytes(raw)
        page.write_text(part(mail, "html"), encoding="utf-8")
        self.arrived.append(Arrived(mail=mail, recipients=tuple(envelope.rcpt_tos), eml=eml, page=page))
        return "250 OK"


def part(mail: EmailMessage, kind: str) -> str:
    """The mail's text of one kind ("plain" or "html"), decoded, with plain line ends; "" where it has none."""
    body = mail.get_body((kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""


@contextmanager
def postbox(folder: Path) -> Iterator[Postbox]:
    """Take mail on a free port of loopback for the length of the block. aiosmtpd's own Controller wants to know the port before."""
    box = Postbox(folder=folder)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(box, loop=loop, enable_SMTPUTF8=True), "127.0.0.1", 0))
    box.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(server.wait_closed())
        loop.close()
