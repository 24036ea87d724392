"""The crawler remembers every address with its outcome."""

from datetime import timedelta

from news.model import Entry
from news.store import Store
from tests.builders import NOON

URL = "https://vov.vn/chinh-tri/tin-post1.vov"


def announce(store: Store, url: str = URL) -> set[str]:
    return store.addresses.announce("vov", "https://vov.vn/rss.xml", {url: Entry(url=url, title="Tin", published=NOON)}, NOON)


def test_an_address_is_new_once(store: Store) -> None:
    assert announce(store) == {URL}
    assert announce(store) == set()


def test_a_new_address_waits_and_a_settled_one_does_not(store: Store) -> None:
    announce(store)
    assert [item.url for item in store.addresses.pending("vov", NOON, 10)] == [URL]
    store.addresses.settled([(URL, "off_topic", "", NOON)])
    assert store.addresses.pending("vov", NOON + timedelta(days=9), 10) == []
    assert store.addresses.by_url(URL).outcome == "off_topic"


def test_a_failed_address_waits_for_its_time(store: Store) -> None:
    announce(store)
    store.addresses.failed(URL, "timeout", "20 s", retry_at=NOON + timedelta(minutes=5), now=NOON)
    assert store.addresses.pending("vov", NOON + timedelta(minutes=4), 10) == []
    assert [item.attempts for item in store.addresses.pending("vov", NOON + timedelta(minutes=5), 10)] == [1]


def test_an_address_given_up_is_kept_but_not_fetched(store: Store) -> None:
    announce(store)
    store.addresses.failed(URL, "http_410", "gone", retry_at=None, now=NOON)
    assert store.addresses.pending("vov", NOON + timedelta(days=9), 10) == []
    assert store.addresses.by_url(URL).state == "failed"


def test_a_crash_leaves_its_mark_and_a_quiet_end_wipes_it(store: Store) -> None:
    announce(store)
    store.addresses.attempting(URL)
    store.addresses.attempting(URL)
    assert store.addresses.by_url(URL).crashes == 2
    store.addresses.settled([(URL, "off_topic", "", NOON)])
    assert store.addresses.by_url(URL).crashes == 0


def test_an_address_that_was_set_aside_is_shown(store: Store) -> None:
    announce(store)
    store.addresses.quarantine(URL, NOON)
    assert [item.url for item in store.addresses.quarantined()] == [URL]
    assert store.addresses.pending("vov", NOON + timedelta(days=9), 10) == []


def test_old_addresses_can_be_opened_again(store: Store) -> None:
    announce(store)
    store.addresses.settled([(URL, "too_old", "", NOON)])
    store.addresses.reopen("vov", "too_old", NOON - timedelta(days=1))
    assert [item.url for item in store.addresses.pending("vov", NOON, 10)] == [URL]
