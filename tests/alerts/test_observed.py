"""Readers get no words of the program: outcomes and times are said in their language."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.observed import observed
from crawler.health import site_state

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("detail", "vietnamese", "english"),
    [
        ("", "", ""),
        ("timeout", "hết giờ chờ", "timed out"),
        ("challenge, timeout", "trang thử thách, hết giờ chờ", "a challenge page, timed out"),
        (
            "http_500, http_429",
            "máy chủ bị lỗi (500), máy chủ trả lời mã 429",
            "the server is in trouble (500), the server answered 429",
        ),
        ("no listing was fetched", "không đọc được trang danh mục nào", "no listing was fetched"),
        ("newest item 2026-11-20 16:42 UTC", "tin mới nhất 23:42 20/11", "newest item 23:42 20 Nov"),
        ("http_404: https://x.vn/a", "không tìm thấy trang (404): https://x.vn/a", "page not found (404): https://x.vn/a"),
    ],
)
def test_what_was_observed_is_said_in_both_languages(detail, vietnamese, english):
    assert (observed(detail, "vi", NOW), observed(detail, "en", NOW)) == (vietnamese, english)


@pytest.mark.parametrize(
    "detail", ["403", "odd: thing", "newest item 2026-13-40 16:42 UTC", "http", "http_5", "http_", "{x}; ; , "]
)
def test_what_is_not_known_stays_as_it_stands(detail):
    assert observed(detail, "vi", NOW) == detail


@given(detail=st.text(max_size=60))
def test_nothing_that_is_observed_breaks_the_wording(detail):
    assert isinstance(observed(detail, "vi", NOW), str)


def test_the_words_of_the_program_are_known():
    listings = {"https://x.vn/a": "ok", "https://x.vn/b": "robots_silent"}
    _, detail = site_state(listings, datetime(2026, 11, 20, 16, 42, tzinfo=UTC), NOW)
    assert observed(detail, "vi", NOW) == "tin mới nhất 23:42 20/11; robots.txt không trả lời: https://x.vn/b"
