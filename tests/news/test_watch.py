"""The crawler remembers how well each paper was watched, and when to look again."""

from datetime import timedelta

from news.model import Entry
from news.store import Store
from news.store.watch import ListingState, Poll, Rhythm, RobotsFile
from tests.builders import NOON


def test_sites_never_polled_are_due_first_and_others_when_their_time_has_come(store: Store) -> None:
    for key, minutes in (("vov", 10), ("plo", 5), ("nld", 60)):
        poll = Poll(site=key, started_at=NOON, finished_at=NOON, state="ok")
        store.watch.polled(poll, due_at=NOON + timedelta(minutes=minutes), succeeded=True)
    keys = ["vov", "plo", "nld", "dantri"]
    assert store.watch.due(keys, NOON + timedelta(minutes=15)) == ["dantri", "plo", "vov"]


def test_failures_add_up_until_a_success(store: Store) -> None:
    poll = Poll(site="vov", started_at=NOON, finished_at=NOON, state="failed")
    store.watch.polled(poll, due_at=NOON, succeeded=False)
    store.watch.polled(poll, due_at=NOON, succeeded=False)
    assert store.watch.sites()["vov"].failures == 2
    store.watch.polled(poll, due_at=NOON, succeeded=True)
    assert store.watch.sites()["vov"].failures == 0


def test_coverage_counts_polls_and_names_papers_never_polled(store: Store) -> None:
    for state in ("ok", "failed"):
        done = Poll(site="vov", started_at=NOON, finished_at=NOON, state=state, detail="timeout")
        store.watch.polled(done, due_at=NOON, succeeded=state == "ok")
    often = dict.fromkeys(("vov", "plo"), timedelta(minutes=15))
    vov, plo = store.watch.coverage(often, NOON - timedelta(hours=1), NOON)
    assert (vov.polls, vov.failed, vov.state, vov.last_success) == (2, 1, "failed", NOON)
    assert (plo.polls, plo.state) == (0, "never polled")


def test_coverage_counts_for_how_long_nobody_looked(store: Store) -> None:
    def polled(minutes: int, state: str = "ok", key: str = "vov") -> None:
        at = NOON + timedelta(minutes=minutes)
        store.watch.polled(Poll(site=key, started_at=at, finished_at=at, state=state), due_at=at, succeeded=state == "ok")

    def missed(since: int, until: int, key: str = "vov") -> int:
        span = (NOON + timedelta(minutes=since), NOON + timedelta(minutes=until))
        (found,) = store.watch.coverage({key: timedelta(minutes=15)}, *span)
        return round(found.missed.total_seconds() / 60)

    for minutes in (0, 15, 30, 45, 60):
        polled(minutes)
    assert missed(0, 60) == 0
    assert missed(-600, 60) == 0, "before the first poll of all there was no watch"
    for minutes in (75, 90, 120, 150):
        polled(minutes, "challenge")
    assert missed(0, 150) == 75
    polled(180)
    assert missed(0, 180) == 105
    assert missed(165, 180) == 0, "a late look is no gap"
    assert missed(0, 180, "plo") == 165, "a paper that nobody ever looked at"


def test_coverage_tells_a_gap_that_is_still_open_from_one_that_is_over(store: Store) -> None:
    def unread(until: int, since: int = 0) -> tuple[int, timedelta | None]:
        span = (NOON + timedelta(minutes=since), NOON + timedelta(minutes=until))
        (found,) = store.watch.coverage({"vov": timedelta(minutes=15)}, *span)
        return round(found.missed.total_seconds() / 60), found.unread_since and found.unread_since - NOON

    def polled(minutes: int, state: str = "ok") -> None:
        at = NOON + timedelta(minutes=minutes)
        store.watch.polled(Poll(site="vov", started_at=at, finished_at=at, state=state), due_at=at, succeeded=state == "ok")

    polled(10)
    assert unread(320) == (295, timedelta(minutes=10))
    assert unread(320, since=200) == (105, timedelta(minutes=10)), "a period without any look"
    assert unread(40) == (0, None), "a late look is no gap"
    polled(300, "timeout")
    assert unread(320) == (295, timedelta(minutes=10))
    polled(320)
    assert unread(320) == (295, None)
    assert unread(340) == (295, None)


def test_coverage_says_since_when_there_is_a_watch_only_where_it_began_in_the_period(store: Store) -> None:
    often = {"vov": timedelta(minutes=15)}
    assert store.watch.coverage(often, NOON, NOON + timedelta(hours=1))[0].watched_since is None
    began = NOON + timedelta(minutes=10)
    store.watch.polled(Poll(site="vov", started_at=began, finished_at=began, state="ok"), due_at=began, succeeded=True)
    (found,) = store.watch.coverage(often, NOON - timedelta(days=7), began)
    assert (found.watched_since, found.missed) == (began, timedelta())
    assert store.watch.coverage(often, began, NOON + timedelta(hours=1))[0].watched_since is None


def test_listings_and_robots_come_back_as_they_went_in(store: Store) -> None:
    listing = ListingState(url="https://vov.vn/rss.xml", site="vov", etag='"a"', fetched_at=NOON, entries=3)
    robots = RobotsFile(host="vov.vn", status=200, body=b"User-agent: *", fetched_at=NOON)
    store.watch.listing_fetched(listing)
    store.watch.robots_fetched(robots)
    assert store.watch.listing(listing.url) == listing
    assert store.watch.robots("vov.vn") == robots


def test_a_papers_rhythm_is_read_from_what_its_listings_told(store: Store) -> None:
    hours = (0, 1, 2, 10, 11)
    entries = {f"https://vov.vn/{hour}-post1.vov": NOON + timedelta(hours=hour) for hour in hours}
    store.addresses.announce("vov", "feed", {url: Entry(url=url, published=at) for url, at in entries.items()}, NOON)
    rhythm = store.watch.rhythm("vov", NOON, NOON + timedelta(days=1))
    assert rhythm == Rhythm(items=5, span=timedelta(hours=11), longest_pause=timedelta(hours=8))
    assert store.watch.rhythm("plo", NOON, NOON + timedelta(days=1)) == Rhythm()
