"""Writes each mail into a folder, as .eml for mail programs and .html for browsers."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from os import replace
from pathlib import Path
from typing import ClassVar

from alerts.outbox import Outcome, Paused, Sent
from news.model import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A folder, made when it is first needed. A mail that is written again replaces its own files."""

    name: ClassVar[str] = "file"
    folder: Path

    @contextmanager
    def session(self) -> Iterator[Callable[[Message], Outcome]]:
        """Yield what writes one mail."""
        yield self._write

    def _write(self, message: Message) -> Outcome:
        mail = message_from_bytes(message.payload)
        stem = re.sub(r"[^\w.+-]+", "-", f"{mail['X-Tuantra-Slot']}_{message.message_id.strip('<>').partition('@')[0]}")
        page = next(part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/html")
        assert isinstance(page, bytes)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(self.folder / f"{stem}.html", page)
            _write(self.folder / f"{stem}.eml", message.payload)
        except OSError as error:
            # A full disk or a missing permission concerns every mail, and none of them should be given up for it.
            return Paused(reply=f"{self.folder}: cannot write: {error.strerror or error}")
        return Sent(reply=str(self.folder / f"{stem}.html"))


def _write(path: Path, content: bytes) -> None:
    """Write all or nothing: a reader never meets half a file."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        replace(part, path)  # noqa: PTH105 - Path.replace says the same
    finally:
        part.unlink(missing_ok=True)
