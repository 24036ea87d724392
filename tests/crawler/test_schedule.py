"""When to look again: pure functions of now and of how it went."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.listings import Feed, Section
from crawler.schedule import next_check, next_look, retry_at, worth_asking
from news.store.rechecks import Recheck
from news.store.watch import ListingState
from tests.builders import NOON

EVERY = timedelta(minutes=15)
FEED, PAGE = Feed(url="https://vov.vn/rss.xml"), Section(url="https://vov.vn/bien-dao")


def asked(listing: Feed | Section, minutes: int, state: str = "ok") -> ListingState:
    return ListingState(url=listing.url, site="vov", state=state, fetched_at=NOON - timedelta(minutes=minutes))


def test_a_site_that_is_well_is_due_after_its_interval() -> None:
    assert next_check(NOON, every=EVERY, failures=0) == NOON + EVERY


def test_a_failing_site_is_asked_less_and_less_but_never_given_up() -> None:
    pauses = [next_check(NOON, every=EVERY, failures=count) - NOON for count in range(1, 30)]
    assert pauses == sorted(pauses)
    assert pauses[0] == EVERY
    assert pauses[-1] == timedelta(hours=6)


def test_a_slow_rhythm_is_not_quickened_by_failure() -> None:
    assert next_check(NOON, every=timedelta(hours=12), failures=1) == NOON + timedelta(hours=12)


@pytest.mark.parametrize(("outcome", "tries"), [("timeout", 7), ("challenge", 7), ("http_404", 3), ("http_410", 0)])
def test_a_failed_page_is_tried_again_until_it_is_given_up(outcome: str, tries: int) -> None:
    times = [retry_at(outcome, attempt, NOON) for attempt in range(1, 12)]
    assert sum(time is not None for time in times) == tries


def test_feeds_are_always_asked_and_section_pages_once_an_hour() -> None:
    both = (FEED, PAGE)
    states = {FEED.url: asked(FEED, 1), PAGE.url: asked(PAGE, 30)}
    assert worth_asking(FEED, both, states, NOON)
    assert not worth_asking(PAGE, both, states, NOON)
    assert worth_asking(PAGE, both, {**states, PAGE.url: asked(PAGE, 60)}, NOON)


def test_a_section_page_stands_in_for_a_feed_that_fails() -> None:
    states = {FEED.url: asked(FEED, 1, "http_403"), PAGE.url: asked(PAGE, 5)}
    assert worth_asking(PAGE, (FEED, PAGE), states, NOON)


def test_a_site_without_feeds_is_watched_by_its_sections() -> None:
    assert worth_asking(PAGE, (PAGE,), {PAGE.url: asked(PAGE, 5)}, NOON)


def test_a_section_page_that_is_gone_is_not_asked_in_every_round() -> None:
    states = {FEED.url: asked(FEED, 1), PAGE.url: asked(PAGE, 5, "http_404")}
    assert not worth_asking(PAGE, (FEED, PAGE), states, NOON)


def look(hours_ago: float, **known: Any) -> Recheck:
    return Recheck(article_id=1, site="vov", url="u", published=NOON - timedelta(hours=hours_ago), **known)


@pytest.mark.parametrize(
    ("age", "following"),
    [(0, 0.25), (0.25, 1), (0.9, 1), (2, 3), (4, 6), (6.5, 12), (13, 24), (24, 72), (100, 168)],
)
def test_an_article_is_looked_at_again_more_and_more_rarely(age: float, following: float) -> None:
    assert next_look(look(age), NOON) == NOON + timedelta(hours=following - age)


def test_after_a_week_an_article_is_left_alone() -> None:
    assert next_look(look(168), NOON) is None
    assert next_look(look(1, looks=11), NOON) is None


def test_a_missing_page_is_looked_at_once_more_soon() -> None:
    assert next_look(look(30), NOON, gone=True) == NOON + timedelta(hours=1)
    assert next_look(look(168), NOON, gone=True) == NOON + timedelta(hours=1)
    assert next_look(look(30, gone="deleted"), NOON, gone=True) == NOON + timedelta(hours=42)


def test_a_look_that_said_nothing_is_repeated_a_few_times() -> None:
    assert next_look(look(30), NOON, failed=True) == NOON + timedelta(minutes=30)
    assert next_look(look(30, failures=3), NOON, failed=True) == NOON + timedelta(hours=42)


@given(st.floats(0, 24 * 8), st.lists(st.sampled_from(["there", "gone", "failed"]), max_size=30))
def test_a_week_never_costs_more_than_twelve_looks(age: float, answers: list[str]) -> None:
    known, now = look(age), NOON
    due = next_look(known, now)
    for answer in answers * 2:
        if due is None:
            break
        now = due
        due = next_look(known, now, gone=answer == "gone", failed=answer == "failed")
        known = replace(
            known, looks=known.looks + 1, gone="deleted" if answer == "gone" else None,
            failures=known.failures + (answer == "failed"),
        )  # fmt: skip
        assert due is None or due > now
    assert known.looks <= 12
