"""Writes each mail into a folder: as .eml for mail programs and .html for browsers, or as a Maildir."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Literal

from alerts.channels.disk import sync_folder, write_synced, write_whole
from alerts.channels.form import Form
from alerts.outbox import Outcome, Paused, Sent
from news.model import Message
from news.problem import BadValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A folder, made when it is first needed. A mail that is written again replaces its own files.

    With the layout "maildir" it is a mailbox (tmp, new, cur) that mail programs and IMAP servers open; a mail that lies there, read or
    not, is not put there again.
    """

    name: ClassVar[str] = "file"
    form: ClassVar[Form] = "mail"
    folder: Path = Path("data/mail")
    layout: Literal["folder", "maildir"] = "folder"

    def __post_init__(self) -> None:
        if self.layout not in ("folder", "maildir"):
            raise BadValueError("layout: {layout!r} is not known; write 'folder' or 'maildir'", layout=self.layout)

    @contextmanager
    def session(self) -> Iterator[Callable[[Message], Outcome]]:
        """Yield what writes one mail."""
        yield self._write

    def _write(self, message: Message) -> Outcome:
        try:
            path = self._put_in_maildir(message) if self.layout == "maildir" else self._put_in_folder(message)
        except OSError as error:
            # A full disk or a missing permission concerns every mail, and none of them should be given up for it.
            return Paused(reply=f"{self.folder}: cannot write: {error.strerror or error}")
        return Sent(reply=str(path))

    def _put_in_folder(self, message: Message) -> Path:
        mail = message_from_bytes(message.payload)
        stem = re.sub(r"[^\w.+-]+", "-", f"{mail['X-Tuantra-Slot']}_{message.message_id.strip('<>').partition('@')[0]}")
        page = next(part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/html")
        assert isinstance(page, bytes)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / f"{stem}.html", page)
        write_whole(self.folder / f"{stem}.eml", message.payload)
        return self.folder / f"{stem}.html"

    def _put_in_maildir(self, message: Message) -> Path:
        temporary, new, current = (self.folder / name for name in ("tmp", "new", "cur"))
        for folder in (temporary, new, current):
            folder.mkdir(parents=True, exist_ok=True)
        name = _unique(message)
        # A mail program moves what was seen to cur and appends its marks behind a colon.
        known = next((path for path in (new / name, *current.glob(f"{name}*")) if path.exists()), None)
        if known is not None:
            return known
        # Mails lie in a Maildir with the line ends of this system.
        write_synced(temporary / name, message.payload.replace(b"\r\n", b"\n"))
        os.replace(temporary / name, new / name)  # noqa: PTH105 - Path.replace says the same
        sync_folder(new)
        return new / name


def _unique(message: Message) -> str:
    """The name of a mail in its Maildir: by its date, as readers sort, and the same at every repeat."""
    mail = message_from_bytes(message.payload)
    try:
        when = int(parsedate_to_datetime(mail["Date"]).timestamp())
    except (TypeError, ValueError):
        when = 0
    return f"{when}.{sha256(message.message_id.encode()).hexdigest()[:32]}.tuantra"
