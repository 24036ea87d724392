"""The commands as their user types them: output, exit status, one clear line for what is wrong."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.catalogue import all_sites
from news.store import open_store
from tests.builders import article, match, stored
from tests.web import RELEVANT, Web, rss, vov_page

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
    assert f"all right: {watched} papers, 1 topics, 1 subscriptions, digests by file" in checked.stdout
    again = tuantra(home, "init")
    assert again.returncode == 2
    assert "--force" in again.stderr


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
