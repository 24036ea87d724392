"""What an analyst said of an article stays, whatever is read or judged again."""

from datetime import timedelta

from sqlalchemy import select

from news.store import Store
from news.tables import told
from tests.builders import NOON, TOPIC, article, fetched_page, grouping, match, stored

URL = article().canonical_url
LATER = NOON + timedelta(hours=1)


class Reader:
    """A subscription, as far as the store asks."""

    def __init__(self, name: str, topics: tuple[str, ...] = (), minimum_score: float = 0.0) -> None:
        self.name, self.topics, self.minimum_score = name, topics, minimum_score


def untold(store: Store, name: str) -> list[int]:
    return [story.id for story in store.alerts.untold(name, since=NOON - timedelta(days=1))]


def test_a_mark_is_replaced_listed_and_taken_back(store: Store) -> None:
    store.labels.mark(URL, TOPIC, "relevant", note="", now=NOON)
    store.labels.mark(URL, TOPIC, "irrelevant", note="bóng đá", now=LATER)
    store.labels.mark(URL, "other", "relevant", note="", now=NOON)
    first, second = store.labels.all()
    assert (first.label, first.note, first.marked_at, first.title) == ("irrelevant", "bóng đá", LATER, "")
    assert [label.topic for label in store.labels.all("other")] == [second.topic] == ["other"]
    assert store.labels.unmark(URL, TOPIC)
    assert not store.labels.unmark(URL, TOPIC)
    assert len(store.labels.all()) == 1


def test_a_mark_outlives_a_new_reading_and_a_new_verdict(store: Store) -> None:
    store.labels.mark(URL, TOPIC, "relevant", note="", now=NOON)
    new = stored(store, article())
    page = fetched_page(URL, fetched=LATER)
    store.articles.replace(new, article(title="Mới"), page=page, matches=(), bands=(), grouping=grouping(), changes=None)
    store.articles.rematch(new.id, [match(relevant=False)], ())
    (label,) = store.labels.all(TOPIC)
    assert (label.label, label.title) == ("relevant", "Mới")


def test_a_new_verdict_changes_matches_and_the_outcome_of_the_address(store: Store) -> None:
    new = stored(store, article())
    assert store.articles.rematch(new.id, [match(relevant=False, score=0.2)], ())
    assert store.articles.by_url(URL).matches == (match(relevant=False, score=0.2),)
    assert store.addresses.by_url(URL).outcome == "kept"
    store.articles.rematch(new.id, [match()], ())
    assert store.addresses.by_url(URL).outcome == "relevant"
    assert not store.articles.rematch(new.id + 1, [match()], ())


def test_an_address_that_led_to_a_known_article_keeps_its_outcome(store: Store) -> None:
    new = stored(store, article())
    other = "https://vov.vn/khac-post2.vov"
    store.addresses.announce("vov", "feed", {other: store.addresses.by_url(URL).entry}, NOON)
    store.articles.add(
        article(), page=fetched_page(other), matches=(), bands=(), grouping=grouping(), first_seen=NOON, outcome="relevant"
    )
    store.articles.rematch(new.id, [match(relevant=False)], ())
    assert store.addresses.by_url(other).outcome == "same_address"


def test_what_a_changed_topic_finds_among_old_articles_is_not_told(store: Store) -> None:
    old = stored(store, article(), matches=[match(relevant=False)])
    readers = (Reader("all"), Reader("other topic", ("other",)), Reader("strict", minimum_score=0.95))
    store.articles.rematch(old.id, [match()], readers)
    assert untold(store, "all") == []
    # It was not told whom it does not concern: should it ever, that is news to them.
    with store.database.read() as db:
        assert db.execute(select(told)).all() == [("all", old.story_id, None)]
    assert store.alerts.told_to(old.story_id) == ()


def test_a_story_that_waits_to_be_told_still_waits(store: Store) -> None:
    waiting = stored(store, article(slug="a"))
    copy = stored(store, article(slug="b"), story=waiting.story_id, matches=[match(relevant=False)])
    store.articles.rematch(copy.id, [match()], [Reader("all")])
    store.articles.rematch(waiting.id, [match(score=0.8)], [Reader("all")])
    assert untold(store, "all") == [waiting.story_id]


def test_a_story_told_without_a_mail_moves_with_a_merge(store: Store) -> None:
    old = stored(store, article(slug="a"), matches=[match(relevant=False)])
    store.articles.rematch(old.id, [match()], [Reader("all")])
    new = stored(store, article(slug="b"))
    stored(store, article(slug="c"), story=new.story_id, merges=(old.story_id,))
    assert untold(store, "all") == []
