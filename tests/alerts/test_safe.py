"""What strangers write cannot break a line, turn the writing or become a link that runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.safe import harmless, is_address, one_line, shortened, web_link


@pytest.mark.parametrize("sign", ["\r", "\n", "\x00", "\x0b", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\t"])
def test_controls_and_line_separators_become_spaces(sign):
    assert harmless(f"Quân{sign}đội") == "Quân đội"


@pytest.mark.parametrize("sign", ["\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\ud800"])
def test_what_turns_the_writing_or_cannot_be_encoded_is_dropped(sign):
    assert harmless(f"Quân{sign} đội") == "Quân đội"


def test_vietnamese_is_left_as_it_is():
    text = "Đại tướng Phan Văn Giang: “Hợp tác quốc phòng” – trụ cột, 50% (ảnh: TTXVN)…"
    assert harmless(text) == one_line(text) == text


@given(st.text(max_size=500))
def test_one_line_is_one_short_line(text):
    line = one_line(text)
    assert len(line) <= 200
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


def test_a_long_text_is_cut_between_words():
    assert shortened("Hải quân hai nước tuần tra chung", 20) == "Hải quân hai nước…"
    assert len(shortened("x" * 500, 100)) == 100


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.vn/x",
        "//a.vn/x",
        "/x.htm",
        "https:///x",
        "https://a.vn/\nx",
        "https://a.vn/a b",
        "http://[::1/x",
        "",
    ],
)
def test_only_web_addresses_become_links(url):
    assert web_link(url) == ""


def test_a_web_address_is_kept():
    assert web_link("https://tuoitre.vn/bài-1.htm?a=1&b=2") == "https://tuoitre.vn/bài-1.htm?a=1&b=2"


@pytest.mark.parametrize("text", ["a@b", "a.b+c@mod.gov.vn"])
def test_a_plain_address_is_one(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "@b", "A <a@b.vn>", "a@b.vn, c@d.vn", "a@b.vn\n", "a b@c.vn", "ă@b.vn", "a@b..vn"]
)
def test_anything_else_is_no_address(text):
    assert not is_address(text)
