"""Troubles begin and end in the store, are told once, and flap without being told again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from news.model import Digest, Message
from news.store import Store
from news.store.troubles import Trouble
from news.store.watch import ListingState, Poll

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERY = 4 * HOUR


def trouble(key: str = "site:vov", detail: str = "failed: timeout", since: datetime = NOW) -> Trouble:
    return Trouble(key=key, detail=detail, since=since)


def message(recipient: str = "op@x.vn") -> Message:
    return Message(message_id=f"<{recipient}>", channel="email", recipient=recipient, payload=b"x")


def digest(now: datetime = NOW, subscription: str = "operator", kind: str = "notice") -> Digest:
    return Digest(subscription=subscription, slot=now.isoformat(), created=now, since=now, stories=(), kind=kind)


def untold(store: Store, now: datetime = NOW) -> list[tuple[str, bool]]:
    return [(one.key, one.ended_at is not None) for one in store.troubles.untold(now - EVERY)]


def tell(store: Store, now: datetime = NOW) -> bool:
    mail = Message(message_id=f"<{now.isoformat()}>", channel="email", recipient="op@x.vn", payload=b"x")
    return store.troubles.decide(digest(now), store.troubles.untold(now - EVERY), [mail], every=EVERY)


def owed(store: Store, now: datetime, *, to: tuple[str, ...] = ("a@b.vn",)) -> None:
    mails = [
        Message(message_id=f"<{now.isoformat()}-{recipient}>", channel="email", recipient=recipient, payload=b"x")
        for recipient in to
    ]
    assert store.alerts.decide(digest(now, "analysts", "slot"), mails)


def poll(store: Store, at: datetime, state: str = "ok") -> None:
    done = Poll(site="vov", started_at=at, finished_at=at + timedelta(seconds=20), state=state)
    store.watch.polled(done, due_at=at + HOUR, succeeded=state in ("ok", "silent"))


def test_a_trouble_is_untold_until_it_is_told(store: Store) -> None:
    store.troubles.now_wrong([trouble()], NOW)
    assert untold(store) == [("site:vov", False)]
    store.troubles.told(["site:vov"], NOW)
    assert untold(store) == []
    assert store.troubles.known()["site:vov"].told_at == NOW


def test_what_passes_untold_is_forgotten(store: Store) -> None:
    store.troubles.now_wrong([trouble()], NOW)
    store.troubles.now_wrong([], NOW + HOUR)
    assert store.troubles.known() == {}


def test_the_end_of_what_was_told_is_told_when_it_has_lasted_and_then_forgotten(store: Store) -> None:
    store.troubles.now_wrong([trouble()], NOW)
    store.troubles.told(["site:vov"], NOW)
    store.troubles.now_wrong([], NOW + HOUR)
    store.troubles.now_wrong([], NOW + 2 * HOUR)
    assert store.troubles.known()["site:vov"].ended_at == NOW + HOUR
    assert untold(store, NOW + HOUR + EVERY - timedelta(seconds=1)) == []
    assert untold(store, NOW + HOUR + EVERY) == [("site:vov", True)]
    store.troubles.told(["site:vov"], NOW + HOUR + EVERY)
    assert store.troubles.known() == {}


def test_what_comes_back_before_its_end_was_told_is_the_same_trouble(store: Store) -> None:
    store.troubles.now_wrong([trouble()], NOW)
    store.troubles.told(["site:vov"], NOW)
    store.troubles.now_wrong([], NOW + HOUR)
    store.troubles.now_wrong([trouble(since=NOW + 2 * HOUR)], NOW + 2 * HOUR)
    known = store.troubles.known()["site:vov"]
    assert (known.since, known.told_at, known.ended_at) == (NOW, NOW, None)
    assert untold(store, NOW + 9 * HOUR) == []


def test_what_only_happened_ends_without_a_word(store: Store) -> None:
    keys = ["mail:email:a@b.vn", "page:https://vov.vn/x.vov"]
    store.troubles.now_wrong([trouble(key) for key in keys], NOW)
    assert untold(store) == [(key, False) for key in keys]
    store.troubles.told(keys, NOW)
    store.troubles.now_wrong([], NOW + HOUR)
    assert store.troubles.known() == {}


def test_the_words_of_an_untold_trouble_are_the_latest_but_its_time_the_first(store: Store) -> None:
    store.troubles.now_wrong([trouble()], NOW)
    store.troubles.now_wrong([trouble(detail="failed: network", since=NOW + HOUR)], NOW + HOUR)
    [known] = store.troubles.known().values()
    assert (known.detail, known.since) == ("failed: network", NOW)


def test_a_notice_and_what_it_tells_are_stored_together(store: Store) -> None:
    store.troubles.now_wrong([trouble(), trouble("disk")], NOW)
    assert store.troubles.last_notice("operator", NOW) is None
    assert tell(store)
    assert untold(store) == []
    assert [(row.subscription, row.recipient, row.state) for row in store.outbox.rows()] == [("operator", "op@x.vn", "pending")]
    assert store.troubles.last_notice("operator", NOW) == NOW


def test_a_kill_in_between_leaves_everything_as_it_was(store: Store) -> None:
    def messages() -> Iterator[Message]:
        yield message()
        raise RuntimeError("killed")

    store.troubles.now_wrong([trouble()], NOW)
    with pytest.raises(RuntimeError):
        store.troubles.decide(digest(), store.troubles.untold(NOW), messages(), every=EVERY)
    assert store.outbox.rows() == ()
    assert store.troubles.last_notice("operator", NOW) is None
    assert untold(store) == [("site:vov", False)]
    assert tell(store)
    assert len(store.outbox.rows()) == 1


def test_a_kill_after_the_mails_but_before_the_memory_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise RuntimeError("killed")

    store.troubles.now_wrong([trouble()], NOW)
    with monkeypatch.context() as patch:
        patch.setattr("news.store.troubles._told", killed)
        with pytest.raises(RuntimeError):
            tell(store)
    assert store.outbox.rows() == ()
    assert untold(store) == [("site:vov", False)]


def test_two_programs_tell_once(store: Store) -> None:
    store.troubles.now_wrong([trouble()], NOW)
    composed = store.troubles.untold(NOW)
    assert tell(store)
    assert not store.troubles.decide(digest(NOW - timedelta(seconds=1)), composed, [message()], every=EVERY)
    assert len(store.outbox.rows()) == 1


def test_what_changed_while_it_was_composed_is_composed_again(store: Store) -> None:
    store.troubles.now_wrong([trouble(), trouble("disk")], NOW)
    composed = store.troubles.untold(NOW)
    store.troubles.now_wrong([trouble("disk")], NOW)
    assert not store.troubles.decide(digest(), composed, [message()], every=EVERY)
    assert tell(store)


def test_a_second_notice_waits_for_its_time(store: Store) -> None:
    store.troubles.now_wrong([trouble()], NOW)
    assert tell(store)
    store.troubles.now_wrong([trouble(), trouble("disk")], NOW + HOUR)
    assert not tell(store, NOW + EVERY - timedelta(seconds=1))
    assert tell(store, NOW + EVERY)


def test_a_clock_that_ran_ahead_once_silences_nobody(store: Store) -> None:
    store.troubles.now_wrong([trouble()], NOW)
    assert tell(store, NOW + timedelta(days=365))
    store.troubles.now_wrong([trouble(), trouble("disk")], NOW)
    assert store.troubles.last_notice("operator", NOW) is None
    assert tell(store)


def test_thousands_of_troubles_are_told_at_once(store: Store) -> None:
    store.troubles.now_wrong([trouble(f"page:https://vov.vn/{number}.vov") for number in range(3000)], NOW)
    assert tell(store)
    assert untold(store) == []
    store.troubles.now_wrong([], NOW)
    assert store.troubles.known() == {}


def test_a_paper_fails_since_its_first_poll_after_a_good_one(store: Store) -> None:
    for hours, state in enumerate(("failed", "ok", "failed", "challenge")):
        poll(store, NOW + hours * HOUR, state)
    assert store.troubles.sites_since() == {"vov": NOW + 2 * HOUR}
    poll(store, NOW + 4 * HOUR)
    assert store.troubles.sites_since() == {}


def test_a_paper_that_was_never_read_fails_since_its_first_poll(store: Store) -> None:
    poll(store, NOW, "failed")
    poll(store, NOW + HOUR, "failed")
    assert store.troubles.sites_since() == {"vov": NOW}


def test_a_silent_paper_is_silent_since_the_newest_item_of_its_listings(store: Store) -> None:
    poll(store, NOW, "silent")
    for number, days in enumerate((3, 2)):
        store.watch.listing_fetched(
            ListingState(url=f"https://vov.vn/{number}", site="vov", newest_at=NOW - timedelta(days=days))
        )
    assert store.troubles.sites_since() == {"vov": NOW - timedelta(days=2)}


def test_mails_are_held_when_they_wait_for_long(store: Store) -> None:
    owed(store, NOW - 3 * HOUR, to=("a@b.vn", "c@d.vn"))
    owed(store, NOW - timedelta(minutes=30), to=("fresh@b.vn",))
    store.outbox.paused("email", NOW + timedelta(minutes=5), "535 wrong password")
    [held] = store.troubles.held(NOW, longer=HOUR)
    assert (held.channel, held.mails, held.oldest, held.reply) == ("email", 2, NOW - 3 * HOUR, "535 wrong password")


def test_mails_that_nobody_takes_are_held_too_but_not_those_just_put_in_line_again(store: Store) -> None:
    owed(store, NOW - 3 * HOUR)
    assert len(store.troubles.held(NOW, longer=HOUR)) == 1
    store.outbox.retry([row.id for row in store.outbox.rows()], NOW)
    assert store.troubles.held(NOW, longer=HOUR) == ()


def test_mails_given_up_are_told_by_recipient_but_not_those_dropped_by_hand(store: Store) -> None:
    for days in (20, 2, 1):
        owed(store, NOW - timedelta(days=days))
        claimed = store.outbox.claim("email", NOW)
        assert claimed is not None
        store.outbox.dead(claimed, f"550 nobody {days}")
    owed(store, NOW, to=("dropped@b.vn",))
    store.outbox.drop([row.id for row in store.outbox.rows()], NOW)
    [given_up] = store.troubles.given_up(NOW - timedelta(days=12))
    assert (given_up.recipient, given_up.mails, given_up.reply) == ("a@b.vn", 2, "550 nobody 1")
    assert given_up.newest == NOW - timedelta(days=1)
