"""The database knows what was kept of an address, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from news.model import Capture
from news.store import Store
from news.store.captures import note
from tests.builders import NOON

URL = "https://vov.vn/quan-su-quoc-phong/doi-thoai-post1300001.vov"
HOUR = timedelta(hours=1)


def capture(number: int = 0, **changes: object) -> Capture:
    made = Capture(
        url=URL,
        fetched=NOON + number * HOUR,
        status=200,
        sha256="ab" * 32,
        file="2026-11/a.warc.gz",
        offset=number * 100,
        length=100,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_an_address_gives_back_its_captures_oldest_first(store: Store) -> None:
    for number in (2, 0, 1):
        store.captures.add(capture(number))
    store.captures.add(capture(3, url=f"{URL}?other"))
    assert store.captures.of(URL) == (capture(0), capture(1), capture(2))
    assert len(store.captures.of(URL, f"{URL}?other")) == 4
    assert store.captures.of("https://vov.vn/") == ()


def test_the_last_capture_at_or_before_a_moment_is_what_the_address_showed(store: Store) -> None:
    for number in (0, 1):
        store.captures.add(capture(number))
    assert store.captures.at(URL, NOON + HOUR) == capture(1)
    assert store.captures.at(URL, NOON + HOUR / 2) == capture(0)
    assert store.captures.at(URL, NOON - HOUR) is None


def test_the_same_capture_is_noted_once(store: Store) -> None:
    for _ in range(2):
        store.captures.add(capture())
    assert list(store.captures.all()) == [capture()]


def test_a_capture_is_forgotten_with_the_transaction_that_noted_it(store: Store) -> None:
    def fail() -> None:
        with store.database.write() as db:
            note(db, capture())
            raise RuntimeError("the article cannot be stored")

    with pytest.raises(RuntimeError):
        fail()
    assert store.captures.of(URL) == ()


def test_captures_come_in_the_order_of_storing_however_many(store: Store) -> None:
    made = [capture(number) for number in range(1203)]
    with store.database.write() as db:
        for one in made:
            note(db, one)
    assert list(store.captures.all()) == made
