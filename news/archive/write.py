"""Pages as WARC records."""

import hashlib
import re
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from urllib.parse import quote

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from news.model import FetchedPage

# They speak of the bytes on the wire. The body is kept unpacked, so they step aside under the names that pywb gives them.
WIRE = {"content-encoding", "content-length", "transfer-encoding"}
ASIDE = "X-Archive-Orig-"
SITE, ASKED = "X-Tuantra-Site", "X-Tuantra-Asked"
_VERSION = "WARC/1.1"  # 1.0 knows no fractions of a second


def response(page: FetchedPage, sha256: str) -> bytes:
    """A page as one compressed record: what the server answered, the body unpacked and of that digest."""
    answer = _answer(page)
    told = {
        "WARC-Type": "response",
        "WARC-Record-ID": WARCWriter._make_warc_id(),  # noqa: SLF001 - how warcio itself names records
        "WARC-Target-URI": uri(page.url),
        "WARC-Date": _date(page.fetched),
        "WARC-Payload-Digest": f"sha256:{sha256}",
        "WARC-Block-Digest": f"sha256:{hashlib.sha256(answer).hexdigest()}",
        SITE: page.site,
        # The steps in between were not kept, so no record can stand for them.
        **({ASKED: uri(page.asked)} if page.asked != page.url else {}),
    }
    headers, kind = StatusAndHeaders("", list(told.items()), protocol=_VERSION), "application/http; msgtype=response"
    # Given as a whole: taken apart, warcio would write headers that are not ASCII otherwise than the server did.
    return _packed(ArcWarcRecord("warc", "response", headers, BytesIO(answer), None, kind, len(answer)))


def note(file: str) -> bytes:
    """The compressed record at the beginning of a file: who wrote it."""
    told = {"software": "tuantra", "format": "WARC File Format 1.1", "description": "pages of a news watch, bodies unpacked"}
    return _packed(WARCWriter(BytesIO(), warc_version=_VERSION).create_warcinfo_record(file, told))


def uri(url: str) -> str:
    """An address in the letters that a record may have."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~")


def _answer(page: FetchedPage) -> bytes:
    """Status line, headers and body as they would have been sent without packing."""
    known = {status.value: status.phrase for status in HTTPStatus}
    lines = [f"HTTP/1.1 {page.status} {known.get(page.status, '')}".strip()]
    lines += [f"{ASIDE if name.lower() in WIRE else ''}{_line(name)}: {_line(value)}" for name, value in page.headers]
    lines += [f"Content-Length: {len(page.body)}", "", ""]
    return b"\r\n".join(map(_bytes, lines)) + page.body


def _line(text: str) -> str:
    """A line break would forge a header."""
    return re.sub(r"[\x00\r\n]+", " ", text).strip()


def _bytes(line: str) -> bytes:
    """Headers are read as Latin-1, so this gives back the bytes that came; a letter beyond cannot have come that way."""
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode()


def _date(moment: datetime) -> str:
    moment = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat()}Z"


def _packed(record: ArcWarcRecord) -> bytes:
    out = BytesIO()
    WARCWriter(out, gzip=True, warc_version=_VERSION).write_record(record)
    return out.getvalue()
