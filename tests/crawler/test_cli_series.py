"""The command `tuantra series`: as a table, for spreadsheets, calendars and scripts, in both languages."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from news.store import open_store
from tests.builders import article, stored

TITLE = "Hải quân Việt Nam - Campuchia tuần tra chung lần thứ {}"
LEAD = (
    "Ngày {}/{}, trên vùng biển giáp ranh, tàu của hai nước tuần tra chung. "
    "Đoàn Việt Nam do Đại tá Nguyễn Văn An, Phó Tư lệnh Vùng 5, dẫn đầu."
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'tuantra.db'}")
    for number, month in ((74, 6), (77, 11)):
        published = datetime(2026, month, 10, 5, tzinfo=UTC)
        first = article(
            slug=f"tuan-tra-{number}", title=TITLE.format(number), lead=LEAD.format(9, month), text="", published=published
        )
        story = stored(store, first, now=published).story_id
        stored(
            store,
            article(slug=f"ban-sao-{number}", site="plo", title="=HYPERLINK", published=published),
            story=story,
            now=published,
        )
    title = "Đối thoại chính sách quốc phòng Việt Nam - Campuchia lần thứ 9"
    told = "Trong hai ngày 19-20/11, hai bên họp tại TP.HCM; nhận định, đánh giá"
    published = datetime(2026, 11, 21, 5, tzinfo=UTC)
    stored(store, article(slug="doi-thoai-9", title=title, lead=told, text="", published=published), now=published)
    store.close()
    return tmp_path


def tuantra(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUANTRA", "LANG", "LC_"))}
    given = {"TUANTRA_NOW": "2026-11-22T12:00:00+07:00", "PYTHONUTF8": "1", **environment}
    return subprocess.run(
        [sys.executable, "-m", "crawler", "series", *arguments],
        cwd=home, capture_output=True, timeout=60, check=False, env={**kept, **given},
    )  # fmt: skip


def test_the_table_shows_every_occasion_and_the_gap(home: Path) -> None:
    shown = tuantra(home, TUANTRA_LANGUAGE="vi")
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.decode().splitlines()
    assert lines[0] == "đối thoại chính sách quốc phòng  dialogue"
    assert lines[2].split("  ")[-1].strip() == "1"
    assert "2026-11-19 – 2026-11-20  TP.HCM" in lines[2]
    assert "tuần tra chung (hải quân)  patrol-navy  thiếu lần 75–76" in lines
    assert "Đại tá Nguyễn Văn An (Phó Tư lệnh Vùng 5)" in lines[-1]
    assert "vùng biển giáp ranh" in lines[-1]


def test_the_table_speaks_english(home: Path) -> None:
    assert b"joint patrol (navy)  patrol-navy  missing: no. 75\xe2\x80\x9376" in tuantra(home, TUANTRA_LANGUAGE="en").stdout


@pytest.mark.parametrize("name", ["patrol", "patrol-navy", "tuan tra chung", "Joint patrol"])
def test_a_series_is_chosen_by_key_or_by_part_of_its_name(home: Path, name: str) -> None:
    (series,) = json.loads(tuantra(home, name, "--format", "json").stdout)
    assert (series["series"], [one["number"] for one in series["occasions"]]) == ("patrol-navy", [74, 77])


def test_an_unknown_series_is_told_with_the_nearest(home: Path) -> None:
    told = tuantra(home, "patrl")
    assert (told.returncode, b"did you mean 'patrol'?" in told.stderr) == (2, True)


def test_a_series_without_occasions_has_status_3(home: Path) -> None:
    told = tuantra(home, "committee")
    assert (told.returncode, told.stdout, told.stderr) == (3, b"", b"No occasions.\n")
    assert tuantra(home, "committee", "--format", "json").stdout == b"[]\n"


def test_since_keeps_the_last_occasions_with_the_gap_before_them(home: Path) -> None:
    (series,) = json.loads(tuantra(home, "patrol", "--since", "60d", "--format", "json").stdout)
    assert ([one["number"] for one in series["occasions"]], series["missing"]) == ([77], [75, 76])


def test_json_tells_articles_heads_and_days(home: Path) -> None:
    series = {one["series"]: one for one in json.loads(tuantra(home, "--format", "json").stdout)}
    occasion = series["patrol-navy"]["occasions"][1]
    assert (occasion["start"], occasion["end"], occasion["reported"]) == ("2026-11-09", "2026-11-09", False)
    assert occasion["heads"] == [{"name": "Nguyễn Văn An", "rank": "Đại tá", "office": "Phó Tư lệnh Vùng 5", "side": "party_a"}]
    assert [one["site"] for one in occasion["articles"]] == ["vov", "plo"]


def test_a_sheet_has_a_line_an_occasion(home: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(tuantra(home, "--format", "csv").stdout.decode())))
    assert [(row["series"], row["number"], row["start"], row["papers"]) for row in rows] == [
        ("dialogue", "9", "2026-11-19", "1"), ("patrol-navy", "74", "2026-06-09", "2"), ("patrol-navy", "77", "2026-11-09", "2"),
    ]  # fmt: skip
    assert rows[1]["articles"].count("https://") == 2


def test_the_calendar_is_valid_and_the_same_every_time(home: Path) -> None:
    printed = tuantra(home, "--format", "ics", TUANTRA_LANGUAGE="vi").stdout
    assert printed == tuantra(home, "--format", "ics", TUANTRA_LANGUAGE="vi", TUANTRA_NOW="2026-12-24T12:00:00+07:00").stdout
    assert all(line.endswith(b"\r\n") and len(line) <= 77 for line in printed.splitlines(keepends=True))
    whole = Calendar.from_ical(printed)
    assert (whole["version"], "tuantra" in whole["prodid"]) == ("2.0", True)
    events = [event for event in whole.walk("VEVENT") if not event.errors]
    assert len({event["uid"] for event in events}) == 3
    first = events[0]
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (date(2026, 11, 19), date(2026, 11, 21))
    assert first["dtstart"].params["VALUE"] == "DATE"
    assert first.decoded("dtstamp") == datetime(2026, 11, 21, 5, tzinfo=UTC)
    assert (first["summary"], first["location"]) == ("đối thoại chính sách quốc phòng lần thứ 9", "TP.HCM")
    assert first["url"].startswith("https://vov.vn/")
    assert str(first["url"]) in first["description"]
