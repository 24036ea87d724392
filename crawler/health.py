"""How a paper is doing, judged from its listings: pure, reads outcomes, returns a word and a sentence."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from news.store.watch import ListingState, Rhythm

_SILENT_AFTER = timedelta(hours=24)
_SOONEST_SILENT = timedelta(hours=6)
_LONGER_THAN_EVER = 1.75  # times the longest pause of the last week
_ENOUGH_ITEMS, _ENOUGH_TIME = 10, timedelta(hours=24)
_ENOUGH_PAGES = 3
_GOOD = {"ok", "not_modified"}


def layout_state(tried: int, held: int) -> str:
    """Whether a paper's layouts still fit its pages, judged from a sample: "holds", "gone" (a redesign) or "unknown"."""
    if tried < _ENOUGH_PAGES:
        return "holds" if held else "unknown"
    return "holds" if held * 4 >= tried else "gone"


def silent_after(rhythm: Rhythm) -> timedelta:
    """How long a paper may say nothing: three quarters longer than its longest pause, which is a night, and a day at most."""
    if rhythm.items < _ENOUGH_ITEMS or rhythm.span < _ENOUGH_TIME:
        return _SILENT_AFTER
    return min(max(rhythm.longest_pause * _LONGER_THAN_EVER, _SOONEST_SILENT), _SILENT_AFTER)


def site_state(
    listings: Mapping[str, str],
    newest: datetime | None,
    now: datetime,
    patience: timedelta = _SILENT_AFTER,
    others: Iterable[ListingState] = (),
) -> tuple[str, str]:
    """(state, detail) of a site after a poll. `listings` maps each listing's address to its outcome.

    `others` are the listings whose turn it was not, as they are remembered: without them a paper with a dead section page would be well
    in three polls of four.  They never save a poll in which nothing answered.

    States: "ok", "silent" (all answers fine, nothing new for longer than `patience`), "partial" (some listings fail), "challenge", "robots"
    (robots.txt forbids or does not answer), "failed".
    """
    bad = {url: outcome for url, outcome in listings.items() if outcome not in _GOOD}
    if not listings:
        return "failed", "no listing was fetched"
    if len(bad) == len(listings):
        reasons = sorted(set(bad.values()))
        if set(reasons) <= {"robots", "robots_silent"}:
            return "robots", ", ".join(reasons)
        state = "challenge" if set(reasons) <= {"challenge", "geo_block", "consent_wall"} else "failed"
        return state, ", ".join(reasons)
    for other in others:
        if other.state not in _GOOD:
            bad[other.url] = other.state
        if other.newest_at and other.newest_at <= now:
            newest = max(newest or other.newest_at, other.newest_at)
    broken = "; ".join(f"{outcome}: {url}" for url, outcome in sorted(bad.items()))
    # A listing that fails must not hide that the others have nothing to say.
    if newest is not None and now - newest > patience:
        return "silent", "; ".join(filter(None, (f"newest item {newest:%Y-%m-%d %H:%M} UTC", broken)))
    if bad:
        return "partial", broken
    return "ok", ""
