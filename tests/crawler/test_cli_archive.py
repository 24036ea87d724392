"""Evidence as its user meets it: pages kept by a crawl, checked, given back, and taken in again from the disk."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.catalogue import all_sites
from news.archive import Archive
from news.model import StoredArticle
from news.store import Store, open_store
from tests.builders import NOON, fetched_page
from tests.web import FOOTBALL, RELEVANT, Answer, Web, rss, vov_page

TITLE = "Đối thoại chính sách quốc phòng Việt Nam - Campuchia lần thứ 9"
DIALOGUE = "https://vov.vn/quan-su-quoc-phong/doi-thoai-quoc-phong-post1300001.vov"
SPELLED = unicodedata.normalize("NFC", "https://vov.vn/quan-su-quoc-phong/tuần-tra-chung-post1300003.vov")
PATROL = quote(SPELLED, safe=":/")
MATCH = "https://vov.vn/the-thao/tran-dau-post1300002.vov"
PAGE = vov_page(DIALOGUE, TITLE, RELEVANT[0], RELEVANT[1:])
PATROL_PAGE = vov_page(
    PATROL,
    "Hải quân Việt Nam và Hải quân Campuchia tuần tra chung",
    "Hải quân Việt Nam và Hải quân Hoàng gia Campuchia tuần tra chung lần thứ 75 trên vùng nước lịch sử.",
    ("Hai biên đội tàu hải quân hai nước xuất phát từ Phú Quốc.", "Hai bên diễn tập tìm kiếm cứu nạn trên biển."),
)
EDITED = PAGE.replace("lần thứ 9", "lần thứ 10")
LATER = NOON + timedelta(hours=6)
PROOF = "it does not show who sent them"


@pytest.fixture(scope="module")
def papers() -> Iterator[Web]:
    with Web() as served:
        for listing in all_sites()["vov"].dated_listings(NOON):
            served[listing.url] = rss()
        served["https://vov.vn/rss.xml"] = rss((DIALOGUE, TITLE), (PATROL, "Tuần tra chung"), (MATCH, "Trận đấu"))
        served[DIALOGUE] = Answer(gzip.compress(PAGE.encode()), headers={"Content-Encoding": "gzip", "ETag": '"1"'})
        served[PATROL] = Answer(PATROL_PAGE, headers={"X-Title": TITLE.encode().decode("latin-1")})
        served[MATCH] = vov_page(MATCH, "Tuyển Việt Nam gặp tuyển Campuchia", FOOTBALL[0], FOOTBALL[1:])
        yield served


@pytest.fixture
def web(papers: Web) -> Iterator[Web]:
    """The papers of the crawl, which a test may change."""
    pages = dict(papers.pages)
    yield papers
    papers.pages = pages


@pytest.fixture(scope="module")
def crawled(papers: Web, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crawled")
    settle(folder / "tuantra.toml", "watch.db", f'[fetch]\nvia = "{papers.prefix}"\ndelay = "0.001s"')
    done = tuantra(folder, "crawl", "--json")
    assert json.loads(done.stdout)[0]["matched"] == 2, done.stderr
    return folder


@pytest.fixture
def home(tmp_path: Path, crawled: Path) -> Path:
    return Path(shutil.copytree(crawled, tmp_path / "home"))


def settle(file: Path, database: str, more: str = "") -> None:
    file.write_text(
        f'[watch]\nsites = ["vov"]\n[store]\ndatabase = "sqlite:///{database}"\n[archive]\nwarc = true\nfolder = "kept"\n{more}\n',
        encoding="utf-8",
    )


def tuantra(home: Path, *arguments: str, now: Any = NOON, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUANTRA", "LANG", "LC_"))}
    return subprocess.run(
        [sys.executable, "-m", "crawler", *arguments],
        cwd=home, capture_output=True, text=True, timeout=100, check=False,
        env={**kept, "TUANTRA_NOW": now.isoformat(), "PYTHONUTF8": "1", **environment},
    )  # fmt: skip


def kept_file(home: Path) -> Path:
    (path,) = Archive(home / "kept").files()
    return path


def contents(home: Path, database: str = "watch.db") -> dict[str, Any]:
    """What a crawl or a replay has found, without the numbers and times of its rows."""
    store = open_store(f"sqlite:///{home / database}")
    try:
        found: list[StoredArticle] = list(store.articles.export())
        stories = store.stories.relevant()
    finally:
        store.close()
    return {
        "articles": sorted((one.article.canonical_url, one.article.title, one.article.text) for one in found),
        "versions": sorted((one.article.canonical_url, old.article.title) for one in found for old in one.revisions),
        "stories": sorted(sorted(copy.article.canonical_url for copy in story.articles) for story in stories),
    }


def opened(home: Path) -> Store:
    return open_store(f"sqlite:///{home / 'watch.db'}")


def spoil(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


# ---- what a crawl keeps


def test_every_matched_page_is_kept_and_nothing_else(home: Path) -> None:
    rows = [json.loads(line) for line in tuantra(home, "archive", "list", "--json").stdout.splitlines()]
    assert {row["url"] for row in rows} == {DIALOGUE, PATROL}
    assert {(row["status"], row["fetched"][:16]) for row in rows} == {(200, "2026-11-22T12:00")}
    of_one = tuantra(home, "archive", "list", DIALOGUE)
    assert (of_one.returncode, len(of_one.stdout.splitlines())) == (0, 1)
    assert tuantra(home, "archive", "list", MATCH).returncode == 3


def test_verify_says_that_all_is_unchanged_and_what_that_means(home: Path) -> None:
    told = tuantra(home, "archive", "verify")
    assert told.returncode == 0, told.stdout
    assert "2 pages kept: 2 unchanged, 0 missing, 0 unreadable, 0 changed" in told.stdout
    assert PROOF in told.stdout.splitlines()[-1]
    row = json.loads(tuantra(home, "archive", "verify", "--json").stdout)
    assert (row["captures"], row["ok"], row["findings"], PROOF in row["proves"]) == (2, 2, [], True)
    assert "ai đã gửi" in tuantra(home, "archive", "verify", TUANTRA_LANGUAGE="vi").stdout.splitlines()[-1]


def test_without_evidence_there_is_nothing_to_verify(tmp_path: Path) -> None:
    for command in (("verify",), ("list",), ("show", DIALOGUE), ("replay",)):
        assert tuantra(tmp_path, "archive", *command).returncode == 3
    assert tuantra(tmp_path, "archive", "verify", "--json").returncode == 3


def test_a_page_is_given_back_byte_for_byte(home: Path) -> None:
    shown = tuantra(home, "archive", "show", DIALOGUE, "--output", "page.html")
    assert shown.returncode == 0, shown.stderr
    assert (home / "page.html").read_bytes() == PAGE.encode(), "unpacked, as a browser had it"
    for fact in (
        f"address: {DIALOGUE}",
        "fetched: 2026-11-22T12:00",
        "status: 200",
        "SHA-256: ",
        "file: 2026-11/tuantra-20261122T",
    ):
        assert fact in shown.stderr
    assert tuantra(home, "archive", "show", DIALOGUE).stdout == PAGE
    text = tuantra(home, "archive", "show", DIALOGUE, "--text").stdout
    assert text.startswith(f"{TITLE}\n\n{RELEVANT[0]}\n\n{RELEVANT[1]}\n")
    assert tuantra(home, "archive", "show", DIALOGUE, "--output", "no/where").returncode == 2


def test_an_address_may_be_typed_as_it_reads(home: Path) -> None:
    for typed in (SPELLED, unicodedata.normalize("NFD", SPELLED), f"{PATROL}?utm_source=x", PATROL.replace("vov.vn", "m.vov.vn")):
        assert tuantra(home, "archive", "show", typed).stdout == PATROL_PAGE, typed
    assert f"X-Title: {TITLE}\r\n".encode() in gzip.decompress(kept_file(home).read_bytes())


def test_each_version_is_given_back_as_of_its_time(home: Path, web: Web) -> None:
    web[DIALOGUE] = EDITED
    tuantra(home, "crawl", "--url", DIALOGUE, now=LATER)
    assert tuantra(home, "archive", "show", DIALOGUE).stdout == EDITED
    for at, page in (
        ("2026-11-22T12:30", PAGE),
        ("2026-11-22T06:00:00+00:00", PAGE),
        ("2026-11-22", EDITED),
        (LATER.replace(hour=12).isoformat(), EDITED),
    ):
        assert tuantra(home, "archive", "show", DIALOGUE, "--at", at).stdout == page, at
    early = tuantra(home, "archive", "show", DIALOGUE, "--at", "2026-11-21")
    assert (early.returncode, "that early" in early.stderr) == (3, True)
    wrong = tuantra(home, "archive", "show", DIALOGUE, "--at", "yesterday")
    assert (wrong.returncode, "2026-11-22T07:00:00+07:00" in wrong.stderr) == (2, True)


# ---- what goes wrong


def test_a_kill_between_record_and_row_is_no_loss(home: Path) -> None:
    Archive(home / "kept").keep(fetched_page(DIALOGUE))
    told = tuantra(home, "archive", "verify")
    assert told.returncode == 0
    assert "1 page that the database does not name" in told.stdout
    assert "2 unchanged" in told.stdout


def test_a_record_that_was_never_finished_is_no_loss(home: Path) -> None:
    with kept_file(home).open("ab") as file:
        file.write(gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n")[:30])
    told = tuantra(home, "archive", "verify")
    assert (told.returncode, "30 bytes of a record that was never finished" in told.stdout) == (0, True)


def test_a_flipped_bit_is_found(home: Path) -> None:
    with_two = opened(home)
    first, second = with_two.captures.all()
    with_two.close()
    spoil(kept_file(home), first.offset + first.length // 2)
    told = tuantra(home, "archive", "verify")
    assert told.returncode == 1
    assert f"unreadable: {first.url}" in told.stdout
    assert "restore the file from a copy" in told.stdout
    assert "1 unchanged, 0 missing, 1 unreadable" in told.stdout
    assert PROOF in told.stdout.splitlines()[-1]
    shown = tuantra(home, "archive", "show", first.url)
    assert (shown.returncode, shown.stdout, "damaged" in shown.stderr) == (1, "", True)
    assert tuantra(home, "archive", "show", second.url).returncode == 0


def test_a_record_that_was_rewritten_is_found(home: Path) -> None:
    """A forger makes a correct record of the same length; the database still knows the digest."""
    store = opened(home)
    capture = next(one for one in store.captures.all() if one.url == PATROL)
    store.close()
    path = kept_file(home)
    whole = path.read_bytes()
    begin, end = capture.offset, capture.offset + capture.length
    forged = gzip.compress(gzip.decompress(whole[begin:end]).replace("lần thứ 75".encode(), "lần thứ 76".encode()), 9, mtime=0)
    path.write_bytes(whole[:begin] + forged + whole[end:])
    with store.database._writer.begin() as db:
        db.exec_driver_sql("UPDATE capture SET length = ? WHERE url = ?", (len(forged), PATROL))
        db.exec_driver_sql("UPDATE capture SET offset = offset + ? WHERE offset > ?", (len(forged) - capture.length, begin))
    store.close()
    told = tuantra(home, "archive", "verify")
    assert told.returncode == 1
    assert "not what was kept (body)" in told.stdout
    assert "1 unchanged, 0 missing, 0 unreadable, 1 changed" in told.stdout


def test_a_file_that_is_cut_off_loses_only_its_end(home: Path) -> None:
    path = kept_file(home)
    path.write_bytes(path.read_bytes()[:-10])
    told = tuantra(home, "archive", "verify")
    assert (told.returncode, "1 unchanged, 0 missing, 1 unreadable" in told.stdout) == (1, True)


def test_a_file_that_is_gone_is_told(home: Path) -> None:
    path = kept_file(home)
    away = path.rename(home / "away")
    told = tuantra(home, "archive", "verify")
    assert (told.returncode, "0 unchanged, 2 missing" in told.stdout) == (1, True)
    assert "No such file" in tuantra(home, "archive", "show", DIALOGUE).stderr
    away.rename(path)
    assert tuantra(home, "archive", "verify").returncode == 0


# ---- replay


def test_a_replay_finds_what_the_crawls_found(home: Path, web: Web) -> None:
    web[DIALOGUE] = EDITED
    tuantra(home, "crawl", "--url", DIALOGUE, now=LATER)
    asked = len(web.asked)
    settle(home / "fresh.toml", "fresh.db")
    told = tuantra(home, "archive", "replay", "--config", "fresh.toml", "--json")
    assert told.returncode == 0, told.stderr
    (row,) = json.loads(told.stdout)["sites"]
    assert row == {"site": "vov", "pages": 3, "matched": 2, "changed": 1, "known": 0, "rejected": {}}
    assert contents(home, "fresh.db") == contents(home)
    assert len(contents(home, "fresh.db")["versions"]) == 1
    assert len(web.asked) == asked


def test_a_replay_leaves_stored_articles_alone_unless_forced(home: Path) -> None:
    before = contents(home)
    (row,) = json.loads(tuantra(home, "archive", "replay", "--json").stdout)["sites"]
    assert (row["matched"], row["known"]) == (0, 2)
    (row,) = json.loads(tuantra(home, "archive", "replay", "--force", "--json").stdout)["sites"]
    assert (row["pages"], row["matched"] + row["changed"] + row["known"]) == (2, 2)
    assert contents(home) == before
    table = tuantra(home, "archive", "replay").stdout
    assert table.split()[:6] == ["site", "pages", "matched", "changed", "known", "rejected"]


def foreign(path: Path, *pages: tuple[str, bytes, dict[str, str]], status: str = "200 OK") -> Path:
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=path.suffix == ".gz")
        for url, body, headers in pages:
            sent = StatusAndHeaders(status, [("Content-Type", "text/html; charset=utf-8"), *headers.items()], protocol="HTTP/1.1")
            when = {"WARC-Date": "2026-11-22T04:00:00Z"}
            writer.write_record(
                writer.create_warc_record(url, "response", BytesIO(body), len(body), http_headers=sent, warc_headers_dict=when)
            )
    return path


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def test_the_archive_of_another_program_is_taken_in(tmp_path: Path) -> None:
    settle(tmp_path / "tuantra.toml", "watch.db")
    copy = "https://plo.vn/viet-nam-campuchia-doi-thoai-quoc-phong-post900001.html"
    packed = gzip.compress(PAGE.encode())
    foreign(tmp_path / "a.warc.gz", (DIALOGUE, chunked(packed), {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}))
    foreign(
        tmp_path / "b.warc",
        (copy, chunked(PAGE.replace(DIALOGUE, copy).encode()), {"Transfer-Encoding": "chunked"}),
        ("https://vov.vn/rss.xml", rss((DIALOGUE, TITLE)).encode(), {}),
        ("https://example.org/a-page-of-nobody", PAGE.encode(), {}),
        (MATCH, vov_page(MATCH, "Trận đấu", FOOTBALL[0], FOOTBALL[1:]).encode(), {}),
    )
    foreign(tmp_path / "c.warc.gz", ("https://vov.vn/da-mat-post1300009.vov", b"", {}), status="404 Not Found")
    told = tuantra(tmp_path, "archive", "replay", "a.warc.gz", "b.warc", "c.warc.gz", "--json")
    assert told.returncode == 0, told.stderr
    rows = {row["site"]: row for row in json.loads(told.stdout)["sites"]}
    assert (rows["vov"]["matched"], rows["plo"]["matched"]) == (1, 1)
    assert rows["vov"]["rejected"] == {"http_404": 1, "off_topic": 1, "other_page": 1}
    assert rows[""]["rejected"] == {"unknown_paper": 1}
    found = contents(tmp_path)
    assert found["stories"] == [[copy, DIALOGUE]]
    store = opened(tmp_path)
    known = store.articles.by_url(DIALOGUE)
    waiting = store.addresses.pending("vov", LATER, None)
    store.close()
    assert known is not None
    assert (known.first_seen, known.fetched) == (NOON - timedelta(hours=1), NOON - timedelta(hours=1))
    assert waiting == [], "nothing is left for a crawl to fetch"


def test_a_page_that_brings_its_reader_down_twice_is_passed_over(tmp_path: Path) -> None:
    settle(tmp_path / "tuantra.toml", "watch.db", '[batch]\npage = "1.5s"')
    endless = tuple(f"{RELEVANT[number % 4]} {number}" for number in range(14_000))
    hostile = "https://vov.vn/quan-su-quoc-phong/trang-doc-hai-post1300002.vov"
    foreign(
        tmp_path / "a.warc.gz",
        (PATROL, PATROL_PAGE.encode(), {}),
        (hostile, vov_page(hostile, TITLE, RELEVANT[0], endless).encode(), {}),
        (DIALOGUE, PAGE.encode(), {}),
    )
    told = tuantra(tmp_path, "archive", "replay", "a.warc.gz", "--json")
    assert (told.returncode, told.stderr) == (1, f"crashed: {hostile}\n")
    (row,) = json.loads(told.stdout)["sites"]
    assert (row["pages"], row["matched"], row["rejected"]) == (3, 2, {"crashed": 1})
    assert [url for url, _, _ in contents(tmp_path)["articles"]] == sorted([DIALOGUE, PATROL])
    store = opened(tmp_path)
    assert [aside.url for aside in store.addresses.quarantined()] == [hostile]
    store.close()


def test_a_reader_that_has_used_its_time_is_followed_by_another(tmp_path: Path) -> None:
    """Half of a second is used before the first page: each child reads one page and hands over."""
    settle(tmp_path / "tuantra.toml", "watch.db", '[batch]\ncpu = "1s"')
    shutil.copy(
        foreign(tmp_path / "a.warc", (PATROL, PATROL_PAGE.encode(), {}), (DIALOGUE, PAGE.encode(), {})), tmp_path / "b.warc"
    )
    told = tuantra(tmp_path, "archive", "replay", "a.warc", "b.warc", "--json")
    (row,) = json.loads(told.stdout)["sites"]
    assert (row["pages"], row["matched"], row["known"]) == (4, 2, 2)


def test_a_replay_tells_of_a_record_that_cannot_be_read(home: Path) -> None:
    store = opened(home)
    first, _ = store.captures.all()
    store.close()
    spoil(kept_file(home), first.offset + first.length // 2)
    told = tuantra(home, "archive", "replay")
    assert told.returncode == 1
    (line, *_) = told.stderr.splitlines()
    assert line.startswith("truncated: ")
    assert line.count(str(kept_file(home).name)) == 1
    spoken = tuantra(home, "archive", "replay", TUANTRA_LANGUAGE="vi").stderr
    assert "bị cắt: " in spoken


def test_a_folder_in_the_place_of_a_file_is_named_once(home: Path) -> None:
    told = tuantra(home, "archive", "replay", "kept")
    assert (told.returncode, told.stderr) == (1, "missing: kept: Is a directory; give the path of a .warc or .warc.gz file\n")
    assert "không có: kept: đây là thư mục; hãy cho" in tuantra(home, "archive", "replay", "kept", TUANTRA_LANGUAGE="vi").stderr


def test_verify_speaks_the_readers_language_and_time(home: Path) -> None:
    kept_file(home).unlink()
    told = tuantra(home, "archive", "verify").stdout
    assert f"missing: {DIALOGUE}, fetched 2026-11-22 12:00: " in told
    spoken = tuantra(home, "archive", "verify", TUANTRA_LANGUAGE="vi").stdout
    assert f"không có: {DIALOGUE}, tải lúc 2026-11-22 12:00: " in spoken
    assert "UTC" not in told + spoken


def test_a_file_that_is_no_archive_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    settle(tmp_path / "tuantra.toml", "watch.db")
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    foreign(tmp_path / "a.warc", (DIALOGUE, PAGE.encode(), {}))
    told = tuantra(tmp_path, "archive", "replay", "page.html", "none.warc", "a.warc")
    assert told.returncode == 1
    assert "unreadable: page.html: not a WARC file; give a .warc or .warc.gz file" in told.stderr
    assert "missing: none.warc: No such file or directory" in told.stderr
    assert contents(tmp_path)["stories"] == [[DIALOGUE]]
