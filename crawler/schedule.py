"""When to look again: pure functions of now and of how it went before."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from crawler.listings import Feed, Listing
from news.store.watch import ListingState

_LONGEST_PAUSE = timedelta(hours=6)
_RETRIES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720, 1440))
# A little less than an hour, so that a poll every half hour or hour does not slip by one round.
_NET_EVERY = timedelta(minutes=55)
_GOOD = {"ok", "not_modified"}
# A page that is not there may be announced too early; one that is gone will not come back.
_MOST_TRIES = {
    "http_404": 3,
    "soft_404": 3,
    "redirected_home": 3,
    "redirected_away": 3,
    "robots": 0,
    "http_410": 0,
    "http_451": 0,
}


def worth_asking(listing: Listing, listings: Iterable[Listing], states: Mapping[str, ListingState], now: datetime) -> bool:
    """Whether one of a site's listings is to be fetched in this round.

    Feeds always. Section pages and sitemaps are the net under them: once an hour, or at once while no feed is well.
    """
    known = states.get(listing.url)
    if isinstance(listing, Feed) or known is None or known.fetched_at is None:
        return True
    feeds = [states.get(other.url) for other in listings if isinstance(other, Feed)]
    if not any(feed is None or feed.state in _GOOD for feed in feeds):
        return True
    return now - known.fetched_at >= _NET_EVERY


def next_check(now: datetime, *, every: timedelta, failures: int) -> datetime:
    """When a site is due again: after `every`, or later and later (up to 6 h) while it fails; never "never"."""
    if failures == 0:
        return now + every
    pause: timedelta = max(every, min(every * 2 ** min(failures - 1, 10), _LONGEST_PAUSE))
    return now + pause


def retry_at(outcome: str, attempts: int, now: datetime) -> datetime | None:
    """When to try a failed address again after its `attempts`-th failure, or None when it is given up."""
    if attempts > min(_MOST_TRIES.get(outcome, len(_RETRIES)), len(_RETRIES)):
        return None
    return now + _RETRIES[attempts - 1]
