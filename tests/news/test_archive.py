"""What is kept comes back as it was, and what was changed, cut off or lost is noticed."""

import gzip
import hashlib
import os
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from news.archive import Archive, ArchiveError, records
from news.model import Capture, FetchedPage, Rejected
from tests.builders import NOON

URL = "https://vov.vn/quan-su-quoc-phong/doi-thoai-post1300001.vov"
BODY = "<html><body><h1>Đối thoại quốc phòng Việt Nam - Campuchia</h1></body></html>".encode()
HEADERS = (
    ("Content-Type", "text/html; charset=UTF-8"),
    ("Content-Encoding", "gzip"),
    ("Transfer-Encoding", "chunked"),
    ("Content-Length", "61"),
    ("Set-Cookie", "a=1"),
    ("Set-Cookie", "b=2"),
    ("ETag", '"x"'),
)


def page(**changes: Any) -> FetchedPage:
    made = FetchedPage(site="vov", asked=URL, url=URL, body=BODY, fetched=NOON, encoding="utf-8", headers=HEADERS)
    return replace(made, **changes)


def states(archive: Archive, *captures: Capture) -> dict[str, int]:
    found: dict[str, int] = {}
    for finding in archive.verify(captures):
        found[finding.state] = found.get(finding.state, 0) + (finding.count or 1)
    return found


def only_file(archive: Archive) -> Path:
    (path,) = archive.files()
    return path


def flip(path: Path, position: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[position] ^= 1
    path.write_bytes(raw)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def test_a_page_comes_back_as_it_was_kept(archive: Archive) -> None:
    for kept in (
        page(),
        page(asked="https://vov.vn/cu-post1300001.vov", fetched=NOON + timedelta(microseconds=123456)),
        page(body=b"", status=404, headers=(), encoding=None),
        page(body=os.urandom(200_000), headers=(("Content-Type", "application/octet-stream"),), encoding=None),
        page(body=b"WARC/1.1\r\nWARC-Type: response\r\n\r\n" + gzip.compress(b"WARC/1.1\r\n")),
    ):
        assert archive.read(archive.keep(kept)) == kept


def test_the_capture_says_what_was_kept_and_where(archive: Archive) -> None:
    hanoi = NOON.astimezone(timezone(timedelta(hours=7)))
    first, second = archive.keep(page(fetched=hanoi)), archive.keep(page(fetched=NOON + timedelta(days=30)))
    assert (first.url, first.fetched, first.status, first.sha256) == (URL, NOON, 200, hashlib.sha256(BODY).hexdigest())
    assert re.fullmatch(rf"2026-11/tuantra-20261122T050000Z-{os.getpid()}-[0-9a-f]{{8}}\.warc\.gz", first.file)
    assert second.file == first.file
    assert second.offset == first.offset + first.length
    assert (archive.folder / first.file).stat().st_size == second.offset + second.length


def test_what_an_address_led_to_is_part_of_its_history(archive: Archive) -> None:
    led_away = page(url="https://vov.vn/")
    capture = archive.keep(led_away)
    assert capture.url == URL
    assert archive.read(capture) == led_away


def test_each_process_writes_a_file_of_its_own(archive: Archive) -> None:
    captures = [archive.keep(page()), Archive(archive.folder).keep(page())]
    assert captures[0].file != captures[1].file
    assert states(archive, *captures) == {"ok": 2}


def test_vietnamese_addresses_and_headers_survive(archive: Archive) -> None:
    written = "Đối thoại quốc phòng"
    sent = written.encode().decode("latin-1")  # as a server's UTF-8 is read
    url = unicodedata.normalize("NFC", "https://vov.vn/đối-thoại?q=quốc phòng")
    capture = archive.keep(page(url=url, asked=url, headers=(("X-Title", sent), ("X-Plain", written), ("X-Name", "café"))))
    back = archive.read(capture)
    assert (back.url, back.asked) == (url, url)
    assert [value for _, value in back.headers] == [written, written, "café"]
    raw = gzip.decompress((archive.folder / capture.file).read_bytes())
    assert f"X-Title: {written}\r\n".encode() in raw
    assert b"WARC-Target-URI: https://vov.vn/%C4%91%E1%BB%91i-tho%E1%BA%A1i?q=qu%E1%BB%91c%20ph%C3%B2ng\r\n" in raw


def test_a_header_cannot_forge_another(archive: Archive) -> None:
    hostile = page(headers=(("X-A", "1\r\nX-B: 2\r\n\r\n<html>"),), asked="https://vov.vn/\r\nX: 1")
    back = archive.read(archive.keep(hostile))
    assert back == replace(hostile, headers=(("X-A", "1 X-B: 2 <html>"),), encoding=None)


def test_other_tools_find_a_correct_file(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    for changes in ({}, {"body": b""}, {"headers": (("X-Title", "Đối thoại"),)}):
        archive.keep(page(**changes))
    path = only_file(archive)

    class Asked:
        inputs = (str(path),)
        verbose = True

    assert Checker(Asked()).process_all() == 0
    assert capsys.readouterr().out.count("digest pass") == 4
    with path.open("rb") as file:
        note, first, *_ = [(record.rec_type, dict(record.rec_headers.headers)) for record in ArchiveIterator(file)]
    assert (note[0], note[1]["WARC-Filename"]) == ("warcinfo", path.name)
    assert (first[0], first[1]["WARC-Date"], first[1]["WARC-Target-URI"]) == ("response", "2026-11-22T05:00:00Z", URL)
    assert first[1]["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(BODY).hexdigest()}"


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_flipped_bit_is_found(archive: Archive, part: float) -> None:
    captures = [archive.keep(page(body=os.urandom(5000))) for _ in range(3)]
    flip(only_file(archive), captures[1].offset + int(captures[1].length * part))
    found = states(archive, *captures)
    assert found.pop("ok") == 2
    assert found in ({"unreadable": 1}, {"changed": 1})
    with pytest.raises(ArchiveError, match=r"warc\.gz, byte \d+: .*; restore the file from a copy"):
        archive.read(captures[1])


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("body", {"sha256": "0" * 64}),
        ("address", {"url": f"{URL}x"}),
        ("time", {"fetched": NOON + timedelta(seconds=1)}),
        ("status", {"status": 404}),
    ],
)
def test_another_record_in_its_place_is_found(archive: Archive, name: str, changes: dict[str, Any]) -> None:
    """Whoever rewrites a record properly still does not write what the database says."""
    capture = replace(archive.keep(page()), **changes)
    with pytest.raises(ArchiveError, match=rf"not what was kept \({name}\)") as caught:
        archive.read(capture)
    assert caught.value.state == "changed"


def test_a_missing_file_is_told_for_each_of_its_pages(archive: Archive) -> None:
    captures = [archive.keep(page()), archive.keep(page())]
    only_file(archive).unlink()
    assert states(archive, *captures) == {"missing": 2}
    with pytest.raises(ArchiveError, match=r"No such file.*\[archive\] folder"):
        archive.read(captures[0])
    assert states(archive, archive.keep(page())) == {"ok": 1}


def test_what_a_crash_leaves_behind_is_no_loss(archive: Archive) -> None:
    first, second, third = (archive.keep(page(body=os.urandom(3000))) for _ in range(3))
    path = only_file(archive)
    with path.open("r+b") as file:
        file.truncate(third.offset + 700)
    assert states(archive, first) == {"ok": 1, "unclaimed": 1, "torn": 700}
    assert states(archive, first, second) == {"ok": 2, "torn": 700}
    assert states(archive, first, second, third) == {"ok": 2, "unreadable": 1}


def test_a_file_that_nothing_refers_to_is_told(archive: Archive) -> None:
    archive.keep(page())
    assert states(archive) == {"unclaimed": 1}


def test_a_full_disk_leaves_the_file_as_it_was(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    first = archive.keep(page())
    size = only_file(archive).stat().st_size

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ArchiveError, match=r"No space left on device; check .* free space"):
            archive.keep(page())
    assert only_file(archive).stat().st_size == size
    second = archive.keep(page())
    assert second.file != first.file
    assert states(archive, first, second) == {"ok": 2}


# ---- files of others


def foreign(path: Path, *pages: tuple[str, bytes, dict[str, str]], packed: bool = True, brackets: bool = False) -> Path:
    """A WARC file as other programs write them: requests and notes between the pages, bodies as they went over the wire."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "Wget/1.21"}))
        for url, body, headers in pages:
            sent = StatusAndHeaders("200 OK", list(headers.items()), protocol="HTTP/1.1")
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "vov.vn")], is_http_request=True)
            told = {"WARC-Date": "2026-11-22T05:00:00Z"}
            target = f"<{url}>" if brackets else url
            writer.write_record(writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict=told))
            writer.write_record(
                writer.create_warc_record(target, "response", BytesIO(body), len(body), http_headers=sent, warc_headers_dict=told)
            )
        dns = BytesIO(b"20261122050000\nvov.vn. 60 IN A 1.2.3.4\n")
        writer.write_record(writer.create_warc_record("dns:vov.vn", "response", dns, 41, warc_content_type="text/dns"))
    return path


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:half], body[half:])) + b"0\r\n\r\n"


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("brackets", [True, False])
def test_files_of_other_programs_are_read(tmp_path: Path, packed: bool, brackets: bool) -> None:
    kind = {"Content-Type": "text/html; charset=utf-8"}
    path = foreign(
        tmp_path / "other.warc",
        (URL, gzip.compress(BODY), {**kind, "Content-Encoding": "gzip"}),
        (f"{URL}?2", chunked(BODY), {**kind, "Transfer-Encoding": "chunked"}),
        (f"{URL}?3", chunked(gzip.compress(BODY)), {**kind, "Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}),
        (f"{URL}?4", BODY, {**kind, "Content-Encoding": "gzip"}),  # a lie that archives are full of
        packed=packed,
        brackets=brackets,
    )
    read = dict(records(path))
    assert [one.url if isinstance(one, FetchedPage) else one for one in read.values()] == [
        URL,
        *(f"{URL}?{n}" for n in (2, 3, 4)),
    ]
    for one in read.values():
        assert isinstance(one, FetchedPage)
        assert (one.body, one.site, one.asked, one.encoding) == (BODY, "", one.url, "utf-8")
        assert one.fetched == datetime(2026, 11, 22, 5, tzinfo=UTC)
        assert one.header("content-type") == kind["Content-Type"]
    third = list(read)[2]
    assert list(dict(records(path, third))) == list(read)[2:]


def test_our_own_files_are_read_like_any_other(archive: Archive) -> None:
    kept = [page(), page(asked="https://vov.vn/cu-post1.vov", fetched=NOON + timedelta(hours=1))]
    captures = [archive.keep(one) for one in kept]
    assert list(records(only_file(archive))) == [(one.offset, back) for one, back in zip(captures, kept, strict=True)]


def test_one_damaged_record_does_not_hide_the_next(archive: Archive) -> None:
    captures = [archive.keep(page(body=os.urandom(3000))) for _ in range(3)]
    flip(only_file(archive), captures[1].offset + 1000)
    read = [one.reason if isinstance(one, Rejected) else one.url for _, one in records(only_file(archive))]
    assert read == [URL, "truncated", URL]


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_is_cut_off_is_read_up_to_there(tmp_path: Path, packed: bool) -> None:
    path = foreign(
        tmp_path / "cut.warc", *((f"{URL}?{n}", os.urandom(3000), {"Content-Type": "text/html"}) for n in range(2)), packed=packed
    )
    path.write_bytes(path.read_bytes()[:-2500])
    read = [one.reason if isinstance(one, Rejected) else one.url for _, one in records(path)]
    assert read == [f"{URL}?0", "truncated"]


def test_a_packed_body_that_is_cut_off_is_no_page(tmp_path: Path) -> None:
    path = foreign(tmp_path / "cut.warc", (URL, gzip.compress(os.urandom(5000))[:-300], {"Content-Encoding": "gzip"}))
    assert [str(one) for _, one in records(path)] == ["truncated: the record is cut off"]


def test_what_is_no_warc_file_is_told_with_a_remedy(tmp_path: Path) -> None:
    page_file, whole, gone = tmp_path / "page.html", tmp_path / "whole.warc.gz", tmp_path / "gone.warc"
    page_file.write_bytes(BODY)
    whole.write_bytes(gzip.compress(foreign(tmp_path / "plain.warc", (URL, BODY, {}), packed=False).read_bytes()))
    for path, said in ((page_file, "not a WARC file"), (whole, "gunzip"), (gone, "No such file"), (tmp_path, "directory")):
        with pytest.raises(ArchiveError, match=said):
            list(records(path))
    (tmp_path / "empty.warc.gz").touch()
    assert list(records(tmp_path / "empty.warc.gz")) == []
