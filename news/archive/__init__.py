"""Pages kept as evidence: a folder of WARC files, and what shows that nothing in it has changed."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Literal

from news.archive.read import ArchiveError, is_response, member, members, page_of, records
from news.archive.write import note, response, uri
from news.model import Capture, FetchedPage, Rejected
from news.problem import Problem, Words

__all__ = ["Archive", "ArchiveError", "Finding", "records"]

State = Literal["ok", "missing", "unreadable", "changed", "torn", "unclaimed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What `verify` found: of a capture "ok", "missing", "unreadable" or "changed"; of a file "torn" or "unclaimed".

    "torn": `count` bytes belong neither to a whole record nor to a capture, as a crash leaves them; "unclaimed": `count` whole records
    that no capture names, as a crash between file and database leaves them.  Neither is a loss.
    """

    state: State
    file: str
    capture: Capture | None = None
    count: int = 0
    detail: Problem | None = None


class Archive:
    """A folder of WARC files. Each process writes a file of its own, so that no two ever write to one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path: Path | None = None

    def keep(self, page: FetchedPage) -> Capture:
        """Append the page as a record; it is on the disk when this returns. Raises ArchiveError.

        Always a whole response, never a revisit record: each can be read, copied and shown without any other.  The capture goes by
        the address that was asked for, so that one address's history is one, wherever it led.
        """
        digest = hashlib.sha256(page.body).hexdigest()
        try:
            path = self._path if self._path and self._path.exists() else self._begin(page.fetched)
            offset, length = _append(path, response(page, digest))
        except OSError as error:
            self._path = None  # whatever this file ends with now, no record comes after it
            raise ArchiveError(
                "{folder}: cannot keep a page: {reason}; check the folder's permissions and free space; nothing that was kept is lost",
                "missing",
                folder=self.folder,
                reason=Words(error.strerror),
            ) from error
        return Capture(
            url=page.asked,
            fetched=page.fetched,
            status=page.status,
            sha256=digest,
            file=path.relative_to(self.folder).as_posix(),
            offset=offset,
            length=length,
        )

    def read(self, capture: Capture) -> FetchedPage:
        """The page as it was kept. Raises ArchiveError: file missing, record unreadable, or not what was kept."""
        path = self.folder / capture.file
        try:
            with path.open("rb") as file:
                length, text = member(file, capture.offset, capture.offset + capture.length)
        except OSError as error:
            raise ArchiveError(
                "{path}: {reason}; restore the file from a copy, or let [archive] folder say where it is",
                "missing",
                path=path,
                reason=Words(error.strerror),
            ) from error
        if length != capture.length:
            raise ArchiveError(
                "{path}, byte {offset}: the record is damaged or cut off; restore the file from a copy",
                path=path,
                offset=capture.offset,
            )
        try:
            page = page_of(text)
        except Rejected as verdict:
            raise ArchiveError(
                "{path}, byte {offset}: {reason}; restore the file from a copy", path=path, offset=capture.offset, reason=verdict
            ) from verdict
        changed = [
            name
            for name, found, noted in (
                ("address", page.asked, uri(capture.url)),
                ("time", page.fetched, capture.fetched),
                ("status", page.status, capture.status),
                ("body", hashlib.sha256(page.body).hexdigest(), capture.sha256),
            )
            if found != noted
        ]
        if changed:
            raise ArchiveError(
                "{path}, byte {offset}: not what was kept ({names}); restore the file from a copy",
                "changed",
                path=path,
                offset=capture.offset,
                names=", ".join(changed),
            )
        return replace(page, asked=capture.url, url=capture.url if page.asked == page.url else page.url)

    def verify(self, captures: Iterable[Capture]) -> Iterator[Finding]:
        """Read every capture back, and tell of each file what else is in it."""
        seen = set()
        in_order = sorted(captures, key=lambda one: (one.file, one.offset))
        for name, group in groupby(in_order, key=lambda one: one.file):
            seen.add(name)
            here = list(group)
            yield from map(self._check, here)
            yield from self._rest(name, here)
        for path in self.files():
            if (name := path.relative_to(self.folder).as_posix()) not in seen:
                yield from self._rest(name, [])

    def files(self) -> list[Path]:
        """The archive's files, in the order in which they were begun."""
        return sorted(self.folder.rglob("*.warc.gz"), key=lambda path: (path.name, path))

    def _begin(self, moment: datetime) -> Path:
        moment = moment.astimezone(UTC)
        month = self.folder / f"{moment:%Y-%m}"
        _make(month)
        path = month / f"tuantra-{moment:%Y%m%dT%H%M%SZ}-{os.getpid()}-{secrets.token_hex(4)}.warc.gz"
        path.open("xb").close()
        _sync(month)
        _append(path, note(path.name))
        self._path = path
        return path

    def _check(self, capture: Capture) -> Finding:
        try:
            self.read(capture)
        except ArchiveError as error:
            return Finding(state=error.state, file=capture.file, capture=capture, detail=error)
        return Finding(state="ok", file=capture.file, capture=capture)

    def _rest(self, name: str, claimed: list[Capture]) -> Iterator[Finding]:
        """What lies before, between and after a file's captures."""
        pages = scraps = position = 0
        with suppress(FileNotFoundError), (self.folder / name).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            for offset, length in (*((one.offset, one.length) for one in claimed), (size, 0)):
                gap = _gap(file, position, offset)
                pages, scraps, position = pages + gap[0], scraps + gap[1], offset + length
        if pages:
            yield Finding(state="unclaimed", file=name, count=pages)
        if scraps:
            yield Finding(state="torn", file=name, count=scraps)


def _gap(file: BinaryIO, start: int, end: int) -> tuple[int, int]:
    """How many pages lie there, and how many bytes that are no whole record."""
    pages = scraps = 0
    for _, length, text in members(file, start, end):
        pages += is_response(text)
        scraps += 0 if text else length
    return pages, scraps


def _append(path: Path, raw: bytes) -> tuple[int, int]:
    """Write to the end of a file and to the disk; (offset, length). A write that fails is taken back."""
    with path.open("r+b", buffering=0) as out:
        offset = out.seek(0, os.SEEK_END)
        try:
            left = memoryview(raw)
            while left:
                left = left[out.write(left) :]
            os.fsync(out.fileno())
        except OSError:
            with suppress(OSError):
                out.truncate(offset)
            raise
    return offset, len(raw)


def _make(folder: Path) -> None:
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
