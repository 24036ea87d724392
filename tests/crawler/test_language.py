"""The program speaks the reader's language: English, or Vietnamese where that is asked for."""

import os
import subprocess
import sys

import pytest

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
