"""A paper's state is judged from its listings."""

from datetime import timedelta

import pytest

from crawler.health import layout_state, silent_after, site_state
from news.store.watch import ListingState, Rhythm
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


@pytest.mark.parametrize(
    ("items", "days", "pause", "patience"),
    [(200, 7, 8, 14), (200, 7, 2, 6), (200, 7, 20, 24), (9, 7, 8, 24), (200, 0.5, 8, 24), (0, 0, 0, 24)],
)
def test_a_paper_is_silent_when_it_pauses_longer_than_ever(items: int, days: float, pause: int, patience: int) -> None:
    rhythm = Rhythm(items=items, span=timedelta(days=days), longest_pause=timedelta(hours=pause))
    assert silent_after(rhythm) == timedelta(hours=patience)
    newest = NOON - timedelta(hours=patience, minutes=1)
    assert site_state({"feed": "ok"}, newest, NOON, silent_after(rhythm))[0] == "silent"
    assert site_state({"feed": "ok"}, newest + timedelta(minutes=2), NOON, silent_after(rhythm))[0] == "ok"


def test_a_broken_listing_does_not_hide_that_the_paper_is_silent() -> None:
    state, detail = site_state({"a": "ok", "b": "http_404"}, NOON - timedelta(hours=25), NOON)
    assert state == "silent"
    assert "newest item" in detail
    assert "http_404: b" in detail


def remembered(url: str, state: str, age: timedelta | None = None) -> ListingState:
    return ListingState(url=url, site="vov", state=state, newest_at=None if age is None else NOON - age)


def test_a_paper_does_not_get_well_by_leaving_out_its_broken_listings() -> None:
    others = [remembered("b", "http_404"), remembered("c", "not_modified")]
    assert site_state({"a": "ok"}, NOON, NOON, others=others) == ("partial", "http_404: b")
    assert site_state({"a": "ok"}, NOON, NOON, others=others[1:]) == ("ok", "")


def test_what_answered_an_hour_ago_does_not_save_a_poll_in_which_nothing_did() -> None:
    assert site_state({"a": "timeout"}, NOON, NOON, others=[remembered("b", "ok")]) == ("failed", "timeout")
    assert site_state({}, NOON, NOON, others=[remembered("b", "ok")])[0] == "failed"


def test_the_newest_item_of_a_listing_whose_turn_it_was_not_counts() -> None:
    old, day = NOON - timedelta(hours=25), timedelta(days=1)
    assert site_state({"a": "ok"}, old, NOON, day, [remembered("b", "ok", timedelta(hours=1))]) == ("ok", "")
    assert site_state({"a": "ok"}, old, NOON, day, [remembered("b", "ok", timedelta(hours=-1))])[0] == "silent", "times ahead"
    assert site_state({"a": "ok"}, None, NOON, day, [remembered("b", "ok", timedelta(hours=25))])[0] == "silent"
