"""When to look again: pure functions of now and of how it went before."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from crawler.listings import Feed, Listing
from news.store.rechecks import Recheck
from news.store.watch import ListingState

_LONGEST_PAUSE = timedelta(hours=6)
_RETRIES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720, 1440))
# A little less than an hour, so that a poll every half hour or hour does not slip by one round.
_NET_EVERY = timedelta(minutes=55)
_GOOD = {"ok", "not_modified"}
# Four corrections in five come within a day of publication, nearly all within a week (research on edits of news sites).
_LOOKS = tuple(timedelta(hours=hours) for hours in (0.25, 1, 3, 6, 12, 24, 72, 168))
_CONFIRM = timedelta(hours=1)  # a page that is missing may only have stumbled
_LOOK_RETRY = timedelta(minutes=30)
_MOST_RETRIES = 3
_MOST_LOOKS = 12
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


def next_look(look: Recheck, now: datetime, *, gone: bool = False, failed: bool = False) -> datetime | None:
    """When to look at an article's page again after a look at `now`, or before the first; None when its week is over.

    About 15 min, 1, 3, 6, 12, 24, 72 h and 7 d after publication; sooner where it was just found gone, or nothing was learnt.
    """
    if look.looks >= _MOST_LOOKS - 1:
        return None
    following = next((look.published + after for after in _LOOKS if look.published + after > now), None)
    if gone and look.gone is None:
        return min(following or now + _CONFIRM, now + _CONFIRM)
    if failed and look.failures < _MOST_RETRIES:
        return min(following or now + _LOOK_RETRY, now + _LOOK_RETRY)
    return following


def retry_at(outcome: str, attempts: int, now: datetime) -> datetime | None:
    """When to try a failed address again after its `attempts`-th failure, or None when it is given up."""
    if attempts > min(_MOST_TRIES.get(outcome, len(_RETRIES)), len(_RETRIES)):
        return None
    return now + _RETRIES[attempts - 1]
