"""A paper's state is judged from its listings."""

from datetime import timedelta

from crawler.health import layout_state, site_state
from tests.builders import NOON


def test_a_paper_with_news_is_well() -> None:
    assert site_state({"a": "ok", "b": "not_modified"}, NOON, NOON) == ("ok", "")


def test_a_paper_without_news_for_a_day_is_silent() -> None:
    state, detail = site_state({"a": "ok"}, NOON - timedelta(hours=25), NOON)
    assert state == "silent"
    assert "2026-11-21" in detail


def test_one_broken_listing_makes_it_partial_and_is_named() -> None:
    assert site_state({"a": "ok", "b": "http_404"}, NOON, NOON) == ("partial", "http_404: b")


def test_a_wall_before_all_listings_is_called_a_challenge() -> None:
    assert site_state({"a": "challenge", "b": "challenge"}, None, NOON)[0] == "challenge"
    assert site_state({"a": "robots", "b": "robots_silent"}, None, NOON)[0] == "robots"
    assert site_state({"a": "challenge", "b": "timeout"}, None, NOON) == ("failed", "challenge, timeout")


def test_nothing_fetched_is_a_failure() -> None:
    assert site_state({}, NOON, NOON)[0] == "failed"


def test_a_layout_that_fits_no_sampled_page_is_gone() -> None:
    assert layout_state(0, 0) == "unknown"
    assert layout_state(2, 0) == "unknown"
    assert layout_state(1, 1) == "holds"
    assert layout_state(10, 0) == "gone"
    # Photo stories and videos have layouts of their own: some misses are usual.
    assert layout_state(10, 5) == "holds"
