"""The program speaks the reader's language: English, or Vietnamese where that is asked for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from crawler.cli import main
from crawler.cli.language import language

SPOKEN = ("TUANTRA_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def said(*arguments: str, **variables: str) -> str:
    """What `tuantra` prints in a process of its own, with only these of the variables that choose a language."""
    kept = {name: value for name, value in os.environ.items() if name not in SPOKEN}
    done = subprocess.run(
        [sys.executable, "-m", "crawler", *arguments],
        env={**kept, "PYTHONUTF8": "1", **variables},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return " ".join(done.stdout.split())


def test_help_is_english_by_default() -> None:
    told = said("crawl", "--help")
    assert "Crawl papers now" in told
    assert "Example: tuantra crawl" in told


def test_help_is_vietnamese_where_that_is_asked_for() -> None:
    told = said("crawl", "--help", TUANTRA_LANGUAGE="vi")
    assert "Thu thập ngay bây giờ" in told
    assert "Ví dụ: tuantra crawl thanhnien vov --since 7d" in told
    assert "Nhận bài đăng trong khoảng thời gian này" in told
    assert "Crawl papers now" not in told


@pytest.mark.parametrize("variable", ["LC_ALL", "LC_MESSAGES", "LANG"])
def test_the_locale_decides_where_nothing_is_asked_for(variable: str) -> None:
    assert "Mã kết thúc" in said("--help", **{variable: "vi_VN.UTF-8"})


def test_what_is_asked_for_wins_over_the_locale() -> None:
    assert "Exit status" in said("--help", TUANTRA_LANGUAGE="en", LANG="vi_VN.UTF-8")


def test_every_group_has_a_help_of_its_own() -> None:
    assert "Kiểm tra cấu hình." in said("config", "--help", TUANTRA_LANGUAGE="vi")
    assert "Đọc cấu hình" in said("config", "check", "--help", TUANTRA_LANGUAGE="vi")


WRONG_CALLS = {
    "crwal": "Lỗi: Không có lệnh 'crwal'. Có phải là 'crawl'?",
    "crawl --sinse 3d": "Lỗi: Không có tùy chọn '--sinse'. (Có phải là một trong: '--json', '--since'?)",
    "crawl --xyzzy": "Lỗi: Không có tùy chọn '--xyzzy'.",
    "crawl --since": "Lỗi: Tùy chọn '--since' cần một giá trị.",
    "crawl --since x": 'Lỗi: Giá trị sai cho \'--since\': \'x\' không phải khoảng thời gian; hãy viết như "90s", "15m", "2h" hoặc "7d"',
    "crawl --json=1": "Lỗi: Tùy chọn '--json' không nhận giá trị.",
    "explain": "Lỗi: Thiếu đối số 'URL|FILE'.",
    "explain a b": "Lỗi: Thừa đối số (b)",
    "stories --limit 0": "Lỗi: Giá trị sai cho '--limit': 0 nằm ngoài khoảng x>=1.",
    "stories --limit two": "Lỗi: Giá trị sai cho '--limit': 'two' không phải số nguyên.",
    "digest --format xml": "Lỗi: Giá trị sai cho '--format': 'xml' không phải là một trong 'html', 'text', 'json'.",
    "match nowhere.jsonl": "Lỗi: nowhere.jsonl: không có tệp hay thư mục này",
    "crawl thanhnie": "báo 'thanhnie': không có; có phải là 'thanhnien'? (`tuantra sites` liệt kê các báo)",
    "crawl -c nowhere.toml": "nowhere.toml: không có tệp này; hãy sửa đường dẫn; `tuantra init` ghi tệp cấu hình có chú thích",
    "story 4 --merge 5": "tin 4: không có; `tuantra stories` liệt kê các số",
    "digest --resend 2026": "kỳ '2026': không có thư nào; chưa có thư nào được viết",
}


@pytest.fixture
def in_vietnamese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The program in this process; what it has learnt of the language, and where its log goes, is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUANTRA_LANGUAGE", "vi")
    language.cache_clear()
    yield
    language.cache_clear()
    structlog.reset_defaults()


def told_of(call: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr(sys, "argv", ["tuantra", *call.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    return capsys.readouterr().err.rstrip()


@pytest.mark.usefixtures("in_vietnamese")
@pytest.mark.parametrize("call", WRONG_CALLS)
def test_what_is_wrong_is_told_in_vietnamese(
    call: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = told_of(call, monkeypatch, capsys)
    assert told.splitlines()[-1] == WRONG_CALLS[call]
    assert not {"Usage:", "Try", "Error:"} & set(told.split())


@pytest.mark.usefixtures("in_vietnamese")
def test_each_fault_of_a_file_is_told_in_vietnamese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Path("tuantra.toml").write_text(
        """[watch]
evry = "15m"
every = 3
[mail]
host = "localhost"
password = "abc"
[[subscriptions]]
name = "a"
language = "fr"
[[subscriptions]]
name = "b"
schedule = "x"
""",
        encoding="utf-8",
    )
    assert told_of("config check", monkeypatch, capsys).splitlines() == [
        "tuantra.toml: watch.evry = '15m': không có khóa này; có phải là 'every'?",
        "tuantra.toml: watch.every = 3: phải là chuỗi trong ngoặc kép, không phải số nguyên",
        'tuantra.toml: mail.password: bí mật không được ghi trong tệp này; hãy viết "env:TÊN" hoặc "file:ĐƯỜNG_DẪN"',
        "tuantra.toml: mail.sender: còn thiếu; bắt buộc phải có",
        "tuantra.toml: subscriptions[1].language = 'fr': không có; hiện có: en, vi",
        (
            "tuantra.toml: subscriptions[2].schedule: 'x' không phải dòng cron (sai số trường); "
            "hãy viết 'phút giờ ngày tháng thứ', ví dụ '0 7,12,17 * * mon-fri', nhiều dòng thì ngăn bằng ';'"
        ),
    ]


@pytest.mark.usefixtures("in_vietnamese")
def test_the_frame_of_the_help_is_vietnamese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["tuantra", "stories", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    for words in ("Cách dùng: tuantra stories", "Tùy chọn:", "[mặc định: 20", "Hiện hướng dẫn này rồi thoát."):
        assert words in shown
