"""How far back to go: pure decisions on gaps and further pages."""

from collections.abc import Collection
from datetime import datetime

from crawler.listings import Feed, Listing, Section, Sitemap
from news.model import Entry

MOST_PAGES_FOR_A_GAP = 20
MOST_PAGES_BACK = 300
_FORGIVEN = 2


def gap(listing: Listing, entries: Collection[Entry], newest_known: datetime | None) -> datetime | None:
    """Where the gap begins when a feed's oldest entry is newer than the newest one known; None when nothing was missed."""
    times = [entry.published for entry in entries if entry.published]
    if not isinstance(listing, Feed) or newest_known is None or not times or min(times) <= newest_known:
        return None
    return newest_known


def further(
    listing: Listing, body: bytes, entries: Collection[Entry], *, target: datetime, unseen: bool, most_pages: int
) -> tuple[Listing, ...]:
    """What to look at next on the way back to `target`: the parts of a sitemap index, or a section's next page.

    `unseen`: the page showed an address that no earlier page of the section did; some sites repeat their last page for ever.
    The second page is forgiven: some interfaces begin with what the section page shows.
    """
    if isinstance(listing, Sitemap):
        return listing.parts(body, target)
    if not isinstance(listing, Section) or listing.number >= most_pages:
        return ()
    if not unseen and listing.number > _FORGIVEN:
        return ()
    times = [entry.published for entry in entries if entry.published]
    if times and min(times) < target:
        return ()
    following = listing.following(body)
    return (following,) if following else ()
