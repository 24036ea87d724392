"""The commands as their user types them: output, exit status, one clear line for what is wrong."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from crawler.catalogue import all_sites
from news.store import open_store
from news.store.watch import ListingState
from tests.builders import article, match, stored
from tests.web import FOOTBALL, RELEVANT, Web, rss, vov_page

URL = "https://vov.vn/quan-su-quoc-phong/doi-thoai-post1300001.vov"
PAGE = vov_page(URL, "Đối thoại quốc phòng Việt Nam - Campuchia", RELEVANT[0], RELEVANT[1:])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def filled(home: Path) -> Path:
    store = open_store(f"sqlite:///{home / 'data' / 'tuantra.db'}")
    now = datetime.now(UTC)
    copy = article(agency="TTXVN", published=now)
    first = stored(store, copy, now=now)
    stored(store, article(slug="ban-sao", title="=HYPERLINK bản sao", published=now), story=first.story_id, now=now)
    stored(store, article(slug="ngoai-le", published=now), matches=[match(relevant=False, score=0.2)], now=now)
    store.close()
    return home


def tuantra(home: Path, *arguments: str, given: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUANTRA", "LANG", "LC_"))}
    return subprocess.run(
        [sys.executable, "-m", "crawler", *arguments],
        cwd=home, input=given, capture_output=True, text=True, timeout=60, check=False, env={**kept, **environment},
    )  # fmt: skip


def test_help_answers_at_once(home: Path) -> None:
    times = []
    for _ in range(5):
        began = time.monotonic()
        assert tuantra(home, "--help").returncode == 0
        times.append(time.monotonic() - began)
    assert min(times) < 0.3


def test_init_writes_a_configuration_that_check_accepts(home: Path) -> None:
    assert tuantra(home, "init").returncode == 0
    checked = tuantra(home, "config", "check")
    assert checked.returncode == 0
    watched = sum(not site.unverified for site in all_sites().values())
    assert f"all right: {watched} papers, 1 topic, 1 subscription, digests by file" in checked.stdout
    again = tuantra(home, "init")
    assert again.returncode == 2
    assert "--force" in again.stderr


def keys_of(example: str) -> dict[str, object]:
    """The sections and the keys with their values, those that are commented out too, without the prose."""
    found: dict[str, object] = {}
    section = ""
    for line in example.splitlines():
        whole = re.fullmatch(r"(# )?(\[.+?\]|\w+ = .+?)(?:\s{2,}# .+)?", line)
        if whole and whole[2].startswith("["):
            section = whole[2]
            found[f"{whole[1]}{section}"] = None
        elif whole:
            key, _, value = whole[2].partition(" = ")
            found[f"{section} {whole[1]}{key}"] = tomllib.loads(f"value = {value}")["value"]
    return found


def test_the_example_says_the_same_in_both_languages() -> None:
    english, vietnamese = (
        (files("crawler") / name).read_text(encoding="utf-8") for name in ("tuantra.example.toml", "tuantra.example.vi.toml")
    )
    assert list(keys_of(vietnamese).items()) == list(keys_of(english).items())
    assert "[watch] Noneevery" in keys_of(english)
    assert "[mail] # host" in keys_of(english)
    assert tomllib.loads(vietnamese) == tomllib.loads(english)
    assert len(vietnamese.splitlines()) == len(english.splitlines())


def test_init_comments_in_the_readers_language(home: Path) -> None:
    assert tuantra(home, "init", TUANTRA_LANGUAGE="vi", PYTHONUTF8="1").returncode == 0
    assert (home / "tuantra.toml").read_text(encoding="utf-8").startswith("# Cấu hình của Tuần tra.")
    assert tuantra(home, "config", "check").returncode == 0


def test_a_wrong_configuration_is_told_line_by_line_with_status_2(home: Path) -> None:
    (home / "tuantra.toml").write_text('[watch]\nevry = "5m"\n[mail]\nhost = "x"\nsender = "nobody"\n')
    checked = tuantra(home, "config", "check")
    assert checked.returncode == 2
    assert "Traceback" not in checked.stderr
    assert "tuantra.toml: watch.evry = '5m': unknown key; did you mean 'every'?" in checked.stderr


def test_an_unknown_paper_an_unknown_option_and_a_foreign_address_are_wrong_usage(home: Path) -> None:
    for arguments, said in (
        (("crawl", "thanhnein"), "did you mean 'thanhnien'"),
        (("crawl", "--sicne", "7d"), "--since"),
        (("crawl", "--since", "often"), "not a duration"),
        (("crawl", "--url", "https://example.org/x"), "no paper that tuantra knows"),
        (("digest", "nobody"), "known: digest"),
    ):
        told = tuantra(home, *arguments)
        assert (told.returncode, said in told.stderr) == (2, True), told.stderr


def test_extract_shows_what_is_read_and_how(home: Path) -> None:
    row = json.loads(tuantra(home, "extract", "page.html", "--url", URL, "--json").stdout)
    assert (row["title"], row["lead"]) == ("Đối thoại quốc phòng Việt Nam - Campuchia", RELEVANT[0])
    assert row["text"].splitlines() == list(RELEVANT[1:])
    assert row["published"] == "2026-11-22T09:00:00+07:00"
    assert row["site"] == "vov"
    assert row["how"]["body"]
    assert "title: Đối thoại" in tuantra(home, "extract", "page.html", "--url", URL).stdout


def test_extract_rejects_what_is_no_article_with_status_3(home: Path) -> None:
    wall = '<html><script>document.cookie="D1N=0123456789abcdef0123456789abcdef";window.location.reload(true);</script></html>'
    (home / "wall.html").write_text(wall)
    told = tuantra(home, "extract", "wall.html", "--url", URL, "--json")
    assert told.returncode == 3
    assert json.loads(told.stdout)["rejected"] == "challenge"
    assert tuantra(home, "extract", "none.html", "--url", URL).returncode == 2


def test_extract_fetches_an_address_with_the_manners_of_a_crawl(home: Path) -> None:
    with Web() as web:
        web[URL] = PAGE
        row = json.loads(tuantra(home, "extract", URL, "--via", web.prefix, "--json").stdout)
        assert row["title"].startswith("Đối thoại")
        web["https://vov.vn/robots.txt"] = "User-agent: *\nDisallow: /"
        store = home / "data" / "tuantra.db"
        store.unlink()
        refused = tuantra(home, "extract", URL, "--via", web.prefix, "--json")
        assert refused.returncode == 3
        assert "robots" in refused.stdout


def test_match_takes_json_lines_and_gives_json_lines(home: Path) -> None:
    lines = [
        {"id": 7, "title": "Đối thoại quốc phòng Việt Nam - Campuchia", "lead": RELEVANT[0], "text": "\n".join(RELEVANT[1:])}
    ]
    told = tuantra(home, "match", given="\n".join(map(json.dumps, [*lines, {"id": "x", "title": "Trời mưa"}])))
    first, second = map(json.loads, told.stdout.splitlines())
    assert (first["id"], first["topics"][0]["relevant"]) == (7, True)
    assert {"topic", "score", "relevant", "evidence"} <= set(first["topics"][0])
    assert (second["id"], second["topics"][0]["relevant"]) == ("x", False)
    wrong = tuantra(home, "match", given='{"id": 1}\nnonsense\n')
    assert (wrong.returncode, "line 2" in wrong.stderr) == (2, True)


def test_match_names_what_export_writes_by_its_address(filled: Path) -> None:
    told = tuantra(filled, "match", given=tuantra(filled, "export").stdout)
    assert next(json.loads(line)["id"] for line in told.stdout.splitlines()) == article().url


def test_a_page_named_by_hand_that_is_no_article_is_told_with_its_reason_and_status_3(home: Path) -> None:
    dead = "https://vov.vn/quan-su-quoc-phong/khong-co-post1300009.vov"
    wall = "https://vov.vn/quan-su-quoc-phong/buc-tuong-post1300008.vov"
    with Web() as web:
        web[URL] = PAGE
        web[wall] = "<html><head><title>x</title></head><body><p>Campuchia Việt Nam quốc phòng</p></body></html>"
        told = tuantra(home, "crawl", "--url", dead, "--url", wall, "--via", web.prefix)
        spoken = tuantra(home, "crawl", "--url", dead, "--via", web.prefix, TUANTRA_LANGUAGE="vi", PYTHONUTF8="1")
        (row,) = json.loads(tuantra(home, "crawl", "--url", dead, "--via", web.prefix, "--json").stdout)
        found = tuantra(home, "crawl", "--url", dead, "--url", URL, "--via", web.prefix)
        again = tuantra(home, "crawl", "--url", URL, "--via", web.prefix)
    assert told.returncode == 3, told.stderr
    assert f"{dead}: the server answered 404 (http_404): 404 for {dead}; next attempt 20" in told.stdout
    assert re.search(rf"{wall}: (no article \(not_article\)|off the topic \(off_topic\)): \w+", told.stdout), told.stdout
    assert f"{dead}: máy chủ trả lời 404 (http_404): mã 404 cho" in spoken.stdout
    assert [(each["url"], each["outcome"], each["article"]) for each in row["addresses"]] == [(dead, "http_404", False)]
    assert (found.returncode, f"{URL}: relevant" in found.stdout) == (0, True), found.stdout
    assert (again.returncode, f"{URL}: relevant" in again.stdout) == (0, True), again.stdout


def test_the_history_of_a_page_is_worded_for_people(home: Path) -> None:
    sport = "https://vov.vn/the-thao/tran-dau-post1300002.vov"
    with Web() as web:
        web[sport] = vov_page(sport, "Tuyển Việt Nam gặp tuyển Campuchia", FOOTBALL[0], FOOTBALL[1:])
        web[URL] = PAGE
        tuantra(home, "crawl", "--url", sport, "--url", URL, "--via", web.prefix)
    left_out = tuantra(home, "explain", sport).stdout
    assert re.search(r"^listed: \d{4}-\d\d-\d\d \d\d:\d\d, named by hand$", left_out, re.MULTILINE)
    assert re.search(r"^fetched: \d{4}-\d\d-\d\d \d\d:\d\d, off the topic \(off_topic\), dealt with$", left_out, re.MULTILINE)
    assert "    technical reason: vietnam-cambodia-defence: not relevant" in left_out
    spoken = tuantra(home, "explain", sport, TUANTRA_LANGUAGE="vi", PYTHONUTF8="1").stdout
    assert "do người nêu" in spoken
    assert "lạc đề (off_topic), đã xong" in spoken
    told = tuantra(home, "explain", URL, TUANTRA_LANGUAGE="vi", PYTHONUTF8="1").stdout
    assert "đăng lúc: 2026-11-22 09:00" in told
    assert "báo tin: chưa cho ai: từ khi tìm thấy chưa đến kỳ bản tin nào" in told
    assert "lý do kỹ thuật: relevant, score" in told
    for machine in ("{'", "[]", "+07:00", "at:", "by:"):
        assert machine not in left_out + spoken + told


def test_the_table_of_papers_tells_of_each_listing_when_and_why(home: Path) -> None:
    store = open_store(f"sqlite:///{home / 'data' / 'tuantra.db'}")
    polled, newest = datetime(2026, 11, 22, 5, 30, tzinfo=UTC), datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
    state = ListingState(url="https://vov.vn/rss.xml", site="vov", fetched_at=polled, newest_at=newest, state="ok")
    store.watch.listing_fetched(replace(state, detail="no link looks like an article"))
    store.watch.listing_fetched(replace(state, url="https://vov.vn/chinh-tri", state="robots_silent", newest_at=None))
    store.close()
    head, *lines = tuantra(home, "sites").stdout.splitlines()
    (line,) = (line for line in lines if "rss.xml" in line)
    assert line[head.index("last poll") :].startswith("2026-11-22 12:30")
    assert line[head.index("last success") : head.index("next")].strip() == ""
    assert line[head.index("detail") :].startswith("newest item 2026-11-21 01:05; no link")
    spoken = tuantra(home, "sites", TUANTRA_LANGUAGE="vi", PYTHONUTF8="1").stdout
    for words in ("chưa đọc lần nào", "tin mới nhất 2026-11-21 01:05; không liên kết nào giống", "robots.txt không trả lời"):
        assert words in spoken
    assert "never polled" not in spoken
    rows = {row["url"]: row for site in json.loads(tuantra(home, "sites", "--json").stdout)["sites"] for row in site["listings"]}
    assert rows["https://vov.vn/rss.xml"]["fetched"] == "2026-11-22T12:30:00+07:00"


@pytest.mark.parametrize(
    "arguments",
    [
        ("story", "9" * 20),
        ("story", "1", "--merge", "9" * 5000),
        ("stories", "--limit", "9" * 20),
        ("outbox", "--limit", "9" * 20),
    ]
    + [("outbox", command, "9" * 20) for command in ("show", "retry", "drop")],
)
def test_a_number_that_is_too_large_is_wrong_usage(filled: Path, arguments: tuple[str, ...]) -> None:
    told = tuantra(filled, *arguments)
    assert (told.returncode, "Traceback" in told.stderr, "too large a number" in told.stderr) == (2, False, True), told.stderr


@pytest.mark.parametrize("length", ["4000000d", "99999999999999999999d"])
def test_a_time_that_is_longer_than_the_calendar_is_wrong_usage(filled: Path, length: str) -> None:
    told = tuantra(filled, "stories", "--since", length)
    assert (told.returncode, f"'{length}' is longer than ten years" in told.stderr) == (2, True), told.stderr


def test_the_schema_of_a_topic_needs_no_argument(home: Path) -> None:
    alone = tuantra(home, "config", "schema")
    assert alone.returncode == 0
    assert alone.stdout == tuantra(home, "config", "schema", "topic").stdout


def test_the_list_of_stories_says_by_what_it_is_sorted(home: Path) -> None:
    assert "first the one of which tuantra saw a copy last" in " ".join(tuantra(home, "stories", "--help").stdout.split())


def test_stories_export_and_explain_show_what_is_stored(filled: Path) -> None:
    (row,) = json.loads(tuantra(filled, "stories", "--json").stdout)
    assert (len(row["copies"]), row["origin"]) == (2, "TTXVN")
    lines = [json.loads(line) for line in tuantra(filled, "export").stdout.splitlines()]
    assert list(lines[0]) == [
        "url", "canonical_url", "site", "title", "lead", "text", "captions", "authors", "agency", "published", "modified",
        "language", "story_id", "event_id", "origin", "topics", "first_seen", "fetched", "edits", "gone", "gone_at",
    ]  # fmt: skip
    assert len(lines) == 2
    assert len(tuantra(filled, "export", "--all").stdout.splitlines()) == 3
    explained = tuantra(filled, "explain", f"{article().url}?utm_source=x")
    assert explained.returncode == 0
    assert "nobody yet" in explained.stdout
    assert tuantra(filled, "explain", "https://vov.vn/nie-gesehen-post1.vov").returncode == 3


def test_a_formula_in_a_headline_is_harmless_in_csv(filled: Path) -> None:
    table = tuantra(filled, "export", "--format", "csv").stdout
    assert "'=HYPERLINK" in table
    assert "\n=HYPERLINK" not in table


def test_a_digest_can_be_looked_at_and_then_sent_once(filled: Path) -> None:
    shown = tuantra(filled, "digest", "--dry-run", "--format", "html")
    assert "<html" in shown.stdout
    sent = tuantra(filled, "digest")
    assert sent.returncode == 0
    (page,) = (filled / "data" / "mail").glob("*.html")
    assert "Campuchia" in page.read_text(encoding="utf-8")
    assert tuantra(filled, "digest").returncode == 3


def test_empty_answers_have_status_3(home: Path) -> None:
    for command in (("stories",), ("export",), ("digest", "--dry-run")):
        assert tuantra(home, *command).returncode == 3


def test_a_replayed_clock_must_be_a_time_with_offset(home: Path) -> None:
    told = tuantra(home, "stories", TUANTRA_NOW="yesterday")
    assert (told.returncode, "2026-11-22T07:00:00+07:00" in told.stderr) == (2, True)


def test_a_database_of_a_newer_version_is_told_in_one_line(filled: Path) -> None:
    code = "import sqlite3; c = sqlite3.connect('data/tuantra.db'); c.execute(\"UPDATE alembic_version SET version_num='9999'\"); c.commit()"
    subprocess.run([sys.executable, "-c", code], cwd=filled, check=True)
    told = tuantra(filled, "stories")
    assert told.returncode == 1
    assert len(told.stderr.strip().splitlines()) == 1
    assert "newer version" in told.stderr


def test_a_fixture_is_saved_and_a_site_checked_live(home: Path) -> None:
    with Web() as web:
        web[URL] = PAGE
        web["https://vov.vn/rss.xml"] = rss((URL, "Đối thoại"))
        saved = tuantra(home, "save", "vov", URL, "--via", web.prefix)
        assert saved.returncode == 0, saved.stderr
        (folder,) = (home / "tests" / "sites" / "vov").iterdir()
        assert {path.name for path in folder.iterdir()} == {"listing.xml", "entries.json", "page.html", "article.json"}
        assert json.loads((folder / "entries.json").read_text())["entries"][0]["url"] == URL
        checked = tuantra(home, "sites", "check", "vov", "--via", web.prefix, "--json")
        findings = {row["what"]: row for row in json.loads(checked.stdout)["findings"]}
        assert checked.returncode == 1
        assert findings["https://vov.vn/rss.xml"]["state"] == "ok"
        assert findings["https://vov.vn/chinh-tri"]["detail"] == "http_404"
        assert findings["title"]["state"] == "ok"


def test_keys_that_the_program_fills_in_are_unknown_in_files(home: Path) -> None:
    (home / "tuantra.toml").write_text('folder = "/etc"\n')
    told = tuantra(home, "config", "check")
    assert (told.returncode, "folder: unknown key" in told.stderr) == (2, True)
