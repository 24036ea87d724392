"""Pages from WARC records: our own, and those of any other program."""

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Literal

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from news.archive.write import ASIDE, ASKED, SITE, WIRE
from news.model import FetchedPage, Rejected
from news.problem import Problem, Words

_GZIP = b"\x1f\x8b\x08"
_BLOCK = 16 * 1024  # unfolds into 16 MB at most
_MOST = 64 * 1024 * 1024  # no page is larger; what claims to be is not held in memory
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# What warcio raises over a record that is not as it should be.
_BROKEN = (ArchiveLoadFailed, StatusAndHeadersParserException, AttributeError, EOFError, TypeError, ValueError, zlib.error)


class ArchiveError(Problem):
    """The archive cannot be used or does not hold what was kept; `state` is a word to count by."""

    def __init__(self, text: str, /, state: Literal["missing", "unreadable", "changed"] = "unreadable", **values: object) -> None:
        super().__init__(text, **values)
        self.state: Literal["missing", "unreadable", "changed"] = state


def records(path: Path, start: int = 0) -> Iterator[tuple[int, FetchedPage | Rejected]]:
    """The pages in any WARC file, each with its offset, from the record at `start` on; other records are passed over.

    Bodies are unpacked (gzip, deflate, br, chunks); `site` is known of our own records only.  In the place of a page that cannot be
    read stands why.  Raises ArchiveError for a file that cannot be read at all.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            for offset, record in (_packed_records if packed else _plain_records)(file, start, path):
                if isinstance(record, Rejected):
                    yield offset, record
                elif record.rec_type == "response" and record.http_headers:
                    yield offset, _page_or_why(record)
    except OSError as error:
        raise ArchiveError(
            "{path}: {reason}; give the path of a .warc or .warc.gz file", "missing", path=path, reason=Words(error.strerror)
        ) from error


def page_of(text: bytes) -> FetchedPage:
    """The page in one unpacked record. Raises Rejected."""
    try:
        page = _page_or_why(_parsed(text))
    except _BROKEN as error:
        raise Rejected("unreadable", str(error)) from error
    if isinstance(page, Rejected):
        raise page
    return page


def is_response(text: bytes) -> bool:
    """Whether an unpacked record holds a page."""
    return b"\r\nwarc-type: response\r\n" in text.partition(b"\r\n\r\n")[0].lower() + b"\r\n"


def members(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """The compressed records between two offsets: offset, length, unpacked record; b"" for a stretch that is no whole record."""
    position = start
    while position < end:
        length, text = member(file, position, end)
        if not length:
            length, text = _next_member(file, position + 1, end) - position, b""
        yield position, length, text
        position += length


def member(file: BinaryIO, start: int, end: int) -> tuple[int, bytes]:
    """The compressed record at an offset: its length and what it unpacks to; (0, b"") if no whole one begins there."""
    unzip, text, read = zlib.decompressobj(zlib.MAX_WBITS | 16), bytearray(), 0
    file.seek(start)
    while not unzip.eof:
        block = file.read(min(_BLOCK, end - start - read))
        read += len(block)
        try:
            piece = unzip.decompress(block)
        except zlib.error:
            return 0, b""
        if not block:
            return 0, b""
        if len(text) <= _MOST:
            text += piece
    return read - len(unzip.unused_data), bytes(text)


def _next_member(file: BinaryIO, start: int, end: int) -> int:
    """Where the next compressed record may begin."""
    file.seek(start)
    position, seen = start, b""
    while position < end and (block := file.read(min(_BLOCK, end - position))):
        found = (seen + block).find(_GZIP)
        if found >= 0:
            return position - len(seen) + found
        position, seen = position + len(block), (seen + block)[-len(_GZIP) + 1 :]
    return end


def _packed_records(file: BinaryIO, start: int, path: Path) -> Iterator[tuple[int, ArcWarcRecord | Rejected]]:
    for offset, _, text in members(file, start, file.seek(0, os.SEEK_END)):
        try:
            record = _parsed(text)
            length = len(text.partition(b"\r\n\r\n")[0]) + 4 + int(record.length)
        except _BROKEN as error:
            yield offset, Rejected("truncated", f"{path}, byte {offset}: {error or 'no whole record'}")
            continue
        if text[length:].strip():
            raise ArchiveError("{path}: compressed as a whole and not record by record; unpack it with gunzip first", path=path)
        yield offset, record


def _plain_records(file: BinaryIO, start: int, path: Path) -> Iterator[tuple[int, ArcWarcRecord | Rejected]]:
    file.seek(0)
    head = file.read(5)
    if not head:
        return  # begun, and stopped before the first record
    if head != b"WARC/":
        raise ArchiveError("{path}: not a WARC file; give a .warc or .warc.gz file", path=path)
    file.seek(start)
    found, offset = ArchiveIterator(file), start
    try:
        for record in found:
            offset = found.offset
            yield offset, record
    except _BROKEN as error:
        yield offset, Rejected("truncated", f"{path}, after byte {offset}: {error}")


def _parsed(text: bytes) -> ArcWarcRecord:
    return ArcWarcRecordLoader(verify_http=False, arc2warc=False).parse_record_stream(BytesIO(text), known_format="warc")


def _page_or_why(record: ArcWarcRecord) -> FetchedPage | Rejected:
    try:
        return _page(record)
    except _BROKEN as error:
        return Rejected("unreadable", str(error))


def _page(record: ArcWarcRecord) -> FetchedPage | Rejected:
    told = record.rec_headers.get_header
    body = _body(record)
    if isinstance(body, Rejected):
        return body
    headers = tuple(record.http_headers.headers)
    fetched, url, site = datetime.fromisoformat(told("WARC-Date")), told("WARC-Target-URI"), told(SITE)
    if site is not None:
        headers = tuple((name.removeprefix(ASIDE), value) for name, value in headers if name.lower() not in WIRE)
    page = FetchedPage(
        site=site or "",
        asked=told(ASKED) or url,
        url=url,
        body=body,
        fetched=fetched if fetched.tzinfo else fetched.replace(tzinfo=UTC),
        status=int(record.http_headers.get_statuscode()),
        headers=headers,
    )
    charset = _CHARSET.search(page.header("Content-Type") or "")
    return replace(page, encoding=charset[1].lower()) if charset else page


def _body(record: ArcWarcRecord) -> bytes | Rejected:
    """The body unpacked, or why it is none: less than the record promises, or more than any page has."""
    stream: Any = record.content_stream()
    body: bytes = stream.read(_MOST)
    if stream.read(1):
        return Rejected("too_large", f"more than {_MOST} bytes")
    while record.raw_stream.read(_BLOCK):
        pass  # what follows the last chunk
    ended = getattr(getattr(stream, "decompressor", None), "eof", True)
    # The stream of a record without length has no limit to reach.
    if getattr(record.raw_stream, "limit", 1) or (body and not ended):
        return Rejected("truncated", "the record is cut off")
    return body
