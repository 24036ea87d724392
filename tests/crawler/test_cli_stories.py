"""`tuantra story` and `tuantra diff` on a real store."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from news.store import open_store
from pipelines.process import GROUPING
from tests.builders import NOON, article, fetched_page, grouping, match, stored

OLD, NEW = "Thượng tướng A và Đại tướng B", "Trung tướng A và Đại tướng B"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three copies of a story, one of them corrected and one taken down, and another text on the same event."""
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'tuantra.db'}")
    first = stored(store, article(slug="a", agency="TTXVN", credit_line="(TTXVN)"))
    other = article(site="thanhnien", agency="TTXVN", credit_line="Theo TTXVN", published=NOON)
    other = replace(other, url="https://thanhnien.vn/doi-thoai-185a.htm", canonical_url="https://thanhnien.vn/doi-thoai-185a.htm")
    stored(store, other, story=first.story_id)
    gone = stored(store, article(slug="c", published=NOON + timedelta(hours=1)), story=first.story_id)
    store.rechecks.missed(gone.id, NOON, None, gone="deleted", detail="404")
    new = replace(first.article, text=first.article.text.replace(OLD, NEW))
    store.articles.replace(
        first,
        new,
        page=fetched_page(first.article.url, fetched=NOON + timedelta(hours=2)),
        matches=[match()],
        bands=(),
        grouping=GROUPING,
        changes=GROUPING.changes(first.article, new),
    )
    same = grouping(linked=lambda _story, others: [type("L", (), {"story_id": other.id, "why": "same day"}) for other in others])
    stored(store, article(slug="d", title="Ngày thứ hai của đối thoại"), grouping=same)
    store.close()
    return tmp_path


def tuantra(home: Path, *arguments: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crawler", *arguments],
        cwd=home,
        env={**os.environ, "TUANTRA_LANGUAGE": language, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_story_tells_its_writer_its_edits_and_its_event(home: Path) -> None:
    shown = tuantra(home, "story", "1")
    assert shown.returncode == 0
    for expected in (
        "written by: TTXVN (agency)",
        "credits it (thanhnien): Theo TTXVN",
        "edited: rank",
        "[-Thượng tướng-]{+Trung tướng+} A và Đại tướng B đồng chủ trì đối thoại.",
        "still the old words: thanhnien, vov",
        "deleted",
        "Ngày thứ hai của đối thoại",
        "story 2 tells of the same event as story 1 — same day",
    ):
        assert expected in shown.stdout
    vietnamese = tuantra(home, "story", "https://thanhnien.vn/doi-thoai-185a.htm?utm_source=x", language="vi").stdout
    for expected in ("nguồn gốc: TTXVN (hãng tin)", "vẫn giữ chữ cũ", "đã bị gỡ", "cùng sự kiện"):
        assert expected in vietnamese


def test_when_a_paper_had_it_first_is_told_in_the_time_of_hanoi(home: Path) -> None:
    shown = tuantra(home, "story", "2").stdout
    assert "had it first (vov): 2026-11-22 10:00\n" in shown
    (first,) = (each for each in json.loads(tuantra(home, "story", "2", "--json").stdout)["evidence"] if each["kind"] == "first")
    assert first["words"] == "2026-11-22T03:00+00:00"


def test_a_story_as_data(home: Path) -> None:
    row = json.loads(tuantra(home, "story", "1", "--json").stdout)
    assert (row["origin"], row["origin_kind"], row["event"]) == ("TTXVN", "agency", 1)
    first, _, gone = row["copies"]
    (edit,) = first["edits"]
    assert (edit["grade"], edit["changes"][0]["still_old"]) == ("rank", ["thanhnien", "vov"])
    assert gone["gone"] == "deleted"
    assert [other["id"] for other in row["same_event"]] == [2]


def test_a_diff_shows_every_version_word_by_word(home: Path) -> None:
    url = article(slug="a").url
    shown = tuantra(home, "diff", url)
    assert "rank, text: [-Thượng tướng-]{+Trung tướng+} A và Đại tướng B" in shown.stdout
    row = json.loads(tuantra(home, "diff", url, "--json").stdout)
    assert [OLD in version["text"] for version in row["versions"]] == [True, False]
    assert "No edits seen." in tuantra(home, "diff", article(slug="c").url).stdout
    assert tuantra(home, "diff", "https://vov.vn/nie-gesehen-post1.vov").returncode == 3


def test_stories_are_split_and_merged_by_hand(home: Path) -> None:
    assert json.loads(tuantra(home, "story", "1", "--split", article(slug="c").url, "--json").stdout)["id"] == 3
    again = tuantra(home, "story", "1", "--merge", "3")
    assert (again.returncode, "stay apart" in again.stderr) == (2, True)
    whole = json.loads(tuantra(home, "story", "1", "--merge", "2", "--json").stdout)
    assert [step["kind"] for step in whole["history"]] == ["linked", "split", "merged"]
    assert json.loads(tuantra(home, "story", "2", "--json").stdout)["id"] == 1


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("story", "99"), 3, "No such story"),
        (("story", "https://vov.vn/nie-gesehen-post1.vov"), 3, "No such story"),
        (("story", "1", "--merge", "99"), 2, "story 99: unknown; `tuantra stories` lists the numbers"),
        (("story", "1", "--merge", "1"), 2, "the same story already"),
        (("story", "1", "--split", "https://vov.vn/x-post1.vov"), 2, "has no copy"),
        (("story", "2", "--split", article(slug="d").url), 2, "has this one copy only"),
    ],
)
def test_what_cannot_be_done_is_told(home: Path, arguments: tuple[str, ...], status: int, said: str) -> None:
    told = tuantra(home, *arguments)
    assert (told.returncode, said in told.stderr) == (status, True)
