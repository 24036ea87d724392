"""When to look again: pure functions of now and of how it went."""

from datetime import timedelta

import pytest

from crawler.listings import Feed, Section
from crawler.schedule import next_check, retry_at, worth_asking
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
